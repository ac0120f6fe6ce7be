"""The language of a short text is guessed from its words; what tells nothing gets no guess."""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.language import SURE, guess
from classroom import SERVER

LANGUAGES = ("rw", "en", "fr", "sw")
SAID = tuple(
    (row.split(": ", 1)[0], row.split(": ", 1)[1])
    for row in (Path(__file__).parent / "languages_said.txt").read_text("utf-8").splitlines()
    if row and not row.startswith("#")
)
SEEDS = SERVER.parent / "training" / "language_seeds.txt"


OTHERS = ("innocent_said.txt", "disclosures_said.txt", "disclosures_second.txt", "disclosures_third.txt")
HEADING = re.compile(r"\[(\w\w)\b.*\]")


def counted(said: Iterable[tuple[str, str]], *, least_words: int) -> dict[str, Counter[str]]:
    """Right, wrong and no guess of the labelled texts of at least so many words, by language."""
    found = {language: Counter[str]() for language in LANGUAGES}
    for language, text in said:
        if language in found and len(text.split()) >= least_words:
            guessed = guess(text)
            outcome = "none" if guessed is None else "right" if guessed[0] == language else "wrong"
            found[language][outcome] += 1
    return found


def written_for_other_tests() -> Iterator[tuple[str, str]]:
    """Texts that were written by other hands for other tests, with their language."""
    language = ""
    for name in OTHERS:
        for row in (Path(__file__).parent / name).read_text("utf-8").splitlines():
            if heading := HEADING.fullmatch(row):
                language = heading[1]
            elif row and not row.startswith(("#", "[")):
                yield from ((language, text) for text in row.split(" | "))


def table(found: dict[str, Counter[str]]) -> str:
    rows = (f"{each}: {of['right']} of {of.total()} right, {of['wrong']} wrong" for each, of in found.items())
    return "; ".join(rows)


def test_of_four_words_and_more_the_language_is_right_in_95_of_100(capsys: pytest.CaptureFixture[str]) -> None:
    found = counted(SAID, least_words=4)
    with capsys.disabled():
        sys.stdout.write(f"\nlanguage of labelled texts: {table(found)}\n")
    assert all(outcomes["right"] >= 0.95 * outcomes.total() for outcomes in found.values())
    assert all(outcomes.total() >= 60 for outcomes in found.values())


def test_texts_that_were_written_for_other_tests_are_guessed_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    found = counted(written_for_other_tests(), least_words=4)
    with capsys.disabled():
        sys.stdout.write(f"\nlanguage of texts by other hands: {table(found)}\n")
    assert all(outcomes["right"] >= 0.94 * outcomes.total() for outcomes in found.values())
    assert all(outcomes.total() >= 80 for outcomes in found.values())


def test_of_all_the_labelled_texts_hardly_any_is_guessed_wrong() -> None:
    found = counted(SAID, least_words=1)
    assert all(outcomes.total() >= 100 for outcomes in found.values())
    assert sum(outcomes["wrong"] for outcomes in found.values()) <= 0.02 * len(SAID)


def test_a_sure_guess_is_wrong_in_less_than_1_of_100() -> None:
    sure = [(language, found[0]) for language, text in SAID if (found := guess(text)) and found[1] >= SURE]
    assert len(sure) >= 400
    assert sum(language != guessed for language, guessed in sure) <= 0.01 * len(sure)


def test_numbers_names_and_single_words_are_not_guessed() -> None:
    silent = [text for language, text in SAID if language == "-"]
    assert len(silent) >= 25
    assert sum(guess(text) is not None for text in silent) <= 1


def test_the_labelled_texts_were_not_learnt_from() -> None:
    learnt = {row.casefold().strip(" .?!") for row in SEEDS.read_text("utf-8").splitlines()}
    assert not learnt & {text.casefold() for _, text in SAID}


def test_each_language_has_its_own_sentences_to_learn_from() -> None:
    rows = [row for row in SEEDS.read_text("utf-8").splitlines() if row and not row.startswith("#")]
    starts = [*(rows.index(f"[{language}]") for language in ("en", "rw", "fr", "sw")), len(rows)]
    assert all(later - earlier > 150 for earlier, later in pairwise(starts))


def test_kinyarwanda_is_not_taken_for_swahili() -> None:
    assert guess("Ndashaka kwiga imibare uyu munsi") == ("rw", pytest.approx(1, abs=0.05))
    assert guess("Nataka kujifunza hesabu leo") == ("sw", pytest.approx(1, abs=0.05))


def test_case_accents_and_punctuation_do_not_matter() -> None:
    assert guess("JE VOUDRAIS UNE LEÇON, S'IL VOUS PLAÎT!") == guess("je voudrais une lecon sil vous plait")


@given(st.text(max_size=300))
def test_any_text_gets_a_guess_or_none(text: str) -> None:
    found = guess(text)
    assert found is None or (found[0] in LANGUAGES and 0.6 <= found[1] <= 1)


def test_a_very_long_text_is_judged_by_its_beginning() -> None:
    found = guess("je voudrais apprendre les mathématiques avec vous " * 10_000)
    assert found is not None
    assert found[0] == "fr"
