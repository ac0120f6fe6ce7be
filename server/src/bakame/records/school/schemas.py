"""Classes as everybody else sees them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class. Learners join it by `code`."""

    id: int
    code: str
    name: str
    created_at: datetime
    closed_at: datetime | None
    challenge_points: int | None
    challenge_from: datetime | None
    challenge_until: datetime | None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A number of points that a class earns together, and how far it is. `members`: those who are in the class.

    Without a challenge `goal` is 0 and `until` None.
    """

    name: str
    goal: int
    earned: int
    members: int
    until: datetime | None
