"""Elo ratings of learners and of items, on one logit scale.

R. Pelánek: Applications of the Elo rating system in adaptive educational systems. Computers & Education 98 (2016).
"""

from dataclasses import dataclass
from math import exp
from typing import Final

from bakame.learning.model import ModelParameters
from bakame.learning.skills import Skill

FIRST_STEP: Final = 1.0
"""How far, in logits, a rating moves at most by its first answer."""
STEP_DECAY: Final = 0.05
"""How fast steps get smaller as answers come in."""
GUESS: Final = {"choice2": 1 / 2, "choice3": 1 / 3, "choice4": 1 / 4}
"""The chance of a right answer by guessing, where it is not nothing."""


@dataclass(frozen=True, slots=True)
class Rating:
    """A learner's ability or an item's difficulty, in logits, and how many answers it rests on."""

    logit: float = 0.0
    answers: int = 0


def first_rating(skill: Skill, model: ModelParameters) -> Rating:
    """The difficulty of a skill before anybody answered: that of its level."""
    return Rating(model.difficulty[skill.level])


def expected_success(ability: Rating, difficulty: Rating, *, format: str = "integer") -> float:  # noqa: A002
    """The chance that the learner answers the item right; `format` says how easily it is guessed."""
    guess = GUESS.get(format, 0.0)
    return guess + (1 - guess) * logistic(ability.logit - difficulty.logit)


def observe(ability: Rating, difficulty: Rating, *, right: bool, format: str = "integer") -> tuple[Rating, Rating]:  # noqa: A002
    """Both ratings after one answer. The less a rating rests on, the more it moves."""
    surprise = float(right) - expected_success(ability, difficulty, format=format)
    return _moved(ability, surprise), _moved(difficulty, -surprise)


def _moved(rating: Rating, surprise: float) -> Rating:
    step = FIRST_STEP / (1 + STEP_DECAY * rating.answers)
    return Rating(rating.logit + step * surprise, rating.answers + 1)


def logistic(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    return 1 / (1 + exp(-x)) if x >= 0 else 1 - 1 / (1 + exp(x))
