"""The hint ladder: read again, nudge, strategy, half-worked step; then the answer."""

from enum import IntEnum

from bakame.learning.exercises import Exercise
from bakame.learning.expressions import ExpressionError
from bakame.learning.steps import Steps, render
from bakame.learning.telling import tells_answer


class HintStep(IntEnum):
    """The steps of the ladder, in order."""

    READ_AGAIN = 1
    NUDGE = 2
    STRATEGY = 3
    HALF_WORKED = 4


LAST = HintStep.HALF_WORKED


def hint(exercise: Exercise, step: HintStep, *, steps: Steps) -> str:
    """What to say at a step, ready for the ear. Never tells the answer.

    READ_AGAIN is the question itself, to be said more slowly. A step that would tell the answer with this exercise's
    numbers, or that has none, gives the one before it.
    """
    of_skill = steps.get(exercise.skill_id)
    match step:
        case HintStep.READ_AGAIN:
            return exercise.say
        case HintStep.NUDGE:
            text = of_skill.nudge if of_skill else ""
        case HintStep.STRATEGY:
            text = exercise.hint
        case HintStep.HALF_WORKED:
            text = _first_step(exercise, steps)
    if not text or tells_answer(text, exercise):
        return hint(exercise, HintStep(step - 1), steps=steps)
    return text


def ladder(exercise: Exercise, *, steps: Steps) -> tuple[str, ...]:
    """All the hints, from the lightest."""
    return tuple(hint(exercise, step, steps=steps) for step in HintStep)


def _first_step(exercise: Exercise, steps: Steps) -> str:
    of_skill = steps.get(exercise.skill_id)
    if of_skill is None:
        return ""
    try:
        return render(of_skill.first, exercise)
    except ExpressionError:
        return ""  # an exercise that was saved before the file changed its variables
