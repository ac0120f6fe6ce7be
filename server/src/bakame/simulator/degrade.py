"""What a handset, a room and a mobile codec do to speech, as streams of 20 ms frames of the telephone line.

The models are simple, and honest about it:

- `MobileCodec` is no GSM: it has its band (300 to 3,400 Hz), its pre-emphasis (0.86) and its block-adaptive quantiser
  (blocks of 5 ms, a peak in 6 logarithmic bits, 3 bits a sample as in GSM 06.10, 4.2.16), without linear prediction,
  long-term prediction or decimation. What it leaves is noise that follows the speech's own level, as a codec's does.
- `Noise` is drawn once, from a seed, as a loop of ten seconds: mains hum with odd harmonics; traffic as low-frequency
  noise that swells and passes; babble as eight talkers made of voiced pulses and hiss in syllables.
- `Concealer` repeats the last frame, fainter each time, and is silent after 60 ms, as ITU-T G.711 Appendix I fades.
- Echo is the tutor's sound again in the microphone: later by a delay, fainter by so many decibels, nothing else.

Decibels of level are dBov, as in `bakame.audio.level`. All state is kept between frames; nothing here waits or knows
the time, and a frame out has the length of the frame in.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bakame.audio import g711
from bakame.audio.format import FRAME_BYTES, FRAME_MS, SILENCE_BYTE, SILENCE_FRAME, TELEPHONE
from bakame.errors import Invalid

Samples = NDArray[np.floating[Any]]
"""Linear samples, mono, 16-bit scale."""

RATE_HZ: Final = TELEPHONE.rate_hz
SPEECH_DB: Final = -26.0
"""The level of a talker who is not too loud or too quiet, to which an SNR refers: ITU-T P.56's usual active level."""
CODEC_DELAY_SAMPLES: Final = 64
LOOP_S: Final = 10

_OVERLOAD: Final = 32768.0
_BLOCK: Final = 40
_PRE_EMPHASIS: Final = 0.86
_LOADING: Final = {1: 0.8, 2: 0.6, 3: 0.85}
_FADE_PER_FRAME: Final = 0.5
_FADE_FRAMES: Final = 3


class NoiseKind(StrEnum):
    """What is heard in a room beside the caller."""

    HUM = "hum"
    TRAFFIC = "traffic"
    BABBLE = "babble"


