"""Classes: a code to join by, and challenges that are won together."""

import asyncio
from datetime import timedelta

import pytest

from bakame.errors import Conflict, Invalid, Missing
from bakame.records.learners.service import Learners
from bakame.records.progress.schemas import Attempt
from bakame.records.progress.service import Progress
from bakame.records.school.schemas import Challenge
from bakame.records.school.service import CODE_LENGTH, LETTERS, Classes
from bakame.store.database import Database
from desk import Desk


async def learner(database: Database, number: str) -> int:
    async with database.session() as session:
        return (await Learners(session).at(number))[1].id


async def earns(database: Database, learner_id: int, points: int) -> None:
    async with database.session() as session:
        progress = Progress(session)
        stored = await progress.lesson(learner_id) or await progress.open_lesson(learner_id, {})
        made = Attempt("math.a", "?", "7", None, "right", None, False, "keys", "sms", None, points=points)
        await progress.attempts(learner_id, stored.id, [made])


def test_a_class_is_joined_by_its_code_however_it_is_written(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            keza = await learner(database, "+250788000001")
            async with database.session() as session:
                founded = await Classes(session).found("  P5   Kigali ", code="p5-kig")
                assert (founded.code, founded.name) == ("P5-KIG", "P5 Kigali")
                assert (await Classes(session).join(" p5-KIG ", keza)).id == founded.id
                assert (await Classes(session).join("P5-kig.", keza)).id == founded.id
                with pytest.raises(Missing):
                    await Classes(session).join("XXXXX", keza)
                with pytest.raises(Missing):
                    await Classes(session).find("'; drop table classes")

    asyncio.run(scenario())


def test_a_code_that_we_make_is_easy_to_say_and_one_that_is_taken_is_refused(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            classes = Classes(session)
            made = await classes.found("S1 A")
            assert len(made.code) == CODE_LENGTH
            assert set(made.code) <= set(LETTERS)
            with pytest.raises(Conflict):
                await classes.found("S1 B", code=made.code)
            for name, code in (("", None), ("x" * 61, None), ("S1", "A!"), ("S1", "no")):
                with pytest.raises(Invalid):
                    await classes.found(name, code=code)

    asyncio.run(scenario())


def test_a_challenge_counts_what_members_earn_while_it_lasts(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            keza, eric, other = [await learner(database, f"+25078800000{n}") for n in (1, 2, 3)]
            async with database.session() as session:
                classes = Classes(session)
                await classes.found("P5", code="P5A")
                for member in (keza, eric):
                    await classes.join("P5A", member)
                assert await classes.challenge_of(keza) is None
            await earns(database, keza, 10)
            desk.wait(hours=1)
            until = desk.now + timedelta(days=7)
            async with database.session() as session:
                await Classes(session).challenge("P5A", points=100, until=until)
            for who, points in ((keza, 20), (eric, 5), (other, 50)):
                await earns(database, who, points)
            async with database.session() as session:
                assert await Classes(session).challenge_of(eric) == Challenge("P5", 100, 25, 2, until)
                assert await Classes(session).challenge_of(other) is None
            desk.wait(days=8)
            async with database.session() as session:
                assert await Classes(session).challenge_of(eric) is None

    asyncio.run(scenario())


def test_a_challenge_needs_a_goal_and_time_to_come(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            await Classes(session).found("P5", code="P5A")
            for points, days in ((0, 7), (10, 0), (10, -1)):
                with pytest.raises(Invalid):
                    await Classes(session).challenge("P5A", points=points, until=desk.now + timedelta(days=days))

    asyncio.run(scenario())
