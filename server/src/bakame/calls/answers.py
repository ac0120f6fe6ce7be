"""What a few words amount to before anybody grades them: a sound of listening, part of an answer, all of it. Pure."""

import re
from enum import Enum, auto
from typing import Final

from bakame.learning.expect import AnswerKind, Expect
from bakame.text.commands import read_command, read_yes_no
from bakame.text.compare import normalise, same_words
from bakame.text.numbers import ReadNumber, read_number

_SOUND: Final = re.compile(
    r"m+|m+ ?h+m+|u+h* ?h+u+h*|h+u*m+|u+h*m*|e+r*m*|e+h+|e{2,}|a+h+|o+h+|a+ ?h+a+|euh+|heu|hein|ben|wow|mmh|ehe|enhe"
)
"""Sounds people make to show that they listen or think, in the form that `normalise` gives, in any of our languages."""
_AGREEING: Final = frozenset(
    (
        *("yes", "yeah", "yep", "yup", "yea", "ya", "ok", "okay", "right", "alright", "sure", "good", "fine", "nice"),
        *("oui", "ouais", "daccord", "bien", "bon", "voila", "yego", "ego", "yee", "nibyo", "sawa"),
        *("ndiyo", "ndio", "naam", "haya"),
    )
)
_AGREEING_PHRASES: Final = frozenset(("i see", "all right", "ni byo", "i know", "got it", "bien sur", "ni sawa"))
_UNFINISHED: Final = frozenset(
    (
        *("and", "point", "decimal", "dot", "comma", "over", "minus", "negative", "equals", "is", "a", "an", "the"),
        *("by", "out", "of", "et", "virgule", "sur", "moins", "na", "nukuta", "kuri", "ku", "nukta", "hasi"),
        *("mirongo", "magana", "elfu", "ibihumbi"),
    )
)
"""Words of numbers after which more must come."""
_MOST_WORDS: Final = 4
_DIGITS: Final = re.compile(r"\d+")


class Progress(Enum):
    """How far an answer has come."""

    UNKNOWN = auto()
    GOES_ON = auto()
    """More is likely: "fifty" may become fifty-six."""
    COMPLETE = auto()


def is_sound(text: str) -> bool:
    """Whether `text` is only "mm", "uh-huh", "um" and the like."""
    plain = normalise(text)
    if not plain:
        return False
    return bool(_SOUND.fullmatch(plain)) or all(_SOUND.fullmatch(word) for word in plain.split())


def is_backchannel(text: str, *, asking: bool) -> bool:
    """Whether `text` only shows that the caller listens. While something is being asked, a yes is more than that."""
    plain = normalise(text)
    words = plain.split()
    if not words or len(words) > _MOST_WORDS:
        return False
    if is_sound(text):
        return True
    if asking:
        return False
    return plain in _AGREEING_PHRASES or all(word in _AGREEING or _SOUND.fullmatch(word) for word in words)


def is_hesitation(text: str, expect: Expect) -> bool:
    """Whether `text` is no answer to `expect` yet, only a sound of thinking; "mhm" is one where a yes is asked for."""
    return is_sound(text) and not (expect.kind is AnswerKind.YES_NO and read_yes_no(text) is not None)


def progress(text: str, expect: Expect) -> Progress:
    """How far `text` has come as an answer to `expect`, or as a command."""
    words = normalise(text).split()
    if not words or is_hesitation(text, expect):
        return Progress.UNKNOWN
    kind = expect.kind
    if kind.is_number and words[-1] in _UNFINISHED:
        return Progress.GOES_ON
    if kind.is_number and (number := read_number(text)) is not None:
        return _number(number, text, expect)
    if kind is AnswerKind.YES_NO:
        found = read_yes_no(text) is not None
    elif kind in (AnswerKind.CHOICE, AnswerKind.NAME):
        found = any(same_words(text, option) for option in expect.options)
    else:
        found = False
    return Progress.COMPLETE if found or read_command(text, spoken=True) is not None else Progress.UNKNOWN


def _number(number: ReadNumber, text: str, expect: Expect) -> Progress:
    if number.form != "integer":
        # "Three point one" may have more digits; three quarters are three quarters.
        return Progress.COMPLETE if number.form == "fraction" else Progress.UNKNOWN
    value = abs(int(number.value))
    if expect.kind is AnswerKind.FRACTION:
        return Progress.GOES_ON
    if expect.kind is AnswerKind.DECIMAL:
        return Progress.UNKNOWN
    tens = value >= 20 and value % 10 == 0
    digits = _DIGITS.search(text)
    if tens and expect.digits > 1 and (digits is None or len(digits[0]) == len(str(value))):
        return Progress.GOES_ON
    return Progress.COMPLETE
