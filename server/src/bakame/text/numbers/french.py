"""French numbers: cardinals with their twenties, decimals with "virgule", halves to tenths."""

from fractions import Fraction

from bakame.text.numbers import vocabulary as words
from bakame.text.numbers.magnitude import Magnitude, Tokens, decimal, fraction, mixed, word_at


def read(tokens: Tokens, index: int) -> Magnitude | None:
    """The longest number that begins at `index`."""
    number = _integer(tokens, index)
    if number is None:
        half = words.FR_PARTS.get(word_at(tokens, index)) == 2
        return fraction(1, 2, index + 1) if half else None
    value, end = number
    if with_point := decimal(tokens, end, whole=value, read=_below_thousand):
        return with_point
    if part := words.FR_PARTS.get(word_at(tokens, end)):
        return fraction(value, part, end + 1)
    if word_at(tokens, end) == "sur" and (below_it := _integer(tokens, end + 1)):
        return fraction(value, below_it[0], below_it[1])
    if word_at(tokens, end) == "et":
        above, after = _integer(tokens, end + 1) or (1, end + 1)
        if below := words.FR_PARTS.get(word_at(tokens, after)):
            rest = fraction(above, below, after + 1)
            return mixed(value, rest) if rest else None
    return Magnitude(Fraction(value), end)


def _integer(tokens: Tokens, index: int) -> tuple[int, int] | None:
    total, end, limit = 0, index, 10**9
    while True:
        group = _below_thousand(tokens, end)
        scale = words.FR_SCALES.get(word_at(tokens, group[1] if group else end))
        if group is None and (scale is None or word_at(tokens, end) in words.PLURAL_SCALES):
            break
        value, after = group or (1, end)
        value *= scale or 1
        if value >= limit:
            break
        total, end = total + value, after + (scale is not None)
        if scale is None:
            break
        limit = scale
    return (total, end) if end > index else None


def _below_thousand(tokens: Tokens, index: int) -> tuple[int, int] | None:
    head = _below_hundred(tokens, index)
    value, end = head or (1, index)
    if word_at(tokens, end) not in words.FR_HUNDRED or value >= 10:
        return head
    rest = _below_hundred(tokens, end + 1)
    return (value * 100 + rest[0], rest[1]) if rest else (value * 100, end + 1)


def _below_hundred(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """ "Soixante et onze", "quatre-vingt-dix-sept": the tens, then up to nineteen."""
    value = words.FR_NUMBERS.get(word_at(tokens, index))
    if value is None:
        return None
    end = index + 1
    if value == 4 and word_at(tokens, end) in ("vingt", "vingts"):
        value, end = 80, end + 1
    if value < 20 and value != 10:
        return value, end
    joined = word_at(tokens, end) == "et"
    rest = words.FR_NUMBERS.get(word_at(tokens, end + joined))
    if rest is None or not 0 < rest < (20 if value in (60, 80) else 10):
        return value, end
    if rest == 10 and (more := words.FR_NUMBERS.get(word_at(tokens, end + joined + 1))) in (7, 8, 9):
        return value + rest + more, end + joined + 2
    return value + rest, end + joined + 1
