"""What a person must look at."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bakame.store.database import PeopleText
from bakame.store.tables.metadata import NUMBERED, Id, Row, RowId


class CaseRow(Row):
    """Something a person must look at: a disclosure, or a question to a teacher.

    `kind` is `disclosure` or `question`; `signs` are the categories that a detector saw. `said` is kept only where law
    and consent allow. `status`: `open`, `acknowledged`, `closed`. `answer` went back to the learner by text.
    """

    __tablename__ = "cases"

    id: Mapped[RowId]
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    urgent: Mapped[bool]
    line_id: Mapped[int | None] = mapped_column(Id, ForeignKey("lines.id", ondelete="SET NULL"))
    learner_id: Mapped[int | None] = mapped_column(Id, ForeignKey("learners.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    call_id: Mapped[str | None] = mapped_column(String(64))
    message_id: Mapped[str | None] = mapped_column(String(64))
    signs: Mapped[str | None] = mapped_column(String(200))
    said: Mapped[str | None] = mapped_column(PeopleText)
    language: Mapped[str] = mapped_column(String(8))
    answer: Mapped[str | None] = mapped_column(PeopleText)
    handled_by: Mapped[str | None] = mapped_column(PeopleText)
    opened_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "status", "opened_at"), NUMBERED)
