"""Sound between an engine's format and the line's."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.audio import g711
from bakame.audio.format import PCM16_16K, SILENCE_FRAME, TELEPHONE, AudioFormat
from bakame.audio.resample import Resampler
from bakame.audio.transcode import converter
from bakame.errors import Invalid

FORMATS = [TELEPHONE, *(AudioFormat("pcm16", rate) for rate in (8000, 16000, 22050, 24000, 44100, 48000))]


@pytest.mark.parametrize("sound_format", FORMATS)
def test_equal_formats_pass_the_very_bytes(sound_format: AudioFormat) -> None:
    same = converter(sound_format, sound_format)
    sound = bytes(range(256))
    assert same.push(sound) is sound
    assert same.flush() == b""
    assert same.delay_ms == 0


@given(samples=st.lists(st.integers(-32768, 32767), max_size=400))
def test_pcm_of_the_same_rate_is_only_coded(samples: list[int]) -> None:
    pcm = np.array(samples, np.int16)
    down = converter(AudioFormat("pcm16", 8000), TELEPHONE)
    assert down.push(pcm.astype("<i2").tobytes()) == g711.encode(pcm)
    up = converter(TELEPHONE, AudioFormat("pcm16", 8000))
    assert up.push(g711.encode(pcm)) == g711.decode(g711.encode(pcm)).astype("<i2").tobytes()


@settings(deadline=None)
@given(
    source=st.sampled_from(FORMATS),
    target=st.sampled_from([TELEPHONE, PCM16_16K]),
    sound=st.binary(min_size=2, max_size=4000),
    cuts=st.lists(st.integers(0, 4000), max_size=12),
)
def test_chunks_of_any_length_even_through_a_sample_give_the_same_sound(
    source: AudioFormat, target: AudioFormat, sound: bytes, cuts: list[int]
) -> None:
    sound = sound[: len(sound) // 2 * 2]
    at_once, in_chunks = converter(source, target), converter(source, target)
    expected = at_once.push(sound) + at_once.flush()
    edges = [0, *sorted(cut for cut in cuts if cut < len(sound)), len(sound)]
    pieces = [in_chunks.push(sound[start:end]) for start, end in pairwise(edges)]
    assert b"".join(pieces) + in_chunks.flush() == expected


@pytest.mark.parametrize("source", FORMATS[1:])
def test_an_engine_s_silence_is_the_line_s_silence(source: AudioFormat) -> None:
    to_line = converter(source, TELEPHONE)
    for _ in range(4):
        assert set(to_line.push(bytes(source.bytes_for(20)))) == {0xFF}


def test_wideband_frames_become_telephone_frames_one_for_one() -> None:
    to_line = converter(PCM16_16K, TELEPHONE)
    assert [len(to_line.push(bytes(640))) for _ in range(5)] == [160] * 5
    from_line = converter(TELEPHONE, PCM16_16K)
    assert [len(from_line.push(SILENCE_FRAME)) for _ in range(5)] == [640] * 5


def test_the_delay_is_the_resampler_s() -> None:
    assert converter(PCM16_16K, TELEPHONE).delay_ms == Resampler(16000, 8000).delay_ms


def test_half_a_sample_at_the_end_is_no_sound_and_does_not_shift_the_next_utterance() -> None:
    to_line = converter(AudioFormat("pcm16", 8000), TELEPHONE)
    assert to_line.push(b"\x00\x00\x55") == b"\xff"
    assert to_line.flush() == b""
    assert to_line.push(b"\x00\x00") == b"\xff"


def test_an_unknown_rate_is_refused_when_the_stream_starts() -> None:
    with pytest.raises(Invalid, match="12345 Hz"):
        converter(AudioFormat("pcm16", 12345), TELEPHONE)
