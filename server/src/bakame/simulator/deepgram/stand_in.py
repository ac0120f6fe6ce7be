"""One Deepgram on one port of the loopback, for sockets and requests alike, as its own address serves both."""

import asyncio
import hmac
import random
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, Final, Self, cast
from uuid import UUID

from bakame.errors import BakameError
from bakame.ports.speech import Synthesiser
from bakame.simulator.deepgram.exchange import LARGEST_BODY, Exchange, Head, Wrong, head_of, refusal_of
from bakame.simulator.deepgram.faults import NONE, Faults
from bakame.simulator.deepgram.live import LiveSocket, Record, Understand
from bakame.simulator.deepgram.requests import Requests
from bakame.wire.sockets import Peer, Socket
from bakame.wire.upgrade import Upgrade

KEY: Final = "deepgram_key_of_the_stand_in"
_PING_S: Final = 60.0
_BOOLEANS: Final = ("interim_results", "vad_events", "smart_format", "numerals", "mip_opt_out", "punctuate")


class DeepgramStandIn:
    """Serves while it is entered. `faults` may be changed at any time, for what begins afterwards.

    `understand` is the model behind recognition, `synthesiser` the one behind the voice. `live` and `requests` record
    what came in, in order.
    """

    def __init__(
        self,
        *,
        understand: Understand,
        synthesiser: Synthesiser,
        api_key: str = KEY,
        faults: Faults = NONE,
        rng: random.Random | None = None,
    ) -> None:
        self.faults = faults
        self.live: list[Record] = []
        self.requests: list[Head] = []
        self._understand = understand
        self._answers = Requests(understand=understand, synthesiser=synthesiser)
        self._expected = f"Token {api_key}".encode()
        self._rng = rng or random.Random()
        self._tasks: set[asyncio.Task[None]] = set()
        self._transports: set[asyncio.Transport] = set()
        self._server: asyncio.Server | None = None

    @property
    def base_url(self) -> str:
        """Its address, for the setting `DEEPGRAM_BASE_URL`. Raises `RuntimeError` before it is entered."""
        if self._server is None:
            raise RuntimeError("the stand-in is not serving")
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    @property
    def connections(self) -> int:
        """How many are open."""
        self._transports = {transport for transport in self._transports if not transport.is_closing()}
        return len(self._transports)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Front(self), "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self.drop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # Transports close their sockets one turn of the loop after they were aborted.
        await asyncio.sleep(0)

    def drop(self) -> None:
        """Every connection is lost, live recognition and requests alike."""
        for transport in self._transports:
            transport.abort()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs something until the stand-in is left."""
        task = asyncio.create_task(work, name="deepgram stand-in")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def connected(self, transport: asyncio.Transport) -> None:
        self._transports.add(transport)

    def new_id(self) -> str:
        return str(UUID(int=self._rng.getrandbits(128), version=4))

    def admit(self, head: Head) -> None:
        """Raises `Wrong` for who may not come in."""
        if not hmac.compare_digest(head.headers.get("authorization", "").encode(), self._expected):
            raise Wrong(401)
        if self.faults.refuse is not None:
            raise Wrong(self.faults.refuse)
        if head.path not in ("/v1/listen", "/v1/speak"):
            raise Wrong(404)

    def open(self, socket: Socket, head: Head, transport: asyncio.Transport) -> Peer:
        """A live recognition begins."""
        record = Record(head.query)
        self.live.append(record)
        peer = LiveSocket(
            socket,
            record=record,
            understand=self._understand,
            faults=self.faults,
            request_id=self.new_id(),
            freeze=transport.pause_reading,
        )
        self.begin(peer.run())
        return peer

    async def answer(self, head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests on one connection, the first of which has begun."""
        try:
            while True:
                request_id, faults = self.new_id(), self.faults
                try:
                    if head.length > LARGEST_BODY:
                        raise Wrong(413)
                    body = await reader.readexactly(head.length)
                    self.admit(head)
                    self.requests.append(head)
                    if faults.hangs:
                        await asyncio.get_running_loop().create_future()
                    await asyncio.sleep(faults.late_s)
                    exchange = Exchange(head, body, writer, request_id=request_id)
                    await (self._answers.speak if head.path == "/v1/speak" else self._answers.listen)(exchange, faults)
                except Wrong as wrong:
                    writer.write(refusal_of(wrong, request_id=request_id))
                    await writer.drain()
                following = head_of(await reader.readuntil(b"\r\n\r\n"))
                if following is None:
                    return
                head = following
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, Wrong, BakameError):
            writer.transport.abort()
        finally:
            writer.close()


