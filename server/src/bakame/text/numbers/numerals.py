"""The numbers in a text in their order, each with its sign and unit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from bakame.text.numbers import african, english, french
from bakame.text.numbers import measures as units
from bakame.text.numbers import vocabulary as words
from bakame.text.numbers.magnitude import Form, Magnitude, MagnitudeReader, Tokens, token_at, word_at
from bakame.text.numbers.scan import MAX_DIGITS, other_value

_READERS: Final[dict[str, MagnitudeReader]] = {
    "en": english.read,
    "rw": african.read_kinyarwanda,
    "fr": french.read,
    "sw": african.read_swahili,
}
_OF: Final = frozenset({"of", "a", "an", "cya", "y", "by", "ya", "de"})
"""Between half and the unit that it is half of."""


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number that was said.

    `value` is the number as said: 25 for "25 %" with the form `percent`; `amount` is then a quarter. `unit` is a short
    name ("franc", "kg", "m2"). `terms` are the numerator and denominator as said, before any cancelling: (2, 4).
    `other` is the value if the one separator in figures was meant the other way: 2500 for "2.500", 3.125 for "3,125".
    """

    value: Fraction
    form: Form
    unit: str | None = None
    terms: tuple[int, int] | None = None
    other: Fraction | None = None

    @property
    def amount(self) -> Fraction:
        """The value with a percentage taken as a part of one."""
        return self.value / 100 if self.form == "percent" else self.value

    @property
    def is_lowest_terms(self) -> bool:
        """False for a fraction that can still be cancelled."""
        return self.terms is None or Fraction(*self.terms).denominator == self.terms[1]

    @property
    def exact(self) -> str:
        """The number as exact text, for `say_value` and for the record: "56", "-0.75", "2/4", "1 1/2", "25%"."""
        sign = "-" if self.value < 0 else ""
        size = abs(self.value)
        if self.terms and self.form != "percent":
            whole = size - Fraction(*self.terms)
            return f"{sign}{f'{whole} ' if self.form == 'mixed' else ''}{self.terms[0]}/{self.terms[1]}"
        return f"{sign}{_in_figures(size, least=int(self.form == 'decimal'))}{'%' if self.form == 'percent' else ''}"

    @property
    def in_whole(self) -> "ReadNumber":
        """Where only whole numbers are meant, as of francs: "2.500" is 2,500."""
        if self.other is None or self.other.denominator > 1 or self.form != "decimal":
            return self
        return replace(self, value=self.other, form="integer", other=None)

    def in_unit(self, unit: str) -> "ReadNumber | None":
        """The same quantity in `unit`, exactly; as it is when no unit was said; None when it is of another kind."""
        number = self.in_whole if unit == "franc" else self
        if number.unit is None or number.unit == unit:
            return replace(number, unit=unit)
        value = units.converted(number.value, number.unit, unit)
        if value is None:
            return None
        form: Form = "integer" if value.denominator == 1 else "decimal"
        return ReadNumber(value, form, unit)


