"""What a language's reader finds at one place in the tokens: a number without its sign and unit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from bakame.text.numbers.scan import Token
from bakame.text.numbers.vocabulary import POINT

Form = Literal["integer", "decimal", "fraction", "mixed", "percent"]
Tokens = Sequence[Token]


@dataclass(frozen=True, slots=True)
class Magnitude:
    """A number that ends before token `end`. `terms` are numerator and denominator as they were said."""

    value: Fraction
    end: int
    form: Form = "integer"
    terms: tuple[int, int] | None = None


MagnitudeReader = Callable[[Tokens, int], Magnitude | None]
IntegerReader = Callable[[Tokens, int], tuple[int, int] | None]
"""From tokens and a place to a value and the place after it."""
_NOTHING: Final = Token("stop", "")


def token_at(tokens: Tokens, index: int) -> Token:
    """The token there, or an empty one outside."""
    return tokens[index] if 0 <= index < len(tokens) else _NOTHING


def word_at(tokens: Tokens, index: int) -> str:
    """The text of the token there; empty outside."""
    return token_at(tokens, index).text


def decimal(tokens: Tokens, index: int, *, whole: int, read: IntegerReader) -> Magnitude | None:
    """A decimal whose point is the token at `index`. What follows is read in pieces: "seven five", "seventy-five"."""
    if word_at(tokens, index) not in POINT:
        return None
    index += 1
    places = ""
    while len(places) < 15:
        token = token_at(tokens, index)
        if token.is_integer:
            places, index = places + token.text, index + 1
        elif piece := read(tokens, index):
            places, index = places + str(piece[0]), piece[1]
        else:
            break
    return Magnitude(Fraction(f"{whole}.{places}"), index, "decimal") if places else None


def mixed(whole: int, part: Magnitude) -> Magnitude | None:
    """A whole number and a proper fraction; None when the fraction is one or more."""
    return Magnitude(whole + part.value, part.end, "mixed", part.terms) if part.value < 1 else None


def fraction(numerator: int, denominator: int, end: int) -> Magnitude | None:
    """A fraction as it was said; None when it divides by zero."""
    if not denominator:
        return None
    return Magnitude(Fraction(numerator, denominator), end, "fraction", (numerator, denominator))
