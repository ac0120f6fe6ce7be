"""The first bytes of a connection: read here, so that one can be left hanging, then handed over to picows.

picows answers small GET requests as well as upgrades, so one port serves both.
"""

import asyncio
import logging
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import picows
import picows.picows

LARGEST_MESSAGE: Final = 1024 * 1024
"""Bytes of the largest message of a client's; a second of its sound has 128 KiB at most."""

_WSProtocol: Any = vars(picows.picows)["WSProtocol"]  # its stubs leave it out
_QUIET: Final = logging.getLogger("picows.server")


class Doors(Protocol):
    """Whoever serves."""

    def hangs(self, path: str) -> bool: ...

    def admitted(self, request: picows.WSUpgradeRequest) -> Any: ...

    def came(self, transport: asyncio.Transport) -> None: ...

    def went(self, transport: asyncio.Transport) -> None: ...


class Front(asyncio.Protocol):
    """A connection that has asked for nothing yet: it is handed over to picows, or left hanging."""

    def __init__(self, stand_in: Doors) -> None:
        self._stand_in = stand_in
        self._transport: asyncio.Transport | None = None
        self._request = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._stand_in.came(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._stand_in.went(self._transport)

    def data_received(self, data: bytes) -> None:
        self._request += data
        transport = self._transport
        if transport is None or b"\r\n\r\n" not in self._request:
            return
        target = self._request.split(b" ", 2)[1].decode("latin-1")
        if self._stand_in.hangs(urlsplit(target).path):
            return
        self._stand_in.went(transport)
        protocol: Any = _WSProtocol(
            None,
            None,
            False,
            self._stand_in.admitted,
            _QUIET,
            True,
            5.0,
            False,
            20.0,
            20.0,
            picows.WSAutoPingStrategy.PING_PERIODICALLY,
            True,
            LARGEST_MESSAGE,
            None,
            4096,
        )
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        request = memoryview(self._request)
        while request:
            room: memoryview = protocol.get_buffer(len(request))
            size = min(len(room), len(request))
            room[:size] = request[:size]
            protocol.buffer_updated(size)
            request = request[size:]
