import asyncio
from collections.abc import Iterator

import pytest

from bakame.store.database import Database
from classroom import Pupil, make_tutor


@pytest.fixture
def pupil(sqlite_url: str) -> Iterator[Pupil]:
    with asyncio.Runner() as runner:
        database = Database(sqlite_url)
        yield Pupil(runner, database, make_tutor())
        runner.run(database.dispose())
