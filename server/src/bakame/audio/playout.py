"""What is to be said and was not sent yet: our own queue, between the engine and the pacer."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from bakame.audio.format import FRAME_BYTES, FRAME_MS
from bakame.errors import Invalid


class Queued(NamedTuple):
    """One frame and the number of the utterance that it belongs to."""

    utterance: int
    frame: bytes


class Playout:
    """Frames in the order in which they are to be heard."""

    def __init__(self) -> None:
        self._queue: deque[Queued] = deque()

    def __len__(self) -> int:
        """Frames that wait."""
        return len(self._queue)

    @property
    def waiting_ms(self) -> int:
        """Milliseconds of sound that wait."""
        return len(self._queue) * FRAME_MS

    def push(self, utterance: int, frames: Iterable[bytes]) -> None:
        """Appends frames. Raises `Invalid` at the first one that is not whole, which would shift all that follow."""
        for frame in frames:
            if len(frame) != FRAME_BYTES:
                raise Invalid(f"a frame has {FRAME_BYTES} bytes, not {len(frame)}")
            self._queue.append(Queued(utterance, frame))

    def pop(self) -> Queued | None:
        """The next frame; None when nothing waits."""
        return self._queue.popleft() if self._queue else None

    def clear(self) -> list[Queued]:
        """Empties the queue; what was dropped, in order."""
        dropped = list(self._queue)
        self._queue.clear()
        return dropped
