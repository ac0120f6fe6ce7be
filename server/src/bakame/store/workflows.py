"""DBOS, and all that the product knows of it: one workflow that runs everything, and how to open, ask and close it.

Synchronous: every call here may wait for the database and belongs into a thread. Time to load DBOS is a second or more,
so it is loaded by `open_workflows` and nowhere else.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import ExceptionContext

from bakame.store.address import Address
from bakame.store.database import make_private_file
from bakame.store.failures import translated

if TYPE_CHECKING:
    from dbos import DBOS

JsonObject = dict[str, Any]
Body = Callable[[str, str, JsonObject], JsonObject]

# Jobs of another version are not taken up; to be raised when the payloads change so that old ones cannot be read.
_VERSION = "1"
_POLL_S = 0.1
_KNOWS_SUBSEC = (3, 42, 0)
"""The first SQLite whose `unixepoch` counts parts of a second."""
_UNFINISHED = {"PENDING", "ENQUEUED", "DELAYED"}


class _Thread(threading.local):
    """Where this thread is with its workflow."""

    beginning = False


class CutOff(BaseException):
    """What a body raises to end without an outcome and be run again after the next start. DBOS records any `Exception`
    as the outcome, hence not one."""


@dataclass(frozen=True, slots=True)
class Workflows:
    """An open store of workflows. One a process, because DBOS is."""

    _dbos: "type[DBOS]"
    _engine: Engine
    _run: Callable[[str, JsonObject], JsonObject]
    _thread: _Thread

    def unfinished(self, key: str) -> bool:
        """Whether a workflow with this key was begun, here or elsewhere, and has no outcome yet."""
        known = self._dbos.get_workflow_status(key)
        return known is not None and known.status in _UNFINISHED

    def run(self, key: str, name: str, payload: JsonObject) -> JsonObject:
        """Runs the body in this thread and keeps what it returns; for a known key, what was kept.

        Raises `CutOff`, and `Unavailable` when it could not be kept that the workflow began. From then on a database
        that fails is waited for.
        """
        from dbos import SetWorkflowID

        self._thread.beginning = True
        try:
            with SetWorkflowID(key):
                return self._run(name, payload)
        finally:
            self._thread.beginning = False

    def close(self) -> None:
        """Stops the threads and closes the connections."""
        self._dbos.destroy(destroy_registry=True)
        self._engine.dispose()


def open_workflows(address: Address, *, worker: str, busy_timeout_s: float, body: Body) -> Workflows:
    """Opens the store and takes up, in threads of its own, what `worker` was cut off from.

    `body` gets the key, the name and the payload; what it returns must be JSON. Raises SQLAlchemy's errors.
    """
    from dbos import DBOS, WorkflowSerializationFormat

    logger = logging.getLogger("dbos")
    if not logger.handlers:
        # Without a handler DBOS adds one that prints; what it has to say goes where all logs go.
        logger.addHandler(logging.NullHandler())
    engine = _engine(address, busy_timeout_s=busy_timeout_s)
    thread = _Thread()

    @event.listens_for(engine, "handle_error")
    def give_up(context: ExceptionContext) -> None:
        # DBOS tries again for ever, and whoever asks for a job would wait as long without an answer.
        error = context.sqlalchemy_exception or context.original_exception
        if thread.beginning and (known := translated(error)) is not None:
            raise known from error

    try:
        # DBOS tells nothing apart that fails here; the driver does.
        engine.connect().close()
        DBOS(
            config={
                "name": "bakame",
                "application_version": _VERSION,
                "executor_id": worker,
                "system_database_engine": engine,
                "use_listen_notify": False,
                "notification_listener_polling_interval_sec": _POLL_S,
                "log_level": "ERROR",
                "enable_otlp": False,
            }
        )

        def run(name: str, payload: JsonObject) -> JsonObject:
            thread.beginning = False
            return body(str(DBOS.workflow_id), name, payload)

        decorate = DBOS.workflow(name="job", serialization_type=WorkflowSerializationFormat.PORTABLE)
        workflows = Workflows(DBOS, engine, decorate(run), thread)
        thread.beginning = True
        DBOS.launch()
        thread.beginning = False
    except BaseException:
        DBOS.destroy(destroy_registry=True)
        engine.dispose()
        raise
    return workflows


def _engine(address: Address, *, busy_timeout_s: float) -> Engine:
    """DBOS's own engine would wait 30 s for a lock and sync the disk at every commit."""
    if address.file is None:
        return create_engine(address.jobs_url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    engine = create_engine(address.jobs_url)
    file = Path(str(address.jobs_url.database))

    @event.listens_for(engine, "do_connect")
    def make_file(dialect: object, record: object, args: object, options: object) -> None:
        make_private_file(file)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute(f"PRAGMA busy_timeout = {busy_timeout_s * 1000:.0f}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        if sqlite3.sqlite_version_info < _KNOWS_SUBSEC:
            connection.create_function("unixepoch", 1, _epoch)

    return engine


def _epoch(modifier: str) -> float:
    """SQLite's `unixepoch('subsec')`; DBOS asks for it by the version of Python, whatever SQLite is there."""
    now = time.time()
    return now if modifier == "subsec" else int(now)
