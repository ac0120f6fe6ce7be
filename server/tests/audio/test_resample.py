"""What a caller hears of resampled sound: the whole telephone band, no images, no seams, no wrapping."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bakame.audio.g711 import Pcm
from bakame.audio.resample import RATES_HZ, Resampler
from bakame.errors import Invalid

Spectrum = NDArray[np.floating[Any]]

TO_LINE = [rate for rate in RATES_HZ if rate != 8000]
PAIRS = [*((rate, 8000) for rate in TO_LINE), (8000, 16000), (8000, 24000), (8000, 22050), (44100, 48000)]


def tone(hz: float, rate_hz: int, *, seconds: float = 1.0, amplitude: float = 32767.0) -> Pcm:
    times = np.arange(round(rate_hz * seconds)) / rate_hz
    return np.rint(amplitude * np.sin(2 * np.pi * hz * times)).astype(np.int16)


def settled(sound: Pcm, rate_hz: int) -> NDArray[np.float64]:
    """The middle of a sound, away from its start and end."""
    return sound[rate_hz // 10 : -rate_hz // 10].astype(np.float64)


def rms_db(sound: NDArray[np.float64]) -> float:
    """Relative to a full-scale sine."""
    return 20 * float(np.log10(np.sqrt(np.mean(sound**2)) / (32767 / np.sqrt(2)) + 1e-12))


def spectrum_db(sound: NDArray[np.float64], rate_hz: int) -> tuple[Spectrum, Spectrum]:
    """Frequencies, and levels relative to a full-scale sine."""
    window = np.hanning(sound.size)
    magnitude = np.abs(np.fft.rfft(sound * window)) / (window.sum() / 2) / 32767
    levels = 20 * np.log10(magnitude + 1e-9)
    return np.fft.rfftfreq(sound.size, 1 / rate_hz), levels


def convert(sound: Pcm, source_hz: int, target_hz: int) -> Pcm:
    resampler = Resampler(source_hz, target_hz)
    return np.concatenate((resampler.push(sound), resampler.flush()))


@pytest.mark.parametrize("source_hz", TO_LINE)
@pytest.mark.parametrize("hz", [4100, 5000, 7000, 9000, 11000, 15000, 21000])
def test_a_full_scale_tone_above_the_line_leaves_no_image(source_hz: int, hz: int) -> None:
    if hz > source_hz / 2 - 100:
        hz = source_hz // 2 - 100
    heard = settled(convert(tone(hz, source_hz), source_hz, 8000), 8000)
    assert rms_db(heard) < -60


@pytest.mark.parametrize("target_hz", TO_LINE)
@pytest.mark.parametrize("hz", [300, 1000, 3400])
def test_going_up_adds_nothing_above_the_line(target_hz: int, hz: int) -> None:
    heard = settled(convert(tone(hz, 8000), 8000, target_hz), target_hz)
    frequencies, levels = spectrum_db(heard, target_hz)
    assert levels[frequencies > 4100].max() < -60


@pytest.mark.parametrize(("source_hz", "target_hz"), PAIRS)
def test_the_telephone_band_is_flat(source_hz: int, target_hz: int) -> None:
    sent = 20 * np.log10(0.5)
    for hz in (300, 500, 1000, 2000, 2800, 3200, 3400):
        heard = settled(convert(tone(hz, source_hz, amplitude=32767 / 2), source_hz, target_hz), target_hz)
        assert rms_db(heard) == pytest.approx(sent, abs=0.5)


@pytest.mark.parametrize(("source_hz", "target_hz"), PAIRS)
def test_sound_is_late_by_what_delay_ms_says_and_by_5_ms_at_most(source_hz: int, target_hz: int) -> None:
    resampler = Resampler(source_hz, target_hz)
    assert resampler.delay_ms <= 5
    click = np.zeros(source_hz // 10, np.int16)
    click[source_hz // 20] = 30000
    heard = resampler.push(click)
    peak_ms = int(np.argmax(np.abs(heard.astype(int)))) / target_hz * 1000
    assert peak_ms == pytest.approx(50 + resampler.delay_ms, abs=1000 / target_hz)


@pytest.mark.parametrize(("source_hz", "target_hz"), PAIRS)
def test_twenty_ms_in_is_twenty_ms_out_at_once_and_flush_gives_the_rest(source_hz: int, target_hz: int) -> None:
    resampler = Resampler(source_hz, target_hz)
    frame = tone(440, source_hz, seconds=0.02)
    out = [resampler.push(frame).size for _ in range(50)]
    assert sum(out) == pytest.approx(50 * frame.size * target_hz / source_hz, abs=1)
    assert max(out) - min(out) <= 1
    assert resampler.flush().size == pytest.approx(resampler.delay_ms * target_hz / 1000, abs=3)


@settings(deadline=None, max_examples=25)
@given(
    pair=st.sampled_from(PAIRS),
    sizes=st.lists(st.integers(0, 2500), min_size=1, max_size=40),
    seed=st.integers(0, 2**32 - 1),
)
def test_one_second_in_chunks_equals_one_second_at_once(pair: tuple[int, int], sizes: list[int], seed: int) -> None:
    source_hz, target_hz = pair
    sound = np.random.default_rng(seed).integers(-32768, 32768, source_hz).astype(np.int16)
    resampler = Resampler(source_hz, target_hz)
    pieces: list[Pcm] = []
    start = 0
    for size in sizes:
        pieces.append(resampler.push(sound[start : start + size]))
        start += size
    pieces.extend((resampler.push(sound[start:]), resampler.flush()))
    assert np.array_equal(np.concatenate(pieces), convert(sound, source_hz, target_hz))


@pytest.mark.parametrize(("source_hz", "target_hz"), PAIRS)
def test_sample_by_sample_equals_all_at_once(source_hz: int, target_hz: int) -> None:
    sound = np.random.default_rng(7).integers(-32768, 32768, 700).astype(np.int16)
    resampler = Resampler(source_hz, target_hz)
    pieces = [resampler.push(sound[i : i + 1]) for i in range(sound.size)]
    assert np.array_equal(np.concatenate([*pieces, resampler.flush()]), convert(sound, source_hz, target_hz))


@pytest.mark.parametrize(("source_hz", "target_hz"), PAIRS)
def test_too_loud_saturates_and_never_wraps(source_hz: int, target_hz: int) -> None:
    quiet = np.tile(np.repeat(np.array([16383, -16384], np.int16), source_hz // 100), 5)
    loud = convert(quiet * 2, source_hz, target_hz).astype(int)
    expected = np.clip(convert(quiet, source_hz, target_hz).astype(int) * 2, -32768, 32767)
    assert np.abs(loud - expected).max() <= 2
    assert (loud.min(), loud.max()) == (-32768, 32767)


@pytest.mark.parametrize(("source_hz", "target_hz"), PAIRS)
def test_silence_stays_silence_and_a_steady_level_keeps_its_value(source_hz: int, target_hz: int) -> None:
    assert not convert(np.zeros(source_hz, np.int16), source_hz, target_hz).any()
    steady = settled(convert(np.full(source_hz, 10000, np.int16), source_hz, target_hz), target_hz)
    assert np.abs(steady - 10000).max() <= 2


def test_after_a_flush_a_new_stream_begins() -> None:
    resampler = Resampler(22050, 8000)
    sound = tone(1000, 22050, seconds=0.1)
    first = np.concatenate((resampler.push(sound), resampler.flush()))
    again = np.concatenate((resampler.push(sound), resampler.flush()))
    assert np.array_equal(first, again)
    assert resampler.flush().size == 0


@pytest.mark.parametrize(("source_hz", "target_hz"), [(0, 8000), (-8000, 8000), (16000, 12345), (8000, 8000)])
def test_rates_it_cannot_change_are_refused(source_hz: int, target_hz: int) -> None:
    with pytest.raises(Invalid, match="cannot resample"):
        Resampler(source_hz, target_hz)
