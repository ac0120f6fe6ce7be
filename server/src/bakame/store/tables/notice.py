"""Texts that we send unasked."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bakame.store.database import PeopleText
from bakame.store.tables.metadata import NUMBERED, Id, Row, RowId


class NoticeRow(Row):
    """One outbound text: a summary after a call, a practice item, a person's answer.

    `key` makes it happen once. `status`: `waiting`, `sent`, `failed`, `dropped` (why is in `reason`). `cost_micros` in
    millionths of `currency`, known before it is sent.
    """

    __tablename__ = "notices"

    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(String(128), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    line_id: Mapped[int] = mapped_column(Id, ForeignKey("lines.id", ondelete="CASCADE"))
    learner_id: Mapped[int | None] = mapped_column(Id, ForeignKey("learners.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(PeopleText)
    parts: Mapped[int]
    cost_micros: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(PeopleText)
    message_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    not_before: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "status", "not_before"), Index(None, "line_id", "created_at"), NUMBERED)
