"""Loudness in decibels below overload."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio import g711
from bakame.audio.format import SILENCE_FRAME
from bakame.audio.level import FLOOR_DB, SILENT, level, level_of_mulaw


def sine(amplitude: float) -> g711.Pcm:
    return np.rint(amplitude * np.sin(2 * np.pi * np.arange(800) / 8)).astype(np.int16)


def test_a_full_scale_sine_is_three_decibels_below_overload() -> None:
    measured = level(sine(32767))
    assert measured.rms_db == pytest.approx(-3.01, abs=0.01)
    assert measured.peak_db == pytest.approx(0, abs=0.01)


def test_half_the_amplitude_is_six_decibels_less() -> None:
    assert level(sine(16384)).rms_db - level(sine(8192)).rms_db == pytest.approx(6.02, abs=0.01)


def test_silence_has_a_floor_and_no_sound_is_silence() -> None:
    assert level_of_mulaw(SILENCE_FRAME) == SILENT
    assert level_of_mulaw(b"") == SILENT


def test_the_clipped_part_counts_samples_at_the_telephone_s_limit() -> None:
    assert level_of_mulaw(b"\x00\x80\xff\xff").clipped == 0.5
    assert level(sine(20000)).clipped == 0
    assert level(np.array([-32768, 32767, 0, 0], np.int16)).clipped == 0.5


def test_the_line_measures_what_was_sent() -> None:
    sent, heard = level(sine(8000)), level_of_mulaw(g711.encode(sine(8000)))
    assert heard.rms_db == pytest.approx(sent.rms_db, abs=0.3)


@given(samples=st.lists(st.integers(-32768, 32767), max_size=300))
def test_levels_are_finite_and_the_mean_is_never_above_the_peak(samples: list[int]) -> None:
    measured = level(np.array(samples, np.int16))
    assert math.isfinite(measured.rms_db)
    assert FLOOR_DB <= measured.rms_db <= measured.peak_db + 1e-9 <= 1e-6
    assert 0 <= measured.clipped <= 1
