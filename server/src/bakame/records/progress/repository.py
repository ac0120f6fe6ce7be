"""Queries over lessons, skill states and attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.store.tables import AttemptRow, LessonRow, SkillStateRow
from bakame.store.upsert import insert


@dataclass(frozen=True, slots=True)
class Tally:
    """Graded answers of one learner: all of them, and those since some instant."""

    attempts: int
    right: int
    attempts_since: int
    right_since: int
    last_at: datetime | None


class ProgressRepository:
    """Lessons, skill states and attempts in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open_lesson(self, learner_id: int) -> LessonRow | None:
        return await self._session.scalar(
            select(LessonRow)
            .where(LessonRow.learner_id == learner_id, LessonRow.closed_at.is_(None))
            .execution_options(populate_existing=True)
        )

    async def insert_lesson(self, **values: Any) -> LessonRow | None:
        """None when the learner has an open lesson already."""
        made = insert(self._session, LessonRow).values(**values).on_conflict_do_nothing().returning(LessonRow)
        return await self._session.scalar(made)

    async def update_lesson(self, lesson_id: int, *, version: int, **values: Any) -> bool:
        """False when the lesson was saved or closed since it had this version."""
        changed = (
            update(LessonRow)
            .where(LessonRow.id == lesson_id, LessonRow.version == version, LessonRow.closed_at.is_(None))
            .values(version=version + 1, **values)
            .returning(LessonRow.id)
            .execution_options(synchronize_session=False)
        )
        return await self._session.scalar(changed) is not None

    async def skill_states(self, learner_id: int) -> Sequence[SkillStateRow]:
        found = await self._session.scalars(
            select(SkillStateRow)
            .where(SkillStateRow.learner_id == learner_id)
            .execution_options(populate_existing=True)
        )
        return found.all()

    async def save_skill_states(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Makes or replaces states. `mastered_at` and `confirmed_at` keep the date of the first time; `last_seen_at`
        moves when `items` did."""
        statement = insert(self._session, SkillStateRow)
        new, old = statement.excluded, SkillStateRow
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[old.learner_id, old.skill_id],
                set_={
                    "p_known": new["p_known"],
                    "items": new["items"],
                    "right": new["right"],
                    "unhinted_streak": new["unhinted_streak"],
                    "mastered_at": _first(old.mastered_at, new["mastered_at"]),
                    "confirmed_at": _first(old.confirmed_at, new["confirmed_at"]),
                    "last_seen_at": case((new["items"] != old.items, new["last_seen_at"]), else_=old.last_seen_at),
                },
            ),
            list(rows),
        )

    async def insert_attempt(self, **values: Any) -> None:
        self._session.add(AttemptRow(**values))
        await self._session.flush()

    async def tally(self, learner_id: int, *, counted: Sequence[str], right: str, since: datetime) -> Tally:
        """Counts the attempts whose verdict is in `counted`. One pass over one index."""
        is_right = AttemptRow.verdict == right
        is_new = AttemptRow.created_at >= since
        counts = await self._session.execute(
            select(
                func.count(),
                func.count(case((is_right, 1))),
                func.count(case((is_new, 1))),
                func.count(case((is_right & is_new, 1))),
                func.max(AttemptRow.created_at),
            ).where(AttemptRow.learner_id == learner_id, AttemptRow.verdict.in_(counted))
        )
        return Tally(*counts.one())

    async def mastered(self, learner_id: int, *, since: datetime) -> tuple[int, int]:
        """How many skills are mastered, and how many of them since then."""
        counts = await self._session.execute(
            select(
                func.count(SkillStateRow.mastered_at),
                func.count(case((SkillStateRow.mastered_at >= since, 1))),
            ).where(SkillStateRow.learner_id == learner_id)
        )
        every, new = counts.one()
        return every, new


def _first(old: Any, new: Any) -> Any:
    return case((new.is_(None), None), else_=func.coalesce(old, new))
