"""Lines and the people on them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bakame.store.database import PeopleText
from bakame.store.tables.metadata import NUMBERED, Id, Row, RowId


class LineRow(Row):
    """A phone number, in E.164. `present_id`: whose lesson goes on when something comes from this line."""

    __tablename__ = "lines"
    __table_args__ = NUMBERED

    id: Mapped[RowId]
    e164: Mapped[str] = mapped_column(String(16), unique=True)
    opted_out_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    present_id: Mapped[int | None] = mapped_column(Id)
    """No foreign key: lines and learners would need each other. One who is gone is nobody."""


class LearnerRow(Row):
    """One person on a line. `consent` is the last word of `consents`; `language_by`: who chose the language.

    `pin_hash` guards the lessons from others on the same line; `pin_misses` counts wrong ones in a row.
    """

    __tablename__ = "learners"

    id: Mapped[RowId]
    line_id: Mapped[int] = mapped_column(Id, ForeignKey("lines.id", ondelete="CASCADE"), index=True)
    name: Mapped[str | None] = mapped_column(PeopleText)
    language: Mapped[str] = mapped_column(String(8))
    language_by: Mapped[str | None] = mapped_column(String(16))
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    pin_misses: Mapped[int] = mapped_column(default=0)
    pin_locked_until: Mapped[datetime | None]
    consent: Mapped[str] = mapped_column(String(16))
    consent_how: Mapped[str | None] = mapped_column(String(32))
    consent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]

    __table_args__ = (
        # Two first contacts at once (a call and a text) are one person until a name says otherwise.
        Index(
            "uq_learners_line_id_unnamed",
            "line_id",
            unique=True,
            sqlite_where=text("name IS NULL"),
            postgresql_where=text("name IS NULL"),
        ),
        NUMBERED,
    )


class ConsentRow(Row):
    """What a learner, or a parent, said about being recorded; kept as evidence, never changed."""

    __tablename__ = "consents"
    __table_args__ = NUMBERED

    id: Mapped[RowId]
    learner_id: Mapped[int] = mapped_column(Id, ForeignKey("learners.id", ondelete="CASCADE"), index=True)
    granted: Mapped[bool]
    how: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
