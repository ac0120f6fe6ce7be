"""Texts are written in the GSM alphabet, and their parts counted as the carrier counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.gsm import BASIC, EXTENSION, fit, inbound_parts, is_gsm, parts, septets, to_gsm


def test_the_alphabet_has_the_size_of_the_standard() -> None:
    """128 codes, of which one is the escape; ten characters behind it."""
    assert (len(BASIC), len(EXTENSION), BASIC & EXTENSION) == (127, 10, frozenset())


@pytest.mark.parametrize(
    ("text", "mapped"),
    [
        ("Muraho, math please", "Muraho, math please"),
        ("It’s “ready” – now…", 'It\'s "ready" - now...'),
        ("leçon, être, naïve", "lecon, etre, naive"),
        ("é è ù ì ò Ç ñ ü à ß", "é è ù ì ò Ç ñ ü à ß"),
        ("e\u0301", "é"),
        ("cœur Łódź đ", "coeur Lodz d"),
        ("Well done 🎉 Aline!", "Well done Aline!"),
        ("👍", ""),
        ("Привет 12", "12"),
        ("١٢", "12"),
        ("½ of 1½", "1/2 of 1 1/2"),
        ("7 × 8 ÷ 2 − 4", "7 x 8 / 2 - 4"),
        ("5² cm", "5^2 cm"),
        ("45°", "45 deg"),
        ("a\u00a0b\u200bc\td", "a bc d"),
        ("line one \nline two", "line one\nline two"),
        ("５６", "56"),
        ("€5 [a] {b} ~", "€5 [a] {b} ~"),
        ("`code`", "'code'"),
    ],
)
def test_look_alikes_are_mapped(text: str, mapped: str) -> None:
    assert to_gsm(text) == mapped


@given(st.text())
def test_the_result_is_always_gsm_and_stays_as_it_is(text: str) -> None:
    mapped = to_gsm(text)
    assert is_gsm(mapped)
    assert to_gsm(mapped) == mapped


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("a" * 152 + "€" * 77, 3),
        ("a" * 152 + "€" * 76 + "a", 2),
        ("a" * 152 + "€" * 76 + "aa", 3),
    ],
)
def test_parts_of_a_gsm_text(text: str, count: int) -> None:
    assert (parts(text), inbound_parts(text)) == (count, count)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("й" * 70, 1),
        ("й" * 71, 2),
        ("й" * 134, 2),
        ("й" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("It’s ready" + "a" * 60, 1),
        ("It’s ready" + "a" * 61, 2),
    ],
)
def test_parts_of_a_received_text_outside_gsm(text: str, count: int) -> None:
    assert inbound_parts(text) == count


def test_an_extended_character_takes_two_septets() -> None:
    assert septets("a€") == 3


def test_a_short_text_fits_as_it_is() -> None:
    assert fit("Well done.") == "Well done."


def test_a_long_text_is_cut_after_a_sentence() -> None:
    first = "This is the first sentence, and it is long enough to fill more than half of the one part that we have."
    assert fit(f"{first} {'And the second one goes on and on. ' * 4}") == f"{first} And the second one goes on and on."


def test_a_decimal_point_is_no_sentence_end() -> None:
    assert fit("word " * 28 + "pi is 3.14159 afterwards").endswith("3.14159...")


def test_a_text_without_a_sentence_end_is_cut_after_a_word() -> None:
    cut = fit("word " * 50)
    assert cut == "word " * 30 + "word..."
    assert septets(cut) <= 160


def test_one_endless_word_is_cut_anywhere() -> None:
    assert fit("a" * 200) == "a" * 157 + "..."


_PROSE = st.lists(st.sampled_from(["a", "word", "é", "€", "[x]", "end.", "Why?", "\n", "longerword" * 4]), max_size=200)


@given(st.one_of(st.text(max_size=700), _PROSE.map(" ".join)), st.integers(1, 3))
def test_what_fits_never_takes_more_parts(text: str, max_parts: int) -> None:
    fitted = fit(text, max_parts=max_parts)
    assert parts(fitted) <= max_parts
    assert to_gsm(text).startswith(fitted.removesuffix("..."))
    assert fit(fitted, max_parts=max_parts) == fitted
