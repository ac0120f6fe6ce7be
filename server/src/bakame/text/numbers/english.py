"""English numbers: cardinals, digit by digit, decimals, fractions and mixed numbers, in words, digits or both."""

from dataclasses import dataclass
from fractions import Fraction

from bakame.text.numbers import vocabulary as words
from bakame.text.numbers.magnitude import Magnitude, Tokens, decimal, fraction, mixed, token_at, word_at

_ARTICLES = frozenset({"a", "an"})
_JOINERS = frozenset({"and", "&", "whole", "wholes"})


@dataclass(frozen=True, slots=True)
class _Whole:
    """A whole number. `tail` is its last part when "and" came before it: 3 in "two hundred and three"."""

    value: int
    end: int
    tail: int | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """The name of a part: "quarters", "twelfth". `count` is None for "first", which names a place only."""

    count: int | None
    end: int
    plural: bool


def read(tokens: Tokens, index: int) -> Magnitude | None:
    """The longest number that begins at `index`."""
    return _unspoken_one(tokens, index) or _decimal_in_figures(tokens, index) or _from_whole(tokens, index)


def _from_whole(tokens: Tokens, index: int) -> Magnitude | None:
    if leading := decimal(tokens, index, whole=0, read=_decimal_piece):
        return leading
    whole = _whole(tokens, index)
    if whole is None:
        return None
    if with_point := decimal(tokens, whole.end, whole=whole.value, read=_decimal_piece):
        return _scaled(tokens, with_point)
    if part := _part(tokens, whole.end):
        return _parts(whole, part)
    if over := _over(tokens, whole):
        return over
    return _with_fraction(tokens, whole)


def _with_fraction(tokens: Tokens, whole: _Whole) -> Magnitude | None:
    """The whole number, and the fraction after it if there is one; None when it is an ordinal ("hundred and fifth")."""
    index = whole.end
    while word_at(tokens, index) in _JOINERS:
        index += 1
    joined = index > whole.end
    if joined and (place := _part(tokens, index)) and not place.plural and place.count not in (2, 4):
        return None
    rest = _proper_fraction(tokens, index, joined=joined)
    if rest and (both := mixed(whole.value, rest)):
        return _scaled(tokens, both)
    return Magnitude(Fraction(whole.value), whole.end)


def _proper_fraction(tokens: Tokens, index: int, *, joined: bool) -> Magnitude | None:
    if joined and (one := _unspoken_one(tokens, index)):
        return one
    if not (whole := _whole(tokens, index)):
        return None
    part = _part(tokens, whole.end)
    return _parts(whole, part) if part else _over(tokens, whole)


def _unspoken_one(tokens: Tokens, index: int) -> Magnitude | None:
    """ "A third", "half", "quarter", and "half a million"."""
    has_article = word_at(tokens, index) in _ARTICLES
    part = _part(tokens, index + has_article)
    is_named = word_at(tokens, index) in words.HALVES | words.QUARTERS
    if part is None or part.plural or part.count is None or not (has_article or is_named):
        return None
    end = part.end
    if word_at(tokens, end) in _ARTICLES and (times := _scale(tokens, end + 1)):
        return Magnitude(Fraction(times, part.count), end + 2)
    return fraction(1, part.count, end)


def _decimal_in_figures(tokens: Tokens, index: int) -> Magnitude | None:
    token = token_at(tokens, index)
    if token.value is None or not ("." in token.text or token.value.denominator > 1 or token.text.startswith("0,")):
        return None
    is_grouped = token.value.denominator == 1 and token.text.count(".") != 1 and not token.text.startswith("0,")
    return _scaled(tokens, Magnitude(token.value, index + 1, "integer" if is_grouped else "decimal"))


def _scaled(tokens: Tokens, number: Magnitude) -> Magnitude:
    """Multiplies by the scale that follows: "1.5 million"."""
    times = _scale(tokens, number.end)
    if times is None:
        return number
    value = number.value * times
    return Magnitude(value, number.end + 1, "integer" if value.denominator == 1 else "decimal")


def _scale(tokens: Tokens, index: int) -> int | None:
    word = word_at(tokens, index)
    if word in words.HUNDRED:
        return 100
    return 12 if word in words.DOZEN else words.SCALES.get(word)


