"""What happened on the lines: each text answered once, each call booked whole, each turn in its place."""

import asyncio

import pytest
from sqlalchemy import select, text

from bakame.errors import Conflict, Invalid, Missing
from bakame.ports.messaging import InboundText, SentText
from bakame.records.journal.schemas import Delivery, Role
from bakame.records.journal.service import Journal
from bakame.records.learners.service import Learners
from bakame.records.progress.service import Progress
from bakame.store.database import Database
from bakame.store.tables import CallRow, MessageRow, TurnRow
from desk import Desk

CALL = "CA0001"
TEXT = InboundText(message_id="SM0001", line="+250788000001", to="+250788999999", body="seven")


async def somebody(database: Database) -> tuple[int, int, int]:
    """A line, a learner on it and their lesson."""
    async with database.session() as session:
        line = await Learners(session).line("+250788000001")
        learner = await Learners(session).add(line.id)
        lesson = await Progress(session).open_lesson(learner.id, {})
        return line.id, learner.id, lesson.id


def test_a_text_is_claimed_once(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, desk.database() as replica:
            line, _, _ = await somebody(database)

            async def claim(server: Database) -> bool:
                async with server.session() as session:
                    return await Journal(session).claim_text(TEXT, line)

            claims = await asyncio.gather(*(claim(server) for server in (database, replica) * 3))
            assert sorted(claims) == [False] * 5 + [True]
            assert not await claim(database)

    asyncio.run(scenario())


def test_the_words_of_who_declined_are_not_kept(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            line, learner, lesson = await somebody(database)
            async with database.session() as session:
                journal = Journal(session)
                await journal.claim_text(TEXT, line, keep_body=False)
                turn = await journal.turn(lesson, learner, channel="voice", role="learner", text=None, call_id=CALL)
                await journal.turn_heard(turn, None, complete=True)
                assert await session.scalar(select(MessageRow.body)) is None
                assert (await journal.transcript(lesson))[0].text is None

    asyncio.run(scenario())


def test_a_text_has_one_reply(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            journal = Journal(session)
            line = (await Learners(session).line("+250788000001")).id
            await journal.claim_text(TEXT, line)
            assert await journal.text_reply(TEXT.message_id) is None
            assert await journal.record_reply(TEXT.message_id, "Yes, 7.", line_id=line, parts=1) == "Yes, 7."
            assert await journal.record_reply(TEXT.message_id, "Right!", line_id=line, parts=1) == "Yes, 7."
            assert await journal.text_reply(TEXT.message_id) == "Yes, 7."

    asyncio.run(scenario())


@pytest.mark.parametrize(("first", "second"), [("inline", "rest"), ("rest", "inline"), ("inline", "inline")])
def test_a_reply_leaves_by_one_way(desk: Desk, first: str, second: str) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            journal = Journal(session)
            line = (await Learners(session).line("+250788000001")).id
            assert not await journal.claim_delivery(TEXT.message_id, first)
            await journal.record_reply(TEXT.message_id, "Yes, 7.", line_id=line, parts=1)
            assert await journal.claim_delivery(TEXT.message_id, first)
            assert not await journal.claim_delivery(TEXT.message_id, second)
            reply = await journal.reply(TEXT.message_id)
            assert reply is not None
            assert reply.delivery == first
            assert (reply.sent_at is not None) is (first == "inline")

    asyncio.run(scenario())


def test_two_who_want_to_deliver_at_once_are_decided_between(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, desk.database() as replica:
            async with database.session() as session:
                line = (await Learners(session).line("+250788000001")).id
                await Journal(session).record_reply(TEXT.message_id, "Yes, 7.", line_id=line, parts=1)

            async def claim(server: Database, how: str) -> bool:
                async with server.session() as session:
                    return await Journal(session).claim_delivery(TEXT.message_id, how)

            claims = await asyncio.gather(claim(database, Delivery.INLINE), claim(replica, Delivery.REST))
            assert sorted(claims) == [False, True]

    asyncio.run(scenario())


def test_a_killed_sender_may_go_on_until_the_reply_is_out(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            journal = Journal(session)
            line = (await Learners(session).line("+250788000001")).id
            await journal.record_reply(TEXT.message_id, "Yes, 7.", line_id=line, parts=1)
            assert await journal.claim_delivery(TEXT.message_id, "rest")
            await journal.reply_failed(TEXT.message_id, "the gateway does not answer")
            assert await journal.claim_delivery(TEXT.message_id, "rest")
            await journal.reply_sent(TEXT.message_id, SentText(message_id="SM9", status="queued", parts=2))
            assert not await journal.claim_delivery(TEXT.message_id, "rest")
            reply = await journal.reply(TEXT.message_id)
            assert reply is not None
            assert (reply.status, reply.sent_at) == ("queued", desk.now)
            sent = (await session.scalars(select(MessageRow).where(MessageRow.direction == "out"))).one()
            assert (sent.message_id, sent.parts, sent.error) == ("SM9", 2, None)

    asyncio.run(scenario())


def test_a_call_is_booked_from_the_offer_to_the_end(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            journal = Journal(session)
            line = (await Learners(session).line("+250788000001")).id
            offered = desk.now
            assert await journal.call_offered(CALL, line_id=line, gateway="twilio", direction="inbound")
            assert not await journal.call_offered(CALL, line_id=line, gateway="twilio", direction="inbound")
            desk.wait(seconds=2)
            started = await journal.call_started(CALL, stream_id="MZ1")
            assert started is not None
            assert (started.offered_at, started.started_at, started.streams) == (offered, desk.now, 1)
            await journal.call_state(CALL, "talking")
            await journal.call_ended(
                CALL, reason="connection_lost", heard_ms=20_000, caller_ms=9_000, keys=2, barge_ins=1
            )
            desk.wait(seconds=3)
            again = await journal.call_started(CALL, stream_id="MZ2")
            assert again is not None
            assert (again.streams, again.stream_id, again.ended_at, again.end_reason) == (2, "MZ2", None, None)
            assert again.started_at == started.started_at
            desk.wait(seconds=60)
            await journal.call_ended(CALL, reason="finished", heard_ms=5_000, caller_ms=1_000, keys=1)
            ended_at = desk.now
            desk.wait(seconds=1)
            await journal.call_state(CALL, "talking")
            assert await journal.call_closed(CALL, status="completed", duration_s=66)
            call = await journal.call(CALL)
            assert call is not None
            assert (call.state, call.end_reason, call.ended_at) == ("ended", "finished", ended_at)
            assert (call.heard_ms, call.caller_ms, call.keys, call.barge_ins) == (25_000, 10_000, 3, 1)
            assert (call.gateway_status, call.duration_s) == ("completed", 66)

    asyncio.run(scenario())


def test_a_call_that_nobody_took_up_is_closed_by_the_gateway(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            journal = Journal(session)
            await journal.call_offered(CALL, line_id=None, gateway="twilio", direction="outbound")
            assert await journal.call_closed(CALL, status="no-answer", duration_s=None)
            call = await journal.call(CALL)
            assert call is not None
            assert (call.state, call.end_reason, call.ended_at) == ("ended", "no-answer", desk.now)
            assert (call.started_at, call.duration_s) == (None, None)

    asyncio.run(scenario())


def test_turns_keep_their_order_and_what_was_heard(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            _, learner, lesson = await somebody(database)
            async with database.session() as session:
                journal = Journal(session)
                asked = await journal.turn(
                    lesson,
                    learner,
                    channel="voice",
                    role="tutor",
                    text="What is 6 plus 1? Think.",
                    call_id=CALL,
                )
                await journal.turn(lesson, learner, channel="sms", role="learner", text="seven", message_id="SM1")
                await journal.turn_heard(asked, "What is 6 plus 1?", complete=False)
            async with database.session(read_only=True) as session:
                first, second = await Journal(session).transcript(lesson)
                assert (first.seq, first.role, first.channel) == (1, Role.TUTOR, "voice")
                assert (first.heard_text, first.heard_complete) == ("What is 6 plus 1?", False)
                assert (second.seq, second.role, second.text) == (2, Role.LEARNER, "seven")
                assert second.heard_complete is None

    asyncio.run(scenario())


def test_turns_at_once_lose_nothing_silently(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, desk.database() as replica:
            _, learner, lesson = await somebody(database)

            async def speak(server: Database, n: int) -> None:
                async with server.session() as session:
                    await Journal(session).turn(lesson, learner, channel="sms", role="learner", text=str(n))

            ended = await asyncio.gather(
                *(speak((database, replica)[n % 2], n) for n in range(8)), return_exceptions=True
            )
            failed = [one for one in ended if one is not None]
            assert all(isinstance(one, Conflict) for one in failed)
            async with database.session(read_only=True) as session:
                kept = await Journal(session).transcript(lesson)
            assert len(kept) == 8 - len(failed) > 0
            assert [turn.seq for turn in kept] == list(range(1, len(kept) + 1))

    asyncio.run(scenario())


def test_what_is_not_there_is_missing_and_what_is_no_id_is_invalid(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            journal = Journal(session)
            assert await journal.call("CA9") is None
            assert await journal.call_started("CA9", stream_id="MZ1") is None
            assert not await journal.call_closed("CA9", status="completed", duration_s=1)
            assert await journal.reply("SM9") is None
            for asked in (
                journal.call_state("CA9", "talking"),
                journal.call_ended("CA9", reason="finished"),
                journal.reply_sent("SM9", SentText(message_id="SM1", status="sent")),
                journal.reply_failed("SM9", "why"),
                journal.turn_heard(9, "what", complete=True),
            ):
                with pytest.raises(Missing):
                    await asked
            for bad in ("", "x" * 65, "SM\n1", "SM\0"):
                with pytest.raises(Invalid):
                    await journal.call_offered(bad, line_id=None, gateway="twilio", direction="inbound")
                with pytest.raises(Invalid):
                    await journal.claim_text(InboundText(message_id=bad, line="", to="", body=""), 1)
            with pytest.raises(Invalid):
                await journal.claim_delivery("SM1", "pigeon")

    asyncio.run(scenario())


def test_an_erased_line_leaves_calls_without_a_person_and_no_text(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            line, learner, lesson = await somebody(database)
            async with database.session() as session:
                journal = Journal(session)
                await journal.call_offered(
                    CALL, line_id=line, learner_id=learner, gateway="twilio", direction="inbound"
                )
                await journal.claim_text(TEXT, line)
                await journal.turn(lesson, learner, channel="voice", role="tutor", text="Muraho", call_id=CALL)
            async with database.session() as session:
                await session.execute(text("DELETE FROM lines"))
                assert await session.scalar(select(MessageRow.id)) is None
                assert await session.scalar(select(TurnRow.id)) is None
                kept = (await session.execute(select(CallRow.id, CallRow.line_id, CallRow.learner_id))).one()
                assert tuple(kept) == (CALL, None, None)

    asyncio.run(scenario())
