"""What a caller says reaches the agent once and in order, whatever the pieces, or it is told."""

from binascii import a2b_base64

from hypothesis import given
from hypothesis import strategies as st

from bakame.simulator.load import tape
from bakame.simulator.load.measures import Measures
from bakame.simulator.load.uplink import Uplink

CALL = 7


class Line:
    """A caller who speaks a frame each 20 ms from 0 s, and keeps what was sent."""

    def __init__(self, frames: int) -> None:
        self.measures = Measures()
        self.faults = self.measures.faults
        self.uplink = Uplink(CALL, self.measures)
        self.frames = [
            a2b_base64(self.uplink.sending(0.02 * number)) + tape.rest_of_frame(CALL) for number in range(frames)
        ]


@given(st.lists(st.integers(1, 700), min_size=1, max_size=30))
def test_sound_in_any_pieces_is_all_there(sizes: list[int]) -> None:
    line = Line(60)
    sound = b"".join(line.frames)
    for size in sizes:
        line.uplink.arrived(sound[:size], 1.2)
        sound = sound[size:]
    line.uplink.arrived(sound, 1.2)
    assert line.faults.in_content == 0
    line.uplink.arrived(a2b_base64(line.uplink.sending(1.2)) + tape.rest_of_frame(CALL), 1.21)
    assert line.faults.in_content == 0


def test_three_frames_in_a_piece_wait_for_the_last() -> None:
    line = Line(3)
    line.uplink.arrived(b"".join(line.frames), 0.043)
    assert abs(line.measures.uplink.largest_ms - 3) < 1e-6
    assert abs(line.measures.uplink_oldest.largest_ms - 43) < 1e-6


def test_what_came_before_the_agent_listened_is_not_missed() -> None:
    line = Line(50)
    for frame in line.frames[20:]:
        line.uplink.arrived(frame, 1.0)
    assert line.faults.in_content == 0


@given(st.sets(st.integers(1, 98), max_size=30))
def test_every_lost_frame_is_counted(missing: set[int]) -> None:
    line = Line(100)
    for number, frame in enumerate(line.frames):
        if number not in missing:
            line.uplink.arrived(frame, 2.0)
    assert line.faults.uplink_lost == len(missing)
    assert line.faults.in_content == len(missing)


def test_frames_again_and_frames_of_another_call_are_told() -> None:
    line = Line(10)
    for frame in (*line.frames[:5], line.frames[2], *line.frames[5:]):
        line.uplink.arrived(frame, 0.2)
    line.uplink.arrived(tape.number_codes()[9] + tape.rest_of_frame(8), 0.2)
    line.uplink.arrived(tape.number_codes()[500] + tape.rest_of_frame(CALL), 0.2)
    assert line.faults.uplink_repeated == 1
    assert line.faults.uplink_foreign == 2
    assert line.faults.uplink_lost == 0


def test_numbers_begin_anew_after_82_seconds() -> None:
    line = Line(tape.NUMBERS + 100)
    for frame in line.frames:
        line.uplink.arrived(frame, 90.0)
    assert line.faults.in_content == 0
