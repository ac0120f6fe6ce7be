"""Recordings of every usual kind arrive on the line as the same sound."""

import struct
from pathlib import Path

import numpy as np
import pytest

from bakame.app.recordings import read_recording
from bakame.audio import g711
from bakame.audio.format import TELEPHONE
from bakame.errors import Invalid, Missing

TONE_HZ = 500


def wav(body: bytes, *, tag: int, channels: int, rate_hz: int, bits: int, extensible: bool = False) -> bytes:
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", 0xFFFE if extensible else tag, channels, rate_hz, rate_hz * block, block, bits)
    if extensible:
        head += struct.pack("<HHIH14s", 22, bits, 0, tag, b"")
    chunks = b"".join(
        name + struct.pack("<I", len(chunk)) + chunk + b"\0" * (len(chunk) & 1)
        for name, chunk in ((b"fmt ", head), (b"LIST", b"abc"), (b"data", body))
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def tone(rate_hz: int, *, seconds: float = 0.5) -> np.ndarray:
    return 0.4 * np.sin(2 * np.pi * TONE_HZ * np.arange(int(rate_hz * seconds)) / rate_hz)


def body(sound: np.ndarray, tag: int, bits: int) -> bytes:
    match tag, bits:
        case (1, 8):
            return (sound * 128 + 128).astype(np.uint8).tobytes()
        case (1, 24):
            return (sound * 2**31).astype("<i4").view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
        case (1, _):
            return (sound * 2 ** (bits - 1)).astype(f"<i{bits // 8}").tobytes()
        case (3, _):
            return sound.astype(f"<f{bits // 8}").tobytes()
        case _:
            return g711.encode((sound * 32_768).astype(np.int16))


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize(("tag", "bits"), [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64), (7, 8)])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_usual_kind_of_file_is_heard(tmp_path: Path, rate_hz: int, tag: int, bits: int, channels: int) -> None:
    path = tmp_path / "tone.wav"
    sound = np.repeat(tone(rate_hz), channels)
    path.write_bytes(
        wav(body(sound, tag, bits), tag=tag, channels=channels, rate_hz=rate_hz, bits=bits, extensible=bits > 16)
    )
    recording = read_recording(path, longest_ms=15_000)
    assert recording.seconds == pytest.approx(0.5, abs=0.01)
    assert recording.level.rms_db == pytest.approx(20 * np.log10(0.4 / np.sqrt(2)), abs=0.3)
    spectrum = np.abs(np.fft.rfft(g711.decode(recording.audio).astype(float)))
    assert spectrum.argmax() * TELEPHONE.rate_hz / len(recording.audio) == pytest.approx(TONE_HZ, abs=5)
    assert not recording.is_cut


def test_what_is_too_long_is_cut_and_said(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    path.write_bytes(wav(body(tone(8_000, seconds=3), 1, 16), tag=1, channels=1, rate_hz=8_000, bits=16))
    recording = read_recording(path, longest_ms=1_000)
    assert (recording.seconds, recording.is_cut) == (1.0, True)


def test_a_file_that_a_stream_left_open_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "stream.wav"
    data = wav(body(tone(8_000), 1, 16), tag=1, channels=1, rate_hz=8_000, bits=16)
    at = data.index(b"data") + 4
    path.write_bytes(data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :])
    assert read_recording(path, longest_ms=15_000).seconds == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "empty"),
        (b"ID3 and so on, a song", "not a WAV"),
        (b"RIFF\0\0\0\0WAVE", "without its format"),
        (wav(b"", tag=1, channels=1, rate_hz=8_000, bits=16), "without sound"),
        (wav(b"ab", tag=1, channels=0, rate_hz=8_000, bits=16), "without channels"),
        (wav(b"abcd", tag=85, channels=1, rate_hz=8_000, bits=16), "format 85"),
        (wav(b"abcd", tag=1, channels=1, rate_hz=1_234, bits=16), "1234"),
    ],
)
def test_what_is_no_recording_is_refused_by_name(tmp_path: Path, data: bytes, complaint: str) -> None:
    path = tmp_path / "wrong.wav"
    path.write_bytes(data)
    with pytest.raises(Invalid, match=complaint) as caught:
        read_recording(path, longest_ms=15_000)
    assert "wrong.wav" in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="no such file"):
        read_recording(tmp_path / "none.wav", longest_ms=15_000)
