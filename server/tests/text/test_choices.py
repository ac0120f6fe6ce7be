"""One of a few options is chosen by key, letter, place or words; never two, and never by a word inside another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.choices import Choices, read_choice, read_key

TOWNS = Choices(("Kigali", "Huye", "Musanze"))
DEEDS = Choices(("She sold her goat", "She bought a cow", "She borrowed money"))


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    "wording", ["{key}", "{letter}", "option {letter}", "{word}", "it is {word}", "the {ordinal} one", "{word}, please"]
)
def test_each_option_is_chosen_in_each_way(place: int, wording: str) -> None:
    said = wording.format(
        key=place + 1, letter="abc"[place], word=TOWNS.options[place], ordinal=("first", "second", "third")[place]
    )
    assert read_choice(said, TOWNS) == place
    assert read_choice(said.upper(), TOWNS) == place


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("the goat", 0),
        ("bought", 1),
        ("borrow money", 2),
        ("a goat, no, a cow", 1),
        ("not the goat but the cow", 1),
        ("b) she bought a cow", 1),
        ("b) she sold her goat", None),
        ("she", None),
        ("she sold a cow", None),
        ("she ate her goat and the cow", None),
        ("the goat or the cow", None),
        ("who bought the cow", None),
        ("scapegoat", None),
        ("the goat, no", None),
    ],
)
def test_a_part_is_enough_when_it_belongs_to_one_option(said: str, place: int | None) -> None:
    assert read_choice(said, DEEDS) == place


def test_what_an_option_says_beats_its_key() -> None:
    numbers = Choices(("2", "3", "4"))
    assert [read_choice(said, numbers) for said in ("2", "three", "kane", "1", "b")] == [0, 1, 2, None, 1]
    assert [read_choice(said, Choices(("12", "15", "20"))) for said in ("2", "15", "fifty")] == [1, 1, None]


def test_other_words_for_an_option() -> None:
    choices = Choices(("Huye", "Kigali"), aliases=(("Butare", 0),))
    assert read_choice("it is Butare", choices) == 0


def test_a_key_alone() -> None:
    assert [read_key(said, TOWNS) for said in ("2", "the last one", "iya kabiri", "Huye", "9", "")] == [
        *(1, 2, 1, None, None, None)
    ]


@given(st.text(max_size=600), st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=4, unique=True))
def test_no_text_breaks_the_choice(text: str, options: list[str]) -> None:
    place = read_choice(text, Choices(tuple(options)))
    assert place is None or 0 <= place < len(options)


@given(st.sampled_from(["huye", "goat", "odd"]), st.text("qxz", min_size=3, max_size=6))
def test_a_word_inside_a_longer_word_is_not_chosen(word: str, letters: str) -> None:
    choices = Choices(("huye", "goat", "odd"))
    assert read_choice(f"{letters}{word}{letters}", choices) is None
