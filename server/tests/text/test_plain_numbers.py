"""Mere figures are read the short way exactly as the long way reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.numbers import plain_number, read_number, read_quantity
from bakame.text.talk import alternatives, is_aside, is_bound, is_hedged, is_time

FIGURES = st.text("0123456789/.-,' ", min_size=1, max_size=12)
PLAIN = st.from_regex(r"-?\d{1,8}(?:/\d{1,8}|\.\d{1,2})?", fullmatch=True, alphabet="0123456789-/.")


@given(st.one_of(FIGURES, PLAIN))
def test_both_ways_give_the_same(text: str) -> None:
    plain = plain_number(text)
    if plain is None:
        return
    # A word that means nothing sends the same figures the long way.
    assert plain == read_number(f"{text} please")
    assert plain == read_quantity(f"{text} please", unit="m")
    assert plain == read_number(text)


@given(PLAIN)
def test_figures_alone_are_never_talk(text: str) -> None:
    if plain_number(text) is not None:
        assert not any(reads(text) for reads in (is_aside, is_bound, is_hedged, is_time))
        assert len(alternatives(text)) <= 1


@pytest.mark.parametrize("text", ["56", "-4", "0", "007", "3/4", "-1/2", "6/8", "2.5", "0.05", "12345678", "1234.5"])
def test_what_is_typed_most_goes_the_short_way(text: str) -> None:
    assert plain_number(text) is not None


@pytest.mark.parametrize(
    "text", ["", "-", "1,250", "2.500", "1 250", "0788123456", "123456789", "3/0", "1 1/2", "25%", "5 km", "٥", ".5"]
)
def test_what_needs_more_thought_does_not(text: str) -> None:
    assert plain_number(text) is None
