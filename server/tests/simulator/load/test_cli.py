"""`bakame load` as a person or a script runs it, with the floor as its server."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bakame.simulator.load.cli import LoadKit, mount_load
from bakame.simulator.virtual_time import run_virtual
from simulator.load.floor import floor, free_port

SHORT = ("--seconds", "4", "--settle", "2", "--ramp", "10", "--utterance", "1")


def now() -> float:
    return asyncio.get_running_loop().time()


def invoke(*args: str, token: str | None = None, run: Any = run_virtual) -> Result:
    app = typer.Typer()

    @app.callback()
    def main() -> None: ...  # a callback, so that the one command keeps its name

    mount_load(app, LoadKit(token=lambda: token, run=run, now=now))
    return CliRunner().invoke(app, ["load", *args], env={})


def over_the_floor(*args: str) -> Result:
    """The command with `--stream` and `--engine-port` as the floor has them."""
    agents, media = free_port(), free_port()

    def run(command: Coroutine[Any, Any, int]) -> int:
        async def main() -> int:
            async with floor(agents, now=now, port=media):
                return await command

        return run_virtual(main())

    return invoke("--stream", f"ws://127.0.0.1:{media}/", "--engine-port", str(agents), *args, run=run)


def test_a_person_is_shown_a_table_and_the_outcome() -> None:
    result = over_the_floor("--calls", "2", *SHORT)
    assert "frame, against the pacing grid" in result.stdout
    assert "faults: none" in result.stdout
    assert "\nheld\n" in result.stdout


def test_a_program_is_given_json() -> None:
    result = over_the_floor("--calls", "2", "--json", *SHORT)
    told = json.loads(result.stdout)
    assert (told["calls"], told["failures"]) == (2, [])
    assert set(told["latency_ms"]["grid_late"]) == {"n", "p50", "p95", "p99", "max"}
    assert told["cpu_ms_per_call_second"] is None
    assert result.exit_code == int(not told["valid"])


def test_a_capacity_is_found() -> None:
    result = over_the_floor("--calls", "2", "--find-capacity", "--json", *SHORT)
    told = json.loads(result.stdout)
    assert set(told) == {"capacity", "limited_by_generator", "all_were_held"}
    assert "2 calls: p99" in result.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("--calls", "0"),
        ("--calls", "2001"),
        ("--calls", "1", "--seconds", "3601"),
        ("--calls", "1", "--to", "ftp://server"),
        ("--calls", "1", "--stream", "http://server"),
        (),
    ],
)
def test_what_cannot_be_run_is_refused(args: tuple[str, ...]) -> None:
    assert invoke(*args).exit_code == 2


def test_a_server_that_is_not_there_is_told_and_fails() -> None:
    result = invoke("--calls", "1", "--to", f"http://127.0.0.1:{free_port()}", "--engine-port", "0", "--json", *SHORT)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["faults"]["refused"] != {}


def test_a_process_that_is_not_there_is_told() -> None:
    result = invoke("--calls", "1", "--pid", "4194304", "--engine-port", "0", *SHORT)
    assert result.exit_code == 1
    assert "process 4194304" in result.stderr


def test_whoever_stops_it_gets_the_shells_code() -> None:
    def stopped(command: Coroutine[Any, Any, int]) -> int:
        command.close()
        raise KeyboardInterrupt

    assert invoke("--calls", "1", run=stopped).exit_code == 130
