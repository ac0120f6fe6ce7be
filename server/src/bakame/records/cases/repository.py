"""Queries over cases."""

from typing import Any

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
