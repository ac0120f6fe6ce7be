"""Words out of a picture: the answer to the open question, homework to be helped with, or neither.

Homework is helped with and never solved: it gets the first step of its kind of sum and a way to practise.
"""

import re
from enum import StrEnum
from typing import Final

from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import Verdict
from bakame.learning.marking import mark
from bakame.text.compare import normalise
from bakame.tutor.wording import Part, line

LONGEST_ANSWER: Final = 60
"""Characters of a picture's words that can be a short answer."""

_NUMBER: Final = r"\d[\d.,/]*"
_SUM: Final = re.compile(
    rf"(?:{_NUMBER}|[\])])\s*(?:[+*x×÷:=<>^−–-]|/|times|plus|minus|divided\ by)\s*(?:{_NUMBER}|[?_([a-z](?![a-z]))"
    r"|=\s*(?:\?|_|\.{2,}|$)",
    re.IGNORECASE | re.MULTILINE,
)
_NO_SUM: Final = re.compile(
    r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b | \b\d{1,2}:\d{2}\b(?!\s*=) | \b\d{3,4}[- ]\d{3}[- ]\d{3,4}\b", re.VERBOSE
)
"""Dates, times of day and telephone numbers."""
_ORDERED: Final = re.compile(
    r"\b(?:calculate|solve|simplify|evaluate|work out|find the (?:value|sum|area|perimeter|product|difference|answer)"
    r"|how (?:many|much)|what is the (?:area|perimeter|sum|product|difference|value|total|cost|price))\b"
)
_ENGLISH: Final = re.compile(
    r"\b(?:fill in|complete (?:the|these|each)|choose the (?:correct|right|best)|correct the|underline|rewrite|re-write"
    r"|give the (?:plural|opposite|past|meaning)|use the (?:correct|right) (?:form|word|tense)"
    r"|put the (?:verb|word|sentence)s?|change (?:the|these|into)|make (?:a |\d+ )?sentences?)\b"
)
_BLANK: Final = re.compile(r"_{2,}|\.{4,}|…{2,}")
_LABEL: Final = re.compile(
    r"^\s*(?:home ?work|exercises?|questions?|q|activity|test|quiz)\s*(?:no\.?|number)?\s*\d*\s*[:.)]",
    re.IGNORECASE | re.MULTILINE,
)
_WORD: Final = re.compile(r"[a-z]{3,}")


class Subject(StrEnum):
    """What homework is about, as far as its first step differs."""

    FRACTIONS = "fractions"
    """Added or taken away."""
    FRACTION_TIMES = "fraction_times"
    FRACTION_PARTS = "fraction_parts"
    """Anything else that is done with them."""
    PERCENT = "percent"
    ALGEBRA = "algebra"
    SHAPES = "shapes"
    DECIMALS = "decimals"
    TIMES = "times"
    DIVISION = "division"
    ADDITION = "addition"
    SUBTRACTION = "subtraction"
    STORY = "story"
    """A problem told in words."""
    ENGLISH = "english"
    OTHER = "other"


_SHAPES: Final = re.compile(r"\b(?:area|perimeter|volume|angles?|triangles?|rectangles?|squares?|circles?|radius)\b")
_PERCENT: Final = re.compile(r"%|\bper ?cent")
_FRACTION: Final = re.compile(r"\d+\s*/\s*\d+")
_LETTER: Final = re.compile(
    r"\d\s*[a-fh-kn-wyz]\b|(?<![a-z])[a-z]\s*[+=-]\s*\d|\d\s*[+=-]\s*[a-z](?![a-z])|\d[xX]\b", re.IGNORECASE
)
"""A letter that stands for a number; not m, g and l, which are units."""
_SIGNS: Final = (
    (Subject.DECIMALS, re.compile(r"\d\.\d")),
    (Subject.DIVISION, re.compile(r"÷|\d\s*:\s*\d|\bdivide")),
    (Subject.TIMES, re.compile(r"[×*]|\d\s*x\s*\d|\btimes\b|\bmultipl", re.IGNORECASE)),
    (Subject.SUBTRACTION, re.compile(r"\d\s*[-−–]\s*\d|\bminus\b|\bsubtract|\btake away")),
    (Subject.ADDITION, re.compile(r"\+|\bplus\b|\badd\b|\bsum\b")),
)


