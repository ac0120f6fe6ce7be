"""How text is to be read aloud: symbols, fractions, units and money become words. Pure.

espeak-ng reads most numbers well ("1,250", "0.75", "-4", "50%", "7 × 8"), but skips the minus of "5 - 3", "<" and "^",
reads "3/4" as "three slash four" and spells "RWF". What it does well is left to it.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from bakame.text.numbers import ordinal_part

_UNITS: Final = {
    "mm": "millimetre",
    "cm": "centimetre",
    "m": "metre",
    "km": "kilometre",
    "g": "gram",
    "kg": "kilogram",
    "ml": "millilitre",
    "l": "litre",
    "h": "hour",
    "min": "minute",
}
_MONEY: Final = {"rwf", "frw"}
_BETWEEN: Final = {
    "-": "minus",
    "–": "minus",
    "−": "minus",
    "x": "times",
    "X": "times",
    "*": "times",
    "/": "divided by",
}
_SIGNS: Final = {
    "<": "is less than",
    ">": "is greater than",
    "≤": "is at most",
    "≥": "is at least",
    "=": "equals",
    "≠": "is not equal to",
}
_SILENT: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "So", "Sk"})
_NAMES: Final = {"&": "and", "@": "at", "#": "hash", "*": "star", "+": "plus"}
_POWERS: Final = {"2": "squared", "3": "cubed"}

_FRACTION: Final = re.compile(r"([-−–]?)(\d{1,4})/(\d{1,4})")
_POWER: Final = re.compile(r"(\d+|[a-z])(?:\^(\d+)|([²³]))")
_PHONE: Final = re.compile(r"\+?\d{8,}")
_INSIDE: Final = re.compile(r"(?<=[\d)])([-–−x*<>=≤≥≠])(?=[\d(])")
_BLANK: Final = re.compile(r"_{2,}|\.{4,}|…{2,}")
_DIGITS: Final = re.compile(r"[-−–(√]*\d[\d,./]*[)²³%°?.,!]*")
_TERM: Final = re.compile(r"[-−–(√]*(\d[\d,./]*|[a-z]|π|_+)[)²³%°?.,!]*")
_NUMBER: Final = re.compile(r"[-−–]?\d[\d,.]*")
_UNIT_PATTERN: Final = r"(?P<unit>{0})(?P<power>²|³|\^2|\^3)?(?:/(?P<per>{0}))?".format(
    "|".join(sorted(_UNITS, key=len, reverse=True))
)
_UNIT: Final = re.compile(_UNIT_PATTERN)
_NUMBER_UNIT: Final = re.compile(r"(?P<number>[-−–]?\d[\d,.]*)" + _UNIT_PATTERN)


def speakable(text: str) -> str:
    """`text` as it should be read aloud: on one line, without control characters, emoji or bare symbols."""
    return " ".join(spoken for spoken in spoken_words(text.split()) if spoken)


def spoken_words(words: Sequence[str]) -> list[str]:
    """What to say for each word of a text, in order; empty for one that has no sound of its own."""
    clean = [_clean(word) for word in words]
    spoken = [
        _spoken(
            word, before=clean[index - 1] if index else "", after=clean[index + 1] if index + 1 < len(clean) else ""
        )
        for index, word in enumerate(clean)
    ]
    for index, word in enumerate(clean[:-1]):
        # "RWF 500" is said "500 francs".
        if word.lower() in _MONEY and _NUMBER.match(clean[index + 1]):
            head, core, tail = _split(spoken[index + 1])
            spoken[index], spoken[index + 1] = "", f"{head}{core} francs{tail}"
    return spoken


def _clean(word: str) -> str:
    """Without what cannot be said: control and format characters, unassigned ones, and pictures but the degree sign."""
    return "".join(char for char in word if char in "°^" or unicodedata.category(char) not in _SILENT)


def _split(word: str) -> tuple[str, str, str]:
    """Opening marks, what is between, and closing marks."""
    start = len(word) - len(word.lstrip("\"'(["))
    end = max(len(word.rstrip("\"')].,;:!?")), start)
    return word[:start], word[start:end], word[end:]


def _spoken(word: str, *, before: str, after: str) -> str:
    if word in _SIGNS:
        return _SIGNS[word]
    if word in _BETWEEN:
        # In "solve x + 3" the x is an unknown; in "Kigali - our capital" the dash is a pause.
        term = _DIGITS if word in "xX" else _TERM
        return _BETWEEN[word] if term.fullmatch(before) and term.fullmatch(after) else word
    if _BLANK.fullmatch(word.rstrip(".,;:!?")) or _BLANK.fullmatch(word):
        return "blank" + word[len(word.rstrip(",;:!?")) :]
    head, core, tail = _split(word)
    core = _NAMES.get(core, core)
    return (
        f"{head}{_core(core, before=before)}{tail}"
        if any(unicodedata.category(char)[0] in "LNS" or char == "%" for char in core)
        else ""
    )


def _core(core: str, *, before: str) -> str:
    if match := _FRACTION.fullmatch(core):
        said = _fraction(int(match[2]), int(match[3]))
        sign = "minus " if match[1] else ""
        return (
            f"and {said}"
            if not sign and before.lstrip("-−–(").isdigit() and int(match[2]) < int(match[3])
            else sign + said
        )
    if core.lower() in _MONEY:
        return "francs"
    if _PHONE.fullmatch(core):
        # Commas make the groups of three by which a telephone number is remembered.
        digits = core.lstrip("+")
        groups = [" ".join(digits[start : start + 3]) for start in range(0, len(digits), 3)]
        return ("plus " if core.startswith("+") else "") + ", ".join(groups)
    if (match := _UNIT.fullmatch(core)) and _NUMBER.fullmatch(before):
        return _unit(match, before)
    if match := _NUMBER_UNIT.fullmatch(core):
        return f"{match['number']} {_unit(match, match['number'])}"
    core = _POWER.sub(_power, core)
    core = _INSIDE.sub(lambda sign: f" {_BETWEEN.get(sign[1]) or _SIGNS[sign[1]]} ", core)
    return re.sub(r"(?<=[A-Za-z])/(?=[A-Za-z])", " or ", core)


def _power(match: re.Match[str]) -> str:
    exponent = match[2] or str(unicodedata.digit(match[3]))
    return f"{match[1]} {_POWERS.get(exponent) or f'to the power {exponent}'}"


def _unit(unit: re.Match[str], number: str) -> str:
    power = {"²": "square ", "^2": "square ", "³": "cubic ", "^3": "cubic "}.get(unit["power"], "")
    plural = "" if number in {"1", "-1"} else "s"
    return f"{power}{_UNITS[unit['unit']]}{plural}" + (f" per {_UNITS[unit['per']]}" if unit["per"] else "")


def _fraction(numerator: int, denominator: int) -> str:
    if not 2 <= denominator <= 20:
        return f"{numerator} over {denominator}"
    part = ordinal_part(denominator)
    if numerator == 1:
        return f"1 {part}"
    return f"{numerator} {'halves' if denominator == 2 else part + 's'}"
