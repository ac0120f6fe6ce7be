"""WebSockets as the audio path wants them: no task, no queue and no copy that can be spared a message.

A socket hands each message to its `Peer` in the very callback in which the bytes came in, and `send` writes at once.
The protocol is picows'. Messages that go out together leave in one write, which a server may do without masking
(RFC 6455, 5.1): of what a call costs, most is system calls.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, Protocol

import picows
import picows.picows
from picows.url import WSParsedURL, parse_url

from bakame.errors import Unavailable

MOST_UNSENT: Final = 512 * 1024
"""Bytes that may wait for a peer that does not read; what has waited longer than that is worth nothing to a caller."""
LARGEST_MESSAGE: Final = 16 * 1024 * 1024
"""Bytes of the largest message of a vendor's; sound comes in large pieces."""
_TEXT: Final = 0x81
_SHORT: Final = 126
_LONG: Final = 65_536
_NO_CODE: Final = 1005
_ABNORMAL: Final = 1006
_FIRST_BUFFER: Final = 4096
"""Bytes; it grows with what comes, and there is one a call."""

_TEXT_FRAME: Final = picows.WSMsgType.TEXT
_WSProtocol: Any = vars(picows.picows)["WSProtocol"]  # its stubs leave it out
_quiet = logging.getLogger("picows.wire")


class Peer(Protocol):
    """Whoever is at our end of a socket. Methods return at once."""

    def received(self, message: bytes) -> None:
        """A text message, whole, in UTF-8."""
        ...

    def received_binary(self, message: bytes) -> None:
        """A binary message, whole."""
        ...

    def lost(self, code: int, reason: str) -> None:
        """The socket is closed: by the other side with this code, or broken (1006). Told once, also after `close`."""
        ...


