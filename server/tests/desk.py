"""A database whose clock is turned by hand, for tests of what is kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bakame.store.database import Database


@dataclass(slots=True)
class Desk:
    """One migrated database and its clock, which stands at noon in Kigali at first."""

    url: str
    now: datetime = datetime(2026, 3, 1, 10, tzinfo=UTC)

    def database(self) -> Database:
        """Another replica's view of it."""
        return Database(self.url, now=lambda: self.now)

    def wait(self, **time: float) -> None:
        """Turns the clock on, by `hours=1` and the like."""
        self.now += timedelta(**time)
