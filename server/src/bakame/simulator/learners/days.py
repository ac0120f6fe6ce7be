"""When simulated learners call: missed days, how long they stay, calls that drop. The same for every policy."""

import random
from dataclasses import dataclass
from typing import Final

from bakame.simulator.learners.traits import Traits

SHORTEST_MIN, LONGEST_MIN = 8.0, 12.0
"""Minutes that a learner has for a call."""
DROPS_A_MINUTE: Final = 0.01
EVENING: Final = 16.5 / 24
"""Hour of the day of a call, as a share of a day, and how far it varies."""
SPREAD: Final = 2.0 / 24
AFTER_FRUSTRATION: Final = 0.5
"""Factor of the chance to call on the day after a call that was ended in frustration."""
FORGOTTEN_DAYS: Final = 3
"""Days until that is forgotten."""


@dataclass(frozen=True, slots=True)
class Day:
    """`chance` is drawn from 0 to 1: the learner calls when it is below what makes them call. `at`: days since the
    start. `stays_s`: seconds until they have to go, or the line drops (`drops`).
    """

    chance: float
    at: float
    stays_s: float
    drops: bool


def draw_days(count: int, *, rng: random.Random) -> tuple[Day, ...]:
    """All days of a learner."""
    days: list[Day] = []
    for number in range(count):
        chance = rng.random()
        at = number + EVENING + rng.uniform(-SPREAD, SPREAD)
        stays = rng.uniform(SHORTEST_MIN, LONGEST_MIN)
        dropped = rng.expovariate(DROPS_A_MINUTE)
        days.append(Day(chance, at, 60.0 * min(stays, dropped), dropped < stays))
    return tuple(days)


def calls_on(day: Day, traits: Traits, *, frustrated_at: float | None) -> bool:
    """Whether the learner calls. `frustrated_at`: the time of the last call, in days, if frustration ended it."""
    comes = traits.comes
    if frustrated_at is not None and day.at - frustrated_at < FORGOTTEN_DAYS:
        comes *= AFTER_FRUSTRATION
    return day.chance < comes
