"""What a person must look at: opened by the tutor, closed by people."""

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.records.cases.repository import CaseRepository
from bakame.store.database import moment


class Cases:
    """Cases, within the caller's transaction; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._rows = CaseRepository(session)

    async def open(
        self,
        kind: str,
        *,
        line_id: int,
        learner_id: int,
        channel: str,
        language: str,
        urgent: bool = False,
        signs: tuple[str, ...] = (),
        said: str | None = None,
        call_id: str | None = None,
        message_id: str | None = None,
    ) -> int:
        """Opens a case; its id. `said` is None when the learner declined to have words kept."""
        return await self._rows.insert(
            kind=kind,
            status="open",
            urgent=urgent,
            line_id=line_id,
            learner_id=learner_id,
            channel=channel,
            call_id=call_id,
            message_id=message_id,
            signs=",".join(signs) or None,
            said=said,
            language=language,
            opened_at=moment(self._session),
        )
