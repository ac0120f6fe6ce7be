"""Sound out of WAV files, as phones and gateways write them.

Source: IBM and Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF, WAVE); Microsoft,
"Multiple Channel Audio Data and WAVE Files" (WAVE_FORMAT_EXTENSIBLE).
"""

import struct
from collections.abc import Iterator
from typing import Final

import numpy as np

from bakame.audio import g711
from bakame.audio.format import PCM16_16K, TELEPHONE, AudioFormat
from bakame.audio.g711 import Pcm
from bakame.audio.resample import RATES_HZ
from bakame.audio.transcode import converter
from bakame.errors import Invalid

_EXTENSIBLE: Final = 0xFFFE
_FORMAT: Final = struct.Struct("<HHIIHH")
_MOST_CHANNELS: Final = 2


def read_wav(data: bytes) -> tuple[Pcm, int]:
    """The samples, mono (the mean of two channels), and their rate in hertz.

    Takes 8, 16 and 24 bits linear and 8 bits mu-law at the rates `RATES_HZ`; a file that was cut off is read as far as
    it goes. Raises `Invalid` for anything else.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise Invalid("this is not a WAV file")
    chunks = dict(reversed(list(_chunks(data))))  # of two of a kind the first
    form, sound = chunks.get(b"fmt ", b""), chunks.get(b"data")
    if len(form) < _FORMAT.size or sound is None:
        raise Invalid("the WAV file has no format or no sound")
    tag, channels, rate_hz, _, _, bits = _FORMAT.unpack_from(form)
    if tag == _EXTENSIBLE and len(form) >= 26:
        (tag,) = struct.unpack_from("<H", form, 24)
    if channels not in range(1, _MOST_CHANNELS + 1) or rate_hz not in RATES_HZ:
        raise Invalid(f"a WAV file with {channels} channels at {rate_hz} Hz cannot be read")
    samples = _samples(sound, tag, bits)
    whole = samples.size - samples.size % channels
    if channels == 1:
        return samples, rate_hz
    return np.rint(samples[:whole].reshape(-1, channels).mean(axis=1)).astype(np.int16), rate_hz


def telephone_sound(data: bytes) -> bytes:
    """A WAV file as telephone sound: mu-law at 8 kHz. Raises `Invalid` as `read_wav`."""
    samples, rate_hz = read_wav(data)
    transcoder = converter(AudioFormat(PCM16_16K.encoding, rate_hz), TELEPHONE)
    return transcoder.push(samples.astype(np.dtype("<i2"), copy=False).tobytes()) + transcoder.flush()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _samples(sound: bytes, tag: int, bits: int) -> Pcm:
    match tag, bits:
        case 1, 8:
            return (np.frombuffer(sound, np.uint8).astype(np.int16) - 128) * np.int16(256)
        case 1, 16:
            return np.frombuffer(sound, np.dtype("<i2"), len(sound) // 2).astype(np.int16, copy=False)
        case 1, 24:
            whole = np.frombuffer(sound, np.uint8, len(sound) // 3 * 3).reshape(-1, 3)
            return np.ascontiguousarray(whole[:, 1:]).view(np.dtype("<i2")).reshape(-1).astype(np.int16, copy=False)
        case 7, 8:
            return g711.decode(sound)
        case _:
            raise Invalid(f"WAV sound of format {tag} with {bits} bits cannot be read")
