"""How simulated learners learn and forget: one port, and three models of it that differ from each other.

None of them is the model by which the tutor traces knowledge, so that it does not mark its own homework.
"""

import random
from typing import Final, Protocol

from bakame.simulator.learners.activation import Activation
from bakame.simulator.learners.strength import Strength
from bakame.simulator.learners.tracing import Tracing
from bakame.simulator.learners.traits import Traits
from bakame.simulator.learners.world import World


class Mind(Protocol):
    """What one learner knows. `skill` is a number of the world; `day` runs on, in days, and never goes back.

    `effort`: 1 when fresh, less when tired.
    """

    def recall(self, skill: int, day: float) -> float:
        """The chance to do an exercise by knowing how, without slips and guesses."""
        ...

    def practise(self, skill: int, day: float, *, recalled: bool, explained: bool, effort: float = 1.0) -> None:
        """One exercise is over. `recalled`: it was done by knowing; `explained`: how it is done was said."""
        ...

    def watch(self, skill: int, day: float, *, effort: float = 1.0) -> None:
        """A worked example was heard."""
        ...


MODELS: Final = {"bkt": Tracing, "irt": Strength, "memory": Activation}


def make_mind(model: str, world: World, traits: Traits, *, rng: random.Random) -> Mind:
    """A mind as it is before the first call. Raises `KeyError` for an unknown model."""
    return MODELS[model](world, traits, rng)
