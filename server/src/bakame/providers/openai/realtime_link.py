"""The socket under a Realtime session: opened early, watched, and over only once."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bakame.errors import Unavailable
from bakame.providers.openai.realtime_dialogue import WHO
from bakame.providers.openai.realtime_protocol import ErrorTold, Malformed, ServerEvent, SessionCreated, decode
from bakame.wire.completions import Declined
from bakame.wire.sockets import Socket, connect

MOST_MALFORMED: Final = 10
"""Messages that are no events, after which the other side is not what we took it for."""
_NEVER: Final = frozenset({1002, 1003, 1007, 1008, 3000, 3003})
"""Close codes that a new session would meet again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`open_s`: until the session answers. `unused_s`: how long a link waits for its call. A peer that does not answer
    a ping within `patience_s`, one each `heartbeat_s`, is gone; so is one that leaves `most_unsent` bytes unread."""

    open_s: float = 3.0
    heartbeat_s: float = 3.0
    patience_s: float = 2.0
    unused_s: float = 30.0
    most_unsent: int = 48 * 1024


class Link:
    """An open session's socket; a `wire.sockets.Peer`. It is over when it is lost, when it failed or was ended."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._socket: Socket | None = None
        self._listener: Callable[[ServerEvent], None] | None = None
        self._stirred = asyncio.Event()
        self._over = asyncio.Event()
        self._unused: asyncio.TimerHandle | None = None
        self._forget: Callable[[], object] = lambda: None
        self._malformed = 0
        self._now = asyncio.get_running_loop().time
        self.stirred_at = self._now()
        """When the other side last sent something, or was last asked for something."""
        self.error: Exception | None = None
        """Why it is over; None for a good end."""

    @classmethod
    async def open(
        cls, url: str, *, headers: Mapping[str, str], limits: Limits, tls: ssl.SSLContext | None = None
    ) -> "Link":
        """A link whose session takes settings. Raises `Unavailable`."""
        link = cls(limits)
        try:
            async with asyncio.timeout(limits.open_s):
                link._socket = await connect(
                    url,
                    link,
                    headers=headers,
                    open_s=limits.open_s,
                    heartbeat_s=limits.heartbeat_s,
                    patience_s=limits.patience_s,
                    tls=tls,
                )
                await link._stirred.wait()
        except TimeoutError:
            link.abort()
            raise Unavailable(f"{WHO} did not begin a session in time") from None
        except asyncio.CancelledError:
            link.abort()
            raise
        if link.error is not None:
            await link.close()
            raise link.error
        link._unused = asyncio.get_running_loop().call_later(limits.unused_s, link._expire)
        return link

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def when_unused(self, forget: Callable[[], object]) -> None:
        """`forget` is called when nobody claims the link in time."""
        self._forget = forget

    def claim(self) -> None:
        """A call has come for it."""
        if self._unused is not None:
            self._unused.cancel()
            self._unused = None

    def listen(self, listener: Callable[[ServerEvent], None]) -> None:
        """Events go there from now on. An `Unavailable` that it raises ends the link."""
        self._listener = listener
        self.stirred_at = self._now()

    def ask(self, message: bytes) -> None:
        """Sends what may want an answer."""
        self.stirred_at = self._now()
        self.send(message)

    def send(self, message: bytes) -> None:
        """Sends; nothing once it is over."""
        socket = self._socket
        if socket is None or self.is_over:
            return
        socket.send(message)
        if socket.unsent > self._limits.most_unsent:
            self.end(Unavailable(f"{WHO} does not take what is sent"))

    def end(self, error: Exception | None = None) -> None:
        """It is over. Only the first time counts."""
        if not self._over.is_set():
            self.error = error
            self._over.set()
            self._stirred.set()

    async def wait_over(self) -> None:
        await self._over.wait()

    async def close(self) -> None:
        """Lets the socket go. Safe to call twice."""
        self.claim()
        failed = self.error is not None
        self.end()
        if self._socket is not None:
            if failed:
                self._socket.abort()
            else:
                self._socket.close()

    def abort(self) -> None:
        """Drops the connection without a word."""
        self.claim()
        self.end()
        if self._socket is not None:
            self._socket.abort()

    # What the socket tells

    def received(self, message: bytes) -> None:
        if self.is_over:
            return
        self.stirred_at = self._now()
        try:
            self._take(decode(message))
        except Malformed as error:
            self._strange(str(error))
        except Exception as error:  # noqa: BLE001  # raised again by whoever waits for the link
            self.end(error)

    def received_binary(self, message: bytes) -> None:
        self._strange("binary")

    def lost(self, code: int, reason: str) -> None:
        self.end(Unavailable(f"{WHO} closed the socket with {code}", retryable=code not in _NEVER))

    def _take(self, event: ServerEvent) -> None:
        if self._listener is not None:
            self._listener(event)
        elif isinstance(event, SessionCreated):
            self._stirred.set()
        elif isinstance(event, ErrorTold):
            raise Declined(WHO, code=event.code)

    def _strange(self, what: str) -> None:
        self._malformed += 1
        if self._malformed > MOST_MALFORMED:
            self.end(Unavailable(f"{WHO} sends what is no event: {what}"))

    def _expire(self) -> None:
        self._forget()
        self.end(Unavailable(f"{WHO} was not needed"))
        if self._socket is not None:
            self._socket.close()
