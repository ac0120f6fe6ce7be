"""An HTTP server as a guest in a running event loop: no signal handlers, no log of its own."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

GRACE_S: Final = 5


class _Guest(uvicorn.Server):
    """Leaves signals to its host, and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def hosted(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[str, None]:
    """Serves `app` while the block runs; its base URL. Port 0 takes a free one. Raises `OSError` for one in use."""
    listener = _listener(host, port)
    address = f"http://{host}:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        app, ws="websockets-sansio", log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_S
    )
    server = _Guest(config)
    # No task group: what the block raises must come out as it is, and only after the server has shut down.
    serving = asyncio.create_task(server.serve(sockets=[listener]), name=f"serving {address}")
    up = asyncio.create_task(server.up.wait())
    try:
        await asyncio.wait({serving, up}, return_when=asyncio.FIRST_COMPLETED)
        yield address
    finally:
        up.cancel()
        server.should_exit = True
        await serving


def _listener(host: str, port: int) -> socket.socket:
    # With the protocol left open (0), as `socket.create_server` does, asyncio would leave Nagle's algorithm on, and
    # the second small write of an answer would wait up to 40 ms for the peer's acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener
