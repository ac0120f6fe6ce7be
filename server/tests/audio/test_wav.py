"""WAV files of phones become telephone sound; everything else is refused and nothing breaks."""

import io
import struct
import wave
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio import g711
from bakame.audio.resample import RATES_HZ
from bakame.audio.wav import read_wav, telephone_sound
from bakame.errors import Invalid


def wav(samples: np.ndarray, *, rate_hz: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def raw(form: bytes, sound: bytes, *, between: bytes = b"") -> bytes:
    body = b"fmt " + struct.pack("<I", len(form)) + form + between + b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def tone(rate_hz: int, seconds: float = 0.5) -> np.ndarray:
    return np.rint(8000 * np.sin(2 * np.pi * 440 * np.arange(int(rate_hz * seconds)) / rate_hz)).astype(np.int16)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_tone_is_the_same_tone_on_the_telephone_at_every_rate(rate_hz: int, channels: int) -> None:
    sound = g711.decode(telephone_sound(wav(np.repeat(tone(rate_hz), channels), rate_hz=rate_hz, channels=channels)))
    assert abs(sound.size - 4000) <= 80
    spectrum = np.abs(np.fft.rfft(sound.astype(float) * np.hanning(sound.size)))
    assert abs(np.argmax(spectrum) * 8000 / sound.size - 440) < 4


def test_other_widths_are_read() -> None:
    samples = np.array([0, 256, -256, 32512, -32768], np.int16)
    eight = ((samples.astype(np.int32) >> 8) + 128).astype(np.uint8)
    assert read_wav(wav(eight, width=1))[0].tolist() == samples.tolist()
    three = b"".join(b"\x55" + int(sample).to_bytes(2, "little", signed=True) for sample in samples)
    assert read_wav(raw(struct.pack("<HHIIHH", 1, 1, 8000, 24000, 3, 24), three))[0].tolist() == samples.tolist()
    line = g711.encode(samples)
    mulaw = struct.pack("<HHIIHHH", 7, 1, 8000, 8000, 1, 8, 0)
    assert telephone_sound(raw(mulaw, line)) == line


def test_an_extensible_header_and_chunks_between_are_read() -> None:
    guid = struct.pack("<H", 1) + bytes(14)
    form = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 16_000, 32_000, 2, 16, 22, 16, 4) + guid
    data = raw(form, b"\x01\x00\x02\x00", between=b"LIST" + struct.pack("<I", 3) + b"abc\0")
    samples, rate_hz = read_wav(data)
    assert (samples.tolist(), rate_hz) == ([1, 2], 16_000)


def test_two_channels_become_their_mean_and_a_cut_file_is_read_as_far_as_it_goes() -> None:
    data = wav(np.array([100, 300, -7, 7, 5, 5], np.int16), channels=2)
    assert read_wav(data)[0].tolist() == [200, 0, 5]
    assert read_wav(data[:-3])[0].tolist() == [200, 0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: b"OggS" + bytes(100),
        lambda: b"RIFF\x04\0\0\0WAVE",
        lambda: raw(b"\x01\x00", b"\0\0"),
        lambda: wav(tone(8000), rate_hz=8001),
        lambda: wav(tone(8000)[:3999], channels=3),
        lambda: raw(struct.pack("<HHIIHH", 0x55, 1, 8000, 8000, 1, 0), b"mp3"),
        lambda: raw(struct.pack("<HHIIHH", 1, 0, 8000, 8000, 1, 16), b"\0\0"),
    ],
)
def test_what_is_no_such_sound_is_invalid(make: Callable[[], bytes]) -> None:
    with pytest.raises(Invalid):
        telephone_sound(make())


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_break_it(data: bytes, as_wav: bool) -> None:
    try:
        sound = telephone_sound(b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + data if as_wav else data)
    except Invalid:
        return
    assert len(sound) <= 16 * len(data) + 200
