"""Skills of a continuous strength: a logistic chance of success, most gain near one's level, exponential forgetting.

The strength of a skill is what lasts and what fades, as in the two strengths of R. A. Bjork, E. L. Bjork: A new theory
of disuse (1992): what has faded when it is practised again becomes lasting. The gain of one exercise is largest where
success is likely but not sure (desirable difficulty).
"""

import random
from math import exp
from typing import Final

from bakame.simulator.learners.traits import Traits, logistic
from bakame.simulator.learners.world import World

SLOPE: Final = 1.7
"""Of the chance of success in the strength, as in the normal ogive."""
GAIN: Final = 2.0
"""What one explained exercise at the best difficulty adds, for a rate of 1 (learners have about 0.2)."""
BEST: Final = 0.6
WIDTH: Final = 0.5
LEAST_GAIN: Final = 0.25
"""The best chance of success to learn from; how fast the gain falls off beside it, and to what share."""
FADES_DAYS: Final = 7.0
LASTS: Final = 0.03
"""Share of a gain that lasts when it is made at once."""
RESTORED: Final = 0.45
"""Share of what has faded since the last practice that a success makes lasting."""
KNOWN: Final = 0.5
"""Strength from which a skill is known: success by seven in ten."""
MOST: Final = 2.0
FLOOR: Final = -2.5
"""Strength is between; far above success nothing more is gained."""
EXAMPLE: Final = 0.5
UNEXPLAINED: Final = 0.6
FAILED: Final = 0.9
"""Factors of the gain: for a worked example, for an exercise without explanation, and for one that did not succeed."""
IN_USE: Final = 0.25
"""Share of the gain for each prerequisite that is used in a success."""


class Strength:
    """A mind; see `Mind`."""

    def __init__(self, world: World, traits: Traits, rng: random.Random) -> None:
        del rng  # chances only, nothing is drawn
        self._world = world
        self._gain = GAIN * traits.rate
        self._fades = FADES_DAYS * traits.keeps
        self._lasting = [min(MOST, max(FLOOR, each + KNOWN)) for each in traits.known]
        self._fading = [0.0] * world.size
        self._at = [0.0] * world.size

    def recall(self, skill: int, day: float) -> float:
        fading = self._fading[skill]
        if fading:
            fading *= exp((self._at[skill] - day) / self._fades)
        return logistic(SLOPE * (self._lasting[skill] + fading))

    def practise(self, skill: int, day: float, *, recalled: bool, explained: bool, effort: float = 1.0) -> None:
        factor = effort * (1.0 if recalled or explained else UNEXPLAINED) * (1.0 if recalled else FAILED)
        self._grow(skill, day, factor, restored=RESTORED if recalled else RESTORED / 2)
        if recalled:
            for need in self._world.needs[skill]:
                self._grow(need, day, IN_USE * effort, restored=RESTORED * IN_USE)

    def watch(self, skill: int, day: float, *, effort: float = 1.0) -> None:
        self._grow(skill, day, EXAMPLE * effort, restored=RESTORED / 4)

    def _grow(self, skill: int, day: float, factor: float, *, restored: float) -> None:
        before = self._fading[skill]
        left = before * exp((self._at[skill] - day) / self._fades) if before else 0.0
        success = logistic(SLOPE * (self._lasting[skill] + left))
        away = (success - BEST) / WIDTH
        gain = self._gain * self._world.ease[skill] * factor * (LEAST_GAIN + (1 - LEAST_GAIN) * exp(-away * away))
        for need in self._world.needs[skill]:
            gain *= 0.2 + 0.8 * self.recall(need, day)
        lasting = self._lasting[skill] + restored * (before - left) + LASTS * gain
        self._lasting[skill] = lasting = min(MOST, lasting)
        self._fading[skill] = min(left + (1 - LASTS) * gain, max(left, MOST - lasting))
        self._at[skill] = day
