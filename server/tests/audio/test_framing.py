"""Frames hold every byte, in order, and only the end of an utterance is padded."""

from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import SILENCE_FRAME
from bakame.audio.framing import Framer


@given(chunks=st.lists(st.binary(max_size=700), max_size=12))
def test_no_byte_is_lost_moved_or_added_but_padding(chunks: list[bytes]) -> None:
    framer = Framer()
    frames = [frame for chunk in chunks for frame in framer.push(chunk)]
    last = framer.flush()
    frames += [last] if last else []
    sent, heard = b"".join(chunks), b"".join(frames)
    assert all(len(frame) == 160 for frame in frames)
    assert heard[: len(sent)] == sent
    assert heard[len(sent) :] == b"\xff" * (-len(sent) % 160)


def test_a_frame_comes_as_soon_as_it_is_whole() -> None:
    framer = Framer()
    assert framer.push(b"\x01" * 159) == []
    assert framer.push(b"\x02") == [b"\x01" * 159 + b"\x02"]


def test_an_utterance_that_ends_with_a_frame_is_not_padded() -> None:
    framer = Framer()
    assert framer.push(SILENCE_FRAME) == [SILENCE_FRAME]
    assert framer.flush() is None


def test_after_a_flush_nothing_of_the_last_utterance_comes_back() -> None:
    framer = Framer()
    framer.push(b"\x01")
    assert framer.flush() == b"\x01" + b"\xff" * 159
    assert framer.flush() is None
    assert framer.push(SILENCE_FRAME) == [SILENCE_FRAME]
