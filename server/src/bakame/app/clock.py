"""The machine's clocks."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime


class SystemClock:
    """`ports.clock.Clock` on its event loop's time, so that a loop with virtual time governs all. For one loop."""

    def __init__(self) -> None:
        self._loop_time: Callable[[], float] | None = None

    def monotonic(self) -> float:
        # Looked up once: before Python 3.12 each look for the running loop is a system call.
        if self._loop_time is None:
            self._loop_time = asyncio.get_running_loop().time
        return self._loop_time()

    def now(self) -> datetime:
        return datetime.now(UTC)
