"""Units: their words, and exact conversion between those of one kind."""

from fractions import Fraction
from typing import Final

from bakame.text.numbers.vocabulary import by_word
from bakame.text.wordlists import word_set

MEASURES: Final = by_word(
    {
        "franc": "franc francs frs fr f frw rwf frws rwfs amafaranga faranga",
        "dollar": "$ usd dollar dollars",
        "euro": "€ euro euros",
        "pound": "£",
        "shilling": "shilling shillings sh ksh ugx",
        "cent": "cent cents",
        "kg": "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes",
        "hg": "hg",
        "dag": "dag",
        "g": "g gram grams gramme grammes",
        "mg": "mg",
        "tonne": "tonne tonnes ton tons",
        "mm": "mm millimetre millimetres millimeter millimeters",
        "cm": "cm cms centimetre centimetres centimeter centimeters",
        "dm": "dm decimetre decimetres decimeter decimeters",
        "m": "m metre metres meter meters metters",
        "dam": "dam decametre decametres",
        "hm": "hm hectometre hectometres",
        "km": "km kms kilometre kilometres kilometer kilometers",
        "km/h": "km/h kmh kph",
        "ha": "ha hectare hectares",
        "ml": "ml millilitre millilitres milliliter milliliters",
        "cl": "cl centilitre centilitres",
        "dl": "dl decilitre decilitres",
        "l": "l litre litres liter liters litters",
        "dal": "dal",
        "hl": "hl hectolitre hectolitres",
        "degree": "° degree degrees deg degre degres",
        "second": "second seconds secs s seconde secondes",
        "minute": "minute minutes min mins",
        "hour": "hour hours hr hrs h heure heures",
        "day": "day days jour jours",
        "week": "week weeks semaine semaines",
        "month": "month months mois",
        "year": "year years annee annees",
    }
)
"""Said after a number: "five km"."""
MEASURES_BEFORE: Final = by_word(
    {
        "franc": "amafaranga faranga",
        "shilling": "shilingi",
        "kg": "ibiro ikilo kilo kirogaramu kilogaramu",
        "g": "garama gramu",
        "m": "metero mita",
        "km": "kilometero kirometero kilomita",
        "cm": "santimetero sentimita",
        "l": "litiro lita",
        "degree": "dogere digrii",
        "second": "amasegonda isegonda sekunde",
        "minute": "iminota umunota dakika",
        "hour": "amasaha isaha masaa saa",
        "day": "iminsi umunsi siku",
        "week": "ibyumweru icyumweru wiki",
        "month": "amezi ukwezi miezi mwezi",
        "year": "imyaka umwaka miaka mwaka",
    }
)
"""Said before a number, in Kinyarwanda and Swahili: "metero eshanu"; or after "half of a": "nusu saa"."""
ONE_OF_THEM: Final = {"isaha": "hour", "umunota": "minute", "umunsi": "day", "icyumweru": "week", "ikilo": "kg"}
"""Singulars that mean one when they stand alone."""
MONEY_BEFORE: Final = word_set("rwf frw fr frs $ usd € £ ksh ugx sh")
POWERS: Final = {"square": "2", "sq": "2", "cubic": "3", "cu": "3"}
"""Said before a length: "five square metres" has the unit `m2`."""
POWERS_AFTER: Final = {
    "squared": "2",
    "cubed": "3",
    "carre": "2",
    "carres": "2",
    "kare": "2",
    "cube": "3",
    "cubes": "3",
}

_SCALES: Final = {
    "length": {"mm": "1/1000", "cm": "1/100", "dm": "1/10", "m": "1", "dam": "10", "hm": "100", "km": "1000"},
    "mass": {"mg": "1/1000", "g": "1", "dag": "10", "hg": "100", "kg": "1000", "tonne": "1000000"},
    "volume": {"ml": "1/1000", "cl": "1/100", "dl": "1/10", "l": "1", "dal": "10", "hl": "100"},
    "time": {"second": "1", "minute": "60", "hour": "3600", "day": "86400", "week": "604800"},
    "calendar": {"month": "1", "year": "12"},
    "money": {"franc": "1"},
    "dollars": {"cent": "1/100", "dollar": "1"},
    "angle": {"degree": "1"},
    "speed": {"km/h": "1"},
    "area": {"ha": "10000"},
}


def _kinds() -> dict[str, tuple[str, Fraction]]:
    """Each unit's kind and its size in the kind's first measure, also of squares and cubes of lengths."""
    kinds = {unit: (kind, Fraction(size)) for kind, sizes in _SCALES.items() for unit, size in sizes.items()}
    for unit, size in _SCALES["length"].items():
        kinds[f"{unit}2"] = ("area", Fraction(size) ** 2)
        kinds[f"{unit}3"] = ("volume", Fraction(size) ** 3 * 1000)
    return kinds


_KINDS: Final = _kinds()


def unit_named(name: str) -> str | None:
    """The short name of a unit: "kilometres" is "km", "m²" is "m2"; None when it is no unit that is known."""
    plain = name.strip().casefold().replace("²", "2").replace("³", "3")
    if plain in _KINDS:
        return plain
    words = plain.split()
    power = POWERS.get(words[0], "") if len(words) == 2 else ""
    unit = MEASURES.get(words[-1]) or MEASURES_BEFORE.get(words[-1]) if words else None
    return None if unit is None or len(words) > 2 or (len(words) == 2 and not power) else unit + power


def converted(value: Fraction, unit: str, to: str) -> Fraction | None:
    """`value` of `unit` as so many of `to`, exactly; None when they measure different things."""
    if unit == to:
        return value
    kind, size = _KINDS.get(unit, (unit, Fraction(1)))
    other, step = _KINDS.get(to, (to, Fraction(1)))
    return value * size / step if kind == other else None


def size_of(unit: str) -> Fraction:
    """The size of a unit beside others of its kind."""
    return _KINDS.get(unit, (unit, Fraction(1)))[1]
