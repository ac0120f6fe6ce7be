"""The voice line under load: the server beside the floor, in one run, on cores of their own.

The subject runs on core 0; callers and the vendor's agents, all in this process, on core 1. For each count of calls:
CPU, lateness, gaps, losses, delays and memory, and how the server compares with the floor (`voice_floor.py`). With
`--capacity` also the largest count that each holds; with `--soak MINUTES` what grows while calls go on (with
`--utterance 600` it measures the drift over ten minutes). Nothing is written but the tables. Quiet machines only: what
another process takes is told as time waited for a core.
"""

import argparse
import asyncio
import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import uvloop
from rich.console import Console
from rich.table import Table

from bakame.simulator.identity import ACCOUNT_SID
from bakame.simulator.load.agent import Manner
from bakame.simulator.load.capacity import Capacity, Verdict, find_capacity
from bakame.simulator.load.process import Usage, usage_of
from bakame.simulator.load.report import Report
from bakame.simulator.load.run import Load, Plan, Target

TOKEN = "a-token-for-benchmarks"
SUBJECT_CORE, OWN_CORE = 0, 1
START_S = 60.0
BETWEEN_S = 3.0
SAMPLE_S = 30.0
WARM_UP = Plan(calls=5, seconds=1.0, settle_s=1.0)
out = Console(width=140, highlight=False)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the server, the floor and the agents listen."""

    server: int
    floor: int
    agents: int


Started = Callable[[Ports], Generator[Target]]


def pinned(*command: str) -> list[str]:
    """A command on the subject's core, where the system can pin."""
    return ["taskset", "-c", str(SUBJECT_CORE), *command] if os.cpu_count() != 1 else list(command)


