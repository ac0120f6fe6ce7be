"""What is to be said and was not sent yet: our own queue, between the engine and the pacer."""

from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple

from bakame.audio.format import FRAME_BYTES, FRAME_MS
from bakame.errors import Invalid

MOST_SENT: Final = 50
"""Frames that were sent and are kept: more than any lead, so that all that was not heard can be sent again."""


class Queued(NamedTuple):
    """One frame and the number of the utterance that it belongs to."""

    utterance: int
    frame: bytes


class Playout:
    """Frames in the order in which they are to be heard, those that may have to be sent again included."""

    def __init__(self) -> None:
        self._queue: deque[Queued] = deque()
        self._sent: deque[Queued] = deque(maxlen=MOST_SENT)

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
        if not self._queue:
            return None
        frame = self._queue.popleft()
        self._sent.append(frame)
        return frame

    def rewind(self, frames: int) -> None:
        """The last so many frames that were popped wait again, before all others. Those of long ago are gone."""
        for _ in range(min(frames, len(self._sent))):
            self._queue.appendleft(self._sent.pop())

    def clear(self) -> list[Queued]:
        """Empties the queue; what was dropped, in order."""
        dropped = list(self._queue)
        self._queue.clear()
        self._sent.clear()
        return dropped
