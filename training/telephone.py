"""What a telephone does to a voice: room, handset, level, noise, mu-law, lost packets. On whole batches, in PyTorch."""

import math
from typing import Any

import torch
from model import BANDS, FFT, HOP, RATE_HZ, WINDOW, filters
from torch import Tensor

WARPS = (0.84, 0.88, 0.92, 0.96, 1.0, 1.04, 1.08, 1.12, 1.16)


_fourier: Any = torch.fft  # half of it has no types


def _spectrum(sound: Tensor, length: int) -> Tensor:
    return _fourier.rfft(sound, length)


def _sound(spectrum: Tensor, length: int) -> Tensor:
    return _fourier.irfft(spectrum, length)


class Telephone:
    def __init__(self, *, seed: int) -> None:
        self._rng = torch.Generator().manual_seed(seed)
        self._filters = torch.from_numpy(_stack())
        self._window = torch.hann_window(WINDOW)

    def _uniform(self, count: int, low: float, high: float) -> Tensor:
        return torch.rand(count, 1, generator=self._rng) * (high - low) + low

    def _often(self, count: int, share: float) -> Tensor:
        return (torch.rand(count, 1, generator=self._rng) < share).float()

    def ring(self, sound: Tensor) -> Tensor:
        """Clean speech (batch, samples), zero where there is none, as it arrives: samples of ±1 after mu-law."""
        count, size = sound.shape
        sound = self._room(sound)
        peak = sound.abs().amax(1, keepdim=True).clamp(min=1e-6)
        sound = sound / peak
        clip = 1 - self._often(count, 0.12) * self._uniform(count, 0.2, 0.75)
        sound = torch.maximum(torch.minimum(sound, clip), -clip)
        power = (sound**2).sum(1, keepdim=True) / (sound.abs() > 0.02).sum(1, keepdim=True).clamp(min=400)
        noise = self._noise(count, size, sound)
        snr = torch.where(self._often(count, 0.35) > 0, self._uniform(count, 30, 55), self._uniform(count, 4, 32))
        sound = sound + noise * power.sqrt() * 10 ** (-snr / 20)
        # A coder's error follows the signal.
        coder = self._often(count, 0.3) * 10 ** (-self._uniform(count, 12, 30) / 20)
        sound = sound + coder * sound.abs() * torch.randn(sound.shape, generator=self._rng)
        level = 10 ** (self._uniform(count, -32, 0) / 20)
        sound = sound / sound.abs().amax(1, keepdim=True).clamp(min=1e-6) * level
        sound = sound + self._often(count, 0.1) * self._uniform(count, -0.01, 0.01)
        return self._lost(_mulaw(sound))

    def _room(self, sound: Tensor) -> Tensor:
        """Room echo and the frequency response of microphone, handset and line."""
        count, size = sound.shape
        length = size + 2_400
        spectrum = _spectrum(sound, length)
        time = torch.arange(2_400) / RATE_HZ
        decay = 10 ** (-3 * time / self._uniform(count, 0.06, 0.5))
        echo = torch.randn(count, 2_400, generator=self._rng) * decay
        echo[:, :8] = 0
        echo = echo / echo.pow(2).sum(1, keepdim=True).sqrt() * 10 ** (-self._uniform(count, 2, 25) / 20)
        echo = echo * self._often(count, 0.5)
        echo[:, 0] = 1
        hz = torch.linspace(0, RATE_HZ / 2, spectrum.shape[1])[None]
        octaves = torch.log2(hz.clamp(min=60) / 1_000)
        db = self._uniform(count, -5, 5) * octaves.clamp(-3, 2)
        for _ in range(3):
            centre, width = self._uniform(count, 200, 3_600), self._uniform(count, 150, 900)
            db = db + self._uniform(count, -7, 7) * torch.exp(-(((hz - centre) / width) ** 2))
        low, high = self._uniform(count, 40, 380), self._uniform(count, 2_900, 4_200)
        db = db - 12 * torch.log2((low / hz.clamp(min=20)).clamp(min=1)) - ((hz - high).clamp(min=0) / 20)
        shaped = spectrum * _spectrum(echo, length) * 10 ** (db / 20)
        return _sound(shaped, length)[:, :size]

    def _noise(self, count: int, size: int, sound: Tensor) -> Tensor:
        white = _spectrum(torch.randn(count, size, generator=self._rng), size)
        hz = torch.linspace(0, RATE_HZ / 2, white.shape[1])[None].clamp(min=60)
        coloured = _sound(white * (hz / 1_000) ** self._uniform(count, -1.3, 0.3), size)
        babble = torch.stack([sound.roll(shift, 0).roll(1_777 * shift, 1) for shift in (1, 2, 3, 5)]).sum(0)
        time = torch.arange(size)[None] / RATE_HZ
        hum = torch.sin(2 * math.pi * self._uniform(count, 48, 130) * time)
        hum = hum + 0.5 * torch.sin(2 * math.pi * self._uniform(count, 100, 900) * time)
        parts = [part / part.pow(2).mean(1, keepdim=True).sqrt().clamp(min=1e-6) for part in (coloured, babble, hum)]
        mixed = parts[0] + self._often(count, 0.25) * parts[1] + self._often(count, 0.15) * parts[2]
        return mixed / mixed.pow(2).mean(1, keepdim=True).sqrt().clamp(min=1e-6)

    def _lost(self, sound: Tensor) -> Tensor:
        count, size = sound.shape
        frames = -(-size // 160)
        share = self._often(count, 0.12) * self._uniform(count, 0.01, 0.08)
        kept = (torch.rand(count, frames, generator=self._rng) >= share).float()
        return sound * kept.repeat_interleave(160, 1)[:, :size]

    def bands(self, sound: Tensor, *, warped: bool) -> Tensor:
        """Log energies of the mel bands, (batch, frames, bands)."""
        count = sound.shape[0]
        frames = (
            torch.stft(sound * 32_768, FFT, HOP, WINDOW, self._padded_window(), center=False, return_complex=True).abs()
            ** 2
        )
        pick = torch.randint(0, len(WARPS), (count,), generator=self._rng) if warped else torch.full((count,), 4)
        return torch.log(torch.bmm(self._filters[pick], frames) + 1e3).transpose(1, 2)

    def _padded_window(self) -> Tensor:
        return self._window


def _stack():
    import numpy as np

    return np.stack([filters(warp) for warp in WARPS])


def _mulaw(sound: Tensor) -> Tensor:
    """G.711 and back, near enough: the curve, not its eight segments."""
    squashed = torch.sign(sound) * torch.log1p(255 * sound.abs().clamp(max=1)) / math.log(256)
    steps = torch.round(squashed * 127) / 127
    return torch.sign(steps) * (torch.expm1(steps.abs() * math.log(256)) / 255)


def masked(features: Tensor, generator: torch.Generator) -> Tensor:
    """A few bands and a few frames of each utterance hidden."""
    count, frames, _ = features.shape
    features = features.clone()
    for row in range(count):
        if torch.rand(1, generator=generator) < 0.6:
            width = int(torch.randint(1, 7, (1,), generator=generator))
            start = int(torch.randint(0, BANDS - width, (1,), generator=generator))
            features[row, :, start : start + width] = 0
        if torch.rand(1, generator=generator) < 0.4:
            width = int(torch.randint(1, 8, (1,), generator=generator))
            start = int(torch.randint(0, max(1, frames - width), (1,), generator=generator))
            features[row, start : start + width] = -1.5
    return features
