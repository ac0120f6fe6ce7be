import pytest

from desk import Desk


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)
