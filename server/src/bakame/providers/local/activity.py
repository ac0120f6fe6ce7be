"""Whether somebody speaks: WebRTC's voice activity detector behind a gate that follows the noise of the line."""

from collections import deque
from math import log10
from typing import Any, Final

import numpy as np
import webrtcvad

from bakame.audio import g711
from bakame.audio.format import FRAME_BYTES, TELEPHONE
from bakame.audio.level import FLOOR_DB
from bakame.errors import Invalid

_MODE: Final = 2
_ABOVE_FLOOR_DB: Final = 9.0
_SOFTEST_DB: Final = -50.0
"""Nothing softer is taken for speech, in dBov: callers come in at −35 to −12."""
_FIRST_FLOOR_DB: Final = -45.0
_STEADY_FRAMES: Final = 25
_STEADY_DB: Final = 4.0
"""Half a second within this range is a hum, a hiss or a fan: speech moves by 10 dB from syllable to syllable."""
_RISE_DB: Final = 0.06
"""A frame, so 3 dB a second: slow, because a long sentence must not become the noise it is measured against."""
_FALL: Final = 0.3

_OVERLOAD: Final = 32_768.0
_ENERGY: Final = (g711.decode(bytes(range(256))).astype(np.float64) / _OVERLOAD) ** 2
_MEAN: Final = np.full(FRAME_BYTES, 1 / FRAME_BYTES)
_LEAST_ENERGY: Final = 10 ** (FLOOR_DB / 10)


class TelephoneActivity:
    """Voice activity in telephone frames, cheap. One instance a call; implements `ports.speech.VoiceActivity`.

    A frame is speech when WebRTC's detector says so and it is 9 dB above the noise floor of this call. The floor falls
    at once into silence, rises slowly, and jumps to any sound that keeps one level for half a second.
    """

    def __init__(self) -> None:
        self._detector: Any = webrtcvad.Vad(_MODE)  # the package has no types
        self._floor_db = _FIRST_FLOOR_DB
        self._recent: deque[float] = deque(maxlen=_STEADY_FRAMES)

    def is_speech(self, frame: bytes) -> bool:
        """`frame` is 160 bytes of mu-law. Raises `Invalid` for any other length."""
        if len(frame) != FRAME_BYTES:
            raise Invalid(f"a telephone frame has {FRAME_BYTES} bytes, not {len(frame)}")
        energy = float(_ENERGY[np.frombuffer(frame, np.uint8)].dot(_MEAN))
        loud_db = 10 * log10(energy) if energy > _LEAST_ENERGY else FLOOR_DB
        self._follow(loud_db)
        # The detector learns from every frame, so it is asked even when the gate is shut.
        voiced = bool(self._detector.is_speech(g711.decode(frame).tobytes(), TELEPHONE.rate_hz))
        return voiced and loud_db >= max(self._floor_db + _ABOVE_FLOOR_DB, _SOFTEST_DB)

    def _follow(self, loud_db: float) -> None:
        self._recent.append(loud_db)
        if (
            abs(loud_db - self._recent[0]) < _STEADY_DB
            and len(self._recent) == _STEADY_FRAMES
            and max(self._recent) - min(self._recent) < _STEADY_DB
        ):
            self._floor_db = max(self._recent)
        elif loud_db < self._floor_db:
            self._floor_db += _FALL * (loud_db - self._floor_db)
        else:
            self._floor_db = min(self._floor_db + _RISE_DB, loud_db)
