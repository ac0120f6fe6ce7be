"""Virtual time: long waits cost nothing, and nothing that really takes time is overtaken by the clock."""

import asyncio
import itertools
import socket
import time
from concurrent.futures import Future
from pathlib import Path

import aiosqlite
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.simulator.virtual_time import StallError, run_virtual


def now() -> float:
    return asyncio.get_running_loop().time()


def test_ten_minutes_pass_in_no_time() -> None:
    async def main() -> float:
        await asyncio.sleep(600)
        return now()

    began = time.monotonic()
    assert run_virtual(main()) == pytest.approx(600)
    assert time.monotonic() - began < 5


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30))
def test_timers_fire_in_order_and_at_their_time(delays_ms: list[int]) -> None:
    async def main() -> list[tuple[int, float]]:
        fired: list[tuple[int, float]] = []

        async def one(delay_ms: int) -> None:
            await asyncio.sleep(delay_ms / 1000)
            fired.append((delay_ms, now()))

        async with asyncio.TaskGroup() as group:
            for delay_ms in delays_ms:
                group.create_task(one(delay_ms))
        return fired

    fired = run_virtual(main())
    assert [delay_ms for delay_ms, _ in fired] == sorted(delays_ms)
    for delay_ms, at in fired:
        assert at == pytest.approx(delay_ms / 1000, abs=1e-6)


def test_paced_frames_over_a_socket_come_back_in_the_millisecond_they_were_sent() -> None:
    frames = 30_000  # ten minutes of 20 ms

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while frame := await reader.read(160):
            writer.write(frame)
            await writer.drain()
        writer.close()

    async def main() -> tuple[list[float], list[int]]:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()[:2]
        reader, writer = await asyncio.open_connection(host, port)
        delays: list[float] = []
        order: list[int] = []
        start = now()

        async def listen() -> None:
            for n in range(1, frames + 1):
                frame = await reader.readexactly(160)
                delays.append(now() - (start + n * 0.02))
                order.append(int.from_bytes(frame[:4], "big"))

        async with asyncio.TaskGroup() as group:
            group.create_task(listen())
            for n in range(1, frames + 1):
                await asyncio.sleep(start + n * 0.02 - now())
                writer.write(n.to_bytes(4, "big") + bytes(156))
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        return delays, order

    delays, order = run_virtual(main())
    assert order == list(range(1, frames + 1))
    assert max(delays) < 0.001


def test_the_clock_waits_for_bytes_that_the_kernel_holds_back() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Nagle's algorithm keeps the second write until the first is acknowledged, up to 40 ms of real time later.
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        while await reader.read(100):
            writer.write(b"head")
            await asyncio.sleep(0)
            writer.write(b"body")
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        for _ in range(20):
            began = now()
            writer.write(b"ask")
            assert await reader.readexactly(8) == b"headbody"
            assert now() == began
            await asyncio.sleep(7)
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()

    run_virtual(main())


def test_the_clock_waits_for_a_thread() -> None:
    async def main() -> list[str]:
        order: list[str] = []

        async def timer() -> None:
            await asyncio.sleep(60)
            order.append("timer")

        waiting = asyncio.create_task(timer())
        total = await asyncio.to_thread(lambda: sum(itertools.islice(itertools.count(), 300_000)))
        order.append("thread")
        assert total == 300_000 * 299_999 // 2
        assert now() < 1
        await waiting
        return order

    assert run_virtual(main()) == ["thread", "timer"]


def test_the_clock_waits_for_the_database(tmp_path: Path) -> None:
    async def main() -> float:
        async with aiosqlite.connect(tmp_path / "numbers.db") as database:
            async with asyncio.timeout(0.5):
                await database.execute("create table numbers (n integer)")
                for n in range(200):
                    await database.execute("insert into numbers values (?)", (n,))
                await database.commit()
            return now()

    assert run_virtual(main()) == 0


def test_a_thread_that_never_answers_is_reported() -> None:
    async def main() -> None:
        await asyncio.wrap_future(Future[None]())

    with pytest.raises(StallError, match="a thread or process"):
        run_virtual(main(), stall_s=0.1)


def test_virtual_time_has_a_limit() -> None:
    async def main() -> None:
        await asyncio.sleep(1e6)

    with pytest.raises(TimeoutError):
        run_virtual(main(), limit_s=1000)
