"""Which option was meant: on choices labelled by hand, and never a guess between two."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.choosing import chosen

LABELLED = Path(__file__).with_name("choices_said.txt")


def labelled() -> list[tuple[tuple[str, ...], str, int | None]]:
    """Options, what was said, and the index that a fair teacher takes it for."""
    found: list[tuple[tuple[str, ...], str, int | None]] = []
    options: tuple[str, ...] = ()
    for row in LABELLED.read_text("utf-8").splitlines():
        if row.startswith("["):
            options = tuple(row[1:-1].split(" / "))
        elif row.startswith("= "):
            key, _, said = row[2:].partition(": ")
            found += [(options, each, int(key) - 1) for each in said.split(" / ")]
        elif row.startswith("~ "):
            found += [(options, each, None) for each in row[2:].split(" / ")]
    return found


def test_choices_are_understood_as_a_teacher_does(capsys: pytest.CaptureFixture[str]) -> None:
    answers = labelled()
    other = [(o, said, meant, got) for o, said, meant in answers if (got := chosen(o, said)) != meant]
    taken = [each for each in other if each[3] is not None]
    share = 1 - len(other) / len(answers)
    with capsys.disabled():
        print(f"\nchoices: {len(answers)} labelled, {share:.1%} agreed, {len(taken)} taken for another option")  # noqa: T201  # the figures
    assert len(answers) >= 150
    assert taken == []
    assert share >= 0.97, other


def test_a_key_is_the_place_and_a_number_among_the_options_is_itself() -> None:
    assert chosen(("seven", "six", "seventeen"), "7") == 0
    assert chosen(("seven", "six", "seventeen"), "3") == 2
    assert chosen(("fifteen", "fifty", "five"), "5") == 2


def test_letters_are_chosen_by_their_names() -> None:
    assert chosen(("G", "J"), "jay") == 1
    assert chosen(("A", "E"), "a") == 0
    assert chosen(("E", "A"), "a") == 1


def test_two_options_at_once_are_none() -> None:
    assert chosen(("ship", "sheep"), "ship or sheep") is None
    assert chosen(("yes", "no"), "yes and no") is None


@given(
    st.lists(st.text(min_size=1, max_size=30), min_size=2, max_size=4, unique=True),
    st.text(max_size=5_000),
)
def test_any_words_in_any_script_give_an_option_or_none(options: list[str], said: str) -> None:
    found = chosen(options, said)
    assert found is None or 0 <= found < len(options)


@given(st.sampled_from([options for options, _, _ in labelled()]), st.data())
def test_an_option_said_word_for_word_is_always_understood(options: tuple[str, ...], data: st.DataObject) -> None:
    meant = data.draw(st.integers(0, len(options) - 1))
    assert chosen(options, data.draw(st.sampled_from([str.lower, str.title, str]))(options[meant])) == meant
