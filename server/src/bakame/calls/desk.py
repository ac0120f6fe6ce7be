"""The front desk of the voice channel: what is written down when a call is offered, answered and ended."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from enum import Enum, auto
from typing import Final

from bakame.audio.format import FRAME_MS
from bakame.calls.bridge import Outcome
from bakame.calls.quality import ENOUGH_MS, QualityReport
from bakame.errors import Invalid, Missing
from bakame.ports.telephony import CallProgress, InboundCall
from bakame.ports.voice import CallContext
from bakame.records.journal.service import Journal
from bakame.records.learners.service import Learners
from bakame.store.database import Database, moment
from bakame.text.phone import to_e164

OFFER_S: Final = (0.0, 0.1, 0.4, 1.0)
"""Waits before each look for an offer: another replica may still be writing it down."""
MOST_STREAMS: Final = 4
"""How often one call's stream may be opened: a call whose streams keep dying is ended with an apology."""

HANDED_OVER: Final = "handed_over"
STOPPED: Final = "stopped"
GOES_ON: Final = ("connection_lost", HANDED_OVER)
"""Ends of a stream after which the call goes on with another one."""


class After(Enum):
    """What to do with a call whose stream closed."""

    AGAIN = auto()
    """Open another stream: the lesson goes on where it stopped."""
    HANG_UP = auto()
    APOLOGISE = auto()
    CALL_AGAIN = auto()
    """We had to stop, and nobody could take the call over: the caller is asked to call again."""


class CallDesk:
    """Each method is one transaction. All raise `Unavailable` when the database does not answer."""

    def __init__(self, *, database: Database, gateway: str, over: Callable[[str], None] = lambda _: None) -> None:
        """`over` is told of each call that has ended, once its end is written down; it returns at once."""
        self._over = over
        self._database = database
        self._gateway = gateway
        self._being_noted: dict[str, asyncio.Event] = {}

    @staticmethod
    def number(call: InboundCall) -> str | None:
        """Who calls, in E.164; None for a caller who hides the number: there is nobody to remember."""
        return to_e164(call.line)

    async def offered(self, call: InboundCall) -> None:
        """Notes an offered call and who may be calling; the same offer twice is one call.

        The gateway need not wait for this: `answered` does. Raises `Invalid` for a caller without a number.
        """
        number = self.number(call)
        if number is None:
            raise Invalid("the caller's number is hidden or unknown")
        noted = self._being_noted.setdefault(call.call_id, asyncio.Event())
        try:
            await self._note(call, number)
        finally:
            noted.set()
            self._being_noted.pop(call.call_id, None)

    async def _note(self, call: InboundCall, number: str) -> None:
        async with self._database.session() as session:
            line, learner = await Learners(session).at(number)
            await Journal(session).call_offered(
                call.call_id,
                line_id=line.id,
                learner_id=learner.id,
                gateway=self._gateway,
                direction="outbound" if call.direction.startswith("outbound") else "inbound",
            )

    async def answered(self, call_id: str, *, stream_id: str) -> CallContext:
        """The stream of an offered call has started. Raises `Missing` for a call that nobody offered."""
        if noted := self._being_noted.get(call_id):
            await noted.wait()
        for pause_s in OFFER_S:
            await asyncio.sleep(pause_s)
            if context := await self._started(call_id, stream_id=stream_id):
                return context
        raise Missing("no such call was offered")

    async def _started(self, call_id: str, *, stream_id: str) -> CallContext | None:
        async with self._database.session() as session:
            call = await Journal(session).call_started(call_id, stream_id=stream_id)
            if call is None or call.learner_id is None:
                return None
            learner = await Learners(session).get(call.learner_id)
            lasted_s = (moment(session) - call.started_at).total_seconds() if call.started_at else 0.0
            return CallContext(call_id, learner.id, learner.language, elapsed_s=max(0.0, lasted_s))

    async def ended(self, call_id: str, outcome: Outcome, *, line: QualityReport) -> None:
        """Books what the stream amounted to, and what its line was like when enough of it was heard to tell."""
        heard_enough = outcome.counts.frames_in * FRAME_MS >= ENOUGH_MS
        async with self._database.session() as session:
            await Journal(session).call_ended(
                call_id,
                reason=outcome.reason,
                heard_ms=outcome.counts.frames_played * FRAME_MS,
                caller_ms=outcome.counts.frames_in * FRAME_MS,
                keys=outcome.counts.keys,
                barge_ins=outcome.counts.barge_ins,
                quality=line.score if heard_enough else None,
                line=asdict(line),
            )

    async def number_of(self, call_id: str) -> str | None:
        """Who calls; None for a call that nobody offered."""
        async with self._database.session() as session:
            call = await Journal(session).call(call_id)
            if call is None or call.line_id is None:
                return None
            return await Learners(session).number(call.line_id)

    async def may_be_texted(self, number: str) -> bool:
        """Whether this line has not asked us to stop texting."""
        async with self._database.session() as session:
            return (await Learners(session).line(number)).opted_out_at is None

    async def after(self, call_id: str) -> After:
        """What comes after a closed stream, by how it ended."""
        async with self._database.session() as session:
            call = await Journal(session).call(call_id)
        if call is None:
            # Its offer could not be written down.
            return After.APOLOGISE
        if (call.end_reason or "").startswith("finished"):
            return After.HANG_UP
        if call.end_reason in (None, *GOES_ON) and call.streams < MOST_STREAMS:
            return After.AGAIN
        if call.end_reason == STOPPED:
            return After.CALL_AGAIN
        return After.APOLOGISE

    async def progressed(self, progress: CallProgress) -> None:
        """A status callback: a call that is over for the carrier is over for us, and summed up."""
        if not progress.is_over:
            return
        async with self._database.session() as session:
            await Journal(session).call_closed(progress.call_id, status=progress.status, duration_s=progress.duration_s)
        self._over(progress.call_id)
