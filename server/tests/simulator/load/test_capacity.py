"""The capacity that is found is the one the server has."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from bakame.simulator.load.capacity import STEP, Capacity, Verdict, find_capacity


def found(true: int, *, most: int, generator: int = 10_000) -> tuple[Capacity, list[int]]:
    tried: list[int] = []

    async def run(calls: int) -> Verdict:
        tried.append(calls)
        return Verdict(held=calls <= true, is_valid=calls <= generator)

    return asyncio.run(find_capacity(run, most=most)), tried


@given(st.integers(0, 1500), st.integers(1, 2000))
def test_it_is_found_to_the_step_in_few_runs(true: int, most: int) -> None:
    capacity, tried = found(true, most=most)
    assert capacity.held <= min(true, most)
    assert min(true, most) - capacity.held < 2 * STEP
    assert capacity.at_most == (capacity.held == most)
    assert len(tried) <= 26


def test_a_generator_that_gives_up_first_is_said() -> None:
    capacity, _ = found(1000, most=2000, generator=400)
    assert capacity.by_generator
    assert capacity.held == 400


def test_one_bad_run_is_not_believed() -> None:
    failed: list[int] = []

    async def run(calls: int) -> Verdict:
        hiccup = calls == 100 and not failed
        failed.extend([calls] * hiccup)
        return Verdict(held=not hiccup, is_valid=True)

    assert asyncio.run(find_capacity(run, most=100)) == Capacity(100, at_most=True)