class Refused(Unavailable):
    """The other side answered the upgrade with an HTTP status; `retryable` for 408, 425, 429 and the fives."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the socket was refused with {status}", retryable=status in (408, 425, 429) or status >= 500)
        self.status = status


class Socket(picows.WSListener):
    """An open WebSocket, at either end. Sends vanish once it is closed."""

    def __init__(self, peer: Peer | None = None, *, largest: int = LARGEST_MESSAGE) -> None:
        self._peer = peer
        self._largest = largest
        self._transport: picows.WSTransport | None = None
        self._parts: list[bytes] = []
        self._binary = False
        self._over: tuple[int, str] | None = None
        self._gone = asyncio.get_running_loop().create_future()
        self.congested = False
        """The other side reads more slowly than we write; what can wait should."""

    # What ours do with it

    @property
    def is_open(self) -> bool:
        return self._transport is not None and self._over is None

    @property
    def was_opened(self) -> bool:
        return self._transport is not None

    @property
    def unsent(self) -> int:
        """Bytes that wait for the other side to read."""
        return 0 if self._transport is None else self._transport.underlying_transport.get_write_buffer_size()

    def attach(self, peer: Peer) -> None:
        """Messages go to this peer from now on."""
        self._peer = peer

    def send(self, message: bytes | str) -> None:
        """Sends a text message."""
        if self._transport is not None and self._over is None:
            self._transport.send(_TEXT_FRAME, message)

    def send_binary(self, message: bytes) -> None:
        """Sends a binary message."""
        if self._transport is not None and self._over is None:
            self._transport.send(picows.WSMsgType.BINARY, message)

    def send_together(self, messages: Sequence[bytes]) -> None:
        """Sends text messages, from a server's end in one write."""
        transport = self._transport
        if transport is None or self._over is not None:
            return
        if transport.is_client_side:
            for message in messages:
                transport.send(_TEXT_FRAME, message)
            return
        pieces: list[bytes] = []
        for message in messages:
            pieces += (_head(len(message)), message)
        if not transport.is_close_frame_sent:
            transport.underlying_transport.write(b"".join(pieces))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Says goodbye and closes; safe to call twice."""
        transport = self._transport
        if transport is None or self._over is not None or transport.is_disconnected:
            return
        self._end(code, reason)
        transport.send_close(picows.WSCloseCode(code), reason.encode()[:120])
        transport.disconnect()

    def abort(self) -> None:
        """Drops the connection without a word."""
        if self._transport is not None and not self._transport.is_disconnected:
            self._transport.disconnect(graceful=False)

    async def wait_lost(self) -> None:
        """Until the connection is gone."""
        await asyncio.shield(self._gone)

    # What picows tells

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self._transport = transport
        transport.underlying_transport.set_write_buffer_limits(high=MOST_UNSENT)

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        kind = frame.msg_type
        if kind == _TEXT_FRAME and frame.fin and not self._parts:
            if self._over is None and self._peer is not None:
                self._peer.received(frame.get_payload_as_bytes())
        elif kind == picows.WSMsgType.CLOSE:
            self._end(int.from_bytes(frame.get_payload_as_bytes()[:2], "big") or _NO_CODE, _reason(frame))
            transport.send_close(picows.WSCloseCode.OK)
            transport.disconnect()
        elif kind in (picows.WSMsgType.TEXT, picows.WSMsgType.BINARY, picows.WSMsgType.CONTINUATION):
            self._assemble(transport, frame)

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        self._end(_ABNORMAL, "the connection was lost")
        if not self._gone.done():
            self._gone.set_result(None)
        if self._peer is not None and self._over is not None:
            self._peer.lost(*self._over)

    def pause_writing(self) -> None:
        self.congested = True

    def resume_writing(self) -> None:
        self.congested = False

    def _assemble(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        """A binary message, or one that came in pieces."""
        if frame.msg_type != picows.WSMsgType.CONTINUATION:
            self._parts, self._binary = [], frame.msg_type == picows.WSMsgType.BINARY
        self._parts.append(frame.get_payload_as_bytes())
        if sum(map(len, self._parts)) > self._largest:
            self._end(1009, "message too big")
            transport.send_close(picows.WSCloseCode.MESSAGE_TOO_BIG)
            transport.disconnect()
        elif frame.fin:
            message, self._parts = b"".join(self._parts), []
            if self._peer is None or self._over is not None:
                return
            if self._binary:
                self._peer.received_binary(message)
            else:
                self._peer.received(message)

    def _end(self, code: int, reason: str) -> None:
        if self._over is None:
            self._over = (code, reason)


def _head(size: int) -> bytes:
    """The header of an unmasked, unfragmented text frame (RFC 6455, 5.2)."""
    if size < _SHORT:
        return bytes((_TEXT, size))
    if size < _LONG:
        return bytes((_TEXT, 126)) + size.to_bytes(2, "big")
    return bytes((_TEXT, 127)) + size.to_bytes(8, "big")


def _reason(frame: picows.WSFrame) -> str:
    try:
        return frame.get_close_reason() or ""
    except UnicodeDecodeError:
        return ""


def websocket_protocol(
    listener: Callable[..., Any],
    *,
    target: WSParsedURL | None,
    headers: Mapping[str, str] | None = None,
    ping_s: float | None,
    patience_s: float,
    largest: int,
    handshake_s: float | None = None,
) -> Any:
    """picows' protocol for one connection, to be given to a transport: a client's when there is a `target`.

    `picows.ws_connect` is not used because it leaves a connection open whose handshake is given up.
    """
    return _WSProtocol(
        target.netloc if target is not None else None,
        target.resource_name if target is not None else None,
        target is not None,
        listener,
        _quiet,
        True,
        handshake_s,
        ping_s is not None,
        ping_s or 5.0,
        min(patience_s, ping_s or 5.0),
        picows.WSAutoPingStrategy.PING_PERIODICALLY,
        True,
        largest,
        headers,
        _FIRST_BUFFER,
    )


@cache
def _default_tls() -> ssl.SSLContext:
    """Made once: reading the certificates takes longer than a frame."""
    return ssl.create_default_context()


async def connect(
    url: str,
    peer: Peer,
    *,
    headers: Mapping[str, str] | None = None,
    open_s: float = 3.0,
    heartbeat_s: float | None = 5.0,
    patience_s: float = 3.0,
    largest: int = LARGEST_MESSAGE,
    tls: ssl.SSLContext | None = None,
) -> Socket:
    """An open socket whose messages go to `peer`.

    Every `heartbeat_s` a ping goes out; a peer that does not answer it within `patience_s` (at most `heartbeat_s`) is
    gone. Raises `Unavailable` when it does not open within `open_s`, `Refused` with the HTTP status when it is refused.
    """
    socket = Socket(peer, largest=largest)
    try:
        target = parse_url(url)
        async with asyncio.timeout(open_s):
            transport, handshake = await asyncio.get_running_loop().create_connection(
                lambda: websocket_protocol(
                    lambda: socket,
                    target=target,
                    headers=headers,
                    ping_s=heartbeat_s,
                    patience_s=patience_s,
                    largest=largest,
                ),
                target.host,
                target.port,
                ssl=(tls or _default_tls()) if target.is_secure else None,
            )
            try:
                await handshake.wait_until_handshake_complete()
            except BaseException:
                transport.abort()
                raise
    except TimeoutError:
        raise Unavailable("the socket did not open in time") from None
    except picows.WSInvalidStatusError as error:
        raise Refused(int(error.response.status) if error.response is not None else 502) from None
    except picows.WSInvalidURL:
        raise Unavailable("the socket's address cannot be used", retryable=False) from None
    except (picows.WSError, OSError) as error:
        raise Unavailable(f"the socket did not open: {type(error).__name__}") from None
    if not socket.was_opened:
        # To picows a connection that is lost before the answer is a handshake that is over.
        raise Unavailable("the socket was closed before it opened")
    return socket
