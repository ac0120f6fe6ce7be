"""Texts that are sent unasked: each once, with its cost known before it leaves."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Invalid
from bakame.records.notices.repository import NoticeRepository
from bakame.records.notices.schemas import Notice, Status
from bakame.store.database import moment
from bakame.store.tables import NoticeRow

LONGEST_KEY = 128


class Notices:
    """Outbound texts, within the caller's transaction; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._rows = NoticeRepository(session)

    async def write(
        self,
        key: str,
        *,
        kind: str,
        line_id: int,
        learner_id: int | None,
        body: str,
        parts: int,
        cost_micros: int,
        currency: str,
        not_before: datetime | None = None,
    ) -> Notice:
        """The notice with this key, waiting to be sent; the one that is there already when there is one.

        Raises `Invalid` for an empty text and for a key that is none.
        """
        if not body.strip():
            raise Invalid("a notice needs words")
        if not 0 < len(key) <= LONGEST_KEY:
            raise Invalid(f"a notice's key has 1 to {LONGEST_KEY} characters")
        now = moment(self._session)
        row = await self._rows.insert(
            key=key,
            kind=kind,
            line_id=line_id,
            learner_id=learner_id,
            body=body,
            parts=parts,
            cost_micros=cost_micros,
            currency=currency,
            status=Status.WAITING,
            not_before=not_before or now,
            created_at=now,
        )
        found = row or await self._rows.by_key(key)
        if found is None:
            raise Invalid("the notice was erased while it was written")
        return _notice(found)

    async def find(self, key: str) -> Notice | None:
        """The notice with this key."""
        row = await self._rows.by_key(key)
        return None if row is None else _notice(row)

    async def due(self, *, most: int = 50) -> list[Notice]:
        """Those that wait and may be sent now, the longest waiting first."""
        return [_notice(row) for row in await self._rows.due(now=moment(self._session), most=most)]

    async def sent(self, notice_id: int, message_id: str) -> bool:
        """Notes that the carrier took it. False when it was not waiting."""
        now = moment(self._session)
        return await self._rows.update(
            notice_id, was=Status.WAITING, status=Status.SENT, message_id=message_id, sent_at=now
        )

    async def failed(self, notice_id: int, reason: str) -> bool:
        """Notes that the carrier refused it. False when it was not waiting."""
        return await self._rows.update(notice_id, was=Status.WAITING, status=Status.FAILED, reason=reason)

    async def drop(self, notice_id: int, reason: str) -> bool:
        """Takes it back before it is sent. False when it was not waiting."""
        return await self._rows.update(notice_id, was=Status.WAITING, status=Status.DROPPED, reason=reason)


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        id=row.id,
        key=row.key,
        kind=row.kind,
        line_id=row.line_id,
        learner_id=row.learner_id,
        body=row.body,
        parts=row.parts,
        cost_micros=row.cost_micros,
        currency=row.currency,
        status=Status(row.status),
        reason=row.reason,
        message_id=row.message_id,
        not_before=row.not_before,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
