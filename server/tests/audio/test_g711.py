"""G.711 against a reference written here from the recommendation's segments, and against known values."""

from bisect import bisect_right
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio import g711

SAMPLES = np.arange(-32768, 32768)

OUTPUTS = [33 * 2**segment - 33 + step * 2 * 2**segment for segment in range(8) for step in range(16)]
"""ITU-T G.711, table 2, in its 14-bit scale: eight segments of sixteen steps, each segment's steps twice as wide
as those of the one before. A step's output stands in its middle."""
DECISIONS = [output - 2**segment for segment in range(8) for output in OUTPUTS[segment * 16 : segment * 16 + 16]]
"""Where each step begins; the first straddles zero."""


def reference_decode(byte: int) -> int:
    code = 0xFF - byte
    return -4 * OUTPUTS[code - 128] if code >= 128 else 4 * OUTPUTS[code]


def reference_encode(sample: int) -> int:
    code = bisect_right(DECISIONS, Fraction(abs(sample), 4)) - 1
    return (0x7F if sample < 0 else 0xFF) - code


def audioop_encode(sample: int) -> int:
    """What CPython's `audioop.lin2ulaw` does: it floors to 14 bits before it takes the sign."""
    return reference_encode(sample >> 2 << 2)


@pytest.fixture(scope="module")
def encoded() -> bytes:
    return g711.encode(SAMPLES.astype(np.int16))


def test_every_byte_decodes_as_the_recommendation_says() -> None:
    assert g711.decode(bytes(range(256))).tolist() == [reference_decode(byte) for byte in range(256)]


def test_every_sample_encodes_as_the_recommendation_says(encoded: bytes) -> None:
    assert encoded == bytes(reference_encode(sample) for sample in SAMPLES.tolist())


@pytest.mark.parametrize(
    ("sample", "byte", "back"),
    [
        (0, 0xFF, 0),
        (100, 0xF2, 104),
        (-100, 0x72, -104),
        (1000, 0xCE, 988),
        (-1000, 0x4E, -988),
        (8031, 0xA0, 7932),
        (32767, 0x80, 32124),
        (-32768, 0x00, -32124),
    ],
)
def test_known_values(sample: int, byte: int, back: int) -> None:
    assert g711.encode(np.array([sample], np.int16)) == bytes([byte])
    assert g711.decode(bytes([byte])).tolist() == [back]


def test_audioop_agrees_but_for_negative_samples_that_it_floors_into_the_next_step(encoded: bytes) -> None:
    differ = [sample for sample in SAMPLES.tolist() if encoded[sample + 32768] != audioop_encode(sample)]
    beside = {-4 * decision + above for decision in DECISIONS[1:] for above in (1, 2, 3)}
    assert set(differ) == beside
    assert len(differ) == 381


@given(data=st.binary(max_size=500))
def test_coding_twice_changes_nothing_but_the_sign_of_zero(data: bytes) -> None:
    assert g711.encode(g711.decode(data)) == data.replace(b"\x7f", b"\xff")


def test_silence_is_ff_and_zero_bytes_are_a_click() -> None:
    assert g711.encode(np.zeros(160, np.int16)) == b"\xff" * 160
    assert g711.decode(b"\x00").tolist() == [-g711.FULL_SCALE]


def test_nothing_gives_nothing() -> None:
    assert g711.encode(np.zeros(0, np.int16)) == b""
    assert g711.decode(b"").size == 0
