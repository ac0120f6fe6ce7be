"""When frames are due: arithmetic on absolute deadlines, so that lateness never accumulates.

Frame n of a run begins in the caller's ear at start + n·20 ms and may be sent up to `lead_ms` before that. Times are in
seconds of one clock that never goes back.
"""

from math import floor
from typing import Final

from bakame.audio.format import FRAME_MS

CATCH_UP_MS: Final = 200
"""Lateness that is caught up by sending at once. After a longer stall the ear waits at our last frame, and what was
missed would only pile up in front of it: the schedule moves instead."""

QUIET_MS: Final = 10.0
"""Deviation of a line that needs no more than the base: marks are told in whole frames."""

_FRAME_S: Final = FRAME_MS / 1000
_ROUNDING: Final = 1e-6
"""Of a frame: what floating point may take from a whole number of frames."""


class Schedule:
    """Says how many frames may be sent now; the sender says how many it sent.

    A sender that finds frames again after its queue ran empty calls `resume` before it asks what is due.
    """

    def __init__(self, start_s: float, *, lead_ms: float = 0.0) -> None:
        self._start_s = start_s
        self._sent = 0
        self.lead_ms = lead_ms

    @property
    def deadline_s(self) -> float:
        """When the next frame begins in the ear if it is there in time: the sound sent so far ends then."""
        return self._start_s + self._sent * _FRAME_S

    @property
    def wake_s(self) -> float:
        """When the next frame may be sent."""
        return self.deadline_s - self.lead_ms / 1000

    def due(self, now_s: float) -> int:
        """Frames that may be sent at `now_s`: the late ones and those within the lead."""
        if now_s - self.deadline_s > CATCH_UP_MS / 1000:
            self.restart(now_s)
        ahead_s = now_s - self.wake_s
        return max(0, floor(ahead_s / _FRAME_S + _ROUNDING) + 1)

    def sent(self, frames: int) -> None:
        """Counts frames that were sent."""
        self._sent += frames

    def resume(self, now_s: float) -> None:
        """Ends a pause: when all that was sent has been played, the next frame begins now."""
        if now_s > self.deadline_s:
            self.restart(now_s)

    def restart(self, now_s: float) -> None:
        """The carrier dropped what it had: the next frame begins now, whatever was sent before."""
        self._start_s = now_s
        self._sent = 0


class Lead:
    """How far ahead of the ear frames are sent: as much cushion as the line needs, and no more.

    Marks that come back late, now more and now less, tell of a line that needs a longer one. The spread of their
    lateness is followed as RFC 6298 follows round-trip times: the lead is a base plus four mean deviations.
    """

    def __init__(self, *, ms: float, most_ms: float = 480.0) -> None:
        self._base_ms = ms
        self._most_ms = max(ms, most_ms)
        self._mean_ms: float | None = None
        self._deviation_ms = 0.0
        self.ms = ms

    def echoed(self, late_ms: float) -> None:
        """A mark came back so much later than its sound should have been played; may be negative."""
        if self._mean_ms is None:
            self._mean_ms = late_ms
            return
        off_ms = abs(late_ms - self._mean_ms)
        self._deviation_ms += (off_ms - self._deviation_ms) / (4 if off_ms > self._deviation_ms else 16)
        self._mean_ms += (late_ms - self._mean_ms) / 8
        self.ms = min(self._most_ms, self._base_ms + 4 * max(0.0, self._deviation_ms - QUIET_MS))

    @property
    def round_trip_ms(self) -> float:
        """How much later than its sound a mark is back, on the average; 0 before the first."""
        return self._mean_ms or 0.0
