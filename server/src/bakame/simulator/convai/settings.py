"""What a stand-in agent is like, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from bakame.audio.format import AudioFormat

FORMATS: Final[Mapping[str, AudioFormat]] = {
    "pcm_8000": AudioFormat("pcm16", 8000),
    "pcm_16000": AudioFormat("pcm16", 16_000),
    "pcm_22050": AudioFormat("pcm16", 22_050),
    "pcm_24000": AudioFormat("pcm16", 24_000),
    "pcm_44100": AudioFormat("pcm16", 44_100),
    "pcm_48000": AudioFormat("pcm16", 48_000),
    "ulaw_8000": AudioFormat("mulaw", 8000),
}


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """One agent, as it would be configured at the vendor's."""

    agent_id: str = "agent_stand_in"
    first_message: str = "Hello. How can I help you?"
    hears: str = "ulaw_8000"
    speaks: str = "ulaw_8000"
    overridable: frozenset[str] = frozenset({"agent.prompt.prompt", "agent.first_message", "agent.language"})
    """Dotted names of what a conversation may override; off by default at the vendor's."""
    required_variables: frozenset[str] = frozenset()
    alignment: bool = True
    """Whether sound comes with its characters' times."""
    text: Literal["before", "after"] = "after"
    """Where `agent_response` comes, relative to its sound."""
    answer_tool: str = "submit_answer"
    answer_argument: str = "answer"
    tools: Mapping[str, str] = field(default_factory=lambda: {"hint": "hint", "stop": "end_lesson"})
    """Words of the caller's that call another tool than `answer_tool`, without arguments."""
    announces_tools: bool = False
    """Says a word of its own before it calls a tool, in the same turn."""
    tool_patience_s: float = 20.0
    apology: str = "Sorry, something went wrong. Please say that again."
    hangs_up: bool = True
    """Closes the conversation after the goodbye."""
    hangs_up_after_s: float = 1.0
    """From the goodbye's end in the caller's ear; negative: while it is still being heard."""
    times_real: float = 4.0
    """How much faster than real time sound is sent."""
    ping_every_s: float = 2.0
    pong_patience_s: float = 20.0
    initiation_patience_s: float = 5.0
    silence_after_ms: int = 600
    interrupts_after_ms: int = 200
    max_duration_s: float = 600.0


Middle = Literal["", "hang", "freeze", "drop", "close", "error", "garbage", "binary", "empty", "huge", "not_base64"]


@dataclass(frozen=True, slots=True)
class ConvaiFaults:
    """What goes wrong. The default is nothing."""

    refuse_rest: int = 0
    """HTTP status of every request for a signed URL; 200 answers without one."""
    refuse_socket: int = 0
    hang: Literal["", "rest", "socket", "start"] = ""
    """Takes the connection and never answers: the request, the upgrade, or the initiation."""
    slow_s: float = 0.0
    """Before each answer of the agent's."""
    formats: tuple[str, str] = ("", "")
    """Names that the metadata give instead of the true ones: what it hears, what it speaks."""
    after_sounds: int = 1
    """Pieces of sound after which `middle` happens, once."""
    middle: Middle = ""
    """Amid a word: say nothing more; read nothing more either, not even control pings; drop the connection without a
    word; close it with `close_code`; send an error event of `error_type` and close; messages that are not JSON, twenty
    of them; binary messages; sound that is empty, ten seconds of noise in one piece, or not base64."""
    close_code: int = 1011
    error_type: str = "tts_cascade_error"
    never_answers: bool = False
    no_pings: bool = False
    no_correction: bool = False
    late_sounds: int = 1
    """Pieces of the cut turn that are still sent after an interruption."""
    unknown_events: bool = False
    """Sends kinds of message that no client knows."""
    repeats_tool_calls: bool = False
    reports: int = 1
    """How often the webhook after the call is sent."""
