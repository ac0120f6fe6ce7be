"""Queries over notices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.store.tables import NoticeRow
from bakame.store.upsert import insert


class NoticeRepository:
    """Notices in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def insert(self, **values: Any) -> NoticeRow | None:
        """None when there is one with this key already."""
        made = insert(self._session, NoticeRow).values(**values).on_conflict_do_nothing().returning(NoticeRow)
        return await self._session.scalar(made)

    async def by_key(self, key: str) -> NoticeRow | None:
        return await self._session.scalar(
            select(NoticeRow).where(NoticeRow.key == key).execution_options(populate_existing=True)
        )

    async def update(self, notice_id: int, *, was: str, **values: Any) -> bool:
        """False when it is not in the state `was` any more."""
        changed = (
            update(NoticeRow)
            .where(NoticeRow.id == notice_id, NoticeRow.status == was)
            .values(**values)
            .returning(NoticeRow.id)
            .execution_options(synchronize_session=False)
        )
        return await self._session.scalar(changed) is not None

    async def due(self, *, now: datetime, most: int) -> Sequence[NoticeRow]:
        found = await self._session.scalars(
            select(NoticeRow)
            .where(NoticeRow.status == "waiting", NoticeRow.not_before <= now)
            .order_by(NoticeRow.not_before, NoticeRow.id)
            .limit(most)
        )
        return found.all()
