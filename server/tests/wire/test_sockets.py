"""Sockets as the audio path has them, over loopback: what arrives, in which order, and how they end."""

import asyncio
import base64
import hashlib
import socket as tcp
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from bakame.app.http.serving import make_server
from bakame.errors import Unavailable
from bakame.simulator.virtual_time import run_virtual
from bakame.wire.sockets import LARGEST_MESSAGE, Peer, Refused, Socket, connect
from bakame.wire.upgrade import LARGEST_MESSAGE as LARGEST_OF_A_CARRIER


class Recorder:
    """A peer that keeps what comes, and may answer."""

    def __init__(self, answer: Callable[[bytes], None] = lambda _: None) -> None:
        self.messages: list[bytes | str] = []
        self.ended: tuple[int, str] | None = None
        self._answer = answer
        self._changed = asyncio.Event()

    def received(self, message: bytes) -> None:
        self.messages.append(message)
        self._answer(message)
        self._changed.set()

    def received_binary(self, message: bytes) -> None:
        self.messages.append(f"binary {len(message)}")
        self._changed.set()

    def lost(self, code: int, reason: str) -> None:
        assert self.ended is None
        self.ended = (code, reason)
        self._changed.set()

    async def until(self, happened: Callable[[], bool]) -> None:
        while not happened():
            self._changed.clear()
            await self._changed.wait()


class HouseDoor:
    """Lets `/in` in; `met(socket)` gives each socket its peer."""

    def __init__(self, met: Callable[[Socket], Peer]) -> None:
        self._met = met
        self.headers: Mapping[str, str] = {}

    def admit(self, path: str, headers: Mapping[str, str]) -> int | None:
        self.headers = headers
        return None if path == "/in" else 403

    def opened(self, socket: Socket) -> Peer:
        return self._met(socket)


@asynccontextmanager
async def _house(door: HouseDoor) -> AsyncGenerator[str]:

    listening = tcp.socket(tcp.AF_INET, tcp.SOCK_STREAM, tcp.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = make_server(FastAPI(), host="127.0.0.1", port=0, loop="asyncio", door=door)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"ws://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def _visit(
    journey: Callable[[str, HouseDoor, list[Recorder], list[Socket]], Awaitable[None]], *, echo: bool = False
) -> None:
    async def scenario() -> None:
        peers: list[Recorder] = []
        sockets: list[Socket] = []

        def met(socket: Socket) -> Peer:
            sockets.append(socket)
            peers.append(Recorder((lambda message: socket.send_together([message])) if echo else (lambda _: None)))
            return peers[-1]

        door = HouseDoor(met)
        async with _house(door) as url:
            await journey(url, door, peers, sockets)

    run_virtual(scenario(), limit_s=600)


def test_messages_of_every_size_come_back_whole_and_in_order() -> None:
    async def journey(url: str, door: HouseDoor, peers: list[Recorder], sockets: list[Socket]) -> None:
        ours = Recorder()
        socket = await connect(f"{url}/in", ours, headers={"X-Who": "us"})
        sent = [b"x" * size for size in (0, 1, 125, 126, 127, 65_000, 400, LARGEST_OF_A_CARRIER)]
        for message in sent:
            socket.send(message)
        await ours.until(lambda: len(ours.messages) == len(sent))
        assert ours.messages == sent
        assert door.headers["x-who"] == "us"
        socket.close()
        await socket.wait_lost()

    _visit(journey, echo=True)


def test_messages_that_leave_together_arrive_one_by_one() -> None:
    async def journey(url: str, door: HouseDoor, peers: list[Recorder], sockets: list[Socket]) -> None:
        ours = Recorder()
        socket = await connect(f"{url}/in", ours)
        sockets[0].send_together([b"one", b"2" * 70_000, b"three"])
        await ours.until(lambda: len(ours.messages) == 3)
        assert ours.messages == [b"one", b"2" * 70_000, b"three"]
        socket.send_together([b"four", b"five"])
        await peers[0].until(lambda: len(peers[0].messages) == 2)
        assert peers[0].messages == [b"four", b"five"]
        socket.close()

    _visit(journey)


