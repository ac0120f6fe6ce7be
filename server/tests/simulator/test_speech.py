"""Sound in and out of the simulated phone."""

import asyncio
import io
import wave
from collections.abc import AsyncIterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio import g711
from bakame.audio.format import PCM16_16K, AudioFormat
from bakame.errors import Invalid
from bakame.ports.speech import SpeechChunk, Voice
from bakame.simulator.speech import sound_of, speech_of, stereo_wav


class Tone:
    """A synthesiser that sings a second of 440 Hz in two chunks, cut within a sample."""

    name = "tone"
    format: AudioFormat = PCM16_16K

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        sound = tone(16_000)
        yield SpeechChunk(sound[:10_001])
        yield SpeechChunk(sound[10_001:])


def tone(rate_hz: int) -> bytes:
    wave_ = 8000 * np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz)
    return wave_.astype("<i2").tobytes()


def loudest_hz(sound: bytes) -> float:
    pcm = g711.decode(sound).astype(float)
    return float(np.argmax(np.abs(np.fft.rfft(pcm))) * 8000 / len(pcm))


def wav(frames: bytes, *, channels: int = 1, width: int = 2, rate_hz: int = 8000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(frames)
    return out.getvalue()


def test_speech_becomes_telephone_sound() -> None:
    sound = asyncio.run(speech_of("hello", synthesiser=Tone()))
    assert len(sound) == pytest.approx(8000, abs=100)
    assert loudest_hz(sound) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("rate_hz", [8000, 16_000])
def test_a_wav_file_becomes_telephone_sound(rate_hz: int) -> None:
    assert loudest_hz(sound_of(wav(tone(rate_hz), rate_hz=rate_hz))) == pytest.approx(440, abs=2)


def test_of_a_stereo_file_the_left_side_is_said() -> None:
    left = np.frombuffer(tone(8000), "<i2")
    both = np.column_stack([left, np.zeros_like(left)]).tobytes()
    assert sound_of(wav(both, channels=2)) == sound_of(wav(tone(8000)))


@pytest.mark.parametrize("bad", [b"", b"RIFF", b"not a wave file at all", wav(b"\x80" * 100, width=1)])
def test_other_files_are_refused(bad: bytes) -> None:
    with pytest.raises(Invalid):
        sound_of(bad)


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_a_recording_keeps_both_sides(left: bytes, right: bytes) -> None:
    with wave.open(io.BytesIO(stereo_wav(left=left, right=right))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 8000)
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    length = max(len(left), len(right))
    assert len(frames) == length
    for side, sound in ((frames[:, 0], left), (frames[:, 1], right)):
        assert np.array_equal(side, g711.decode(sound.ljust(length, b"\xff")))
