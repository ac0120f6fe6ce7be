"""The database: one engine, short transactions, and its failures in the house's words.

SQLite and PostgreSQL behave alike behind `Database`. What differs is set up here: on SQLite a writer takes the write
lock when its transaction begins (a lock asked for half-way can only be refused), and writers of one process wait for
it in turn.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, DateTime, Dialect, Text, event, text
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.types import TypeDecorator

from bakame.errors import Unavailable
from bakame.store.address import Address, parse_address
from bakame.store.failures import database_failures
from bakame.store.sqlite_driver import connect

BUSY_TIMEOUT_S = 5.0
COMMAND_TIMEOUT_S = 30.0


def utc_now() -> datetime:
    """The wall clock, aware, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Only aware datetimes go in (`ValueError` else), only aware UTC ones come out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone was about to be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PeopleText(TypeDecorator[str]):
    """Text that people or carriers wrote, of any length. What not every database takes becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        # NUL and lone surrogates.
        return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in value)


def make_engine(address: Address, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> AsyncEngine:
    """An engine whose connections and transactions are set up for `address`. It connects at the first use."""
    if address.file is None:
        engine = create_async_engine(
            address.url,
            connect_args={"command_timeout": COMMAND_TIMEOUT_S, **address.connect_args},
            pool_size=10,
            max_overflow=10,
            pool_timeout=busy_timeout_s,
            pool_pre_ping=True,
        )
    else:
        engine = create_async_engine(
            address.url, connect_args={"async_creator_fn": connect}, pool_timeout=busy_timeout_s
        )
        _prepare_sqlite(engine, address.file, busy_timeout_s=busy_timeout_s)
    event.listen(engine.sync_engine, "handle_error", _driver_gave_up)
    return engine


def _driver_gave_up(context: ExceptionContext) -> None:
    """Sockets and time limits fail with Python's own errors, which only here are known to be the database's."""
    if isinstance(context.original_exception, OSError):
        raise Unavailable("the database does not answer") from context.original_exception


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    """A connection, given back at exit. Every failure of the database is raised as `bakame.errors` has it."""
    with database_failures():
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(engine.connect())
            except OSError as error:
                raise Unavailable("the database does not answer") from error
            yield connection


def make_private_file(file: Path) -> None:
    """Makes a database file, and the folder above it, before SQLite would: so that nobody else on the machine can read
    it. What SQLite puts beside it inherits this. A file that is there keeps what it has. Raises `Unavailable`."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Unavailable("the database file cannot be opened") from error


def _prepare_sqlite(engine: AsyncEngine, file: Path, *, busy_timeout_s: float) -> None:
    @event.listens_for(engine.sync_engine, "do_connect")
    def make_file(dialect: Dialect, record: object, args: object, options: object) -> None:
        make_private_file(file)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; `begin` below does
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {busy_timeout_s * 1000:.0f}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("postgresql_readonly", False)
        if connection.info.get("query_only", False) is not read_only:
            connection.exec_driver_sql(f"PRAGMA query_only = {int(read_only)}")
            connection.info["query_only"] = read_only
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


class Database:
    """The product's database. Use it in one event loop; it connects at the first session.

    `now` is the clock of the records that are written through it; `busy_timeout_s` how long a lock is waited for.
    """

    def __init__(
        self, url: str, *, now: Callable[[], datetime] = utc_now, busy_timeout_s: float = BUSY_TIMEOUT_S
    ) -> None:
        """Raises `Invalid` when `url` cannot be used; does not connect."""
        self.address = parse_address(url)
        self._engine = make_engine(self.address, busy_timeout_s=busy_timeout_s)
        self._busy_timeout_s = busy_timeout_s
        self._now = now
        self._one_writer = asyncio.Lock() if self.address.file else None

    @asynccontextmanager
    async def session(self, *, read_only: bool = False) -> AsyncGenerator[AsyncSession]:
        """One transaction: committed at exit, rolled back when anything is raised.

        Keep it short: on SQLite a writer holds off every other writer. A `read_only` one holds off nobody, sees one
        snapshot on SQLite, and cannot write.

        Raises `Unavailable` (locked for too long, disk full, out of reach) and `Conflict`.
        """
        async with self._turn(read_only=read_only), connected(self._engine) as connection:
            if read_only:
                await connection.execution_options(postgresql_readonly=True)
            async with connection.begin(), AsyncSession(connection, expire_on_commit=False) as session:
                session.info["now"] = self._now
                yield session
                await session.flush()

    @asynccontextmanager
    async def _turn(self, *, read_only: bool) -> AsyncGenerator[None]:
        """This process's writers in the order in which they came; SQLite's own waiting is a lottery."""
        if self._one_writer is None or read_only:
            yield
            return
        try:
            async with asyncio.timeout(self._busy_timeout_s):
                await self._one_writer.acquire()
        except TimeoutError:
            raise Unavailable("the database is busy") from None
        try:
            yield
        finally:
            self._one_writer.release()

    async def check(self) -> None:
        """Returns when the database answers; raises `Unavailable` when it does not."""
        async with self.session(read_only=True) as session:
            await session.execute(text("SELECT 1"))

    async def dispose(self) -> None:
        """Closes every connection; safe to call twice."""
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.dispose()


def moment(session: AsyncSession) -> datetime:
    """Now, by the clock of the database that this session belongs to."""
    return session.info["now"]()
