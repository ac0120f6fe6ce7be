"""One clock for all calls of a process: a tick each 20 ms, at absolute deadlines.

A timer for each call and frame costs more than the frame. Calls are ticked only while they have something to send, and
the ticker sleeps when none has.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from bakame.audio.format import FRAME_MS

TICK_S: Final = FRAME_MS / 1000
Tick = Callable[[float], None]


class Ticker:
    """Calls each member with the loop's time once a tick. `late(seconds)` is told how late each tick came."""

    def __init__(self, *, late: Callable[[float], None] = lambda _: None) -> None:
        self._late = late
        self._members: dict[Tick, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = 0.0

    def add(self, tick: Tick) -> None:
        """Ticks `tick` from the next tick on. One that is a member stays one."""
        self._members[tick] = None
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._due_s = loop.time() + TICK_S
            self._timer = loop.call_at(self._due_s, self._tick, loop)

    @property
    def next_s(self) -> float | None:
        """When the next tick is due; None while nobody is ticked."""
        return self._due_s if self._timer is not None else None

    def remove(self, tick: Tick) -> None:
        """Ticks it no more; safe for one that is no member."""
        self._members.pop(tick, None)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        self._late(max(0.0, now - self._due_s))
        for tick in list(self._members):
            if tick in self._members:
                tick(now)
        if not self._members:
            self._timer = None
            return
        # A loop that was held up for several ticks makes up for them at once: what is due is counted in frames.
        behind = int((loop.time() - self._due_s) / TICK_S)
        self._due_s += TICK_S * (1 + behind)
        self._timer = loop.call_at(self._due_s, self._tick, loop)
