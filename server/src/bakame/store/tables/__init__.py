"""What is kept, as tables. Rows stay inside `store` and the repositories; everybody else sees frozen values."""

from bakame.store.tables.call import CallRow
from bakame.store.tables.learner import ConsentRow, LearnerRow, LineRow
from bakame.store.tables.lesson import AttemptRow, LessonRow, SkillStateRow, TurnRow
from bakame.store.tables.message import MessageRow
from bakame.store.tables.metadata import Row

__all__ = [
    "AttemptRow",
    "CallRow",
    "ConsentRow",
    "LearnerRow",
    "LessonRow",
    "LineRow",
    "MessageRow",
    "Row",
    "SkillStateRow",
    "TurnRow",
]
