"""Queries over classes and their members."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.store.tables import AttemptRow, ClassMemberRow, ClassRow
from bakame.store.upsert import insert


class SchoolRepository:
    """Classes in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def insert_class(self, **values: Any) -> ClassRow | None:
        """None when the code is taken."""
        made = insert(self._session, ClassRow).values(**values).on_conflict_do_nothing().returning(ClassRow)
        return await self._session.scalar(made)

    async def by_code(self, code: str) -> ClassRow | None:
        return await self._session.scalar(select(ClassRow).where(ClassRow.code == code))

    async def update_class(self, class_id: int, **values: Any) -> ClassRow | None:
        changed = update(ClassRow).where(ClassRow.id == class_id).values(**values).returning(ClassRow)
        return await self._session.scalar(changed, execution_options={"populate_existing": True})

    async def classes_of(self, learner_id: int) -> list[ClassRow]:
        """Open classes that the learner is in, the newest last."""
        found = await self._session.scalars(
            select(ClassRow)
            .join(ClassMemberRow, ClassMemberRow.class_id == ClassRow.id)
            .where(
                ClassMemberRow.learner_id == learner_id, ClassMemberRow.left_at.is_(None), ClassRow.closed_at.is_(None)
            )
            .order_by(ClassMemberRow.joined_at)
        )
        return list(found.all())

    async def join(self, class_id: int, learner_id: int, *, at: datetime) -> None:
        """A member who left comes back."""
        statement = insert(self._session, ClassMemberRow).values(class_id=class_id, learner_id=learner_id, joined_at=at)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[ClassMemberRow.class_id, ClassMemberRow.learner_id], set_={"left_at": None}
            )
        )

    async def points(self, class_id: int, *, since: datetime, until: datetime) -> tuple[int, int]:
        """Points that the members earned in a time, and how many members there are."""
        members = select(ClassMemberRow.learner_id).where(
            ClassMemberRow.class_id == class_id, ClassMemberRow.left_at.is_(None)
        )
        earned = await self._session.scalar(
            select(func.coalesce(func.sum(AttemptRow.points), 0)).where(
                AttemptRow.learner_id.in_(members), AttemptRow.created_at >= since, AttemptRow.created_at < until
            )
        )
        count = await self._session.scalar(select(func.count()).select_from(members.subquery()))
        return int(earned or 0), int(count or 0)
