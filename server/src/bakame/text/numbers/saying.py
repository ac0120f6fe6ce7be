"""Numbers in words, for the synthesiser and the screen. British usage: "one hundred and five", "zero point five"."""

import re
from typing import Final

from num2words import num2words  # pyright: ignore[reportUnknownVariableType] -- the package has no types

from bakame.errors import Invalid

_UNITS: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES: Final = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_ORDINALS: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_LIMIT: Final = 10**15
_NUMBER: Final = re.compile(
    r"(?P<minus>[-−])?(?:(?:(?P<whole>\d{1,15}) )?(?P<above>\d{1,15})/(?P<below>\d{1,15})"
    r"|(?P<integer>\d{1,15})?(?:\.(?P<places>\d{1,15}))?)(?P<percent> ?%)?"
)


def say_number(value: int, *, language: str = "en") -> str:
    """`value` in words: 45 is "forty-five", -4 "minus four". Languages: en, fr.

    Raises `Invalid` for another language and from 10**15 on, which nobody says.
    """
    if abs(value) >= _LIMIT:
        raise Invalid("The number is too large to be said.")
    if language == "fr":
        return str(num2words(value, lang="fr"))
    if language != "en":
        raise Invalid(f"There are no number words for the language {language!r}.")
    return f"minus {_cardinal(-value)}" if value < 0 else _cardinal(value)


def _cardinal(value: int) -> str:
    if value < 20:
        return _UNITS[value]
    if value < 100:
        tens, unit = divmod(value, 10)
        return f"{_TENS[tens]}-{_UNITS[unit]}" if unit else _TENS[tens]
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return f"{_UNITS[hundreds]} hundred" + (f" and {_cardinal(rest)}" if rest else "")
    size, name = next(scale for scale in _SCALES if value >= scale[0])
    count, rest = divmod(value, size)
    joiner = " and " if rest < 100 else " "
    return f"{_cardinal(count)} {name}" + (f"{joiner}{_cardinal(rest)}" if rest else "")


def ordinal_part(n: int) -> str:
    """The name of one of `n` equal parts: 2 "half", 4 "quarter", 5 "fifth", 100 "hundredth". Raises `Invalid`."""
    if n < 2:
        raise Invalid("A whole is cut into two parts or more.")
    if n in (2, 4):
        return "half" if n == 2 else "quarter"
    words = say_number(n).removeprefix("one " if n in (100, 1000, 10**6) else "")
    last = re.split("[- ]", words)[-1]
    ending = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return words.removesuffix(last) + _ORDINALS.get(last, ending)


def say_value(text: str) -> str:
    """An exact value in English words: "3/4", "1 1/2", "0.75", "-4", "25%". Any other text comes back as it is."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None or not text.strip(" -−%") or (match["below"] and not int(match["below"])):
        return text
    if match["above"]:
        part = _say_fraction(int(match["above"]), int(match["below"]))
        said = f"{_cardinal(int(match['whole']))} and {_after_and(part)}" if match["whole"] else part
    else:
        said = _cardinal(int(match["integer"] or 0))
        if places := match["places"]:
            said += " point " + " ".join(_UNITS[int(digit)] for digit in places)
    return ("minus " if match["minus"] else "") + said + (" percent" if match["percent"] else "")


def _say_fraction(above: int, below: int) -> str:
    """In parts while that is easy to hear ("three quarters"), else "a over b"."""
    if above >= 100 or not 2 <= below <= 20:
        return f"{_cardinal(above)} over {_cardinal(below)}"
    part = ordinal_part(below)
    plural = "halves" if below == 2 else f"{part}s"
    return f"{_cardinal(above)} {part if above == 1 else plural}"


def _after_and(part: str) -> str:
    return f"a{part.removeprefix('one')}" if part in ("one half", "one quarter") else part
