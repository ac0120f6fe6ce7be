"""Teaching: the live lesson, what was said in it, every answer, and what is known of each skill."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bakame.store.database import PeopleText
from bakame.store.tables.metadata import NUMBERED, Id, Json, Row, RowId


class LessonRow(Row):
    """The state of teaching one learner, over any channel. `version` counts its saves, so of two at once one wins."""

    __tablename__ = "lessons"

    id: Mapped[RowId]
    learner_id: Mapped[int] = mapped_column(Id, ForeignKey("learners.id", ondelete="CASCADE"), index=True)
    module: Mapped[str] = mapped_column(String(32))
    state: Mapped[Json]
    version: Mapped[int]
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_lessons_learner_id_open",
            "learner_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        NUMBERED,
    )


class SkillStateRow(Row):
    """What is known of one learner's grip on one skill (`learning.mastery.Knowledge`, with dates)."""

    __tablename__ = "skill_states"

    learner_id: Mapped[int] = mapped_column(
        Id, ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    skill_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    p_known: Mapped[float]
    items: Mapped[int]
    right: Mapped[int]
    unhinted_streak: Mapped[int]
    mastered_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    stability: Mapped[float | None]
    """FSRS: days until recall falls to 90 %."""
    ease: Mapped[float | None]
    """FSRS: difficulty, 1 to 10."""
    reviewed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    stuck: Mapped[str | None] = mapped_column(String(32))
    """Why the learner does not get on with it, for a teacher; None when they do."""
    last_seen_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "skill_id"),)


class SkillRatingRow(Row):
    """How hard a skill's exercises are, from all learners' answers (`learning.difficulty`).

    `through_id`: the newest attempt that is in it. It can be made anew from the attempts.
    """

    __tablename__ = "skill_ratings"

    skill_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    logit: Mapped[float]
    answers: Mapped[int]
    through_id: Mapped[int] = mapped_column(Id)


class TurnRow(Row):
    """One side of one exchange. `text` is what was said or sent, `heard_text` what the caller's ear got of it.

    `call_id` and `message_id` are the gateway's and bind to nothing: the call may reach the journal after its words.
    """

    __tablename__ = "turns"

    id: Mapped[RowId]
    lesson_id: Mapped[int] = mapped_column(Id, ForeignKey("lessons.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(Id, ForeignKey("learners.id", ondelete="CASCADE"))
    seq: Mapped[int]
    call_id: Mapped[str | None] = mapped_column(String(64), index=True)
    message_id: Mapped[str | None] = mapped_column(String(64), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(16))
    text: Mapped[str | None] = mapped_column(PeopleText)
    heard_text: Mapped[str | None] = mapped_column(PeopleText)
    heard_complete: Mapped[bool | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("lesson_id", "seq"),
        Index(None, "learner_id", "created_at"),
        NUMBERED,
    )


class AttemptRow(Row):
    """One answer to one exercise, as it was graded."""

    __tablename__ = "attempts"

    id: Mapped[RowId]
    learner_id: Mapped[int] = mapped_column(Id, ForeignKey("learners.id", ondelete="CASCADE"))
    lesson_id: Mapped[int] = mapped_column(Id, ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    skill_id: Mapped[str] = mapped_column(String(128))
    prompt: Mapped[str] = mapped_column(PeopleText)
    expected: Mapped[str] = mapped_column(PeopleText)
    said: Mapped[str | None] = mapped_column(PeopleText)
    verdict: Mapped[str] = mapped_column(String(16))
    misconception: Mapped[str | None] = mapped_column(String(128))
    hinted: Mapped[bool]
    points: Mapped[int] = mapped_column(default=0)
    """What it earned; a learner's and a class's points are sums of these."""
    ability: Mapped[float | None]
    """The learner's rating before the answer, in logits."""
    by: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    took_ms: Mapped[int | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        # Holds all that the summary of a learner counts, so that it never reads the rows themselves.
        Index(None, "learner_id", "created_at", "verdict"),
        Index(None, "skill_id", "created_at"),
        NUMBERED,
    )
