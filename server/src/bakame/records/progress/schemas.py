"""Lessons and what came of them, as everybody else sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredLesson:
    """A lesson as it was when it was read. `state` belongs to the tutor; `version` counts the saves."""

    id: int
    learner_id: int
    module: str
    version: int
    state: Mapping[str, Any]
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a learner has done. Only answers that were graded right or wrong count; the day is the learner's."""

    attempts: int
    right: int
    mastered: int
    attempts_today: int
    right_today: int
    mastered_today: int
    last_attempt_at: datetime | None
