"""The search finds, in made-up sound scores, the sentence whose phones they spell."""

import itertools
import math
import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.learning.expect import YES_NO, AnswerKind, Expect
from bakame.providers.local.acoustics import BLANK, PHONES, Floats
from bakame.providers.local.automaton import sentences_of
from bakame.providers.local.dictionary import ways_to_say
from bakame.providers.local.grammar import COMMANDS, digits_jsgf, jsgf
from bakame.providers.local.search import Searchable
from bakame.text.numbers import say_number

INTEGER = Searchable(sentences_of(jsgf(Expect(AnswerKind.INTEGER, digits=3, signed=True)), ways_to_say))
DIGITS = Searchable(sentences_of(digits_jsgf(), ways_to_say))
SMALL = "#JSGF V1.0;\ngrammar g;\npublic <said> = /1/ <a> | /0.5/ (b | <a> b);\n<a> = a | c;\n"
SAY = {"a": ("AA",), "b": ("B", "B AA"), "c": ("K AA",)}


def sound_of(text: str, *, seed: int = 0, sharpness: float = 6.0) -> Floats:
    """Scores in which the phones of `text` stand out of chance, each for a frame or two, with blanks between."""
    rng = np.random.default_rng(seed)
    columns = [BLANK, BLANK]
    for word in text.split():
        for phone in ways_to_say(word)[0].split():
            columns += [PHONES.index(phone) + 1] * int(rng.integers(1, 3)) + [BLANK]
    columns += [BLANK] * 3
    raw = rng.normal(0, 1, (len(columns), len(PHONES) + 1))
    raw[np.arange(len(columns)), columns] += sharpness
    return normalised(raw)


def normalised(raw: np.ndarray) -> Floats:
    return (raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))).astype(np.float32)


def collapsed(path: Sequence[int]) -> tuple[int, ...]:
    return tuple(column for column, _ in itertools.groupby(path) if column != BLANK)


@given(st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_any_number_is_found_in_clear_sound(value: int) -> None:
    said = say_number(value).replace("-", " ")
    assert INTEGER.best(sound_of(said, seed=value), count=3)[0].text == said


@pytest.mark.parametrize("said", [*COMMANDS[::5], "minus four", "the answer is fifty six", "five six"])
def test_commands_openers_and_signs_are_found_too(said: str) -> None:
    assert INTEGER.best(sound_of(said), count=1)[0].text == said


@given(st.lists(st.sampled_from(["zero", "one", "two", "three", "eight", "nine"]), min_size=1, max_size=9))
@settings(max_examples=30, deadline=None)
def test_digits_are_found_one_by_one(words: list[str]) -> None:
    assert DIGITS.best(sound_of(" ".join(words)), count=1)[0].text == " ".join(words)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_the_best_sentences_are_the_best_of_all_and_their_scores_are_exact(seed: int) -> None:
    """Against trying every path of columns through every sentence."""
    search = Searchable(sentences_of(SMALL, lambda word: SAY[word]))
    columns = [0, *(PHONES.index(phone) + 1 for phone in ("AA", "B", "K"))]
    scores = np.full((5, len(PHONES) + 1), -50.0, np.float32)
    scores[:, columns] = normalised(np.random.default_rng(seed).normal(0, 2, (5, 4)))
    said = {("a",): 0.0, ("c",): 0.0, **dict.fromkeys([("b",), ("a", "b"), ("c", "b")], math.log(0.5))}
    wanted: dict[tuple[str, ...], float] = dict.fromkeys(said, -math.inf)
    for path in itertools.product(columns, repeat=5):
        score = float(scores[np.arange(5), list(path)].sum())
        for words, weight in said.items():
            for ways in itertools.product(*(SAY[word] for word in words)):
                phones = tuple(PHONES.index(phone) + 1 for way in ways for phone in way.split())
                if collapsed(path) == collapsed(phones):
                    wanted[words] = max(wanted[words], score + weight)
    found = search.best(scores, count=8)
    assert found[0].score == pytest.approx(max(wanted.values()), abs=1e-3)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_the_alternatives_are_other_sentences_of_the_grammar() -> None:
    found = INTEGER.best(sound_of("fifty six"), count=6)
    texts = [one.text for one in found]
    assert len(set(texts)) == len(texts) == 6
    assert "fifty six" in texts
    assert found[0].score - found[1].score > 3


def test_every_sentence_of_a_small_grammar_can_be_an_alternative() -> None:
    search = Searchable(sentences_of(SMALL, lambda word: SAY[word]))
    scores = normalised(np.random.default_rng(1).normal(0, 1, (12, len(PHONES) + 1)))
    assert {one.text.split()[0] for one in search.best(scores, count=9)} == {"a", "b", "c"}


def test_sound_that_is_shorter_than_every_sentence_fits_none() -> None:
    assert INTEGER.best(sound_of("seven")[:1], count=3) == []


def test_a_grammar_with_loose_brackets_is_refused() -> None:
    grammar = jsgf(YES_NO).replace("public <said> =", "public <said> = )")
    with pytest.raises(ValueError, match="brackets"):
        sentences_of(grammar, ways_to_say)


def test_a_rule_that_is_missing_is_refused() -> None:
    with pytest.raises(KeyError):
        sentences_of(re.sub(r"<opener> = .*;\n", "", jsgf(YES_NO)), ways_to_say)
