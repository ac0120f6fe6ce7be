"""What the benchmarks share: a real server in a process of its own, a signed carrier's requests, and a table."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
from rich.console import Console
from rich.table import Table

from bakame.simulator.identity import ACCOUNT_SID
from bakame.simulator.signing import Signer

TOKEN = "a-token-for-benchmarks"
TUTOR = "+250788000000"
START_S = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server's address and the carrier's signature for it."""

    url: str
    signer: Signer

    def signed(self, path: str, form: dict[str, str]) -> dict[str, str]:
        """The headers of a form posted to `path`."""
        return self.signer.headers(self.url + path, form)


@contextmanager
def server(*, port: int = 8071) -> Generator[Server]:
    """`bakame serve` on loopback with an SQLite file of its own; stopped at exit."""
    with tempfile.TemporaryDirectory(prefix="bakame-bench-") as folder:
        environment = os.environ | {
            "PORT": str(port),
            "BAKAME_DATA_DIR": folder,
            "BAKAME_LOG_LEVEL": "error",
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{port + 10}",
        }
        with (Path(folder) / "log").open("w") as log:
            process = subprocess.Popen(
                [str(Path(sys.executable).parent / "bakame"), "serve"],
                env=environment,
                stdout=log,
                stderr=log,
            )
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}/ready", process)
            yield Server(f"http://127.0.0.1:{port}", Signer(TOKEN))
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit("the server ended before it was ready")
        try:
            if httpx.get(url, timeout=1.0).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"the server was not ready after {START_S:.0f} s")


async def timed(
    here: Server, path: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> tuple[float, str]:
    """Milliseconds of one request (GET without a form) on a connection of its own, and the answer's body.

    Written on bare sockets: a real client library takes longer for a request than the server does.
    """
    body = urlencode(form or {}).encode()
    lines = [f"{'POST' if form else 'GET'} {path} HTTP/1.1", f"Host: {urlsplit(here.url).netloc}", "Connection: close"]
    if form:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    request = "\r\n".join([*lines, "", ""]).encode() + body
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(here.url).port)
    writer.write(request)
    answer = await reader.read()
    took_ms = (time.perf_counter() - began) * 1000
    writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0], head
    return took_ms, content.decode()


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of the values lie."""
    return statistics.quantiles(values, n=1000, method="inclusive")[round(percent * 10) - 1]


def show(
    title: str,
    rows: dict[str, Sequence[float]],
    *,
    unit: str = "ms",
    goals: dict[str, str] | None = None,
) -> None:
    """A table of percentiles, a row a series."""
    table = Table(title=title, title_justify="left")
    for column in (
        "",
        "n",
        f"p50 {unit}",
        f"p95 {unit}",
        f"p99 {unit}",
        f"max {unit}",
        "goal",
    ):
        table.add_column(column, justify="left" if column in ("", "goal") else "right")
    for name, values in rows.items():
        numbers = [f"{percentile(values, percent):.1f}" for percent in (50, 95, 99)]
        table.add_row(
            name,
            str(len(values)),
            *numbers,
            f"{max(values):.1f}",
            (goals or {}).get(name, ""),
        )
    Console(width=110).print(table)
