"""The one number in an utterance: as people say and type it, exactly, or nothing."""

import re
from dataclasses import replace
from fractions import Fraction
from typing import Final

from bakame.text.numbers import measures as units
from bakame.text.numbers import vocabulary as words
from bakame.text.numbers.magnitude import Tokens, word_at
from bakame.text.numbers.numerals import Numeral, ReadNumber, numerals
from bakame.text.numbers.scan import Token, scan
from bakame.text.numbers.spelling import mended

_NO_QUANTITY: Final = re.compile(
    r"""
      ±|\+\s?/?\s?-\s?\d|\bplus\ or\ minus\b        # two numbers in one
    | \*[\d*]*\#|\#\d*\*                            # a code that is dialled: *182*1#
    | \+\s?\d{9}                                    # a telephone number
    | \bhttps?:|\bwww\.|\w\.(?:com|org|rw)\b        # an address
    """,
    re.VERBOSE | re.IGNORECASE,
)

_PLAIN: Final = re.compile(r"-?(\d{1,8})(?:/([1-9]\d{0,7})|(?<!\d{7})\.(\d{1,2}))?", re.ASCII)
"""So few digits that they are no telephone number, and no separator that could part thousands."""


def read_number(text: str, *, language: str = "en") -> ReadNumber | None:
    """The single number that `text` gives for an answer.

    Corrections count ("fifty-five, no, fifty-six"); the result of a written sum counts ("7 x 8 = 56"). None when there
    is no number, when two differ, or when it is a sum, a date, a time or a telephone number. `language` is tried first,
    then English, Kinyarwanda, French and Swahili. Takes bounded time for any text; never raises.
    """
    plain = plain_number(text)
    if plain is not None:
        return plain
    tokens = _tokens(text)
    found = list(numerals(tokens, language=language))
    return _the_one(tokens, found) if found else _homophone(tokens)


