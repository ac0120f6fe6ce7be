"""The schema's versions: Alembic, run from inside the program.

Any number of processes may upgrade one database at once; one does it and the others find it done.
"""

import asyncio
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

from bakame.errors import Conflict
from bakame.store.address import parse_address
from bakame.store.database import connected, make_engine

HEAD = "0003"
"""The newest revision, written here so that a start that has nothing to migrate need not load Alembic."""

# Any number that nobody else on the same database locks; the letters of "bakame".
_ADVISORY_LOCK = 0x62616B616D65


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did. `before` is None for an empty database."""

    before: str | None
    after: str
    took_ms: float

    @property
    def changed(self) -> bool:
        return self.before != self.after


async def upgrade(database_url: str) -> Upgrade:
    """Brings the database to the newest revision, or leaves it as it was: one transaction.

    Raises `Unavailable`, and `Conflict` when a newer version of the program was here already.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    address = parse_address(database_url)
    engine = make_engine(address)
    try:
        async with connected(engine) as connection, connection.begin():
            if address.file is None:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            before = await connection.run_sync(_revision)
            if before != HEAD:
                await connection.run_sync(_migrate)
    finally:
        await engine.dispose()
    return Upgrade(before=before, after=HEAD, took_ms=(loop.time() - began) * 1000)


async def revision(database_url: str) -> str | None:
    """The revision that the database is at; None when it is empty. Raises `Unavailable`."""
    engine = make_engine(parse_address(database_url))
    try:
        async with connected(engine) as connection:
            return await connection.run_sync(_revision)
    finally:
        await engine.dispose()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _migrate(connection: Connection) -> None:
    # Alembic takes longer to load than an upgrade that has nothing to do.
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", "bakame.store:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise Conflict(f"this version cannot migrate the database: {error}", retryable=False) from error
