"""From text to tokens: words, written numbers and the signs between them."""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from bakame.text.numbers.measures import MEASURES
from bakame.text.numbers.vocabulary import DIGITS, LABELS, PERCENT, SCALES, TENS, TRAILERS

MAX_CHARS: Final = 500
"""No answer is longer. What is longer is not looked at, so that reading takes bounded time."""
MAX_TOKENS: Final = 200
"""Nor has one more words and signs."""
MAX_DIGITS: Final = 15
"""Digits in one written number; more is a serial number, not a quantity."""
_PHONE_DIGITS: Final = 9
"""A number that begins with 0 or + and has as many digits is somebody's telephone number."""

_VULGAR: Final = {
    chr(code): f" {name.numerator}/{name.denominator} "
    for code in (0xBC, 0xBD, 0xBE, *range(0x2150, 0x215F), 0x2189)
    for name in [Fraction(unicodedata.numeric(chr(code))).limit_denominator(10)]
}
_LOOKALIKES: Final = str.maketrans(
    {
        **_VULGAR,
        **dict.fromkeys("−–—‒‐‑﹣－", "-"),
        **dict.fromkeys("’‘ʼ´`", "'"),
        **dict.fromkeys("\u200b\u200c\u200d\ufeff\ufe0f\u20e3\u00ad", None),
        "×": "*",
        "✕": "*",
        "⋅": "*",
        "·": ".",
        "÷": " ÷ ",
        "²": "^2",
        "³": "^3",
        "⁄": "/",
        "∕": "/",
        "º": "°",
    }
)
_DIGIT_RUN: Final = r"\d(?:[.,']?\d)*"
_ADHERING: Final = "|".join(
    sorted((w for w in {*MEASURES, *SCALES, *PERCENT, *TRAILERS} if w.isalpha()), key=len, reverse=True)
)
_UNITS: Final = "|".join(word for word, value in DIGITS.items() if value and len(word) > 2)
_REWRITES: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=\d)/[=-](?!\d)", " "),
        (r"(?<![a-z])(mm|cm|km|m)\^?2(?!\w)", r" square \1 "),
        (r"(?<![a-z])(mm|cm|km|m)\^?3(?!\w)", r" cubic \1 "),
        (r"^,(?=\d)", "0."),
        (r"(?<=\d)k(?=\d{3}(?!\d))", " thousand "),
        (r"(?<=\d) ?k(?!\w)", " thousand "),
        (rf"(?<!\w)({'|'.join(TENS)})({_UNITS})(?!\w)", r"\1 \2"),
        (r"(?<=\d) ?x ?(?=\d)", " * "),
        (rf"(?<=\d)(km/h|{_ADHERING})(?![\w/])", r" \1 "),
        (rf"(?<!\w)({'|'.join(sorted(LABELS))}|frw|rwf|frs|fr|usd|ksh|ugx|sh)(?=[-.]?\d)", r" \1 "),
        (r"(?<=[a-z])-(?=[a-z\d])", " "),
        (r"(?<=\d)-(?=[a-z])", " "),
        (r"^\s*\*+([^*#]+)\*+\s*$", r"\1"),
        (r"&", " and "),
    )
)
_SPACED_GROUPS: Final = re.compile(r"(?<![\d.,/])[1-9]\d{0,2}(?: \d{3})+(?![\d/])")
_TOKEN: Final = re.compile(
    rf"""
      (?P<clock>\d{{1,2}}\s?:\d{{1,2}}(?::\d{{2}})?(?!\w) | (?<!\w)\d{{1,2}}h\d{{2}}(?!\w))
    | (?P<tangled>(?:{_DIGIT_RUN})[^\W\d_]\w* | [^\W\d_]+\d\w*(?:[.,]\d+)*)
    | (?P<digits>(?:(?<![\d.])\.)?{_DIGIT_RUN})
    | (?P<word>km/h | [^\W\d_]+(?:'(?:s|t|m|re|ll|ve|d)(?![^\W\d_]))?)
    | (?P<symbol>[-+*/÷^=<>%&$€£°√])
    | (?P<stop>[^\w\s'])
    """,
    re.VERBOSE,
)
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|[1-9]\d{0,2}(?:'\d{3})+(?:\.\d+)?")
_GROUPED_BY_POINTS: Final = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}(?:,\d+)?|[1-9]\d{0,2}(?:\.\d{3})+,\d+")
_GROUPED_BY_A_POINT: Final = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_GROUPED_BY_A_COMMA: Final = re.compile(r"[1-9]\d{0,2},\d{3}")
_DECIMAL: Final = re.compile(r"\d*[.,]\d+")

TokenKind = Literal["word", "digits", "symbol", "stop", "tangled", "clock"]


@dataclass(frozen=True, slots=True)
class Token:
    """`value` is set for a written number that can be read; `spaced` says whether white space comes before it."""

    kind: TokenKind
    text: str
    value: Fraction | None = None
    spaced: bool = True

    @property
    def is_integer(self) -> bool:
        return self.kind == "digits" and self.text.isdecimal()


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.translate(_LOOKALIKES)).casefold()
    plain = "".join(
        str(digit) if (digit := unicodedata.decimal(char, None)) is not None else char
        for char in text
        if not unicodedata.combining(char)
    )
    plain = re.sub(r"\s+", " ", plain)
    for pattern, replacement in _REWRITES:
        plain = pattern.sub(replacement, plain)
    return _SPACED_GROUPS.sub(lambda match: match[0].replace(" ", ""), plain)


def written_value(run: str) -> Fraction | None:
    """The value of digits with separators. "1,250" is grouped and "1,25" a decimal; None when neither fits."""
    if sum(char.isdecimal() for char in run) > MAX_DIGITS:
        return None
    if run.isdecimal():
        return None if run[0] == "0" and len(run) >= _PHONE_DIGITS else Fraction(int(run))
    if _GROUPED.fullmatch(run):
        return Fraction(re.sub("[,']", "", run))
    if _GROUPED_BY_POINTS.fullmatch(run):
        return Fraction(run.replace(".", "").replace(",", "."))
    return Fraction(run.replace(",", ".")) if _DECIMAL.fullmatch(run) else None


def other_value(run: str) -> Fraction | None:
    """The value of figures with one point or comma before three digits, were it meant the other way."""
    if _GROUPED_BY_A_POINT.fullmatch(run):
        return Fraction(run.replace(".", ""))
    return Fraction(run.replace(",", ".")) if _GROUPED_BY_A_COMMA.fullmatch(run) else None


def scan(text: str) -> list[Token]:
    """The tokens of `text`; of none when it is too long to be an answer."""
    if len(text) > MAX_CHARS:
        return []
    plain = _plain(text)
    tokens: list[Token] = []
    for match in _TOKEN.finditer(plain):
        if len(tokens) == MAX_TOKENS:
            return []
        kind: TokenKind = match.lastgroup  # pyright: ignore[reportAssignmentType] -- the groups are the kinds
        spaced = match.start() == 0 or plain[match.start() - 1].isspace()
        value = written_value(match[0]) if kind == "digits" else None
        tokens.append(Token(kind, match[0], value, spaced))
    return tokens
