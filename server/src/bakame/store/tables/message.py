"""Texts, both ways."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bakame.store.database import PeopleText
from bakame.store.tables.metadata import NUMBERED, Id, Row, RowId


class MessageRow(Row):
    """One text. `message_id` is the gateway's; a reply gets its own only when it was sent by REST.

    `reply_to` is the message id of the text that is answered; a text has one reply. `delivery` tells who took a reply
    to the learner: `inline` (in the webhook's answer), `rest`, or `none` yet.
    """

    __tablename__ = "messages"

    id: Mapped[RowId]
    message_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    line_id: Mapped[int] = mapped_column(Id, ForeignKey("lines.id", ondelete="CASCADE"))
    direction: Mapped[str] = mapped_column(String(8))
    body: Mapped[str | None] = mapped_column(PeopleText)
    reply_to: Mapped[str | None] = mapped_column(String(64), unique=True)
    status: Mapped[str] = mapped_column(String(32))
    delivery: Mapped[str] = mapped_column(String(8))
    parts: Mapped[int | None]
    media: Mapped[str | None] = mapped_column(String(200))
    """Media types of what came with it, with commas."""
    error: Mapped[str | None] = mapped_column(PeopleText)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "line_id", "created_at"), NUMBERED)
