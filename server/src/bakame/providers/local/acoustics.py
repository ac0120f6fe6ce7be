"""The acoustic model: telephone sound to the log probabilities of phones, with NumPy alone. Blocking; CPU-bound.

A convolutional network over log-mel bands, trained by `training/train.py` with connectionist temporal classification
(Graves et al., 2006): every 30 ms it says which phone of the CMU dictionary is heard, or none ("blank").
"""

import math
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bakame.audio.g711 import Pcm

Floats = NDArray[np.float32]

PHONES: Final = (
    *("AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH", "IH", "IY", "JH"),
    *("K", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH"),
)
"""Phone n is column n + 1 of the scores; column 0 is the blank."""
BLANK: Final = 0
FRAME_S: Final = 0.03
"""Time from one row of the scores to the next."""
_RATE_HZ: Final = 8_000
_WINDOW: Final = 200
_HOP: Final = 80
_FFT: Final = 256
_BANDS: Final = 40
_STRIDE: Final = 3
_LOWEST_HZ: Final = 100.0
_HIGHEST_HZ: Final = 3_800.0
_FLOOR: Final = 1e3
_LOUD_SHARE: Final = 0.95
_SOFTEST, _LOUDEST, _SPREAD = -9.0, 5.0, 3.0
_LOUD_FRAMES: Final = 8
_QUIET: Final = 5.0
"""22 dB, in log energy."""
_KEPT_FRAMES: Final = 50
_SHORTEST: Final = _FFT + 8 * _HOP


def _mel_filters() -> Floats:
    """Triangles on the mel scale, one row a band."""
    low, high = (2_595 * math.log10(1 + hz / 700) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    edges: NDArray[np.float64] = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2_595) - 1)
    bins = np.arange(_FFT // 2 + 1) * _RATE_HZ / _FFT
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rise, fall)).astype(np.float32)


_FILTERS: Final = _mel_filters()
_HANN: Final = np.pad(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW), (_FFT - _WINDOW) // 2).astype(
    np.float32
)


def features(pcm: Pcm) -> Floats:
    """Log energies of the bands, a row every 10 ms, against the loud part of the utterance: level does not matter."""
    if pcm.size < _SHORTEST:
        pcm = np.pad(pcm, (0, _SHORTEST - pcm.size))
    frames = np.lib.stride_tricks.sliding_window_view(pcm, _FFT)[::_HOP].astype(np.float32)
    power = np.abs(np.fft.rfft(frames * _HANN, _FFT)) ** 2
    bands = _without_silence(np.log(power.astype(np.float32) @ _FILTERS.T + _FLOOR))
    loud = np.quantile(bands.mean(axis=1), _LOUD_SHARE)
    return (np.clip(bands - loud, _SOFTEST, _LOUDEST) / _SPREAD).astype(np.float32)


def _without_silence(bands: Floats) -> Floats:
    """At most half a second of what is much softer than the speech is left on both sides: as the model knows it."""
    energy = bands.mean(axis=1)
    loud = np.partition(energy, -_LOUD_FRAMES)[-_LOUD_FRAMES]
    active = np.flatnonzero(energy > loud - _QUIET)
    return bands[max(0, active[0] - _KEPT_FRAMES) : active[-1] + _KEPT_FRAMES + 1]


def spoken_frames(scores: Floats) -> float:
    """How many rows of the scores hear a phone, counted by probability."""
    return float((1 - np.exp(scores[:, BLANK])).sum())


def clarity(scores: Floats) -> float:
    """How sure the model is, where it hears a phone, which: 0 to 1. One voice is clear, several at once are not."""
    phones = np.exp(scores[:, BLANK + 1 :])
    heard = phones[phones.sum(axis=1) > 0.5]
    return float(heard.max(axis=1).mean()) if len(heard) else 0.0


@dataclass(frozen=True, slots=True)
class _Layer:
    """`weight` is (taps x inputs, outputs)."""

    weight: Floats
    bias: Floats
    taps: int

    def __call__(self, rows: Floats, *, dilation: int = 1, stride: int = 1) -> Floats:
        """Zeros are put around, so that with stride 1 as many rows come out as went in."""
        reach = self.taps // 2 * dilation
        padded = np.pad(rows, ((reach, reach), (0, 0)))
        count = (rows.shape[0] - 1) // stride + 1
        taps = [padded[tap * dilation :][: (count - 1) * stride + 1 : stride] for tap in range(self.taps)]
        return np.concatenate(taps, axis=1) @ self.weight + self.bias


class AcousticModel:
    """The network with its weights: those of the package unless a file of others is given."""

    def __init__(self, weights: Path | None = None) -> None:
        packaged = files("bakame.providers.local") / "phones.npz"
        with (weights or packaged).open("rb") as file, np.load(file) as arrays:
            self._dilations = tuple(int(dilation) for dilation in arrays["dilations"])
            names = (*map(str, range(len(self._dilations) + 2)), "_out")
            self._layers = [_layer(arrays[f"weight{name}"], arrays[f"bias{name}"]) for name in names]

    def scores(self, pcm: Pcm) -> Floats:
        """Log probabilities, a row every 30 ms, a column for the blank and each phone."""
        entry, stride, *blocks, out = self._layers
        rows = np.maximum(entry(features(pcm)), 0)
        rows = np.maximum(stride(rows, stride=_STRIDE), 0)
        for block, dilation in zip(blocks, self._dilations, strict=True):
            rows = rows + np.maximum(block(rows, dilation=dilation), 0)
        raw = out(rows)
        raw -= raw.max(axis=1, keepdims=True)
        return raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))


def _layer(weight: NDArray[np.float16], bias: NDArray[np.float16]) -> _Layer:
    outputs, _, taps = weight.shape
    flat = weight.transpose(2, 1, 0).reshape(-1, outputs)
    return _Layer(np.ascontiguousarray(flat, np.float32), bias.astype(np.float32), taps)
