"""The loop's time, virtual or not, and a wall clock that follows it."""

import asyncio
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class LoopClock:
    """`ports.clock.Clock` on the running loop."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self.monotonic())


class HandClock:
    """`ports.clock.Clock` turned by hand."""

    def __init__(self) -> None:
        self._now_s = 1000.0

    def wait(self, seconds: float) -> None:
        self._now_s += seconds

    def monotonic(self) -> float:
        return self._now_s

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._now_s)
