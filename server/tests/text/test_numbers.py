"""Numbers are understood as people say and type them, exactly, and never guessed."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bakame.text.numbers import read_number, read_quantity, say_number, say_value, unit_named

_TABLE = Path(__file__).with_name("numbers_said.txt").read_text(encoding="utf-8")
_ROWS = [line.split(" => ") for line in _TABLE.splitlines() if line and not line.startswith("#")]


def _described(said: str, language: str = "en") -> str:
    number = read_number(said, language=language)
    return "none" if number is None else " ".join(filter(None, (str(number.value), number.form, number.unit)))


@pytest.mark.parametrize(("said", "meant"), _ROWS)
def test_what_is_said_is_understood(said: str, meant: str) -> None:
    assert _described(said) == meant


def test_the_table_is_large_and_has_no_row_twice() -> None:
    said = [row[0] for row in _ROWS]
    assert len(said) >= 400
    assert sorted(said) == sorted(set(said))


@pytest.mark.parametrize("language", ["en", "rw", "fr", "sw", "xx"])
@pytest.mark.parametrize("said", ["56", "ni bine", "fifty six", "kumi na tano", "vingt et un", "3/4", "7 x 8", "yego"])
def test_every_language_is_tried_whatever_the_lesson_is_in(language: str, said: str) -> None:
    assert _described(said, language) == _described(said)


def test_the_lesson_language_is_tried_first() -> None:
    assert _described("cinq cents", "fr") == "500 integer"


@pytest.mark.parametrize(
    ("said", "terms", "is_lowest"),
    [
        ("2/4", (2, 4), False),
        ("two quarters", (2, 4), False),
        ("1/2", (1, 2), True),
        ("1 2/4", (2, 4), False),
        ("-6/8", (6, 8), False),
        ("5/1", (5, 1), True),
        ("4/2", (4, 2), False),
        ("0/3", (0, 3), False),
        ("0.5", None, True),
        ("56", None, True),
    ],
)
def test_a_fraction_keeps_the_terms_it_was_said_with(said: str, terms: tuple[int, int] | None, is_lowest: bool) -> None:
    number = read_number(said)
    assert number is not None
    assert (number.terms, number.is_lowest_terms) == (terms, is_lowest)


@pytest.mark.parametrize("said", [said for said, meant in _ROWS if meant != "none"])
def test_what_was_understood_can_be_written_exactly_and_read_again(said: str) -> None:
    number = read_number(said)
    assert number is not None
    again = read_number(number.exact)
    assert again is not None
    assert (again.value, again.form, again.exact) == (number.value, number.form, number.exact)


@pytest.mark.parametrize(
    ("said", "exact"),
    [
        ("minus two and two quarters", "-2 2/4"),
        ("point seven five", "0.75"),
        ("5.0", "5.0"),
        ("2/4", "2/4"),
        ("twelve and a half percent", "12.5%"),
        ("one thousand", "1000"),
    ],
)
def test_exact_text(said: str, exact: str) -> None:
    number = read_number(said)
    assert number is not None
    assert number.exact == exact


def test_a_percentage_has_its_number_and_its_amount() -> None:
    number = read_number("twenty-five percent")
    assert number is not None
    assert (number.value, number.amount) == (25, Fraction(1, 4))


@given(st.integers(-(10**9), 10**9))
@example(1_000_100)
@example(-1_001)
def test_a_number_that_the_tutor_says_is_read_back(value: int) -> None:
    assert _described(say_number(value)) == f"{value} integer"


@given(st.integers(0, 10**12))
def test_figures_are_read_with_and_without_separators(value: int) -> None:
    for written in (f"{value}", f"{value:,}", f"{value:,}".replace(",", " "), f"{value}."):
        assert _described(written) == f"{value} integer"


@pytest.mark.parametrize("below", range(2, 21))
def test_every_simple_fraction_that_the_tutor_says_is_read_back(below: int) -> None:
    for above in range(-2 * below, 130):
        number = read_number(say_value(f"{above}/{below}"))
        assert number is not None
        assert (number.value, number.terms) == (Fraction(above, below), (abs(above), below))


@given(st.integers(1, 999), st.integers(2, 20), st.data())
def test_a_mixed_number_that_the_tutor_says_is_read_back(whole: int, below: int, data: st.DataObject) -> None:
    above = data.draw(st.integers(1, below - 1))
    number = read_number(say_value(f"{whole} {above}/{below}"))
    assert number is not None
    assert number.value == whole + Fraction(above, below)


@given(st.decimals(-10_000, 10_000, places=3))
def test_a_decimal_that_the_tutor_says_is_read_back(value: object) -> None:
    number = read_number(say_value(f"{value}"))
    assert number is not None
    assert (number.value, number.form) == (Fraction(str(value)), "decimal")


_SCRAPS = (
    *("a", "an", "and", "half", "third", "fifths", "quarter", "to", "one", "two", "five", "ten", "twenty", "fifty"),
    *("hundred", "thousand", "million", "point", "over", "minus", "no", "not", "below zero", "double", "oh", "percent"),
    *("=", "/", "-", "+", "*", ".", ",", "%", "5", "12", "1,250", "0.5", "½", "kg", "rwf"),
    *("mirongo", "itanu", "na", "magana", "ibihumbi", "kumi", "mia", "vingt", "quatre", "cent", "virgule"),
)


@given(st.text(max_size=600))
def test_no_text_breaks_the_reader(text: str) -> None:
    number = read_number(text)
    assert number is None or isinstance(number.value, Fraction)


@given(st.lists(st.sampled_from(_SCRAPS), max_size=12).map(" ".join))
def test_no_jumble_of_number_words_breaks_the_reader(text: str) -> None:
    for language in ("en", "rw", "fr", "sw"):
        number = read_number(text, language=language)
        assert number is None or abs(number.value) < 10**31


@pytest.mark.parametrize(
    "text", ["five " * 2_000, "9" * 10_000, "fifty six" + " " * 10_000, "1 " * 5_000, "½" * 10_000]
)
def test_a_text_too_long_to_be_an_answer_holds_none(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("said", "unit", "value"),
    [
        ("500 m", "km", "1/2"),
        ("0.5 km", "m", "500"),
        ("half a kilometre", "m", "500"),
        ("metero magana atanu", "km", "1/2"),
        ("2 weeks", "day", "14"),
        ("ibyumweru bibiri", "day", "14"),
        ("1 hour 30 minutes", "minute", "90"),
        ("an hour and a half", "minute", "90"),
        ("isaha n'igice", "minute", "90"),
        ("saa moja na dakika thelathini", "hour", "3/2"),
        ("2 kg 500 g", "kg", "5/2"),
        ("1 m 20 cm", "cm", "120"),
        ("2 m 5 cm 3 mm", "mm", "2053"),
        ("120000 cm2", "m2", "12"),
        ("5 m3", "l", "5000"),
        ("2 ha", "m2", "20000"),
        ("3 tonnes", "kg", "3000"),
        ("2 years", "month", "24"),
        ("45", "degree", "45"),
        ("rwf 2.500", "franc", "2500"),
        ("2.500", "franc", "2500"),
    ],
)
def test_a_quantity_is_converted_exactly(said: str, unit: str, value: str) -> None:
    number = read_quantity(said, unit=unit)
    assert number is not None
    converted = number.in_unit(unit)
    assert converted is not None
    assert (converted.value, converted.unit) == (Fraction(value), unit)


@pytest.mark.parametrize(
    ("said", "unit"), [("5 kg", "m"), ("500 m2", "m"), ("2 months", "day"), ("2500 dollars", "franc"), ("1 hour", "km")]
)
def test_another_kind_of_quantity_has_no_such_unit(said: str, unit: str) -> None:
    number = read_quantity(said, unit=unit)
    assert number is not None
    assert number.in_unit(unit) is None


@pytest.mark.parametrize("said", ["30 minutes 2 hours", "1 hour 30 kg", "1 hour and 2 hours", "hours", "2 km or 3 km"])
def test_what_is_not_one_quantity(said: str) -> None:
    assert read_quantity(said, unit="minute") is None


@given(st.integers(1, 10**6), st.sampled_from(["mm", "cm", "m", "km"]), st.sampled_from(["mm", "cm", "m", "km"]))
def test_there_and_back_is_the_same_quantity(value: int, unit: str, other: str) -> None:
    number = read_quantity(f"{value} {unit}", unit=unit)
    assert number is not None
    away = number.in_unit(other)
    assert away is not None
    back = away.in_unit(unit)
    assert back is not None
    assert back.value == value


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("km", "km"),
        ("Kilometres", "km"),
        ("m²", "m2"),
        ("square metres", "m2"),
        ("frw", "franc"),
        ("iminota", "minute"),
        ("parsec", None),
        ("", None),
        ("two km", None),
    ],
)
def test_units_are_known_by_their_words(name: str, unit: str | None) -> None:
    assert unit_named(name) == unit


@pytest.mark.parametrize(
    ("said", "value", "other"),
    [("2.500", "5/2", "2500"), ("3,125", "3125", "25/8"), ("2.50", "5/2", None), ("2,500.00", "2500", None)],
)
def test_one_separator_before_three_digits_can_be_meant_two_ways(said: str, value: str, other: str | None) -> None:
    number = read_number(said)
    assert number is not None
    assert (number.value, number.other) == (Fraction(value), None if other is None else Fraction(other))


@given(st.text(max_size=600), st.sampled_from(["km", "minute", "franc", "kg", "m2"]))
def test_no_text_breaks_the_reader_of_quantities(text: str, unit: str) -> None:
    number = read_quantity(text, unit=unit)
    assert number is None or number.in_unit(unit) is None or isinstance(number.value, Fraction)


@pytest.mark.parametrize(
    "word", ["there", "these", "thirsty", "paint", "menus", "forth", "steven", "seen", "even", "party", "weight"]
)
def test_a_word_like_a_number_is_none(word: str) -> None:
    assert read_number(word) is None
