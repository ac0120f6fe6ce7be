"""Skills that are known or not, learnt at a rate of each learner's own, gated by prerequisites, and forgotten.

Known skills are forgotten at a constant hazard. The first time constant, 24 days, is what D. Rohrer, K. Taylor: The
effects of overlearning and distributed practise on the retention of mathematics knowledge. Applied Cognitive Psychology
20 (2006) found after ten exercises in one session: 75 % after a week and 32 % after four. A later success multiplies it
by the more, the more had been at risk, so that two sessions a week apart give their 64 % after four weeks.
"""

import random
from math import exp
from typing import Final

from bakame.simulator.learners.traits import Traits
from bakame.simulator.learners.world import World

FIRST_DAYS: Final = 24.0
OLD_DAYS: Final = 500.0
"""Time constants of what was learnt just now, and of what was known before the first call."""
MOST_DAYS: Final = 1000.0
SPACING: Final = 6.4
"""How much a success multiplies the time constant, for each whole unit of risk."""
IN_USE: Final = 0.3
"""Share of that for what is used within a harder skill."""
MISSING: Final = 0.2
"""Factor of the rate for each prerequisite that is not known."""
UNEXPLAINED: Final = 0.4
EXAMPLE: Final = 0.6
"""Factors of the rate: after a right answer by luck, and for a worked example."""
SAVINGS: Final = 2.0
RELEARNT: Final = 2.0
"""Factors for what was known once (Ebbinghaus): of the rate, and of the first time constant."""


class Tracing:
    """A mind; see `Mind`."""

    def __init__(self, world: World, traits: Traits, rng: random.Random) -> None:
        self._world = world
        self._rate = traits.rate
        self._keeps = traits.keeps
        self._rng = rng
        self._known = [each > 0.0 for each in traits.known]
        self._once = list(self._known)
        self._days = [OLD_DAYS] * world.size
        self._seen = [0.0] * world.size
        self._used = [0.0] * world.size
        # A skill is forgotten when the hazard it went through uses up its share of luck, which is drawn when it is
        # learnt: so two minds from one seed forget the same, but for what they do in between.
        self._luck = [rng.expovariate(1.0) for _ in range(world.size)]

    def recall(self, skill: int, day: float) -> float:
        if not self._known[skill]:
            return 0.0
        since = day - self._seen[skill]
        if since > 0.0:
            self._seen[skill] = day
            self._luck[skill] -= since / self._days[skill]
            if self._luck[skill] <= 0.0:
                self._known[skill] = False
                return 0.0
        return 1.0

    def practise(self, skill: int, day: float, *, recalled: bool, explained: bool, effort: float = 1.0) -> None:
        if recalled:
            self._kept(skill, day, 1.0)
            for need in self._world.needs[skill]:
                if self.recall(need, day):
                    self._kept(need, day, IN_USE)
        elif self.recall(skill, day):
            if explained:
                self._kept(skill, day, 0.5)
        else:
            self._learn(skill, day, effort * (1.0 if explained else UNEXPLAINED))

    def watch(self, skill: int, day: float, *, effort: float = 1.0) -> None:
        if not self.recall(skill, day):
            self._learn(skill, day, effort * EXAMPLE)

    def _kept(self, skill: int, day: float, share: float) -> None:
        at_risk = 1.0 - exp(-(day - self._used[skill]) / self._days[skill])
        self._days[skill] = min(MOST_DAYS, self._days[skill] * (1.0 + SPACING * share * at_risk))
        self._used[skill] = day

    def _learn(self, skill: int, day: float, factor: float) -> None:
        chance = self._rate * self._world.ease[skill] * factor
        if self._once[skill]:
            chance *= SAVINGS
        for need in self._world.needs[skill]:
            if not self.recall(need, day):
                chance *= MISSING
        if self._rng.random() < chance:
            self._days[skill] = FIRST_DAYS * self._keeps * (RELEARNT if self._once[skill] else 1.0)
            self._known[skill] = self._once[skill] = True
            self._luck[skill] = self._rng.expovariate(1.0)
            self._seen[skill] = self._used[skill] = day
