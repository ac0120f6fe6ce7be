"""The live lesson, what is known of each skill, and every answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta, timezone, tzinfo
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Conflict
from bakame.learning.grading import Verdict
from bakame.learning.mastery import Knowledge
from bakame.records.progress.repository import ProgressRepository
from bakame.records.progress.schemas import StoredLesson, Summary
from bakame.store.database import moment
from bakame.store.tables import LessonRow

CENTRAL_AFRICA_TIME = timezone(timedelta(hours=2), "CAT")
"""Rwanda's; it has no summer time, so nothing needs the zone database."""


class Progress:
    """How a learner gets on, within the caller's transaction; never commits. `zone` decides when a day begins."""

    def __init__(self, session: AsyncSession, *, zone: tzinfo = CENTRAL_AFRICA_TIME) -> None:
        self._session = session
        self._rows = ProgressRepository(session)
        self._zone = zone

    async def lesson(self, learner_id: int) -> StoredLesson | None:
        """The learner's open lesson; there is at most one."""
        row = await self._rows.open_lesson(learner_id)
        return None if row is None else _stored(row)

    async def open_lesson(self, learner_id: int, state: Mapping[str, Any], *, module: str = "math") -> StoredLesson:
        """Opens a lesson with a state that JSON can hold. Raises `Conflict` when the learner has one open."""
        now = moment(self._session)
        row = await self._rows.insert_lesson(
            learner_id=learner_id, module=module, state=dict(state), version=1, opened_at=now, updated_at=now
        )
        if row is None:
            raise Conflict("this learner has an open lesson already")
        return _stored(row)

    async def save_lesson(
        self, stored: StoredLesson, state: Mapping[str, Any], *, closed: bool = False, module: str | None = None
    ) -> StoredLesson:
        """Saves what became of `stored`. Raises `Conflict` when somebody else saved or closed it since it was read."""
        now = moment(self._session)
        saved = replace(
            stored,
            version=stored.version + 1,
            state=dict(state),
            module=module or stored.module,
            updated_at=now,
            closed_at=now if closed else None,
        )
        if not await self._rows.update_lesson(
            stored.id,
            version=stored.version,
            state=saved.state,
            module=saved.module,
            updated_at=now,
            closed_at=saved.closed_at,
        ):
            raise Conflict("the lesson went on elsewhere since it was read")
        return saved

    async def knowledge(self, learner_id: int) -> dict[str, Knowledge]:
        """What is known of every skill that this learner has a state for, by skill id."""
        return {
            row.skill_id: Knowledge(
                p_known=row.p_known,
                items=row.items,
                unhinted_streak=row.unhinted_streak,
                right=row.right,
                mastered=row.mastered_at is not None,
                confirmed=row.confirmed_at is not None,
            )
            for row in await self._rows.skill_states(learner_id)
        }

    async def save_knowledge(self, learner_id: int, knowledge: Mapping[str, Knowledge]) -> None:
        """Makes or replaces the states of these skills; others stay as they are."""
        if not knowledge:
            return
        now = moment(self._session)
        await self._rows.save_skill_states(
            [
                {
                    "learner_id": learner_id,
                    "skill_id": skill_id,
                    "p_known": known.p_known,
                    "items": known.items,
                    "right": known.right,
                    "unhinted_streak": known.unhinted_streak,
                    "mastered_at": now if known.mastered else None,
                    "confirmed_at": now if known.confirmed else None,
                    "last_seen_at": now if known.items else None,
                }
                for skill_id, known in knowledge.items()
            ]
        )

    async def attempt(
        self,
        learner_id: int,
        lesson_id: int,
        *,
        skill_id: str,
        prompt: str,
        expected: str,
        said: str | None,
        verdict: str,
        misconception: str | None,
        hinted: bool,
        by: str,
        channel: str,
        took_ms: int | None,
    ) -> None:
        """Keeps one graded answer. `said` is None when the learner declined to be recorded."""
        await self._rows.insert_attempt(
            learner_id=learner_id,
            lesson_id=lesson_id,
            skill_id=skill_id,
            prompt=prompt,
            expected=expected,
            said=said,
            verdict=str(verdict),
            misconception=misconception,
            hinted=hinted,
            by=by,
            channel=str(channel),
            took_ms=took_ms,
            created_at=moment(self._session),
        )

    async def summary(self, learner_id: int) -> Summary:
        """What the learner did, ever and today. All zero for one who did nothing, or who is unknown."""
        midnight = self._midnight(moment(self._session))
        counted = (Verdict.RIGHT, Verdict.WRONG)
        tally = await self._rows.tally(learner_id, counted=counted, right=Verdict.RIGHT, since=midnight)
        mastered, mastered_today = await self._rows.mastered(learner_id, since=midnight)
        return Summary(
            attempts=tally.attempts,
            right=tally.right,
            mastered=mastered,
            attempts_today=tally.attempts_since,
            right_today=tally.right_since,
            mastered_today=mastered_today,
            last_attempt_at=tally.last_at,
        )

    def _midnight(self, now: datetime) -> datetime:
        return datetime.combine(now.astimezone(self._zone).date(), time.min, tzinfo=self._zone)


def _stored(row: LessonRow) -> StoredLesson:
    return StoredLesson(
        id=row.id,
        learner_id=row.learner_id,
        module=row.module,
        version=row.version,
        state=row.state,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        closed_at=row.closed_at,
    )
