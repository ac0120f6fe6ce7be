"""Texts that are sent unasked: each once, with its cost known before it leaves."""

import asyncio
from datetime import timedelta

import pytest

from bakame.errors import Invalid
from bakame.records.learners.service import Learners
from bakame.records.notices.schemas import Notice, Status
from bakame.records.notices.service import Notices
from bakame.store.database import Database
from desk import Desk


async def written(database: Database, key: str = "summary:CA1", **more: object) -> Notice:
    async with database.session() as session:
        line, learner = await Learners(session).at("+250788000001")
        return await Notices(session).write(
            key,
            kind="summary",
            line_id=line.id,
            learner_id=learner.id,
            body="Keza: 8 questions.",
            parts=1,
            cost_micros=45_000,
            currency="USD",
            **more,  # pyright: ignore[reportArgumentType]
        )


def test_the_same_notice_is_written_once(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            first = await written(database)
            assert await written(database) == first
            async with database.session() as session:
                assert await Notices(session).due() == [first]

    asyncio.run(scenario())


def test_a_notice_is_sent_once_and_what_was_sent_is_not_dropped(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            notice = await written(database)
            async with database.session() as session:
                notices = Notices(session)
                assert await notices.sent(notice.id, "SM1")
                assert not await notices.sent(notice.id, "SM2")
                assert not await notices.drop(notice.id, "too late")
                found = await notices.find(notice.key)
                assert found is not None
                assert (found.status, found.message_id, found.sent_at) == (Status.SENT, "SM1", desk.now)
                assert await notices.due() == []

    asyncio.run(scenario())


def test_a_notice_waits_for_its_time(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            await written(database, not_before=desk.now + timedelta(hours=2))
            async with database.session() as session:
                assert await Notices(session).due() == []
            desk.wait(hours=2)
            async with database.session() as session:
                (due,) = await Notices(session).due()
                assert await Notices(session).failed(due.id, "no such number")

    asyncio.run(scenario())


def test_a_notice_without_words_or_key_is_refused(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            for key in ("", "k" * 129):
                with pytest.raises(Invalid):
                    await written(database, key)

    asyncio.run(scenario())
