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
from bakame.text.choice_words import LIKE
from bakame.text.choices import Choices, read_choice
from bakame.text.numbers import ReadNumber, as_unit_fraction, plain_number, read_clock, read_number, read_quantity
from bakame.text.numbers.measures import MEASURES
from bakame.text.talk import alternatives, is_aside, is_bound, is_hedged, is_time

__all__ = ["HEDGED", "LIKE", "MAX_SAID", "NOT_LOWEST_TERMS", "OTHER_UNIT", "Grade", "Verdict", "grade"]

MAX_SAID: Final = 300
"""Characters of an answer that is read; what is longer is no answer to these questions."""
NOT_LOWEST_TERMS: Final = "not in lowest terms"
"""The reason given for an answer of the right value that had to be simplified."""
HEDGED: Final = "a guess that was not settled on"
"""The reason given for "maybe 5": there is an answer in it, for which the learner does not stand."""
OTHER_UNIT: Final = "another kind of quantity"
"""The reason given for kilograms where metres were asked."""

_LETTER_IS: Final = re.compile(r"^\s*(?:the\s+)?[a-z]\s*(?:=|is equal to|is|equals)\s*", re.ASCII)
_COUNTED_LETTER: Final = re.compile(r"^(\s*-?\s*\d+)\s*([a-z])\s*$", re.ASCII)
_RATE: Final = re.compile(rf"\b({'|'.join(filter(str.isalpha, MEASURES))})\s+(?:an?|per)\s+[a-z]+\s*$")
""" "3 litres a day": no day is added to the litres."""


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


def grade(
    exercise: Exercise,
    said: str,
    *,
    unit: str | None = None,
    converts: bool = True,
    accepted: Sequence[str] = (),
    language: str = "en",
) -> Grade:
    """Grades words, digits, "3/4", a key ("2" is the second option), a letter, or part of an option.

    `unit`: the short name of the unit that the question asks for; what was said in another unit of its kind is
    converted, of another kind is unclear. Without `converts` any other unit is unclear: where the question itself
    gives the amount in another unit, to say it again is no answer. `accepted`: other values, or other words for the
    right option, that are right too. `language`: of the lesson; its words are tried first. Never raises; takes bounded
    time for any text.
    """
    text = " ".join(said[: MAX_SAID + 1].lower().split())
    if len(text) > MAX_SAID:
        return _unclear("too long to be an answer")
    if exercise.options:
        return _grade_choice(exercise, text, accepted, language)
    return _grade_number(exercise, text, _Asked(unit, converts, language), accepted)


def _unclear(reason: str) -> Grade:
    return Grade(Verdict.UNCLEAR, None, None, reason)


@dataclass(frozen=True, slots=True)
class _Asked:
    """How a number is asked for; see `grade`."""

    unit: str | None
    converts: bool
    language: str


def _grade_number(exercise: Exercise, text: str, asked: _Asked, accepted: Sequence[str]) -> Grade:
    plain = None if exercise.form is Form.CLOCK else plain_number(text)
    number = plain or _read(exercise, text, asked)
    if number is None:
        return _unclear("no single number in it")
    if plain is None and is_hedged(text):
        return _unclear(HEDGED)
    if plain is None and _is_no_answer(exercise, text, asked):
        return _unclear("the number in it is no answer")
    if asked.unit is not None:
        said = number.unit
        number = number.in_unit(asked.unit) if asked.converts or said in (None, asked.unit) else None
        if number is None:
            return _unclear(OTHER_UNIT)
    right = number_value(exercise.answer)
    value = _value(exercise, number, right)
    understood = exact_text(value, exercise.kind)
    if value == right:
        if exercise.form is Form.LOWEST_TERMS and not number.is_lowest_terms:
            return Grade(Verdict.WRONG, understood, None, NOT_LOWEST_TERMS)
        return Grade(Verdict.RIGHT, understood, None, "the value of the answer")
    if any((also := read_number(each)) is not None and also.amount == value for each in accepted):
        return Grade(Verdict.RIGHT, understood, None, "an accepted value")
    for tag, wrong in exercise.misconceptions:
        if value == number_value(wrong):
            return Grade(Verdict.WRONG, understood, tag, f"the mistake {tag}")
    return Grade(Verdict.WRONG, understood, None, "another value")


def _value(exercise: Exercise, number: ReadNumber, right: int | Fraction) -> int | Fraction:
    """What the number amounts to where this answer is asked: hundredths, whole numbers, or a decimal comma."""
    if exercise.form is Form.PERCENT:
        return Fraction(number.terms[0]) if number.terms and number.terms[1] == 100 else number.value
    if exercise.kind is AnswerKind.INTEGER and Fraction(right).denominator == 1:
        return number.in_whole.amount
    if exercise.kind is AnswerKind.DECIMAL and number.other == right and Fraction(right).denominator > 1:
        return right
    return number.amount


def _is_no_answer(exercise: Exercise, text: str, asked: _Asked) -> bool:
    """Whether the number belongs to talk of something else, or to one side of an "or" only."""
    of_day = exercise.form is not Form.CLOCK and asked.unit is None
    if is_aside(text) or is_bound(text) or (of_day and is_time(text)):
        return True
    sides = alternatives(text)
    read = [_read(exercise, side, asked) for side in sides] if len(sides) > 1 else []
    return bool(read) and len({(side.value, side.terms) if side else None for side in read}) > 1


def _read(exercise: Exercise, text: str, asked: _Asked) -> ReadNumber | None:
    language, unit = asked.language, asked.unit if asked.converts else None
    if asked.unit:
        text = _RATE.sub(r"\1", text)
    if exercise.form is Form.CLOCK:
        return _read_time(text, language)
    number = read_quantity(text, unit=unit, language=language) if unit else read_number(text, language=language)
    if number is None:
        bare = _LETTER_IS.sub("", text)  # "x is 5"
        if (counted := _COUNTED_LETTER.match(bare)) and re.search(rf"(?<![a-z]){counted[2]}(?![a-z])", exercise.sms):
            bare = counted[1]  # "7x", where the question is about x
        number = read_number(bare, language=language) if bare != text else None
    if number is None and exercise.kind is AnswerKind.FRACTION:
        number = as_unit_fraction(text)
    return number


def _read_time(text: str, language: str) -> ReadNumber | None:
    """A time as hours times a hundred and minutes; the four figures "1435" as they are."""
    minutes = read_clock(text)
    if minutes is not None:
        return ReadNumber(Fraction(minutes // 60 * 100 + minutes % 60), "integer")
    number = read_number(text, language=language)
    return number if number and number.form == "integer" and 100 <= number.value <= 9999 else None


def _grade_choice(exercise: Exercise, text: str, accepted: Sequence[str], language: str) -> Grade:
    chosen = _chosen(exercise, text, accepted, language)
    if chosen is None:
        return _unclear(HEDGED if is_hedged(text) else "none of the options, or more than one")
    option = exercise.options[chosen]
    if option == exercise.answer:
        return Grade(Verdict.RIGHT, option, None, "the right option")
    tag = next((tag for tag, wrong in exercise.misconceptions if wrong == option), None)
    return Grade(Verdict.WRONG, option, tag, "another option")


def _chosen(exercise: Exercise, text: str, accepted: Sequence[str], language: str) -> int | None:
    right = exercise.options.index(exercise.answer)
    aliases = tuple((each, right) for each in accepted)
    return read_choice(text, Choices(exercise.options, exercise.offers, aliases), language=language)
