"""Finds how many calls a server holds: the load doubles until it does not, then the space between is halved."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

FIRST: Final = 50
STEP: Final = 10
"""Calls; the answer is exact to this."""
TRIES: Final = 2
"""A count of calls is not held when it failed as often: a machine's hiccup is not a server's limit."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one run. `is_valid` False: the generator was the limit."""

    held: bool
    is_valid: bool


@dataclass(frozen=True, slots=True)
class Capacity:
    """`held` calls are held. `by_generator`: more could not be tried, because the generator did not keep up."""

    held: int
    by_generator: bool = False
    at_most: bool = False
    """All that were allowed were held."""


async def find_capacity(run: Callable[[int], Awaitable[Verdict]], *, most: int, first: int = FIRST) -> Capacity:
    """The largest count of calls up to `most` that `run` holds, to `STEP`."""
    held, failed, by_generator = 0, most + 1, False
    calls = min(first, most)
    while calls > held:
        verdict = await _tried(run, calls)
        if verdict.held and verdict.is_valid:
            held = calls
        else:
            failed, by_generator = calls, not verdict.is_valid
        if held == most:
            return Capacity(held, at_most=True)
        calls = min(held * 2, most) if failed > most else (held + failed) // 2 // STEP * STEP
    return Capacity(held, by_generator=by_generator)


async def _tried(run: Callable[[int], Awaitable[Verdict]], calls: int) -> Verdict:
    verdict = await run(calls)
    for _ in range(TRIES - 1):
        if verdict.held and verdict.is_valid:
            break
        verdict = await run(calls)
    return verdict
