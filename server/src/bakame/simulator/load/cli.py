"""The command `bakame load`; `mount_load` hangs it on the product's command line."""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import typer
from rich.console import Console

from bakame.errors import BakameError
from bakame.simulator.identity import ACCOUNT_SID
from bakame.simulator.load.agent import Manner
from bakame.simulator.load.capacity import Verdict, find_capacity
from bakame.simulator.load.report import Report
from bakame.simulator.load.run import MOST_CALLS, MOST_SECONDS, SETTLE_S, Load, Plan, Target

ENGINE_PORT: Final = 8790
BETWEEN_S: Final = 2.0
"""Between two runs: what ended is tidied up."""


def run_alone(main: Coroutine[Any, Any, int]) -> int:
    """Runs the load as fast as this process can: on uvloop, and without pauses of the garbage collector."""
    gc.collect()
    gc.freeze()
    gc.disable()
    if sys.platform == "win32":
        return asyncio.run(main)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


@dataclass(frozen=True, slots=True)
class LoadKit:
    """What the command gets from outside: who finds the auth token, who runs a coroutine to its end, the clock (s)."""

    token: Callable[[], str | None]
    run: Callable[[Coroutine[Any, Any, int]], int] = run_alone
    now: Callable[[], float] = time.monotonic


def mount_load(app: typer.Typer, kit: LoadKit) -> None:
    """Adds `load` to a command line."""
    app.command("load", context_settings={"obj": kit})(load_command)


def load_command(
    ctx: typer.Context,
    calls: Annotated[int, typer.Option(min=1, max=MOST_CALLS, help="Calls at once; the most to try for a capacity.")],
    seconds: Annotated[float, typer.Option(min=0.5, max=MOST_SECONDS, help="How long they are measured.")] = 20.0,
    to: Annotated[str, typer.Option(metavar="URL", help="The server's public address.")] = "http://127.0.0.1:8000",
    stream: Annotated[
        str | None, typer.Option(metavar="URL", help="Open this media socket at once, without a webhook.")
    ] = None,
    auth_token: Annotated[
        str | None,
        typer.Option(
            envvar="TWILIO_AUTH_TOKEN", help="The auth token that signs; by default the development server's."
        ),
    ] = None,
    account_sid: Annotated[str, typer.Option(envvar="TWILIO_ACCOUNT_SID", help="The carrier's account.")] = ACCOUNT_SID,
    engine_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the agents listen: the server's ELEVENLABS_BASE_URL.")
    ] = ENGINE_PORT,
    ramp: Annotated[float, typer.Option(min=0.1, max=1000, metavar="CALLS/S", help="Calls placed a second.")] = 10.0,
    settle: Annotated[float, typer.Option(min=0, max=60, help="Seconds before it is measured.")] = SETTLE_S,
    utterance: Annotated[float, typer.Option(min=0.5, max=600, help="Seconds that agents speak at once.")] = 4.0,
    interrupt: Annotated[float, typer.Option(min=0, max=600, help="Seconds between interruptions, 0: none.")] = 10.0,
    words: Annotated[bool, typer.Option(help="Agents send the text of what they say, which servers keep.")] = True,
    pid: Annotated[int | None, typer.Option(min=1, help="The server's process, if it runs here.")] = None,
    find: Annotated[bool, typer.Option("--find-capacity", help="Find how many calls are held.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Place calls with a stand-in for the vendor's agents behind the server, and measure what callers hear.

    The server must converse by ELEVENLABS_BASE_URL=http://127.0.0.1:8790 (the agents' port), and generator and server
    need a core each (taskset). Exit code 1: the calls were not held, or the numbers are not valid.
    """
    kit: LoadKit = ctx.obj
    for option, url, schemes in (("--to", to, ("http", "https")), ("--stream", stream, ("ws", "wss"))):
        if url is not None and (urlsplit(url).scheme not in schemes or not urlsplit(url).hostname):
            raise typer.BadParameter(f"{url} is no {' or '.join(schemes)} address", param_hint=option)
    token = auth_token or (None if stream else kit.token()) or ""
    target = Target(url=to, stream_url=stream, auth_token=token, account_sid=account_sid, pid=pid)
    manner = Manner(utterance_s=utterance, interrupt_every_s=interrupt, words=words)
    plan = Plan(calls=calls, seconds=seconds, ramp_calls_s=ramp, settle_s=settle, manner=manner)
    load = Load(target, engine_port=engine_port, now=kit.now)
    work = _search(load, plan, as_json=as_json) if find else _once(load, plan, as_json=as_json)
    try:
        raise typer.Exit(kit.run(work))
    except BakameError as error:
        Console(stderr=True, highlight=False).print(f"bakame: {error}", markup=False, style="red")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


async def _once(load: Load, plan: Plan, *, as_json: bool) -> int:
    async with load:
        report = await load.run(plan)
    _show(report, as_json=as_json)
    return int(bool(report.failures) or not report.is_valid)


async def _search(load: Load, plan: Plan, *, as_json: bool) -> int:
    out = Console(highlight=False, stderr=as_json)

    async with load:

        async def run(calls: int) -> Verdict:
            report = await load.run(replace(plan, calls=calls))
            out.print(_summary(report), soft_wrap=True)
            await asyncio.sleep(BETWEEN_S)
            return Verdict(held=not report.failures, is_valid=report.is_valid)

        found = await find_capacity(run, most=plan.calls)
    if as_json:
        told = {"capacity": found.held, "limited_by_generator": found.by_generator, "all_were_held": found.at_most}
        print(json.dumps(told))  # noqa: T201  # a command's output
    else:
        limit = " or more: the generator was the limit" if found.by_generator else " or more" if found.at_most else ""
        out.print(f"capacity: {found.held} calls{limit}")
    return 0


def _show(report: Report, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(report.as_json()))  # noqa: T201  # a command's output
        return
    out = Console(highlight=False)
    out.print(report.table())
    for line in report.lines():
        out.print(line, markup=False, soft_wrap=True)


def _summary(report: Report) -> str:
    """A run in one line."""
    cpu = "" if report.cpu_ms_per_call_second is None else f", {report.cpu_ms_per_call_second:.2f} ms CPU/call-s"
    late = report.measures.grid_late.percentile(99)
    outcome = "; ".join(report.failures) or "held"
    doubt = "" if report.is_valid else f" (not valid: {'; '.join(report.doubts)})"
    return f"{report.calls} calls: p99 {late:.1f} ms{cpu}, generator {report.own_share:.0%}: {outcome}{doubt}"
