"""The vendor's address for a loaded server: signed URLs by REST and the conversations they open, on one port."""

import random
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import parse_qs, urlsplit

import orjson
import picows

from bakame.simulator.load.agent import Agent, Line, Manner
from bakame.simulator.load.measures import Measures
from bakame.wire.sockets import Socket

SOCKET_PATH: Final = "/v1/convai/conversation"
SIGNED_PATHS: Final = (f"{SOCKET_PATH}/get-signed-url", f"{SOCKET_PATH}/get_signed_url")


class Exchange:
    """Answers the server's conversations for the run at hand."""

    def __init__(self, *, now: Callable[[], float], rng: random.Random) -> None:
        self._now = now
        self._rng = rng
        self._manner = Manner()
        self._measures = Measures()
        self._line: Callable[[int], Line | None] = lambda _: None
        self._sockets: set[Socket] = set()
        self.port = 0

    def expect(self, line: Callable[[int], Line | None], *, manner: Manner, measures: Measures) -> None:
        """From now on conversations belong to this run; `line` finds a call by its number."""
        self._line, self._manner, self._measures = line, manner, measures

    def _converse(self, socket: Socket) -> Agent:
        return Agent(
            socket,
            manner=self._manner,
            measures=self._measures,
            line=self._line,
            now=self._now,
            rng=random.Random(self._rng.getrandbits(64)),
        )

    def admitted(self, request: picows.WSUpgradeRequest) -> Socket | picows.WSUpgradeResponseWithListener:
        """What a request is answered with. Any key and any agent are taken; 422 without an agent."""
        address = urlsplit(request.path.decode("latin-1"))
        agent = parse_qs(address.query).get("agent_id")
        if address.path not in (SOCKET_PATH, *SIGNED_PATHS):
            return _answer(404, {"detail": {"status": "not_found", "message": "no such path"}})
        if not agent:
            return _answer(422, {"detail": [{"loc": ["query", "agent_id"], "msg": "missing", "type": "missing"}]})
        if address.path == SOCKET_PATH:
            return _Conversation(self._converse, self._sockets)
        signature = f"{self._rng.getrandbits(128):032x}"
        url = f"ws://127.0.0.1:{self.port}{SOCKET_PATH}?agent_id={agent[0]}&conversation_signature={signature}"
        return _answer(200, {"signed_url": url})

    def close(self) -> None:
        """Ends all conversations."""
        for socket in tuple(self._sockets):
            socket.close(1000)


class _Conversation(Socket):
    """A socket with an agent behind it from the moment it is open."""

    def __init__(self, converse: Callable[[Socket], Agent], sockets: set[Socket]) -> None:
        super().__init__()
        self._converse = converse
        self._sockets = sockets

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        super().on_ws_connected(transport)
        self._sockets.add(self)
        self.attach(self._converse(self))

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        self._sockets.discard(self)
        super().on_ws_disconnected(transport)


def _answer(status: int, content: object) -> picows.WSUpgradeResponseWithListener:
    body, headers = orjson.dumps(content), {"Content-Type": "application/json"}
    response = (
        picows.WSUpgradeResponse.create_ok_response(body, headers)
        if status == 200
        else picows.WSUpgradeResponse.create_error_response(status, body, headers)
    )
    return picows.WSUpgradeResponseWithListener(response, None)


@asynccontextmanager
async def exchange(*, port: int, now: Callable[[], float], rng: random.Random) -> AsyncGenerator[Exchange, None]:
    """An exchange that listens on loopback while the block runs. Port 0 takes a free one. Raises `OSError`."""
    agents = Exchange(now=now, rng=rng)
    server = await picows.ws_create_server(agents.admitted, "127.0.0.1", port, backlog=1024)
    agents.port = server.sockets[0].getsockname()[1]
    try:
        yield agents
    finally:
        server.close()
        agents.close()
        await server.wait_closed()
