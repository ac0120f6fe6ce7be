"""`bakame serve`: start, say how to use it, run until told to stop."""

import asyncio
import contextlib
import gc
import socket
import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bakame.app.http.serving import make_server
from bakame.app.settings import Settings
from bakame.app.wiring import Product, product
from bakame.errors import Unavailable


def serve(settings: Settings, *, out: Console) -> None:
    """Serves until SIGINT or SIGTERM. Raises `BakameError` when it cannot start."""
    with _runner() as runner:
        runner.run(_serve(settings, out))


def _runner() -> asyncio.Runner:
    if sys.platform == "win32":
        return asyncio.Runner()
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


async def _serve(settings: Settings, out: Console) -> None:
    began = time.perf_counter()
    # Taken first, so that a port in use is said at once and not after everything else was started.
    listening = _listen(settings)
    with contextlib.closing(listening):
        async with product(settings, progress=_teller(out)) as running:
            # What was loaded stays: the collector need not look at the whole curriculum again in the middle of a call.
            gc.collect()
            gc.freeze()
            server = make_server(
                running.app,
                host=settings.host,
                port=settings.port,
                door=running.door,
                drain=lambda: running.door.drain(grace_s=settings.drain_s),
            )
            out.print(f"→ ready after {time.perf_counter() - began:.1f} s\n")
            _show_how_to_use(settings, running, out)
            await server.serve(sockets=[listening])


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With the protocol named, event loops turn Nagle's algorithm off; without, a small answer may wait 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise Unavailable(
            f"port {settings.port} on {settings.host} cannot be used: {error.strerror}. "
            f"Stop what uses it, or choose another: PORT=8001 make run"
        ) from None
    return listening


def _teller(out: Console) -> Callable[[str], None]:
    return lambda step: out.print(f"→ {step}")


def _show_how_to_use(settings: Settings, running: Product, out: Console) -> None:
    skills = len(running.content.curriculum.of_module("math"))
    elsewhere = "" if settings.port == 8000 else f" --to http://127.0.0.1:{settings.port}"
    command = "server/.venv/bin/bakame"
    table = Table.grid(padding=(0, 3))
    table.add_row("call it", f"{command} phone{elsewhere}", "type to speak, digits are keys, /help")
    table.add_row("", f'{command} phone{elsewhere} --say "Aline" --keys 1', "scripted")
    table.add_row("text it", f'{command} text "MATH"{elsewhere}', "or no message, to go on texting")
    table.add_row("check it", f"{command} doctor", "what is configured, and the cure for what is not")
    table.add_row("see it", f"{settings.public_url}/ready", "and /metrics for Prometheus")
    out.print(f"BAKAME answers at {settings.public_url} with {skills} mathematics skills. In another terminal:\n")
    out.print(table)
    out.print("\nCtrl-C stops it.")
