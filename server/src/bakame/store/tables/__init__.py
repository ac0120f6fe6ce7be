"""What is kept, as tables. Rows stay inside `store` and the repositories; everybody else sees frozen values."""

from bakame.store.tables.call import CallRow
from bakame.store.tables.case import CaseRow
from bakame.store.tables.learner import ConsentRow, LearnerRow, LineRow
from bakame.store.tables.ledger import LedgerRow
from bakame.store.tables.lesson import AttemptRow, LessonRow, SkillRatingRow, SkillStateRow, TurnRow
from bakame.store.tables.message import MessageRow
from bakame.store.tables.metadata import Row
from bakame.store.tables.notice import NoticeRow
from bakame.store.tables.school import ClassMemberRow, ClassRow

__all__ = [
    "AttemptRow",
    "CallRow",
    "CaseRow",
    "ClassMemberRow",
    "ClassRow",
    "ConsentRow",
    "LearnerRow",
    "LedgerRow",
    "LessonRow",
    "LineRow",
    "MessageRow",
    "NoticeRow",
    "Row",
    "SkillRatingRow",
    "SkillStateRow",
    "TurnRow",
]
