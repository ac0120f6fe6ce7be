"""Times of day as people say and type them."""

import re
from typing import Final

from bakame.text.compare import normalise
from bakame.text.numbers.reading import read_number

_FIGURES: Final = re.compile(r"(\d{1,2})\s*[:.h]\s*(\d{2})(?!\d)|(\d{1,2})\s*(?=[ap]\.?\s?m\b)")
_HALF_DAY: Final = re.compile(
    r"(?<![a-z])([ap])\.?\s?m\b\.?|\b(?:in the )?(morning|afternoon|evening)\b|\bat (night)\b"
)
_PAST: Final = re.compile(r"(?:(.+?) )?(past|after|to|before) (\w+)")
_WRAPPING: Final = re.compile(
    r"^(?:(?:um|uh|i think|the answer is|the time is|it is|its|at|about)\s+)+|\s*\bo ?clock\b"
)
_NAMED: Final = {"noon": 720, "midday": 720, "midnight": 0}
_PARTS: Final = {"half": 30, "a half": 30, "quarter": 15, "a quarter": 15}
_MAX_CHARS: Final = 80


def read_clock(text: str) -> int | None:
    """Minutes since midnight of a time: "2:30", "2h30", "half past two", "quarter to 3", "two thirty", "5 pm".

    Without "am", "pm" or a part of the day the time is taken as it stands: "2:30" is 150. None when it is no time.
    """
    if len(text) > _MAX_CHARS:
        return None
    lowered = text.casefold()
    half_day = _HALF_DAY.search(lowered)
    bare = lowered.replace(half_day[0], " ") if half_day else lowered
    minutes = _figures(lowered) if _FIGURES.search(lowered) else _words(_WRAPPING.sub("", normalise(bare)).strip())
    if minutes is None or half_day is None:
        return minutes
    return _in_half_day(minutes, is_morning=half_day[1] == "a" or half_day[2] == "morning")


def _figures(text: str) -> int | None:
    times = _FIGURES.findall(text)
    if len(times) != 1:
        return None
    hour, minute, bare_hour = times[0]
    return _minutes(int(hour or bare_hour), int(minute or 0))


def _minutes(hour: int, minute: int) -> int | None:
    return hour * 60 + minute if 0 <= hour < 24 and 0 <= minute < 60 else None


def _in_half_day(minutes: int, *, is_morning: bool) -> int | None:
    if minutes >= 13 * 60:
        return None if is_morning else minutes
    return minutes % 720 + (0 if is_morning else 720)


def _words(text: str) -> int | None:
    if text in _NAMED:
        return _NAMED[text]
    if match := _PAST.fullmatch(text):
        return _around_the_hour(match[1] or "", match[2], match[3])
    head, _, rest = text.partition(" ")
    hour = _integer(head)
    if hour is None:
        return None
    if not rest:
        return _minutes(hour, 0)
    minute = _integer(re.sub(r"^(?:oh|o) ", "", rest))
    return None if minute is None else _minutes(hour, minute)


def _around_the_hour(count: str, way: str, of: str) -> int | None:
    hour = _integer(of)
    minute = _PARTS.get(count) or _integer(re.sub(r" minutes?$", "", count))
    if hour is None or minute is None or not 0 < minute < 60 or not 0 <= hour < 24:
        return None
    return hour * 60 + minute if way in ("past", "after") else (hour * 60 - minute) % (24 * 60)


def _integer(text: str) -> int | None:
    read = read_number(text)
    return int(read.value) if read and read.form == "integer" and read.unit is None and read.value >= 0 else None
