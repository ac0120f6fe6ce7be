"""Skills that are understood at some moment and then remembered: activation of traces with a spacing effect.

Each practice leaves a trace that fades by a power of its age; the exponent is the larger, the more active the memory
was when the trace was made: P. I. Pavlik, J. R. Anderson: Practice and forgetting effects on vocabulary memory: an
activation-based model of the spacing effect. Cognitive Science 29 (2005). Exponent and scale, and that time between
sessions counts less, are theirs; the threshold is set so that procedures learnt in one session are remembered as in
Rohrer and Taylor (2006), see `tracing`.
"""

import random
from math import exp, log
from typing import Final

from bakame.simulator.learners.traits import Traits, logistic
from bakame.simulator.learners.world import World

DECAY_SCALE: Final = 0.217
DECAY_LEAST: Final = 0.177
SCALE: Final = 0.255
"""Of Pavlik and Anderson: exponent = 0.217 e^activation + 0.177; noise of the activation."""
THRESHOLD: Final = -1.4
BETWEEN: Final = 0.025
"""How much time between sessions counts against time within one."""
SESSION_S: Final = 3600.0
DAY_S: Final = 86_400.0
OLD: Final = ((-40.0, 0.2), (-80.0, 0.19), (-120.0, 0.18), (-160.0, 0.18)) * 5
"""Traces (day, exponent) of what was known before the first call."""
MOST_TRACES: Final = 60
FAILED: Final = 0.5
EXAMPLE: Final = 0.5
IN_USE: Final = 0.3
"""Weights of traces: of an explanation, of an example, and of use within a harder skill."""
TRANSFER: Final = 1.5
"""How much what a skill rests on helps to understand it: nothing of it in place, and understanding is rare."""


class Activation:
    """A mind; see `Mind`."""

    def __init__(self, world: World, traits: Traits, rng: random.Random) -> None:
        self._world = world
        self._rate = traits.rate
        self._threshold = THRESHOLD - 0.25 * log(traits.keeps)
        self._rng = rng
        self._understood = [each > 0.0 for each in traits.known]
        self._traces: list[list[tuple[float, float, float]]] = [
            [(day, decay, 1.0) for day, decay in OLD] if each > 0.0 else [] for each in traits.known
        ]

    def recall(self, skill: int, day: float) -> float:
        if not self._understood[skill]:
            return 0.0
        return logistic((self._activation(skill, day) - self._threshold) / SCALE)

    def practise(self, skill: int, day: float, *, recalled: bool, explained: bool, effort: float = 1.0) -> None:
        if not self._understood[skill]:
            if not self._understands(skill, day, effort * (1.0 if explained else 0.4)):
                return
            recalled = False
        if recalled or explained:
            self._leave(skill, day, (1.0 if recalled else FAILED) * effort)
        if recalled:
            for need in self._world.needs[skill]:
                if self._understood[need]:
                    self._leave(need, day, IN_USE)

    def watch(self, skill: int, day: float, *, effort: float = 1.0) -> None:
        if self._understood[skill] or self._understands(skill, day, effort * EXAMPLE):
            self._leave(skill, day, EXAMPLE * effort)

    def _understands(self, skill: int, day: float, factor: float) -> bool:
        needs = self._world.needs[skill]
        ready = sum(self.recall(need, day) for need in needs) / len(needs) if needs else 1.0
        chance = self._rate * self._world.ease[skill] * factor * TRANSFER * ready**2
        self._understood[skill] = self._rng.random() < chance
        return self._understood[skill]

    def _activation(self, skill: int, day: float) -> float:
        total = 0.0
        for made, decay, weight in self._traces[skill]:
            age = (day - made) * DAY_S
            if age > SESSION_S:
                age = SESSION_S + BETWEEN * (age - SESSION_S)
            total += weight * max(1.0, age) ** -decay
        return log(total) if total > 0.0 else -9.0

    def _leave(self, skill: int, day: float, weight: float) -> None:
        traces = self._traces[skill]
        decay = DECAY_SCALE * exp(min(1.5, self._activation(skill, day))) + DECAY_LEAST
        traces.append((day, decay, weight))
        if len(traces) > MOST_TRACES:
            del traces[0]
