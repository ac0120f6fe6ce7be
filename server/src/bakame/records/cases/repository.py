"""Queries over cases."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.store.tables import CaseRow
from bakame.store.upsert import insert


class CaseRepository:
    """Cases in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def insert(self, **values: Any) -> int:
        made = insert(self._session, CaseRow).values(**values).returning(CaseRow.id)
        return (await self._session.execute(made)).scalar_one()

    async def by_id(self, case_id: int) -> CaseRow | None:
        return await self._session.scalar(
            select(CaseRow).where(CaseRow.id == case_id).execution_options(populate_existing=True)
        )

    async def listed(self, *, stages: Collection[str], most: int) -> Sequence[CaseRow]:
        """Urgent ones first, then the one that waits longest."""
        found = await self._session.scalars(
            select(CaseRow)
            .where(CaseRow.status.in_(stages))
            .order_by(CaseRow.urgent.desc(), CaseRow.opened_at, CaseRow.id)
            .limit(most)
        )
        return found.all()

    async def move(self, case_id: int, *, was: str, **values: Any) -> CaseRow | None:
        """None when the case is not in the state `was` any more."""
        return await self._change(update(CaseRow).where(CaseRow.id == case_id, CaseRow.status == was), values)

    async def answer(self, case_id: int, **values: Any) -> CaseRow | None:
        """None when the case is closed, or was answered before."""
        unanswered = update(CaseRow).where(CaseRow.id == case_id, CaseRow.status != "closed", CaseRow.answer.is_(None))
        return await self._change(unanswered, values)

    async def _change(self, statement: Any, values: dict[str, Any]) -> CaseRow | None:
        changed = statement.values(**values).returning(CaseRow)
        return await self._session.scalar(
            changed, execution_options={"populate_existing": True, "synchronize_session": False}
        )
