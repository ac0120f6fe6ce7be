import asyncio
from collections.abc import Iterator

import pytest

from classroom import Pupil, make_tutor
from desk import Desk


@pytest.fixture
def pupil(sqlite_url: str) -> Iterator[Pupil]:
    with asyncio.Runner() as runner:
        desk = Desk(sqlite_url)
        database = desk.database()
        yield Pupil(runner, database, make_tutor(), desk=desk)
        runner.run(database.dispose())
