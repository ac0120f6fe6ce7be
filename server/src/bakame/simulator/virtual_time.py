"""An event loop whose clock jumps: a ten-minute call takes seconds, over real loopback sockets.

Everything that ought to wait for a timer waits for nothing: when no callback is ready, no byte has arrived and nobody
outside the loop works for us, the clock moves to the next timer at once. Work in threads and processes, and queries
to a database outside, hold the clock still until they are done, so a slow machine changes no outcome.

Server and phone run in one process and in this one loop. What a foreign process does on its own (a socket to a cloud
service) is not seen and does not hold the clock.
"""

import asyncio
import os
import selectors
import sys
import time
from asyncio import SelectorEventLoop
from collections import Counter
from collections.abc import Coroutine, Mapping
from typing import Any, Final, TypeVar

from bakame.simulator.in_flight import InFlight

T = TypeVar("T")

OUTSIDERS: Final = frozenset({"aiosqlite", "asyncpg"})
"""Packages whose futures are completed by another thread or process."""


IN_FLIGHT_S: Final = 1.0
"""Real seconds that bytes may be on their way before they are taken for lost, as those to a closed socket are."""


class StallError(RuntimeError):
    """Real time passed without any progress in the loop: somebody waits for what will never come."""


class _JumpingSelector(selectors.BaseSelector):
    """A selector that moves the loop's clock instead of waiting.

    Bytes written to a loopback socket are readable a moment later, not at once. The clock stands still while some are
    known to be on their way; for what cannot be known, such as the end of a connection, `settle_s` of real time is
    spent looking before each jump.
    """

    def __init__(self, *, settle_s: float, stall_s: float) -> None:
        self.now_s = 0.0
        self.outside: Counter[str] = Counter()
        self._real = selectors.DefaultSelector()
        self._in_flight = InFlight()
        self._settle_s = settle_s
        self._stall_s = stall_s
        self._progress_at = time.monotonic()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = self._real.register(fileobj, events, data)
        self._in_flight.watch(key.fd)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        key = self._real.unregister(fileobj)
        self._in_flight.leave(key.fd)
        return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._in_flight.close()
        self._real.close()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            ready = self._real.select(0)
            return ready or self._idle()
        if self.outside or timeout is None:
            ready = self._real.select(0.05)
            return self._progress(ready) if ready else self._idle()
        # First what is on its way, then what has arrived: the other way round, bytes that arrive in between are missed.
        if time.monotonic() - self._progress_at < IN_FLIGHT_S and self._in_flight:
            ready = self._real.select(0.001)
            return self._progress(ready) if ready else []
        ready = self._settle()
        if not ready:
            self.now_s += timeout
        return self._progress(ready)

    def _settle(self) -> list[tuple[selectors.SelectorKey, int]]:
        """What becomes ready within the settling time."""
        deadline = time.perf_counter() + self._settle_s
        while not (ready := self._real.select(0)):
            if time.perf_counter() >= deadline:
                break
            os.sched_yield()
        return ready

    def _progress(self, ready: list[tuple[selectors.SelectorKey, int]]) -> list[tuple[selectors.SelectorKey, int]]:
        self._progress_at = time.monotonic()
        return ready

    def _idle(self) -> list[tuple[selectors.SelectorKey, int]]:
        if time.monotonic() - self._progress_at > self._stall_s:
            waiting = ", ".join(f"{count} in {where}" for where, count in self.outside.items()) or "nothing outside"
            self._progress_at = time.monotonic()
            raise StallError(
                f"no progress for {self._stall_s:g} s of real time, at {self.now_s:.3f} virtual; awaiting {waiting}"
            )
        return []


class VirtualTimeLoop(SelectorEventLoop):
    """An asyncio loop on virtual time, which starts at 0.

    `settle_s`: real seconds spent before each jump looking for bytes in flight. `stall_s`: real seconds without
    progress after which `StallError` is raised out of the loop.
    """

    def __init__(self, *, settle_s: float = 50e-6, stall_s: float = 30.0) -> None:
        self._jumping = _JumpingSelector(settle_s=settle_s, stall_s=stall_s)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s

    def create_future(self) -> asyncio.Future[Any]:
        """A future; one that the world outside the loop will complete holds the clock until it is done."""
        future = super().create_future()
        origin = _outside_origin()
        if origin is not None:
            self._jumping.outside[origin] += 1
            future.add_done_callback(lambda _: self._came_back(origin))
        return future

    def _came_back(self, origin: str) -> None:
        self._jumping.outside[origin] -= 1
        if not self._jumping.outside[origin]:
            del self._jumping.outside[origin]


def _outside_origin() -> str | None:
    """Who outside the loop will complete the future that is being made, told by who makes it; None for nobody.

    Executors, `asyncio.to_thread` and futures of other threads all pass through `asyncio.wrap_future`. Whoever reads
    from a child process waits for its work; a process that is read from all the time would hold the clock for ever.
    """
    caller = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]  # the documented way to know one's caller cheaply
    module: str = caller.f_globals.get("__name__", "")
    if module == "asyncio.futures":
        return "a thread or process" if caller.f_code.co_name == "wrap_future" else None
    if module == "asyncio.base_events":
        # Its threads are joined by a thread, for which Python 3.12 and later waits with a time limit.
        return "the executor's end" if caller.f_code.co_name == "shutdown_default_executor" else None
    if module == "asyncio.base_subprocess" or (
        module == "asyncio.streams" and _reads_a_pipe(caller.f_locals.get("self"))
    ):
        return "a child process"
    package = module.partition(".")[0]
    return package if package in OUTSIDERS else None


def _reads_a_pipe(reader: object) -> bool:
    transport = getattr(reader, "_transport", None)
    return isinstance(transport, asyncio.ReadTransport) and transport.get_extra_info("pipe") is not None


def run_virtual(
    main: Coroutine[Any, Any, T], *, limit_s: float = 3600.0, settle_s: float = 50e-6, stall_s: float = 30.0
) -> T:
    """Runs `main` to its end on virtual time, as `asyncio.run` would on real time.

    Raises `TimeoutError` after `limit_s` of virtual time, `StallError` after `stall_s` of real time without progress.
    """

    async def limited() -> T:
        async with asyncio.timeout(limit_s):
            return await main

    def loop() -> VirtualTimeLoop:
        return VirtualTimeLoop(settle_s=settle_s, stall_s=stall_s)

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(limited())
