"""Who a simulated learner is: what they can do at first, how they learn, answer, tire and come back.

Everything is drawn from the learner's own seed, so that every policy meets the same learners.
"""

import random
from dataclasses import dataclass
from math import exp, log
from typing import Final

from bakame.simulator.learners.world import World

LEVEL_MEAN, LEVEL_SPREAD = -0.3, 0.75
LEVEL_LOW, LEVEL_HIGH = -1.5, 1.0
"""Levels of learners, in logits on the scale of the curriculum: P2 to S1, most of them P4 and P5."""
STEEPNESS: Final = 2.2
"""How sharply what is known ends at one's level; the tutor's placement takes it to be 5."""
STRAND_SPREAD: Final = 0.5
SKILL_SPREAD: Final = 0.8
"""Standard deviations of what one knows of a strand, and of a skill, beside one's level."""
ABOVE_NEEDS: Final = 0.8
"""How much better a skill may be known than the weakest of what it rests on."""


@dataclass(frozen=True, slots=True)
class Traits:
    """`level` in logits; `known`: strength of each skill at first, above 0 when it is known.

    `rate`: chance that one explained exercise, with all it rests on in place, is understood; `keeps`: a factor of how
    long things are remembered. `slip`: chance of a wrong answer to a typed question that one knows; `lucky`: of a
    right one that one does not; `confused`: share of wrong answers that come from a misconception. `asks_hint` and
    `gives_up`: chances of the key 0 or 9 in place of a guess. `think_s`: median seconds to an answer, `think_spread`
    of its logarithm. `tires_min`: minutes of a call after which they tire; `patience`: how much frustration they
    stand. `comes`: chance to call on a day.
    """

    level: float
    known: tuple[float, ...]
    rate: float
    keeps: float
    slip: float
    lucky: float
    confused: float
    asks_hint: float
    gives_up: float
    think_s: float
    think_spread: float
    tires_min: float
    patience: float
    comes: float


def draw_traits(world: World, *, rng: random.Random) -> Traits:
    """A learner."""
    level = min(LEVEL_HIGH, max(LEVEL_LOW, rng.gauss(LEVEL_MEAN, LEVEL_SPREAD)))
    strands = [rng.gauss(0.0, STRAND_SPREAD) for _ in range(max(world.strands) + 1)]
    known: list[float] = []
    for skill in range(world.size):
        strength = STEEPNESS * (level - world.hard[skill]) + strands[world.strands[skill]]
        strength += rng.gauss(0.0, SKILL_SPREAD)
        for need in world.needs[skill]:
            strength = min(strength, known[need] + ABOVE_NEEDS)
        known.append(strength)
    return Traits(
        level=level,
        known=tuple(known),
        rate=logistic(rng.gauss(log(0.2 / 0.8), 0.45)),
        keeps=rng.lognormvariate(0.0, 0.3),
        slip=rng.betavariate(4, 46),
        lucky=rng.betavariate(2, 58),
        confused=rng.betavariate(5, 5),
        asks_hint=rng.betavariate(2, 10),
        gives_up=rng.betavariate(2, 14),
        think_s=rng.lognormvariate(log(6.0), 0.3),
        think_spread=rng.uniform(0.3, 0.55),
        tires_min=rng.uniform(5.0, 9.0),
        patience=rng.lognormvariate(0.0, 0.25),
        comes=rng.betavariate(3.0, 5.0),
    )


def logistic(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    if x < -40.0:
        return 0.0
    return 1.0 / (1.0 + exp(-x))
