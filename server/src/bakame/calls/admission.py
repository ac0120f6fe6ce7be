"""How many calls at once: one more than fits would spoil all others.

A call counts from its webhook to the end of its stream; one whose stream never comes is forgotten after a while.
"""

from typing import Final

from bakame.ports.clock import Clock

OFFER_S: Final = 30.0
"""An answered webhook whose stream has not come by then never will."""
TEXT_EVERY_S: Final = 3600.0
"""A line that is turned away again and again is told by text once an hour."""
MOST_TEXTED: Final = 10_000


class Admission:
    """One process's seats."""

    def __init__(self, *, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._offered: dict[str, float] = {}
        self._live: set[str] = set()
        self._texted: dict[str, float] = {}
        self.closed = False
        """No call is taken any more: the process is to stop."""

    def admit(self, call_id: str) -> bool:
        """Takes a seat for an offered call. A call that has one keeps it."""
        now = self._clock.monotonic()
        for offered in [call for call, at in self._offered.items() if now - at > OFFER_S]:
            del self._offered[offered]
        if call_id in self._live or call_id in self._offered:
            return True
        if self.closed or len(self._live) + len(self._offered) >= self._most:
            return False
        self._offered[call_id] = now
        return True

    def began(self, call_id: str) -> None:
        """Its stream is open."""
        self._offered.pop(call_id, None)
        self._live.add(call_id)

    def ended(self, call_id: str) -> None:
        """Its seat is free."""
        self._offered.pop(call_id, None)
        self._live.discard(call_id)

    def may_text(self, line: str) -> bool:
        """Whether a line that is turned away should be told by text too; asking counts as telling."""
        now = self._clock.monotonic()
        if now - self._texted.get(line, -TEXT_EVERY_S) < TEXT_EVERY_S:
            return False
        if len(self._texted) >= MOST_TEXTED:
            self._texted.clear()
        self._texted[line] = now
        return True
