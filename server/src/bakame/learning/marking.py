"""Marking: every kind of answer by the reader that is made for it."""

from collections.abc import Collection
from dataclasses import replace

from bakame.learning.choosing import chosen
from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import MAX_SAID, Grade, Verdict, grade
from bakame.learning.open_answers import grade_dictation, grade_open, points_made
from bakame.learning.rubric import Rubric
from bakame.learning.spelling import grade_spelling


def mark(exercise: Exercise, said: str, *, made: Collection[str] = ()) -> Grade:
    """Marks an answer. A choice may also be given in one's own words, where the exercise accepts some.

    `made`: points of an open answer that another reader found in it, beside those that the rules find.
    """
    match exercise.kind:
        case AnswerKind.SPELLING:
            return grade_spelling(exercise.answer, said)
        case AnswerKind.DICTATION:
            return grade_dictation(exercise.answer, said)
        case AnswerKind.OPEN:
            if exercise.rubric is None:
                return Grade(Verdict.UNCLEAR, None, None, "nothing is known of what is right")
            return _mark_open(exercise.rubric, said, made)
        case _:
            pass
    if exercise.kind is AnswerKind.CHOICE and not exercise.offers and exercise.form is None:
        return _mark_choice(exercise, said)
    return grade(exercise, said)


def _mark_open(rubric: Rubric, said: str, made: Collection[str]) -> Grade:
    graded = grade_open(rubric, said)
    if graded.verdict is not Verdict.WRONG or not made:
        return graded
    found = {point.name for point in points_made(rubric, said)} | set(made)
    points = [point.name for point in rubric.points if point.name in found]
    if len(points) < rubric.needed:
        missing = next((point.name for point in rubric.points if point.name not in found), None)
        return replace(graded, misconception=missing)
    return Grade(Verdict.RIGHT, graded.value, None, f"read again, it says: {', '.join(points)}")


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
