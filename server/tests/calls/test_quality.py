"""The rating of a line: what lowers it, and what does not."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio import g711
from bakame.audio.format import SILENCE_FRAME
from bakame.calls.quality import LineQuality


def _speech(level_db: float) -> bytes:
    """20 ms of a tone at this RMS level, in dBov."""
    amplitude = 32_768 * 10 ** (level_db / 20) * 2**0.5
    tone = amplitude * np.sin(2 * np.pi * 440 * np.arange(160) / 8000)
    return g711.encode(np.clip(tone, -32_768, 32_767).astype(np.int16))


def _line(*, frame: bytes = SILENCE_FRAME, seconds: float = 20.0, late_ms: tuple[float, ...] = (0.0,)) -> LineQuality:
    quality = LineQuality()
    for number in range(int(seconds * 50)):
        quality.arrived((number * 20 + late_ms[number % len(late_ms)]) / 1000, number * 20, frame)
    return quality


def test_a_clean_line_is_rated_as_good_as_a_telephone_line_can_be() -> None:
    report = _line(frame=_speech(-20)).report()
    assert report.score > 90
    assert (report.lost, report.stalls, report.clipped, report.is_poor) == (0.0, 0, 0.0, False)
    assert report.level_db is not None
    assert abs(report.level_db + 20) < 1


def test_a_short_call_is_not_judged_by_its_sound() -> None:
    assert _line(seconds=2, late_ms=(0.0, 400.0)).report().score > 90


def test_jitter_is_what_rfc_3550_says_and_lowers_the_rating() -> None:
    report = _line(late_ms=(0.0, 80.0)).report()
    assert abs(report.jitter_ms - 80) < 5
    assert report.score < _line().report().score


def test_lost_sound_shows_as_a_gap_of_time_and_makes_a_line_poor() -> None:
    quality = LineQuality()
    for number in range(1000):
        if number % 10 > 2:
            quality.arrived(number * 0.02, number * 20, SILENCE_FRAME)
    report = quality.report()
    assert abs(report.lost - 0.3) < 0.01
    assert report.is_poor


def test_a_voice_too_soft_or_clipped_lowers_the_rating() -> None:
    good = _line(frame=_speech(-20)).report().score
    assert _line(frame=_speech(-40)).report().score <= good - 10
    clipped = _line(frame=_speech(0.0)).report()
    assert clipped.clipped > 0.01
    assert clipped.score <= good - 10


def test_a_caller_who_is_not_understood_has_a_bad_line_for_us() -> None:
    quality = _line()
    before = quality.report().score
    quality.not_understood = 3
    assert quality.report().score == before - 15


@given(
    st.lists(st.tuples(st.floats(0, 500), st.integers(0, 10), st.binary(max_size=400)), max_size=80),
    st.integers(0, 100),
)
def test_a_rating_is_always_between_0_and_100(frames: list[tuple[float, int, bytes]], missed: int) -> None:
    quality = LineQuality()
    quality.not_understood = missed
    now = timestamp_ms = 0.0
    for late_ms, skipped, audio in frames:
        now += 0.02 + late_ms / 1000
        timestamp_ms += 20 * (1 + skipped)
        quality.arrived(now, int(timestamp_ms), audio)
    assert 0 <= quality.report().score <= 100
