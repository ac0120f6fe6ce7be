"""G.711 mu-law, by table.

Source: ITU-T G.711 (11/88), table 2. Samples are 16-bit; the recommendation's 14-bit scale is theirs divided by four.
The sign is taken before the magnitude is quantised, as the recommendation draws it, so both halves are symmetric.
(CPython's `audioop` floors to 14 bits first and so lands one step lower on 381 negative values.)
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.int16]
"""Linear samples, mono."""

FULL_SCALE: Final = 32124
"""The largest magnitude that mu-law can say."""

_BIAS: Final = 132
_CLIP: Final = 32635
_POSITIVE: Final = 0xFF
_NEGATIVE: Final = 0x7F


def _encode_table() -> NDArray[np.uint8]:
    """The byte of every sample, at the index that the sample's bits make when read without a sign."""
    samples = np.arange(1 << 16, dtype=np.uint16).view(np.int16).astype(np.int32)
    biased = np.minimum(np.abs(samples), _CLIP) + _BIAS
    segment = np.frexp(biased)[1] - 8
    step = (biased >> (segment + 3)) & 0x0F
    inverted = np.where(samples < 0, _NEGATIVE, _POSITIVE)
    return (inverted ^ (segment << 4 | step)).astype(np.uint8)


def _decode_table() -> Pcm:
    """The sample of every byte."""
    codes = ~np.arange(1 << 8, dtype=np.uint8)
    segment, step = (codes >> 4 & 0x07).astype(np.int32), (codes & 0x0F).astype(np.int32)
    magnitude = ((2 * step + 33) << (segment + 2)) - _BIAS
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


_ENCODE: Final = _encode_table()
_DECODE: Final = _decode_table()


def encode(pcm: Pcm) -> bytes:
    """Mu-law of linear samples, one byte each. Samples beyond ±32,635 become the outermost step."""
    return _ENCODE[pcm.view(np.uint16)].tobytes()


def decode(data: bytes) -> Pcm:
    """Linear samples of mu-law, one for each byte. 0xFF and 0x7F are both zero."""
    return _DECODE[np.frombuffer(data, np.uint8)]
