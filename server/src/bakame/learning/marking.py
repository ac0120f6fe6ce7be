"""Marking: every kind of answer by the reader that is made for it."""

from bakame.learning.choosing import chosen
from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import MAX_SAID, Grade, Verdict, grade
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
    if exercise.kind is AnswerKind.CHOICE and not exercise.offers and exercise.form is None:
        return _mark_choice(exercise, said)
    return grade(exercise, said)


def _mark_choice(exercise: Exercise, said: str) -> Grade:
    index = chosen(exercise.options, said[:MAX_SAID])
    if index is None:
        if exercise.rubric is not None and grade_open(exercise.rubric, said).verdict is Verdict.RIGHT:
            return Grade(Verdict.RIGHT, exercise.answer, None, "in other words")
        return Grade(Verdict.UNCLEAR, None, None, "none of the options, or more than one")
    option = exercise.options[index]
    if option == exercise.answer:
        return Grade(Verdict.RIGHT, option, None, "the right option")
    tag = next((tag for tag, wrong in exercise.misconceptions if wrong == option), None)
    return Grade(Verdict.WRONG, option, tag, "another option")
