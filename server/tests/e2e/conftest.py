from pathlib import Path

import pytest

from e2e.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town with an empty SQLite file."""
    return Town(tmp_path / "var")


@pytest.fixture
def postgres_town(tmp_path: Path, empty_postgres_url: str) -> Town:
    """A town on PostgreSQL."""
    return Town(tmp_path / "var", database_url=empty_postgres_url)