class _Front(asyncio.Protocol):
    """A connection until it is known what it is for."""

    def __init__(self, stand_in: DeepgramStandIn) -> None:
        self._stand_in = stand_in
        self._transport: asyncio.Transport | None = None
        self._data = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._stand_in.connected(self._transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        transport = self._transport
        if transport is None or self._stand_in.faults.hangs:
            return
        if self._stand_in.faults.drops:
            transport.close()
            return
        try:
            head = head_of(bytes(self._data))
            if head is None:
                return
            if head.headers.get("upgrade", "").lower() == "websocket":
                self._stand_in.admit(head)
                _check(head)
                self._upgrade(transport, head)
            else:
                self._serve(transport, head)
        except Wrong as wrong:
            transport.write(refusal_of(wrong, request_id=self._stand_in.new_id()))
            transport.close()

    def _upgrade(self, transport: asyncio.Transport, head: Head) -> None:
        upgrade = Upgrade(door=_Admitted(self._stand_in, head, transport), ping_s=_PING_S)
        upgrade.connection_made(transport)
        transport.set_protocol(upgrade)
        upgrade.data_received(bytes(self._data))

    def _serve(self, transport: asyncio.Transport, head: Head) -> None:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        reader.feed_data(bytes(self._data[self._data.index(b"\r\n\r\n") + 4 :]))
        writer = asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop())
        self._stand_in.begin(self._stand_in.answer(head, reader, writer))


class _Admitted:
    """The door for one connection that was let in."""

    def __init__(self, stand_in: DeepgramStandIn, head: Head, transport: asyncio.Transport) -> None:
        self._stand_in = stand_in
        self._head = head
        self._transport = transport

    def admit(self, path: str, headers: Mapping[str, str]) -> int | None:
        return None

    def opened(self, socket: Socket) -> Peer:
        return self._stand_in.open(socket, self._head, self._transport)


def _check(head: Head) -> None:
    """Raises `Wrong` for a live recognition that Deepgram would refuse, or that this one cannot give."""
    if head.path != "/v1/listen":
        raise Wrong(404)
    query = {name: values[-1] for name, values in head.query.items()}
    if not query.get("model"):
        raise Wrong(400, "model is missing")
    if (query.get("encoding"), query.get("sample_rate"), query.get("channels", "1")) != ("mulaw", "8000", "1"):
        raise Wrong(400, "only mulaw at 8000 in one channel is taken here")
    if any(query.get(name, "true") not in ("true", "false") for name in _BOOLEANS):
        raise Wrong(400, "a flag is neither true nor false")
    endpointing = query.get("endpointing", "10")
    if endpointing != "false" and not endpointing.isdecimal():
        raise Wrong(400, "endpointing is not a number of milliseconds")
    utterance_end = query.get("utterance_end_ms")
    if utterance_end is not None:
        if not utterance_end.isdecimal() or int(utterance_end) < 1_000:
            raise Wrong(400, "utterance_end_ms is at least 1000")
        if query.get("interim_results") != "true":
            raise Wrong(400, "utterance_end_ms needs interim_results")
    if head.query.get("keyterm") and not query["model"].startswith("nova-3"):
        raise Wrong(400, "keyterm needs nova-3")
    if head.query.get("keywords") and query["model"].startswith("nova-3"):
        raise Wrong(400, "nova-3 takes keyterm, not keywords")
