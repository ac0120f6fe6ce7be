"""Whether words answer the open question before they are anything else.

Many words that are answers in a lesson of English are commands elsewhere: "ask", "stop", "my name is Keza".
"""

from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import Verdict
from bakame.learning.marking import mark
from bakame.text.compare import same_words


def claims(exercise: Exercise, said: str) -> bool:
    """Whether `said` is one of the options word for word, or a right answer in free words."""
    if exercise.options:
        return any(same_words(option, said) for option in exercise.options)
    if exercise.kind in (AnswerKind.OPEN, AnswerKind.SPELLING, AnswerKind.DICTATION):
        return mark(exercise, said).verdict is Verdict.RIGHT
    return False
