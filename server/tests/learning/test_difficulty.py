"""Ratings go where the answers point, in ever smaller steps."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.difficulty import Rating, expected_success, first_rating, logistic, observe
from bakame.learning.skills import Curriculum

LOGITS = st.floats(-8, 8)


@given(ability=LOGITS, difficulty=LOGITS, right=st.booleans())
def test_an_answer_moves_both_ratings_oppositely(ability: float, difficulty: float, right: bool) -> None:
    learner, item = observe(Rating(ability), Rating(difficulty), right=right)
    assert learner.logit - ability == pytest.approx(difficulty - item.logit, abs=1e-9)
    assert (learner.logit >= ability) is right or learner.logit == ability
    assert (learner.answers, item.answers) == (1, 1)


@given(st.floats(-2000, 2000))
def test_the_logistic_never_overflows(x: float) -> None:
    assert 0 <= logistic(x) <= 1
    assert logistic(x) + logistic(-x) == pytest.approx(1)


def test_steps_get_smaller() -> None:
    early, _ = observe(Rating(0.0, 0), Rating(), right=True)
    late, _ = observe(Rating(0.0, 100), Rating(), right=True)
    assert early.logit == pytest.approx(0.5)
    assert late.logit == pytest.approx(0.5 / 6)


def test_two_options_are_guessed_half_the_time() -> None:
    assert expected_success(Rating(-30.0), Rating(30.0), format="choice2") == pytest.approx(0.5)
    assert expected_success(Rating(1.0), Rating(1.0)) == pytest.approx(0.5)


def test_the_first_difficulty_is_that_of_the_level(curriculum: Curriculum) -> None:
    assert first_rating(curriculum.skills["math.add.within_10"], curriculum.model) == Rating(-2.0)


def test_ability_is_found_from_answers() -> None:
    rng = random.Random(7)
    learner = Rating()
    for _ in range(400):
        item = Rating(rng.uniform(-2, 3), 10_000)
        learner, _ = observe(learner, item, right=rng.random() < logistic(1.2 - item.logit))
    assert learner.logit == pytest.approx(1.2, abs=0.5)
