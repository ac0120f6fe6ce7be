"""Shaping for cheap earpieces: the telephone's band, and speech at one loudness. Never lifts noise.

The band is a linear-phase FIR filter, 300 to 3,400 Hz. Loudness is a gain that follows the level of speech: it is
measured and raised in speech only, falls at once where a peak would clip, and is at most one in everything softer than
speech, so that what hisses between the words is not made louder.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bakame.audio import g711
from bakame.audio.format import TELEPHONE
from bakame.audio.g711 import Pcm

TAPS: Final = 129
TARGET_DB: Final = -18.0
"""Level of speech that is aimed at, in dBov: loud, with room for its peaks."""
MOST_GAIN_DB: Final = 12.0
LEAST_GAIN_DB: Final = -12.0

_LOW_HZ: Final = 300.0
_HIGH_HZ: Final = 3_400.0
_BLOCK: Final = 80
"""10 ms: the gain is one straight line in each."""
_SPEECH_DB: Final = -45.0
_ABOVE_NOISE_DB: Final = 10.0
_LEVEL_FOLLOWS: Final = 0.05
_RAISE_DB: Final = 0.3
"""A block: 30 dB a second at most."""
_LOWER_DB: Final = 1.5
_CEILING: Final = 30_000.0
_OVERLOAD: Final = 32_768.0

_Samples = NDArray[np.float64]


def _band() -> _Samples:
    """Difference of two low-pass windowed sincs (Kaiser, beta 6): within ±0.5 dB from 400 to 3,300 Hz."""
    at = np.arange(TAPS) - (TAPS - 1) / 2
    ideal = [2 * edge / TELEPHONE.rate_hz * np.sinc(2 * edge / TELEPHONE.rate_hz * at) for edge in (_LOW_HZ, _HIGH_HZ)]
    # In steps of 2^-30 every sum is exact, so that the result cannot depend on where chunks end.
    return np.rint((ideal[1] - ideal[0]) * np.kaiser(TAPS, 6.0) * 2.0**30) / 2.0**30


class Shaper:
    """Shapes one stream of telephone sound, in chunks of any size. Delays it by 8 ms, until `flush`."""

    def __init__(self, *, target_db: float = TARGET_DB) -> None:
        self._filter = _band()
        self._target_db = target_db
        self._history: _Samples = np.zeros(TAPS - 1)
        self._owed = (TAPS - 1) // 2
        self._pending: _Samples = np.empty(0)
        self._level_db = target_db
        self._noise_db = -60.0
        self._gain_db = 0.0
        self._applied = 1.0

    def push(self, audio: bytes) -> bytes:
        """The shaped sound that a chunk of mu-law completes."""
        return self._take(g711.decode(audio).astype(np.float64), last=False)

    def flush(self) -> bytes:
        """What is still held at the end of an utterance; the next one begins anew, at the same loudness."""
        tail = self._take(np.zeros((TAPS - 1) // 2), last=True)
        self._history, self._owed = np.zeros(TAPS - 1), (TAPS - 1) // 2
        return tail

    def _take(self, samples: _Samples, *, last: bool) -> bytes:
        if not samples.size and not last:
            return b""
        sound = np.concatenate((self._history, samples))
        self._history = sound[-(TAPS - 1) :]
        band = np.convolve(sound, self._filter, mode="valid")
        # The filter's delay is taken off the beginning, so that nothing moves.
        skipped = min(self._owed, band.size)
        self._owed -= skipped
        waiting = np.concatenate((self._pending, band[skipped:]))
        whole = waiting.size if last else waiting.size - waiting.size % _BLOCK
        self._pending = waiting[whole:]
        blocks = [self._level(waiting[start : start + _BLOCK]) for start in range(0, whole, _BLOCK)]
        return b"".join(g711.encode(block) for block in blocks)

    def _level(self, block: _Samples) -> Pcm:
        rms = float(np.sqrt(np.mean(block * block)))
        loud_db = 20 * float(np.log10(max(rms, 1.0) / _OVERLOAD))
        self._noise_db = min(loud_db, self._noise_db + 0.02) if loud_db > self._noise_db else loud_db
        self._noise_db = max(self._noise_db, -80.0)
        speech = loud_db > max(_SPEECH_DB, self._noise_db + _ABOVE_NOISE_DB)
        if speech:
            self._level_db += _LEVEL_FOLLOWS * (loud_db - self._level_db)
            wanted_db = min(MOST_GAIN_DB, max(LEAST_GAIN_DB, self._target_db - self._level_db))
            self._gain_db += min(_RAISE_DB, max(-_LOWER_DB, wanted_db - self._gain_db))
        gain = 10 ** (self._gain_db / 20)
        if not speech:
            gain = min(1.0, gain)
        peak = float(np.abs(block).max()) if block.size else 0.0
        if peak * gain > _CEILING:
            gain = _CEILING / peak
            self._applied = min(self._applied, gain)
        ramp = np.linspace(self._applied, gain, block.size + 1)[1:]
        self._applied = gain
        return np.clip(np.rint(block * ramp), -32_768, 32_767).astype(np.int16)