def subject_of(words: str) -> Subject | None:
    """What homework the words are; None when they are none. Bounded time for texts of a few hundred characters."""
    plain = _NO_SUM.sub(" ", words)
    small = normalise(plain)
    is_sum = _SUM.search(_FRACTION.sub("1", plain)) is not None
    is_ordered = _ORDERED.search(small) is not None and any(map(str.isdigit, small))
    if is_sum or is_ordered:
        return _kind_of_sum(plain, small)
    if _ENGLISH.search(small) or _BLANK.search(plain):
        return Subject.ENGLISH
    return Subject.OTHER if _LABEL.search(plain) else None


def _kind_of_sum(plain: str, small: str) -> Subject:
    if _PERCENT.search(plain.lower()):
        return Subject.PERCENT
    if _SHAPES.search(small):
        return Subject.SHAPES
    if _FRACTION.search(plain):
        return _kind_of_fractions(_FRACTION.sub("f", plain))
    told = len(_WORD.findall(small)) > 6
    if not told and _LETTER.search(plain):
        return Subject.ALGEBRA
    if told:
        return Subject.STORY
    return next((subject for subject, sign in _SIGNS if sign.search(plain)), Subject.STORY)


def _kind_of_fractions(plain: str) -> Subject:
    if re.search(r"f\s*(?:[x×*÷:]|times|divided)\s*[f\d]|[\d]\s*[x×*÷]\s*f", plain, re.IGNORECASE):
        return Subject.FRACTION_TIMES
    added = re.search(r"f\s*(?:[+−–-]|plus|minus)|[+−–-]\s*f", plain, re.IGNORECASE)
    return Subject.FRACTIONS if added else Subject.FRACTION_PARTS


def answer_in(words: str, exercise: Exercise | None) -> str | None:
    """What answers the open question in a picture's words; None when nothing does.

    A sum that was worked out on paper ("7 x 8 = 56") answers with its right side when it is the open question's.
    """
    if exercise is None or not words:
        return None
    if exercise.kind in (AnswerKind.OPEN, AnswerKind.DICTATION):
        return words if subject_of(words) is None and _is_clear(exercise, words) else None
    if len(words) > LONGEST_ANSWER:
        return None
    left, equals, right = words.rpartition("=")
    if equals:
        return right.strip() if _is_asked(left, exercise) and _is_clear(exercise, right) else None
    return words if subject_of(words) is None and _is_clear(exercise, words) else None


def _is_clear(exercise: Exercise, words: str) -> bool:
    return mark(exercise, words).verdict is not Verdict.UNCLEAR


def _is_asked(left: str, exercise: Exercise) -> bool:
    """Whether the left side of a sum has the numbers of the open question, in their order."""
    numbers = re.findall(r"\d+", left)
    return bool(numbers) and numbers == re.findall(r"\d+", exercise.sms)[: len(numbers)]


def first_step(subject: Subject) -> Part:
    """The first step of such homework: never its answer."""
    match subject:
        case Subject.FRACTIONS:
            return line("homework.fractions")
        case Subject.FRACTION_TIMES:
            return line("homework.fraction_times")
        case Subject.FRACTION_PARTS:
            return line("homework.fraction_parts")
        case Subject.PERCENT:
            return line("homework.percent")
        case Subject.ALGEBRA:
            return line("homework.algebra")
        case Subject.SHAPES:
            return line("homework.shapes")
        case Subject.DECIMALS:
            return line("homework.decimals")
        case Subject.TIMES:
            return line("homework.times")
        case Subject.DIVISION:
            return line("homework.division")
        case Subject.ADDITION:
            return line("homework.addition")
        case Subject.SUBTRACTION:
            return line("homework.subtraction")
        case Subject.STORY:
            return line("homework.story")
        case Subject.ENGLISH:
            return line("homework.english")
        case Subject.OTHER:
            return line("homework.other")


def practise(subject: Subject) -> Part:
    """Where such things are practised, when no question is open."""
    match subject:
        case Subject.ENGLISH:
            return line("homework.practise_english")
        case Subject.OTHER:
            return line("homework.practise_other")
        case _:
            return line("homework.practise")
