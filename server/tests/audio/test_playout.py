"""The queue between the engine and the line."""

import pytest

from bakame.audio.format import SILENCE_FRAME
from bakame.audio.playout import Playout, Queued
from bakame.errors import Invalid

FRAME_A, FRAME_B, FRAME_C = (bytes([byte]) * 160 for byte in (1, 2, 3))


def test_frames_come_out_in_order_and_know_their_utterance() -> None:
    playout = Playout()
    playout.push(1, [FRAME_A, FRAME_B])
    playout.push(2, [FRAME_C])
    assert (len(playout), playout.waiting_ms) == (3, 60)
    assert [playout.pop() for _ in range(4)] == [Queued(1, FRAME_A), Queued(1, FRAME_B), Queued(2, FRAME_C), None]
    assert playout.waiting_ms == 0


def test_clear_says_what_was_not_sent() -> None:
    playout = Playout()
    playout.push(1, [FRAME_A, FRAME_B])
    playout.push(2, [FRAME_C])
    playout.pop()
    assert playout.clear() == [Queued(1, FRAME_B), Queued(2, FRAME_C)]
    assert playout.clear() == []
    assert playout.pop() is None


@pytest.mark.parametrize("size", [0, 159, 161])
def test_only_whole_frames_are_taken(size: int) -> None:
    playout = Playout()
    with pytest.raises(Invalid, match="160 bytes"):
        playout.push(1, [SILENCE_FRAME[:1] * size])
    assert len(playout) == 0
