"""The one number in an utterance: as people say and type it, exactly, or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from bakame.text.numbers import african, english, french
from bakame.text.numbers import vocabulary as words
from bakame.text.numbers.magnitude import Form, Magnitude, MagnitudeReader, Tokens, token_at, word_at
from bakame.text.numbers.scan import MAX_DIGITS, scan

_READERS: Final[dict[str, MagnitudeReader]] = {
    "en": english.read,
    "rw": african.read_kinyarwanda,
    "fr": french.read,
    "sw": african.read_swahili,
}


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number that was said.

    `value` is the number as said: 25 for "25 %" with the form `percent`; `amount` is then a quarter. `unit` is a short
    name ("franc", "kg", "m2"). `terms` are the numerator and denominator as said, before any cancelling: (2, 4).
    """

    value: Fraction
    form: Form
    unit: str | None = None
    terms: tuple[int, int] | None = None

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


def _in_figures(size: Fraction, *, least: int) -> str:
    """With a decimal point and at least so many places; as a fraction when it has no end."""
    places = next((count for count in range(least, 2 * MAX_DIGITS) if 10**count % size.denominator == 0), None)
    if not places:
        return str(size)
    whole, rest = divmod(int(size * 10**places), 10**places)
    return f"{whole}.{rest:0{places}}"


@dataclass(frozen=True, slots=True)
class _Numeral:
    """A number with its sign and unit, and the tokens it takes up."""

    number: ReadNumber
    start: int
    end: int


def read_number(text: str, *, language: str = "en") -> ReadNumber | None:
    """The single number that `text` gives for an answer.

    Corrections count ("fifty-five, no, fifty-six"); the result of a written sum counts ("7 x 8 = 56"). None when there
    is no number, when two differ, or when it is a sum, a date, a time or a telephone number. `language` is tried first,
    then English, Kinyarwanda, French and Swahili. Takes bounded time for any text; never raises.
    """
    tokens = scan(text)
    if any(token.kind == "clock" or (token.kind == "digits" and token.value is None) for token in tokens):
        return None
    readers = [_READERS[name] for name in dict.fromkeys((language, *_READERS)) if name in _READERS]
    numerals = list(_numerals(tokens, readers))
    if not numerals:
        return _homophone(tokens)
    return _the_one(tokens, numerals)


def _numerals(tokens: Tokens, readers: list[MagnitudeReader]) -> Iterator[_Numeral]:
    """The numbers in order; where languages share a word, the one that makes most of it: "six mille" is 6,000."""
    index = 0
    while index < len(tokens):
        found = [_with_sign_and_unit(tokens, index, number) for read in readers if (number := read(tokens, index))]
        if not found or _is_pronoun(tokens, index, found[0].end):
            index += 1
            continue
        longest = max(found, key=lambda numeral: numeral.end)
        yield longest
        index = longest.end


def _is_pronoun(tokens: Tokens, index: int, end: int) -> bool:
    """ "This one", "one more": no number is meant."""
    if end != index + 1 or word_at(tokens, index) != "one":
        return False
    return word_at(tokens, index - 1) in words.PRONOUN_BEFORE_ONE or word_at(tokens, end) in words.PRONOUN_AFTER_ONE


def _with_sign_and_unit(tokens: Tokens, start: int, found: Magnitude) -> _Numeral:
    end = found.end
    form = found.form
    if length := _percent(tokens, end):
        form, end = "percent", end + length
    unit, end = _end_of_unit(tokens, end)
    first = start
    if word_at(tokens, start - 1) in words.MONEY_BEFORE:
        unit, first = words.MEASURES[word_at(tokens, start - 1)], start - 1
    minus = _is_minus(tokens, first - 1)
    negative = minus
    if word_at(tokens, end) in ("below", "under", "above") and word_at(tokens, end + 1) == "zero":
        negative |= word_at(tokens, end) != "above"
        end += 2
    value = -found.value if negative else found.value
    return _Numeral(ReadNumber(value, form, unit, found.terms), first - minus, end)


def _percent(tokens: Tokens, index: int) -> int:
    """How many tokens say "percent" there."""
    if word_at(tokens, index) in words.PERCENT:
        return 1
    return 2 if (word_at(tokens, index), word_at(tokens, index + 1)) in (("per", "cent"), ("pour", "cent")) else 0


def _end_of_unit(tokens: Tokens, index: int) -> tuple[str | None, int]:
    power = words.POWERS.get(word_at(tokens, index), "")
    unit = words.MEASURES.get(word_at(tokens, index + bool(power)))
    return (unit + power, index + bool(power) + 1) if unit else (None, index)


def _is_minus(tokens: Tokens, index: int) -> bool:
    """Whether the token there makes the next number negative: not a hyphen, a dash or a subtraction."""
    word = word_at(tokens, index)
    before = token_at(tokens, index - 1)
    if word in words.NEGATIVE:
        return True
    if word != "-" or before.kind == "digits":
        return False
    opens = index == 0 or before.text in words.EQUALS | words.RESULTS | words.MONEY_BEFORE | {":"}
    is_attached = not token_at(tokens, index + 1).spaced
    return opens or (is_attached and (tokens[index].spaced or before.kind == "stop"))


def _homophone(tokens: Tokens) -> ReadNumber | None:
    said = [token.text for token in tokens if token.kind != "stop" and token.text not in words.FILLERS]
    if len(said) != 1 or said[0] not in words.HOMOPHONES:
        return None
    return ReadNumber(Fraction(words.HOMOPHONES[said[0]]), "integer")


def _the_one(tokens: Tokens, numerals: list[_Numeral]) -> ReadNumber | None:
    """The number that stands when corrections, results and refusals have had their say."""
    standing: list[ReadNumber] = []
    is_sum = False
    previous_end = 0
    for numeral in numerals:
        gap = [token.text for token in tokens[previous_end : numeral.start] if token.kind != "stop"]
        sign_between = bool(standing) and numeral.start > 0 and _subtracts(tokens, previous_end, numeral)
        previous_end = numeral.end
        if gap and gap[-1] in words.NEGATIONS:
            continue
        gives_result = is_sum and not words.RESULTS.isdisjoint(gap)
        if gives_result or not (words.EQUALS | words.CORRECTIONS).isdisjoint(gap):
            standing, is_sum = [], False
        elif standing and (sign_between or not words.INFIX.isdisjoint(gap)):
            is_sum = True
        is_sum |= bool(gap) and gap[-1] in words.PREFIX | {"of"} and not words.PREFIX.isdisjoint(gap)
        is_sum |= word_at(tokens, numeral.end) in words.POSTFIX
        standing.append(numeral.number)
    tail = [token.text for token in tokens[previous_end:] if token.kind != "stop"]
    taken_back = words.RETRACTIONS.issuperset(set(tail) - words.FILLERS) and not words.RETRACTIONS.isdisjoint(tail)
    is_unfinished = len(tail) == 1 and tail[0] in words.UNFINISHED
    if not standing or is_sum or taken_back or is_unfinished or len({number.value for number in standing}) > 1:
        return None
    return standing[-1]


def _subtracts(tokens: Tokens, previous_end: int, numeral: _Numeral) -> bool:
    """Whether the sign of this number stands right after another number: "five minus three"."""
    return numeral.start == previous_end and word_at(tokens, numeral.start) in words.NEGATIVE | {"-"}
