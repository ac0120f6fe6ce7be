"""Marking: every kind of answer by the reader that is made for it."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from bakame.learning.choosing import chosen
from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import Grade, Verdict, grade
from bakame.learning.likeness import plain
from bakame.learning.open_answers import LONGEST, grade_dictation, grade_open, points_made
from bakame.learning.rubric import Rubric
from bakame.learning.spelling import grade_spelling
from bakame.learning.units import names_another
from bakame.text.commands import Command, read_command
from bakame.text.compare import same_words

_ARTICLES: Final = ("a", "an", "the")
_SMALL: Final = frozenset(
    (
        *("am", "is", "are", "was", "were", "be", "do", "does", "did", "has", "have", "had", "a", "an", "the", "some"),
        *(
            "any",
            "at",
            "in",
            "on",
            "to",
            "of",
            "for",
            "by",
            "it",
            "he",
            "she",
            "they",
            "we",
            "i",
            "you",
            "this",
            "that",
        ),
        *(
            "my",
            "your",
            "his",
            "her",
            "its",
            "our",
            "their",
            "me",
            "him",
            "them",
            "us",
            "not",
            "no",
            "yes",
            "and",
            "or",
        ),
    )
)
_AROUND: Final = frozenset(
    (
        *("the", "answer", "think", "maybe", "option", "number", "one", "two", "three", "four", "first", "second"),
        *("third", "say", "choose", "choice", "pick", "press", "key", "letter", "please", "teacher", "its", "that"),
        *("would", "word", "blank", "guess", "said", "use", "put", "correct", "right", "well", "okay", "yes", "sir"),
    )
)
"""Words that people put around an answer."""

_KNOW: Final = re.compile(r"\b(?:know|idea)\b", re.IGNORECASE)
"""Words without which nobody says that they do not know."""


def mark(exercise: Exercise, said: str, *, made: Collection[str] = ()) -> Grade:
    """Marks an answer. A choice may also be given in one's own words, where the exercise accepts some.

    `made`: points of an open answer that another reader found in it, beside those that the rules find.
    """
    match exercise.kind:
        case AnswerKind.SPELLING if _does_not_know(exercise, said):
            return Grade(Verdict.UNCLEAR, None, None, "does not know")
        case AnswerKind.SPELLING:
            return grade_spelling(exercise.answer, said)
        case AnswerKind.DICTATION:
            return grade_dictation(exercise.answer, said)
        case AnswerKind.OPEN:
            if exercise.rubric is None:
                return Grade(Verdict.UNCLEAR, None, None, "nothing is known of what is right")
            return _mark_open(exercise, exercise.rubric, said, made)
        case _:
            pass
    if exercise.kind is AnswerKind.CHOICE and "question" in exercise.variables:
        return _mark_choice(exercise, said)
    unit = exercise.unit
    return grade(exercise, said, unit=unit, converts=unit is None or not names_another(exercise.say, unit))


def _mark_open(exercise: Exercise, rubric: Rubric, said: str, made: Collection[str]) -> Grade:
    graded = grade_open(rubric, said, question=_question(exercise))
    if graded.verdict is not Verdict.WRONG or not made:
        return graded
    found = {point.name for point in points_made(rubric, said)} | set(made)
    points = [point.name for point in rubric.points if point.name in found]
    if len(points) < rubric.needed:
        missing = next((point.name for point in rubric.points if point.name not in found), None)
        return replace(graded, misconception=missing)
    return Grade(Verdict.RIGHT, graded.value, None, f"read again, it says: {', '.join(points)}")


def _mark_choice(exercise: Exercise, said: str) -> Grade:
    """A written choice: another wording of the right option first, as a whole; then the options; then likeness."""
    rubric, text = exercise.rubric, said[:LONGEST]
    words = _bare(text)
    if rubric is not None and words and any(words == _bare(accepted) for accepted in rubric.accept):
        return Grade(Verdict.RIGHT, exercise.answer, None, "in other words")
    if _does_not_know(exercise, said):
        return Grade(Verdict.UNCLEAR, None, None, "does not know")
    index = chosen(exercise.options, text)
    if index is not None and not _is_by_the_way(exercise, exercise.options[index], text):
        option = exercise.options[index]
        tag = next((tag for tag, wrong in exercise.misconceptions if wrong == option), None)
        is_right = option == exercise.answer
        return Grade(Verdict.RIGHT if is_right else Verdict.WRONG, option, None if is_right else tag, "an option")
    if rubric is not None and grade_open(rubric, said, question=_question(exercise)).verdict is Verdict.RIGHT:
        return Grade(Verdict.RIGHT, exercise.answer, None, "in other words")
    return Grade(Verdict.UNCLEAR, None, None, "none of the options, or more than one")


def _is_by_the_way(exercise: Exercise, option: str, text: str) -> bool:
    """Whether a small word that happens to be an option stands in words about something else: "you are stupid"."""
    words = plain(option).split()
    if not all(word in _SMALL for word in words):
        return False
    about = {*words, *plain(_question(exercise)).split(), *_AROUND}
    return any(len(word) > 2 and word not in about for word in plain(text).split())


def _bare(text: str) -> tuple[str, ...]:
    return tuple(word for word in plain(text).split() if word not in _ARTICLES)


def _does_not_know(exercise: Exercise, said: str) -> bool:
    """Whether "I do not know" is all that is said, and no option: it neither chooses "do" nor spells "know"."""
    if _KNOW.search(said) is None or any(same_words(option, said) for option in exercise.options):
        return False
    command, _ = read_command(said, spoken=True) or (None, "")
    return command is Command.DONT_KNOW


def _question(exercise: Exercise) -> str:
    return str(exercise.variables.get("question", ""))
