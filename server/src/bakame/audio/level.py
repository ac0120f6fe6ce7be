"""How loud sound is, and whether it is clipped.

Decibels are relative to the overload point of sixteen bits (dBov, ITU-T G.100.1): a full-scale square wave has 0, a
full-scale sine −3.01, digital silence `FLOOR_DB`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from bakame.audio import g711
from bakame.audio.g711 import FULL_SCALE, Pcm

FLOOR_DB: Final = -96.0
"""What stands for the level of nothing at all; one step of sixteen bits is −90.3."""

_OVERLOAD: Final = 32768.0


@dataclass(frozen=True, slots=True)
class Level:
    """Mean and peak in dBov, and the part of all samples, 0 to 1, that stand at the telephone's limit."""

    rms_db: float
    peak_db: float
    clipped: float


SILENT: Final = Level(FLOOR_DB, FLOOR_DB, 0.0)


def level(pcm: Pcm) -> Level:
    """The level of linear samples; of none, silence."""
    if not pcm.size:
        return SILENT
    sound = np.abs(pcm.astype(np.float64))
    return Level(
        rms_db=_decibels(float(np.sqrt(np.vecdot(sound, sound) / sound.size))),
        peak_db=_decibels(float(sound.max())),
        clipped=float(np.count_nonzero(sound >= FULL_SCALE)) / sound.size,
    )


def level_of_mulaw(audio: bytes) -> Level:
    """The level of mu-law of any length."""
    return level(g711.decode(audio))


def _decibels(amplitude: float) -> float:
    return max(FLOOR_DB, 20 * float(np.log10(amplitude / _OVERLOAD))) if amplitude else FLOOR_DB
