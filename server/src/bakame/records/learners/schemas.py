"""Lines and learners as everybody else sees them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Consent(StrEnum):
    """What a learner has said about being recorded."""

    UNASKED = "unasked"
    GRANTED = "granted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Line:
    """A phone number. `opted_out_at` is set while it wants no text from us."""

    id: int
    e164: str
    opted_out_at: datetime | None
    created_at: datetime

    @property
    def opted_out(self) -> bool:
        return self.opted_out_at is not None


@dataclass(frozen=True, slots=True)
class Learner:
    """One person on a line. `name` is None until they said one; `language` is an ISO 639-1 code."""

    id: int
    line_id: int
    name: str | None
    language: str
    consent: Consent
    consent_how: str | None
    consent_at: datetime | None
    created_at: datetime
    last_seen_at: datetime | None
