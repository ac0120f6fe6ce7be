"""Migrations: both databases reach the schema that the code expects, whoever starts first."""

import asyncio
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bakame.errors import Conflict
from bakame.store.address import parse_address
from bakame.store.database import Database, make_engine
from bakame.store.schema import HEAD, revision, upgrade
from bakame.store.tables import Row


def test_a_new_database_is_migrated_once(empty_database_url: str) -> None:
    async def scenario() -> None:
        assert await revision(empty_database_url) is None
        first = await upgrade(empty_database_url)
        second = await upgrade(empty_database_url)
        assert (first.before, first.after, first.changed) == (None, HEAD, True)
        assert (second.before, second.after, second.changed) == (HEAD, HEAD, False)
        assert second.took_ms > 0
        assert await revision(empty_database_url) == HEAD

    asyncio.run(scenario())


def test_models_and_migrations_agree(empty_database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Row.metadata)

    async def scenario() -> list[object]:
        await upgrade(empty_database_url)
        engine = make_engine(parse_address(empty_database_url))
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(differences)
        finally:
            await engine.dispose()

    assert asyncio.run(scenario()) == []


def test_the_head_that_is_written_down_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "bakame.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_processes_that_start_together_migrate_once(empty_database_url: str) -> None:
    program = (
        "import asyncio, sys; from bakame.store.schema import upgrade; print(asyncio.run(upgrade(sys.argv[1])).changed)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, empty_database_url], stdout=subprocess.PIPE) for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0].decode().strip() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert sorted(said) == ["False", "False", "True"]


def test_a_database_from_the_future_is_left_alone(database_url: str) -> None:
    async def scenario() -> None:
        async with Database(database_url) as database, database.session() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(Conflict, match="9999") as refused:
            await upgrade(database_url)
        assert not refused.value.retryable
        assert await revision(database_url) == "9999"

    asyncio.run(scenario())


def test_a_new_sqlite_file_is_private(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "folder" / "bakame.sqlite"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
