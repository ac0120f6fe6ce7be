"""The ledger: what each minute, text and token cost. Entries are added and never changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.records.ledger.repository import LedgerRepository
from bakame.records.ledger.schemas import Entry, Tariff, Use
from bakame.store.database import moment


class Ledger:
    """Uses and their cost by a tariff, within the caller's transaction; never commits."""

    def __init__(self, session: AsyncSession, tariff: Tariff) -> None:
        self._session = session
        self._tariff = tariff
        self._rows = LedgerRepository(session)

    async def enter(self, uses: Sequence[Use]) -> int:
        """Writes uses down at the prices of now; what they cost together, in millionths."""
        if not uses:
            return 0
        costs = [self._tariff.cost_micros(use) for use in uses]
        now = moment(self._session)
        await self._rows.insert(
            [
                {
                    "at": now,
                    "kind": use.kind,
                    "vendor": use.vendor,
                    "item": use.item,
                    "unit": use.unit,
                    "quantity": use.quantity,
                    "cost_micros": cost,
                    "currency": self._tariff.currency,
                    "purpose": use.purpose,
                    "learner_id": use.learner_id,
                    "call_id": use.call_id,
                    "message_id": use.message_id,
                }
                for use, cost in zip(uses, costs, strict=True)
            ]
        )
        return sum(costs)

    async def of_call(self, call_id: str) -> list[Entry]:
        """All entries of one call, in their order."""
        return [
            Entry(
                Use(
                    row.kind,
                    row.vendor,
                    row.item,
                    row.unit,
                    row.quantity,
                    row.purpose,
                    row.learner_id,
                    row.call_id,
                    row.message_id,
                ),
                at=row.at,
                cost_micros=row.cost_micros,
                currency=row.currency,
            )
            for row in await self._rows.of_call(call_id)
        ]

    async def spent(self, *, since: datetime, until: datetime) -> dict[str, int]:
        """What was spent by kind, in millionths, from `since` and before `until`."""
        return await self._rows.spent(since=since, until=until)
