"""A circuit breaker: a vendor that fails often is rested, then probed by one call. Sans-I/O.

Closed, all calls may use it. After `FAILURES` failures within `WINDOW_S` it opens for a rest, longer each time it fails
again; then it is half open: one call at a time may try, and decides.
"""

from collections import deque
from enum import StrEnum
from typing import Final

FAILURES: Final = 3
WINDOW_S: Final = 60.0
FIRST_REST_S: Final = 15.0
LONGEST_REST_S: Final = 300.0
PROBE_S: Final = 30.0
"""A probe that has said nothing for so long is forgotten, and another call may try."""


class CircuitState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Circuit:
    """One vendor's circuit, shared by all calls of a process. Times are seconds of one clock."""

    def __init__(self) -> None:
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._rest_s = FIRST_REST_S
        self._rested_at: float | None = None
        self._probed_at: float | None = None

    def state(self, now: float) -> CircuitState:
        if self._rested_at is None:
            return CircuitState.CLOSED
        return CircuitState.OPEN if now < self._rested_at else CircuitState.HALF_OPEN

    def allows(self, now: float) -> bool:
        """Whether a call may use the vendor; asking takes the one probe of a half-open circuit."""
        match self.state(now):
            case CircuitState.CLOSED:
                return True
            case CircuitState.OPEN:
                return False
            case CircuitState.HALF_OPEN:
                if self._probed_at is not None and now - self._probed_at < PROBE_S:
                    return False
                self._probed_at = now
                return True

    def succeeded(self) -> None:
        """It worked: all is forgotten."""
        self._failures.clear()
        self._rest_s = FIRST_REST_S
        self._rested_at = self._probed_at = None

    def failed(self, now: float) -> None:
        """It failed a call."""
        self._failures.append(now)
        if self._rested_at is not None:
            if self._probed_at is not None:
                self._rest_s = min(LONGEST_REST_S, self._rest_s * 2)
                self._rested_at, self._probed_at = now + self._rest_s, None
        elif len(self._failures) == FAILURES and now - self._failures[0] <= WINDOW_S:
            self._rested_at = now + self._rest_s
