"""Queries over lines, learners and consents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.store.tables import ConsentRow, LearnerRow, LineRow
from bakame.store.upsert import insert


class LearnerRepository:
    """Lines, learners and consents in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def line_by_number(self, e164: str) -> LineRow | None:
        return await self._session.scalar(select(LineRow).where(LineRow.e164 == e164))

    async def line_by_id(self, line_id: int) -> LineRow | None:
        return await self._session.get(LineRow, line_id)

    async def people_at(self, e164: str) -> Sequence[tuple[LineRow, LearnerRow | None]]:
        """The line with everybody on it, in the order in which they came; the line alone when nobody is."""
        found = await self._session.execute(
            select(LineRow, LearnerRow)
            .outerjoin(LearnerRow, LearnerRow.line_id == LineRow.id)
            .where(LineRow.e164 == e164)
            .order_by(LearnerRow.id)
        )
        return [(line, learner) for line, learner in found]

    async def insert_line(self, e164: str, *, at: datetime) -> LineRow | None:
        """None when the number is there already, also when that happens at this very moment."""
        made = insert(self._session, LineRow).values(e164=e164, created_at=at).on_conflict_do_nothing()
        return await self._session.scalar(made.returning(LineRow))

    async def update_line(self, line_id: int, **values: Any) -> LineRow | None:
        changed = update(LineRow).where(LineRow.id == line_id).values(**values).returning(LineRow)
        return await self._session.scalar(changed, execution_options={"populate_existing": True})

    async def learners_on(self, line_id: int) -> Sequence[LearnerRow]:
        """In the order in which they came."""
        found = await self._session.scalars(
            select(LearnerRow).where(LearnerRow.line_id == line_id).order_by(LearnerRow.id)
        )
        return found.all()

    async def learner(self, learner_id: int) -> LearnerRow | None:
        return await self._session.get(LearnerRow, learner_id)

    async def unnamed_on(self, line_id: int) -> LearnerRow | None:
        return await self._session.scalar(
            select(LearnerRow).where(LearnerRow.line_id == line_id, LearnerRow.name.is_(None))
        )

    async def insert_learner(self, **values: Any) -> LearnerRow | None:
        """None when the line has a learner without a name already, and this would be another."""
        made = insert(self._session, LearnerRow).values(**values).on_conflict_do_nothing().returning(LearnerRow)
        return await self._session.scalar(made)

    async def update_learner(self, learner_id: int, **values: Any) -> LearnerRow | None:
        changed = update(LearnerRow).where(LearnerRow.id == learner_id).values(**values).returning(LearnerRow)
        return await self._session.scalar(changed, execution_options={"populate_existing": True})

    async def insert_consent(self, learner_id: int, *, granted: bool, how: str, at: datetime) -> None:
        self._session.add(ConsentRow(learner_id=learner_id, granted=granted, how=how, at=at))
        await self._session.flush()
