"""The GSM 7-bit alphabet (3GPP TS 23.038) and how many message parts a text takes."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each."""
EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""Two septets each: an escape and the character."""
_ALPHABET: Final = BASIC | EXTENSION

SINGLE: Final = 160
"""Septets in a message of one part."""
JOINED: Final = 153
"""Septets in each part of a longer one: the header that joins the parts takes seven."""
_UCS2_SINGLE: Final = 70
_UCS2_JOINED: Final = 67
_CUT: Final = "..."

_LOOKALIKES: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼʻ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−•‣·", "-"),
        **dict.fromkeys("\t\v\u2028\u2029", " "),
        "…": "...",
        "⁄": "/",
        "÷": "/",
        "×": "x",
        "²": "^2",
        "³": "^3",
        "°": " deg",
        "√": "root ",
        "π": "pi",
        "≤": "<=",
        "≥": ">=",
        "≠": "=/=",
        "→": "->",
        "←": "<-",
        "œ": "oe",
        "Œ": "OE",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
    }
)
_MIXED_NUMBER: Final = re.compile(r"(?<=\d)(?=[¼½¾⅐-⅞])")
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s)")


def to_gsm(text: str) -> str:
    """`text` in the GSM alphabet alone: look-alikes mapped, accents outside it taken off, the rest dropped.

    Runs of spaces become one. Doing it twice changes nothing.
    """
    text = unicodedata.normalize("NFC", _MIXED_NUMBER.sub(" ", text)).translate(_LOOKALIKES)
    mapped = "".join(char if char in _ALPHABET else _base(char) for char in text)
    return re.sub(" *\n", "\n", re.sub(" {2,}", " ", mapped)).strip(" ")


def _base(char: str) -> str:
    """What is left of a character without its accents; empty when nothing of it is in the alphabet."""
    if (digit := unicodedata.decimal(char, None)) is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKD", char).translate(_LOOKALIKES)
    return "".join(piece for piece in plain if piece in _ALPHABET)


def is_gsm(text: str) -> bool:
    """Whether every character is in the GSM alphabet."""
    return _ALPHABET.issuperset(text)


def septets(text: str) -> int:
    """Septets that `text` takes once mapped by `to_gsm`."""
    return sum(_widths(to_gsm(text)))


def parts(text: str) -> int:
    """Message parts that `text` takes once mapped by `to_gsm`; 0 when empty. An escape pair is never split."""
    return _count(_widths(to_gsm(text)), single=SINGLE, joined=JOINED)


def inbound_parts(text: str) -> int:
    """Parts of a text as it was received: GSM 7-bit if it can be, else UCS-2 with 70 or 67 units a part."""
    if is_gsm(text):
        return _count(_widths(text), single=SINGLE, joined=JOINED)
    return _count((1 + (char > "\uffff") for char in text), single=_UCS2_SINGLE, joined=_UCS2_JOINED)


def fit(text: str, *, max_parts: int = 1) -> str:
    """`text` in the GSM alphabet and in at most `max_parts` parts.

    A longer text is cut after a sentence if that keeps half of it, else after a word, with "..." in the end.
    """
    text = to_gsm(text)
    if parts(text) <= max_parts:
        return text
    room = _longest_prefix(text, max_parts=max_parts)
    sentences = [match.end() for match in _SENTENCE_END.finditer(text, 0, room + 1) if match.end() <= room]
    if sentences and sentences[-1] * 2 >= room:
        return text[: sentences[-1]]
    room = _longest_prefix(text, max_parts=max_parts, suffix=_CUT)
    space = max(text.rfind(" ", 0, room + 1), text.rfind("\n", 0, room + 1))
    return text[: space if space > 0 else room].rstrip(" \n,;:-") + _CUT


def _widths(gsm_text: str) -> Iterable[int]:
    return (1 + (char in EXTENSION) for char in gsm_text)


def _count(widths: Iterable[int], *, single: int, joined: int) -> int:
    """Parts for characters of these widths, none of which is split over two parts."""
    total, count, used = 0, 1, 0
    for width in widths:
        total += width
        if used + width > joined:
            count, used = count + 1, 0
        used += width
    if total <= single:
        return min(total, 1)
    return count


def _longest_prefix(text: str, *, max_parts: int, suffix: str = "") -> int:
    """Characters of a GSM text that fit together with `suffix`, which is in the basic alphabet."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = _count(_widths(text[:middle] + suffix), single=SINGLE, joined=JOINED) <= max_parts
        low, high = (middle, high) if fits else (low, middle - 1)
    return low
