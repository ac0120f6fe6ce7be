"""Times of day are understood as people say and type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.numbers import read_clock


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("2:30", "2:30"),
        ("it is 2:30.", "2:30"),
        ("14:05", "14:05"),
        ("2h30", "2:30"),
        ("2.30", "2:30"),
        ("2:30 pm", "14:30"),
        ("2:30 p.m.", "14:30"),
        ("5pm", "17:00"),
        ("12 am", "0:00"),
        ("12:15 pm", "12:15"),
        ("half past two", "2:30"),
        ("half past 2", "2:30"),
        ("half past two in the afternoon", "14:30"),
        ("quarter to three", "2:45"),
        ("a quarter past twelve", "12:15"),
        ("ten past four", "4:10"),
        ("it is ten minutes past four", "4:10"),
        ("twenty five to six", "5:35"),
        ("five to twelve at night", "23:55"),
        ("five to one", "0:55"),
        ("two thirty", "2:30"),
        ("two oh five", "2:05"),
        ("I think ten fifteen", "10:15"),
        ("two o'clock", "2:00"),
        ("two o’clock", "2:00"),
        ("seven in the morning", "7:00"),
        ("noon", "12:00"),
        ("midnight", "0:00"),
    ],
)
def test_times(said: str, time: str) -> None:
    hours, minutes = time.split(":")
    assert read_clock(said) == int(hours) * 60 + int(minutes)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "hello",
        "25:00",
        "2:75",
        "2:30 or 3:30",
        "fifty six",
        "3/4",
        "13:00 am",
        "past two",
        "half past",
        "2:30" * 30,
    ],
)
def test_what_is_no_time(said: str) -> None:
    assert read_clock(said) is None


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_time_in_figures(hour: int, minute: int) -> None:
    assert read_clock(f"{hour}:{minute:02}") == hour * 60 + minute


@given(st.text(max_size=100))
def test_no_text_breaks_the_clock(text: str) -> None:
    minutes = read_clock(text)
    assert minutes is None or 0 <= minutes < 24 * 60