def _over(tokens: Tokens, above: _Whole) -> Magnitude | None:
    """ "Three over four", "3/4", "3 out of 4"."""
    index = above.end
    if word_at(tokens, index) == "/" or word_at(tokens, index) in words.OVER:
        index += 1
    elif (word_at(tokens, index), word_at(tokens, index + 1)) == ("out", "of"):
        index += 2
    else:
        return None
    figures = token_at(tokens, index)
    below = _Whole(int(figures.text), index + 1) if figures.is_integer else _whole(tokens, index)
    return fraction(above.value, below.value, below.end) if below else None


def _part(tokens: Tokens, index: int) -> _Part | None:
    word = word_at(tokens, index)
    if word in words.HALVES:
        return _Part(2, index + 1, word.startswith("hal") and word.endswith("s"))
    if word in words.QUARTERS:
        return _Part(4, index + 1, word.endswith("s"))
    if word == "first":
        return _Part(None, index + 1, plural=False)
    if word in words.TENS:
        unit = word_at(tokens, index + 1)
        if count := words.UNIT_ORDINALS.get(unit.removesuffix("s")):
            return _Part(words.TENS[word] + count, index + 2, unit.endswith("s"))
        return None
    count = words.ORDINALS.get(word.removesuffix("s"))
    return _Part(count, index + 1, word.endswith("s")) if count else None


def _parts(whole: _Whole, part: _Part) -> Magnitude | None:
    """So many parts. A singular after a large number is an ordinal ("twenty third"), after a small one a slip."""
    if part.count is None:
        return None
    agrees = part.plural or whole.value == 1 or part.count == 4
    if whole.tail and (whole.tail == 1 or (agrees and whole.tail < part.count)):
        rest = fraction(whole.tail, part.count, part.end)
        return mixed(whole.value - whole.tail, rest) if rest else None
    is_slip = whole.value < 20 and part.count != 2
    return fraction(whole.value, part.count, part.end) if agrees or is_slip else None


def _whole(tokens: Tokens, index: int) -> _Whole | None:
    return _digit_by_digit(tokens, index) or _cardinal(tokens, index)


def _digit(tokens: Tokens, index: int) -> int | None:
    token = token_at(tokens, index)
    if token.is_integer and len(token.text) == 1:
        return int(token.text)
    return words.DIGITS.get(token.text)


def _digit_by_digit(tokens: Tokens, index: int) -> _Whole | None:
    """ "Five six", "one oh five", "double seven": two digits or more, each said by itself."""
    said = ""
    while len(said) < 15:
        times = words.REPEATED_DIGIT.get(word_at(tokens, index))
        place = index + (times is not None)
        digit = 0 if (said or times) and word_at(tokens, place) in words.ZERO_LETTERS else _digit(tokens, place)
        if digit is None or (said and _belongs_to_next(tokens, place + 1)):
            break
        said += str(digit) * (times or 1)
        index = place + 1
    is_counting = len(said) > 3 and "123456789".startswith(said)
    return _Whole(int(said), index) if len(said) > 1 and not is_counting else None


def _belongs_to_next(tokens: Tokens, after: int) -> bool:
    """Whether what stands there makes the word before it the start of another number ("two thirds", "3/4")."""
    return word_at(tokens, after) == "/" or _scale(tokens, after) is not None or _part(tokens, after) is not None


def _cardinal(tokens: Tokens, index: int) -> _Whole | None:
    total, limit, tail = 0, 10**15, None
    end = None
    while True:
        joined = end is not None and word_at(tokens, index) == "and"
        paused = end is not None and word_at(tokens, index) == ","
        group = _below_thousand(tokens, index + (joined or paused))
        if (
            group is None
            and end is None
            and (
                _is_article_of_scale(tokens, index)
                or (_big_scale(tokens, index) and word_at(tokens, index) not in words.PLURAL_SCALES)
            )
        ):
            group = _Whole(1, index + (word_at(tokens, index) in _ARTICLES))
        if group is None:
            break
        scale = _big_scale(tokens, group.end)
        value = group.value * (scale or 1)
        if end is not None and (value >= limit or (paused and value < 100)):
            break
        total, end = total + value, group.end + (scale is not None)
        tail = value if joined else group.tail
        if scale is None:
            break
        index, limit = end, scale
    return None if end is None else _Whole(total, end, tail)


def _big_scale(tokens: Tokens, index: int) -> int | None:
    return words.SCALES.get(word_at(tokens, index))


def _is_article_of_scale(tokens: Tokens, index: int) -> bool:
    return word_at(tokens, index) in _ARTICLES and _big_scale(tokens, index + 1) is not None


