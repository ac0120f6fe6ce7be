"""Measures on courses made by hand."""

from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from bakame.simulator.learners.intervals import mean_over, ratio
from bakame.simulator.learners.measures import Claims, Course, exam_days, summarise

COURSE = Course(
    learner=0,
    model="bkt",
    policy="adaptive",
    hours=2.0,
    calls=10,
    questions=100,
    retained=(6, 4, 2),
    marks=5.0,
    typed=Claims(10, 1),
    chosen=Claims(0, 0),
    known_practised=20,
    unclaimed=5,
    items=60,
    firsts=10,
    place_s=200.0,
    place_error=0.5,
    frustrated=7,
    left_frustrated=1,
    left_bored=0,
    covered=30,
    curve=(0, 1, 2, 3, 4, 4, 4),
)


def test_a_row_divides_sums_by_sums() -> None:
    other = replace(COURSE, learner=1, hours=6.0, retained=(8, 8, 8), typed=Claims(30, 0), place_s=None)
    row = summarise([COURSE, other], reference=None, seed=1)[0]

    assert row.learners == 2
    assert row.hours == 8.0
    assert row.retained.value == pytest.approx(12 / 8)
    assert row.false_typed.value == pytest.approx(1 / 40)
    assert row.false_failure.value == pytest.approx(10 / 40)
    assert row.items.value == pytest.approx(6.0)
    assert row.place_s.value == 200.0
    assert row.frustrated.value == pytest.approx(0.07)
    assert row.left.value == pytest.approx(0.1)
    assert row.by_pass[0.8] == pytest.approx(10 / 8)
    assert isnan(row.false_chosen.value)
    assert row.against is None


def test_a_policy_is_compared_with_the_reference_on_the_same_learners() -> None:
    ours = [replace(COURSE, learner=n, retained=(0, 2 * n + 2, 0)) for n in range(30)]
    theirs = [replace(each, policy="rule", retained=(0, each.retained[1] // 2, 0)) for each in ours]
    rows = {row.policy: row for row in summarise([*ours, *theirs], reference="rule", seed=1)}

    against = rows["adaptive"].against
    assert against is not None
    # Twice as much for each learner: paired, so that there is no doubt about it.
    assert (against.value, against.low, against.high) == pytest.approx((2.0, 2.0, 2.0))
    assert rows["rule"].against is None


def test_models_have_rows_of_their_own_and_one_together() -> None:
    rows = summarise([COURSE, replace(COURSE, learner=1, model="irt", hours=6.0)], reference=None, seed=1)

    assert [(row.model, row.hours) for row in rows] == [("bkt", 2.0), ("irt", 6.0), ("all", 8.0)]


def test_an_interval_is_about_as_wide_as_it_should_be() -> None:
    values = np.random.default_rng(1).normal(10.0, 2.0, size=400)
    estimate = mean_over(values, np.ones(400), seed=3)

    assert estimate.low < estimate.value < estimate.high
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * 2.0 / 20, rel=0.15)


def test_nothing_to_divide_by_gives_no_number() -> None:
    nothing, some = np.zeros(3), np.ones(3)

    assert isnan(mean_over(some, nothing, seed=1).value)
    assert isnan(ratio(some, some, nothing, some, seed=1).value)
    assert isnan(mean_over(np.array([]), np.array([]), seed=1).value)


def test_the_last_examination_is_thirty_days_after_the_last_day() -> None:
    assert exam_days(60)[-3:] == (60.0, 75.0, 90.0)
    assert list(exam_days(8)) == sorted(exam_days(8))
