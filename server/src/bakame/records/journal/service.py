"""What happened on the lines: calls from offer to end, texts with their one reply, and every turn of a lesson."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Invalid, Missing
from bakame.ports.messaging import InboundText, SentText
from bakame.records.journal.repository import JournalRepository
from bakame.records.journal.schemas import CallRecord, Delivery, Role, TextReply, Turn
from bakame.store.database import moment
from bakame.store.tables import CallRow

LONGEST_ID = 64
LONGEST_MEDIA = 200


class Journal:
    """The record of calls, texts and turns, within the caller's transaction; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._rows = JournalRepository(session)

    async def call_offered(
        self, call_id: str, *, line_id: int | None, learner_id: int | None = None, gateway: str, direction: str
    ) -> bool:
        """Notes a call that a gateway offers, in state `offered`. False when it is known: gateways repeat themselves.

        Raises `Invalid` for an id that is none.
        """
        return await self._rows.insert_call(
            id=_id(call_id),
            gateway=gateway,
            direction=direction,
            line_id=line_id,
            learner_id=learner_id,
            state="offered",
            streams=0,
            offered_at=moment(self._session),
            heard_ms=0,
            caller_ms=0,
            keys=0,
            barge_ins=0,
        )

    async def call_started(self, call_id: str, *, stream_id: str) -> CallRecord | None:
        """A stream of this call began; also one that follows a stream which was lost. None when nobody offered it."""
        row = await self._rows.start_stream(
            call_id, at=moment(self._session), stream_id=stream_id, ended_at=None, end_reason=None
        )
        return None if row is None else _record(row)

    async def call_engine(self, call_id: str, engine: str) -> None:
        """From here on this engine converses. Raises `Missing`."""
        row = await self._known(call_id)
        before = row.engines.split(",") if row.engines else []
        if before[-1:] != [engine]:
            before.append(engine)
        await self._rows.update_call(call_id, engine=engine, engines=",".join(before))

    async def call_state(self, call_id: str, state: str) -> None:
        """Notes where a call is. The state of one that ended stays. Raises `Missing`."""
        if not await self._rows.update_call(call_id, CallRow.ended_at.is_(None), state=state):
            await self._known(call_id)

    async def call_ended(
        self,
        call_id: str,
        *,
        reason: str,
        heard_ms: int = 0,
        caller_ms: int = 0,
        keys: int = 0,
        barge_ins: int = 0,
        quality: float | None = None,
        line: Mapping[str, Any] | None = None,
    ) -> None:
        """Books what one stream amounted to, once per stream. Raises `Missing`.

        `quality` rates the line and `line` says what the rating is made of; those of a stream too short stay unset.
        """
        row = await self._known(call_id)
        rated = {} if quality is None else {"quality": quality, "line": dict(line or {})}
        await self._rows.update_call(
            call_id,
            **rated,
            state="ended",
            end_reason=reason,
            ended_at=row.ended_at or moment(self._session),
            heard_ms=row.heard_ms + heard_ms,
            caller_ms=row.caller_ms + caller_ms,
            keys=row.keys + keys,
            barge_ins=row.barge_ins + barge_ins,
        )

    async def call_closed(self, call_id: str, *, status: str, duration_s: int | None) -> bool:
        """Notes that the call is over for the gateway, before or after its stream ended. False for an unknown call."""
        row = await self._rows.call(call_id)
        return row is not None and await self._rows.update_call(
            call_id,
            state="ended",
            ended_at=row.ended_at or moment(self._session),
            end_reason=row.end_reason or status,
            gateway_status=status,
            duration_s=row.duration_s if duration_s is None else duration_s,
        )

    async def call(self, call_id: str) -> CallRecord | None:
        """The call so far; None when nobody offered it."""
        row = await self._rows.call(call_id)
        return None if row is None else _record(row)

    async def claim_text(
        self, inbound: InboundText, line_id: int, *, keep_body: bool = True, parts: int | None = None
    ) -> bool:
        """Keeps a text that came in. True once per message id, False when it was seen before.

        `keep_body` is False for a learner who declined to be recorded. Of pictures and voice notes only the types are
        kept. Raises `Invalid` for an id that is none.
        """
        return await self._rows.insert_message(
            message_id=_id(inbound.message_id),
            line_id=line_id,
            direction="in",
            body=inbound.body if keep_body else None,
            status="received",
            delivery=Delivery.NONE,
            parts=parts,
            media=",".join(item.media_type for item in inbound.media)[:LONGEST_MEDIA] or None,
            created_at=moment(self._session),
        )

    async def record_reply(self, message_id: str, body: str, *, line_id: int, parts: int) -> str:
        """Keeps the reply to the text `message_id`. A text has one: the first stays, and is returned."""
        if await self._rows.insert_message(
            reply_to=_id(message_id),
            line_id=line_id,
            direction="out",
            body=body,
            status="ready",
            delivery=Delivery.NONE,
            parts=parts,
            created_at=moment(self._session),
        ):
            return body
        kept = await self._rows.reply_to(message_id)
        return body if kept is None or kept.body is None else kept.body

    async def text_reply(self, message_id: str) -> str | None:
        """What was answered to the text `message_id`; None when nothing was, yet."""
        reply = await self.reply(message_id)
        return None if reply is None else reply.body

    async def reply(self, message_id: str) -> TextReply | None:
        """The answer to the text `message_id` and how far it got; None when there is none yet."""
        row = await self._rows.reply_to(message_id)
        if row is None or row.body is None:
            return None
        return TextReply(body=row.body, delivery=Delivery(row.delivery), status=row.status, sent_at=row.sent_at)

    async def claim_delivery(self, message_id: str, how: str) -> bool:
        """Decides who takes the reply to the learner, `inline` or `rest`. True for one of them only.

        An `inline` claim counts as sent: the webhook's answer leaves right after. A `rest` claim may be made again
        until `reply_sent`, so that a job which was killed in between can go on. Raises `Invalid` for another `how`.
        """
        if how not in (Delivery.INLINE, Delivery.REST):
            raise Invalid(f"a reply is delivered inline or rest, not {how}")
        if how == Delivery.INLINE:
            return await self._rows.claim_reply(
                message_id, how=how, over=(Delivery.NONE,), status="sent", sent_at=moment(self._session)
            )
        return await self._rows.claim_reply(message_id, how=how, over=(Delivery.NONE, Delivery.REST), status="sending")

    async def reply_sent(self, message_id: str, sent: SentText) -> None:
        """Notes that the gateway took the reply to the text `message_id`. Raises `Missing`."""
        changed = await self._rows.update_reply(
            message_id,
            message_id=_id(sent.message_id),
            status=sent.status,
            sent_at=moment(self._session),
            error=None,
            **({} if sent.parts is None else {"parts": sent.parts}),
        )
        if not changed:
            raise Missing("there is no reply to this text")

    async def reply_failed(self, message_id: str, error: str) -> None:
        """Notes why the gateway did not take it; it may be tried again. Raises `Missing`."""
        if not await self._rows.update_reply(message_id, status="failed", error=error):
            raise Missing("there is no reply to this text")

    async def turn(
        self,
        lesson_id: int,
        learner_id: int,
        *,
        channel: str,
        role: str,
        text: str | None,
        call_id: str | None = None,
        message_id: str | None = None,
    ) -> int:
        """Keeps one side of an exchange; its id. `text` is None when the learner declined to be recorded.

        Two turns of one lesson at the same instant end one of the transactions with `Conflict`.
        """
        ids = await self._rows.insert_turns(
            lesson_id, [self._turn(learner_id, channel, role, text, call_id=call_id, message_id=message_id)]
        )
        return ids[0]

    async def exchange(
        self,
        lesson_id: int,
        learner_id: int,
        *,
        channel: str,
        learner: str | None,
        tutor: str | None,
        spoke: bool = True,
        call_id: str | None = None,
        message_id: str | None = None,
    ) -> int:
        """Keeps what a learner said and what the tutor answered, in one statement; the id of the tutor's turn.

        Either is None when it may not be kept; when the learner did not speak, there is only the tutor's turn.
        Raises as `turn`.
        """
        sides = ((Role.LEARNER, learner), (Role.TUTOR, tutor))[not spoke :]
        ids = await self._rows.insert_turns(
            lesson_id,
            [
                self._turn(learner_id, channel, role, text, call_id=call_id, message_id=message_id)
                for role, text in sides
            ],
        )
        return ids[-1]

    def _turn(
        self, learner_id: int, channel: str, role: str, text: str | None, *, call_id: str | None, message_id: str | None
    ) -> dict[str, Any]:
        return {
            "learner_id": learner_id,
            "channel": str(channel),
            "role": Role(role),
            "text": text,
            "call_id": call_id,
            "message_id": message_id,
            "created_at": moment(self._session),
        }

    async def turn_heard(self, turn_id: int, text: str | None, *, complete: bool) -> None:
        """Notes what the caller's ear got of a turn. Raises `Missing`."""
        if not await self._rows.update_turn(turn_id, heard_text=text, heard_complete=complete):
            raise Missing("there is no such turn")

    async def transcript(self, lesson_id: int) -> list[Turn]:
        """The turns of a lesson in their order."""
        return [
            Turn(
                id=row.id,
                seq=row.seq,
                channel=row.channel,
                role=Role(row.role),
                text=row.text,
                heard_text=row.heard_text,
                heard_complete=row.heard_complete,
                created_at=row.created_at,
            )
            for row in await self._rows.turns(lesson_id)
        ]

    async def _known(self, call_id: str) -> CallRow:
        row = await self._rows.call(call_id)
        if row is None:
            raise Missing("there is no such call")
        return row


def _record(row: CallRow) -> CallRecord:
    return CallRecord(
        id=row.id,
        gateway=row.gateway,
        direction=row.direction,
        line_id=row.line_id,
        learner_id=row.learner_id,
        state=row.state,
        engine=row.engine,
        stream_id=row.stream_id,
        streams=row.streams,
        offered_at=row.offered_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        gateway_status=row.gateway_status,
        duration_s=row.duration_s,
        heard_ms=row.heard_ms,
        caller_ms=row.caller_ms,
        keys=row.keys,
        barge_ins=row.barge_ins,
        engines=tuple(row.engines.split(",")) if row.engines else (),
        quality=row.quality,
    )


def _id(gateway_id: str) -> str:
    if not gateway_id or len(gateway_id) > LONGEST_ID or not gateway_id.isprintable():
        raise Invalid(f"a gateway's id has 1 to {LONGEST_ID} printable characters")
    return gateway_id