def _below_thousand(tokens: Tokens, index: int) -> _Whole | None:
    """Up to 999, "twenty-five hundred", dozens, or digits of any size."""
    token = token_at(tokens, index)
    if token.value is not None and token.value.denominator == 1 and "." not in token.text:
        head: _Whole | None = _tens_and_unit(tokens, index) or _Whole(int(token.value), index + 1)
    else:
        head = _below_hundred(tokens, index)
        if head and (year := _without_hundred(tokens, head)):
            return year
    is_hundred = word_at(tokens, index) in words.HUNDRED - words.PLURAL_SCALES
    if head is None and (word_at(tokens, index) in _ARTICLES or is_hundred):
        head = _Whole(1, index + (word_at(tokens, index) in _ARTICLES))
        if word_at(tokens, head.end) not in words.HUNDRED | words.DOZEN:
            return None
    if head is None or head.value >= 100:
        return head
    if word_at(tokens, head.end) in words.DOZEN:
        return _Whole(head.value * 12, head.end + 1)
    return _hundreds(tokens, head) if word_at(tokens, head.end) in words.HUNDRED else head


def _tens_and_unit(tokens: Tokens, index: int) -> _Whole | None:
    """ "50 six", as a recogniser writes it."""
    tens = tokens[index].value
    unit = words.DIGITS.get(word_at(tokens, index + 1))
    is_tens = tens is not None and tens.denominator == 1 and tens % 10 == 0 and 20 <= tens <= 90
    return _Whole(int(tens) + unit, index + 2) if tens is not None and is_tens and unit else None


def _hundreds(tokens: Tokens, head: _Whole) -> _Whole:
    index = head.end + 1
    joined = word_at(tokens, index) == "and"
    token = token_at(tokens, index + joined)
    rest = _below_hundred(tokens, index + joined)
    if rest is None and token.is_integer and len(token.text) <= 2:
        rest = _Whole(int(token.text), index + joined + 1)
    is_part = not joined and _part(tokens, index) is not None
    if rest is None or is_part or _scale(tokens, rest.end) == 100:
        return _Whole(head.value * 100, index)
    return _Whole(head.value * 100 + rest.value, rest.end, rest.value if joined else None)


def _without_hundred(tokens: Tokens, head: _Whole) -> _Whole | None:
    """ "One twenty-five" is 125 and "nineteen eighty-four" 1984; but "five fifty" may be a fresh start at fifty."""
    if _part(tokens, head.end) or not 0 < head.value <= 20:
        return None
    if head.value >= 13 and word_at(tokens, head.end) in words.ZERO_LETTERS:
        unit = _digit(tokens, head.end + 1)
        return None if unit is None else _Whole(head.value * 100 + unit, head.end + 2)
    rest = _below_hundred(tokens, head.end)
    if rest is None or rest.value < 10 or head.value == 10 or (11 <= head.value < 13 and rest.value < 20):
        return None
    restarted = rest.value // 10 in (head.value, head.value - 10) or (head.value == 20 and rest.value >= 20)
    return None if restarted else _Whole(head.value * 100 + rest.value, rest.end)


def _below_hundred(tokens: Tokens, index: int) -> _Whole | None:
    word = word_at(tokens, index)
    if word in words.TEENS:
        return _Whole(words.TEENS[word], index + 1)
    if word in words.DIGITS:
        return _Whole(words.DIGITS[word], index + 1)
    if word not in words.TENS:
        return None
    tens = words.TENS[word]
    unit = words.DIGITS.get(word_at(tokens, index + 1))
    if unit:
        return _Whole(tens + unit, index + 2)
    if index + 2 == len(tokens) and (heard := words.HOMOPHONES.get(word_at(tokens, index + 1))) and heard < 10:
        return _Whole(tens + heard, index + 2)
    unit = words.DIGITS.get(word_at(tokens, index + 2)) if word_at(tokens, index + 1) == "and" else None
    starts_fraction = _part(tokens, index + 3) or word_at(tokens, index + 3) in words.OVER | {"/", "out"}
    return _Whole(tens + unit, index + 3) if unit and not starts_fraction else _Whole(tens, index + 1)


def _decimal_piece(tokens: Tokens, index: int) -> tuple[int, int] | None:
    if word_at(tokens, index) in words.ZERO_LETTERS:
        return 0, index + 1
    if _belongs_to_next(tokens, index + 1) and _scale(tokens, index + 1) is None:
        return None
    piece = _below_hundred(tokens, index)
    return (piece.value, piece.end) if piece else None
