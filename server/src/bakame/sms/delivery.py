"""Answers that are neither lost nor doubled: each text is one durable job, and each reply leaves by one way.

The webhook waits for the job a while, and the reply goes back in its answer. When it takes too long, or the process was
killed in between, the job goes on by itself and sends the reply by the carrier's REST side.
"""

import asyncio
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import BakameError, Invalid, Unavailable
from bakame.ports.messaging import InboundText, MediaItem, TextGateway
from bakame.ports.telephony import CallGateway
from bakame.records.journal.schemas import Delivery
from bakame.records.journal.service import Journal
from bakame.records.learners.schemas import Learner, Line
from bakame.sms.service import TextService
from bakame.store.database import Database
from bakame.store.jobs import Jobs

ANSWER_TEXT: Final = "answer_text"
CALL_BACK: Final = "call_back"
LONGEST_S: Final = 60.0
"""A webhook has long given up by then; the job may still go on."""
_CALLS: Final = "calls to place"

_log = structlog.get_logger(__name__)


async def ask_for_call(session: AsyncSession, line: Line, _learner: Learner) -> bool:
    """A `service.CallBack`: the call is placed once this transaction is committed."""
    session.info.setdefault(_CALLS, []).append(line.e164)
    return True


class TextDelivery:
    """Takes texts in and replies out. Registers its jobs; `Jobs.start` comes after."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        database: Database,
        service: TextService,
        texts: TextGateway,
        calls: CallGateway,
        public_url: str,
        kept: str,
    ) -> None:
        """`kept` tells a learner that the text is safe and its answer comes later."""
        self._jobs = jobs
        self._database = database
        self._service = service
        self._texts = texts
        self._calls = calls
        self._public_url = public_url.rstrip("/")
        self._kept = kept
        self._waiting: dict[str, asyncio.Future[str | None]] = {}
        jobs.register(ANSWER_TEXT, self._answer_text)
        jobs.register(CALL_BACK, self._place_call)

    async def answer(self, message: InboundText) -> str | None:
        """The reply, for the webhook's own answer; None when there is none or when it goes out another way.

        The same message again gets None: its reply is on its way. When this is cancelled the job sends the reply.
        Raises `Unavailable` when the text could not be kept.
        """
        if message.message_id in self._waiting:
            return None
        waiter = self._waiting[message.message_id] = asyncio.get_running_loop().create_future()
        job = asyncio.ensure_future(
            self._jobs.run(ANSWER_TEXT, message.message_id, asdict(message), timeout_s=LONGEST_S)
        )
        try:
            await asyncio.wait({waiter, job}, return_when=asyncio.FIRST_COMPLETED)
            if waiter.done():
                return waiter.result()
            await job
            return None
        finally:
            waiter.cancel()
            del self._waiting[message.message_id]
            # The job itself goes on: only our waiting for it ends.
            job.cancel()

    async def _answer_text(self, payload: dict[str, Any]) -> str:
        message = _message(payload)
        waiter = self._waiting.get(message.message_id)
        try:
            reply, to_call = await self._answered(message, Delivery.INLINE if waiter else Delivery.REST)
        except Unavailable as error:
            if error.retryable and waiter is not None and not waiter.done():
                # This job is tried again until the database answers; the learner is not left waiting meanwhile.
                waiter.set_result(self._kept)
            raise
        handed_over = waiter is not None and not waiter.done()
        if waiter is not None and handed_over:
            waiter.set_result(reply)
        elif reply is not None:
            await self._send(message, reply)
        for number in to_call:
            # A job of its own: it goes on by itself, and whether it succeeds is noted there.
            with suppress(TimeoutError, BakameError):
                await self._jobs.run(CALL_BACK, message.message_id, {"to": number}, timeout_s=LONGEST_S)
        return Delivery.INLINE if handed_over else Delivery.REST

    async def _answered(self, message: InboundText, how: Delivery) -> tuple[str | None, list[str]]:
        """The reply, if it is still to go out, and the numbers to call; in one transaction, after any model."""
        thoughts = await self._service.thought_over(partial(self._database.session, read_only=True), message)
        async with self._database.session() as session:
            reply = await self._service.answer(session, message, thoughts=thoughts)
            to_call: list[str] = session.info.pop(_CALLS, [])
            # False in a second run of this job, when the first one was cut off after its reply had left.
            if reply is not None and not await Journal(session).claim_delivery(message.message_id, how):
                reply = None
            return reply, to_call

    async def _send(self, message: InboundText, reply: str) -> None:
        try:
            sent = await self._texts.send_text(to=message.line, body=reply)
        except (Invalid, Unavailable) as error:
            if error.retryable:
                raise
            _log.error("text.not_sent", gateway=self._texts.name, error=str(error))
            async with self._database.session() as session:
                await Journal(session).reply_failed(message.message_id, str(error))
            return
        async with self._database.session() as session:
            await Journal(session).reply_sent(message.message_id, sent)

    async def _place_call(self, payload: dict[str, Any]) -> str:
        try:
            return await self._calls.place_call(
                to=payload["to"],
                answer_url=f"{self._public_url}/call",
                status_url=f"{self._public_url}/call/status",
            )
        except Invalid as error:
            _log.error("call.not_placed", gateway=self._calls.name, error=str(error))
            return ""


def _message(payload: dict[str, Any]) -> InboundText:
    """The text of a job, also of one that was kept before texts had media."""
    kept: dict[str, Any] = {**payload, "media": tuple(MediaItem(**item) for item in payload.get("media", ()))}
    return InboundText(**kept)
