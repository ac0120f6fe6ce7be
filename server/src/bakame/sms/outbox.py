"""Texts that leave unasked: the summary after a call, a person's answer. Each once, and its cost is known before."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import BakameError, Conflict, Invalid, Missing, Unavailable
from bakame.ports.messaging import TextGateway
from bakame.records.journal.service import Journal
from bakame.records.learners.service import Learners
from bakame.records.ledger.schemas import Tariff, Use
from bakame.records.ledger.service import Ledger
from bakame.records.notices.schemas import Notice, Status
from bakame.records.notices.service import Notices
from bakame.store.database import Database
from bakame.store.jobs import Jobs
from bakame.text.gsm import parts
from bakame.tutor.engine import Tutor

SUMMARISE: Final = "summarise_call"
SEND: Final = "send_notice"
LONGEST_S: Final = 60.0
LOOK_EVERY_S: Final = 20.0
"""How often notices are looked for that somebody else wrote."""

_log = structlog.get_logger(__name__)


class Outbox:
    """Writes and sends notices. Registers its jobs; `Jobs.start` comes after."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        database: Database,
        tutor: Tutor,
        texts: TextGateway,
        tariff: Tariff,
        count: Callable[[str], None],
    ) -> None:
        """`count` counts events by name: `notice.sent`, `notice.failed`, `notice.dropped`."""
        self._jobs = jobs
        self._database = database
        self._tutor = tutor
        self._texts = texts
        self._tariff = tariff
        self._count = count
        jobs.register(SUMMARISE, self._summarise)
        jobs.register(SEND, self._send)

    async def call_is_over(self, call_id: str) -> None:
        """Sends what was learnt in a call to whoever learnt, as a job that outlives this process. Once per call."""
        await self._start(SUMMARISE, call_id, {"call_id": call_id})

    async def keep_sending(self) -> None:
        """Sends what waits, now and again, until it is cancelled."""
        while True:
            try:
                await self.send_waiting()
            except (Unavailable, Conflict) as error:
                _log.warning("notices.not_read", kind=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def send_waiting(self) -> int:
        """Sends all that may be sent now; how many there were."""
        async with self._database.session(read_only=True) as session:
            due = await Notices(session).due()
        for notice in due:
            await self._start(SEND, notice.key, {"key": notice.key})
        return len(due)

    async def _start(self, name: str, job_id: str, payload: dict[str, Any]) -> None:
        # The job goes on by itself; what becomes of it stands in the notice.
        with suppress(TimeoutError, BakameError):
            await self._jobs.run(name, job_id, payload, timeout_s=LONGEST_S)

    async def _summarise(self, payload: dict[str, Any]) -> str:
        """Writes the summary and sends it."""
        call_id = payload["call_id"]
        key = f"summary:{call_id}"
        async with self._database.session() as session:
            notice = await Notices(session).find(key) or await self._summary(session, call_id, key)
        if notice is None:
            return "nothing"
        return await self._send({"key": key})

    async def _summary(self, session: AsyncSession, call_id: str, key: str) -> Notice | None:
        call = await Journal(session).call(call_id)
        if call is None or call.line_id is None or call.learner_id is None:
            return None
        summary = await self._tutor.summary(session, learner_id=call.learner_id, since=call.offered_at)
        if summary is None:
            return None
        learner_id, body = summary
        return await self.write(session, key, kind="summary", line_id=call.line_id, learner_id=learner_id, body=body)

    async def write(
        self, session: AsyncSession, key: str, *, kind: str, line_id: int, learner_id: int | None, body: str
    ) -> Notice:
        """A notice with its cost, in the caller's transaction; sent when that is committed and it is looked for."""
        use = self._use(kind, parts(body), learner_id)
        return await Notices(session).write(
            key,
            kind=kind,
            line_id=line_id,
            learner_id=learner_id,
            body=body,
            parts=parts(body),
            cost_micros=self._tariff.cost_micros(use),
            currency=self._tariff.currency,
        )

    async def _send(self, payload: dict[str, Any]) -> str:
        """Sends one notice; when we crash before the carrier's answer is noted it is sent twice, rather than never."""
        async with self._database.session() as session:
            notices = Notices(session)
            notice = await notices.find(payload["key"])
            if notice is None or notice.status is not Status.WAITING:
                return "nothing"
            number = await Learners(session).number(notice.line_id)
            if number is None or (await Learners(session).line(number)).opted_out:
                await notices.drop(notice.id, "the line wants no texts")
                self._count("notice.dropped")
                return Status.DROPPED
        try:
            sent = await self._texts.send_text(to=number, body=notice.body)
        except (Invalid, Missing, Unavailable) as error:
            if error.retryable:
                raise
            async with self._database.session() as session:
                await Notices(session).failed(notice.id, str(error))
            self._count("notice.failed")
            return Status.FAILED
        async with self._database.session() as session:
            if await Notices(session).sent(notice.id, sent.message_id):
                use = self._use(notice.kind, sent.parts or notice.parts, notice.learner_id, sent.message_id)
                await Ledger(session, self._tariff).enter([use])
        self._count("notice.sent")
        return Status.SENT

    def _use(self, purpose: str, count: int, learner_id: int | None, message_id: str | None = None) -> Use:
        return Use(
            "text", self._texts.name, "sms", "parts", count, purpose, learner_id=learner_id, message_id=message_id
        )
