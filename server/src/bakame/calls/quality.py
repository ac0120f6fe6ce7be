"""How good a caller's line is, as one number: the rating factor R of the E-model, 0 to 100, with what it is made of.

Delay and loss are weighed as ITU-T G.107 (2015) does: Id by Cole and Rosenbluth's approximation of it (2001),
0.024·d + 0.11·(d − 177.3)⁺, Ie,eff by 7.1.4 for G.711 with packet loss concealment (G.113 appendix I: Ie 0, Bpl 25.1).
Jitter is RFC 3550's (6.4.1). What the model does not know, a voice too soft or clipped, and a caller who is not
understood, is taken off after it.

Sans-I/O: times are arguments, in seconds of one clock.
"""

from dataclasses import dataclass
from math import log10
from typing import Final

import numpy as np

from bakame.audio import g711
from bakame.audio.format import FRAME_MS

POOR: Final = 60.0
"""Under this many users are dissatisfied (G.107 table B.1): sentences get slower and keys are offered."""
ENOUGH_MS: Final = 5_000
"""Sound that must have come before a line is judged."""

_BEST: Final = 93.2
_BPL: Final = 25.1
_LOOK_EVERY: Final = 25
"""Frames; the level of each would cost more than all else here."""
_STALL_S: Final = 0.2
_SPEECH_DB: Final = -42.0
_SOFT_DB: Final = -36.0
_SOFT_PENALTY: Final = 10.0
_CLIPPED: Final = 0.01
_CLIPPED_PENALTY: Final = 10.0
_UNHEARD_PENALTY: Final = 5.0
_MOST_UNHEARD_PENALTY: Final = 25.0

_ENERGY: Final = g711.decode(bytes(range(256))).astype(np.float64) ** 2
_EDGE: Final = np.abs(g711.decode(bytes(range(256))).astype(np.int32)) >= g711.FULL_SCALE


@dataclass(frozen=True, slots=True)
class QualityReport:
    """One call's line. Milliseconds, decibels of overload (dBov), shares from 0 to 1."""

    score: float
    jitter_ms: float
    lost: float
    stalls: int
    round_trip_ms: float
    level_db: float | None
    clipped: float
    not_understood: int

    @property
    def is_poor(self) -> bool:
        return self.score < POOR


class LineQuality:
    """Follows one stream. Cheap: it is told of every frame."""

    __slots__ = (
        "_clipped",
        "_energy",
        "_expected_ms",
        "_first_ms",
        "_frames",
        "_last_s",
        "_looked",
        "_lost_ms",
        "_stalls",
        "_transit_ms",
        "jitter_ms",
        "not_understood",
        "round_trip_ms",
    )

    def __init__(self) -> None:
        self._frames = self._looked = self._stalls = 0
        self._lost_ms = 0.0
        self._energy: list[float] = []
        self._clipped = 0.0
        self._transit_ms: float | None = None
        self._first_ms = self._expected_ms = 0
        self._last_s = 0.0
        self.jitter_ms = 0.0
        self.round_trip_ms = 0.0
        self.not_understood = 0

    def arrived(self, now_s: float, timestamp_ms: int, audio: bytes) -> None:
        """Sound came in: `timestamp_ms` is the carrier's, of its beginning."""
        transit_ms = now_s * 1000 - timestamp_ms
        if self._transit_ms is None:
            self._first_ms = timestamp_ms
        else:
            self.jitter_ms += (abs(transit_ms - self._transit_ms) - self.jitter_ms) / 16
            if timestamp_ms > self._expected_ms:
                self._lost_ms += timestamp_ms - self._expected_ms
            if now_s - self._last_s > _STALL_S:
                self._stalls += 1
        self._transit_ms = transit_ms
        self._last_s = now_s
        self._expected_ms = timestamp_ms + len(audio) // 8
        self._frames += 1
        if not self._frames % _LOOK_EVERY:
            self._look(audio)

    def report(self) -> QualityReport:
        """The line so far."""
        span_ms = self._expected_ms - self._first_ms
        lost = self._lost_ms / span_ms if span_ms > 0 else 0.0
        level_db = 10 * log10(float(np.mean(self._energy)) / 32_768.0**2) if self._energy else None
        clipped = self._clipped / self._looked if self._looked else 0.0
        score = _BEST
        if span_ms >= ENOUGH_MS:
            one_way_ms = self.round_trip_ms / 2 + 2 * self.jitter_ms + FRAME_MS
            score -= 0.024 * one_way_ms + 0.11 * max(0.0, one_way_ms - 177.3)
            score -= 95 * (100 * lost) / (100 * lost + _BPL)
            score -= _SOFT_PENALTY if level_db is not None and level_db < _SOFT_DB else 0.0
            score -= _CLIPPED_PENALTY if clipped > _CLIPPED else 0.0
        score -= min(_MOST_UNHEARD_PENALTY, _UNHEARD_PENALTY * self.not_understood)
        return QualityReport(
            score=round(max(0.0, score), 1),
            jitter_ms=round(self.jitter_ms, 1),
            lost=round(lost, 4),
            stalls=self._stalls,
            round_trip_ms=round(self.round_trip_ms, 1),
            level_db=None if level_db is None else round(level_db, 1),
            clipped=round(clipped, 4),
            not_understood=self.not_understood,
        )

    def _look(self, audio: bytes) -> None:
        """The level of a frame that is loud enough to be speech; how much of it stands at the limit."""
        if not audio:
            return
        samples = np.frombuffer(audio, np.uint8)
        energy = float(_ENERGY[samples].mean())
        if energy > 32_768.0**2 * 10 ** (_SPEECH_DB / 10):
            self._energy.append(energy)
            del self._energy[:-500]
            self._looked += 1
            self._clipped += float(_EDGE[samples].mean())
