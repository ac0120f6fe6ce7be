"""Calls, from the offer to the end."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bakame.store.database import PeopleText
from bakame.store.tables.metadata import Id, Json, Row


class CallRow(Row):
    """One call, by the gateway's own id. It outlives the learner and the line as a number without a person.

    A call may have several `streams`, one after the other; the counts are of all. `gateway_status` and `duration_s` are
    what the gateway says of the whole call.
    """

    __tablename__ = "calls"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    gateway: Mapped[str] = mapped_column(String(32))
    direction: Mapped[str] = mapped_column(String(16))
    line_id: Mapped[int | None] = mapped_column(Id, ForeignKey("lines.id", ondelete="SET NULL"), index=True)
    learner_id: Mapped[int | None] = mapped_column(Id, ForeignKey("learners.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(32))
    engine: Mapped[str | None] = mapped_column(String(32))
    stream_id: Mapped[str | None] = mapped_column(String(64))
    streams: Mapped[int]
    offered_at: Mapped[datetime] = mapped_column(index=True)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    end_reason: Mapped[str | None] = mapped_column(PeopleText)
    gateway_status: Mapped[str | None] = mapped_column(String(32))
    duration_s: Mapped[int | None]
    heard_ms: Mapped[int]
    caller_ms: Mapped[int]
    keys: Mapped[int]
    barge_ins: Mapped[int]
    engines: Mapped[str | None] = mapped_column(PeopleText)
    """Every engine that conversed, in order, with commas."""
    quality: Mapped[float | None]
    """The line's rating factor R, 0 to 100 (`calls.quality`)."""
    line: Mapped[Json | None]
