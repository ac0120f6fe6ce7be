"""What a server's processes use: from `/proc` when they run here, else from what the server says of itself."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from bakame.errors import Unavailable

_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
_METRIC: Final = re.compile(r"^(process_\w+)(?:\{[^}]*\})? ([0-9.eE+]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Usage:
    """At one moment: CPU seconds since the start, bytes of memory of its own, open files.

    `waited_s`: seconds for which it could have run, but its core was another process's; None where that is not told.
    """

    cpu_s: float
    memory_bytes: int
    files: int
    waited_s: float | None = None


def usage_of(pid: int, *, proc: Path = Path("/proc")) -> Usage:
    """Of a process and all that descend from it; of memory that processes share, each counts its part.

    Raises `Unavailable` when there is no such process, or no `/proc`.
    """
    try:
        total = _usage(proc / str(pid))
    except (OSError, ValueError) as error:
        raise Unavailable(f"process {pid} cannot be looked at: {type(error).__name__}", retryable=False) from None
    for child in _descendants(pid, proc):
        try:
            more = _usage(proc / str(child))
        except (OSError, ValueError):
            continue  # it ended in between
        total = Usage(
            total.cpu_s + more.cpu_s,
            total.memory_bytes + more.memory_bytes,
            total.files + more.files,
            total.waited_s,
        )
    return total


def _usage(folder: Path) -> Usage:
    fields = _stat(folder)
    cpu_s = (int(fields[11]) + int(fields[12])) * _TICK_S
    return Usage(cpu_s, _memory(folder), len(os.listdir(folder / "fd")), _waited_s(folder))


def waited_s() -> float:
    """Seconds for which this process has waited for its core; 0 where that is not told."""
    return _waited_s(Path("/proc/self")) or 0.0


def _waited_s(folder: Path) -> float | None:
    """Of the main thread, which is the one with the event loop."""
    try:
        return int((folder / "schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return None


def _stat(folder: Path) -> list[str]:
    """The fields of `stat` from the third on; the second, a name in brackets, may hold anything."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _memory(folder: Path) -> int:
    try:
        return _kib(folder / "smaps_rollup", "Pss:")
    except OSError:
        return _kib(folder / "status", "VmRSS:")


def _kib(file: Path, name: str) -> int:
    for line in file.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise ValueError(name)


def _descendants(pid: int, proc: Path) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in proc.iterdir():
        if folder.name.isdigit():
            try:
                children.setdefault(int(_stat(folder)[1]), []).append(int(folder.name))
            except (OSError, ValueError, IndexError):
                continue  # it ended in between
    found = list(children.get(pid, ()))
    for child in found:
        found += children.get(child, ())
    return found


def usage_told(metrics: str) -> Usage:
    """From a page of metrics (Prometheus' text format). Raises `Unavailable` when they are not there."""
    told = {name: float(value) for name, value in _METRIC.findall(metrics)}
    try:
        return Usage(
            told["process_cpu_seconds_total"],
            int(told["process_resident_memory_bytes"]),
            int(told.get("process_open_fds", 0)),
        )
    except KeyError:
        raise Unavailable("the server's metrics do not tell what its process uses", retryable=False) from None


class Meter:
    """Reads a server's usage, by process id or else from its `/metrics`; None when there is neither."""

    def __init__(self, *, pid: int | None, metrics_url: str | None, client: httpx.AsyncClient) -> None:
        self._pid = pid
        self._url = metrics_url
        self._client = client

    async def read(self) -> Usage | None:
        """Now. Raises `Unavailable` when the named process is gone."""
        if self._pid is not None:
            return usage_of(self._pid)
        if self._url is None:
            return None
        try:
            response = await self._client.get(self._url)
            return usage_told(response.text)
        except (httpx.HTTPError, Unavailable):
            return None
