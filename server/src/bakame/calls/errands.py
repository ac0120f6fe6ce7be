"""Work that a call leaves behind: it must be done, nobody waits for it, and the process does not stop before it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import structlog

from bakame.errors import BakameError

FINISH_S: Final = 10.0
MOST: Final = 10_000
"""More than this is a fault somewhere; what comes on top is dropped and counted in the log."""

_log = structlog.get_logger(__name__)


class Errands:
    """All errands of a process. Those with the same key are run one after the other, in order."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: dict[str, asyncio.Task[None]] = {}

    def run(self, key: str, errand: Coroutine[Any, Any, None]) -> None:
        """Begins an errand; returns at once. A `BakameError` of it is logged by kind."""
        if len(self._tasks) >= MOST:
            errand.close()
            _log.error("errand.dropped", errand=errand.__name__)
            return
        task = asyncio.create_task(self._carry_out(errand, self._last.get(key)), name=errand.__name__)
        self._last[key] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._done(key, done))

    async def finish(self) -> None:
        """Waits for what runs, for a bounded time."""
        if self._tasks:
            _, undone = await asyncio.wait(self._tasks, timeout=FINISH_S)
            for task in undone:
                task.cancel()
            if undone:
                await asyncio.wait(undone)
                _log.error("errand.given_up", errands=len(undone))

    def _done(self, key: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._last.get(key) is task:
            del self._last[key]

    @staticmethod
    async def _carry_out(errand: Coroutine[Any, Any, None], before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await errand
        except BakameError as error:
            _log.error("errand.failed", errand=errand.__name__, kind=type(error).__name__)
