"""Kinyarwanda and Swahili numbers: parts from large to small, the scale before its multiplier, joined by "and".

"Magana abiri na mirongo itatu n'umwe" is two hundreds and three tens and one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from bakame.text.numbers import vocabulary as words
from bakame.text.numbers.magnitude import Magnitude, Tokens, decimal, fraction, mixed, word_at


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """`alone` are whole numbers from ten up in one word; `scales` multiply what comes after them.

    `bare` are the scales that mean one of them when nothing does; `most` is what a scale's multiplier stays under.
    """

    units: Mapping[str, int]
    alone: Mapping[str, int]
    scales: Mapping[str, int]
    joiners: frozenset[str]
    bare: frozenset[str]
    most: Mapping[int, int]

    def number(self, tokens: Tokens, index: int, *, below: int = 10**9) -> tuple[int, int] | None:
        """Terms that get smaller, all under `below`: the value and the place after, or None."""
        total, end, size = 0, index, below
        while size > 1:
            term = self._term(tokens, end, below=size) if end == index else self._joined_term(tokens, end, below=size)
            if term is None:
                break
            total, end = total + term[0], term[1]
            size = _place(term[0])
        return (total, end) if end > index else None

    def _term(self, tokens: Tokens, index: int, *, below: int) -> tuple[int, int] | None:
        """One word, or a scale with its multiplier. Tens and units after "thousands" are 15,000 and not 10,005."""
        word = word_at(tokens, index)
        if (value := self.units.get(word, self.alone.get(word))) is not None:
            return (value, index + 1) if value < below else None
        scale = self.scales.get(word)
        if scale is None or scale >= below:
            return None
        times = self.number(tokens, index + 1, below=self.most.get(scale, 1000))
        if times is None and word in self.bare:
            return scale, index + 1
        return (scale * times[0], times[1]) if times and 0 < scale * times[0] < below else None

    def _joined_term(self, tokens: Tokens, index: int, *, below: int) -> tuple[int, int] | None:
        """A term after "na", after nothing, or with the joiner run into it: "nitandatu" for "n'itandatu"."""
        word = word_at(tokens, index)
        if word in self.joiners:
            return self._term(tokens, index + 1, below=below)
        if word[:1] in self.joiners and (value := self.units.get(word[1:])):
            return (value, index + 1) if value < below else None
        return self._term(tokens, index, below=below)


def _place(value: int) -> int:
    """The power of ten that what follows `value` stays under: 10 after 30, 1000 after 2000, 1 after a unit."""
    place = 1
    while value and value % (place * 10) == 0:
        place *= 10
    return place


_KINYARWANDA = _Lexicon(
    words.RW_UNITS,
    words.RW_ALONE,
    words.RW_SCALES,
    frozenset({"na", "n"}),
    words.RW_BARE,
    # "Ibihumbi magana atanu" is 500,000: only whole hundreds and tens are counted in thousands that way.
    {10: 10, 100: 10, 1000: 1000},
)
_SWAHILI = _Lexicon(
    words.SW_UNITS,
    words.SW_ALONE,
    words.SW_SCALES,
    frozenset({"na"}),
    frozenset(words.SW_SCALES),
    {10: 10, 100: 10, 1000: 100},
)


def read_kinyarwanda(tokens: Tokens, index: int) -> Magnitude | None:
    """Cardinals, decimals with "virigule" or "akitso", and fractions said as "bitatu bya kane" or "rimwe n'igice"."""
    if word_at(tokens, index) == words.RW_HALF:
        return fraction(1, 2, index + 1)
    number = _thousands_unsaid(tokens, index) or _KINYARWANDA.number(tokens, index)
    if number is None:
        return None
    value, end = number
    point = end + (word_at(tokens, end) in ("n", "na"))
    if with_point := decimal(tokens, point, whole=value, read=_KINYARWANDA.number):
        return with_point
    if part := _kinyarwanda_parts(tokens, value, end):
        return part
    if word_at(tokens, end) in ("n", "na"):
        if word_at(tokens, end + 1) == words.RW_HALF:
            return mixed(value, Magnitude(Fraction(1, 2), end + 2, "fraction", (1, 2)))
        above = _KINYARWANDA.number(tokens, end + 1)
        rest = _kinyarwanda_parts(tokens, *above) if above else None
        if rest and (both := mixed(value, rest)):
            return both
    return Magnitude(Fraction(value), end)


def _kinyarwanda_parts(tokens: Tokens, above: int, end: int) -> Magnitude | None:
    """ "Bya kane" after so many."""
    if word_at(tokens, end) in words.RW_PARTS and (below := _KINYARWANDA.number(tokens, end + 1)):
        return fraction(above, below[0], below[1])
    return None


def _thousands_unsaid(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """ "Bibiri na magana atanu": the form of the two says that they are thousands."""
    if word_at(tokens, index) not in words.RW_OF_THOUSANDS or word_at(tokens, index + 1) != "na":
        return None
    hundreds = word_at(tokens, index + 2)
    if word_at(tokens, index - 1) == "ibihumbi" or hundreds not in ("magana", "ijana"):
        return None
    rest = _KINYARWANDA.number(tokens, index + 2, below=1000)
    return (words.RW_UNITS[word_at(tokens, index)] * 1000 + rest[0], rest[1]) if rest else None


def read_swahili(tokens: Tokens, index: int) -> Magnitude | None:
    """Cardinals, decimals with "nukta", "nusu", "theluthi mbili", "robo tatu", "mbili na nusu", "moja juu ya tano"."""
    alone = _swahili_part(tokens, index) or decimal(tokens, index, whole=0, read=_SWAHILI.number)
    if alone:
        return alone
    number = _SWAHILI.number(tokens, index)
    if number is None:
        return None
    value, end = number
    if with_point := decimal(tokens, end, whole=value, read=_SWAHILI.number):
        return with_point
    over = (word_at(tokens, end), word_at(tokens, end + 1)) == ("juu", "ya")
    if over and (below := _SWAHILI.number(tokens, end + 2)):
        return fraction(value, below[0], below[1])
    if word_at(tokens, end) == "na" and (part := _swahili_part(tokens, end + 1)):
        return mixed(value, part)
    return Magnitude(Fraction(value), end)


def _swahili_part(tokens: Tokens, index: int) -> Magnitude | None:
    below = words.SW_PARTS.get(word_at(tokens, index))
    if below is None:
        return None
    above = words.SW_UNITS.get(word_at(tokens, index + 1))
    return fraction(above, below, index + 2) if above and below > 2 else fraction(1, below, index + 1)
