"""The difficulties of skills, kept at hand: a turn reads them without waiting, a task brings them up to date."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import structlog

from bakame.errors import Conflict, Unavailable
from bakame.learning.difficulty import Rating, first_rating
from bakame.learning.skills import Curriculum
from bakame.records.progress.ratings import Ratings
from bakame.store.database import Database

EVERY_S: Final = 600.0

_log = structlog.get_logger(__name__)


class RatingBoard:
    """What all replicas know together of how hard each skill is."""

    def __init__(self, database: Database, curriculum: Curriculum) -> None:
        self._database = database
        self._curriculum = curriculum
        self._current: Mapping[str, Rating] = {}

    def current(self) -> Mapping[str, Rating]:
        """The ratings as they were last read; skills that nobody answered are not in it."""
        return self._current

    async def refresh(self) -> None:
        """Takes in all answers so far. A database that does not answer leaves the ratings as they are."""
        try:
            while True:
                async with self._database.session() as session:
                    ratings = Ratings(session)
                    if not await ratings.catch_up(self._prior):
                        self._current = MappingProxyType(await ratings.current())
                        return
        except (Unavailable, Conflict) as error:
            _log.warning("ratings.not_refreshed", kind=type(error).__name__)

    async def keep_fresh(self) -> None:
        """Refreshes now and again until it is cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(EVERY_S)

    def _prior(self, skill_id: str) -> tuple[Rating, str] | None:
        skill = self._curriculum.skills.get(skill_id)
        return None if skill is None else (first_rating(skill, self._curriculum.model), skill.format)
