"""What the journal tells of texts and calls."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Delivery(StrEnum):
    """Who takes a reply to the learner."""

    NONE = "none"
    INLINE = "inline"
    REST = "rest"


class Role(StrEnum):
    """Who spoke or wrote a turn."""

    LEARNER = "learner"
    TUTOR = "tutor"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call so far. `heard_ms` is how much of ours the caller heard, `caller_ms` how long the caller spoke.

    The counts are of all its `streams`; `gateway_status` and `duration_s` are what the gateway says of the whole.
    `engines` conversed, in this order; `quality` is the rating of the line, 0 to 100, of its latest stream.
    """

    id: str
    gateway: str
    direction: str
    line_id: int | None
    learner_id: int | None
    state: str
    engine: str | None
    stream_id: str | None
    streams: int
    offered_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    gateway_status: str | None
    duration_s: int | None
    heard_ms: int
    caller_ms: int
    keys: int
    barge_ins: int
    engines: tuple[str, ...] = ()
    quality: float | None = None


@dataclass(frozen=True, slots=True)
class TextReply:
    """What was answered to a text, and how far the answer got. `sent_at` is set once it left us."""

    body: str
    delivery: Delivery
    status: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One side of one exchange. Texts are None when the learner declined to be recorded."""

    id: int
    seq: int
    channel: str
    role: Role
    text: str | None
    heard_text: str | None
    heard_complete: bool | None
    created_at: datetime
