"""Values and functions of the curriculum's expression language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt, lcm
from typing import Final, TypeAlias

from bakame.errors import Invalid
from bakame.text.numbers import ordinal_part, say_number

Value: TypeAlias = int | str | Fraction | tuple["Value", ...] | frozenset["Value"]
"""A value; truth values are integers, as in Python."""

MAX_NUMBER: Final = 10**30
MAX_TEXT: Final = 400
MAX_ITEMS: Final = 200
MAX_PRIME: Final = 10**9
"""The largest number that is tested for being prime."""

CONSTANTS: Final[Mapping[str, Value]] = {"True": True, "False": False}


def bounded(value: object) -> Value:
    """`value` in its simplest exact form (a whole fraction becomes an integer). Raises `ValueError` when too large."""
    match value:
        case Fraction():
            if abs(value.numerator) > MAX_NUMBER or value.denominator > MAX_NUMBER:
                raise ValueError("the number is too large")
            return value.numerator if value.denominator == 1 else value
        case int():
            if abs(value) > MAX_NUMBER:
                raise ValueError("the number is too large")
            return value
        case str():
            if len(value) > MAX_TEXT:
                raise ValueError("the text is too long")
            return value
        case list() | tuple() | frozenset():
            items: tuple[Value, ...] = tuple(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # made of values
            if len(items) > MAX_ITEMS:
                raise ValueError("the list is too long")
            return frozenset(items) if isinstance(value, frozenset) else items
        case _:
            raise TypeError(f"{type(value).__name__} is not a value")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language and how many arguments it takes."""

    call: Callable[..., Value]
    least: int
    most: int


def decimal_text(value: int | Fraction) -> str:
    """The exact decimal of `value`: 3/4 is "0.75", 2 is "2". Raises `ValueError` when it never ends."""
    exact = Fraction(value)
    places, scale = 0, exact.denominator
    while (10**places) % scale:
        places += 1
        if places > 30:
            raise ValueError(f"{exact} has no exact decimal")
    shifted = abs(exact.numerator) * 10**places // scale
    sign = "-" if exact < 0 else ""
    whole, rest = divmod(shifted, 10**places)
    return f"{sign}{whole}.{rest:0{places}}" if places else f"{sign}{whole}"


def number(value: Value) -> int | Fraction:
    if not isinstance(value, int | Fraction):
        raise TypeError(f"a number is needed, not {value!r}")
    return value


def whole(value: Value) -> int:
    if not isinstance(value, int):
        raise TypeError(f"a whole number is needed, not {value!r}")
    return value


def _items(value: Value) -> tuple[Value, ...]:
    if isinstance(value, tuple | frozenset):
        return tuple(value)
    raise TypeError(f"a list is needed, not {value!r}")


def _numbers(values: tuple[Value, ...]) -> list[int | Fraction]:
    listed = _items(values[0]) if len(values) == 1 else values
    if not listed:
        raise ValueError("an empty list has no largest or smallest number")
    return [number(value) for value in listed]


def _min(*values: Value) -> Value:
    return min(_numbers(values))


def _max(*values: Value) -> Value:
    return max(_numbers(values))


def _abs(n: Value) -> Value:
    return abs(number(n))


def _gcd(a: Value, b: Value) -> Value:
    return gcd(whole(a), whole(b))


def _lcm(a: Value, b: Value) -> Value:
    return lcm(whole(a), whole(b))


def _dec(n: Value) -> Value:
    return decimal_text(number(n))


def _set(value: Value) -> Value:
    return frozenset(_items(value))


def _int(value: Value) -> Value:
    if isinstance(value, str):
        if not value.removeprefix("-").isdecimal() or not value.isascii() or len(value) > 31:
            raise ValueError(f"{value!r} is not a whole number")
        return int(value)
    return int(number(value))


def _len(value: Value) -> Value:
    return len(value) if isinstance(value, str) else len(_items(value))


def _str(value: Value) -> Value:
    if isinstance(value, tuple | frozenset):
        raise TypeError("a list cannot become text")
    return str(int(value)) if isinstance(value, bool) else str(value)


def _sorted(value: Value) -> Value:
    listed = _items(value)
    texts = [item for item in listed if isinstance(item, str)]
    return tuple(sorted(texts)) if texts and len(texts) == len(listed) else tuple(sorted(number(i) for i in listed))


def _frac(numerator: Value, denominator: Value) -> Value:
    return Fraction(whole(numerator), whole(denominator))


def _digit(n: Value, k: Value) -> Value:
    if not 0 <= whole(k) <= 30:
        raise ValueError("there is no such digit")
    return abs(whole(n)) // 10 ** whole(k) % 10


def _rev(n: Value) -> Value:
    backwards = int(str(abs(whole(n)))[::-1])
    return -backwards if whole(n) < 0 else backwards


def _is_prime(n: Value) -> Value:
    if whole(n) > MAX_PRIME:
        raise ValueError("the number is too large to test")
    return whole(n) > 1 and all(whole(n) % d for d in range(2, isqrt(whole(n)) + 1))


def _pickof(i: Value, values: Value) -> Value:
    listed = _items(values)
    if not 0 <= whole(i) < len(listed):
        raise ValueError(f"the list has no item {i}")
    return listed[whole(i)]


def _hhmm(minutes: Value) -> Value:
    hours, rest = divmod(whole(minutes), 60)
    if hours < 0:
        raise ValueError("a time cannot be negative")
    return f"{hours}:{rest:02}"


def _pad(n: Value) -> Value:
    return f"{whole(n):02}"


def _round_up(n: Value) -> Value:
    step = 50 if number(n) <= 60 else 100
    return -(-number(n) // step) * step


def _words(n: Value) -> Value:
    if abs(whole(n)) >= 10**12:
        raise ValueError("the number is too large to say")
    return say_number(whole(n))


def _ordinal(n: Value) -> Value:
    if not 2 <= whole(n) <= 1000:
        raise ValueError(f"there is no part with the name of {n}")
    try:
        return ordinal_part(whole(n))
    except Invalid as error:
        raise ValueError(str(error)) from None


FUNCTIONS: Final[Mapping[str, Function]] = {
    "abs": Function(_abs, 1, 1),
    "min": Function(_min, 1, MAX_ITEMS),
    "max": Function(_max, 1, MAX_ITEMS),
    "int": Function(_int, 1, 1),
    "len": Function(_len, 1, 1),
    "set": Function(_set, 1, 1),
    "sorted": Function(_sorted, 1, 1),
    "str": Function(_str, 1, 1),
    "gcd": Function(_gcd, 2, 2),
    "lcm": Function(_lcm, 2, 2),
    "frac": Function(_frac, 2, 2),
    "dec": Function(_dec, 1, 1),
    "digit": Function(_digit, 2, 2),
    "rev": Function(_rev, 1, 1),
    "words": Function(_words, 1, 1),
    "ordinal": Function(_ordinal, 1, 1),
    "isprime": Function(_is_prime, 1, 1),
    "pickof": Function(_pickof, 2, 2),
    "hhmm": Function(_hhmm, 1, 1),
    "pad": Function(_pad, 1, 1),
    "round_up": Function(_round_up, 1, 1),
}
"""`ifelse(condition, yes, no)` is not here: it works out only the branch it needs (see `expressions`)."""
