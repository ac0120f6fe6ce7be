"""The far end of a loaded line, sans-I/O: the carrier's buffer, the caller's ear, and what it checks."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bakame.audio.format import SILENCE_BYTE
from bakame.simulator.load import tape
from bakame.simulator.load.measures import Measures

BYTES_S: Final = 8000
_SILENCE: Final = bytes([SILENCE_BYTE])
_SECOND: Final = 50
"""Frames."""
_AROUND: Final = 51
"""Frames of the second around one, which is in the middle."""
_AT_ONCE_S: Final = 0.010
"""Frames that come within this time of the first were sent at once, to make a lead."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Speech that is on its way: places on the tape, and when its first piece was sent."""

    start: int
    end: int
    sent_s: float


class Ear:
    """One call's. Times are in seconds of one clock; places count the bytes of the tape without end."""

    def __init__(self, call: int, measures: Measures) -> None:
        self._measures = measures
        self._tape = tape.speech()
        self._coming: deque[Utterance] = deque()
        self._place = call * 8 * BYTES_S
        self._end = self._place
        self._silent_until_s = 0.0
        self._offsets: list[float] = []
        self._spoken_s = 0.0
        self._interrupted_s: float | None = None
        self._resume = self._place
        self._cut_from = self._place
        self.next_place = self._place
        """Where on the tape the next utterance begins."""

    # What the agent tells

    def coming(self, size: int, now_s: float) -> Utterance:
        """An utterance of `size` bytes begins to be sent."""
        utterance = Utterance(self.next_place, self.next_place + size, now_s)
        self.next_place = utterance.end
        self._coming.append(utterance)
        self._end = self._coming[0].end
        return utterance

    def interrupted(self, stale: int, now_s: float) -> None:
        """The utterance is over, what was not heard of it is dropped; `stale` bytes of it are sent all the same."""
        if self._interrupted_s is not None:
            self._measures.faults.clears_missing += 1
        self.next_place += stale
        self._interrupted_s, self._resume = now_s, self.next_place

    # What comes over the line

    @property
    def buffered_until_s(self) -> float:
        """When all that has come was played."""
        return self._silent_until_s

    def play(self, sound: bytes, now_s: float) -> None:
        """Sound arrives, mu-law of any length."""
        size = len(sound)
        place = self._place % tape.PERIOD
        if sound != self._tape[place : place + size] and not self._found(sound):
            self._silent_until_s = max(now_s, self._silent_until_s) + size / BYTES_S
            return
        if not self._offsets:
            self._begun(now_s)
        self._offsets.append(now_s - self._spoken_s)
        length_s = size / BYTES_S
        self._spoken_s += length_s
        self._silent_until_s = max(now_s, self._silent_until_s) + length_s
        self._place += size
        if self._place >= self._end:
            self._heard_all()

    def clear(self, now_s: float) -> None:
        """The buffer is emptied."""
        if self._interrupted_s is None:
            self._measures.faults.clears_unasked += 1
            self._measures.faults.lost += max(0, round((self._silent_until_s - now_s) * BYTES_S))
        else:
            self._measures.clear.add((now_s - self._interrupted_s) * 1000)
            self._cut()
        self._silent_until_s = now_s

    def hang_up(self, now_s: float) -> None:
        """Nothing more is heard; speech that should have been heard a second ago is lost, and was a gap."""
        if self._interrupted_s is None and self._coming and now_s - self._coming[0].sent_s > 1.0:
            due_s = now_s - 1.0 - max(self._silent_until_s, self._coming[0].sent_s)
            missing = max(0, min(self._end - self._place, round(due_s * BYTES_S)))
            self._measures.faults.lost += missing
            self._measures.gaps_s += missing / BYTES_S
        if self._interrupted_s is not None and now_s - self._interrupted_s > 1.0:
            self._measures.faults.clears_missing += 1
        self._settle()

    def _begun(self, now_s: float) -> None:
        self._spoken_s = 0.0
        if self._coming and self._place == self._coming[0].start:
            self._measures.first_frame.add((now_s - self._coming[0].sent_s) * 1000)

    def _heard_all(self) -> None:
        """The utterance came to its end."""
        self._settle()
        while self._coming and self._coming[0].end <= self._place:
            self._coming.popleft()
        if self._coming:
            self._end = self._coming[0].end

    def _cut(self) -> None:
        """What is left of an interrupted utterance will not come."""
        self._settle()
        self._interrupted_s = None
        self._cut_from = self._place
        while self._coming and self._coming[0].start < self._resume:
            self._measures.cut_bytes += self._coming[0].end - max(self._place, self._coming[0].start)
            self._coming.popleft()
        self._place = self._resume
        self._end = self._coming[0].end if self._coming else self._resume

    def _found(self, sound: bytes) -> bool:
        """Whether sound that was not expected is speech to go on from; counts what is wrong with it."""
        faults = self._measures.faults
        spoken = sound.rstrip(_SILENCE)
        if not spoken:
            return False
        here = self._place % tape.PERIOD
        place = here if spoken == self._tape[here : here + len(spoken)] else tape.place_of(spoken)
        if place is None:
            self._measures.unknown_bytes += len(spoken)
            return False
        ahead = (place - self._place) % tape.PERIOD
        if ahead > tape.PERIOD // 2:
            behind = tape.PERIOD - ahead
            stale = self._place - behind >= self._cut_from and self._place - behind < self._resume
            faults.stale += len(spoken) * stale
            faults.repeated += len(spoken) * (not stale)
            return False
        if self._place + ahead + len(spoken) > self.next_place:
            faults.foreign += len(spoken)
            return False
        if self._interrupted_s is not None and self._place + ahead >= self._resume:
            faults.clears_missing += 1
            self._cut()
        else:
            faults.lost += ahead
            self._place += ahead
        # Silence behind the last speech of an utterance fills up its frame.
        self._place -= len(sound) - len(spoken)
        return True

    def _settle(self) -> None:
        """Adds an utterance's frames to the measures."""
        if not self._offsets:
            return
        offsets_ms: NDArray[np.float64] = np.array(self._offsets, np.float64) * 1000
        measures = self._measures
        lost_ms = offsets_ms - np.minimum.accumulate(offsets_ms)
        measures.lead_lost.add_all(lost_ms)
        measures.grid_late.add_all(np.minimum(lost_ms, offsets_ms - _grid(offsets_ms)))
        needed_ms: NDArray[np.float64] = np.maximum.accumulate(offsets_ms)
        waits_ms = needed_ms[1:] - needed_ms[:-1]
        measures.ear_late.add_all(waits_ms)
        measures.gaps_s += float(waits_ms.sum()) / 1000
        measures.gaps += int((waits_ms > 0).sum())
        measures.speech_s += self._spoken_s
        frame_s = self._spoken_s / len(offsets_ms)
        arrived_ms = offsets_ms + np.arange(len(offsets_ms)) * frame_s * 1000
        paced = offsets_ms[int((arrived_ms < arrived_ms[0] + _AT_ONCE_S * 1000).sum()) :]
        if len(paced) >= 2 * _SECOND:
            measures.drift.add(abs(float(paced[-_SECOND:].min() - paced[:_SECOND].min())))
            measures.drift_over_s = max(measures.drift_over_s, (len(paced) - _SECOND) * frame_s)
        self._offsets.clear()
        self._spoken_s = 0.0


def _grid(offsets_ms: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median of the second around each frame; near an end, of the first or last second."""
    if len(offsets_ms) <= _AROUND:
        return np.full_like(offsets_ms, np.median(offsets_ms))
    seconds = np.lib.stride_tricks.sliding_window_view(offsets_ms, _AROUND)
    medians = np.partition(seconds, _AROUND // 2, axis=1)[:, _AROUND // 2]
    return medians[np.clip(np.arange(len(offsets_ms)) - _AROUND // 2, 0, len(medians) - 1)]
