"""A loaded caller is a carrier: it plays, echoes marks when they are reached, and takes nothing that it should not."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from bakame.simulator.hosting import hosted
from bakame.simulator.load.caller import Caller
from bakame.simulator.load.measures import Measures
from bakame.simulator.load.tape import speech
from bakame.simulator.signing import Signer
from bakame.simulator.twiml import Connect
from bakame.simulator.virtual_time import run_virtual
from simulator.fake_server import TOKEN, FakeServer, Stream
from simulator.test_carrier import payload

SECOND = speech()[:8000]


def on_a_call(talk: Callable[[Stream], Awaitable[None]], *, seconds: float = 3.0) -> tuple[Caller, Measures, Stream]:
    """A call to a server that does this, hung up after some seconds."""
    server = FakeServer(talk=talk)

    async def main() -> tuple[Caller, Measures]:
        loop, measures = asyncio.get_running_loop(), Measures()
        caller = Caller(0, measures=measures, account_sid="AC1", now=loop.time, rng=random.Random(1))
        caller.ear.coming(len(SECOND), loop.time())
        async with hosted(server.app()) as url:
            verb = Connect(url=f"{url.replace('http', 'ws')}/stream", parameters={"token": "t"})
            await caller.open(verb, signer=Signer(TOKEN))
            for _ in range(round(seconds / 0.02)):
                caller.step(loop.time())
                await asyncio.sleep(0.02)
            caller.hang_up()
            caller.hang_up()
            await caller.wait_closed()
        return caller, measures

    caller, measures = run_virtual(main())
    return caller, measures, server.streams[0]


async def placed(stream: Stream, *names: str) -> list[tuple[str, float]]:
    """The marks that come back, and when."""
    came: list[tuple[str, float]] = []
    while len(came) < len(names):
        mark = await stream.until("mark")
        came.append((mark["mark"]["name"], asyncio.get_running_loop().time()))
    return came


def test_marks_come_back_when_the_sound_before_them_was_played() -> None:
    came: list[tuple[str, float]] = []

    async def talk(stream: Stream) -> None:
        await stream.until("start")
        began_s = asyncio.get_running_loop().time()
        for number, start in enumerate((0, 2000, 4000)):
            await stream.send("media", media=payload(SECOND[start : start + 2000]))
            await stream.send("mark", mark={"name": f"m{number}"})
        came.extend((name, at - began_s) for name, at in await placed(stream, "m0", "m1", "m2"))
        await stream.send("mark", mark={"name": "nothing queued"})
        await placed(stream, "nothing queued")
        await stream.drain()

    _, measures, stream = on_a_call(talk)
    assert [name for name, _ in came] == ["m0", "m1", "m2"]
    assert [at for _, at in came] == pytest.approx([0.25, 0.5, 0.75], abs=0.025)
    assert measures.faults.malformed == 0
    assert stream.of("start")[0]["start"]["customParameters"] == {"token": "t"}
    assert len(stream.of("stop")) == 1


def test_a_clear_sends_all_marks_back_at_once() -> None:
    took_s: list[float] = []

    async def talk(stream: Stream) -> None:
        await stream.until("start")
        await stream.send("media", media=payload(SECOND))
        for name in ("a", "b"):
            await stream.send("mark", mark={"name": name})
        began_s = asyncio.get_running_loop().time()
        await stream.send("clear")
        assert [name for name, _ in await placed(stream, "a", "b")] == ["a", "b"]
        took_s.append(asyncio.get_running_loop().time() - began_s)
        await stream.drain()

    _, measures, _ = on_a_call(talk)
    assert took_s[0] < 0.01
    assert measures.faults.clears_unasked == 1


def test_what_a_carrier_would_not_take_is_counted_and_the_call_goes_on() -> None:
    async def talk(stream: Stream) -> None:
        await stream.until("start")
        await stream.send("media", media=payload(SECOND[:160]))
        await stream.socket.send_text("junk")
        await stream.socket.send_bytes(b"sound")
        await stream.send("media", media={"payload": "A"})
        await stream.send("media", media=payload(SECOND[160:320]), extra=1)
        await stream.send("media", media=payload(SECOND[160:8000]))
        await stream.drain()

    _, measures, _ = on_a_call(talk)
    assert measures.faults.malformed == 4
    assert measures.faults.lost == 0
    assert measures.speech_s == pytest.approx(1.0)


def test_a_caller_whose_line_is_not_open_says_nothing() -> None:
    measures = Measures()
    caller = Caller(0, measures=measures, account_sid="AC1", now=lambda: 0.0, rng=random.Random(1))
    caller.step(0.0)
    caller.hang_up()
    assert caller.uplink.sent == 0
    assert measures.faults.in_calls == 0
