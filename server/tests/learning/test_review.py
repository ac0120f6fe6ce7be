"""What was mastered is asked again when it is about to be forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.mastery import Knowledge
from bakame.learning.model import Review
from bakame.learning.review import LATER, Rating, due, proving, rating_of, retrievability, reviewed

NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)
MASTERED = Knowledge(0.97, items=4, right=4, mastered=True)
RATINGS = st.sampled_from(list(Rating))


def test_ratings_are_those_of_the_curriculum_file() -> None:
    assert rating_of(right=False, hinted=False, fast=True) is Rating.Again
    assert rating_of(right=True, hinted=True, fast=True) is Rating.Hard
    assert rating_of(right=True, hinted=False, slow=True) is Rating.Hard
    assert rating_of(right=True, hinted=False) is Rating.Good
    assert rating_of(right=True, hinted=False, fast=True) is Rating.Easy


def test_a_new_memory_is_due_after_days_and_after_each_success_later() -> None:
    known = reviewed(MASTERED, Rating.Good, NOW)
    assert known.due_at == NOW + timedelta(days=2)
    gaps: list[timedelta] = []
    for _ in range(4):
        assert known.due_at is not None
        before = known.due_at
        known = reviewed(known, Rating.Good, before)
        assert known.due_at is not None
        gaps.append(known.due_at - before)
    assert gaps == sorted(gaps)
    assert gaps[0] >= timedelta(days=5)


def test_what_was_forgotten_is_due_the_next_day() -> None:
    known = reviewed(reviewed(MASTERED, Rating.Good, NOW), Rating.Again, NOW + timedelta(days=3))
    assert known.due_at == NOW + timedelta(days=4)


def test_nothing_waits_longer_than_the_file_allows() -> None:
    known = replace(MASTERED, stability=5_000.0, ease=3.0, reviewed_at=NOW - timedelta(days=100))
    known = reviewed(known, Rating.Easy, NOW, review=Review(0.9, 120))
    assert known.due_at == NOW + timedelta(days=120)


def test_recall_falls_to_the_wanted_share_when_it_is_due() -> None:
    known = reviewed(MASTERED, Rating.Easy, NOW)
    assert known.stability is not None
    assert retrievability(known, NOW) == 1.0
    assert retrievability(known, NOW + timedelta(days=known.stability)) == pytest.approx(0.9)
    assert retrievability(MASTERED, NOW) == 1.0


def test_due_is_what_is_mastered_and_whose_day_has_come() -> None:
    known = reviewed(MASTERED, Rating.Good, NOW)
    assert not due(known, NOW + timedelta(days=1))
    assert due(known, NOW + timedelta(days=2))
    assert not due(replace(known, mastered=False), NOW + timedelta(days=9))
    assert not due(MASTERED, NOW)


def test_mastery_is_proved_in_another_session_and_goes_on_there() -> None:
    known = reviewed(MASTERED, Rating.Good, NOW)
    assert not proving(known, NOW + LATER / 2)
    assert proving(known, NOW + LATER)
    assert proving(replace(known, unhinted_streak=1), NOW)
    assert not proving(replace(known, confirmed=True), NOW + timedelta(days=9))
    assert not proving(Knowledge(0.5), NOW)
    assert proving(MASTERED, NOW)


def test_a_time_of_another_zone_is_the_same_moment() -> None:
    kigali = NOW.astimezone(timezone(timedelta(hours=2)))
    assert reviewed(MASTERED, Rating.Good, kigali).due_at == reviewed(MASTERED, Rating.Good, NOW).due_at


@given(st.lists(st.tuples(RATINGS, st.integers(-5, 200)), min_size=1, max_size=12))
def test_any_history_gives_a_memory_that_makes_sense(history: list[tuple[Rating, int]]) -> None:
    known, now = MASTERED, NOW
    for rating, hours in history:
        now += timedelta(hours=hours)
        known = reviewed(known, rating, now)
        assert known.stability is not None
        assert known.ease is not None
        assert known.due_at is not None
        assert known.reviewed_at is not None
        assert known.stability > 0
        assert 1 <= known.ease <= 10
        assert timedelta(days=1) <= known.due_at - known.reviewed_at <= timedelta(days=120)
        assert 0 < retrievability(known, now + timedelta(days=30)) <= 1
