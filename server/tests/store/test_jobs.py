"""Durable jobs: one result per id, tries that go on, and nothing lost when the process is killed."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from bakame.errors import BakameError, Invalid, Missing, Unavailable
from bakame.store.jobs import Handler, Jobs, JsonObject

PROCESS = Path(__file__).with_name("job_process.py")


@asynccontextmanager
async def running(
    url: str, *, retries: int = 5, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, **handlers: Handler
) -> AsyncGenerator[Jobs]:
    jobs = Jobs(sleep=sleep)
    for name, handler in handlers.items():
        jobs.register(name, handler, retries=retries)
    await jobs.start(url)
    try:
        yield jobs
    finally:
        await jobs.stop(grace_s=0.5)


def test_an_id_is_done_once_also_after_a_restart(database_url: str) -> None:
    done: list[int] = []

    async def double(payload: JsonObject) -> int:
        done.append(payload["n"])
        return payload["n"] * 2

    async def scenario() -> None:
        async with running(database_url, double=double) as jobs:
            both = await asyncio.gather(*(jobs.run("double", "a", {"n": n}, timeout_s=20) for n in (4, 5)))
            assert both == [8, 8]
            assert await jobs.run("double", "b", {"n": 6}, timeout_s=20) == 12
        async with running(database_url, double=double) as jobs:
            assert await jobs.run("double", "a", {"n": 7}, timeout_s=20) == 8
        assert done == [4, 6]

    asyncio.run(scenario())


def test_a_retryable_error_is_tried_again_with_longer_waits(sqlite_url: str) -> None:
    waits: list[float] = []
    tries: list[JsonObject] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def send(payload: JsonObject) -> str:
        tries.append(payload)
        if len(tries) < 4:
            raise Unavailable("the gateway does not answer")
        return "sent"

    async def scenario() -> None:
        async with running(sqlite_url, sleep=sleep, send=send) as jobs:
            assert await jobs.run("send", "a", {}, timeout_s=20) == "sent"

    asyncio.run(scenario())
    assert len(tries) == 4
    assert waits == [1.0, 2.0, 4.0]


def test_errors_come_back_as_what_they_were_and_stay_the_outcome(sqlite_url: str) -> None:
    tries: list[str] = []

    async def no_wait(seconds: float) -> None: ...

    async def refuse(payload: JsonObject) -> None:
        tries.append("refuse")
        raise Invalid("no such number")

    async def break_down(payload: JsonObject) -> None:
        tries.append("break_down")
        raise Unavailable("still down")

    async def stumble(payload: JsonObject) -> None:
        raise ZeroDivisionError("a mistake of ours")

    async def answer_nonsense(payload: JsonObject) -> object:
        return object()

    async def scenario() -> None:
        handlers = {"refuse": refuse, "break_down": break_down, "stumble": stumble, "nonsense": answer_nonsense}
        async with running(sqlite_url, retries=2, sleep=no_wait, **handlers) as jobs:
            for _ in range(2):
                with pytest.raises(Invalid, match="no such number"):
                    await jobs.run("refuse", "a", {}, timeout_s=20)
                with pytest.raises(Unavailable, match="still down"):
                    await jobs.run("break_down", "a", {}, timeout_s=20)
            for name in ("stumble", "nonsense"):
                with pytest.raises(BakameError, match=f"the job {name} failed"):
                    await jobs.run(name, "a", {}, timeout_s=20)
            with pytest.raises(Missing):
                await jobs.run("unheard", "a", {}, timeout_s=20)

    asyncio.run(scenario())
    assert sorted(tries) == ["break_down"] * 3 + ["refuse"]


def test_a_caller_that_cannot_wait_leaves_the_job_going(sqlite_url: str) -> None:
    async def scenario() -> None:
        go_on = asyncio.Event()

        async def slow(payload: JsonObject) -> str:
            await go_on.wait()
            return "late"

        async with running(sqlite_url, slow=slow) as jobs:
            with pytest.raises(TimeoutError):
                await jobs.run("slow", "a", {}, timeout_s=0.05)
            go_on.set()
            assert await jobs.run("slow", "a", {}, timeout_s=20) == "late"

    asyncio.run(scenario())


def test_a_killed_process_loses_no_job(database_url: str) -> None:
    process = subprocess.Popen([sys.executable, PROCESS, database_url], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == b"begun\n"
        process.kill()
        process.wait()

    async def scenario() -> list[str]:
        words: list[str] = []
        done = asyncio.Event()

        async def work(payload: JsonObject) -> str:
            words.append(payload["word"])
            done.set()
            return "finished"

        async with running(database_url, work=work):
            await asyncio.wait_for(done.wait(), 20)
        async with running(database_url, work=work) as jobs:
            assert await jobs.run("work", "one", {"word": "another"}, timeout_s=20) == "finished"
        return words

    assert asyncio.run(scenario()) == ["kept"]


def test_a_stop_cuts_off_what_does_not_end_and_the_next_start_takes_it_up(sqlite_url: str) -> None:
    seen: list[str] = []

    async def scenario() -> None:
        begun, done = asyncio.Event(), asyncio.Event()

        async def hang(payload: JsonObject) -> None:
            begun.set()
            await asyncio.Event().wait()

        async def finish(payload: JsonObject) -> str:
            seen.append(payload["text"])
            done.set()
            return "finished"

        async with running(sqlite_url, work=hang) as jobs:
            call = asyncio.create_task(jobs.run("work", "a", {"text": "muraho"}, timeout_s=20))
            await begun.wait()
        with pytest.raises(Unavailable):
            await call
        async with running(sqlite_url, work=finish) as jobs:
            await asyncio.wait_for(done.wait(), 20)
        async with running(sqlite_url, work=hang) as jobs:
            assert await jobs.run("work", "a", {}, timeout_s=20) == "finished"

    asyncio.run(scenario())
    assert seen == ["muraho"]


def test_no_thread_is_left_and_nothing_is_taken_after_a_stop(sqlite_url: str) -> None:
    async def nothing(payload: JsonObject) -> None: ...

    async def scenario() -> None:
        before = set(threading.enumerate())
        async with running(sqlite_url, nothing=nothing) as jobs:
            await jobs.run("nothing", "a", {}, timeout_s=20)
            with pytest.raises(RuntimeError, match="already"):
                await Jobs().start(sqlite_url)
        for thread in set(threading.enumerate()) - before:
            thread.join(10)
            assert not thread.is_alive()
        with pytest.raises(Unavailable):
            await jobs.run("nothing", "b", {}, timeout_s=20)
        await jobs.stop()

    asyncio.run(scenario())


def test_jobs_that_cannot_be_kept_say_so(sqlite_url: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        jobs_file = tmp_path / "bakame-jobs.sqlite"
        jobs_file.write_bytes(b"this is a text and no database at all" * 100)
        with pytest.raises(Unavailable, match="not a database"):
            await Jobs().start(sqlite_url)
        jobs_file.unlink()
        jobs_file.mkdir()
        with pytest.raises(Unavailable):
            await Jobs().start(sqlite_url)
        jobs_file.rmdir()
        # A failed start leaves nothing behind that would hold up the next.
        async with running(sqlite_url):
            pass
        assert os.stat(jobs_file).st_mode & 0o777 == 0o600

    asyncio.run(scenario())


def test_a_locked_store_refuses_to_start_and_to_take_jobs(sqlite_url: str, tmp_path: Path) -> None:
    async def nothing(payload: JsonObject) -> str:
        return "done"

    async def scenario() -> None:
        jobs = Jobs(busy_timeout_s=0.05)
        jobs.register("nothing", nothing)
        await jobs.start(sqlite_url)
        with locked(tmp_path / "bakame-jobs.sqlite"), pytest.raises(Unavailable, match="stayed locked"):
            await jobs.run("nothing", "a", {}, timeout_s=20)
        assert await jobs.run("nothing", "a", {}, timeout_s=20) == "done"
        await jobs.stop()
        with locked(tmp_path / "bakame-jobs.sqlite"), pytest.raises(Unavailable, match="stayed locked"):
            await jobs.start(sqlite_url)
        await jobs.start(sqlite_url)
        await jobs.stop()

    asyncio.run(scenario())


@contextmanager
def locked(file: Path) -> Generator[None]:
    other = sqlite3.connect(file, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()
