"""Fixtures for every test folder.

`database_url`        a migrated, empty database of its own; the test runs twice, on SQLite and on PostgreSQL
`sqlite_url`          the same on SQLite alone, for tests that are about something else and want only a database
`empty_database_url`  on both, without any table
`postgres`            the private PostgreSQL server of this test run (`databases.PostgresServer`)

They give URLs, because a `Database` belongs to one event loop:

    def test_a_line_is_made_once(database_url: str) -> None:
        async def scenario() -> None:
            async with Database(database_url) as database, database.session() as session:
                ...
        asyncio.run(scenario())
"""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

from bakame.store.schema import upgrade
from databases import PostgresServer, postgres_server

# Machines are shared: a slow example says nothing. CI draws the same examples each time, so that what fails there is
# what was changed; everywhere else they are drawn anew.
settings.register_profile("shared", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "shared")

BOTH = ("sqlite", "postgresql")
_TEMPLATE = "bakame_template"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> PostgresServer:
    asyncio.run(upgrade(postgres.create(_TEMPLATE)))
    return postgres


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "bakame.sqlite"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    file = tmp_path / "bakame.sqlite"
    shutil.copy(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(migrated_postgres: PostgresServer) -> Iterator[str]:
    name = f"bakame_{uuid4().hex}"
    yield migrated_postgres.create(name, template=_TEMPLATE)
    migrated_postgres.drop(name)


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def empty_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    name = f"empty_{uuid4().hex}"
    yield postgres.create(name)
    postgres.drop(name)


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'bakame.sqlite'}"
    return request.getfixturevalue("empty_postgres_url")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: it is a test that nobody ran."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
