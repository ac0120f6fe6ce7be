"""Time as an argument."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Two clocks: one that never jumps, for durations, and the wall's, for dates."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back. In an event loop, the loop's own time."""
        ...

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        ...
