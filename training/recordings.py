"""Recordings of people who say digits, and sound at another rate."""

import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Sound = NDArray[np.floating[Any]]
Recorded = tuple[str, int, NDArray[np.int16]]
_signal: Any = signal  # it has no types


def recorded(folder: Path) -> list[Recorded]:
    """Speaker, digit and sound at 8 kHz of every `{digit}_{speaker}_{index}.wav`."""
    found: list[Recorded] = []
    for path in sorted(folder.glob("*.wav")):
        digit, speaker, _ = path.stem.split("_")
        with wave.open(str(path), "rb") as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
            found.append((speaker, int(digit), pcm))
    return found


def resampled(pcm: NDArray[np.int16] | Sound, size: int) -> Sound:
    """The same sound in `size` samples."""
    return np.asarray(_signal.resample(pcm.astype(np.float32), size), np.float32)
