"""Classes: a code to join by, and challenges that are won together."""

import re
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Conflict, Invalid, Missing
from bakame.records.school.repository import SchoolRepository
from bakame.records.school.schemas import Challenge, SchoolClass
from bakame.store.database import moment
from bakame.store.tables import ClassRow

LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Of codes that we make: nothing in them looks or sounds like something else."""
CODE_LENGTH: Final = 5
LONGEST_NAME: Final = 60
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{2,15}")


class Classes:
    """Classes and who is in them, within the caller's transaction; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._rows = SchoolRepository(session)

    async def found(self, name: str, *, code: str | None = None) -> SchoolClass:
        """A new class. Raises `Invalid` for a name or code that is none, `Conflict` for a code that is taken."""
        plain = " ".join(name.split())
        if not 0 < len(plain) <= LONGEST_NAME:
            raise Invalid(f"a class's name has 1 to {LONGEST_NAME} characters")
        made = tidy(code) if code is not None else "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        row = await self._rows.insert_class(code=made, name=plain, created_at=moment(self._session))
        if row is None:
            raise Conflict(f"the code {made} is taken")
        return _class(row)

    async def find(self, code: str) -> SchoolClass:
        """The open class with this code, however it is written. Raises `Missing`."""
        try:
            row = await self._rows.by_code(tidy(code))
        except Invalid:
            row = None
        if row is None or row.closed_at is not None:
            raise Missing("there is no class with this code")
        return _class(row)

    async def join(self, code: str, learner_id: int) -> SchoolClass:
        """Puts a learner into a class; being in it already is no mistake. Raises `Missing`."""
        found = await self.find(code)
        await self._rows.join(found.id, learner_id, at=moment(self._session))
        return found

    async def challenge(self, code: str, *, points: int, until: datetime) -> SchoolClass:
        """Sets what the class is to earn together from now on. Raises `Missing` and `Invalid`."""
        now = moment(self._session)
        if points < 1 or until <= now:
            raise Invalid("a challenge needs points to earn and a date to come")
        found = await self.find(code)
        row = await self._rows.update_class(
            found.id, challenge_points=points, challenge_from=now, challenge_until=until
        )
        return found if row is None else _class(row)

    async def challenge_of(self, learner_id: int) -> Challenge | None:
        """How the newest class of a learner gets on with its challenge; None when there is none now."""
        now = moment(self._session)
        for row in reversed(await self._rows.classes_of(learner_id)):
            if row.challenge_until is not None and row.challenge_until > now:
                return await self._standing(row)
        return None

    async def standing(self, code: str) -> Challenge:
        """How many are in a class, and how it gets on with its newest challenge. Raises `Missing`."""
        await self.find(code)
        row = await self._rows.by_code(tidy(code))
        if row is None:
            raise Missing("there is no class with this code")
        return await self._standing(row)

    async def _standing(self, row: ClassRow) -> Challenge:
        since, until = row.challenge_from or row.created_at, row.challenge_until
        earned, members = await self._rows.points(row.id, since=since, until=until or since)
        return Challenge(row.name, row.challenge_points or 0, earned, members, until)


def tidy(code: str) -> str:
    """A code as it is kept: capitals, without spaces. Raises `Invalid` when it is none."""
    plain = re.sub(r"[\s.]+", "", code).upper()
    if not _CODE.fullmatch(plain):
        raise Invalid("a class code has 3 to 16 letters and digits")
    return plain


def _class(row: ClassRow) -> SchoolClass:
    return SchoolClass(
        id=row.id,
        code=row.code,
        name=row.name,
        created_at=row.created_at,
        closed_at=row.closed_at,
        challenge_points=row.challenge_points,
        challenge_from=row.challenge_from,
        challenge_until=row.challenge_until,
    )
