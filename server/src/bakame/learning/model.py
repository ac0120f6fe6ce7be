"""Parameters of the learner model, as the curriculum file gives them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bakame.learning.fields import Fields, numbers_by_name

FORMATS: Final = ("integer", "decimal", "fraction", "choice2", "choice3", "choice4", "speech_open", "text_open")
"""Answer formats: what is guessed and slipped differs between them."""


@dataclass(frozen=True, slots=True)
class BktParameters:
    """Probabilities of Bayesian knowledge tracing: known at first, learnt by an item, guessed, slipped."""

    p_init: float
    p_learn: float
    p_guess: float
    p_slip: float


@dataclass(frozen=True, slots=True)
class Review:
    """What the review scheduler aims at."""

    desired_retention: float
    maximum_interval_days: int


@dataclass(frozen=True, slots=True)
class ModelParameters:
    """All numbers of the learner model. `difficulty`: the prior difficulty of a level, in logits.

    `target_success`: the chance of success aimed at, by mood of the moment (normal, after_frustration, challenge).
    `confirm_items`: right answers in a later session that prove a mastered skill.
    """

    bkt: Mapping[str, BktParameters]
    threshold: float
    min_items: Mapping[str, int]
    last_unhinted_correct: int
    confirm_items: int
    difficulty: Mapping[str, float]
    target_success: Mapping[str, float]
    hinted_xp_share: float
    review: Review


def read_model(fields: Fields) -> ModelParameters:
    """Reads the section `model`; problems are noted in `fields`."""
    formats = fields.nested("bkt_by_format")
    bkt = {name: _read_bkt(formats.nested(name)) for name in FORMATS}
    formats.close()
    mastery = fields.nested("mastery")
    items = mastery.nested("min_items")
    min_items = {name: items.integer(name, low=1, high=50) for name in FORMATS}
    items.close()
    hinted = fields.nested("answer_after_hint")
    hinted.word("counts_as", ("wrong_for_bkt",))
    targets = fields.nested("target_success")
    target_success = {
        name: targets.number(name, low=0.5, high=0.95) for name in ("normal", "after_frustration", "challenge")
    }
    targets.close()
    review = fields.nested("review")
    review.word("scheduler", ("fsrs",))
    review.drop("again", "hard", "good", "easy")
    parameters = ModelParameters(
        bkt=MappingProxyType(bkt),
        threshold=mastery.number("threshold", low=0.5, high=0.999),
        min_items=MappingProxyType(min_items),
        last_unhinted_correct=mastery.integer("last_unhinted_correct", low=1, high=10),
        confirm_items=mastery.integer("confirm_next_session_items", low=1, high=10),
        difficulty=MappingProxyType(
            dict(numbers_by_name(fields.nested("prior_level_difficulty_logit"), low=-6.0, high=6.0))
        ),
        target_success=MappingProxyType(target_success),
        hinted_xp_share=hinted.number("xp_share", low=0.0, high=1.0),
        review=Review(
            desired_retention=review.number("desired_retention", low=0.5, high=0.99),
            maximum_interval_days=review.integer("maximum_interval_days", low=1, high=3650),
        ),
    )
    for each in (mastery, hinted, review, fields):
        each.close()
    return parameters


def _read_bkt(fields: Fields) -> BktParameters:
    names = ("p_init", "p_learn", "p_guess", "p_slip")
    p_init, p_learn, p_guess, p_slip = (fields.number(name, low=0.001, high=0.999) for name in names)
    if p_guess + p_slip >= 1:
        fields.note("p_guess", "with p_slip must be less than 1, or a right answer would count against knowing")
    fields.close()
    return BktParameters(p_init, p_learn, p_guess, p_slip)
