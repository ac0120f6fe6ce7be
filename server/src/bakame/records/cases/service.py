"""What a person must look at: opened by the tutor, taken, answered and closed by people."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Conflict, Invalid, Missing
from bakame.records.cases.repository import CaseRepository
from bakame.records.cases.schemas import NEXT, Case, Stage
from bakame.store.database import moment
from bakame.store.tables import CaseRow

LONGEST_NAME: Final = 60
LONGEST_ANSWER: Final = 480
_WAITING: Final = (Stage.OPEN, Stage.ACKNOWLEDGED)


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
            status=Stage.OPEN,
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

    async def get(self, case_id: int) -> Case:
        """Raises `Missing`."""
        row = await self._rows.by_id(case_id)
        if row is None:
            raise Missing("there is no such case")
        return _case(row)

    async def waiting(self, *, closed: bool = False, most: int = 200) -> list[Case]:
        """Those that are not closed, with `closed` all: urgent ones first, then the one that waits longest."""
        stages = tuple(Stage) if closed else _WAITING
        return [_case(row) for row in await self._rows.listed(stages=stages, most=most)]

    async def acknowledge(self, case_id: int, *, by: str) -> Case:
        """Notes who has taken it. Raises `Missing`, `Invalid` for a name that is none, `Conflict` when it was taken."""
        return await self._move(case_id, Stage.ACKNOWLEDGED, by=by)

    async def answer(self, case_id: int, text: str, *, by: str) -> Case:
        """Notes what is answered to the learner; once. Who answers an open case has taken it.

        Raises `Missing`, `Invalid` for an empty or too long answer, `Conflict` when it was answered or is closed.
        """
        words, name = " ".join(text.split()), _name(by)
        if not 0 < len(words) <= LONGEST_ANSWER:
            raise Invalid(f"an answer has 1 to {LONGEST_ANSWER} characters")
        before = await self.get(case_id)
        row = await self._rows.answer(
            case_id,
            answer=words,
            handled_by=name,
            status=Stage.ACKNOWLEDGED,
            acknowledged_at=before.acknowledged_at or moment(self._session),
        )
        if row is None:
            stands = "is closed" if before.stage is Stage.CLOSED else "was answered"
            raise Conflict(f"case {case_id} {stands}", retryable=False)
        return _case(row)

    async def close(self, case_id: int, *, by: str) -> Case:
        """Ends it. Raises as `acknowledge`; `Conflict` when nobody took it, or it is closed."""
        return await self._move(case_id, Stage.CLOSED, by=by)

    async def _move(self, case_id: int, to: Stage, *, by: str) -> Case:
        name, before = _name(by), await self.get(case_id)
        at = {Stage.ACKNOWLEDGED: "acknowledged_at", Stage.CLOSED: "closed_at"}[to]
        row = None
        if to in NEXT[before.stage]:
            row = await self._rows.move(
                case_id, was=before.stage, status=to, handled_by=name, **{at: moment(self._session)}
            )
        if row is None:
            stage = (await self.get(case_id)).stage
            raise Conflict(f"case {case_id} is {stage}, it cannot become {to}", retryable=False)
        return _case(row)


def _name(by: str) -> str:
    name = " ".join(by.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"the name of who handles a case has 1 to {LONGEST_NAME} characters")
    return name


def _case(row: CaseRow) -> Case:
    return Case(
        id=row.id,
        kind=row.kind,
        stage=Stage(row.status),
        urgent=row.urgent,
        line_id=row.line_id,
        learner_id=row.learner_id,
        channel=row.channel,
        language=row.language,
        signs=tuple(row.signs.split(",")) if row.signs else (),
        call_id=row.call_id,
        message_id=row.message_id,
        opened_at=row.opened_at,
        acknowledged_at=row.acknowledged_at,
        closed_at=row.closed_at,
        said=row.said,
        answer=row.answer,
        handled_by=row.handled_by,
    )
