"""Texts that are sent unasked, as everybody else sees them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Notice:
    """One outbound text. `cost_micros` in millionths of `currency`, known before it is sent."""

    id: int
    key: str
    kind: str
    line_id: int
    learner_id: int | None
    body: str
    parts: int
    cost_micros: int
    currency: str
    status: Status
    reason: str | None
    message_id: str | None
    not_before: datetime
    created_at: datetime
    sent_at: datetime | None
