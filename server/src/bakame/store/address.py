"""Where the database is: the operator's URL, read once and turned into what each driver wants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bakame.errors import Invalid

CONNECT_TIMEOUT_S = 10.0

_POSTGRESQL = {"postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"}
_SQLITE = {"sqlite", "sqlite+aiosqlite"}
_LIBPQ_AS_IS = {
    "application_name",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "sslpassword",
    "sslcrl",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "target_session_attrs",
}
# asyncpg has neither; hosted databases put them into the URL that they hand out.
_LIBPQ_UNUSED = {"channel_binding", "gssencmode"}


@dataclass(frozen=True, slots=True)
class Address:
    """One database as three readers need it: the asyncio engine, the job engine (synchronous) and the file system.

    `connect_args` go to the asyncio driver. `file` is None for PostgreSQL.
    """

    url: URL
    jobs_url: URL
    file: Path | None = None
    connect_args: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)


def parse_address(database_url: str) -> Address:
    """Reads `sqlite:///path`, `postgres://…` or `postgresql://…` (a driver may be named; libpq's TLS options are kept).

    Raises `Invalid` for anything else. The message never holds the password.
    """
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        raise Invalid("the database URL cannot be read; write sqlite:///file or postgresql://user@host/name") from None
    if url.drivername in _SQLITE:
        return _sqlite(url)
    if url.drivername in _POSTGRESQL:
        return _postgresql(url)
    raise Invalid(f"the database URL names {url.drivername!r}; only sqlite and postgresql are supported")


def _sqlite(url: URL) -> Address:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise Invalid("the SQLite database must be a file, as in sqlite:///var/bakame.sqlite")
    if url.query:
        raise Invalid(f"the SQLite URL takes no options, it has {', '.join(sorted(url.query))}")
    file = Path(url.database)
    return Address(
        url=url.set(drivername="sqlite+aiosqlite"),
        # The job engine keeps a writer of its own busy, so it gets a file of its own.
        jobs_url=URL.create("sqlite", database=str(file.with_name(f"{file.stem}-jobs.sqlite"))),
        file=file,
    )


def _postgresql(url: URL) -> Address:
    if not url.database:
        raise Invalid("the PostgreSQL URL names no database, as in postgresql://user@host/bakame")
    query = dict(url.query)
    unknown = query.keys() - _LIBPQ_AS_IS - _LIBPQ_UNUSED - {"connect_timeout"}
    if unknown:
        raise Invalid(f"the PostgreSQL URL has options that are not supported: {', '.join(sorted(unknown))}")
    timeout = query.get("connect_timeout", str(CONNECT_TIMEOUT_S))
    try:
        timeout_s = float(str(timeout))
    except ValueError:
        raise Invalid("connect_timeout in the PostgreSQL URL must be a number of seconds") from None
    connect_args: dict[str, Any] = {"timeout": timeout_s}
    options = {name: query[name] for name in sorted(query.keys() & _LIBPQ_AS_IS)}
    if options:
        # asyncpg reads libpq's options out of a DSN only; all else it takes from the arguments.
        connect_args["dsn"] = "postgresql://?" + urlencode(options)
    return Address(
        url=url.set(drivername="postgresql+asyncpg", query={}),
        jobs_url=url.set(drivername="postgresql+psycopg"),
        connect_args=connect_args,
    )