def floor(ports: Ports) -> Generator[Target]:
    """The floor, until the generator is closed."""
    script = str(Path(__file__).with_name("voice_floor.py"))
    command = pinned(sys.executable, script, "--port", str(ports.floor), "--agents", str(ports.agents))
    process = subprocess.Popen(command)
    try:
        wait_until_up(process, f"http://127.0.0.1:{ports.floor}/")
        yield Target(stream_url=f"ws://127.0.0.1:{ports.floor}/", pid=process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def server(ports: Ports) -> Generator[Target]:
    """`bakame serve`, with the agents as its vendor and a data folder of its own, until the generator is closed."""
    url = f"http://127.0.0.1:{ports.server}"
    with tempfile.TemporaryDirectory(prefix="bakame-bench-") as folder:
        environment = os.environ | {
            "PORT": str(ports.server),
            "BAKAME_DATA_DIR": folder,
            "BAKAME_LOG_LEVEL": "error",
            "BAKAME_MAX_CALLS": "5000",
            "BAKAME_VOICE_ENGINES": "elevenlabs",
            "ELEVENLABS_API_KEY": "a-key-for-benchmarks",
            "ELEVENLABS_AGENT_ID": "agent_load",
            "ELEVENLABS_BASE_URL": f"http://127.0.0.1:{ports.agents}",
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{ports.server + 10}",
        }
        log = Path(folder) / "log"
        with log.open("w") as file:
            bakame = str(Path(sys.executable).parent / "bakame")
            process = subprocess.Popen(pinned(bakame, "serve"), env=environment, stdout=file, stderr=file)
        try:
            wait_until_up(process, f"{url}/ready")
            yield Target(url=url, auth_token=TOKEN, account_sid=ACCOUNT_SID, pid=process.pid)
        finally:
            process.terminate()
            process.wait(timeout=60)
            errors = [line for line in log.read_text().splitlines() if "error" in line.lower()]
            for line in errors[:5]:
                out.print(f"server's log ({len(errors)} lines): {line[:200]}", markup=False, style="red")


SUBJECTS: dict[str, Started] = {"floor": floor, "server": server}


def wait_until_up(process: subprocess.Popen[bytes], url: str) -> None:
    """Until it answers HTTP in any way; a server's `/ready` must say yes."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit("a subject ended before it was ready")
        try:
            if httpx.get(url, timeout=2.0, trust_env=False).status_code == 200 or not url.endswith("/ready"):
                return
        except httpx.TransportError as error:
            if isinstance(error, httpx.RemoteProtocolError):
                return
        time.sleep(0.2)
    raise SystemExit(f"a subject was not ready after {START_S:.0f} s")


async def measure(target: Target, agents: int, plans: Sequence[Plan]) -> list[Report]:
    """A report for each plan, one after the other."""
    reports: list[Report] = []
    async with Load(target, engine_port=agents) as load:
        await load.warm_up(WARM_UP)
        for plan in plans:
            reports.append(await load.run(plan))
            await asyncio.sleep(BETWEEN_S)
    return reports


async def capacity(target: Target, agents: int, plan: Plan) -> Capacity:
    """The largest count of calls, up to the plan's, that the subject holds."""
    async with Load(target, engine_port=agents) as load:

        async def run(calls: int) -> Verdict:
            report = await load.run(replace(plan, calls=calls))
            out.print(f"  {calls} calls: {'; '.join(report.lines()[-2:])}", markup=False)
            await asyncio.sleep(BETWEEN_S)
            return Verdict(held=not report.failures, is_valid=report.is_valid)

        return await find_capacity(run, most=plan.calls, first=100)


async def soak(target: Target, agents: int, plan: Plan) -> tuple[Report, list[tuple[float, Usage]]]:
    """One long run, and what the subject used meanwhile, by minute."""
    assert target.pid is not None
    samples: list[tuple[float, Usage]] = []
    began_s = time.monotonic()

    async def sample(pid: int) -> None:
        while True:
            samples.append(((time.monotonic() - began_s) / 60, usage_of(pid)))
            await asyncio.sleep(SAMPLE_S)

    async with Load(target, engine_port=agents) as load:
        sampling = asyncio.create_task(sample(target.pid))
        try:
            report = await load.run(plan)
        finally:
            sampling.cancel()
            await asyncio.wait({sampling})
    return report, samples


def compare(reports: dict[str, list[Report]]) -> Table:
    """A row for each subject and count: CPU a call-second, memory a call, percentiles in ms."""
    table = Table(title="Voice line: server beside the floor (?: not valid, see above)", title_justify="left")
    heads = ("calls", "", "CPU ms", "x floor", "KiB", "late p50", "p95", "p99", "gaps %", "first 99")
    for head in (*heads, "clear 99", "pong 99", "up 99", "waited", "outcome"):
        table.add_column(head, justify="left" if head in ("", "outcome") else "right")
    least = {report.calls: report.cpu_ms_per_call_second for report in reports.get("floor", ())}
    rows = [(report.calls, name, report) for name, of_one in reports.items() for report in of_one]
    for calls, name, report in sorted(rows, key=lambda row: (row[0], row[1])):
        measures, cpu, floor_cpu = report.measures, report.cpu_ms_per_call_second, least.get(calls)
        late = [f"{measures.grid_late.percentile(percent):.1f}" for percent in (50, 95, 99)]
        p99s = [
            f"{each.percentile(99):.1f}"
            for each in (measures.first_frame, measures.clear, measures.pong, measures.uplink)
        ]
        table.add_row(
            str(calls),
            name,
            "?" if cpu is None else f"{cpu:.2f}",
            f"{cpu / floor_cpu:.2f}" if cpu and floor_cpu else "?",
            "?" if report.memory_kib_per_call is None else f"{report.memory_kib_per_call:.0f}",
            *late,
            f"{report.gaps_percent:.3f}",
            *p99s,
            f"{report.waited_share:.0%}",
            ("failed" if report.failures else "held") + ("" if report.is_valid else "?"),
        )
    return table


def grown(samples: list[tuple[float, Usage]]) -> Table:
    """What a soak used, sample by sample."""
    table = Table(title="Soak", title_justify="left")
    for head in ("minute", "MiB", "files", "CPU s"):
        table.add_column(head, justify="right")
    step = max(1, len(samples) // 15)
    for minute, usage in [*samples[:-1:step], samples[-1]]:
        table.add_row(f"{minute:.1f}", f"{usage.memory_bytes / 2**20:.1f}", str(usage.files), f"{usage.cpu_s:.1f}")
    return table


def alone(work: Callable[[], object]) -> None:
    """Pins this process to its core, without pauses of the collector."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {OWN_CORE})
    gc.collect()
    gc.freeze()
    gc.disable()
    # `timeout` and service managers stop with this one; the subjects must be stopped then too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    work()


def main(given: argparse.Namespace) -> None:
    ports = Ports(given.port, given.port + 1, given.port + 2)
    names: list[str] = given.only or list(SUBJECTS)
    reports: dict[str, list[Report]] = {}
    for name in names:
        with (
            contextmanager(SUBJECTS[name])(ports) as target,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            manner = Manner(utterance_s=given.utterance, interrupt_every_s=given.interrupt, words=given.words)
            plan = Plan(calls=max(given.calls), seconds=given.seconds, ramp_calls_s=given.ramp, manner=manner)
            if given.soak:
                report, samples = runner.run(soak(target, ports.agents, replace(plan, seconds=given.soak * 60)))
                out.print(name, grown(samples), report.table(), *report.lines(), sep="\n", markup=False)
                continue
            plans = [replace(plan, calls=calls) for calls in given.calls]
            reports[name] = runner.run(measure(target, ports.agents, plans))
            if given.capacity:
                held = runner.run(
                    capacity(target, ports.agents, replace(plan, calls=given.most, seconds=given.seconds / 2))
                )
                more = (
                    " or more: the generator was the limit" if held.by_generator else " or more" if held.at_most else ""
                )
                out.print(f"{name}: capacity {held.held} calls{more}")
    for name, of_one in reports.items():
        for report in of_one:
            out.print(name, report.table(), *report.lines(), "", sep="\n", markup=False)
    if reports:
        out.print(compare(reports))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--calls", type=lambda text: [int(one) for one in text.split(",")], default=[10, 100, 200, 300]
    )
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--capacity", action="store_true")
    options.add_argument("--most", type=int, default=800, help="calls, for a capacity")
    options.add_argument("--soak", type=float, default=0.0, metavar="MINUTES")
    options.add_argument("--utterance", type=float, default=4.0, help="seconds that agents speak at once")
    options.add_argument("--interrupt", type=float, default=10.0, help="seconds between interruptions, 0: none")
    options.add_argument("--no-words", dest="words", action="store_false", help="sound alone, no text of it")
    options.add_argument("--ramp", type=float, default=10.0, help="calls placed a second")
    options.add_argument("--only", action="append", choices=list(SUBJECTS))
    options.add_argument("--port", type=int, default=8074, help="of the server; the next two are used too")
    parsed = options.parse_args()
    alone(lambda: main(parsed))
