"""What a run of load measures, in milliseconds and bytes, however long it lasts: memory does not grow with it."""

from collections import Counter
from dataclasses import dataclass, field
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

BIN_MS: Final = 0.1
"""Resolution; a percentile is never told lower than it is, and at most this much higher."""
_BINS: Final = 20_000


class Distribution:
    """Counts of durations from 0 to 2 s in bins of `BIN_MS`. What is below 0 counts as 0; the maximum is exact."""

    def __init__(self) -> None:
        self._counts = np.zeros(_BINS + 1, np.int64)
        self._cells = self._counts.data
        self.largest_ms = 0.0

    def __len__(self) -> int:
        return int(self._counts.sum())

    def add(self, ms: float) -> None:
        """One duration."""
        if ms > self.largest_ms:
            self.largest_ms = ms
        self._cells[0 if ms <= 0 else min(ceil(ms / BIN_MS), _BINS)] += 1

    def add_all(self, durations_ms: NDArray[np.float64]) -> None:
        """Many durations."""
        if not durations_ms.size:
            return
        self.largest_ms = max(self.largest_ms, float(durations_ms.max()))
        bins = np.clip(np.ceil(durations_ms / BIN_MS), 0, _BINS).astype(np.int64)
        counted = np.bincount(bins)
        self._counts[: len(counted)] += counted

    def clear(self) -> None:
        """Forgets all."""
        self._counts[:] = 0
        self.largest_ms = 0.0

    def percentile(self, percent: float) -> float:
        """The smallest duration that at least `percent` of all do not exceed, to `BIN_MS`; 0 for nothing counted."""
        total = len(self)
        if not total:
            return 0.0
        place = max(1, ceil(total * percent / 100))
        found = int(np.searchsorted(np.cumsum(self._counts), place))
        return self.largest_ms if found == _BINS else min(found * BIN_MS, self.largest_ms)


@dataclass(slots=True)
class Faults:
    """What must not be, over the whole run. Speech in bytes (8,000 a second), a caller's sound in frames of 20 ms."""

    refused: Counter[str] = field(default_factory=Counter[str])
    """Calls that could not be placed, by reason."""
    unanswered: int = 0
    """Calls to which no agent came."""
    dropped: int = 0
    """Calls that the server ended."""
    agents_again: int = 0
    """Conversations that were opened anew, or closed by the server, in the middle of a call."""
    lost: int = 0
    """Speech that never came, and was not cut by an interruption."""
    repeated: int = 0
    """Speech that came again, or in the wrong order."""
    stale: int = 0
    """Speech of an interrupted utterance that came after the clear."""
    foreign: int = 0
    """Speech of an agent's that was not sent to this call, or not yet."""
    clears_missing: int = 0
    clears_unasked: int = 0
    malformed: int = 0
    """Messages that a carrier or the vendor would not take."""
    uplink_lost: int = 0
    uplink_repeated: int = 0
    uplink_foreign: int = 0
    withheld: int = 0
    """Caller's frames that could not be sent, because the server did not read."""

    @property
    def in_content(self) -> int:
        """How much of what was sent, either way, did not arrive exactly once and in order."""
        content = (self.lost, self.repeated, self.stale, self.foreign)
        return sum(content) + self.uplink_lost + self.uplink_repeated + self.uplink_foreign + self.withheld

    @property
    def in_calls(self) -> int:
        """How many calls or messages went wrong."""
        marks = (self.clears_missing, self.clears_unasked, self.malformed)
        return self.refused.total() + self.unanswered + self.dropped + self.agents_again + sum(marks)


@dataclass(slots=True)
class Measures:
    """One run's. Durations are those of the measured window, faults those of the whole run.

    For the frames of one utterance let o(k) be when frame k arrived less the length of the sound before it: constant
    for one that is paced exactly, whatever its lead.
    """

    grid_late: Distribution = field(default_factory=Distribution)
    """How late a frame is against the pacing grid, which is the median of o in the second around it: o(k) less that.
    A server may change its lead within an utterance, which moves the grid and makes no frame late; and frames that are
    sent at once for a lead are late only as far as `lead_lost` says."""
    lead_lost: Distribution = field(default_factory=Distribution)
    """How much less ahead of the ear a frame came than the frame of its utterance that was furthest ahead before: o(k)
    less the least of o(0) to o(k). Lateness against the grid, and what of a lead was given up."""
    ear_late: Distribution = field(default_factory=Distribution)
    """How long the ear waited for a frame: it needs frame k when the sound before it was played, which is the greatest
    of o(0) to o(k - 1), plus the length of that sound. 0 when the frame was there."""
    first_frame: Distribution = field(default_factory=Distribution)
    """From sending an utterance's first audio event to its first frame on the line."""
    clear: Distribution = field(default_factory=Distribution)
    """From sending an interruption event to `clear` on the line."""
    pong: Distribution = field(default_factory=Distribution)
    uplink: Distribution = field(default_factory=Distribution)
    """From sending a caller's frame to the `user_audio_chunk` that ends with it."""
    uplink_oldest: Distribution = field(default_factory=Distribution)
    """The same for the frame that a chunk begins with: with the time that frames are held to be sent together."""
    own_late: Distribution = field(default_factory=Distribution)
    """How late the generator itself was with a caller's frame: its own stalls, which all other numbers contain."""
    gaps_s: float = 0.0
    gaps: int = 0
    speech_s: float = 0.0
    """Seconds of speech on the line, and of gaps in it: time in which the ear waited within an utterance."""
    cut_bytes: int = 0
    unknown_bytes: int = 0
    """Sound that no agent said: the server's own phrases, of the whole run. Speech that was spoilt is here and lost."""
    drift: Distribution = field(default_factory=Distribution)
    """By how much the pacing of an utterance moved against real time: the difference, either way, of the least o in its
    first and in its last second. The least, because some frame of a second is on time even on a busy machine. With
    utterances of ten minutes it is the drift over ten minutes."""
    drift_over_s: float = 0.0
    """The longest time between the two."""
    faults: Faults = field(default_factory=Faults)

    def begin(self) -> None:
        """The measured window begins: durations so far are forgotten, faults are not."""
        for distribution in (
            self.grid_late,
            self.lead_lost,
            self.ear_late,
            self.first_frame,
            self.clear,
            self.pong,
            self.uplink,
            self.uplink_oldest,
            self.own_late,
            self.drift,
        ):
            distribution.clear()
        self.gaps_s = self.speech_s = self.drift_over_s = 0.0
        self.gaps = self.cut_bytes = 0
