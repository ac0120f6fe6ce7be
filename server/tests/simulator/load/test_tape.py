"""Every byte of a loaded line tells where it belongs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import FRAME_BYTES
from bakame.audio.g711 import decode
from bakame.simulator.load import tape


@given(st.integers(0, tape.PERIOD - 1), st.integers(8, 4000))
def test_any_piece_of_the_tape_is_found_where_it_was_cut(place: int, size: int) -> None:
    assert tape.place_of(tape.speech()[place : place + size]) == place


@given(st.binary(max_size=400))
def test_sound_that_was_not_cut_from_it_has_no_place(sound: bytes) -> None:
    place = tape.place_of(sound)
    assert place is None or tape.speech()[place : place + len(sound)] == sound


def test_a_piece_with_a_hole_has_no_place() -> None:
    sound = tape.speech()[:80] + tape.speech()[84:164]
    assert tape.place_of(sound) is None


def test_speech_is_never_silence() -> None:
    assert 0xFF not in tape.speech()


@given(st.integers(0, tape.NUMBERS - 1), st.integers(0, tape.NUMBERS - 1))
def test_a_callers_frame_tells_its_call_and_number(number: int, call: int) -> None:
    frame = tape.number_codes()[number] + tape.rest_of_frame(call)
    assert len(frame) == FRAME_BYTES
    assert (tape.number_of(frame), tape.call_of(frame)) == (number, call)


def test_a_callers_frame_is_silence_to_the_ear() -> None:
    frame = tape.number_codes()[0] + tape.rest_of_frame(0xFFF)
    assert abs(decode(frame)).max() <= 120


@pytest.mark.parametrize("frame", [b"", b"\xff" * 159, b"\x80" * 160, b"\xff" * 158 + b"\x00\x00"])
def test_other_frames_belong_to_nobody(frame: bytes) -> None:
    assert tape.call_of(frame) is None
