"""Somebody who does not get on is led to what is missing, shown again, or led elsewhere."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bakame.learning.mastery import Knowledge
from bakame.learning.review import Rating, reviewed
from bakame.learning.selection import entries
from bakame.learning.skills import Curriculum
from bakame.learning.stuck import Way, WayOn, spinning, strength, way_on

NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)
COUNT, ADD = "math.number.count_next", "math.add.within_10"
FRESH = reviewed(Knowledge(0.99, items=4, right=4, mastered=True), Rating.Good, NOW)


def way(curriculum: Curriculum, knowledge: dict[str, Knowledge]) -> WayOn:
    return way_on(curriculum.skills[ADD], entries=entries(curriculum, "math"), knowledge=knowledge, now=NOW)


def test_a_weak_prerequisite_comes_first(curriculum: Curriculum) -> None:
    assert curriculum.skills[ADD].prerequisites == (COUNT,)
    forgotten = replace(FRESH, reviewed_at=NOW - timedelta(days=200))
    for known in (Knowledge(0.4, items=5), Knowledge(0.9), forgotten):
        assert way(curriculum, {COUNT: known}) == WayOn(Way.BEFORE, curriculum.skills[COUNT])


def test_with_strong_prerequisites_an_example_comes_once_and_then_another_strand(curriculum: Curriculum) -> None:
    assert way(curriculum, {COUNT: FRESH}) == WayOn(Way.EXAMPLE)
    known = {COUNT: FRESH, ADD: Knowledge(0.2, items=5, stuck="told")}
    assert way(curriculum, known) == WayOn(Way.ELSEWHERE)


def test_many_answers_without_growth_are_wheel_spinning() -> None:
    assert spinning(Knowledge(0.3, items=10, right=4))
    assert not spinning(Knowledge(0.3, items=9, right=4))
    assert not spinning(Knowledge(0.8, items=30, right=20))
    assert not spinning(Knowledge(0.3, items=30, mastered=True))
    assert not spinning(Knowledge(0.3, items=30, stability=2.0))


def test_strength_counts_what_may_be_forgotten_and_doubts_what_was_never_shown() -> None:
    assert strength(FRESH, NOW) > 0.98
    assert strength(FRESH, NOW + timedelta(days=60)) < 0.8
    assert strength(Knowledge(0.99), NOW) == 0.9
