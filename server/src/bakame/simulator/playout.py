"""The carrier's playout buffer, sans-I/O: what the server sends goes in, what the caller hears comes out.

Source: Twilio, "Media Streams: WebSocket messages". Audio is played in order at 8,000 bytes a second of real time. A
mark is echoed when all audio before it was played, at once when nothing is queued. A clear drops the audio and echoes
all outstanding marks at once, in order. More than ten minutes of queued audio is refused (warning 31931).

Time is an argument: seconds of any clock that never goes back.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bakame.audio.format import SILENCE_BYTE

BYTES_PER_S: Final = 8_000
CAPACITY_BYTES: Final = 10 * 60 * BYTES_PER_S
CONTINUOUS_BYTES: Final = BYTES_PER_S * 4 // 10
"""Silence of up to 400 ms between two pieces of sound is a gap in speech; longer, a pause between utterances."""
QUIET_LEVEL: Final = 8
"""Steps from zero, of the finest mu-law segment, below which a sample is no sound: 64 of 32,767."""
QUIET: Final = bytes(byte for byte in range(256) if (~byte & 0x7F) < QUIET_LEVEL)


def is_loud(audio: bytes) -> bool:
    """Whether there is anything louder than line noise in mu-law sound."""
    return bool(audio.translate(None, delete=QUIET))


@dataclass(frozen=True, slots=True)
class Gap:
    """The buffer ran dry in the middle of speech: the caller heard silence for so long."""

    at_ms: float
    length_ms: float


@dataclass(frozen=True, slots=True)
class Echo:
    """A mark that goes back to the server; `cleared` when its sound was dropped instead of played."""

    name: str
    cleared: bool = False


Echoes = tuple[Echo, ...]


@dataclass(slots=True)
class _Piece:
    """Sound still to be played, and the marks that stand behind it."""

    audio: bytearray
    marks: list[str] = field(default_factory=list[str])


class Playout:
    """One caller's ear, from `now` on.

    Every method first plays what was due until its `now`; what that reached is returned, to be sent back at once.
    `way` is what happens between here and the ear: given the sound that is played, as much sound as is heard meanwhile.
    """

    def __init__(self, *, now: float, way: Callable[[bytes], bytes] | None = None) -> None:
        self._start = now
        self._way = way
        self._queue: deque[_Piece] = deque()
        self._queued = 0
        self._heard = bytearray()
        self._gaps: list[Gap] = []
        self._dry_at: int | None = None
        self._sound_until = 0

    @property
    def heard(self) -> bytes:
        """All that the caller heard since the start, mu-law, with silence (0xFF) where nothing played."""
        return bytes(self._heard)

    @property
    def heard_ms(self) -> float:
        """Length of `heard`."""
        return len(self._heard) * 1000 / BYTES_PER_S

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Every time the buffer ran dry within speech."""
        return tuple(self._gaps)

    @property
    def queued_ms(self) -> float:
        """Sound that waits to be played."""
        return self._queued * 1000 / BYTES_PER_S

    @property
    def sound_until_ms(self) -> float:
        """When the caller last heard something louder than line noise; 0 before the first sound."""
        return self._sound_until * 1000 / BYTES_PER_S

    def recent(self, ago: int, count: int) -> bytes:
        """`count` bytes of what was heard until `ago` bytes before now; less where the call is not that old."""
        end = max(0, len(self._heard) - ago)
        return bytes(self._heard[max(0, end - count) : end])

    def play(self, audio: bytes, *, now: float) -> tuple[Echoes, bool]:
        """Queues sound. False when the buffer is full and the sound was thrown away."""
        echoes = self.advance(now=now)
        if self._queued + len(audio) > CAPACITY_BYTES:
            return echoes, False
        if audio:
            self._close_gap()
            self._queue.append(_Piece(bytearray(audio)))
            self._queued += len(audio)
        return echoes, True

    def mark(self, name: str, *, now: float) -> Echoes:
        """Queues a mark behind the sound that is already queued."""
        echoes = self.advance(now=now)
        if not self._queue:
            return (*echoes, Echo(name))
        self._queue[-1].marks.append(name)
        return echoes

    def clear(self, *, now: float) -> Echoes:
        """Drops all queued sound; all outstanding marks come back."""
        echoes = self.advance(now=now)
        dropped = tuple(Echo(name, cleared=True) for piece in self._queue for name in piece.marks)
        self._queue.clear()
        self._queued = 0
        self._dry_at = None
        return echoes + dropped

    def advance(self, *, now: float) -> Echoes:
        """Plays until `now`."""
        # The tiny share of a sample forgives the rounding of clocks that are sums of 0.02.
        due = int((now - self._start) * BYTES_PER_S + 1e-3) - len(self._heard)
        echoes: list[Echo] = []
        while due > 0 and self._queue:
            piece = self._queue[0]
            due -= self._hear(piece.audio, due)
            if not piece.audio:
                echoes += [Echo(name) for name in piece.marks]
                self._queue.popleft()
        if due > 0:
            self._reach(bytes([SILENCE_BYTE]) * due)
        return tuple(echoes)

    def _reach(self, played: bytes) -> None:
        """Brings what is played to the ear."""
        heard = self._way(played) if self._way is not None else played
        self._heard += heard
        if is_loud(heard):
            self._sound_until = len(self._heard)

    def _hear(self, audio: bytearray, due: int) -> int:
        """Plays at most `due` bytes of the piece in front; how many were played."""
        played = bytes(audio[:due])
        del audio[:due]
        self._reach(played)
        self._queued -= len(played)
        if not self._queued:
            self._dry_at = len(self._heard)
        return len(played)

    def _close_gap(self) -> None:
        """Sound follows: was the silence before it a gap?"""
        if self._dry_at is None:
            return
        length = len(self._heard) - self._dry_at
        if 0 < length <= CONTINUOUS_BYTES:
            self._gaps.append(Gap(self._dry_at * 1000 / BYTES_PER_S, length * 1000 / BYTES_PER_S))
        self._dry_at = None
