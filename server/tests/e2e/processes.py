"""Real server processes beside a carrier in this one: what only a process can do is stop, be killed, and come back."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from e2e.town import TOKEN, TUTOR

START_S = 60.0
STOP_S = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """`bakame serve`, ready."""

    url: str
    process: asyncio.subprocess.Process

    def tell_to_stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.process.kill()

    async def stopped(self) -> int:
        async with asyncio.timeout(STOP_S):
            return await self.process.wait()


@asynccontextmanager
async def server_process(data_dir: Path, *, port: int, rest: str, **settings: str) -> AsyncGenerator[ServerProcess]:
    """A server on `port` over the data in `data_dir`, whose carrier's REST side is at `rest`; gone at exit."""
    url = f"http://127.0.0.1:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("BAKAME_", "TWILIO_", "COV_"))},
        "BAKAME_DATA_DIR": str(data_dir),
        "BAKAME_PUBLIC_URL": url,
        "PORT": str(port),
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 31 + "1",
        "TWILIO_PHONE_NUMBER": TUTOR,
        "TWILIO_API_BASE_URL": rest,
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bakame", "serve", env=environment, cwd=data_dir, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx.AsyncClient() as http, asyncio.timeout(START_S):
            while True:
                try:
                    if (await http.get(f"{url}/ready")).is_success:
                        break
                except httpx.TransportError:
                    assert process.returncode is None, "the server did not start"
                await asyncio.sleep(0.1)
        yield ServerProcess(url, process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
