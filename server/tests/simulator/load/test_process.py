"""What a server uses is read from the system, or from its own metrics."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bakame.errors import Unavailable
from bakame.simulator.load.process import Meter, Usage, usage_of, usage_told

METRICS = """# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 12.5
process_resident_memory_bytes 1.5e+08
process_open_fds 31.0
python_info{version="3.11"} 1.0
"""


def process(proc: Path, pid: int, *, parent: int, ticks: int, kib: int) -> None:
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "fd" / "0").touch()
    fields = ["S", str(parent), *["0"] * 9, str(ticks), str(ticks), *["0"] * 20]
    (folder / "stat").write_text(f"{pid} (a name) with ) in it) {' '.join(fields)}\n")
    (folder / "smaps_rollup").write_text(f"55 [rollup]\nRss: 9999999 kB\nPss:  {kib} kB\n")
    (folder / "schedstat").write_text("100 2000000000 5\n")


def test_a_process_is_counted_with_all_that_descend_from_it(tmp_path: Path) -> None:
    tick_s = 1 / os.sysconf("SC_CLK_TCK")
    process(tmp_path, 10, parent=1, ticks=100, kib=1000)
    process(tmp_path, 11, parent=10, ticks=10, kib=200)
    process(tmp_path, 12, parent=11, ticks=1, kib=30)
    process(tmp_path, 13, parent=1, ticks=5000, kib=7000)
    usage = usage_of(10, proc=tmp_path)
    assert usage.cpu_s == pytest.approx(222 * tick_s)
    assert (usage.memory_bytes, usage.files, usage.waited_s) == (1230 * 1024, 3, 2.0)


def test_a_kernel_that_tells_less_is_asked_otherwise(tmp_path: Path) -> None:
    process(tmp_path, 10, parent=1, ticks=100, kib=1000)
    (tmp_path / "10" / "smaps_rollup").unlink()
    (tmp_path / "10" / "schedstat").unlink()
    (tmp_path / "10" / "status").write_text("Name: x\nVmRSS:     400 kB\n")
    usage = usage_of(10, proc=tmp_path)
    assert (usage.memory_bytes, usage.waited_s) == (400 * 1024, None)


def test_this_process_has_used_something() -> None:
    usage = usage_of(os.getpid())
    assert usage.cpu_s > 0
    assert usage.memory_bytes > 2**20


def test_a_process_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="process 99"):
        usage_of(99, proc=tmp_path)


def test_a_servers_metrics_are_understood() -> None:
    assert usage_told(METRICS) == Usage(12.5, 150_000_000, 31)
    with pytest.raises(Unavailable):
        usage_told("up 1\n")


def read(respond: Callable[[httpx.Request], httpx.Response], *, pid: int | None, url: str | None) -> Usage | None:
    async def main() -> Usage | None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
            return await Meter(pid=pid, metrics_url=url, client=client).read()

    return asyncio.run(main())


def test_the_process_is_preferred_and_without_any_source_nothing_is_told() -> None:
    def metrics(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=METRICS)

    url = "http://127.0.0.1/metrics"
    assert read(metrics, pid=None, url=url) == Usage(12.5, 150_000_000, 31)
    assert read(metrics, pid=None, url=None) is None
    assert read(lambda _: httpx.Response(404), pid=None, url=url) is None
    own = read(metrics, pid=os.getpid(), url=url)
    assert own is not None
    assert own.memory_bytes != 150_000_000