def plain_number(text: str) -> ReadNumber | None:
    """The number in mere figures, "-56", "3/4" or "2.5", without reading words; None for anything else.

    The same as `read_number` makes of it: most answers are typed, and are read much faster so.
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    figures, below, places = match.groups()
    if below is not None:
        terms = int(figures), int(below)
        value = Fraction(*terms)
        return ReadNumber(-value if text[0] == "-" else value, "fraction", None, terms)
    if places is not None:
        return ReadNumber(Fraction(text), "decimal")
    return ReadNumber(Fraction(int(text)), "integer")


def is_number(text: str) -> bool:
    """Whether the whole of `text` is one number, with a unit or without: "two kilos", and not "two families"."""
    tokens = [token for token in _tokens(text) if token.kind != "stop"]
    found = list(numerals(tokens, language="en"))
    return len(found) == 1 and (found[0].start, found[0].end) == (0, len(tokens))


def read_quantity(text: str, *, unit: str, language: str = "en") -> ReadNumber | None:
    """As `read_number`, for a question whose answer is so many of `unit`.

    Parts of one kind are added up: "1 hour 30 minutes" is 90 for minutes; "an hour", "isaha" is one. The number is in
    the unit that was said, for `in_unit`; in `unit` when it has parts.
    """
    plain = plain_number(text)
    if plain is not None:
        return plain
    tokens = _tokens(text)
    found = _added(tokens, _with_single_units(tokens, list(numerals(tokens, language=language))), unit)
    return _the_one(tokens, found) if found else _homophone(tokens)


def _tokens(text: str) -> list[Token]:
    """The tokens of what may be a quantity; none when it is a time, a date, a code or a telephone number."""
    tokens = scan(text)
    if _NO_QUANTITY.search(text[:1000]):
        return []
    if any(token.kind == "clock" or (token.kind == "digits" and token.value is None) for token in tokens):
        return []
    return mended(tokens)


def _with_single_units(tokens: Tokens, found: list[Numeral]) -> list[Numeral]:
    """Adds "an hour" and "isaha", where no number stands beside the unit."""
    taken = {index for numeral in found for index in range(numeral.start, numeral.end)}
    for index, token in enumerate(tokens):
        has_article = word_at(tokens, index - 1) in ("a", "an", "une", "un") and len(token.text) > 2
        unit = units.MEASURES.get(token.text) if has_article else units.ONE_OF_THEM.get(token.text)
        if unit and index not in taken and not (has_article and index - 1 in taken):
            one = ReadNumber(Fraction(1), "integer", unit)
            found.append(Numeral(one, index - has_article, index + 1))
    return sorted(found, key=lambda numeral: numeral.start)


def _added(tokens: Tokens, found: list[Numeral], unit: str) -> list[Numeral]:
    """Puts together parts of one quantity: each smaller than the one before, with nothing but "and" between."""
    added: list[Numeral] = []
    last = ""
    for numeral in found:
        before = added[-1] if added else None
        gap = {token.text for token in tokens[before.end : numeral.start]} if before else {"?"}
        whole = before.number.in_unit(unit) if before and last else None
        part = _part_of(numeral.number, last, unit) if last else None
        if before and whole and part is not None and gap <= {"and", "na", "n", "et", ","} and part < whole.value:
            added[-1] = Numeral(ReadNumber(whole.value + part, "decimal", unit), before.start, numeral.end)
            last = numeral.number.unit or ""
            continue
        added.append(numeral)
        last = numeral.number.unit or ""
    return added


def _part_of(number: ReadNumber, larger: str, unit: str) -> Fraction | None:
    """What `number` adds to so many of a `larger` unit, in `unit`: smaller measures of the kind, or half of one."""
    if number.unit is None:
        is_part = number.form == "fraction" and 0 < number.value < 1
        return units.converted(number.value, larger, unit) if is_part else None
    if units.converted(Fraction(1), number.unit, larger) is None or units.size_of(number.unit) >= units.size_of(larger):
        return None
    fits = 0 < (units.converted(number.value, number.unit, larger) or 0) < 1
    return units.converted(number.value, number.unit, unit) if fits else None


def _homophone(tokens: Tokens) -> ReadNumber | None:
    said = [token.text for token in tokens if token.kind != "stop" and token.text not in words.FILLERS]
    sign = -1 if said and said[0] in words.NEGATIVE else 1
    said = said[1:] if sign < 0 else said
    if len(said) != 1 or said[0] not in words.HOMOPHONES:
        return None
    return ReadNumber(sign * Fraction(words.HOMOPHONES[said[0]]), "integer")


def _the_one(tokens: Tokens, found: list[Numeral]) -> ReadNumber | None:
    """The number that stands when corrections, results and refusals have had their say."""
    standing: list[ReadNumber] = []
    is_sum = False
    result: ReadNumber | None = None
    previous_end = 0
    for numeral in found:
        gap = [token.text for token in tokens[previous_end : numeral.start] if token.kind != "stop"]
        sign_between = bool(standing) and numeral.start > 0 and _subtracts(tokens, previous_end, numeral)
        is_first = previous_end == 0
        previous_end = numeral.end
        if gap and gap[-1] in words.NEGATIONS:
            continue
        if is_first and gap and gap[-1] in words.OPERATIONS:
            return None
        equals = not words.EQUALS.isdisjoint(gap)
        gives_result = is_sum and not words.RESULTS.isdisjoint(gap)
        if gives_result or equals or not words.CORRECTIONS.isdisjoint(gap):
            # "56 = 7 x 8": the result came first.
            result = standing[0] if equals and not is_sum and len(standing) == 1 else None
            standing, is_sum = [], False
        elif standing and (sign_between or not words.INFIX.isdisjoint(gap) or _is_part_of(standing[-1], gap)):
            is_sum = True
        is_sum |= bool(gap) and gap[-1] in words.PREFIX | {"of"} and not words.PREFIX.isdisjoint(gap)
        is_sum |= word_at(tokens, numeral.end) in words.POSTFIX
        standing.append(numeral.number)
    tail = [token.text for token in tokens[previous_end:] if token.kind != "stop"]
    taken_back = words.RETRACTIONS.issuperset(set(tail) - words.FILLERS) and not words.RETRACTIONS.isdisjoint(tail)
    is_unfinished = bool(tail) and (tail[0] == "/" or (len(tail) == 1 and tail[0] in words.UNFINISHED))
    if is_sum and result is not None and not is_unfinished:
        return result
    if not words.VAGUE.isdisjoint(tail) or _is_date(tokens, found):
        return None
    if not standing or is_sum or taken_back or is_unfinished or len({number.value for number in standing}) > 1:
        return None
    return standing[-1]


def _is_date(tokens: Tokens, found: list[Numeral]) -> bool:
    """ "25 December"."""
    beside = {word_at(tokens, index) for numeral in found for index in (numeral.start - 1, numeral.end)}
    return not words.MONTHS.isdisjoint(beside)


def _is_part_of(number: ReadNumber, gap: list[str]) -> bool:
    """ "Half of 80", "25 % of 80"."""
    return number.form in ("fraction", "percent") and gap in (["of"], ["of", "a"], ["of", "an"], ["of", "the"])


def _subtracts(tokens: Tokens, previous_end: int, numeral: Numeral) -> bool:
    """Whether the sign of this number stands right after another number: "five minus three"."""
    return numeral.start == previous_end and word_at(tokens, numeral.start) in words.NEGATIVE | {"-"}


def as_unit_fraction(text: str) -> ReadNumber | None:
    """Where a fraction is asked for: "fifth", "the third", alone, is a fifth, a third."""
    said = [token.text for token in _tokens(text) if token.kind != "stop" and token.text not in words.FILLERS]
    below = words.ORDINALS.get(said[0]) if len(said) == 1 else None
    return replace(ReadNumber(Fraction(1, below), "fraction"), terms=(1, below)) if below else None
