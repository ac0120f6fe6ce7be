"""Slow and fast are so for this learner."""

import random
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.pace import ENOUGH, FAST, VERY_SLOW, Pace

TIMES = st.lists(st.integers(0, 10_000_000), max_size=60)


def test_the_median_and_the_spread_are_found() -> None:
    rng = random.Random(5)
    pace = Pace()
    for _ in range(600):
        pace = pace.after(round(exp(rng.gauss(log(6), 0.5)) * 1000))
    assert exp(pace.median) == pytest.approx(6, rel=0.2)
    assert pace.spread * 1.4826 == pytest.approx(0.5, rel=0.35)
    assert pace.deviation(6_000) == pytest.approx(0, abs=0.5)
    assert pace.deviation(30_000) > VERY_SLOW
    assert pace.deviation(2_500) < FAST


def test_nothing_is_slow_before_there_is_a_pace() -> None:
    pace = Pace()
    for _ in range(ENOUGH - 1):
        pace = pace.after(1_000)
    assert pace.deviation(60_000) == 0
    assert pace.after(1_000).deviation(60_000) > VERY_SLOW
    assert pace.after(1_000).deviation(None) == 0


def test_one_answer_after_a_long_pause_does_not_move_the_pace_far() -> None:
    pace = Pace()
    for _ in range(30):
        pace = pace.after(4_000)
    assert exp(pace.after(10_000_000).median) < 4.3


@given(TIMES)
def test_any_times_give_a_pace_that_comes_back(times: list[int]) -> None:
    pace = Pace()
    for took_ms in times:
        pace = pace.after(took_ms)
    assert pace.answers == len(times)
    assert pace.spread >= 0
    assert log(0.19) <= pace.median <= log(121)
    again = Pace.from_state(pace.to_state())
    assert again.median == pytest.approx(pace.median, abs=1e-3)
    assert again.answers == pace.answers
