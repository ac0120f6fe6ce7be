"""Queries over calls, messages and turns."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.store.tables import CallRow, MessageRow, TurnRow
from bakame.store.upsert import insert


class JournalRepository:
    """Calls, messages and turns in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def insert_call(self, **values: Any) -> bool:
        """False when a call with this id is there already."""
        made = insert(self._session, CallRow).values(**values).on_conflict_do_nothing().returning(CallRow.id)
        return await self._session.scalar(made) is not None

    async def call(self, call_id: str) -> CallRow | None:
        return await self._session.get(CallRow, call_id, populate_existing=True)

    async def start_stream(self, call_id: str, *, at: datetime, **values: Any) -> CallRow | None:
        """Counts one more stream of a call, which is open again. None when there is no such call."""
        started = (
            update(CallRow)
            .where(CallRow.id == call_id)
            .values(streams=CallRow.streams + 1, started_at=func.coalesce(CallRow.started_at, at), **values)
            .returning(CallRow)
        )
        return await self._session.scalar(started, execution_options={"populate_existing": True})

    async def update_call(self, call_id: str, *where: ColumnElement[bool], **values: Any) -> bool:
        changed = update(CallRow).where(CallRow.id == call_id, *where).values(**values).returning(CallRow.id)
        return await self._session.scalar(changed) is not None

    async def insert_message(self, **values: Any) -> bool:
        """False when its message id is there already, or the text that it answers has an answer."""
        made = insert(self._session, MessageRow).values(**values).on_conflict_do_nothing().returning(MessageRow.id)
        return await self._session.scalar(made) is not None

    async def reply_to(self, message_id: str) -> MessageRow | None:
        return await self._session.scalar(
            select(MessageRow).where(MessageRow.reply_to == message_id).execution_options(populate_existing=True)
        )

    async def claim_reply(self, message_id: str, *, how: str, over: Collection[str], **values: Any) -> bool:
        """Takes the reply to a text for `how`, unless it left already or is not in one of the deliveries `over`."""
        claimed = (
            update(MessageRow)
            .where(MessageRow.reply_to == message_id, MessageRow.sent_at.is_(None), MessageRow.delivery.in_(over))
            .values(delivery=how, **values)
            .returning(MessageRow.id)
        )
        return await self._session.scalar(claimed) is not None

    async def update_reply(self, to: str, **values: Any) -> bool:
        changed = update(MessageRow).where(MessageRow.reply_to == to).values(**values).returning(MessageRow.id)
        return await self._session.scalar(changed) is not None

    async def insert_turns(self, lesson_id: int, turns: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        """The ids of turns that come after all others of their lesson, in their order. One statement."""
        last = select(func.coalesce(func.max(TurnRow.seq), 0)).where(TurnRow.lesson_id == lesson_id).scalar_subquery()
        # Whether `last` is looked up once or for each row, the numbers grow.
        rows = [{"lesson_id": lesson_id, "seq": last + n, **turn} for n, turn in enumerate(turns, start=1)]
        made = insert(self._session, TurnRow).values(rows).returning(TurnRow.id)
        return sorted((await self._session.execute(made)).scalars())

    async def update_turn(self, turn_id: int, **values: Any) -> bool:
        changed = update(TurnRow).where(TurnRow.id == turn_id).values(**values).returning(TurnRow.id)
        return await self._session.scalar(changed) is not None

    async def turns(self, lesson_id: int) -> Sequence[TurnRow]:
        found = await self._session.scalars(
            select(TurnRow)
            .where(TurnRow.lesson_id == lesson_id)
            .order_by(TurnRow.seq)
            .execution_options(populate_existing=True)
        )
        return found.all()
