"""Classes, and who is in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bakame.store.database import PeopleText
from bakame.store.tables.metadata import NUMBERED, Id, Row, RowId


class ClassRow(Row):
    """A class. Learners join by its `code`; a challenge is a number of points to be earned together by a date."""

    __tablename__ = "classes"
    __table_args__ = NUMBERED

    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(PeopleText)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    challenge_points: Mapped[int | None]
    challenge_from: Mapped[datetime | None]
    challenge_until: Mapped[datetime | None]


class ClassMemberRow(Row):
    """A learner in a class, from when to when."""

    __tablename__ = "class_members"

    id: Mapped[RowId]
    class_id: Mapped[int] = mapped_column(Id, ForeignKey("classes.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(Id, ForeignKey("learners.id", ondelete="CASCADE"), index=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    __table_args__ = (Index("uq_class_members_class_id_learner_id", "class_id", "learner_id", unique=True), NUMBERED)
