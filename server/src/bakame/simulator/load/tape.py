"""What is said on a loaded line, coded so that every byte tells its place: nothing is lost or repeated unseen.

Down, the agents read one endless tape of mu-law: cells of four bytes, 0x80 and the cell's number in three bytes below
0x80. It never holds 0xFF, so silence is told from speech. Up, each frame of a caller holds its number and the call's in
six of the quietest codes (0xF0 to 0xFF, at most 120 of 32,768): a server's voice activity takes it for silence.
"""

from binascii import b2a_base64
from functools import cache
from typing import Final

import numpy as np

from bakame.audio.format import FRAME_BYTES, SILENCE_BYTE

PERIOD: Final = FRAME_BYTES * 13_107
"""Bytes after which the tape begins anew, 262 s: what is lost at once is far less."""
LARGEST_SLICE: Final = 64_000
"""Bytes that can be cut from the tape at once, wherever they begin."""
NUMBERS: Final = 4096
"""Frames after which the numbers of a caller's frames begin anew, 82 s; also more calls than a run may have."""

_CELL: Final = 4
_HEAD: Final = 0x80
_SILENCE: Final = bytes([SILENCE_BYTE])
_NUMBER_BYTES: Final = 3


@cache
def speech() -> bytes:
    """The tape: one period and `LARGEST_SLICE` more."""
    numbers = np.arange((PERIOD + LARGEST_SLICE) // _CELL) % (PERIOD // _CELL)
    cells = np.empty((len(numbers), _CELL), np.uint8)
    cells[:, 0] = _HEAD
    for column, shift in ((1, 14), (2, 7), (3, 0)):
        cells[:, column] = numbers >> shift & 0x7F
    return cells.tobytes()


def place_of(sound: bytes) -> int | None:
    """Where on the tape (0 to `PERIOD`) this piece of it begins; None for what is not on it."""
    head = sound.find(_HEAD)
    if not 0 <= head <= len(sound) - _CELL or len(sound) > LARGEST_SLICE:
        return None
    high, middle, low = sound[head + 1 : head + _CELL]
    place = ((high << 14 | middle << 7 | low) * _CELL - head) % PERIOD
    return place if speech()[place : place + len(sound)] == sound else None


def number_code(number: int) -> bytes:
    """Three quiet bytes that hold a number below `NUMBERS`."""
    return bytes((0xF0 | number >> 8 & 15, 0xF0 | number >> 4 & 15, 0xF0 | number & 15))


@cache
def number_codes() -> tuple[bytes, ...]:
    """All of them."""
    return tuple(number_code(number) for number in range(NUMBERS))


@cache
def encoded_numbers() -> tuple[bytes, ...]:
    """All of them in base64, four characters each: the beginning of a frame's payload."""
    return tuple(b2a_base64(code, newline=False) for code in number_codes())


def rest_of_frame(call: int) -> bytes:
    """What follows a frame's number: the call's number, and silence."""
    return number_code(call) + _SILENCE * (FRAME_BYTES - 2 * _NUMBER_BYTES)


def call_of(frame: bytes) -> int | None:
    """The call that a caller's frame belongs to; None for a frame of nobody's."""
    if len(frame) != FRAME_BYTES or any(byte < 0xF0 for byte in frame[: 2 * _NUMBER_BYTES]):
        return None
    call = _number(frame[_NUMBER_BYTES : 2 * _NUMBER_BYTES])
    return call if frame[_NUMBER_BYTES:] == rest_of_frame(call) else None


def number_of(frame: bytes) -> int:
    """The number of a caller's frame, for one that `call_of` knows."""
    return _number(frame[:_NUMBER_BYTES])


def _number(code: bytes) -> int:
    high, middle, low = code
    return (high & 15) << 8 | (middle & 15) << 4 | low & 15
