"""Grading: is what was said the answer, a wrong answer, or no answer at all?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from bakame.learning.exercises import Exercise, exact_text, number_value
from bakame.learning.expect import AnswerKind
from bakame.learning.generators import Form
from bakame.text.commands import read_yes_no
from bakame.text.compare import likeness
from bakame.text.numbers import ReadNumber, read_clock, read_number

LIKE: Final = 0.8
"""How alike a word and an option must be to be taken for it."""
MAX_SAID: Final = 300
"""Characters of an answer that are read."""
NOT_LOWEST_TERMS: Final = "not in lowest terms"
"""The reason given for an answer of the right value that had to be simplified."""

_ORDINALS: Final = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3}
_NEGATIONS: Final = frozenset({"not", "isn't", "isnt", "neither", "or"})
_KEY: Final = re.compile(r"(?:(?:press|key|option|number|answer|letter)\s+)?([1-4]|[a-d])\W*", re.ASCII)
_LETTER_IS: Final = re.compile(r"^\s*[a-z]\s*(?:=|is|equals)\s*", re.ASCII)
_COUNTED_LETTER: Final = re.compile(r"^(\s*-?\s*\d+)\s*[a-z]\s*$", re.ASCII)


class Verdict(StrEnum):
    """`UNCLEAR`: no answer at all; ask again, and never count it."""

    RIGHT = "right"
    WRONG = "wrong"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer was worth. `value`: what was understood, as exact text or an option's word.

    `misconception`: the tag of the mistake that gives this very answer. `reason`: why, for people who look into it.
    """

    verdict: Verdict
    value: str | None
    misconception: str | None
    reason: str


def grade(exercise: Exercise, said: str) -> Grade:
    """Grades words, digits, "3/4", a key ("2" is the second option), a letter, or part of an option."""
    text = " ".join(said[:MAX_SAID].lower().split())
    if exercise.options:
        return _grade_choice(exercise, text)
    return _grade_number(exercise, text)


def _grade_number(exercise: Exercise, text: str) -> Grade:
    number = _read(exercise, text)
    if number is None:
        return Grade(Verdict.UNCLEAR, None, None, "no single number in it")
    value = number.value if exercise.form is Form.PERCENT else number.amount
    understood = exact_text(value, exercise.kind)
    if value == number_value(exercise.answer):
        if exercise.form is Form.LOWEST_TERMS and not number.is_lowest_terms:
            return Grade(Verdict.WRONG, understood, None, NOT_LOWEST_TERMS)
        return Grade(Verdict.RIGHT, understood, None, "the value of the answer")
    for tag, wrong in exercise.misconceptions:
        if value == number_value(wrong):
            return Grade(Verdict.WRONG, understood, tag, f"the mistake {tag}")
    return Grade(Verdict.WRONG, understood, None, "another value")


def _read(exercise: Exercise, text: str) -> ReadNumber | None:
    number = read_number(text)
    if number is None or exercise.form is Form.CLOCK:
        minutes = read_clock(text) if exercise.form is Form.CLOCK else None
        if minutes is not None:
            return ReadNumber(Fraction(minutes // 60 * 100 + minutes % 60), "integer")
    if number is None:
        bare = _COUNTED_LETTER.sub(r"\1", _LETTER_IS.sub("", text))  # "x = 5", "7x"
        number = read_number(bare) if bare != text else None
    return number


def _grade_choice(exercise: Exercise, text: str) -> Grade:
    chosen = _chosen(exercise, text)
    if chosen is None:
        return Grade(Verdict.UNCLEAR, None, None, "none of the options, or more than one")
    option = exercise.options[chosen]
    if option == exercise.answer:
        return Grade(Verdict.RIGHT, option, None, "the right option")
    tag = next((tag for tag, wrong in exercise.misconceptions if wrong == option), None)
    return Grade(Verdict.WRONG, option, tag, "another option")


def _chosen(exercise: Exercise, text: str) -> int | None:
    options = exercise.options
    key = _KEY.fullmatch(text)
    if key:
        index = int(key[1]) - 1 if key[1].isdigit() else ord(key[1]) - ord("a")
        return index if index < len(options) else None
    words = re.findall(r"[a-z0-9']+", text)
    if not words:
        return None
    if exercise.kind is AnswerKind.YES_NO:
        answer = read_yes_no(text)
        return None if answer is None else options.index("yes" if answer else "no")
    if _NEGATIONS.intersection(words):
        return None
    return _by_offer(exercise, text) if exercise.offers else _by_word(options, words)


def _by_offer(exercise: Exercise, text: str) -> int | None:
    """The option whose number or whose ordinal was said; else the one whose key was said as a word."""
    number = read_number(text)
    offered = [read_number(offer) for offer in exercise.offers]
    if number is not None:
        same = [n for n, offer in enumerate(offered) if offer is not None and offer.value == number.value]
        if same:
            return same[0] if len(same) == 1 else None
    ordinals = {_ORDINALS[word] for word in text.split() if word in _ORDINALS}
    if len(ordinals) == 1:
        index = ordinals.pop()
        return index if index < len(exercise.options) else None
    return _by_number(exercise.options, number) if number is not None else None


def _by_number(options: Sequence[str], number: ReadNumber) -> int | None:
    is_key = number.form == "integer" and 1 <= number.value <= len(options)
    return int(number.value) - 1 if is_key else None


def _by_word(options: Sequence[str], words: Sequence[str]) -> int | None:
    exact = {n for n, option in enumerate(options) for word in words if word == option.lower()}
    if len(exact) == 1:
        return exact.pop()
    if exact:
        return None
    number = read_number(" ".join(words))
    if number is not None:
        return _by_number(options, number)
    alike = {n for n, option in enumerate(options) for word in words if likeness(word, option.lower()) >= LIKE}
    return alike.pop() if len(alike) == 1 else None
