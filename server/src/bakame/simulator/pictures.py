"""Pictures and voice notes whose words a program can read: real files, with the words in a place for text.

Source: PNG specification (third edition), "iTXt International textual data"; RFC 7845, "Ogg Encapsulation for the Opus
Audio Codec", and RFC 3533, "The Ogg Encapsulation Format".
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

WORDS: Final = "Words"
"""The keyword of what stands in a picture."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_TEXT: Final = WORDS.encode() + bytes(5)
"""The keyword's end; not compressed, twice; no language; no other keyword."""
_SIDE: Final = 8
_OGG_POLYNOMIAL: Final = 0x04C11DB7
_COMMENT: Final = b"DESCRIPTION="


def picture_saying(words: str) -> bytes:
    """A small white PNG with these words in it."""
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 0, 0, 0, 0)
    text = _TEXT + words.encode()
    pixels = zlib.compress((b"\0" + b"\xff" * _SIDE) * _SIDE)
    chunks = ((b"IHDR", head), (b"iTXt", text), (b"IDAT", pixels), (b"IEND", b""))
    return _PNG + b"".join(_chunk(name, data) for name, data in chunks)


def words_in_picture(png: bytes) -> str | None:
    """The words in a PNG, empty when there are none; None for a file that is broken or something else."""
    if not png.startswith(_PNG):
        return None
    words, ended = "", False
    for name, data in _chunks(png):
        if name == b"iTXt" and data.startswith(_TEXT):
            words = data[len(_TEXT) :].decode(errors="replace")
        ended = name == b"IEND"
    return words if ended else None


def note_saying(words: str) -> bytes:
    """An Ogg file with the heads of an Opus stream, and these words in its comment."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    comment = _COMMENT + words.encode()
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<II", 1, len(comment)) + comment
    return _page(head, 0, flags=2) + _page(tags, 1, flags=4)


def words_in_note(ogg: bytes) -> str | None:
    """The words in an Ogg file of `note_saying`; None for another file."""
    start = ogg.find(b"OpusTags")
    if not ogg.startswith(b"OggS") or start < 0:
        return None
    (size,) = struct.unpack_from("<I", ogg, start + 16)
    comment = ogg[start + 20 : start + 20 + size]
    return comment.removeprefix(_COMMENT).decode(errors="replace") if len(comment) == size else None


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Whole chunks with the right check sum, up to the first that is not."""
    at = len(_PNG)
    while at + 12 <= len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        body = png[at + 4 : at + 8 + size]
        check = png[at + 8 + size : at + 12 + size]
        if len(check) < 4 or zlib.crc32(body) != int.from_bytes(check, "big"):
            return
        yield body[:4], body[4:]
        at += 12 + size


def _page(packet: bytes, number: int, *, flags: int) -> bytes:
    full, rest = divmod(len(packet), 255)
    lacing = bytes([255] * full + [rest])
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, 0, 1, number, 0) + bytes([len(lacing)]) + lacing
    page = bytearray(head + packet)
    page[22:26] = struct.pack("<I", _ogg_check(page))
    return bytes(page)


def _ogg_check(page: bytes | bytearray) -> int:
    """The CRC of RFC 3533: no reflection, no inversion."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ _OGG_POLYNOMIAL if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value
