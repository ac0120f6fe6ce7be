"""Texts that say the same are the same, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.compare import likeness, normalise, same_words


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  Hello,   WORLD! ", "hello world"),
        ("Don’t stop", "dont stop"),
        ("Jean-Paul", "jean paul"),
        ("Élève", "eleve"),
        ("“quoted”", "quoted"),
        ("yes 👍🏽", "yes"),
        ("-4", "-4"),
        ("−4", "-4"),
        ("0.75", "0.75"),
        ("3/4.", "3/4"),
        ("½", "1/2"),
        ("1,250", "1,250"),
        ("2:30", "2:30"),
        ("25%", "25%"),
        ("<", "<"),
        ("Ａ", "a"),
        ("STRASSE straße", "strasse strasse"),
        ("...", ""),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normalise(text) == normal


@given(st.text())
def test_the_normal_form_is_final(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Even.", "even", True),
        ("a café", "A CAFE", True),
        ("odd", "even", False),
        ("-4", "4", False),
        ("0.5", "05", False),
        ("<", ">", False),
        ("<", "<", True),
        ("", "", False),
        ("?", "!", False),
    ],
)
def test_same_words(a: str, b: str, same: bool) -> None:
    assert same_words(a, b) is same


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_a_symmetric_share(a: str, b: str) -> None:
    assert 0.0 <= likeness(a, b) <= 1.0
    assert likeness(a, b) == pytest.approx(likeness(b, a))


def test_likeness_orders_options_by_how_near_they_are() -> None:
    assert likeness("the hen", "The hen!") == 1.0
    assert likeness("chiken", "chicken") > likeness("chiken", "kitchen") > likeness("chiken", "goat")
    assert likeness("hen the", "the hen") == 1.0
    assert likeness("", "") == 0.0
