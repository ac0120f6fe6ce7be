"""Cases as everybody else sees them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody has taken it."""
    CLOSED = "closed"


NEXT: Final = {
    Stage.OPEN: frozenset({Stage.ACKNOWLEDGED}),
    Stage.ACKNOWLEDGED: frozenset({Stage.CLOSED}),
    Stage.CLOSED: frozenset[Stage](),
}
"""What a case may become. Nothing is closed that nobody took."""


@dataclass(frozen=True, slots=True)
class Case:
    """Something for a person to look at. `kind` is `disclosure` or `question`. No repr holds people's words.

    `said` is None when the learner did not agree that words are kept. `line_id` and `learner_id` are None when they
    were erased.
    """

    id: int
    kind: str
    stage: Stage
    urgent: bool
    line_id: int | None
    learner_id: int | None
    channel: str
    language: str
    signs: tuple[str, ...]
    call_id: str | None
    message_id: str | None
    opened_at: datetime
    acknowledged_at: datetime | None
    closed_at: datetime | None
    said: str | None = field(repr=False)
    answer: str | None = field(repr=False)
    handled_by: str | None = field(repr=False)
