"""What could tell who somebody is, taken out of words before they go to a model in a cloud."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final

from bakame.text.compare import normalise
from bakame.text.numbers.vocabulary import DIGITS, REPEATED_DIGIT, TEENS, TENS, ZERO_LETTERS

NAME: Final = "[name]"
NUMBER: Final = "[number]"
EMAIL: Final = "[email]"

LEAST_DIGITS: Final = 7
"""Digits from which on a number may be a telephone's or a person's; no smaller number is taken out."""
_SHORTEST_NAME: Final = 2

_MARKER: Final = rf"{re.escape(NAME)}|{re.escape(NUMBER)}|{re.escape(EMAIL)}"
_EMAIL: Final = re.compile(
    r"[^\s@<>()\[\]]+@[^\s@<>()\[\]]+ | [\w.+-]+(?:\s+(?:dot|underscore)\s+\w+)*\s+at\s+\w+(?:\s+dot\s+\w+)+",
    re.VERBOSE | re.IGNORECASE,
)
_SPOKEN_DIGITS: Final = frozenset((*DIGITS, *TEENS, *TENS, *REPEATED_DIGIT, *ZERO_LETTERS))
_WORD_OR_DIGITS: Final = re.compile(rf"{_MARKER}|[^\W\d_]+|\d+")
_JOINERS: Final = re.compile(r"[\s.,\-–—/()]*")
_NAME_WORD: Final = re.compile(rf"{_MARKER}|[^\W\d_]+")
_INTRODUCED: Final = re.compile(
    r"""
    (?P<before>\b(?:my\s+(?:first\s+|last\s+|full\s+)?names?\s*(?:is|are|['’]s|:|=)|i\s+am\s+called|they\s+call\s+me
      |nitwa|izina\s+ryanjye\s+ni|je\s+m['’]appelle|jina\s+langu\s+ni|naitwa)\s+)
    (?P<name>[^\W\d_]+(?:['’\-][^\W\d_]+)*(?:\s+(?-i:[^\W\d_a-z][^\W\d_]*))*)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redact(text: str, *, names: Collection[str] = ()) -> str:
    """`text` without the names given, names by which people introduce themselves, e-mail addresses, and numbers of
    seven digits or more, written or said digit by digit.

    Case, accents and hyphens of names don't matter. Numbers with commas in them are quantities and stay. Doing it twice
    changes nothing.
    """
    seen = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc") or char.isspace())
    text = _without_numbers(_EMAIL.sub(EMAIL, unicodedata.normalize("NFC", seen)))
    return _INTRODUCED.sub(_unnamed, _without_names(text, names))


def _unnamed(introduction: re.Match[str]) -> str:
    return f"{introduction['before']}{NAME}"


def _without_names(text: str, names: Collection[str]) -> str:
    known = {piece for name in names for word in _pieces(name) if len(piece := normalise(word)) >= _SHORTEST_NAME}
    if not known:
        return text
    return _NAME_WORD.sub(lambda word: NAME if _is_known(word[0], known) else word[0], text)


def _is_known(word: str, known: Collection[str]) -> bool:
    return not word.startswith("[") and normalise(word) in known


def _pieces(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", name))


def _without_numbers(text: str) -> str:
    """Without long runs of digits: written, spoken one by one, or both."""
    kept: list[str] = []
    at = 0
    for start, end in _runs(text):
        kept += [text[at:start].rstrip("+("), NUMBER]
        at = end
    return "".join([*kept, text[at:]])


def _runs(text: str) -> Iterator[tuple[int, int]]:
    start = end = digits = 0
    for word in _WORD_OR_DIGITS.finditer(text):
        count = _digits_in(word[0])
        if digits and not (count and _joined(text, end, word.start())):
            if digits >= LEAST_DIGITS:
                yield start, end
            digits = 0
        if count:
            start = start if digits else word.start()
            end, digits = word.end(), digits + count
    if digits >= LEAST_DIGITS:
        yield start, end


def _joined(text: str, end: int, start: int) -> bool:
    """Whether what stands between two numbers can stand inside one. A comma cannot between written ones: "1,000"."""
    between = text[end:start]
    is_list = "," in between and text[end - 1].isdecimal() and text[start].isdecimal()
    return _JOINERS.fullmatch(between) is not None and not is_list


def _digits_in(word: str) -> int:
    """How many digits a word may stand for; 0 for another word."""
    return len(word) if word.isdecimal() else int(word.lower() in _SPOKEN_DIGITS)
