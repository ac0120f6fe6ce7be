"""A conversation on a call: what every engine looks like to the bridge.

An engine that converses by itself (a cloud agent) and one built from parts (`calls.cascade`) both implement these.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
class Wording:
    """The whole text of an utterance, from an engine that sends text and sound apart, before, amid or after the sound.

    It replaces the text that the utterance had, and is spread over all of its sound. An engine that corrects itself
    sends it again.
    """

    utterance: int
    text: str


@dataclass(frozen=True, slots=True)
class Hold:
    """The tutor falls silent for a moment without losing its place: the caller may have begun to speak.

    What is queued stays; `Resume` goes on with it, `Interrupt` drops it.
    """


@dataclass(frozen=True, slots=True)
class Resume:
    """It was nothing: the tutor goes on where the ear was when it fell silent."""


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


@dataclass(frozen=True, slots=True)
class Alive:
    """The engine works on an answer, which is not to be heard yet: the caller was understood, or a tool was called."""


@dataclass(frozen=True, slots=True)
class Listening:
    """What the engine worked on asks for no answer: it waits for the caller again."""


VoiceEvent = Speech | Wording | Hold | Resume | Interrupt | CallerSaid | Finished | Alive | Listening


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

    def send_audio(self, audio: bytes) -> None:
        """The caller's sound, one frame at a time, in the `hears` format. Returns at once; nothing before `run`."""
        ...

    def send_key(self, digit: str) -> None:
        """One key: 0 to 9, `*` or `#`. Returns at once."""
        ...

    def ear_moved(self, heard: Heard) -> None:
        """The caller heard this much; also called with `cut` for each utterance that an interruption dropped."""
        ...


@dataclass(frozen=True, slots=True)
class CallContext:
    """What an engine may know of the call it is to converse on. `elapsed_s`: how long it has lasted already."""

    call_id: str
    learner_id: int | None
    language: str
    elapsed_s: float = 0.0


class CallNotes(Protocol):
    """Where an engine writes down what its turns came to. Methods return at once."""

    def turn_heard(self, turn_id: int, text: str, *, complete: bool) -> None:
        """So much of that turn of the tutor's reached the caller's ear."""
        ...

    def engine_took(self, engine: str) -> None:
        """From here on this engine converses."""
        ...

    def engine_left(self, engine: str, why: str) -> None:
        """This engine was given up; another one takes its place."""
        ...

    def not_understood(self) -> None:
        """The caller spoke and was not understood, or did not answer at all."""
        ...

    @property
    def line_is_poor(self) -> bool:
        """The line is so bad that sentences should be slow and short and keys be offered."""
        ...


Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool of the tutor's that an engine which converses by itself wants to use."""

    name: str
    arguments: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as models are told of it. `parameters`: argument's name → what it is; all are required texts."""

    name: str
    description: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Briefing:
    """What an engine that converses by itself is told at the start.

    `instructions` for its model; `first_message` is spoken as it is; `variables` may be named in the agent's prompts.
    """

    instructions: str
    first_message: str
    language: str = "en"
    variables: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    tools: tuple[Tool, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool comes to: `say` is what the tutor wants said; `expects` the kind of answer; `ends` a goodbye."""

    say: str
    expects: str
    ends: bool = False


class Teacher(Protocol):
    """The tutor, as an engine that converses by itself sees it. One per call."""

    async def brief(self) -> Briefing:
        """Opens or takes up the lesson. Raises `Unavailable`."""
        ...

    async def use(self, call: ToolCall) -> ToolAnswer:
        """Carries out a tool. Raises `Invalid` for an unknown tool or arguments it cannot use, and `Unavailable`."""
        ...

    def caller_said(self, text: str) -> None:
        """The engine understood the caller so; graded and kept behind the call's back."""
        ...

    def tutor_said(self, text: str, *, heard: str, complete: bool) -> None:
        """One utterance of the engine's is over; `heard` is the part of it that reached the ear."""
        ...


class VoiceEngine(Protocol):
    """Makes conversations."""

    @property
    def name(self) -> str: ...

    def expect_call(self, call_id: str) -> None:
        """A call was offered and may be here in a moment: what takes time (a connection) is begun. Returns at once.

        What was begun for a call that never comes is let go.
        """
        ...

    async def converse(self, call: CallContext, *, notes: CallNotes) -> VoiceSession:
        """Begins a conversation. Raises `Unavailable` when the engine cannot take the call."""
        ...
