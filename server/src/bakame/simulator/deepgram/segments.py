"""Where live recognition cuts the sound it gets, by voice activity; sans-I/O.

Positions are bytes of mu-law at 8 kHz.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bakame.audio.format import FRAME_BYTES, FRAME_MS, TELEPHONE
from bakame.audio.level import level_of_mulaw

_VOICE_DB: Final = -45.0
_INTERIM: Final = TELEPHONE.bytes_for(1_000)
_LONG: Final = TELEPHONE.bytes_for(5_000)
_LONGEST: Final = TELEPHONE.bytes_for(8_000)
_BREATH_MS: Final = 100
_EMPTY: Final = TELEPHONE.bytes_for(3_000)


@dataclass(frozen=True, slots=True)
class Began:
    """Speech was noticed."""

    position: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of sound to be understood. `has_voice` is false where there is nothing to understand."""

    start: int
    sound: bytes
    has_voice: bool
    settled: bool
    ends_speech: bool = False
    asked_for: bool = False


@dataclass(frozen=True, slots=True)
class Fell:
    """No word for `utterance_end_ms`; the last one ended here."""

    position: int


Step = Began | Stretch | Fell


class Segmenter:
    """One channel of one connection.

    A long speech is settled piece by piece, at breaths; a guess comes with each second of speech; `endpointing_ms` of
    silence end it (None: never); in silence an empty stretch is settled every three seconds.
    """

    def __init__(self, *, endpointing_ms: int | None, utterance_end_ms: int | None, interim: bool) -> None:
        self._endpointing_ms = endpointing_ms
        self._utterance_end_ms = utterance_end_ms
        self._interim = interim
        self._carried = b""
        self._sound = bytearray()
        self._start = 0
        self._has_voice = False
        self._speaking = False
        self._silent_ms = 0
        self._guessed = 0
        self._last_voice: int | None = None

    @property
    def position(self) -> int:
        """How much sound has come in."""
        return self._start + len(self._sound) + len(self._carried)

    def push(self, audio: bytes) -> Iterator[Step]:
        """Sound of any length."""
        sound = self._carried + audio
        whole = len(sound) - len(sound) % FRAME_BYTES
        self._carried = b""
        for at in range(0, whole, FRAME_BYTES):
            yield from self._frame(sound[at : at + FRAME_BYTES])
        self._carried = sound[whole:]

    def flush(self) -> Stretch:
        """Everything that is not settled yet, asked for."""
        self._sound += self._carried
        self._carried = b""
        return self._settle(ends_speech=self._has_voice, asked_for=True)

    def _frame(self, frame: bytes) -> Iterator[Step]:
        self._sound += frame
        if level_of_mulaw(frame).rms_db >= _VOICE_DB:
            if not self._speaking:
                yield Began(self.position - FRAME_BYTES)
            self._speaking = self._has_voice = True
            self._silent_ms = 0
            self._last_voice = self.position
        else:
            self._silent_ms += FRAME_MS
        yield from self._cut()
        if (
            self._utterance_end_ms is not None
            and self._last_voice is not None
            and self._silent_ms >= self._utterance_end_ms
        ):
            yield Fell(self._last_voice)
            self._last_voice, self._speaking = None, False

    def _cut(self) -> Iterator[Step]:
        size = len(self._sound)
        if not self._has_voice:
            if size >= _EMPTY:
                yield self._settle()
        elif self._speaking and self._endpointing_ms is not None and self._silent_ms >= self._endpointing_ms:
            yield self._settle(ends_speech=True)
        elif (size >= _LONG and self._silent_ms >= _BREATH_MS) or size >= _LONGEST:
            yield self._settle()
        elif self._interim and size - self._guessed >= _INTERIM:
            self._guessed = size
            yield Stretch(self._start, bytes(self._sound), has_voice=True, settled=False)

    def _settle(self, *, ends_speech: bool = False, asked_for: bool = False) -> Stretch:
        stretch = Stretch(self._start, bytes(self._sound), self._has_voice, True, ends_speech, asked_for)
        self._start += len(self._sound)
        self._sound.clear()
        self._guessed = 0
        self._has_voice = False
        self._speaking = self._speaking and not ends_speech
        return stretch
