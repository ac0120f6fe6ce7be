"""How hard skills prove to be: a projection of all answers, caught up a batch at a time."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.learning.difficulty import Rating, observe
from bakame.learning.grading import Verdict
from bakame.store.tables import AttemptRow, SkillRatingRow
from bakame.store.upsert import insert

BATCH: Final = 2_000
"""Answers that are looked at in one transaction."""
SETTLED: Final = 40
"""Answers on which a learner's rating is taken to rest: what an answer moves here is the item."""
_BOOKMARK: Final = ""
"""The row that only says how far the answers were read."""

Prior = Callable[[str], tuple[Rating, str] | None]
"""A skill's rating before anybody answered, and its answer format; None for a skill that is not taught any more."""


class Ratings:
    """Difficulties by skill, within the caller's transaction; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def current(self) -> dict[str, Rating]:
        """All that rest on answers."""
        found = await self._session.execute(
            select(SkillRatingRow.skill_id, SkillRatingRow.logit, SkillRatingRow.answers).where(
                SkillRatingRow.skill_id != _BOOKMARK
            )
        )
        return {skill_id: Rating(logit, answers) for skill_id, logit, answers in found}

    async def catch_up(self, prior: Prior) -> int:
        """Takes in the next answers that are in no rating yet; how many they were."""
        through = await self._session.scalar(select(func.max(SkillRatingRow.through_id))) or 0
        answers = (
            await self._session.execute(
                select(AttemptRow.id, AttemptRow.skill_id, AttemptRow.verdict, AttemptRow.hinted, AttemptRow.ability)
                .where(AttemptRow.id > through)
                .order_by(AttemptRow.id)
                .limit(BATCH)
            )
        ).all()
        if not answers:
            return 0
        ratings = await self.current()
        moved: dict[str, Rating] = {}
        for _, skill_id, verdict, hinted, ability in answers:
            known = prior(skill_id)
            if known is None or ability is None or hinted or verdict not in (Verdict.RIGHT, Verdict.WRONG):
                continue
            first, kind = known
            item = moved.get(skill_id) or ratings.get(skill_id) or first
            right = verdict == Verdict.RIGHT
            _, moved[skill_id] = observe(Rating(ability, SETTLED), item, right=right, format=kind)
        await self._save(moved, through=answers[-1].id)
        return len(answers)

    async def _save(self, moved: Mapping[str, Rating], *, through: int) -> None:
        rows = [
            {"skill_id": skill_id, "logit": rating.logit, "answers": rating.answers, "through_id": through}
            for skill_id, rating in ({_BOOKMARK: Rating()} | dict(moved)).items()
        ]
        statement = insert(self._session, SkillRatingRow)
        new = statement.excluded
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[SkillRatingRow.skill_id],
                set_={key: new[key] for key in ("logit", "answers", "through_id")},
            ),
            rows,
        )
