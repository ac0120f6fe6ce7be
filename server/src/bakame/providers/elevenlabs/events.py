"""What an ElevenLabs agent says on its socket, one dataclass a kind of message.

Source: reference/elevenlabs-convai.md, section 4. `event_id` is None where an older server leaves it out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bakame.audio.format import AudioFormat
from bakame.errors import Invalid


class Malformed(Invalid):
    """A message that breaks the protocol; it says how, without the message's content."""


@dataclass(frozen=True, slots=True)
class Began:
    """The first message: the conversation is open, and this is what sound looks like in it."""

    conversation_id: str
    hears: AudioFormat
    speaks: AudioFormat


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters that begin in a piece of sound; times in milliseconds from that piece's first sample."""

    chars: Sequence[str]
    starts_ms: Sequence[float]
    durations_ms: Sequence[float]


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of the agent's speech, of any length, faster than real time."""

    event_id: int
    audio: bytes
    characters: Characters | None = None


@dataclass(frozen=True, slots=True)
class AgentText:
    """The whole text of one of the agent's turns; before, amid or after its sound."""

    text: str
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class AgentCorrection:
    """The part of a turn's text that the vendor believes was heard, after an interruption."""

    original: str
    corrected: str
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class CallerText:
    """What the caller was understood to say; `tentative` while they still speak."""

    text: str
    tentative: bool = False
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class Interruption:
    """The caller spoke over the agent: sound of this event and of earlier ones is void."""

    event_id: int


@dataclass(frozen=True, slots=True)
class Ping:
    """To be answered at once with a pong of the same id. `ping_ms` is the vendor's estimate of the last round trip."""

    event_id: int
    ping_ms: float | None = None


@dataclass(frozen=True, slots=True)
class ToolUse:
    """The agent wants a tool of ours, and blocks until it is answered."""

    tool_call_id: str
    name: str
    arguments: Mapping[str, Any]
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class ToolNews:
    """How a tool of the agent's goes, ours, the vendor's or an MCP server's. `state` is the vendor's word."""

    name: str
    state: str
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class AgentThinks:
    """A part of an answer that is being made; not the final text."""

    text: str
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class CallerSpeaks:
    """How likely it is that the caller speaks at this moment, 0 to 1."""

    score: float


@dataclass(frozen=True, slots=True)
class TurnOver:
    """How likely it is that the caller has finished, 0 to 1."""

    probability: float


@dataclass(frozen=True, slots=True)
class Connections:
    """How many of the agent's MCP servers are connected."""

    connected: int
    total: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The vendor gives the conversation up. `kind` is its `error_type`, `unknown` when it has none that we know."""

    code: int
    kind: str


ServerEvent = (
    Began
    | Sound
    | AgentText
    | AgentCorrection
    | CallerText
    | Interruption
    | Ping
    | ToolUse
    | ToolNews
    | AgentThinks
    | CallerSpeaks
    | TurnOver
    | Connections
    | Failed
)
