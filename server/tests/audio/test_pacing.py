"""Deadlines, driven by a clock of our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.pacing import Schedule

STARTS = st.floats(0, 1e7)
LEADS = st.integers(0, 20).map(lambda frames: frames * 20.0) | st.floats(0, 400)
LATENESS = st.lists(st.floats(0, 0.19), min_size=1, max_size=60)


def test_without_a_lead_one_frame_goes_out_every_20_ms() -> None:
    schedule = Schedule(100.0)
    for tick in range(50):
        now = 100.0 + tick * 0.02
        assert schedule.due(now) == 1
        schedule.sent(1)
        assert schedule.due(now) == 0
        assert schedule.due(now + 0.019) == 0


def test_a_lead_is_sent_at_once_and_kept() -> None:
    schedule = Schedule(0.0, lead_ms=100)
    assert schedule.due(0.0) == 6
    schedule.sent(6)
    assert schedule.wake_s == pytest.approx(0.02)
    assert schedule.due(0.0199) == 0
    assert schedule.due(0.02) == 1


def test_a_late_tick_catches_up() -> None:
    schedule = Schedule(0.0)
    schedule.sent(schedule.due(0.0))
    assert schedule.due(0.095) == 4


def test_a_changed_lead_is_reached_without_a_gap() -> None:
    schedule = Schedule(0.0, lead_ms=40)
    schedule.sent(schedule.due(0.0))
    schedule.lead_ms = 100
    assert schedule.due(0.0) == 3
    schedule.lead_ms = 0
    schedule.sent(3)
    assert schedule.due(0.1) == 0
    assert schedule.due(0.12) == 1


def test_after_a_pause_the_next_frame_begins_now_and_no_burst_follows() -> None:
    schedule = Schedule(0.0, lead_ms=60)
    schedule.sent(schedule.due(0.0))
    schedule.resume(0.15)
    assert schedule.deadline_s == 0.15
    assert schedule.due(0.15) == 4


def test_a_pause_that_the_ear_did_not_notice_moves_nothing() -> None:
    schedule = Schedule(0.0, lead_ms=60)
    schedule.sent(schedule.due(0.0))
    schedule.resume(0.05)
    assert schedule.deadline_s == pytest.approx(0.08)


def test_after_a_long_stall_what_was_missed_is_not_piled_up() -> None:
    schedule = Schedule(0.0)
    schedule.sent(schedule.due(0.0))
    assert schedule.due(5.0) == 1
    assert schedule.deadline_s == 5.0


@given(start=STARTS, lead=LEADS, lateness=LATENESS)
def test_lateness_never_accumulates(start: float, lead: float, lateness: list[float]) -> None:
    schedule = Schedule(start, lead_ms=lead)
    for late in lateness:
        due = schedule.due(schedule.wake_s + late)
        assert due >= 1
        schedule.sent(due)
    total = round((schedule.deadline_s - start) / 0.02)
    assert schedule.deadline_s == pytest.approx(start + total * 0.02, abs=1e-6)


@given(start=STARTS, lead=LEADS, waits=st.lists(st.floats(0, 1.0), min_size=1, max_size=60))
def test_no_frame_is_ever_sent_earlier_than_the_lead(start: float, lead: float, waits: list[float]) -> None:
    schedule = Schedule(start, lead_ms=lead)
    now = start
    for wait in waits:
        now += wait
        for _ in range(schedule.due(now)):
            assert schedule.deadline_s - now <= lead / 1000 + 1e-6
            schedule.sent(1)
        assert schedule.due(now) == 0


@given(
    lead=LEADS,
    turns=st.lists(st.tuples(st.floats(0, 3.0), st.integers(1, 100)), min_size=1, max_size=8),
    late=st.floats(0, 0.03),
)
def test_whatever_the_pauses_the_ear_is_never_further_ahead_than_the_lead(
    lead: float, turns: list[tuple[float, int]], late: float
) -> None:
    """Plays utterances with pauses between them, against a carrier that plays 20 ms a frame without hurry."""
    schedule = Schedule(0.0, lead_ms=lead)
    now = carrier_empty = 0.0
    for pause, queued in turns:
        now += pause
        schedule.resume(now)
        while queued:
            count = min(schedule.due(now), queued)
            schedule.sent(count)
            queued -= count
            carrier_empty = max(carrier_empty, now) + count * 0.02
            assert carrier_empty - now <= lead / 1000 + 0.02 + late + 1e-6
            now = max(now, schedule.wake_s + late)


def test_ten_minutes_of_late_ticks_end_on_time() -> None:
    schedule = Schedule(1000.0, lead_ms=100)
    sent = 0
    while sent < 30_000:
        due = schedule.due(schedule.wake_s + 0.0007)
        schedule.sent(due)
        sent += due
    assert schedule.deadline_s == pytest.approx(1600.0, abs=0.001)
