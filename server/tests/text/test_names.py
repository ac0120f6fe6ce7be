"""A learner is called what they say, tidily written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.names import read_name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Aline", "Aline"),
        ("aline", "Aline"),
        ("ALINE MUKAMANA", "Aline Mukamana"),
        ("  aline   mukamana ", "Aline Mukamana"),
        ("my name is aline", "Aline"),
        ("My name's Aline.", "Aline"),
        ("my name is Aline please", "Aline"),
        ("Hello, my name is Aline!", "Aline"),
        ("I am Eric", "Eric"),
        ("I'm eric", "Eric"),
        ("I’m eric", "Eric"),
        ("it's Keza", "Keza"),
        ("this is Keza", "Keza"),
        ("call me Keza", "Keza"),
        ("name: aline", "Aline"),
        ("NAME ALINE", "Aline"),
        ("nitwa Keza", "Keza"),
        ("izina ryanjye ni keza", "Keza"),
        ("je m'appelle Chloé", "Chloé"),
        ("jean-paul", "Jean-Paul"),
        ("JEAN-PAUL", "Jean-Paul"),
        ("o'brien", "O'Brien"),
        ("D’Amour", "D'Amour"),
        ("McDonald", "McDonald"),
        ("josé", "José"),
        ("Jose\u0301", "José"),
        ("J. Uwase", "J Uwase"),
        ("Uwase, Aline", "Uwase Aline"),
        ("Aline 😊", "Aline"),
        ("Kane", "Kane"),
        ("Mia", "Mia"),
        ("Алина", "Алина"),
    ],
)
def test_names(said: str, name: str) -> None:
    assert read_name(said) == name


@pytest.mark.parametrize(
    "said",
    [
        *("", " ", "a", "56", "fifty six", "aline2", "http://aline.example", "www.aline.com", "aline@example.org"),
        *(
            "😊",
            "...",
            "yes",
            "no",
            "oya",
            "stop",
            "help",
            "hello",
            "good morning",
            "I don't know",
            "what is your name",
        ),
        *("my name", "Aline and Eric", "can you hear me", "*#", "<b>", "Aline; drop", "a b c", "my name is my name"),
        *("a" * 41, "Aline " * 6, "x" * 10_000, "-", "'", "n'"),
    ],
)
def test_what_is_no_name(said: str) -> None:
    assert read_name(said) is None


@given(st.text(max_size=200))
def test_a_name_is_short_and_of_letters(said: str) -> None:
    name = read_name(said)
    assert name is None or (2 <= len(name) <= 40 and not any(char.isdigit() for char in name))
