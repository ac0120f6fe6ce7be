"""The sound that no settled result covers yet, sans-I/O."""

from collections.abc import Iterator
from typing import Final

from bakame.audio.format import TELEPHONE

PIECE_BYTES: Final = TELEPHONE.bytes_for(250)
"""The longest piece that Deepgram wants in one message."""


class UnsettledSound:
    """Kept so that it can be sent again. Positions are bytes since the hearing began; the oldest beyond `most` go."""

    def __init__(self, *, most: int) -> None:
        self._sound = bytearray()
        self._most = most
        self.begin = 0

    @property
    def end(self) -> int:
        return self.begin + len(self._sound)

    def push(self, audio: bytes) -> None:
        self._sound += audio
        self.settle(self.end - self._most)

    def settle(self, position: float) -> None:
        """Whatever was said before `position` is understood; a fraction of a byte is the rounding of seconds."""
        size = int(min(max(position - self.begin + 0.5, 0), len(self._sound)))
        del self._sound[:size]
        self.begin += size

    def pieces(self) -> Iterator[bytes]:
        """All of it, none of them empty."""
        for start in range(0, len(self._sound), PIECE_BYTES):
            yield bytes(self._sound[start : start + PIECE_BYTES])