def _in_figures(size: Fraction, *, least: int) -> str:
    """With a decimal point and at least so many places; as a fraction when it has no end."""
    places = next((count for count in range(least, 2 * MAX_DIGITS) if 10**count % size.denominator == 0), None)
    if not places:
        return str(size)
    whole, rest = divmod(int(size * 10**places), 10**places)
    return f"{whole}.{rest:0{places}}"


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number with its sign and unit, and the tokens it takes up."""

    number: ReadNumber
    start: int
    end: int


def numerals(tokens: Tokens, *, language: str) -> Iterator[Numeral]:
    """The numbers in order; where languages share a word, the one that makes most of it: "six mille" is 6,000."""
    readers = [_READERS[name] for name in dict.fromkeys((language, *_READERS)) if name in _READERS]
    index = 0
    while index < len(tokens):
        found = [_with_sign_and_unit(tokens, index, number) for read in readers if (number := read(tokens, index))]
        is_percent = (word_at(tokens, index - 1), word_at(tokens, index)) in words.PERCENT_PAIRS
        if not found or is_percent or _is_pronoun(tokens, index, found[0].end):
            index += 1
            continue
        longest = max(found, key=lambda numeral: numeral.end)
        yield longest
        index = longest.end


def _is_pronoun(tokens: Tokens, index: int, end: int) -> bool:
    """ "This one", "one more", "seventy second": no number is meant."""
    if word_at(tokens, end - 1) == "second" and end > index + 1 and word_at(tokens, end - 2) in words.TENS:
        return True
    if end != index + 1 or word_at(tokens, index) != "one":
        return False
    before = word_at(tokens, index - 1)
    is_the_kind = word_at(tokens, index - 2) == "the" and before not in words.NOUN_BEFORE_ONE
    return is_the_kind or before in words.PRONOUN_BEFORE_ONE or word_at(tokens, end) in words.PRONOUN_AFTER_ONE


def _with_sign_and_unit(tokens: Tokens, start: int, found: Magnitude) -> Numeral:
    end = found.end
    form = found.form
    first = start
    if length := _percent(tokens, end):
        form, end = "percent", end + length
    elif word_at(tokens, start - 1) in words.PERCENT_BEFORE:
        form, first = "percent", start - 1
    unit, end = _unit_after(tokens, end, is_part=found.form == "fraction")
    if unit is None:
        unit, first = _unit_before(tokens, first)
    minus = _is_minus(tokens, first - 1)
    negative = minus
    if word_at(tokens, end) in ("below", "under", "above") and word_at(tokens, end + 1) == "zero":
        negative |= word_at(tokens, end) != "above"
        end += 2
    sign = -1 if negative else 1
    other = other_value(tokens[start].text) if found.end == start + 1 and tokens[start].kind == "digits" else None
    number = ReadNumber(
        sign * found.value, form, unit, found.terms, None if other is None or form == "percent" else sign * other
    )
    return Numeral(number.in_whole if unit == "franc" else number, first - minus, end)


def _percent(tokens: Tokens, index: int) -> int:
    """How many tokens say "percent" there."""
    if word_at(tokens, index) in words.PERCENT:
        return 1
    return 2 if (word_at(tokens, index), word_at(tokens, index + 1)) in words.PERCENT_PAIRS else 0


def _unit_after(tokens: Tokens, index: int, *, is_part: bool) -> tuple[str | None, int]:
    """ "5 km", "two square metres", "2500 Rwandan francs", "half a kilometre", "a quarter of an hour"."""
    at = index + (word_at(tokens, index) == "rwandan")
    while is_part and at < index + 3 and word_at(tokens, at) in _OF:
        at += 1
    power = units.POWERS.get(word_at(tokens, at), "")
    word = word_at(tokens, at + bool(power))
    unit = units.MEASURES.get(word) or (units.MEASURES_BEFORE.get(word) if is_part else None)
    if unit is None:
        return None, index
    end = at + bool(power) + 1
    if after := units.POWERS_AFTER.get(word_at(tokens, end), ""):
        return unit + after, end + 1
    return unit + power, end


def _unit_before(tokens: Tokens, start: int) -> tuple[str | None, int]:
    """ "Rwf 500", "metero eshanu", "metero kare cumi"."""
    word = word_at(tokens, start - 1)
    if word in units.MONEY_BEFORE:
        return units.MEASURES[word], start - 1
    power = units.POWERS_AFTER.get(word, "")
    unit = units.MEASURES_BEFORE.get(word_at(tokens, start - 1 - bool(power)))
    return (unit + power, start - 1 - bool(power)) if unit else (None, start)


def _is_minus(tokens: Tokens, index: int) -> bool:
    """Whether the token there makes the next number negative: not a hyphen, a dash or a subtraction."""
    word = word_at(tokens, index)
    before = token_at(tokens, index - 1)
    if word in words.NEGATIVE:
        return True
    if word != "-" or before.kind == "digits":
        return False
    opens = index == 0 or before.text in words.EQUALS | words.RESULTS | units.MONEY_BEFORE | {":"}
    is_attached = not token_at(tokens, index + 1).spaced
    return opens or (is_attached and (tokens[index].spaced or before.kind == "stop"))
