"""What waits for a person: seen in the order of need, taken by one, answered once, closed by who took it."""

import asyncio

import pytest

from bakame.errors import Conflict, Invalid, Missing
from bakame.records.cases.schemas import Stage
from bakame.records.cases.service import LONGEST_ANSWER, LONGEST_NAME, Cases
from bakame.records.learners.service import Learners
from bakame.store.database import Database
from desk import Desk

ALINE = "+250788000001"
WORDS = "somebody hurts me"


async def opened(
    database: Database, *, kind: str = "disclosure", urgent: bool = False, said: str | None = WORDS
) -> int:
    async with database.session() as session:
        line, learner = await Learners(session).at(ALINE)
        return await Cases(session).open(
            kind,
            line_id=line.id,
            learner_id=learner.id,
            channel="sms",
            language="en",
            urgent=urgent,
            signs=("physical", "home") if kind == "disclosure" else (),
            said=said,
            message_id="SM1",
        )


def test_a_case_keeps_what_was_seen_and_no_repr_shows_what_was_said(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            number = await opened(database)
            silent = await opened(database, said=None)
            async with database.session(read_only=True) as session:
                found = await Cases(session).get(number)
                assert (found.stage, found.signs, found.said) == (Stage.OPEN, ("physical", "home"), WORDS)
                assert (found.channel, found.message_id, found.opened_at) == ("sms", "SM1", desk.now)
                assert WORDS not in repr(found)
                assert (await Cases(session).get(silent)).said is None
                with pytest.raises(Missing):
                    await Cases(session).get(silent + 1)

    asyncio.run(scenario())


def test_urgent_ones_come_first_then_who_waits_longest(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            question = await opened(database, kind="question")
            desk.wait(hours=1)
            later = await opened(database)
            desk.wait(hours=1)
            urgent = await opened(database, urgent=True)
            async with database.session() as session:
                cases = Cases(session)
                assert [one.id for one in await cases.waiting()] == [urgent, question, later]
                await cases.acknowledge(urgent, by="Rose")
                await cases.close(urgent, by="Rose")
                assert [one.id for one in await cases.waiting()] == [question, later]
                assert [one.id for one in await cases.waiting(closed=True)] == [urgent, question, later]
                assert [one.id for one in await cases.waiting(most=1)] == [question]

    asyncio.run(scenario())


def test_a_case_is_taken_answered_and_closed(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            number = await opened(database)
            taken_at = desk.now
            async with database.session() as session:
                taken = await Cases(session).acknowledge(number, by="  Rose \n Uwase ")
                assert (taken.stage, taken.handled_by, taken.acknowledged_at) == (
                    Stage.ACKNOWLEDGED,
                    "Rose Uwase",
                    desk.now,
                )
            desk.wait(hours=1)
            async with database.session() as session:
                answered = await Cases(session).answer(number, "I will call\nyou today.", by="Jean")
                assert (answered.answer, answered.handled_by) == ("I will call you today.", "Jean")
                assert answered.acknowledged_at == taken_at
                closed = await Cases(session).close(number, by="Jean")
                assert (closed.stage, closed.closed_at) == (Stage.CLOSED, desk.now)

    asyncio.run(scenario())


def test_who_answers_an_open_case_has_taken_it(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            number = await opened(database, kind="question")
            async with database.session() as session:
                answered = await Cases(session).answer(number, "Seven times eight is 56.", by="Rose")
                assert (answered.stage, answered.acknowledged_at) == (Stage.ACKNOWLEDGED, desk.now)

    asyncio.run(scenario())


def test_what_a_case_cannot_become_is_refused_and_changes_nothing(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            number = await opened(database)
            async with database.session() as session:
                cases = Cases(session)
                with pytest.raises(Conflict, match="open"):
                    await cases.close(number, by="Rose")
                await cases.acknowledge(number, by="Rose")
                with pytest.raises(Conflict, match="acknowledged") as refused:
                    await cases.acknowledge(number, by="Jean")
                assert not refused.value.retryable
                await cases.answer(number, "first", by="Rose")
                with pytest.raises(Conflict, match="was answered"):
                    await cases.answer(number, "second", by="Rose")
                await cases.close(number, by="Rose")
                for move in (cases.acknowledge, cases.close):
                    with pytest.raises(Conflict, match="closed"):
                        await move(number, by="Jean")
                with pytest.raises(Conflict, match="is closed"):
                    await cases.answer(number, "third", by="Jean")
                with pytest.raises(Missing):
                    await cases.acknowledge(number + 1, by="Jean")
                kept = await cases.get(number)
                assert (kept.answer, kept.handled_by) == ("first", "Rose")

    asyncio.run(scenario())


def test_of_two_who_take_a_case_at_once_one_has_it(desk: Desk) -> None:
    async def take(database: Database, number: int, name: str) -> str | None:
        try:
            async with database.session() as session:
                return (await Cases(session).acknowledge(number, by=name)).handled_by
        except Conflict:
            return None

    async def scenario() -> None:
        async with desk.database() as database, desk.database() as replica:
            number = await opened(database)
            names = await asyncio.gather(take(database, number, "Rose"), take(replica, number, "Jean"))
            assert sorted(name is None for name in names) == [False, True]
            async with database.session(read_only=True) as session:
                assert (await Cases(session).get(number)).handled_by in names

    asyncio.run(scenario())


@pytest.mark.parametrize("name", ["", " \n", "x" * (LONGEST_NAME + 1)])
def test_nobody_is_no_name(sqlite_url: str, name: str) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url) as database:
            number = await opened(database)
            async with database.session() as session:
                for move in (Cases(session).acknowledge, Cases(session).close):
                    with pytest.raises(Invalid):
                        await move(number, by=name)
                with pytest.raises(Invalid):
                    await Cases(session).answer(number, "words", by=name)

    asyncio.run(scenario())


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_ANSWER + 1)])
def test_an_answer_has_words_and_an_end(sqlite_url: str, text: str) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url) as database:
            number = await opened(database)
            async with database.session() as session:
                with pytest.raises(Invalid):
                    await Cases(session).answer(number, text, by="Rose")

    asyncio.run(scenario())
