"""The live lesson, what is known of each skill, and every answer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, time, timedelta, timezone, tzinfo
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Conflict, Missing
from bakame.learning.grading import Verdict
from bakame.learning.mastery import Knowledge
from bakame.records.progress.repository import ProgressRepository
from bakame.records.progress.schemas import Attempt, Seat, Sitter, StoredLesson, Summary
from bakame.store.database import moment
from bakame.store.tables import LearnerRow, LessonRow

CENTRAL_AFRICA_TIME = timezone(timedelta(hours=2), "CAT")
"""Rwanda's; it has no summer time, so nothing needs the zone database."""


class Progress:
    """How a learner gets on, within the caller's transaction; never commits. `zone` decides when a day begins."""

    def __init__(self, session: AsyncSession, *, zone: tzinfo = CENTRAL_AFRICA_TIME) -> None:
        self._session = session
        self._rows = ProgressRepository(session)
        self._zone = zone

    async def seat(self, learner_id: int) -> Seat:
        """Everybody on this learner's line with their newest lessons, in one query. Raises `Missing`."""
        found = await self._rows.household(learner_id)
        if not found:
            raise Missing("there is no such learner")
        line = found[0][0]
        people = tuple(_sitter(learner, lesson) for _, learner, lesson in found)
        here = {one.learner_id for one in people}
        return Seat(
            line_id=line.id,
            opted_out=line.opted_out_at is not None,
            present_id=line.present_id if line.present_id in here else learner_id,
            people=people,
        )

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
            row["skill_id"]: Knowledge(
                p_known=row["p_known"],
                items=row["items"],
                unhinted_streak=row["unhinted_streak"],
                right=row["right"],
                mastered=row["mastered_at"] is not None,
                confirmed=row["confirmed_at"] is not None,
                stability=row["stability"],
                ease=row["ease"],
                reviewed_at=row["reviewed_at"],
                due_at=row["due_at"],
                stuck=row["stuck"],
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
                    "stability": known.stability,
                    "ease": known.ease,
                    "reviewed_at": known.reviewed_at,
                    "due_at": known.due_at,
                    "stuck": known.stuck,
                    "last_seen_at": now if known.items else None,
                }
                for skill_id, known in knowledge.items()
            ]
        )

    async def attempts(self, learner_id: int, lesson_id: int, made: Sequence[Attempt]) -> None:
        """Keeps graded answers, in their order."""
        if not made:
            return
        now = moment(self._session)
        await self._rows.insert_attempts(
            [{"learner_id": learner_id, "lesson_id": lesson_id, "created_at": now, **asdict(each)} for each in made]
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


def _sitter(row: LearnerRow, lesson: LessonRow | None) -> Sitter:
    return Sitter(
        learner_id=row.id,
        name=row.name,
        language=row.language,
        language_by=row.language_by,
        consent={"granted": True, "declined": False}.get(row.consent),
        pin_hash=row.pin_hash,
        locked_until=row.pin_locked_until,
        last_seen_at=row.last_seen_at,
        lesson=None if lesson is None else _stored(lesson),
    )


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
