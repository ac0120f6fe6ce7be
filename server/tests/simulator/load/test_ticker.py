"""Every call is stepped 50 times a second at absolute deadlines, not all at the same moment."""

import asyncio

import pytest

from bakame.simulator.load.measures import Distribution
from bakame.simulator.load.ticker import SLOTS, Ticker
from bakame.simulator.virtual_time import run_virtual


def ticked(steps: int, *, seconds: float, stall: bool = False) -> tuple[list[list[float]], Distribution]:
    """When each step was called (s), and how late the ticker was."""
    times: list[list[float]] = [[] for _ in range(steps)]
    late = Distribution()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        behind_s = 0.0
        ticker = Ticker(now=lambda: loop.time() + behind_s)
        ticker.late = late
        for step in times:
            ticker.add(step.append)
        ticking = asyncio.create_task(ticker.run())
        await asyncio.sleep(seconds / 2)
        behind_s = 0.1 if stall else 0.0
        await asyncio.sleep(seconds / 2)
        ticker.clear()
        before = [len(step) for step in times]
        await asyncio.sleep(0.1)
        assert [len(step) for step in times] == before
        ticking.cancel()

    run_virtual(main())
    return times, late


def test_steps_come_every_20_ms_and_their_phases_are_spread() -> None:
    times, late = ticked(SLOTS, seconds=10.0)
    for step in times:
        assert len(step) == pytest.approx(500, abs=1)
        assert step[-1] - step[0] == pytest.approx(0.02 * (len(step) - 1), abs=0.001)
    assert len({round(step[0], 3) for step in times}) == SLOTS
    assert late.largest_ms <= 1.0


def test_a_stall_is_made_up_for_and_told() -> None:
    times, late = ticked(3, seconds=4.0, stall=True)
    for step in times:
        assert len(step) == pytest.approx(205, abs=1)
    assert late.largest_ms == pytest.approx(100, abs=3)
