"""What came of the conversations of a stand-in."""

from dataclasses import dataclass, field

from bakame.simulator.convai.messages import Begun


@dataclass(slots=True)
class Record:
    """What came of one conversation. Times are the loop's, in seconds."""

    conversation_id: str
    began_at: float
    initiation: Begun | None = None
    transcript: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Role (`agent`, `user`) and what it said; an agent's line is corrected to what was heard."""
    audio: bytearray = field(default_factory=bytearray)
    """The caller's sound, as it came."""
    chunks: int = 0
    received: list[str] = field(default_factory=list[str])
    """Kinds of the client's messages other than sound, in order."""
    updates: list[str] = field(default_factory=list[str])
    tool_results: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    pong_latencies_s: list[float] = field(default_factory=list[float])
    interruptions: int = 0
    refusals: list[str] = field(default_factory=list[str])
    ended_at: float | None = None
    close_code: int | None = None
    ended_by: str = ""
    """`client` or `agent`."""
