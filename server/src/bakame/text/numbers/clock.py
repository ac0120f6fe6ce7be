"""Times of day as people say and type them, in English, Kinyarwanda, French and Swahili."""

import re
import unicodedata
from enum import Enum, auto
from typing import Final

from bakame.text.compare import normalise
from bakame.text.numbers.reading import read_number

_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_FIGURES: Final = re.compile(
    r"(?<![\d:.])(\d{1,2})\s*[:.h-]\s*(\d{2})(?:\s*min(?:utes?)?\b)?(?![\d:])|(?<!\d)(?<!\d\s)(\d{1,2})\s*(?=[ap]\.?\s?m\b)"
)
_WRAPPING: Final = re.compile(
    r"^(?:(?:um|uh|i think|the answer is|the time is|it is|its|at|about|il est|cest|ni|a)\s+)+|\s*\bo ?clock\b"
)
_NAMED: Final = {
    "noon": 720,
    "midday": 720,
    "midi": 720,
    "twelve noon": 720,
    "12 noon": 720,
    "midnight": 0,
    "minuit": 0,
}
_PARTS: Final = {
    "half": 30,
    "a half": 30,
    "haf": 30,
    "quarter": 15,
    "a quarter": 15,
    "quater": 15,
    "a quater": 15,
}
_BETWEEN: Final = re.compile(r"\b(?:past|after|to|before)\b")
_PAST: Final = re.compile(r"(?:(.+?) )?(past|after|to|before) (\w+)")
_LONG: Final = re.compile(r"(\w+) (?:hours?|hrs?|h)(?: (?:and )?([\w ]+?)(?: minutes?| mins?)?)?")
_FRENCH: Final = re.compile(
    r"(.+?) heures?(?: (et demie?|et quart|moins le quart|moins [\w ]+|[\w ]+?))?(?: minutes?)?"
)
_SAA: Final = re.compile(
    r"saa (?P<hour>\w+(?: (?!na (?:dakika|nusu|robo)|niminota|nigice)(?:na |n)\w+)?)"
    r"(?: (?:(?P<half>na nusu|nigice)|(?P<less>kasoro )?(?:na )?(?P<quarter>robo)"
    r"|(?P<minus>kasoro )?(?:na )?(?:dakika|n?iminota) (?P<minutes>[\w ]+)))?"
)
_MAX_CHARS: Final = 80


class _Day(Enum):
    """The part of the day that was named."""

    MORNING = auto()
    DAY = auto()
    EVENING = auto()
    NIGHT = auto()


_DAYS: Final = (
    (
        _Day.MORNING,
        r"(?<![a-z])a\.?\s?m\b\.?|\b(?:in the )?morning\b|\bdu matin\b|\basubuhi\b|\b(?:mu |za mu )?gitondo\b",
    ),
    (_Day.EVENING, r"(?<![a-z])p\.?\s?m\b\.?|\b(?:in the )?(?:afternoon|evening)\b|\bde l.?apres.?midi\b|\bdu soir\b"),
    (_Day.DAY, r"\bz.?amanywa\b|\bmchana\b|\b(?:alasiri)\b"),
    (_Day.EVENING, r"\bz.?umugoroba\b|\bnimugoroba\b|\bjioni\b"),
    (_Day.NIGHT, r"\bat night\b|\bz.?ijoro\b|\bnijoro\b|\busiku\b"),
)


def read_clock(text: str) -> int | None:
    """Minutes since midnight of a time: "2:30", "2h30", "half past two", "quarter to 3", "two thirty", "5 pm".

    Without "am", "pm" or a part of the day the time is taken as it stands: "2:30" is 150. Kinyarwanda and Swahili
    count from six: "saa munani", the eighth hour, is two o'clock. None when it is no time.
    """
    if len(text) > _MAX_CHARS:
        return None
    lowered = _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold()))
    day, bare = _without_day(lowered)
    if _FIGURES.search(lowered) and not _BETWEEN.search(lowered):
        minutes = _figures(lowered)
    else:
        words = _WRAPPING.sub("", normalise(bare)).strip()
        minutes = _saa(words) if words.startswith("saa ") else _words(words)
    return minutes if minutes is None or day is None else _in(day, minutes)


