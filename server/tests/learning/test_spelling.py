"""Spelled words, by letter, by typing and by the keys of a telephone: on spellings labelled by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.grading import Verdict
from bakame.learning.spelling import grade_spelling, keys_of, presses_of, read_spelling

LABELLED = Path(__file__).with_name("spelling_said.txt")
VERDICTS = {"+": Verdict.RIGHT, "-": Verdict.WRONG, "~": Verdict.UNCLEAR}
WORDS = st.sampled_from(["goat", "water", "school", "because", "Wednesday", "friend", "tomorrow", "bus", "neighbour"])


def labelled() -> list[tuple[str, str, Verdict]]:
    """A word, what was said, and what a fair teacher makes of it."""
    found: list[tuple[str, str, Verdict]] = []
    word = ""
    for row in LABELLED.read_text("utf-8").splitlines():
        if row.startswith("["):
            word = row[1:-1]
        elif row[:2] in ("+ ", "- ", "~ "):
            found += [(word, each, VERDICTS[row[0]]) for each in row[2:].split(" / ") if each]
    return found


def test_spellings_are_marked_as_a_teacher_does(capsys: pytest.CaptureFixture[str]) -> None:
    answers = labelled()
    other = [
        (word, said, want, got) for word, said, want in answers if (got := grade_spelling(word, said)).verdict != want
    ]
    accepted = [each for each in other if each[3].verdict is Verdict.RIGHT]
    share = 1 - len(other) / len(answers)
    with capsys.disabled():
        print(f"\nspellings: {len(answers)} labelled, {share:.1%} agreed, {len(accepted)} wrong accepted")  # noqa: T201  # the figures
    assert len(answers) >= 120
    assert accepted == []
    assert share >= 0.97, other


def test_one_letter_off_is_named() -> None:
    assert grade_spelling("tomorrow", "tomorow").misconception == "one_letter"
    assert grade_spelling("friend", "freind").misconception == "one_letter"
    assert grade_spelling("goat", "house").misconception is None


def test_keys_carry_letters_once_or_as_in_writing_a_text() -> None:
    assert keys_of("goat") == "4628"
    assert presses_of("goat") == "466628"
    assert grade_spelling("goat", "4628").value == "goat"
    assert grade_spelling("goat", "4629").value is None


def test_the_word_itself_may_be_said_with_its_letters() -> None:
    assert read_spelling("goat g o a t", word="goat") == "goat"
    assert read_spelling("g o t e", word="goat") == "gote"
    assert read_spelling("I have no idea at all", word="goat") is None


@given(WORDS)
def test_letters_one_by_one_are_the_word_and_so_are_its_keys(word: str) -> None:
    for said in (" ".join(word), "-".join(word.upper()), ", ".join(word), keys_of(word.lower()), word.upper()):
        assert grade_spelling(word, said).verdict is Verdict.RIGHT, said


@given(WORDS, st.data())
def test_a_letter_that_is_missing_is_never_right(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    left = word[:place] + word[place + 1 :]
    for said in (left, " ".join(left), keys_of(left.lower())):
        assert grade_spelling(word, said).verdict is not Verdict.RIGHT


@given(WORDS, st.text(max_size=5_000))
def test_any_words_in_any_script_are_marked(word: str, said: str) -> None:
    assert grade_spelling(word, said).verdict in Verdict
