"""Marking: every kind of answer by the reader that is made for it."""

from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import Grade, Verdict, grade
from bakame.learning.open_answers import grade_dictation, grade_open
from bakame.learning.spelling import grade_spelling


def mark(exercise: Exercise, said: str) -> Grade:
    """Marks an answer. A choice may also be given in one's own words, where the exercise accepts some."""
    match exercise.kind:
        case AnswerKind.SPELLING:
            return grade_spelling(exercise.answer, said)
        case AnswerKind.DICTATION:
            return grade_dictation(exercise.answer, said)
        case AnswerKind.OPEN:
            if exercise.rubric is None:
                return Grade(Verdict.UNCLEAR, None, None, "nothing is known of what is right")
            return grade_open(exercise.rubric, said)
        case _:
            pass
    graded = grade(exercise, said)
    if graded.verdict is not Verdict.RIGHT and exercise.rubric is not None:
        # Only the whole of what was said counts here: the wrong option's words stay wrong.
        own = grade_open(exercise.rubric, said)
        if own.verdict is Verdict.RIGHT and graded.verdict is Verdict.UNCLEAR:
            return Grade(Verdict.RIGHT, exercise.answer, None, own.reason)
    return graded
