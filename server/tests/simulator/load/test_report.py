"""A report says whether a server held its calls, why not, and when its own numbers say nothing."""

import io
import json

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bakame.simulator.load.measures import Measures
from bakame.simulator.load.process import Usage
from bakame.simulator.load.report import Report, Used

CALLS, SECONDS = 10, 20.0


def used(cpu_s: float = 1.0, *, own_cpu_s: float = 2.0, waited_s: float = 0.0) -> Used:
    """A server that had 50 MiB before the first call and 2 MiB more at the end."""
    mib = 2**20
    idle, before = Usage(3.0, 50 * mib, 20), Usage(4.0, 52 * mib, 40, waited_s=1.0)
    after = Usage(4.0 + cpu_s, 52 * mib, 40, waited_s=1.0 + waited_s)
    return Used(idle, before, after, own_cpu_s=own_cpu_s, took_s=SECONDS)


def held() -> Measures:
    measures = Measures()
    for _ in range(1000):
        measures.grid_late.add(1.0)
    measures.speech_s = 100.0
    return measures


def report(measures: Measures, use: Used | None = None) -> Report:
    return Report.of(measures, calls=CALLS, seconds=SECONDS, used=use or used())


def test_cpu_and_memory_are_those_of_a_call() -> None:
    told = report(held())
    assert told.cpu_ms_per_call_second == 5.0
    assert told.memory_kib_per_call == 2 * 1024 / CALLS
    assert told.own_share == 0.1
    assert told.failures == []
    assert told.is_valid


def test_without_the_servers_process_they_are_unknown() -> None:
    told = report(held(), Used(None, None, None, own_cpu_s=1.0, took_s=SECONDS))
    assert told.cpu_ms_per_call_second is None
    assert told.memory_kib_per_call is None
    assert json.loads(json.dumps(told.as_json()))["memory_kib_per_call"] is None


@given(st.floats(0, 40), st.floats(0, 1), st.integers(0, 3), st.integers(0, 3))
def test_calls_are_held_within_the_bounds_only(late_ms: float, gaps_s: float, lost: int, dropped: int) -> None:
    measures = held()
    measures.grid_late.clear()
    measures.grid_late.add(late_ms)
    measures.gaps_s = gaps_s
    measures.faults.lost, measures.faults.dropped = lost, dropped
    is_held = late_ms <= 20.0 and gaps_s <= 0.1 and not lost and not dropped
    assert (report(measures).failures == []) == is_held


def test_a_server_that_says_nothing_holds_nothing() -> None:
    assert report(Measures()).failures == ["nothing was said"]


def test_numbers_of_a_saturated_generator_are_not_valid() -> None:
    assert not report(held(), used(own_cpu_s=19.8)).is_valid


def test_numbers_of_a_late_generator_are_not_valid() -> None:
    measures = held()
    measures.own_late.add(11.0)
    assert not report(measures).is_valid


def test_numbers_from_a_core_that_others_used_are_not_valid() -> None:
    told = report(held(), used(waited_s=2.0))
    assert not told.is_valid
    assert "NOT VALID: other processes had the cores for 10% of the time" in told.lines()


def test_people_and_programs_are_told_the_same() -> None:
    measures = held()
    measures.faults.refused["the server answered 503"] += 1
    measures.faults.lost = 160
    measures.clear.add(7.0)
    told = report(measures)
    content = json.loads(json.dumps(told.as_json()))
    out = io.StringIO()
    console = Console(file=out, width=120)
    console.print(told.table())
    for line in told.lines():
        console.print(line, markup=False)
    text = out.getvalue()
    assert content["latency_ms"]["clear"] == {"n": 1, "p50": 7.0, "p95": 7.0, "p99": 7.0, "max": 7.0}
    assert content["faults"]["refused"] == {"the server answered 503": 1}
    assert content["failures"] == told.failures
    assert "lost 160" in text
    assert "refused 1 times: the server answered 503" in text
    assert "5.00 ms of CPU" in text
    assert "not held" in text
