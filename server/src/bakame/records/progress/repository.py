"""Queries over lessons, skill states and attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.store.tables import AttemptRow, LearnerRow, LessonRow, LineRow, SkillStateRow
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

    async def household(self, learner_id: int) -> Sequence[tuple[LineRow, LearnerRow, LessonRow | None]]:
        """Everybody on this learner's line, in the order in which they came, each with the newest lesson. One query."""
        line = select(LearnerRow.line_id).where(LearnerRow.id == learner_id).scalar_subquery()
        newest = (
            select(func.max(LessonRow.id))
            .where(LessonRow.learner_id == LearnerRow.id)
            .correlate(LearnerRow)
            .scalar_subquery()
        )
        found = await self._session.execute(
            select(LineRow, LearnerRow, LessonRow)
            .join(LearnerRow, LearnerRow.line_id == LineRow.id)
            .outerjoin(LessonRow, LessonRow.id == newest)
            .where(LineRow.id == line)
            .order_by(LearnerRow.id)
            .execution_options(populate_existing=True)
        )
        return [(line, learner, lesson) for line, learner, lesson in found]

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

    async def skill_states(self, learner_id: int) -> Sequence[RowMapping]:
        """Columns, not rows: a learner may have a state for every skill, on every turn."""
        state = SkillStateRow
        found = await self._session.execute(
            select(
                state.skill_id,
                state.p_known,
                state.items,
                state.right,
                state.unhinted_streak,
                state.mastered_at,
                state.confirmed_at,
                state.stability,
                state.ease,
                state.reviewed_at,
                state.due_at,
                state.stuck,
            ).where(state.learner_id == learner_id)
        )
        return found.mappings().all()

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
                    "stability": new["stability"],
                    "ease": new["ease"],
                    "reviewed_at": new["reviewed_at"],
                    "due_at": new["due_at"],
                    "stuck": new["stuck"],
                    "mastered_at": _first(old.mastered_at, new["mastered_at"]),
                    "confirmed_at": _first(old.confirmed_at, new["confirmed_at"]),
                    "last_seen_at": case((new["items"] != old.items, new["last_seen_at"]), else_=old.last_seen_at),
                },
            ),
            list(rows),
        )

    async def insert_attempts(self, rows: Sequence[Mapping[str, Any]]) -> None:
        await self._session.execute(insert(self._session, AttemptRow), list(rows))

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
