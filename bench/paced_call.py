"""One long call: does the paced sound drift, and does every frame arrive, whole and in order?

Ours (`calls.bridge` behind uvicorn, over a real socket) against the naive loop that sends and then sleeps 20 ms, at
the same time in processes of their own. Each frame carries its number, so loss and disorder show.
"""

import argparse
import asyncio
import base64
import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson
import uvicorn
import websockets
from fastapi import FastAPI, WebSocket
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import ClientConnection

from bakame.app.clock import SystemClock
from bakame.app.http.serving import make_server
from bakame.audio.format import FRAME_BYTES, TELEPHONE
from bakame.calls.bridge import Bridge
from bakame.calls.routes import SocketWire
from bakame.ports.voice import CallerSaid, Finished, Heard, Speech, VoiceEvent
from bakame.providers.twilio.media import TwilioMedia
from bakame.simulator.identity import ACCOUNT_SID
from bakame.simulator.media import CarrierStream

LEAD_MS = 160
PORTS = {"ours": 8072, "sleep(0.02)": 8073}


def frame(number: int) -> bytes:
    """A frame that says which one it is."""
    return number.to_bytes(4, "big") * (FRAME_BYTES // 4)


class Counting:
    """A session that speaks numbered frames without a pause."""

    hears = speaks = TELEPHONE

    def __init__(self, frames: int) -> None:
        self._frames = frames

    async def run(self, emit: Callable[[VoiceEvent], None]) -> None:
        second = 50
        for start in range(0, self._frames, second):
            emit(
                Speech(
                    1,
                    b"".join(frame(n) for n in range(start, min(start + second, self._frames))),
                )
            )
            await asyncio.sleep(0.9)
        emit(Speech(1, b"", last=True))
        emit(Finished("done"))

    async def send_audio(self, audio: bytes) -> None: ...

    async def send_key(self, digit: str) -> None: ...

    def ear_moved(self, heard: Heard) -> None: ...


class Nobody:
    """Watches nothing."""

    def heard(self, heard: Heard) -> None: ...

    def said(self, said: CallerSaid) -> None: ...

    def malformed(self, reason: str) -> None: ...

    def late(self, seconds: float) -> None: ...


async def ours(socket: WebSocket, frames: int) -> None:
    await socket.accept()
    wire, codec = SocketWire(socket), TwilioMedia()
    for _ in range(2):
        message = await wire.receive()
        assert message is not None
        codec.decode(message)
    bridge = Bridge(
        wire=wire,
        codec=codec,
        session=Counting(frames),
        watch=Nobody(),
        clock=SystemClock(),
        lead_ms=LEAD_MS,
    )
    await bridge.run()
    await wire.close(1000)


async def naive(socket: WebSocket, frames: int) -> None:
    await socket.accept()
    codec = TwilioMedia()
    for _ in range(2):
        codec.decode(await socket.receive_text())
    for number in range(frames):
        await socket.send_text(codec.media(frame(number)))
        await asyncio.sleep(0.02)
    await socket.close()


def serve(name: str, frames: int) -> None:
    """A server process for one of the two."""
    app = FastAPI()

    @app.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        await (ours if name == "ours" else naive)(socket, frames)

    server: uvicorn.Server = make_server(app, host="127.0.0.1", port=PORTS[name])
    server.run()


@dataclass(slots=True)
class Arrivals:
    """What came over the wire."""

    times: list[float] = field(default_factory=list[float])
    numbers: list[int] = field(default_factory=list[int])
    short: int = 0


async def connected(url: str) -> ClientConnection:
    """The socket, once the server is up."""
    for _ in range(100):
        try:
            return await websockets.connect(url, compression=None)
        except ConnectionRefusedError:
            await asyncio.sleep(0.2)
    raise SystemExit("the server does not start")


async def listen(name: str, frames: int) -> Arrivals:
    """Plays the carrier: counts frames, echoes marks when they are reached."""
    arrivals, loop = Arrivals(), asyncio.get_running_loop()
    carrier = CarrierStream(stream_sid="MZ" + "0" * 32, call_sid="CA" + "0" * 32, account_sid=ACCOUNT_SID)
    url = f"ws://127.0.0.1:{PORTS[name]}/stream"
    async with await connected(url) as socket:
        await socket.send(carrier.connected())
        await socket.send(carrier.start({}))
        async for text in socket:
            now, message = loop.time(), orjson.loads(text)
            if message["event"] == "mark":
                await socket.send(carrier.mark(message["mark"]["name"]))
            elif message["event"] == "media":
                sound = base64.b64decode(message["media"]["payload"])
                arrivals.short += len(sound) != FRAME_BYTES
                arrivals.times.append(now)
                arrivals.numbers.append(int.from_bytes(sound[:4], "big"))
    assert len(arrivals.times) <= frames
    return arrivals


def row(name: str, arrivals: Arrivals, frames: int) -> list[str]:
    """Drift: how much later than its place in real time a frame came at the end than at the beginning."""
    settled = 2 * LEAD_MS // 20
    late = [(at - arrivals.times[settled]) * 1000 - 20 * n for n, at in enumerate(arrivals.times[settled:])]
    tenth = max(1, len(late) // 100)
    drift = sorted(late[-tenth:])[tenth // 2] - sorted(late[:tenth])[tenth // 2]
    lost = frames - len(set(arrivals.numbers))
    disorder = sum(b != a + 1 for a, b in zip(arrivals.numbers, arrivals.numbers[1:], strict=False))
    late.sort()
    spread = late[int(len(late) * 0.99)] - late[len(late) // 2]
    return [
        name,
        str(len(arrivals.times)),
        f"{drift:+.1f}",
        f"{spread:.1f}",
        str(lost),
        str(disorder),
        str(arrivals.short),
    ]


async def measure(frames: int) -> list[list[str]]:
    arrived = await asyncio.gather(*(listen(name, frames) for name in PORTS))
    return [row(name, arrivals, frames) for name, arrivals in zip(PORTS, arrived, strict=True)]


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10.0)
    minutes: float = options.parse_args().minutes
    count = round(minutes * 60 * 50)
    context = multiprocessing.get_context("spawn")
    servers = [context.Process(target=serve, args=(name, count), daemon=True) for name in PORTS]
    for one in servers:
        one.start()
    try:
        rows = asyncio.run(measure(count))
    finally:
        for one in servers:
            one.terminate()
    table = Table(title=f"{minutes:g} minutes of one call, {count} frames", title_justify="left")
    for column in (
        "",
        "frames",
        "drift ms (goal ≤ 20)",
        "p99 - p50 ms",
        "lost",
        "out of order",
        "short",
    ):
        table.add_column(column, justify="right" if column else "left")
    for cells in rows:
        table.add_row(*cells)
    Console(width=110).print(table)
