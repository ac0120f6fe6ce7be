"""The floor of `bench/voice_floor.py`, as a server that a test can put between callers and agents."""

import asyncio
import importlib.util
import socket
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import picows

if TYPE_CHECKING:
    import voice_floor
else:
    _file = Path(__file__).parents[4] / "bench" / "voice_floor.py"
    _specification = importlib.util.spec_from_file_location("voice_floor", _file)
    voice_floor = sys.modules["voice_floor"] = importlib.util.module_from_spec(_specification)
    _specification.loader.exec_module(voice_floor)

__all__ = ["floor", "free_port", "voice_floor"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def floor(
    agents_port: int,
    *,
    now: Callable[[], float],
    call: Callable[[Any], picows.WSListener] = voice_floor.Call,
    port: int = 0,
) -> AsyncGenerator[str, None]:
    """A floor on loopback; the URL of its media socket."""
    agents = f"ws://127.0.0.1:{agents_port}/v1/convai/conversation?agent_id=floor"
    bridge = voice_floor.Floor(agents, now=now)
    server = await picows.ws_create_server(lambda _: call(bridge), "127.0.0.1", port)
    ticking = asyncio.create_task(bridge.tick())
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        ticking.cancel()
        server.close()
        await asyncio.wait({ticking})
