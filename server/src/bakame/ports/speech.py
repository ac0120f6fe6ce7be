"""Speech in and speech out, as a cascade of parts needs them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from bakame.audio.format import AudioFormat
from bakame.learning.expect import Expect


@dataclass(frozen=True, slots=True)
class Voice:
    """How something is to be said. `words_per_minute`: 120 to 130 for beginners, slower on a repeat."""

    language: str = "en"
    words_per_minute: int = 130


@dataclass(frozen=True, slots=True)
class WordTime:
    """A word of an utterance and when it starts, in milliseconds from the utterance's first sample."""

    word: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    """A piece of synthesised sound, in the synthesiser's format, with the words that begin in it."""

    audio: bytes
    words: tuple[WordTime, ...] = ()


class Synthesiser(Protocol):
    """Turns text into sound. Never blocks the event loop."""

    @property
    def name(self) -> str: ...

    @property
    def format(self) -> AudioFormat: ...

    def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        """The sound of `text`, in chunks, the first as early as possible, with the pause that its end asks for.

        Raises `Unavailable` when the synthesiser fails; the iterator may be closed early.
        """
        ...


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a recogniser thinks was said. `text` is empty when nothing that fits was heard.

    `confidence` is between 0 and 1 and is comparable only within one recogniser.
    """

    text: str
    confidence: float


class Recogniser(Protocol):
    """Turns one utterance into text. Never blocks the event loop."""

    @property
    def name(self) -> str: ...

    async def recognise(self, audio: bytes, *, expect: Expect) -> Hypothesis:
        """What was said in `audio` (telephone format: mu-law at 8 kHz, at most 15 s), given what was asked.

        Raises `Unavailable` when the recogniser fails or does not answer in time.
        """
        ...


class VoiceActivity(Protocol):
    """Says of one frame whether somebody speaks in it. Cheap enough for the hot path; one instance a call."""

    def is_speech(self, frame: bytes) -> bool:
        """`frame` is one telephone frame: 160 bytes of mu-law."""
        ...
