"""One ticker for all loaded calls: each is called every 20 ms at absolute deadlines, their phases spread."""

import asyncio
from collections.abc import Callable
from typing import Final

from bakame.audio.format import FRAME_MS
from bakame.simulator.load.measures import Distribution

SLOTS: Final = 10
"""Phases; calls of one phase are stepped together, every 2 ms another phase."""
_SLOT_S: Final = FRAME_MS / 1000 / SLOTS
_EARLY_S: Final = 0.0005
"""Timers fire to the millisecond; what is due within half of one is done now."""

Step = Callable[[float], None]


class Ticker:
    """`run` ticks until it is cancelled."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._now = now
        self._slots: list[list[Step]] = [[] for _ in range(SLOTS)]
        self._next = 0
        self.late: Distribution | None = None
        """Where lateness of the ticks is counted."""

    def add(self, step: Step) -> None:
        """Adds to the phases in turn."""
        self._slots[self._next % SLOTS].append(step)
        self._next += 1

    def clear(self) -> None:
        """Removes all."""
        for slot in self._slots:
            slot.clear()

    async def run(self) -> None:
        """A step that is due while another runs is not dropped: it follows at once."""
        now, slots = self._now, self._slots
        start_s = now()
        tick = 0
        while True:
            due_s = start_s + tick * _SLOT_S
            now_s = now()
            if now_s < due_s - _EARLY_S:
                await asyncio.sleep(due_s - now_s)
                continue
            slot = slots[tick % SLOTS]
            tick += 1
            if not slot:
                continue
            if self.late is not None:
                self.late.add((now_s - due_s) * 1000)
            for step in tuple(slot):
                step(now())
            if now() - due_s > _SLOT_S:
                # Behind: what has come meanwhile is read before the next phase, or its arrival would be told too late.
                await asyncio.sleep(0)
