"""Things on their way: each is delivered at its time, and those of one time in the order in which they set out."""

import asyncio
from collections.abc import Awaitable, Callable
from heapq import heapify, heappop, heappush
from typing import Final

EARLY_S: Final = 1e-6

Delivery = Callable[[], Awaitable[None]]


class Transit:
    """One way. Times are seconds of the loop's clock. `run` must run for anything that is not due at once."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._way: list[tuple[float, int, Delivery]] = []
        self._count = 0
        self._busy = False
        self._wake: asyncio.Future[None] | None = None
        self._empty: asyncio.Future[None] | None = None

    async def carry(self, at: float, deliver: Delivery) -> None:
        """Delivers at `at`; at once when that is now and nothing else is due."""
        if at <= self._loop.time() and not self._busy and (not self._way or self._way[0][0] > at):
            await deliver()
            return
        self._count += 1
        heappush(self._way, (at, self._count, deliver))
        self._look_again()

    async def run(self) -> None:
        """Delivers until cancelled."""
        while True:
            # The loop's timers may be that much early; asked again, they would be so for ever.
            if self._way and self._way[0][0] <= self._loop.time() + EARLY_S:
                await self._deliver_next()
            else:
                await self._sleep()

    async def drained(self) -> None:
        """Waits until everything has been delivered."""
        if self._way or self._busy:
            self._empty = self._loop.create_future()
            await self._empty

    async def hurry(self) -> None:
        """Delivers everything now. Only when `run` does not run."""
        while self._way:
            await self._deliver_next()

    def hold(self, until: float) -> None:
        """Nothing is delivered before `until`."""
        self._way = [(max(at, until), count, deliver) for at, count, deliver in self._way]
        heapify(self._way)

    async def _deliver_next(self) -> None:
        _, _, deliver = heappop(self._way)
        self._busy = True
        try:
            await deliver()
        finally:
            self._busy = False
            if not self._way and self._empty is not None and not self._empty.done():
                self._empty.set_result(None)

    async def _sleep(self) -> None:
        """Until the next is due, or until `carry` or `hold` changes which that is."""
        self._wake = self._loop.create_future()
        timer = self._loop.call_at(self._way[0][0], self._look_again) if self._way else None
        try:
            await self._wake
        finally:
            if timer is not None:
                timer.cancel()

    def _look_again(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
