"""One run of load: calls are placed at a measured rate, settle, are measured, and hang up, whatever happens."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

from bakame.errors import BakameError, Unavailable
from bakame.simulator.identity import ACCOUNT_SID
from bakame.simulator.load.agent import Manner
from bakame.simulator.load.caller import Caller
from bakame.simulator.load.exchange import Exchange, exchange
from bakame.simulator.load.measures import Measures
from bakame.simulator.load.process import Meter, Usage, waited_s
from bakame.simulator.load.report import Report, Used
from bakame.simulator.load.ticker import Ticker
from bakame.simulator.signing import Signer
from bakame.simulator.twiml import Connect
from bakame.simulator.webhook import Webhooks, http_client

MOST_CALLS: Final = 2000
MOST_SECONDS: Final = 3600.0
SETTLE_S: Final = 6.0
"""Longer than an utterance: what is measured began after the last call was placed."""
AGENT_S: Final = 10.0
"""How long a call may wait for its agent."""
GOODBYE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Target:
    """A server: its public address, for calls by webhook, or only its media socket. `pid` is its process, if here."""

    url: str = "http://127.0.0.1:8000"
    stream_url: str | None = None
    auth_token: str = ""
    account_sid: str = ACCOUNT_SID
    number: str = "+250788000000"
    pid: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How much, how long. `ramp_calls_s` calls are placed a second."""

    calls: int
    seconds: float
    ramp_calls_s: float = 10.0
    settle_s: float = SETTLE_S
    manner: Manner = field(default_factory=Manner)


class Load:
    """The far ends of a server: callers and agents. A context manager; `run` as often as wanted."""

    def __init__(
        self, target: Target, *, engine_port: int, now: Callable[[], float] = time.monotonic, seed: int | None = None
    ) -> None:
        self._target = target
        self._engine_port = engine_port
        self._now = now
        self._rng = random.Random(seed)
        self._signer = Signer(target.auth_token)
        self._stack = AsyncExitStack()
        self._idle: Usage | None = None

    async def __aenter__(self) -> "Load":
        """Opens the agents' port. Raises `Unavailable` when it is in use."""
        async with AsyncExitStack() as stack:
            try:
                agents = exchange(port=self._engine_port, now=self._now, rng=self._rng)
                self._exchange: Exchange = await stack.enter_async_context(agents)
            except OSError as error:
                raise Unavailable(f"port {self._engine_port} for the agents cannot be used: {error.strerror}") from None
            self._client = await stack.enter_async_context(http_client(self._target.url))
            self._webhooks = Webhooks(client=self._client, signer=self._signer)
            metrics = None if self._target.stream_url else f"{self._target.url.rstrip('/')}/metrics"
            self._meter = Meter(pid=self._target.pid, metrics_url=metrics, client=self._client)
            self._idle = await self._meter.read()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def engine_port(self) -> int:
        """Where the agents listen."""
        return self._exchange.port

    async def warm_up(self, plan: Plan) -> Report:
        """A run after which the server has made all that it makes once; memory a call is counted from its end on."""
        report = await self.run(plan)
        self._idle = await self._meter.read()
        return report

    async def run(self, plan: Plan) -> Report:
        """Places the calls, measures, hangs up. Also when it is cancelled every call is hung up.

        Memory a call is counted from what the server had before the first run: what a call left behind counts.
        """
        measures = Measures()
        callers = [
            Caller(
                number,
                measures=measures,
                account_sid=self._target.account_sid,
                now=self._now,
                rng=self._rng,
            )
            for number in range(plan.calls)
        ]
        self._exchange.expect(
            lambda number: callers[number] if number < len(callers) else None, manner=plan.manner, measures=measures
        )
        ticker = Ticker(now=self._now)
        ticking = asyncio.create_task(ticker.run(), name="ticker")
        try:
            await self._place(callers, plan, measures, ticker)
            await asyncio.sleep(plan.settle_s)
            used = await self._measure(plan, measures, ticker)
            if ticking.done():
                ticking.result()
        finally:
            ticker.clear()
            ticking.cancel()
            await _hang_up(callers)
            await asyncio.wait({ticking})
        return Report.of(measures, calls=plan.calls, seconds=plan.seconds, used=used)

    async def _place(self, callers: list[Caller], plan: Plan, measures: Measures, ticker: Ticker) -> None:
        """Places all calls and waits for their agents."""
        started_s = self._now()

        async def place(caller: Caller) -> None:
            await asyncio.sleep(started_s + caller.number / plan.ramp_calls_s - self._now())
            try:
                async with asyncio.timeout(AGENT_S * 2):
                    await self._call(caller)
            except TimeoutError:
                measures.faults.refused["no answer in time"] += 1
            except BakameError as error:
                measures.faults.refused[str(error)] += 1
            else:
                ticker.add(caller.step)
                if not await self._agent_came(caller):
                    measures.faults.unanswered += 1

        async with asyncio.TaskGroup() as tasks:
            for caller in callers:
                tasks.create_task(place(caller))

    async def _call(self, caller: Caller) -> None:
        target = self._target
        if target.stream_url:
            await caller.open(Connect(url=target.stream_url), signer=self._signer)
        else:
            url = f"{target.url.rstrip('/')}/call"
            await caller.call(self._webhooks, url=url, number=target.number, signer=self._signer)

    async def _agent_came(self, caller: Caller) -> bool:
        until_s = self._now() + AGENT_S
        while caller.agent is None:
            if self._now() >= until_s:
                return False
            await asyncio.sleep(0.05)
        return True

    async def _measure(self, plan: Plan, measures: Measures, ticker: Ticker) -> Used:
        measures.begin()
        ticker.late = measures.own_late
        before, own_s, own_waited_s = await self._meter.read(), time.process_time(), waited_s()
        began_s = self._now()
        await asyncio.sleep(plan.seconds)
        took_s, own_cpu_s = max(self._now() - began_s, 1e-9), time.process_time() - own_s
        own_waited_s = waited_s() - own_waited_s
        after = await self._meter.read()
        return Used(self._idle, before, after, own_cpu_s=own_cpu_s, took_s=took_s, own_waited_s=own_waited_s)


async def _hang_up(callers: list[Caller]) -> None:
    """Hangs up all, and waits until the sockets are closed."""
    for caller in callers:
        caller.hang_up()
    closing = asyncio.gather(*(caller.wait_closed() for caller in callers))
    await asyncio.wait({closing}, timeout=GOODBYE_S)
    closing.cancel()
