"""What the far end of a loaded line hears is checked byte for byte and frame for frame."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.simulator.load import tape
from bakame.simulator.load.ear import Ear, Utterance
from bakame.simulator.load.measures import Measures

FRAME = 160
SILENCE = b"\xff"


class Line:
    """An ear, and a server that plays to it; an utterance begins at 10 s."""

    def __init__(self, frames: int = 100) -> None:
        self.measures = Measures()
        self.faults = self.measures.faults
        self.ear = Ear(3, self.measures)
        self.utterance = self.ear.coming(frames * FRAME, 10.0)

    def frame(self, number: int, utterance: Utterance | None = None) -> bytes:
        place = ((utterance or self.utterance).start + number * FRAME) % tape.PERIOD
        return tape.speech()[place : place + FRAME]

    def play(self, numbers: Iterable[int], *, from_s: float = 10.0, lead: int = 8) -> None:
        """Frames paced exactly, `lead` of them ahead."""
        for number in numbers:
            self.ear.play(self.frame(number), from_s + 0.02 * max(0, number - lead))


def test_speech_that_is_paced_exactly_is_never_late() -> None:
    line = Line()
    line.play(range(100))
    line.ear.hang_up(20.0)
    measures = line.measures
    assert len(measures.grid_late) == 100
    assert measures.grid_late.percentile(100) < 0.2
    assert (measures.gaps_s, measures.speech_s) == (0.0, pytest.approx(2.0))
    assert measures.first_frame.largest_ms == 0.0
    assert line.faults.in_content == line.faults.in_calls == 0


def test_a_frame_behind_the_grid_is_late_by_as_much_and_the_lead_hides_it_from_the_ear() -> None:
    line = Line()
    line.play(range(50))
    line.ear.play(line.frame(50), 10.0 + 0.02 * 42 + 0.1)
    line.play(range(51, 100))
    assert line.measures.grid_late.largest_ms == pytest.approx(100)
    assert line.measures.grid_late.percentile(98) < 0.2
    assert line.measures.gaps_s == 0.0


def test_a_lead_that_is_given_up_makes_no_frame_late() -> None:
    line = Line(frames=200)
    for number in range(200):
        lead = 16 if number < 100 else 12
        line.ear.play(line.frame(number), 10.0 + 0.02 * max(0, number - lead))
    assert line.measures.grid_late.largest_ms < 1
    assert line.measures.lead_lost.largest_ms == pytest.approx(80)


def test_a_stall_that_is_made_up_for_makes_each_frame_late_that_it_held_up() -> None:
    line = Line(frames=200)
    for number in range(200):
        due_s = 10.0 + 0.02 * max(0, number - 8)
        line.ear.play(line.frame(number), 12.2 if 12.0 < due_s < 12.2 else due_s)
    assert line.measures.grid_late.largest_ms == pytest.approx(180, abs=1)
    assert line.measures.grid_late.percentile(96) > 15
    assert line.measures.grid_late.percentile(94) < 1


def test_a_frame_that_comes_after_the_ear_needed_it_is_a_gap() -> None:
    line = Line()
    line.play(range(50))
    for number in range(50, 100):
        line.ear.play(line.frame(number), 11.0 + 0.25 + 0.02 * (number - 50))
    assert line.measures.gaps_s == pytest.approx(0.25)
    assert line.measures.gaps == 1
    assert line.measures.ear_late.largest_ms == pytest.approx(250)


@given(st.lists(st.floats(0, 0.3), min_size=100, max_size=100))
def test_gaps_are_what_a_buffer_that_plays_in_real_time_lacks(jitter_s: list[float]) -> None:
    line = Line()
    at_s, played_until_s, gaps_s = 10.0, 10.0, 0.0
    for number in range(100):
        at_s = max(at_s, 10.0 + 0.02 * number + jitter_s[number] - 0.16)
        if number:
            gaps_s += max(0.0, at_s - played_until_s)
        played_until_s = max(at_s, played_until_s) + 0.02
        line.ear.play(line.frame(number), at_s)
        assert line.ear.buffered_until_s == pytest.approx(played_until_s)
    assert line.measures.gaps_s == pytest.approx(gaps_s, abs=1e-6)


def test_a_clock_that_loses_five_milliseconds_a_second_is_told() -> None:
    line = Line(frames=500)
    for number in range(500):
        line.ear.play(line.frame(number), 10.0 + 0.0201 * number)
    assert line.measures.drift.largest_ms / line.measures.drift_over_s == pytest.approx(5, rel=0.02)


@given(st.sets(st.integers(1, 98), min_size=1, max_size=20))
def test_every_frame_that_never_came_is_counted(missing: set[int]) -> None:
    line = Line()
    line.play(number for number in range(100) if number not in missing)
    assert line.faults.lost == len(missing) * FRAME
    assert line.faults.in_content == line.faults.lost


@given(st.integers(0, 49), st.integers(1, 10))
def test_frames_that_come_again_are_counted(first: int, count: int) -> None:
    line = Line()
    again = range(first, min(first + count, 50))
    line.play(range(50))
    line.play(again)
    line.play(range(50, 100))
    assert line.faults.repeated == len(again) * FRAME
    assert line.faults.lost == 0


def test_speech_of_another_call_is_foreign_and_other_sound_is_the_servers_own() -> None:
    line = Line()
    line.play(range(10))
    other = Ear(4, line.measures).coming(FRAME, 10.0)
    line.ear.play(line.frame(0, other), 10.2)
    line.ear.play(b"\x12" * FRAME, 10.2)
    line.play(range(10, 100))
    assert line.faults.foreign == FRAME
    assert line.measures.unknown_bytes == FRAME
    assert line.faults.lost == 0


def test_silence_and_a_last_frame_filled_up_with_it_are_no_fault() -> None:
    line = Line(frames=10)
    line.play(range(9))
    line.ear.play(SILENCE * FRAME, 10.2)
    last = line.frame(9)
    line.ear.play(last[:2] + SILENCE * 158, 10.2)
    line.ear.play(last[2:100] + SILENCE * 62, 10.2)
    line.ear.play(last[100:], 10.2)
    line.ear.hang_up(30.0)
    assert line.faults.in_content == 0


def test_an_interruption_cuts_and_the_next_utterance_goes_on_behind_it() -> None:
    line = Line()
    line.play(range(40))
    line.ear.interrupted(800, 10.7)
    line.play(range(40, 42))
    line.ear.clear(10.712)
    assert line.ear.buffered_until_s == 10.712
    following = line.ear.coming(FRAME * 10, 12.0)
    for number in range(10):
        line.ear.play(line.frame(number, following), 12.003)
    line.ear.hang_up(14.0)
    assert line.measures.clear.largest_ms == pytest.approx(12)
    assert line.measures.cut_bytes == 58 * FRAME
    assert line.measures.first_frame.largest_ms == pytest.approx(3)
    assert line.faults.in_content == line.faults.in_calls == 0


def test_what_was_interrupted_and_comes_after_the_clear_is_stale() -> None:
    line = Line()
    line.play(range(40))
    line.ear.interrupted(800, 10.7)
    line.ear.clear(10.71)
    line.ear.play(line.frame(40), 10.72)
    line.ear.play(line.frame(101), 10.72)
    assert line.faults.stale == 2 * FRAME


def test_an_interruption_without_clear_and_a_clear_without_interruption_are_told() -> None:
    line = Line()
    line.play(range(40))
    line.ear.interrupted(800, 10.7)
    following = line.ear.coming(FRAME * 10, 12.0)
    line.ear.play(line.frame(0, following), 12.0)
    assert (line.faults.clears_missing, line.faults.lost) == (1, 0)
    line.ear.clear(12.01)
    assert (line.faults.clears_unasked, line.faults.lost) == (1, 80)


def test_an_interruption_that_is_never_answered_is_told_at_the_end() -> None:
    line = Line()
    line.play(range(40))
    line.ear.interrupted(800, 10.7)
    line.ear.hang_up(12.0)
    assert line.faults.clears_missing == 1


def test_speech_that_stops_coming_is_lost_and_a_gap_at_the_end_of_the_call() -> None:
    line = Line()
    line.play(range(50))
    line.ear.hang_up(11.0 + 1.0 + 0.4)
    assert line.faults.lost == pytest.approx(0.4 * 8000, abs=1)
    assert line.measures.gaps_s == pytest.approx(0.4, abs=0.001)


def test_speech_on_its_way_when_the_caller_hangs_up_is_not_lost() -> None:
    line = Line()
    line.play(range(50))
    line.ear.hang_up(10.9)
    assert line.faults.lost == 0


def test_utterances_longer_than_the_tape_go_on_from_its_beginning() -> None:
    line = Line(frames=13_107 * 2)
    line.play(range(13_107 * 2))
    assert line.faults.in_content == 0
