"""The database as all others use it: whole transactions, one writer at a time, and failures in the house's words."""

import asyncio
import socket
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Conflict, Invalid, Unavailable
from bakame.store.address import parse_address
from bakame.store.database import Database, connected, make_engine, moment
from bakame.store.tables import AttemptRow, LearnerRow, LessonRow, LineRow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def line(e164: str = "+250788000001", *, created_at: datetime = NOON) -> LineRow:
    return LineRow(e164=e164, created_at=created_at)


async def count(session: AsyncSession) -> int:
    return (await session.execute(select(func.count()).select_from(LineRow))).scalar_one()


def test_a_session_is_one_transaction(database_url: str) -> None:
    async def scenario() -> None:
        async with Database(database_url) as database:
            async with database.session() as session:
                session.add(line())

            async def change_the_mind() -> None:
                async with database.session() as session:
                    session.add(line("+250788000002"))
                    await session.flush()
                    assert await count(session) == 2
                    raise Invalid("on second thoughts")

            with pytest.raises(Invalid):
                await change_the_mind()
            async with database.session(read_only=True) as session:
                assert await count(session) == 1

    asyncio.run(scenario())


def test_a_cancelled_transaction_leaves_nothing_and_holds_up_nobody(database_url: str) -> None:
    async def scenario() -> None:
        async with Database(database_url) as database:
            inside = asyncio.Event()

            async def hang_up() -> None:
                async with database.session() as session:
                    session.add(line())
                    await session.flush()
                    inside.set()
                    await asyncio.Event().wait()

            task = asyncio.create_task(hang_up())
            await inside.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with database.session() as session:
                assert await count(session) == 0
                session.add(line())

    asyncio.run(scenario())


def test_writers_at_once_all_succeed(database_url: str) -> None:
    async def scenario() -> None:
        async with Database(database_url) as database, Database(database_url) as replica:

            async def raise_by_one(writer: Database) -> None:
                async with writer.session() as session:
                    # Reading first and writing then is what two upgrading SQLite readers would deadlock on.
                    await session.execute(select(LineRow).with_for_update())
                    await session.execute(text("UPDATE lines SET e164 = '+' || (CAST(e164 AS BIGINT) + 1)"))

            async with database.session() as session:
                session.add(line("+250788000000"))
            await asyncio.gather(*(raise_by_one(writer) for writer in (database, replica) * 15))
            async with database.session(read_only=True) as session:
                assert await session.scalar(select(LineRow.e164)) == "+250788000030"

    asyncio.run(scenario())


def test_a_reader_is_not_held_up_by_a_writer_and_cannot_write(database_url: str) -> None:
    async def scenario() -> None:
        async with Database(database_url) as database:
            async with database.session() as writing:
                writing.add(line())
                await writing.flush()
                async with database.session(read_only=True) as reading:
                    assert await count(reading) == 0
            with pytest.raises(Unavailable, match="cannot be written"):
                async with database.session(read_only=True) as session:
                    session.add(line("+250788000002"))
            # The connection that read may write again.
            async with database.session() as session:
                session.add(line("+250788000002"))

    asyncio.run(scenario())


def test_instants_come_back_in_utc_and_naive_ones_are_refused(database_url: str) -> None:
    async def scenario() -> None:
        async with Database(database_url, now=lambda: NOON) as database:
            kigali = NOON.astimezone(timezone(timedelta(hours=2)))
            async with database.session() as session:
                assert moment(session) == NOON
                session.add(line(created_at=kigali))
            async with database.session(read_only=True) as session:
                stored = await session.scalar(select(LineRow.created_at).where(LineRow.created_at == kigali))
                assert stored == NOON
                assert stored is not None
                assert stored.tzinfo is UTC
            with pytest.raises(StatementError, match="without a time zone"):
                async with database.session() as session:
                    session.add(line("+250788000002", created_at=datetime(2026, 3, 1, 12)))  # noqa: DTZ001 (the point)

    asyncio.run(scenario())


def test_broken_keys_are_conflicts_and_mistakes_stay_mistakes(database_url: str) -> None:
    async def scenario() -> None:
        async with Database(database_url) as database:
            with pytest.raises(Conflict):
                async with database.session() as session:
                    session.add_all([line(), line()])
            with pytest.raises(Conflict):
                async with database.session() as session:
                    await session.execute(
                        text("INSERT INTO consents (learner_id, granted, how, at) VALUES (7, true, 'key', :at)"),
                        {"at": NOON if database.address.file is None else str(NOON)},
                    )
            with pytest.raises(IntegrityError):
                async with database.session() as session:
                    await session.execute(text("INSERT INTO lines (e164) VALUES ('+250788000001')"))
            with pytest.raises((ProgrammingError, OperationalError), match="no_such_table"):
                async with database.session() as session:
                    await session.execute(text("SELECT * FROM no_such_table"))

    asyncio.run(scenario())