def _without_day(lowered: str) -> tuple[_Day | None, str]:
    for day, pattern in _DAYS:
        if match := re.search(pattern, lowered):
            return day, lowered.replace(match[0], " ", 1)
    return None, lowered


def _figures(text: str) -> int | None:
    times = list(_FIGURES.finditer(text))
    if len(times) != 1 or read_number(text.replace(times[0][0], " ")) is not None:
        return None
    hour, minute, bare_hour = times[0].groups()
    return _minutes(int(hour or bare_hour), int(minute or 0))


def _minutes(hour: int, minute: int) -> int | None:
    return hour * 60 + minute if 0 <= hour < 24 and 0 <= minute < 60 else None


def _in(day: _Day, minutes: int) -> int | None:
    """The time in a part of the day: half past two in the afternoon is 14:30."""
    if minutes >= 13 * 60:
        return None if day is _Day.MORNING else minutes
    hour, minute = divmod(minutes % 720, 60)
    after_noon = {
        _Day.MORNING: False,
        _Day.EVENING: True,
        _Day.DAY: hour < 7,
        _Day.NIGHT: hour >= 6,
    }[day]
    return hour * 60 + minute + (720 if after_noon else 0)


def _words(text: str) -> int | None:
    if text in _NAMED:
        return _NAMED[text]
    if match := _PAST.fullmatch(text):
        return _around_the_hour(match[1] or "", match[2], match[3])
    if match := _LONG.fullmatch(text):
        return _hour_and_minute(match[1], match[2] or "0")
    if match := _FRENCH.fullmatch(text):
        return _french(match[1], match[2] or "")
    head, _, rest = text.partition(" ")
    return _hour_and_minute(head, re.sub(r"^(?:oh|o) ", "", rest) or "0")


def _hour_and_minute(hour: str, minute: str) -> int | None:
    hours, minutes = _integer(hour), _integer(minute)
    return None if hours is None or minutes is None else _minutes(hours, minutes)


def _french(hour: str, rest: str) -> int | None:
    hours = _integer(hour)
    if hours is None or not 0 <= hours < 24:
        return None
    quarters = {"": 0, "et demie": 30, "et demi": 30, "et quart": 15, "moins le quart": -15}
    minutes = quarters.get(rest)
    if minutes is None:
        is_before = rest.startswith("moins ")
        minutes = _integer(rest.removeprefix("moins "))
        if minutes is None or not 0 <= minutes < 60:
            return None
        minutes = -minutes if is_before else minutes
    return (hours * 60 + minutes) % (24 * 60)


def _saa(text: str) -> int | None:
    """ "Saa munani n'igice", "saa moja kasoro robo": hours from one to twelve, the first of them at seven."""
    match = _SAA.fullmatch(text)
    hour = _integer(match["hour"]) if match else None
    if match is None or hour is None or not 1 <= hour <= 12:
        return None
    if match["half"]:
        minutes: int | None = 30
    elif match["quarter"]:
        minutes = -15 if match["less"] else 15
    else:
        minutes = _integer(match["minutes"]) if match["minutes"] else 0
        minutes = -minutes if minutes and match["minus"] else minutes
    if minutes is None or not -60 < minutes < 60:
        return None
    return ((hour + 5) % 12 + 1) * 60 + minutes


def _around_the_hour(count: str, way: str, of: str) -> int | None:
    hour = _integer(of)
    minute = _PARTS.get(count) or _integer(re.sub(r" minutes?$", "", count))
    if hour is None or minute is None or not 0 < minute < 60 or not 0 <= hour < 24:
        return None
    return hour * 60 + minute if way in ("past", "after") else (hour * 60 - minute) % (24 * 60)


def _integer(text: str) -> int | None:
    read = read_number(text)
    return int(read.value) if read and read.form == "integer" and read.unit is None and read.value >= 0 else None
