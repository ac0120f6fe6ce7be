"""One point of form: what is pointed out in free words, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.form import FormPoint, Slip, form_point, recast

KNOWN = frozenset(("school", "friends", "tomatoes", "because", "play", "book", "house", "market"))


@pytest.mark.parametrize(
    ("said", "better"),
    [
        ("She have a book.", "She has a book."),
        ("I want buy tomatoes.", "I want to buy tomatoes."),
        ("I am live in Huye.", "I live in Huye."),
        ("i from Musanze", "I am from Musanze."),
        ("She go to school", "She goes to school."),
        ("We was at home.", "We were at home."),
    ],
)
def test_a_slip_of_grammar_is_said_back_in_the_learners_own_words(said: str, better: str) -> None:
    point = form_point(said, spoken=True)
    assert point is not None
    assert recast(said, point) == better


def test_a_small_word_of_the_model_that_is_missing_is_seen() -> None:
    model = "I would like two kilos of beans, please."
    assert form_point("I would like two kilos beans please", model=model) == FormPoint(
        Slip.SMALL_WORD, "kilos beans", "kilos of beans"
    )
    assert form_point("I would like beans, two kilos.", model=model) is None


@pytest.mark.parametrize(
    ("said", "slip"),
    [
        ("my scool is big", Slip.SPELLING),
        ("My friends and i play.", Slip.WORD_I),
        ("my book is here.", Slip.CAPITAL),
        ("My book is here", Slip.STOP),
    ],
)
def test_in_writing_one_thing_is_pointed_out(said: str, slip: Slip) -> None:
    point = form_point(said, known=KNOWN)
    assert point is not None
    assert point.slip is slip


@pytest.mark.parametrize(
    "said",
    [
        "My school is big.",
        "Does she go to school?",
        "If he were here, I would be happy.",
        "My mother and I are at home.",
        "Ndashaka kugura inyanya.",
        "I like rice.",
        "hello",
        "",
        "😀",
    ],
)
def test_what_is_right_or_not_english_is_left_alone(said: str) -> None:
    assert form_point(said, known=KNOWN) is None


def test_letters_and_stops_of_what_was_said_are_the_recognisers() -> None:
    assert form_point("my scool is big", known=KNOWN, spoken=True) is None


@given(st.text(max_size=5_000), st.booleans())
def test_any_words_in_any_script_are_read(said: str, spoken: bool) -> None:
    point = form_point(said, model="I would like two kilos of beans.", known=KNOWN, spoken=spoken)
    if point is not None:
        assert isinstance(recast(said, point), str)