def test_text_of_any_kind_is_kept(database_url: str) -> None:
    async def scenario() -> str | None:
        async with Database(database_url) as database:
            async with database.session() as session:
                session.add(line())
                await session.flush()
                session.add(LearnerRow(line_id=1, language="en", consent="granted", created_at=NOON))
                await session.flush()
                opened = {"version": 1, "opened_at": NOON, "updated_at": NOON}
                session.add(LessonRow(learner_id=1, module="math", state={"said": "a\0b\ud800"}, **opened))
                await session.flush()
                said = AttemptRow(
                    learner_id=1,
                    lesson_id=1,
                    skill_id="math.x",
                    prompt="?",
                    expected="1",
                    said="a\0b\ud800c 🙂 ümwana " + "x" * 10_000,
                    verdict="wrong",
                    hinted=False,
                    by="text",
                    channel="sms",
                    created_at=NOON,
                )
                session.add(said)
            async with database.session(read_only=True) as session:
                assert await session.scalar(select(LessonRow.state)) == {"said": "a\0b\ud800"}
                return await session.scalar(select(AttemptRow.said))

    kept = asyncio.run(scenario())
    assert kept is not None
    assert kept.startswith("a\ufffdb\ufffdc 🙂 ümwana xxx")
    assert len(kept) > 10_000


def test_a_locked_file_is_unavailable_for_now(sqlite_url: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url, busy_timeout_s=0.05) as database:
            other = sqlite3.connect(tmp_path / "bakame.sqlite", isolation_level=None)
            try:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(Unavailable, match="locked") as refused:
                    async with database.session() as session:
                        session.add(line())
                assert refused.value.retryable
                await database.check()
                other.execute("ROLLBACK")
            finally:
                other.close()
            async with database.session() as session:
                session.add(line())

    asyncio.run(scenario())


def test_a_writer_that_does_not_end_is_not_waited_for_for_ever(sqlite_url: str) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url, busy_timeout_s=0.05) as database, database.session():
            with pytest.raises(Unavailable, match="busy"):
                async with database.session():
                    pass

    asyncio.run(scenario())


def test_a_full_disk_is_unavailable_and_keeps_what_there_was(sqlite_url: str) -> None:
    async def scenario() -> None:
        async with Database(sqlite_url) as database:

            async def fill() -> None:
                async with database.session() as session:
                    pages = (await session.execute(text("PRAGMA page_count"))).scalar_one()
                    await session.execute(text(f"PRAGMA max_page_count = {pages}"))
                    session.add_all(line(f"+2507{n:08}") for n in range(2_000))

            with pytest.raises(Unavailable, match="full") as refused:
                await fill()
            assert refused.value.retryable
        async with Database(sqlite_url) as database, database.session() as session:
            assert await count(session) == 0
            session.add(line())

    asyncio.run(scenario())


def test_what_is_no_database_says_so(tmp_path: Path) -> None:
    async def fails(url: str, *, match: str, retryable: bool) -> None:
        async with Database(url) as database:
            with pytest.raises(Unavailable, match=match) as refused:
                await database.check()
            assert refused.value.retryable is retryable

    (tmp_path / "text.sqlite").write_text("a text and no database at all. " * 50)
    (tmp_path / "folder.sqlite").mkdir()
    asyncio.run(fails(f"sqlite:///{tmp_path}/text.sqlite", match="not a database", retryable=False))
    asyncio.run(fails(f"sqlite:///{tmp_path}/folder.sqlite", match="cannot be opened", retryable=True))
    asyncio.run(fails(f"sqlite:///{tmp_path}/text.sqlite/x.sqlite", match="cannot be opened", retryable=True))


def test_a_server_out_of_reach_is_unavailable() -> None:
    async def scenario() -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            url = f"postgresql://u@127.0.0.1:{closed.getsockname()[1]}/d"
        async with Database(url) as database:
            with pytest.raises(Unavailable, match="does not answer") as refused:
                await database.check()
            assert refused.value.retryable

    asyncio.run(scenario())


def test_a_server_that_is_silent_is_unavailable() -> None:
    async def scenario() -> None:
        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen()
            url = f"postgresql://u@127.0.0.1:{mute.getsockname()[1]}/d?connect_timeout=0.1"
            async with Database(url) as database:
                with pytest.raises(Unavailable, match="does not answer"):
                    await database.check()

    asyncio.run(scenario())


def test_a_missing_database_needs_the_operator(postgres_url: str) -> None:
    async def scenario() -> None:
        async with Database(postgres_url + "_not_there") as database:
            with pytest.raises(Unavailable, match="does not exist") as refused:
                await database.check()
            assert not refused.value.retryable

    asyncio.run(scenario())


def test_a_server_that_hung_up_is_met_again(postgres_url: str) -> None:
    async def scenario() -> None:
        async with Database(postgres_url) as database, Database(postgres_url) as operator:

            async def be_thrown_out() -> None:
                async with database.session() as session:
                    mine = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
                    async with operator.session() as other:
                        await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
                    await session.execute(text("SELECT 1"))

            with pytest.raises(Unavailable) as refused:
                await be_thrown_out()
            assert refused.value.retryable
            await database.check()

    asyncio.run(scenario())


def test_a_statement_that_takes_too_long_is_given_up(postgres_url: str) -> None:
    async def scenario() -> None:
        hasty = replace(parse_address(postgres_url), connect_args={"command_timeout": 0.05})
        engine = make_engine(hasty)
        with pytest.raises(Unavailable, match="does not answer"):
            async with connected(engine) as connection:
                await connection.execute(text("SELECT pg_sleep(30)"))
        await engine.dispose()

    asyncio.run(scenario())


def test_nothing_is_left_running(sqlite_url: str) -> None:
    before = set(threading.enumerate())

    async def scenario() -> None:
        async with Database(sqlite_url) as database:
            await asyncio.gather(*(database.check() for _ in range(5)))
            await database.dispose()

    asyncio.run(scenario())
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()
