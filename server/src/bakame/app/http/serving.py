"""The web server around the application: uvicorn, with bounds that fit a carrier's sockets.

At SIGTERM uvicorn stops listening, closes each WebSocket that it knows with 1012, and waits for requests. A call would
be cut in the middle of a word, so ours first drains: the media sockets are not uvicorn's (`wire.upgrade`), calls end
or are handed over while HTTP still answers, and only then does uvicorn shut down.
"""

import asyncio
from collections.abc import Awaitable, Callable
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.config import Config
from uvicorn.server import ServerState

from bakame.wire.upgrade import Door, Upgrade

PING_S = 20.0
"""A peer that does not answer a ping within as long is gone."""

_log = structlog.get_logger(__name__)


class DrainingServer(uvicorn.Server):
    """Lets `drain` finish between the first signal and the shutdown; a second signal does not wait for it."""

    def __init__(self, config: uvicorn.Config, *, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._drain = drain
        self._draining: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)  # pyright: ignore[reportArgumentType]  # uvicorn's sockets
        if self._draining is not None:
            self._draining.cancel()
            await asyncio.wait({self._draining})

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """uvicorn calls this from a signal handler."""
        if self._loop is None or self._draining is not None:
            super().handle_exit(sig, frame)
            return
        self._loop.call_soon_threadsafe(self._begin, sig)

    def _begin(self, sig: int) -> None:
        if self._draining is None:
            self._draining = asyncio.get_running_loop().create_task(self._drained(sig), name="drain")

    async def _drained(self, sig: int) -> None:
        _log.info("server.draining")
        try:
            await self._drain()
        finally:
            super().handle_exit(sig, None)


async def _nothing() -> None:
    """Nothing goes on that must end first."""


def make_server(
    app: FastAPI,
    *,
    host: str,
    port: int,
    door: Door,
    loop: str = "uvloop",
    drain: Callable[[], Awaitable[None]] = _nothing,
) -> uvicorn.Server:
    """A server that is not running yet. `port` 0 takes a free one. WebSockets go to `door`."""

    def upgrade(config: Config, server_state: ServerState, app_state: dict[str, object]) -> Upgrade:
        return Upgrade(door=door, ping_s=PING_S)

    return DrainingServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop=loop,
            ws=upgrade,  # pyright: ignore[reportArgumentType]  # it asks for a class and only ever calls it
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=10,
        ),
        drain=drain,
    )
