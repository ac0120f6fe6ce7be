"""The web server around the application: uvicorn, with bounds that fit a carrier's sockets."""

import uvicorn
from fastapi import FastAPI

LARGEST_MESSAGE = 64 * 1024
"""Of a WebSocket; a media message of a carrier has about 300 bytes."""
PING_S = 20.0
"""A peer that does not answer a ping within as long is gone."""


def make_server(app: FastAPI, *, host: str, port: int, loop: str = "uvloop") -> uvicorn.Server:
    """A server that is not running yet. `port` 0 takes a free one."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop=loop,
            ws="websockets-sansio",
            ws_max_size=LARGEST_MESSAGE,
            ws_ping_interval=PING_S,
            ws_ping_timeout=PING_S,
            ws_per_message_deflate=False,
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=10,
        )
    )
