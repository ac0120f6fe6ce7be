"""Media sockets behind uvicorn: it answers HTTP, and hands the connection over when a client asks for a WebSocket.

uvicorn builds its `ws` class once for each upgrade, feeds it the request, and makes it the transport's protocol. Ours
lets the door decide, and puts picows in its own place; from then on no ASGI message is made for this socket, and
uvicorn knows nothing of it: a server that shuts down closes its ASGI sockets at once (1012), these only when they end.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Protocol, cast

import picows

from bakame.wire.sockets import Peer, Socket, websocket_protocol

LARGEST_MESSAGE: Final = 64 * 1024
"""Bytes of the largest message of a carrier's; a frame of sound has about 400."""
HANDSHAKE_S: Final = 5.0


class Door(Protocol):
    """Who may open a socket."""

    def admit(self, path: str, headers: Mapping[str, str]) -> int | None:
        """None to let it in, or the HTTP status that refuses it. Header names are matched without case."""
        ...

    def opened(self, socket: Socket) -> Peer:
        """A socket was let in and is open; who takes its messages."""
        ...


class Upgrade(asyncio.Protocol):
    """One connection on its way from uvicorn to picows. uvicorn's `ws_protocol_class`, once `door` is bound."""

    def __init__(self, *, door: Door, ping_s: float) -> None:
        self._door = door
        self._ping_s = ping_s
        self._transport: asyncio.Transport | None = None
        self._request = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if not self._request:
            # Not now: uvicorn makes this object the transport's protocol after it has fed it.
            asyncio.get_running_loop().call_soon(self._hand_over)
        self._request += data

    def _hand_over(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        protocol = websocket_protocol(
            self._admitted,
            target=None,
            ping_s=self._ping_s,
            patience_s=self._ping_s,
            largest=LARGEST_MESSAGE,
            handshake_s=HANDSHAKE_S,
        )
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        request = memoryview(self._request)
        while request:
            room: memoryview = protocol.get_buffer(len(request))
            size = min(len(room), len(request))
            room[:size] = request[:size]
            protocol.buffer_updated(size)
            request = request[size:]

    def _admitted(self, request: picows.WSUpgradeRequest) -> Any:
        status = self._door.admit(request.path.decode("latin-1"), request.headers)
        if status is not None:
            return picows.WSUpgradeResponseWithListener(picows.WSUpgradeResponse.create_error_response(status), None)
        return _Admitted(self._door)


class _Admitted(Socket):
    """A socket that was let in; it has a peer from the moment it is open."""

    def __init__(self, door: Door) -> None:
        super().__init__(largest=LARGEST_MESSAGE)
        self._door = door

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        super().on_ws_connected(transport)
        self.attach(self._door.opened(self))