def test_text_and_binary_are_told_apart() -> None:
    async def journey(url: str, door: HouseDoor, peers: list[Recorder], sockets: list[Socket]) -> None:
        socket = await connect(f"{url}/in", Recorder())
        socket.send("text")
        socket.send_binary(b"\x00" * 9)
        await peers[0].until(lambda: len(peers[0].messages) == 2)
        assert peers[0].messages == [b"text", "binary 9"]
        socket.close()

    _visit(journey)


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 1012])
def test_the_other_side_learns_the_code_and_the_reason_once(code: int) -> None:
    async def journey(url: str, door: HouseDoor, peers: list[Recorder], sockets: list[Socket]) -> None:
        ours = Recorder()
        socket = await connect(f"{url}/in", ours)
        sockets[0].close(code, "that is all")
        sockets[0].close(1000)
        await ours.until(lambda: ours.ended is not None)
        assert ours.ended == (code, "that is all")
        assert not socket.is_open
        socket.send(b"into nothing")
        socket.close()
        await peers[0].until(lambda: peers[0].ended is not None)

    _visit(journey)


def test_a_broken_connection_is_told_apart_from_a_goodbye() -> None:
    async def journey(url: str, door: HouseDoor, peers: list[Recorder], sockets: list[Socket]) -> None:
        socket = await connect(f"{url}/in", Recorder())
        socket.abort()
        await peers[0].until(lambda: peers[0].ended is not None)
        assert peers[0].ended is not None
        assert peers[0].ended[0] == 1006

    _visit(journey)


def test_a_message_that_is_too_large_ends_the_connection() -> None:
    async def journey(url: str, door: HouseDoor, peers: list[Recorder], sockets: list[Socket]) -> None:
        ours = Recorder()
        socket = await connect(f"{url}/in", ours)
        socket.send(b"x" * (LARGEST_OF_A_CARRIER + 1))
        await ours.until(lambda: ours.ended is not None)
        assert ours.ended is not None
        assert ours.ended[0] in (1009, 1006)
        assert peers[0].messages == []

    _visit(journey)


def test_who_is_not_let_in_is_told_the_status() -> None:
    async def journey(url: str, door: HouseDoor, peers: list[Recorder], sockets: list[Socket]) -> None:
        with pytest.raises(Refused) as refused:
            await connect(f"{url}/elsewhere", Recorder())
        assert (refused.value.status, refused.value.retryable) == (403, False)
        assert peers == []

    _visit(journey)


def test_nobody_there_a_wrong_address_and_a_silent_server_are_unavailable() -> None:
    async def scenario() -> None:
        held: list[asyncio.StreamWriter] = []

        async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            held.append(writer)

        async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        silent = await asyncio.start_server(hold, "127.0.0.1", 0)
        rude = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        ports = [server.sockets[0].getsockname()[1] for server in (silent, rude)]
        with pytest.raises(Unavailable, match="did not open"):
            await connect("ws://127.0.0.1:1/", Recorder())
        with pytest.raises(Unavailable, match="in time"):
            await connect(f"ws://127.0.0.1:{ports[0]}/", Recorder(), open_s=2.0)
        with pytest.raises(Unavailable, match="before it opened"):
            await connect(f"ws://127.0.0.1:{ports[1]}/", Recorder())
        with pytest.raises(Unavailable) as wrong:
            await connect("gopher://127.0.0.1/", Recorder())
        assert not wrong.value.retryable
        for writer in held:
            writer.close()
        for server in (silent, rude):
            server.close()
            await server.wait_closed()

    run_virtual(scenario())


def test_a_peer_that_does_not_answer_pings_is_gone() -> None:
    async def scenario() -> None:
        async def shake_hands_and_fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:

            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            key = next(
                line.split(": ")[1] for line in request.split("\r\n") if line.lower().startswith("sec-websocket-key")
            )
            accept = base64.b64encode(
                hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode(), usedforsecurity=False).digest()
            ).decode()
            writer.write(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
            )
            await reader.read()
            writer.close()

        server = await asyncio.start_server(shake_hands_and_fall_silent, "127.0.0.1", 0)
        ours = Recorder()
        port = server.sockets[0].getsockname()[1]
        socket = await connect(f"ws://127.0.0.1:{port}/", ours, heartbeat_s=2.0, patience_s=1.0)
        await socket.wait_lost()
        assert ours.ended is not None
        assert asyncio.get_running_loop().time() < 10
        server.close()
        await server.wait_closed()

    run_virtual(scenario())


def test_the_bounds_are_what_carriers_and_vendors_need() -> None:
    assert LARGEST_OF_A_CARRIER < LARGEST_MESSAGE
