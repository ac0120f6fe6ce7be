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


class LiveHearing(Protocol):
    """One call's ear at a recogniser that listens all the time, from `LiveRecogniser.listen` until `close`.

    Fails quietly: what cannot be sent is dropped, and `finish` says so.
    """

    def hears(self, frame: bytes) -> None:
        """One telephone frame of the caller's, silence too. Returns at once."""
        ...

    @property
    def interim(self) -> str:
        """The words understood so far of what the caller is saying; may change. Empty in silence."""
        ...

    async def finish(self, *, expect: Expect) -> Hypothesis:
        """The caller has finished: all that was said since the last `finish`.

        Raises `Unavailable` when the recogniser is gone or does not answer in time; it may be asked again.
        """
        ...

    async def close(self) -> None:
        """Lets the connection go. Safe to call twice."""
        ...


class LiveRecogniser(Protocol):
    """A recogniser that hears a caller while they speak."""

    @property
    def name(self) -> str: ...

    def listen(self, *, language: str, hints: tuple[str, ...] = ()) -> LiveHearing:
        """Begins to connect, for one call; returns at once. `hints`: words that are likely, such as names."""
        ...


class VoiceActivity(Protocol):
    """Says of one frame whether somebody speaks in it. Cheap enough for the hot path; one instance a call."""

    def is_speech(self, frame: bytes) -> bool:
        """`frame` is one telephone frame: 160 bytes of mu-law."""
        ...
