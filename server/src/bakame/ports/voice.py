"""A conversation on a call: what every engine looks like to the bridge.

An engine that converses by itself (a cloud agent) and one built from parts (`calls.cascade`) both implement these.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bakame.audio.format import AudioFormat
from bakame.ports.speech import WordTime


@dataclass(frozen=True, slots=True)
class Speech:
    """Sound to be played, in the session's `speaks` format, part of utterance number `utterance`.

    `text` and `words` belong to this event's sound; with no times the words are spread over it. Both are empty when
    the event only continues earlier text. Times count from the utterance's first sample.
    `last` closes the utterance: a partial frame is padded, and `Heard.complete` can become true.
    """

    utterance: int
    audio: bytes
    text: str = ""
    words: tuple[WordTime, ...] = ()
    last: bool = False


@dataclass(frozen=True, slots=True)
class Interrupt:
    """The caller speaks over the tutor: playing stops at once and what is queued is dropped."""


@dataclass(frozen=True, slots=True)
class CallerSaid:
    """What the caller was understood to say, for whoever watches the call."""

    text: str
    by: str
    """`speech` or `keys`."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The conversation is over; the line is closed when everything said so far was heard."""

    reason: str


VoiceEvent = Speech | Interrupt | CallerSaid | Finished


@dataclass(frozen=True, slots=True)
class Heard:
    """Where the caller's ear is in one utterance.

    `played_ms` counts this utterance's sound that was played to the caller; `text` is the part of its words that was
    heard; `complete` when all of it was; `cut` when the rest was dropped by an interruption.
    """

    utterance: int
    played_ms: int
    text: str
    complete: bool
    cut: bool = False


class VoiceSession(Protocol):
    """One conversation on one call, from `VoiceEngine.converse` until `run` returns or is cancelled."""

    @property
    def hears(self) -> AudioFormat:
        """The format it wants the caller's sound in."""
        ...

    @property
    def speaks(self) -> AudioFormat:
        """The format of its own sound."""
        ...

    async def run(self, emit: Callable[[VoiceEvent], None]) -> None:
        """Holds the conversation, handing each event to `emit`, which returns at once; ends after `Finished`.

        Runs in the call's own task group; cancelling it is the way to hang up and releases all that it holds.
        Raises `Unavailable` when the engine fails in mid-call.
        """
        ...

    async def send_audio(self, audio: bytes) -> None:
        """The caller's sound, one frame at a time, in the `hears` format. Must return quickly."""
        ...

    async def send_key(self, digit: str) -> None:
        """One key: 0 to 9, `*` or `#`."""
        ...

    def ear_moved(self, heard: Heard) -> None:
        """The caller heard this much; also called with `cut` for each utterance that an interruption dropped."""
        ...


@dataclass(frozen=True, slots=True)
class CallContext:
    """What an engine may know of the call it is to converse on."""

    call_id: str
    learner_id: int | None
    language: str


class CallNotes(Protocol):
    """Where an engine writes down what its turns came to. Methods return at once."""

    def turn_heard(self, turn_id: int, text: str, *, complete: bool) -> None:
        """So much of that turn of the tutor's reached the caller's ear."""
        ...


class VoiceEngine(Protocol):
    """Makes conversations."""

    @property
    def name(self) -> str: ...

    async def converse(self, call: CallContext, *, notes: CallNotes) -> VoiceSession:
        """Begins a conversation. Raises `Unavailable` when the engine cannot take the call."""
        ...
