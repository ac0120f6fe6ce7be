"""The machine's clocks."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """`ports.clock.Clock` on the running event loop's time, so that a loop with virtual time governs all."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return datetime.now(UTC)
