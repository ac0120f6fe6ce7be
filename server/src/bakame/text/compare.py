"""Whether two texts say the same, without caring for case, accents, punctuation and spacing."""

import re
import unicodedata
from typing import Final

from rapidfuzz import fuzz

_MAX_CHARS: Final = 1_000
_APOSTROPHES: Final = re.compile("['’‘ʼ´`]")
_STRAY_PUNCTUATION: Final = re.compile(
    r"""
      (?<!\d)[.,/:] | [.,/:](?!\d)        # kept inside numbers: 0.75, 3/4, 2:30
    | (?<=\w)- | -(?!\d)                  # kept as a sign: -4
    """,
    re.VERBOSE,
)
_KEPT: Final = frozenset("-.,/:%")


def normalise(text: str) -> str:
    """`text` in lower case, without accents, punctuation and emoji, words one space apart.

    Apostrophes close up ("don't" is "dont"); hyphens part words. Signs that belong to a number or a sum stay:
    "-4", "0.75", "3/4", "25%", "<". Only the first 1,000 characters count.
    """
    text = unicodedata.normalize("NFKD", text[:_MAX_CHARS].replace("−", "-").replace("\u2044", "/")).casefold()
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKD", text).replace("\u2044", "/"))
    text = "".join(_plain(char) for char in text)
    return " ".join(_STRAY_PUNCTUATION.sub(" ", text).split())


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf"):
        return ""
    is_word = category[0] in "LNM" or category in ("Sm", "Sc") or char in _KEPT
    return char if is_word else " "


def same_words(a: str, b: str) -> bool:
    """Whether both say the same words in the same order. Texts without any word are never the same."""
    return bool(words := normalise(a)) and words == normalise(b)


def likeness(a: str, b: str) -> float:
    """How alike two texts are, 0 to 1, by edit distance, in any order of words; 0 when either has no word."""
    first, second = normalise(a), normalise(b)
    if not first or not second:
        return 0.0
    return max(fuzz.ratio(first, second), fuzz.token_sort_ratio(first, second)) / 100
