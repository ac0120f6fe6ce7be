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
class Sitter:
    """Somebody on a line, as far as a lesson needs to know them.

    `consent` is None until they were asked; `language_by` says who chose the language (None: nobody yet). `pin_hash` is
    set for somebody whose lessons are guarded, `locked_until` while wrong PINs have shut them.
    """

    learner_id: int
    name: str | None
    language: str
    language_by: str | None
    consent: bool | None
    pin_hash: str | None
    locked_until: datetime | None
    last_seen_at: datetime | None
    lesson: StoredLesson | None
    """The newest one, open or closed."""

    @property
    def open_lesson(self) -> StoredLesson | None:
        return self.lesson if self.lesson is not None and self.lesson.closed_at is None else None


@dataclass(frozen=True, slots=True)
class Seat:
    """Who may be taught on a line, in the order in which they came. `present_id`: whose lesson goes on now."""

    line_id: int
    opted_out: bool
    present_id: int
    people: tuple[Sitter, ...]

    @property
    def present(self) -> Sitter:
        return next(one for one in self.people if one.learner_id == self.present_id)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One graded answer, for the record. `said` is None when the learner declined to be recorded."""

    skill_id: str
    prompt: str
    expected: str
    said: str | None
    verdict: str
    misconception: str | None
    hinted: bool
    by: str
    channel: str
    took_ms: int | None
    points: int = 0
    ability: float | None = None


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
