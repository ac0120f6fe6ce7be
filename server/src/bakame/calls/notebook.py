"""What calls leave to be written down, kept for a moment and saved together.

A transaction costs far more than a row: with hundreds of calls, one for each sentence would take half a core.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import BakameError
from bakame.store.database import Database

GATHER_S: Final = 0.5
MOST_TOGETHER: Final = 100
"""Notes of one transaction: a turn of a lesson must not wait long for the one writer of SQLite."""
MOST_WAITING: Final = 20_000
TRIES: Final = 5
RETRY_S: Final = 1.0

_log = structlog.get_logger(__name__)
Note = Callable[[AsyncSession], Awaitable[object]]


class Notebook:
    """All notes of a process, in order. One that cannot be saved is tried alone, then dropped and logged by kind."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[Note] = []
        self._writing: asyncio.Task[None] | None = None

    def write(self, note: Note) -> None:
        """Saves a note in a moment; returns at once."""
        if len(self._waiting) >= MOST_WAITING:
            _log.error("notebook.full")
            return
        self._waiting.append(note)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="notebook")

    async def finish(self) -> None:
        """Waits until all is saved that was written, or given up."""
        while self._writing is not None:
            await asyncio.wait({self._writing})

    async def _write(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(GATHER_S)
                together, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                if not await self._save(together):
                    for note in together:
                        await self._save_alone(note)
        finally:
            self._writing = None

    async def _save(self, notes: list[Note]) -> bool:
        try:
            async with self._database.session() as session:
                for note in notes:
                    await note(session)
        except BakameError as error:
            _log.info("notebook.again", notes=len(notes), kind=type(error).__name__)
            return False
        return True

    async def _save_alone(self, note: Note) -> None:
        for _ in range(TRIES):
            if await self._save([note]):
                return
            await asyncio.sleep(RETRY_S)
        _log.error("notebook.lost")