@dataclass(frozen=True, slots=True)
class Echo:
    """The tutor's sound in the caller's microphone: `delay_ms` later, `loss_db` fainter."""

    delay_ms: float
    loss_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where the caller is, and what the handset is like. Without an argument: a quiet room and a good handset.

    `gain_db` is how the caller's voice differs from its recording. `noise_db`, the SNR: noise is so many dB below
    `SPEECH_DB`, however loud the caller is. `clip_db`: the microphone says nothing louder than this (dBov).
    """

    gain_db: float = 0.0
    noise: NoiseKind | None = None
    noise_db: float = 20.0
    clip_db: float = 0.0
    echo: Echo | None = None
    seed: int = 0


QUIET_ROOM: Final = Room()


class Fir:
    """A filter with finite response over a stream of any chunks."""

    def __init__(self, taps: Samples) -> None:
        self._taps = taps
        self._past = np.zeros(taps.size - 1)

    def push(self, samples: Samples) -> Samples:
        """As many samples out as in."""
        joined = np.concatenate((self._past, samples))
        self._past = joined[joined.size - self._past.size :]
        return np.convolve(joined, self._taps, "valid")


def band_taps(low_hz: float, high_hz: float) -> Samples:
    """A band-pass of linear phase, `CODEC_DELAY_SAMPLES` late: a Hamming-windowed sinc, 6 dB down at the two edges."""
    at = np.arange(-CODEC_DELAY_SAMPLES, CODEC_DELAY_SAMPLES + 1)
    taps = 2 / RATE_HZ * (high_hz * np.sinc(2 * high_hz / RATE_HZ * at) - low_hz * np.sinc(2 * low_hz / RATE_HZ * at))
    return taps * np.hamming(at.size)


class MobileCodec:
    """Mu-law through a mobile telephone's codec and back. `bits` a sample: 3 as full rate, 2 for a worse one.

    Frames are whole blocks of 5 ms; the sound is `CODEC_DELAY_SAMPLES` later.
    """

    def __init__(self, *, bits: int = 3) -> None:
        """Raises `Invalid` for less than 1 or more than 8 bits."""
        if not 1 <= bits <= 8:
            raise Invalid(f"a codec of {bits} bits a sample is none")
        self._half_steps = 1 << (bits - 1)
        self._loading = _LOADING.get(bits, 1.0)
        self._band = Fir(band_taps(300, 3400))
        self._before = 0.0
        # 0.86^k, cut where it is below a thousandth of a step.
        self._de_emphasis = Fir(_PRE_EMPHASIS ** np.arange(96))

    def push(self, audio: bytes) -> bytes:
        """Sound of any length, as much out as in."""
        if not audio:
            return b""
        sound = self._band.push(g711.decode(audio).astype(np.float64))
        lifted = sound - _PRE_EMPHASIS * np.concatenate(([self._before], sound[:-1]))
        self._before = float(sound[-1])
        return to_mulaw(self._de_emphasis.push(self._quantised(lifted)))

    def _quantised(self, samples: Samples) -> Samples:
        blocks = np.pad(samples, (0, -samples.size % _BLOCK)).reshape(-1, _BLOCK)
        peak = np.abs(blocks).max(axis=1, keepdims=True)
        # Six bits for the peak of a block: four steps an octave.
        coded = 2.0 ** (np.ceil(4 * np.log2(np.maximum(peak, 1.0))) / 4)
        # Few samples of a block are near its peak: with few steps it is better to clip those.
        step = coded * self._loading / self._half_steps
        level = np.clip(np.floor(blocks / step), -self._half_steps, self._half_steps - 1)
        decoded = np.where(peak < 8, 0.0, (level + 0.5) * step)
        return decoded.reshape(-1)[: samples.size]


class Noise:
    """An endless noise from a loop of ten seconds, at one level (dBov)."""

    def __init__(self, kind: NoiseKind, *, level_db: float, seed: int) -> None:
        made = _NOISES[kind](np.random.default_rng(seed))
        power = float(np.sqrt(np.mean(made**2)))
        self._loop = made * (_OVERLOAD * 10 ** (level_db / 20) / power)
        self._at = 0

    def next(self, count: int) -> Samples:
        """The next `count` samples."""
        at = (self._at + np.arange(count)) % self._loop.size
        self._at = (self._at + count) % self._loop.size
        return self._loop[at]


def _hum(rng: np.random.Generator) -> Samples:
    at = np.arange(LOOP_S * RATE_HZ) / RATE_HZ
    phases = rng.uniform(0, 2 * np.pi, 10)
    return np.sum([np.sin(2 * np.pi * 50 * n * at + phases[n // 2]) / n for n in range(1, 20, 2)], axis=0)


def _traffic(rng: np.random.Generator) -> Samples:
    size = LOOP_S * RATE_HZ
    spectrum = np.fft.rfft(rng.standard_normal(size))
    frequency = np.fft.rfftfreq(size, 1 / RATE_HZ)
    road = np.fft.irfft(spectrum / np.maximum(frequency, 60.0), size)
    at = np.arange(size) / RATE_HZ
    passing = sum(np.exp(-(((at - when) / 0.8) ** 2)) for when in rng.uniform(1, LOOP_S - 1, 4))
    return road * (0.4 + passing)


def _babble(rng: np.random.Generator) -> Samples:
    size = LOOP_S * RATE_HZ
    at = np.arange(size) / RATE_HZ
    room = np.zeros(size)
    for _ in range(8):
        pitch_hz = rng.uniform(90, 240)
        wobble = np.sin(2 * np.pi * rng.uniform(0.3, 0.8) * at + rng.uniform(0, 6))
        pulses = np.sign(np.sin(2 * np.pi * pitch_hz * at + 6 * wobble)) + 0.5 * rng.standard_normal(size)
        voice = Fir(band_taps(rng.uniform(250, 400), rng.uniform(1500, 3000))).push(pulses)
        # Syllables come some four times a second, and phrases pause.
        syllables = np.maximum(0, np.sin(2 * np.pi * rng.uniform(3, 5) * at + rng.uniform(0, 6)))
        phrases = np.sin(2 * np.pi * rng.uniform(0.2, 0.5) * at + rng.uniform(0, 6)) > -0.5
        room += voice * syllables * phrases * rng.uniform(0.5, 1)
    return room


_NOISES: Final = {NoiseKind.HUM: _hum, NoiseKind.TRAFFIC: _traffic, NoiseKind.BABBLE: _babble}


class Concealer:
    """What a receiver plays for a frame that did not come."""

    def __init__(self) -> None:
        self._last = SILENCE_FRAME
        self._missing = 0

    def heard(self, frame: bytes) -> bytes:
        """A frame that came: itself."""
        self._last, self._missing = frame, 0
        return frame

    def missing(self) -> bytes:
        """The frame before, at half the level each time, and silence in the end."""
        self._missing += 1
        if self._missing > _FADE_FRAMES:
            return bytes([SILENCE_BYTE]) * len(self._last)
        return to_mulaw(g711.decode(self._last) * _FADE_PER_FRAME**self._missing)


class Microphone:
    """What a handset in a room sends of what its caller says."""

    def __init__(self, room: Room) -> None:
        """Raises `Invalid` for an echo that comes before its sound."""
        self._gain = 10 ** (room.gain_db / 20)
        self._ceiling = _OVERLOAD * 10 ** (room.clip_db / 20)
        self._noise: Noise | None = None
        if room.noise is not None:
            self._noise = Noise(room.noise, level_db=SPEECH_DB - room.noise_db, seed=room.seed)
        self._echo = room.echo
        if room.echo is not None and room.echo.delay_ms < 0:
            raise Invalid("an echo comes after its sound")
        self._lag = round(RATE_HZ * room.echo.delay_ms / 1000) if room.echo is not None else 0

    @property
    def echo_from(self) -> int:
        """How many samples back from now the tutor's sound is in the microphone; 0 without an echo."""
        return self._lag

    def push(self, frame: bytes, *, ear: bytes = b"") -> bytes:
        """A frame of the caller's. `ear`: as much of the tutor's sound, of `echo_from` samples ago."""
        sound = g711.decode(frame) * self._gain
        if self._noise is not None:
            sound = sound + self._noise.next(sound.size)
        if self._echo is not None and ear:
            heard = g711.decode(ear[: sound.size].ljust(sound.size, bytes([SILENCE_BYTE])))
            sound = sound + heard * 10 ** (-self._echo.loss_db / 20)
        return to_mulaw(np.clip(sound, -self._ceiling, self._ceiling))


def to_mulaw(samples: Samples) -> bytes:
    """Mu-law of samples, rounded; what is too loud is as loud as mu-law can be."""
    return g711.encode(np.clip(np.rint(samples), -32768, 32767).astype(np.int16))


def noise_frames(kind: NoiseKind, *, level_db: float, seconds: float, seed: int = 0) -> bytes:
    """Only the noise, mu-law, in whole frames of 20 ms."""
    noise = Noise(kind, level_db=level_db, seed=seed)
    return b"".join(to_mulaw(noise.next(FRAME_BYTES)) for _ in range(round(seconds * 1000 / FRAME_MS)))
