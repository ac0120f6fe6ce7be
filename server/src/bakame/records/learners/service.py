"""Who is on a line, what they are called, and what they agreed to."""

import re
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Invalid, Missing
from bakame.records.learners.repository import LearnerRepository
from bakame.records.learners.schemas import Consent, Learner, Line
from bakame.store.database import moment
from bakame.store.tables import LearnerRow, LineRow

LONGEST_NAME = 60
PIN_TRIES = 3
PIN_LOCK = timedelta(minutes=15)
DEFAULT_LANGUAGE = "en"

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class Learners:
    """The people of the product, within the caller's transaction; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._rows = LearnerRepository(session)

    async def line(self, e164: str) -> Line:
        """The line with this number, made when it is new. Safe when a call and a text come at once.

        Raises `Invalid` when `e164` is not in E.164.
        """
        if not _E164.fullmatch(e164):
            raise Invalid("a phone number must be in E.164, as in +250788123456")
        row = await self._rows.line_by_number(e164)
        if row is None:
            made = await self._rows.insert_line(e164, at=moment(self._session))
            row = made or await self._rows.line_by_number(e164)
        return _line(row)

    async def at(self, e164: str) -> tuple[Line, Learner]:
        """The line with this number and who is on it: of several, the one who was here last. Both are made when new.

        Raises `Invalid` when `e164` is not in E.164.
        """
        found = await self._rows.people_at(e164)
        line = _line(found[0][0]) if found else await self.line(e164)
        people = [_learner(row) for _, row in found if row is not None]
        if not people:
            return line, await self.add(line.id)
        return line, max(people, key=lambda one: one.last_seen_at or one.created_at)

    async def known(self, e164: str) -> tuple[Line, Learner] | None:
        """As `at`, without making anybody: None when nobody is there."""
        found = await self._rows.people_at(e164)
        people = [_learner(row) for _, row in found if row is not None]
        if not people:
            return None
        return _line(found[0][0]), max(people, key=lambda one: one.last_seen_at or one.created_at)

    async def number(self, line_id: int) -> str | None:
        """The line's number, in E.164; None when there is no such line."""
        row = await self._rows.line_by_id(line_id)
        return None if row is None else row.e164

    async def opt(self, line_id: int, *, out: bool) -> Line:
        """Takes the line out of, or back into, what we send unasked. Raises `Missing`."""
        return _line(await self._rows.update_line(line_id, opted_out_at=moment(self._session) if out else None))

    async def on_line(self, line_id: int) -> list[Learner]:
        """Everybody on the line, in the order in which they came; empty when the line is unknown."""
        return [_learner(row) for row in await self._rows.learners_on(line_id)]

    async def add(self, line_id: int, *, name: str | None = None, language: str = DEFAULT_LANGUAGE) -> Learner:
        """A new learner. Without a name, the one on this line who has none yet, if there is one: two first contacts
        at once are one person.

        Raises `Invalid` for a name that is none. An unknown line ends the transaction with `Conflict`.
        """
        row = await self._rows.insert_learner(
            line_id=line_id,
            name=None if name is None else _name(name),
            language=language,
            consent=Consent.UNASKED,
            created_at=moment(self._session),
        )
        return _learner(row or await self._rows.unnamed_on(line_id))

    async def get(self, learner_id: int) -> Learner:
        """Raises `Missing`."""
        return _learner(await self._rows.learner(learner_id))

    async def rename(self, learner_id: int, name: str) -> Learner:
        """Raises `Missing`, and `Invalid` for a name that is empty or longer than `LONGEST_NAME`."""
        return _learner(await self._rows.update_learner(learner_id, name=_name(name)))

    async def speaks(self, learner_id: int, language: str) -> Learner:
        """Teaches this learner in `language` (ISO 639-1), which they chose, from now on. Raises `Missing`."""
        return _learner(await self._rows.update_learner(learner_id, language=language, language_by="learner"))

    async def present(self, line_id: int, learner_id: int) -> None:
        """Notes whose lesson goes on when something comes from this line. Raises `Missing`."""
        _line(await self._rows.update_line(line_id, present_id=learner_id))

    async def guard(self, learner_id: int, pin_hash: str | None) -> None:
        """Guards the learner's lessons by a PIN, or no more. Raises `Missing`."""
        _learner(await self._rows.update_learner(learner_id, pin_hash=pin_hash, pin_misses=0, pin_locked_until=None))

    async def pin_missed(self, learner_id: int) -> None:
        """Counts a wrong PIN; after `PIN_TRIES` in a row none is looked at for `PIN_LOCK`. Raises `Missing`."""
        row = await self._rows.learner(learner_id)
        if row is None:
            raise Missing("there is no such learner")
        misses = row.pin_misses + 1
        locked = moment(self._session) + PIN_LOCK if misses >= PIN_TRIES else None
        await self._rows.update_learner(
            learner_id, pin_misses=0 if locked else misses, pin_locked_until=locked or row.pin_locked_until
        )

    async def pin_right(self, learner_id: int) -> None:
        """Forgets wrong PINs. Raises `Missing`."""
        _learner(await self._rows.update_learner(learner_id, pin_misses=0, pin_locked_until=None))

    async def seen(self, learner_id: int) -> Learner:
        """Notes that the learner is here now. Raises `Missing`."""
        return _learner(await self._rows.update_learner(learner_id, last_seen_at=moment(self._session)))

    async def consent(self, learner_id: int, *, granted: bool, how: str) -> Learner:
        """Records what was said about being recorded, and how (`key`, `speech`, `text`, `staff`). Raises `Missing`."""
        now = moment(self._session)
        changed = await self._rows.update_learner(
            learner_id,
            consent=Consent.GRANTED if granted else Consent.DECLINED,
            consent_how=how,
            consent_at=now,
        )
        learner = _learner(changed)
        await self._rows.insert_consent(learner_id, granted=granted, how=how, at=now)
        return learner


def _name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise Invalid("a name must not be empty")
    if len(plain) > LONGEST_NAME:
        raise Invalid(f"a name must not be longer than {LONGEST_NAME} letters")
    return plain


def _line(row: LineRow | None) -> Line:
    if row is None:
        raise Missing("there is no such line")
    return Line(id=row.id, e164=row.e164, opted_out_at=row.opted_out_at, created_at=row.created_at)


def _learner(row: LearnerRow | None) -> Learner:
    if row is None:
        raise Missing("there is no such learner")
    return Learner(
        id=row.id,
        line_id=row.line_id,
        name=row.name,
        language=row.language,
        consent=Consent(row.consent),
        consent_how=row.consent_how,
        consent_at=row.consent_at,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
    )
