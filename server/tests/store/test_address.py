"""The operator's database URL: what is understood, and what a mistake in it says."""

from pathlib import Path

import pytest

from bakame.errors import Invalid
from bakame.store.address import parse_address


def test_sqlite_files_have_their_jobs_beside_them() -> None:
    address = parse_address("sqlite:///var/bakame.sqlite")
    assert address.file == Path("var/bakame.sqlite")
    assert address.url.drivername == "sqlite+aiosqlite"
    assert address.jobs_url.render_as_string() == "sqlite:///var/bakame-jobs.sqlite"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_is_understood(scheme: str) -> None:
    address = parse_address(f"{scheme}://tutor:s%40cret@db.example:6432/bakame")
    assert address.file is None
    assert address.url.render_as_string(hide_password=False) == (
        "postgresql+asyncpg://tutor:s%40cret@db.example:6432/bakame"
    )
    assert address.jobs_url.drivername == "postgresql+psycopg"
    assert "s%40cret" not in str(address)


def test_libpq_options_reach_both_drivers() -> None:
    address = parse_address(
        "postgres://u@h/d?sslmode=verify-full&sslrootcert=ca.pem&connect_timeout=3&channel_binding=require"
    )
    assert address.connect_args == {"timeout": 3.0, "dsn": "postgresql://?sslmode=verify-full&sslrootcert=ca.pem"}
    assert dict(address.url.query) == {}
    assert address.jobs_url.query["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("", "cannot be read"),
        ("bakame.sqlite", "cannot be read"),
        ("mysql://u@h/d", "mysql"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("sqlite:///file:x?mode=memory", "must be a file"),
        ("sqlite:///x.sqlite?mode=ro", "mode"),
        ("postgresql://u@h", "no database"),
        ("postgresql://u:secret@h/d?color=red", "color"),
        ("postgresql://u:secret@h/d?connect_timeout=soon", "connect_timeout"),
        ("postgresql://u:secret@h:port/d", "cannot be read"),
    ],
)
def test_a_mistake_is_named_and_the_password_is_not(url: str, names: str) -> None:
    with pytest.raises(Invalid, match=names) as refused:
        parse_address(url)
    assert "secret" not in str(refused.value)
