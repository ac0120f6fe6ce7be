"""What is said of a learner's free words: what was understood first, then one point of form at most."""

from collections.abc import Sequence
from typing import Final

from bakame.learning.exercises import Exercise
from bakame.learning.form import FormPoint, Slip, form_point, recast
from bakame.learning.open_answers import points_made
from bakame.tutor.wording import Part, line

POINTS: Final = "reply.points"
LONGEST_RECAST: Final = 12
"""Words of a sentence that is said back whole."""


def understood(exercise: Exercise, said: str) -> Part:
    """The points that a right answer makes."""
    names = [point.name for point in points_made(exercise.rubric, said)] if exercise.rubric else []
    return line(POINTS, points=listed(names)) if names else line("reply.understood")


def formed(exercise: Exercise, said: str, *, known: frozenset[str], spoken: bool) -> Part | None:
    """One point of form; None when nothing is seen."""
    point = form_point(said, model=exercise.answer, known=known, spoken=spoken)
    return _worded(point, said) if point else None


def listed(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _worded(point: FormPoint, said: str) -> Part:
    match point.slip:
        case Slip.VERB | Slip.SMALL_WORD:
            whole = recast(said, point)
            short = bool(whole) and len(whole.split()) <= LONGEST_RECAST
            return line("reply.recast", better=whole if short else point.better)
        case Slip.SPELLING:
            return line("reply.spelling", better=point.better)
        case Slip.WORD_I:
            return line("reply.word_i")
        case Slip.CAPITAL:
            return line("reply.capital")
        case Slip.STOP:
            return line("reply.stop")
