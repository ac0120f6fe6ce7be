"""Numbers are said as a teacher says them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Invalid
from bakame.text.numbers import ordinal_part, say_number, say_value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "zero"),
        (7, "seven"),
        (13, "thirteen"),
        (20, "twenty"),
        (45, "forty-five"),
        (100, "one hundred"),
        (105, "one hundred and five"),
        (999, "nine hundred and ninety-nine"),
        (1000, "one thousand"),
        (1005, "one thousand and five"),
        (1250, "one thousand two hundred and fifty"),
        (20_013, "twenty thousand and thirteen"),
        (1_000_000, "one million"),
        (1_000_100, "one million one hundred"),
        (2_500_001, "two million five hundred thousand and one"),
        (10**12, "one trillion"),
        (-4, "minus four"),
    ],
)
def test_whole_numbers(value: int, said: str) -> None:
    assert say_number(value) == said


def test_french_numbers() -> None:
    assert say_number(97, language="fr") == "quatre-vingt-dix-sept"


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(Invalid, match="too large"):
        say_number(10**15)
    with pytest.raises(Invalid, match="'xx'"):
        say_number(5, language="xx")
    with pytest.raises(Invalid, match="two parts"):
        ordinal_part(1)


@pytest.mark.parametrize(
    ("count", "name"),
    [
        (2, "half"),
        (3, "third"),
        (4, "quarter"),
        (5, "fifth"),
        (8, "eighth"),
        (9, "ninth"),
        (12, "twelfth"),
        (20, "twentieth"),
        (21, "twenty-first"),
        (30, "thirtieth"),
        (100, "hundredth"),
        (101, "one hundred and first"),
        (1000, "thousandth"),
    ],
)
def test_names_of_parts(count: int, name: str) -> None:
    assert ordinal_part(count) == name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("56", "fifty-six"),
        ("-4", "minus four"),
        ("−4", "minus four"),
        ("0.75", "zero point seven five"),
        (".5", "zero point five"),
        ("-2.05", "minus two point zero five"),
        ("3/4", "three quarters"),
        ("1/2", "one half"),
        ("-1/3", "minus one third"),
        ("3/2", "three halves"),
        ("5/12", "five twelfths"),
        ("7/25", "seven over twenty-five"),
        ("103/4", "one hundred and three over four"),
        ("1 1/2", "one and a half"),
        ("2 3/4", "two and three quarters"),
        ("25%", "twenty-five percent"),
        ("even", "even"),
        ("3:4", "3:4"),
        ("1/0", "1/0"),
        ("", ""),
        ("-", "-"),
    ],
)
def test_exact_values(text: str, said: str) -> None:
    assert say_value(text) == said


@given(st.text())
def test_any_text_can_be_said(text: str) -> None:
    assert isinstance(say_value(text), str)
