"""What was used of what costs money."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bakame.store.tables.metadata import NUMBERED, Id, Row, RowId


class LedgerRow(Row):
    """One use of something that is paid for: tokens of a model, a text, seconds of a call. Entries never change.

    `kind` is `model`, `text`, `call` or `speech`; `unit` says what `quantity` counts (`input_tokens`, `parts`,
    `seconds`). `cost_micros` in millionths of `currency`, by the price that held then.
    """

    __tablename__ = "ledger"

    id: Mapped[RowId]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))
    vendor: Mapped[str] = mapped_column(String(32))
    item: Mapped[str] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(String(32))
    quantity: Mapped[int] = mapped_column(BigInteger)
    cost_micros: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    purpose: Mapped[str] = mapped_column(String(32))
    learner_id: Mapped[int | None] = mapped_column(Id, ForeignKey("learners.id", ondelete="SET NULL"), index=True)
    call_id: Mapped[str | None] = mapped_column(String(64), index=True)
    message_id: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (Index(None, "at", "kind"), NUMBERED)
