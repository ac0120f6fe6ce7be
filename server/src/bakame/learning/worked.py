"""Worked examples: an exercise with its solution, step by step."""

import random
from dataclasses import dataclass
from typing import Final

from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.expressions import ExpressionError
from bakame.learning.skills import Skill
from bakame.learning.steps import Steps, render

TRIES: Final = 20
"""Exercises drawn to find one that is not the one being asked."""


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A question and the sentences that solve it, ready for the ear; the last one tells the answer."""

    question: str
    solution: tuple[str, ...]
    answer: str


def solution(exercise: Exercise, *, steps: Steps) -> tuple[str, ...]:
    """The exercise's own solution in one to three sentences, each at most 35 words; the last tells the answer."""
    of_skill = steps.get(exercise.skill_id)
    if of_skill is not None:
        try:
            return render(of_skill.first, exercise), render(of_skill.finish, exercise)
        except ExpressionError:
            pass  # an exercise that was saved before the file changed its variables: told plainly below
    return exercise.hint, f"The answer is {exercise.spoken_answer}."


def worked_example(
    skill: Skill, *, steps: Steps, rng: random.Random, instead_of: Exercise | None = None
) -> WorkedExample:
    """An exercise of `skill` with its solution; another one than `instead_of` if the skill has another.

    Raises `Invalid` when the skill's exercises cannot be made by rule.
    """
    exercise = make_exercise(skill, rng=rng)
    for _ in range(TRIES):
        if instead_of is None or exercise.say != instead_of.say:
            break
        exercise = make_exercise(skill, rng=rng)
    return WorkedExample(exercise.say, solution(exercise, steps=steps), exercise.answer)
