"""The unit in which a question wants its answer, and how units are said."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Final

from bakame.text.numbers import converted, unit_named
from bakame.text.numbers.measures import MEASURES, POWERS

_NAMES: Final = {
    "franc": "francs",
    "kg": "kilograms",
    "g": "grams",
    "mg": "milligrams",
    "tonne": "tonnes",
    "mm": "millimetres",
    "cm": "centimetres",
    "m": "metres",
    "km": "kilometres",
    "km/h": "kilometres an hour",
    "ha": "hectares",
    "ml": "millilitres",
    "cl": "centilitres",
    "l": "litres",
    "degree": "degrees",
    "second": "seconds",
    "minute": "minutes",
    "hour": "hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "year": "years",
    "dollar": "dollars",
    "cent": "cents",
}
_SHORTEST: Final = 3
"""Letters of a unit's word in a sentence that is spoken; shorter ones are signs, or words of another sense."""
_WORDS: Final = "|".join(
    sorted((word for word in MEASURES if word.isalpha() and len(word) >= _SHORTEST), key=len, reverse=True)
)
_UNIT: Final = rf"((?:(?:{'|'.join(POWERS)}) )?(?:{_WORDS}))"
_COUNTED: Final = re.compile(rf"\bhow many (?:more )?{_UNIT}\b(?! an? (?:hour|second))", re.IGNORECASE)
"""How many metres; how many more kilos."""
_LAST: Final = re.compile(rf"\bin {_UNIT}\?$", re.IGNORECASE)
"""What is its area in square metres?"""
_NAMED: Final = re.compile(rf"(?<![\w/]){_UNIT}(?!\w)", re.IGNORECASE)


def asked_unit(question: str) -> str | None:
    """The short name of the unit that a spoken question asks for in so many words; None when it does not name one."""
    found = _LAST.search(question) or _COUNTED.search(question)
    return unit_named(found[1]) if found else None


@lru_cache(maxsize=1024)
def names_another(question: str, unit: str) -> bool:
    """Whether a question speaks of its answer's kind of quantity in another unit: "How many metres are in 3
    kilometres?"

    What is said in that unit may then be no more than the question again.
    """
    named = {unit_named(each) for each in _NAMED.findall(question)} - {unit, None}
    return any(each is not None and _are_of_a_kind(each, unit) for each in named)


def unit_words(unit: str) -> str:
    """A unit in words, of more than one: "m2" is "square metres"; what is not known comes back as it is."""
    if unit in _NAMES:
        return _NAMES[unit]
    power = {"2": "square ", "3": "cubic "}.get(unit[-1:], "")
    return f"{power}{_NAMES.get(unit[:-1], unit[:-1])}" if power else unit


def _are_of_a_kind(one: str, other: str) -> bool:
    return converted(Fraction(1), one, other) is not None
