"""Making short mathematical wording ready for the ear: no symbol that a synthesiser skips or misreads."""

import re
from typing import Final

from bakame.text.numbers import say_number

_RULES: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"(?<=\d)\s*[×*]\s*(?=[\d(-])", " times "),
        (r"(?<=[\d)])\s+x\s+(?=[\d(-])", " times "),
        (r"(?<=\d)\s*÷\s*(?=[\d-])", " divided by "),
        (r"(?<=\d)\s*/\s*(?=\d)", " over "),
        (r"(?<=[\w)])\s+-\s+(?=[\w(])", " minus "),
        (r"(?<![\w)])[-−](?=\d)", "minus "),
        (r"\s*\+\s*(?=\d)", " plus "),
        (r"\s*=\s*", " equals "),
        (r"\s*%", " percent"),
        (r"\s*\^\s*2\b", " squared"),
        (r"\s*\^\s*", " to the power "),
        (r"\s*<\s*", " is less than "),
        (r"\s*>\s*", " is greater than "),
        (r"(?<![\d.])(\d{1,2}):00\b", r"\1 o'clock"),
        (r"(?<![\d.])(\d{1,2}):0(\d)\b", r"\1 oh \2"),
        (r"(?<![\d.])(\d{1,2}):([1-5]\d)\b", r"\1 \2"),
        (r"(?<![\d.])0(\d)(?![\d.])", r"oh \1"),
    )
)
_SYMBOL: Final = re.compile(r"[×*÷/=%^<>+]|\s-\s|[-−]\d|\sx\s|\d:\d|0\d|\ds\b")
"""What any of the rules begins with; most texts hold none of it."""
_COUNTED: Final = re.compile(r"\b(\d{1,3})s\b")


def to_speech(text: str) -> str:
    """`text` with its symbols as words: "7 x 8" is "7 times 8", "3/4" is "3 over 4", "-4" is "minus 4", "9:05" is
    "9 oh 5" and "5s" is "fives". Text that holds no symbols comes back unchanged.
    """
    if _SYMBOL.search(text) is None:
        return " ".join(text.split())
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    return " ".join(_COUNTED.sub(lambda each: _plural(int(each[1])), text).split())


def _plural(n: int) -> str:
    word = say_number(n)
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith("x") else "s")
