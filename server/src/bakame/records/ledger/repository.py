"""Queries over the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.store.tables import LedgerRow
from bakame.store.upsert import insert


class LedgerRepository:
    """Entries in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def insert(self, rows: Sequence[Mapping[str, Any]]) -> None:
        await self._session.execute(insert(self._session, LedgerRow), list(rows))

    async def of_call(self, call_id: str) -> Sequence[LedgerRow]:
        found = await self._session.scalars(
            select(LedgerRow).where(LedgerRow.call_id == call_id).order_by(LedgerRow.id)
        )
        return found.all()

    async def spent(self, *, since: datetime, until: datetime) -> dict[str, int]:
        """Cost by kind."""
        found = await self._session.execute(
            select(LedgerRow.kind, func.sum(LedgerRow.cost_micros))
            .where(LedgerRow.at >= since, LedgerRow.at < until)
            .group_by(LedgerRow.kind)
        )
        return {kind: int(cost) for kind, cost in found}
