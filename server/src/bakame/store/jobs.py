"""Durable jobs: work that is finished although the process was killed in the middle, and done once per id.

Handlers run in the event loop that called `start`, also when a job is taken up again after a crash. A handler that was
cut off begins anew, so what it does to the world must bear that (message ids and claims in the database do).
"""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from bakame.errors import BakameError, Busy, Conflict, Denied, Invalid, Missing, Unavailable
from bakame.store.address import parse_address
from bakame.store.database import BUSY_TIMEOUT_S
from bakame.store.failures import database_failures
from bakame.store.workflows import CutOff, JsonObject, Workflows, open_workflows

__all__ = ["AT_ONCE", "Handler", "Jobs", "JsonObject"]

Handler = Callable[[JsonObject], Awaitable[Any]]

AT_ONCE = 200
"""Jobs that run at the same time in one process; each keeps a thread waiting."""

_POLL_S = 0.05
_KINDS = {kind.__name__: kind for kind in (Missing, Conflict, Denied, Invalid, Busy, Unavailable, BakameError)}
_only_one = threading.Lock()
_log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job:
    handler: Handler
    retries: int
    first_wait_s: float
    longest_wait_s: float


class Jobs:
    """The jobs of this process. Register them, then `start`; only one instance can be started at a time in a process.

    `sleep` is what waits between two tries; `busy_timeout_s` how long a locked SQLite file is waited for.
    """

    def __init__(
        self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, busy_timeout_s: float = BUSY_TIMEOUT_S
    ) -> None:
        self._busy_timeout_s = busy_timeout_s
        self._jobs: dict[str, _Job] = {}
        self._sleep = sleep
        self._workflows: Workflows | None = None
        self._calls: dict[str, asyncio.Task[JsonObject]] = {}
        self._handling: set[asyncio.Task[JsonObject]] = set()
        self._taken_up: set[str] = set()
        self._stopping = False

    def register(
        self, name: str, handler: Handler, *, retries: int = 5, first_wait_s: float = 1.0, longest_wait_s: float = 60.0
    ) -> None:
        """Names a kind of job. `handler` takes and returns what JSON can hold.

        An error that says `retryable` is tried again `retries` times, after waits that double. Raises `ValueError` for
        a name that is taken.
        """
        if name in self._jobs:
            raise ValueError(f"a job is called {name} already")
        self._jobs[name] = _Job(handler, retries, first_wait_s, longest_wait_s)

    async def start(self, database_url: str, *, worker: str = "local") -> None:
        """Opens the store of jobs and takes up those of `worker` that were cut off.

        Workers that share a database must have different names, and keep them over a restart. On SQLite the jobs
        live in a file beside the database. Raises `Unavailable`, and `RuntimeError` when jobs are started already.
        """
        address = parse_address(database_url)
        if not _only_one.acquire(blocking=False):
            raise RuntimeError("this process runs its jobs already")
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(AT_ONCE, "jobs")
        self._stopping = False
        try:
            self._workflows = await self._in_thread(
                lambda: open_workflows(
                    address, worker=worker, busy_timeout_s=self._busy_timeout_s, body=self._from_thread
                )
            )
        except BaseException:
            self._threads.shutdown()
            _only_one.release()
            raise

    async def run(self, name: str, job_id: str, payload: JsonObject, *, timeout_s: float) -> Any:
        """Does the job `name` for this id once, and returns its result; for a known id the first result.

        Raises what the handler raised (one of `bakame.errors`), `Missing` for a name that was not registered,
        `Unavailable` when the job could not be kept, and `TimeoutError` after `timeout_s` while the job goes on.
        """
        if name not in self._jobs:
            raise Missing(f"no job is called {name}")
        workflows = self._workflows
        if workflows is None or self._stopping:
            raise Unavailable("jobs are not taken now")
        key = f"{name}:{job_id}"
        call = self._calls.get(key)
        if call is None:
            call = asyncio.create_task(self._complete(workflows, key, name, payload), name=key)
            self._calls[key] = call
            call.add_done_callback(self._forget)
        async with asyncio.timeout(timeout_s):
            return _unpacked(await asyncio.shield(call))

    async def stop(self, *, grace_s: float = 5.0) -> None:
        """Lets jobs end for `grace_s` seconds and cuts off the rest, to be taken up at the next start.

        Safe to call twice.
        """
        workflows = self._workflows
        if workflows is None or self._stopping:
            return
        self._stopping = True
        if busy := self._handling | set(self._calls.values()):
            await asyncio.wait(busy, timeout=grace_s)
        for handling in self._handling:
            handling.cancel()
        if busy := self._handling | set(self._calls.values()):
            await asyncio.wait(busy, timeout=grace_s)
        try:
            for key in tuple(self._taken_up):
                # The outcome is written after the handler; for a job that nobody called, only the store can tell.
                await self._until_finished(workflows, key, patience_s=grace_s)
        finally:
            self._taken_up.clear()
            self._workflows = None
            await self._in_thread(workflows.close)
            # One that still waits for a database to come back would hold us up.
            self._threads.shutdown(wait=not self._calls)
            _only_one.release()

    async def _complete(self, workflows: Workflows, key: str, name: str, payload: JsonObject) -> JsonObject:
        # DBOS itself would wait for a job that runs elsewhere, in a thread that nothing can end.
        if not await self._until_finished(workflows, key):
            raise Unavailable("jobs are not taken now")
        try:
            return await self._in_thread(lambda: workflows.run(key, name, payload))
        except CutOff:
            raise Unavailable("the job was cut off and goes on after the next start") from None

    async def _until_finished(self, workflows: Workflows, key: str, *, patience_s: float | None = None) -> bool:
        """False when it was not finished within `patience_s`, or, without that, when we stop."""
        give_up_at = None if patience_s is None else self._loop.time() + patience_s
        while await self._in_thread(lambda: workflows.unfinished(key)):
            if self._stopping if give_up_at is None else self._loop.time() > give_up_at:
                return False
            await asyncio.sleep(_POLL_S)
        return True

    def _forget(self, call: asyncio.Task[JsonObject]) -> None:
        del self._calls[call.get_name()]
        # Whoever waited may have given up; then nobody else looks at the exception.
        if not call.cancelled():
            call.exception()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        with database_failures():
            return await self._loop.run_in_executor(self._threads, work)

    def _from_thread(self, key: str, name: str, payload: JsonObject) -> JsonObject:
        """The body of a workflow. Never raises an `Exception`: an outcome is data."""
        try:
            outcome = asyncio.run_coroutine_threadsafe(self._handle(name, payload), self._loop).result()
        except (CancelledError, asyncio.CancelledError):
            raise CutOff from None
        if key not in self._calls:
            self._taken_up.add(key)
        return outcome

    async def _handle(self, name: str, payload: JsonObject) -> JsonObject:
        if self._stopping:
            raise asyncio.CancelledError
        trying = asyncio.create_task(self._try(name, payload))
        self._handling.add(trying)
        trying.add_done_callback(self._handling.discard)
        return await trying

    async def _try(self, name: str, payload: JsonObject) -> JsonObject:
        job = self._jobs.get(name)
        if job is None:
            return _failed(Missing(f"no job is called {name}"))
        wait_s, tries = job.first_wait_s, 1
        while True:
            try:
                result = await job.handler(payload)
                json.dumps(result)
            except BakameError as error:
                if not error.retryable or tries > job.retries:
                    return _failed(error)
                _log.warning("job.retried", job=name, error=str(error), tries=tries)
            except Exception:  # noqa: BLE001 (any mistake of a handler is an outcome; it is logged with its trace)
                _log.exception("job.failed", job=name)
                return _failed(BakameError(f"the job {name} failed"))
            else:
                return {"result": result}
            await self._sleep(wait_s)
            wait_s, tries = min(2 * wait_s, job.longest_wait_s), tries + 1


def _failed(error: BakameError) -> JsonObject:
    kind = next(cls.__name__ for cls in type(error).__mro__ if cls.__name__ in _KINDS)
    return {"error": kind, "message": str(error), "retryable": error.retryable}


def _unpacked(outcome: JsonObject) -> Any:
    if "error" in outcome:
        raise _KINDS[outcome["error"]](outcome["message"], retryable=outcome["retryable"])
    return outcome["result"]
