"""What is written down of a call, and what a call does whose stream closed."""

import asyncio

import pytest

from bakame.calls.bridge import CallCounts, Outcome
from bakame.calls.desk import HANDED_OVER, MOST_STREAMS, STOPPED, After, CallDesk
from bakame.calls.quality import LineQuality
from bakame.errors import Invalid, Missing
from bakame.ports.telephony import CallProgress, InboundCall
from bakame.records.journal.schemas import CallRecord
from bakame.records.journal.service import Journal
from bakame.store.database import Database

CALL = "CA" + "1" * 32


def _offer(line: str = "+250788123456") -> InboundCall:
    return InboundCall(CALL, line=line, called="+250788000000", direction="inbound", status="ringing")


async def _record(database: Database) -> CallRecord:
    async with database.session(read_only=True) as session:
        call = await Journal(session).call(CALL)
        assert call is not None
        return call


def test_a_call_from_its_offer_to_its_end(database_url: str) -> None:
    async def scenario() -> None:
        async with Database(database_url) as database:
            desk = CallDesk(database=database, gateway="twilio")
            await desk.offered(_offer())
            await desk.offered(_offer())
            context = await desk.answered(CALL, stream_id="MZ1")
            assert (context.call_id, context.language) == (CALL, "en")
            counts = CallCounts(frames_in=100, frames_played=250, keys=3, barge_ins=1)
            await desk.ended(CALL, Outcome("finished:goodbye", counts), line=LineQuality().report())
            await desk.progressed(CallProgress(CALL, "completed", duration_s=9))
            call = await _record(database)
            assert (call.heard_ms, call.caller_ms, call.keys, call.barge_ins) == (5_000, 2_000, 3, 1)
            assert (call.end_reason, call.duration_s) == ("finished:goodbye", 9)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("reason", "step"),
    [
        ("finished:goodbye", After.HANG_UP),
        ("connection_lost", After.AGAIN),
        (HANDED_OVER, After.AGAIN),
        (STOPPED, After.CALL_AGAIN),
        ("engine_failed", After.APOLOGISE),
        ("fault", After.APOLOGISE),
        ("refused", After.APOLOGISE),
        ("protocol", After.APOLOGISE),
    ],
)
def test_what_comes_after_a_closed_stream(sqlite_url: str, reason: str, step: After) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url) as database:
            desk = CallDesk(database=database, gateway="twilio")
            await desk.offered(_offer())
            await desk.answered(CALL, stream_id="MZ1")
            await desk.ended(CALL, Outcome(reason), line=LineQuality().report())
            assert await desk.after(CALL) is step

    asyncio.run(scenario())


def test_a_stream_that_never_opened_is_opened_again_and_one_that_keeps_dying_is_not(sqlite_url: str) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url) as database:
            desk = CallDesk(database=database, gateway="twilio")
            await desk.offered(_offer())
            assert await desk.after(CALL) is After.AGAIN
            for number in range(MOST_STREAMS):
                await desk.answered(CALL, stream_id=f"MZ{number}")
                await desk.ended(CALL, Outcome("connection_lost"), line=LineQuality().report())
            assert await desk.after(CALL) is After.APOLOGISE

    asyncio.run(scenario())


def test_what_could_not_be_noted_is_missing_and_gets_an_apology(sqlite_url: str) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url) as database:
            desk = CallDesk(database=database, gateway="twilio")
            with pytest.raises(Missing):
                await desk.answered(CALL, stream_id="MZ1")
            assert await desk.after(CALL) is After.APOLOGISE
            await desk.progressed(CallProgress(CALL, "completed"))
            with pytest.raises(Invalid):
                await desk.offered(_offer("anonymous"))

    asyncio.run(scenario())


def test_a_stream_that_is_quicker_than_the_note_of_its_offer_waits_for_it(sqlite_url: str) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url) as database:
            desk = CallDesk(database=database, gateway="twilio")
            _, context = await asyncio.gather(desk.offered(_offer()), desk.answered(CALL, stream_id="MZ1"))
            assert context.learner_id is not None

    asyncio.run(scenario())


def test_progress_that_is_not_an_end_changes_nothing(sqlite_url: str) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url) as database:
            desk = CallDesk(database=database, gateway="twilio")
            await desk.offered(_offer())
            await desk.progressed(CallProgress(CALL, "in-progress"))
            assert (await _record(database)).ended_at is None
            await desk.progressed(CallProgress(CALL, "no-answer"))
            assert (await _record(database)).end_reason == "no-answer"

    asyncio.run(scenario())
