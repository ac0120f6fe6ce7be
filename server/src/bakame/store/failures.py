"""A database's failures in the house's words, mapped here and nowhere else.

What passes by itself (locked, full, restarting, out of reach) becomes a retryable `Unavailable`; what waits for the
operator (wrong password, no such database, a damaged file) an `Unavailable` that is not; a broken unique or foreign
key a `Conflict`. Everything else is a bug and stays what it was. Messages hold no statement and no value.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bakame.errors import BakameError, Conflict, Unavailable

_SQLITE: dict[int, tuple[str, bool]] = {
    sqlite3.SQLITE_BUSY: ("the database stayed locked", True),
    sqlite3.SQLITE_LOCKED: ("the database stayed locked", True),
    sqlite3.SQLITE_READONLY: ("the database cannot be written to", True),
    sqlite3.SQLITE_IOERR: ("the disk of the database does not answer", True),
    sqlite3.SQLITE_FULL: ("the disk of the database is full", True),
    sqlite3.SQLITE_CANTOPEN: ("the database file cannot be opened", True),
    sqlite3.SQLITE_CORRUPT: ("the database file is damaged", False),
    sqlite3.SQLITE_NOTADB: ("the database file is not a database", False),
}

# By the start of SQLSTATE; the longer prefix first. PostgreSQL's manual, appendix A.
_POSTGRESQL: dict[str, tuple[str, bool]] = {
    "53100": ("the disk of the database is full", True),
    "53": ("the database is out of connections or memory", True),
    "08": ("the database does not answer", True),
    "57P": ("the database is stopping or starting", True),
    "57014": ("the database took too long", True),
    "55P03": ("the database stayed locked", True),
    "40": ("the database could not serve two writers at once", True),
    "25006": ("the database cannot be written to", True),
    "28": ("the database refused the user or the password", False),
    "3D": ("the database does not exist", False),
}

_BROKEN_KEYS = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
    "23505",
    "23503",
}


def _code(error: BaseException | None) -> int | str | None:
    """SQLite's extended result code or PostgreSQL's SQLSTATE, from whichever driver raised."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None)
    return getattr(error, "sqlstate", None)


def translated(error: BaseException) -> BakameError | None:
    """The house's error for a driver's or SQLAlchemy's one; None when it is a bug or not about the database."""
    if isinstance(error, PoolTimeoutError):
        return Unavailable("the database is busy")
    code = _code(error.orig) if isinstance(error, DBAPIError) else _code(error)
    if isinstance(error, IntegrityError) and code in _BROKEN_KEYS:
        return Conflict("the record exists already, or one that it belongs to is gone")
    if isinstance(code, int) and (known := _SQLITE.get(code & 0xFF)):
        return Unavailable(known[0], retryable=known[1])
    if isinstance(code, str):
        for prefix, (message, retryable) in _POSTGRESQL.items():
            if code.startswith(prefix):
                return Unavailable(message, retryable=retryable)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Unavailable("the database hung up")
    # A driver that never reached the server has no SQLSTATE to tell; on SQLite there is always a code.
    if isinstance(error, OperationalError) and code is None:
        return Unavailable("the database does not answer")
    return None


@contextmanager
def database_failures() -> Generator[None]:
    """Raises the house's error in place of a database's, when there is one."""
    try:
        yield
    except Exception as error:
        if isinstance(error, BakameError) or (known := translated(error)) is None:
            raise
        raise known from error
