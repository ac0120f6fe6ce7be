"""Sizes and lengths of sound."""

import pytest

from bakame.audio import g711
from bakame.audio.format import FRAME_BYTES, FRAME_MS, PCM16_16K, SILENCE_FRAME, TELEPHONE, AudioFormat


@pytest.mark.parametrize(("sound", "size"), [(TELEPHONE, 160), (PCM16_16K, 640), (AudioFormat("pcm16", 22050), 882)])
def test_twenty_ms_have_a_size_and_the_size_has_twenty_ms(sound: AudioFormat, size: int) -> None:
    assert sound.bytes_for(20) == size
    assert sound.ms_for(size) == 20


def test_sizes_are_whole_samples() -> None:
    assert AudioFormat("pcm16", 22050).bytes_for(1) == 44
    assert PCM16_16K.bytes_for(0.03) == 0


def test_the_silence_frame_is_one_silent_telephone_frame() -> None:
    assert len(SILENCE_FRAME) == FRAME_BYTES == TELEPHONE.bytes_for(FRAME_MS)
    assert not g711.decode(SILENCE_FRAME).any()
