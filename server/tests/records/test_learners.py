"""Who is on a line: found again, never doubled, called what they said, recorded only as they agreed."""

import asyncio

import pytest
from sqlalchemy import delete, select

from bakame.errors import Conflict, Invalid, Missing
from bakame.records.learners.schemas import Consent
from bakame.records.learners.service import LONGEST_NAME, Learners
from bakame.store.database import Database
from bakame.store.tables import ConsentRow, LearnerRow, LineRow
from desk import Desk

ALINE = "+250788000001"


def test_a_line_is_made_at_the_first_contact_and_found_ever_after(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            async with database.session() as session:
                made = await Learners(session).line(ALINE)
            desk.wait(hours=1)
            async with database.session() as session:
                assert await Learners(session).line(ALINE) == made
                assert (await Learners(session).line("+250788000002")).id != made.id
            assert not made.opted_out

    asyncio.run(scenario())


def test_a_call_and_a_text_at_once_are_one_person(desk: Desk) -> None:
    async def contact(database: Database) -> tuple[int, int]:
        async with database.session() as session:
            learners = Learners(session)
            line = await learners.line(ALINE)
            return line.id, (await learners.add(line.id)).id

    async def scenario() -> None:
        async with desk.database() as database, desk.database() as replica:
            met = await asyncio.gather(*(contact(server) for server in (database, replica) * 4))
            assert len(set(met)) == 1
            async with database.session(read_only=True) as session:
                assert len(await Learners(session).on_line(met[0][0])) == 1

    asyncio.run(scenario())


def test_a_family_shares_a_line(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            learners = Learners(session)
            line = await learners.line(ALINE)
            first = await learners.add(line.id)
            await learners.rename(first.id, "  Aline\t Uwase ")
            second = await learners.add(line.id)
            third = await learners.add(line.id, name="Eric", language="rw")
            assert second.id != first.id
            assert [person.name for person in await learners.on_line(line.id)] == ["Aline Uwase", None, "Eric"]
            assert (await learners.get(third.id)).language == "rw"
            assert await learners.on_line(line.id + 1) == []

    asyncio.run(scenario())


@pytest.mark.parametrize("name", ["", " \t ", "x" * (LONGEST_NAME + 1)])
def test_a_name_that_is_none_is_refused(sqlite_url: str, name: str) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url) as database, database.session() as session:
            learners = Learners(session)
            learner = await learners.add((await learners.line(ALINE)).id)
            with pytest.raises(Invalid):
                await learners.rename(learner.id, name)
            with pytest.raises(Invalid):
                await learners.add(learner.line_id, name=name)

    asyncio.run(scenario())


@pytest.mark.parametrize("number", ["", "0788000001", "250788000001", "+0788000001", "anonymous", "+25078800000123456"])
def test_a_number_that_is_not_in_e164_makes_no_line(sqlite_url: str, number: str) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url) as database, database.session() as session:
            with pytest.raises(Invalid):
                await Learners(session).line(number)

    asyncio.run(scenario())


def test_consent_is_kept_as_evidence_and_can_be_withdrawn(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            learners = Learners(session)
            learner = await learners.add((await learners.line(ALINE)).id)
            assert learner.consent is Consent.UNASKED
            first = desk.now
            granted = await learners.consent(learner.id, granted=True, how="key")
            assert (granted.consent, granted.consent_how, granted.consent_at) == (Consent.GRANTED, "key", first)
            desk.wait(days=2)
            withdrawn = await learners.consent(learner.id, granted=False, how="text")
            assert (withdrawn.consent, withdrawn.consent_how, withdrawn.consent_at) == (
                Consent.DECLINED,
                "text",
                desk.now,
            )
            kept = (await session.scalars(select(ConsentRow).order_by(ConsentRow.id))).all()
            assert [(one.granted, one.how, one.at) for one in kept] == [(True, "key", first), (False, "text", desk.now)]

    asyncio.run(scenario())


def test_stop_and_start_are_about_the_line(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            learners = Learners(session)
            line = await learners.line(ALINE)
            stopped = await learners.opt(line.id, out=True)
            assert stopped.opted_out
            assert stopped.opted_out_at == desk.now
            assert await learners.line(ALINE) == stopped
            assert not (await learners.opt(line.id, out=False)).opted_out

    asyncio.run(scenario())


def test_language_and_last_visit_are_kept(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            learners = Learners(session)
            learner = await learners.add((await learners.line(ALINE)).id)
            assert (learner.language, learner.last_seen_at) == ("en", None)
            desk.wait(minutes=5)
            await learners.speaks(learner.id, "rw")
            seen = await learners.seen(learner.id)
            assert (seen.language, seen.last_seen_at, seen.created_at) == ("rw", desk.now, learner.created_at)

    asyncio.run(scenario())


def test_who_is_not_there_is_missing(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, database.session() as session:
            learners = Learners(session)
            for asked in (
                learners.get(7),
                learners.rename(7, "Aline"),
                learners.consent(7, granted=True, how="key"),
                learners.opt(7, out=True),
                learners.seen(7),
                learners.speaks(7, "rw"),
            ):
                with pytest.raises(Missing):
                    await asked
        async with desk.database() as database:
            with pytest.raises(Conflict):
                async with database.session() as session:
                    await Learners(session).add(7)

    asyncio.run(scenario())


def test_an_erased_line_takes_its_people_with_it_and_ids_are_not_used_again(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            async with database.session() as session:
                learners = Learners(session)
                line = await learners.line(ALINE)
                learner = await learners.add(line.id)
                await learners.consent(learner.id, granted=True, how="key")
            async with database.session() as session:
                await session.execute(delete(LineRow).where(LineRow.id == line.id))
                for table in (LineRow, LearnerRow, ConsentRow):
                    assert await session.scalar(select(table.id)) is None
                again = await Learners(session).line(ALINE)
                assert again.id > line.id

    asyncio.run(scenario())


def test_whoever_was_on_the_line_last_is_taken_to_be_there(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            async with database.session() as session:
                line, first = await Learners(session).at(ALINE)
                assert (line.e164, first.name) == (ALINE, None)
            async with database.session() as session:
                learners = Learners(session)
                assert await learners.at(ALINE) == (line, first)
                await learners.rename(first.id, "Aline")
                desk.wait(minutes=1)
                second = await learners.add(line.id, name="Keza")
                assert (await learners.at(ALINE))[1].name == "Keza"
            desk.wait(hours=1)
            async with database.session() as session:
                await Learners(session).seen(first.id)
                assert (await Learners(session).at(ALINE))[1].name == "Aline"
                assert second.line_id == line.id

    asyncio.run(scenario())
