"""The Realtime socket of the stand-in, on a port of its own."""

import asyncio
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import picows

from bakame.simulator.openai.answer import RealtimeFaults
from bakame.simulator.openai.session import RealtimeSession
from bakame.wire.sockets import Socket

HOST = "127.0.0.1"


class RealtimeServer:
    """Serves while its block runs. `sessions` has every session there was; `opened` counts connections."""

    def __init__(
        self, *, key: str | None, faults: RealtimeFaults, begin: Callable[[Socket, RealtimeFaults], RealtimeSession]
    ) -> None:
        self._key = key
        self._begin = begin
        self._server: asyncio.Server | None = None
        self._sockets: list[Socket] = []
        self._mute: list[asyncio.BaseTransport] = []
        self.faults = faults
        """Those of the connections to come; whether it hangs at connect is settled when it starts."""
        self.sessions: list[RealtimeSession] = []
        self.url = ""

    @property
    def opened(self) -> int:
        return len(self._sockets)

    @property
    def open_now(self) -> int:
        return sum(socket.is_open for socket in self._sockets)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        if self.faults.hangs_at_connect:
            self._server = await loop.create_server(lambda: _Mute(self._mute), HOST, 0)
        else:
            self._server = await picows.ws_create_server(
                self._asked, HOST, 0, enable_auto_pong=not self.faults.deaf, max_frame_size=32 * 1024 * 1024
            )
        self.url = f"ws://{HOST}:{self._server.sockets[0].getsockname()[1]}/v1/realtime"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for transport in self._mute:
            transport.close()
        for session in self.sessions:
            await session.close()
        self.drop()
        for socket in self._sockets:
            await socket.wait_lost()

    def drop(self) -> None:
        """Every connection is lost."""
        for socket in self._sockets:
            socket.abort()

    def _asked(self, request: picows.WSUpgradeRequest) -> Any:
        status = self._status(request)
        if status is not None:
            return picows.WSUpgradeResponseWithListener(picows.WSUpgradeResponse.create_error_response(status), None)
        return _Opened(self._admit)

    def _status(self, request: picows.WSUpgradeRequest) -> int | None:
        if self.faults.refuse is not None:
            return self.faults.refuse
        if self._key is not None and request.headers.get("authorization") != f"Bearer {self._key}":
            return 401
        parts = urlsplit(request.path.decode())
        if parts.path != "/v1/realtime":
            return 404
        return None if parse_qs(parts.query).get("model") else 400

    def _admit(self, socket: Socket) -> None:
        self._sockets.append(socket)
        session = self._begin(socket, self.faults)
        self.sessions.append(session)
        socket.attach(session)
        session.begin()


class _Opened(Socket):
    """A socket that gets its session when it is open."""

    def __init__(self, admit: Callable[[Socket], None]) -> None:
        super().__init__()
        self._admit = admit

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        super().on_ws_connected(transport)
        self._admit(self)


class _Mute(asyncio.Protocol):
    """Accepts a connection and says nothing."""

    def __init__(self, transports: list[asyncio.BaseTransport]) -> None:
        self._transports = transports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transports.append(transport)
