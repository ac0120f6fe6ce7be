"""aiosqlite with one trip to the connection's thread for a statement, instead of four.

SQLAlchemy asks a driver for a cursor, a statement, its rows and the cursor's end; aiosqlite sends each of these to the
thread that owns the connection. All rows are read at once anyway, so here the statement brings them along.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite


class OneTripCursor:
    """What SQLAlchemy's adapter asks of an aiosqlite cursor."""

    def __init__(self, connection: "OneTripConnection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: tuple[Any, ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "OneTripCursor":
        """SQLAlchemy enters a cursor and never leaves it."""
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> "OneTripCursor":
        """Executes one statement and reads all its rows."""
        return await self._run(sql, parameters, many=False)

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> "OneTripCursor":
        """Executes a statement for each of many parameters."""
        return await self._run(sql, parameters, many=True)

    async def fetchall(self) -> Sequence[Any]:
        """The rows, which are here already."""
        return self._rows

    async def close(self) -> None:
        """Nothing is left open between two trips."""

    async def _run(self, sql: str, parameters: Any, *, many: bool) -> "OneTripCursor":
        await self._connection.visit(self._statement, sql, parameters, many)
        return self

    def _statement(self, connection: sqlite3.Connection, sql: str, parameters: Any, many: bool) -> None:
        """In the connection's thread."""
        cursor = connection.cursor()
        try:
            (cursor.executemany if many else cursor.execute)(sql, parameters)
            # The count of a statement that returns rows is known only when they were read.
            self._rows = cursor.fetchall() if cursor.description else []
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class OneTripConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors make one trip a statement."""

    def cursor(self) -> Any:
        """A cursor, without a trip."""
        return OneTripCursor(self)

    async def visit(self, work: Any, *arguments: Any) -> None:
        """Runs `work(connection, *arguments)` in the connection's thread."""
        await self._execute(work, self._conn, *arguments)


def connect(database: str, **options: Any) -> OneTripConnection:
    """As `aiosqlite.connect`; what SQLAlchemy takes as `async_creator_fn`."""
    connection = OneTripConnection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    # As SQLAlchemy's own connections: a forgotten one must not keep the process alive.
    connection._thread.daemon = True  # pyright: ignore[reportPrivateUsage]  # nobody else starts it
    return connection
