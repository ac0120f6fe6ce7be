"""Recordings in WAV files, brought to the telephone line. Reads RIFF by itself: PCM, float and mu-law, any channels.

Source: Microsoft, "Multiple Channel Audio Data and WAVE Files" (format tags, WAVE_FORMAT_EXTENSIBLE). The standard
library's `wave` reads neither float nor mu-law, nor, in Python 3.11, an extensible header.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bakame.audio import g711
from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.audio.level import Level, level
from bakame.audio.transcode import converter
from bakame.errors import Invalid, Missing

_EXTENSIBLE: Final = 0xFFFE
_FORMAT_BYTES: Final = 16
_SUBFORMAT_AT: Final = 24
_LARGEST_BYTES: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class Recording:
    """Mu-law at 8 kHz; `is_cut`: the file held more. The level is that of the file, before mu-law."""

    audio: bytes
    level: Level
    is_cut: bool

    @property
    def seconds(self) -> float:
        return TELEPHONE.ms_for(len(self.audio)) / 1000


def read_recording(path: Path, *, longest_ms: int) -> Recording:
    """The first `longest_ms` of a file, as the line would carry it. Raises `Missing` or `Invalid`."""
    if not path.is_file():
        raise Missing(f"{path}: no such file")
    if path.stat().st_size > _LARGEST_BYTES:
        raise Invalid(f"{path}: larger than {_LARGEST_BYTES // 1_000_000} MB")
    try:
        rate_hz, sound = _decoded(path.read_bytes())
        most = round(rate_hz * longest_ms / 1000)
        pcm = np.clip(np.rint(sound[:most] * 32_768), -32_768, 32_767).astype(np.int16)
        line = converter(AudioFormat("pcm16", rate_hz), TELEPHONE)
        audio = line.push(pcm.astype("<i2").tobytes()) + line.flush()
    except OSError as error:
        raise Missing(f"{path}: cannot be read") from error
    except Invalid as error:
        raise Invalid(f"{path}: {error}") from error
    return Recording(audio, level(pcm), sound.size > most)


def _decoded(data: bytes) -> tuple[int, NDArray[np.float64]]:
    """Rate and samples of ±1, channels mixed. Raises `Invalid`."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise Invalid("not a WAV file" if data else "an empty file")
    chunks = _chunks(data)
    header, body = chunks.get(b"fmt ", b""), chunks.get(b"data")
    if len(header) < _FORMAT_BYTES or body is None:
        raise Invalid("a WAV file without its format or its sound")
    tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", header)
    if tag == _EXTENSIBLE and len(header) >= _SUBFORMAT_AT + 2:
        (tag,) = struct.unpack_from("<H", header, _SUBFORMAT_AT)
    if not channels:
        raise Invalid("a WAV file without channels")
    samples = _samples(body, tag, bits)
    whole = samples.size // channels * channels
    if not whole:
        raise Invalid("a WAV file without sound")
    return rate_hz, samples[:whole].reshape(-1, channels).mean(axis=1)


def _chunks(data: bytes) -> dict[bytes, bytes]:
    """The first chunk of each name; one that claims more than there is ends with the file, as streams leave it."""
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        found.setdefault(name, data[at + 8 : at + 8 + size])
        at += 8 + size + (size & 1)
    return found


def _samples(body: bytes, tag: int, bits: int) -> NDArray[np.float64]:
    usable = body[: len(body) // max(bits // 8, 1) * max(bits // 8, 1)]
    match tag, bits:
        case (1, 8):
            return (np.frombuffer(usable, np.uint8).astype(np.float64) - 128) / 128
        case (1, 16):
            return np.frombuffer(usable, "<i2").astype(np.float64) / 32_768
        case (1, 24):
            parts = np.frombuffer(usable, np.uint8).reshape(-1, 3)
            wide = np.zeros((len(parts), 4), np.uint8)
            wide[:, 1:] = parts
            return wide.view("<i4").reshape(-1).astype(np.float64) / 2**31
        case (1, 32):
            return np.frombuffer(usable, "<i4").astype(np.float64) / 2**31
        case (3, 32 | 64):
            return np.nan_to_num(np.frombuffer(usable, f"<f{bits // 8}").astype(np.float64), posinf=0, neginf=0)
        case (7, 8):
            return g711.decode(usable).astype(np.float64) / 32_768
        case _:
            raise Invalid(f"WAV format {tag} with {bits} bits a sample is not read: PCM, float or mu-law is")
