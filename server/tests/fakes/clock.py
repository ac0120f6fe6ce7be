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
