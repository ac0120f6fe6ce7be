import numpy as np
import pytest

from bakame.audio import g711
from bakame.audio.format import FRAME_BYTES, SILENCE_FRAME
from bakame.errors import Invalid
from bakame.providers.local.activity import TelephoneActivity
from providers.local.speech import spoken

TWO_SECONDS = np.arange(16_000) / 8000


def speech_frames(audio: bytes) -> list[bool]:
    activity = TelephoneActivity()
    starts = range(0, len(audio) - FRAME_BYTES + 1, FRAME_BYTES)
    return [activity.is_speech(audio[start : start + FRAME_BYTES]) for start in starts]


def mulaw(wave: np.ndarray) -> bytes:
    return g711.encode(wave.astype(np.int16))


def noise(level_db: float, *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 32768 * 10 ** (level_db / 20), TWO_SECONDS.size)


def test_silence_is_no_speech() -> None:
    assert not any(speech_frames(SILENCE_FRAME * 100))


def test_a_voice_is_speech_as_soon_as_it_begins_and_until_it_ends() -> None:
    frames = speech_frames(SILENCE_FRAME * 25 + spoken("Seven times eight is fifty six") + SILENCE_FRAME * 50)
    assert sum(frames) > 60
    assert True in frames[25:35]
    assert not any(frames[-25:])


def test_a_voice_over_line_noise_is_speech_and_the_noise_is_not() -> None:
    voice = g711.decode(spoken("Seven times eight is fifty six")).astype(float)
    line = np.concatenate([noise(-45), np.resize(noise(-45, seed=1), voice.size) + voice, noise(-45, seed=2)])
    frames = speech_frames(mulaw(np.clip(line, -32_000, 32_000)))
    assert sum(frames[:100]) == 0
    assert sum(frames[100:-100]) > 60
    assert sum(frames[-60:]) == 0


@pytest.mark.parametrize("level_db", [-60.0, -45.0])
def test_white_noise_of_a_line_is_no_speech(level_db: float) -> None:
    assert sum(speech_frames(mulaw(noise(level_db)))) == 0


@pytest.mark.parametrize("hum_hz", [50, 100, 440])
def test_a_steady_hum_is_no_speech_after_half_a_second(hum_hz: int) -> None:
    frames = speech_frames(mulaw(3_000 * np.sin(2 * np.pi * hum_hz * TWO_SECONDS)))
    assert not any(frames[25:])


def test_a_whole_paragraph_does_not_become_its_own_noise() -> None:
    frames = speech_frames(spoken("The cow is in the field near the river. " * 8))
    half = len(frames) // 2
    assert sum(frames[half:]) > 0.7 * sum(frames[:half])


def test_a_piece_of_a_frame_is_refused() -> None:
    with pytest.raises(Invalid, match="160"):
        TelephoneActivity().is_speech(b"\xff" * 80)
