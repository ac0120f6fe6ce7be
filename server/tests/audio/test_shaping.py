"""Shaping for cheap earpieces: what it does to speech, and what it must not do to noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio import g711
from bakame.audio.level import level
from bakame.audio.shaping import MOST_GAIN_DB, TARGET_DB, Shaper

RATE = 8000


def _tone(hz: float, level_db: float, seconds: float = 4.0) -> bytes:
    amplitude = 32_768 * 10 ** (level_db / 20) * 2**0.5
    return g711.encode((amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)).astype(np.int16))


def _shaped(audio: bytes) -> bytes:
    shaper = Shaper()
    return shaper.push(audio) + shaper.flush()


def _level_db(audio: bytes) -> float:
    return level(g711.decode(audio)).rms_db


@pytest.mark.parametrize("hz", [400, 1000, 2000, 3300])
def test_the_telephone_band_is_kept(hz: int) -> None:
    out = _shaped(_tone(hz, TARGET_DB))
    assert _level_db(out[RATE:-RATE]) == pytest.approx(TARGET_DB, abs=0.7)


@pytest.mark.parametrize("hz", [60, 120, 3900])
def test_what_an_earpiece_only_rattles_with_is_taken_out(hz: int) -> None:
    assert _level_db(_shaped(_tone(hz, -12.0))[RATE:-RATE]) < -40


def test_soft_speech_is_raised_to_the_target_and_loud_speech_lowered() -> None:
    assert _level_db(_shaped(_tone(800, -27.0, 6.0))[-2 * RATE :]) == pytest.approx(TARGET_DB, abs=1.5)
    assert _level_db(_shaped(_tone(800, -8.0, 6.0))[-2 * RATE :]) == pytest.approx(TARGET_DB, abs=1.5)


def test_very_soft_speech_is_raised_no_further_than_the_bound() -> None:
    assert _level_db(_shaped(_tone(800, -40.0, 6.0))[-2 * RATE :]) <= -40 + MOST_GAIN_DB + 0.5


def test_noise_between_words_is_never_raised() -> None:
    rng = np.random.default_rng(1)
    hiss = g711.encode(rng.normal(0, 60, RATE * 6).astype(np.int16))
    before, after = _level_db(hiss), _level_db(_shaped(hiss))
    assert after <= before + 0.1
    words = _tone(800, -30.0, 3.0)
    out = _shaped(words + hiss + words + hiss)
    noise = out[len(words) + RATE : len(words) + len(hiss) - RATE]
    assert _level_db(noise) <= before + 0.1


def test_nothing_is_clipped() -> None:
    loud = g711.encode((32_000 * np.sin(2 * np.pi * 500 * np.arange(RATE) / RATE)).astype(np.int16))
    assert level(g711.decode(_shaped(loud))).clipped == 0


@given(st.integers(0, 1000), st.lists(st.integers(0, 700), max_size=12))
def test_chunks_of_any_size_come_out_as_one(seed: int, sizes: list[int]) -> None:
    audio = g711.encode(np.random.default_rng(seed).normal(0, 3000, 3000).astype(np.int16))
    shaper, out, at = Shaper(), b"", 0
    for size in sizes:
        out += shaper.push(audio[at : at + size])
        at += size
    out += shaper.push(audio[at:]) + shaper.flush()
    assert out == _shaped(audio)
    assert len(out) == len(audio)
