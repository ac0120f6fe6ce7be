"""The live lesson, what is known of each skill, and every answer."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from bakame.errors import Conflict
from bakame.learning.mastery import Knowledge
from bakame.records.learners.service import Learners
from bakame.records.progress.schemas import Attempt, Summary
from bakame.records.progress.service import Progress
from bakame.store.database import Database
from bakame.store.tables import AttemptRow, LessonRow, SkillStateRow
from desk import Desk

STATE: dict[str, Any] = {
    "schema": 1,
    "phase": "practice",
    "exercise": {"answer": "3/4", "options": ["a", "b"]},
    "z": None,
}
NOTHING = Summary(
    attempts=0, right=0, mastered=0, attempts_today=0, right_today=0, mastered_today=0, last_attempt_at=None
)


async def learner(database: Database, e164: str = "+250788000001") -> int:
    async with database.session() as session:
        learners = Learners(session)
        return (await learners.add((await learners.line(e164)).id)).id


async def answer(progress: Progress, learner_id: int, lesson_id: int, verdict: str) -> None:
    made = Attempt(
        skill_id="math.number.count_next",
        prompt="What comes after 6?",
        expected="7",
        said="seven",
        verdict=verdict,
        misconception=None,
        hinted=False,
        by="speech",
        channel="voice",
        took_ms=1_200,
    )
    await progress.attempts(learner_id, lesson_id, [made])


def test_a_lesson_is_taken_up_as_it_was_left(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            who = await learner(database)
            async with database.session() as session:
                assert await Progress(session).lesson(who) is None
                opened = await Progress(session).open_lesson(who, STATE)
                assert (opened.learner_id, opened.module, opened.version) == (who, "math", 1)
            desk.wait(hours=3)
            async with database.session() as session:
                progress = Progress(session)
                found = await progress.lesson(who)
                assert found == opened
                saved = await progress.save_lesson(opened, {"phase": "closed"}, module="english")
                assert (saved.version, saved.module, saved.state) == (2, "english", {"phase": "closed"})
                assert (saved.opened_at, saved.updated_at) == (opened.opened_at, desk.now)
                assert await progress.lesson(who) == saved

    asyncio.run(scenario())


def test_a_learner_has_one_open_lesson(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            who = await learner(database)
            async with database.session() as session:
                progress = Progress(session)
                first = await progress.open_lesson(who, STATE)
                with pytest.raises(Conflict):
                    await progress.open_lesson(who, STATE)
                # The refusal broke nothing: the transaction goes on.
                closed = await progress.save_lesson(first, STATE, closed=True)
                assert closed.closed_at == desk.now
                assert await progress.lesson(who) is None
                second = await progress.open_lesson(who, STATE)
                assert second.id > first.id

    asyncio.run(scenario())


def test_of_two_turns_at_once_one_is_told_to_look_again(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database, desk.database() as replica:
            who = await learner(database)
            async with database.session() as session:
                opened = await Progress(session).open_lesson(who, STATE)

            async def save(server: Database, by: str) -> str:
                async with server.session() as session:
                    await Progress(session).save_lesson(opened, {"by": by})
                    return by

            ended = await asyncio.gather(save(database, "call"), save(replica, "text"), return_exceptions=True)
            (won,) = [one for one in ended if isinstance(one, str)]
            (lost,) = [one for one in ended if not isinstance(one, str)]
            assert isinstance(lost, Conflict)
            assert lost.retryable
            async with database.session(read_only=True) as session:
                stored = await Progress(session).lesson(who)
                assert stored is not None
                assert (stored.version, stored.state) == (2, {"by": won})

    asyncio.run(scenario())


def test_a_closed_lesson_is_not_saved_over(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            who = await learner(database)
            async with database.session() as session:
                progress = Progress(session)
                closed = await progress.save_lesson(await progress.open_lesson(who, STATE), STATE, closed=True)
                with pytest.raises(Conflict):
                    await progress.save_lesson(closed, STATE)

    asyncio.run(scenario())


def test_knowledge_comes_back_as_it_was_saved(desk: Desk) -> None:
    knowledge = {
        "math.a": Knowledge(p_known=0.25),
        "math.b": Knowledge(p_known=1 / 3, items=4, unhinted_streak=1, right=3),
        "math.c": Knowledge(p_known=0.96, items=9, unhinted_streak=4, right=8, mastered=True, confirmed=True),
    }

    async def scenario() -> None:
        async with desk.database() as database:
            who, other = await learner(database), await learner(database, "+250788000002")
            async with database.session() as session:
                progress = Progress(session)
                assert await progress.knowledge(who) == {}
                await progress.save_knowledge(who, {})
                await progress.save_knowledge(who, knowledge)
                await progress.save_knowledge(other, {"math.a": Knowledge(p_known=0.5)})
                assert await progress.knowledge(who) == knowledge
                better = {"math.a": Knowledge(p_known=0.6, items=1, unhinted_streak=1, right=1)}
                await progress.save_knowledge(who, better)
                assert await progress.knowledge(who) == knowledge | better

    asyncio.run(scenario())


def test_the_first_date_of_mastery_stays_until_it_is_lost(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            who = await learner(database)
            known = Knowledge(p_known=0.97, items=5, unhinted_streak=5, right=5, mastered=True)

            async def save(knowledge: Knowledge) -> SkillStateRow:
                async with database.session() as session:
                    await Progress(session).save_knowledge(who, {"math.a": knowledge})
                    return (await session.scalars(select(SkillStateRow))).one()

            first = desk.now
            await save(known)
            desk.wait(days=1)
            same = await save(known)
            assert (same.mastered_at, same.confirmed_at, same.last_seen_at) == (first, None, first)
            confirmed = await save(
                Knowledge(p_known=0.98, items=6, unhinted_streak=6, right=6, mastered=True, confirmed=True)
            )
            assert (confirmed.mastered_at, confirmed.confirmed_at) == (first, desk.now)
            assert confirmed.last_seen_at == desk.now
            lost = await save(Knowledge(p_known=0.7, items=7, right=6))
            assert (lost.mastered_at, lost.confirmed_at) == (None, None)

    asyncio.run(scenario())


def test_the_summary_counts_the_learners_own_day(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            who = await learner(database)
            async with database.session() as session:
                progress = Progress(session)
                assert await progress.summary(who) == NOTHING
                lesson = await progress.open_lesson(who, STATE)
                await answer(progress, who, lesson.id, "right")
                await progress.save_knowledge(who, {"math.a": Knowledge(p_known=0.97, items=9, mastered=True)})
                # 23:59 in Kigali, then a minute past midnight there, which is 22:01 in UTC.
                desk.wait(hours=11, minutes=59)
                await answer(progress, who, lesson.id, "wrong")
                assert (await progress.summary(who)).attempts_today == 2
                desk.wait(minutes=2)
                assert (await progress.summary(who)).attempts_today == 0
                await answer(progress, who, lesson.id, "right")
                await answer(progress, who, lesson.id, "unclear")
                assert await progress.summary(who) == Summary(
                    attempts=3,
                    right=2,
                    mastered=1,
                    attempts_today=1,
                    right_today=1,
                    mastered_today=0,
                    last_attempt_at=desk.now,
                )
                assert await progress.summary(who + 1) == NOTHING

    asyncio.run(scenario())


def test_a_long_history_costs_few_indexed_queries(desk: Desk) -> None:
    async def scenario() -> list[str]:
        async with desk.database() as database:
            who = await learner(database)
            async with database.session() as session:
                progress = Progress(session)
                lesson = await progress.open_lesson(who, STATE)
                same = {"learner_id": who, "lesson_id": lesson.id, "skill_id": "math.a", "prompt": "?", "expected": "7"}
                same |= {"verdict": "right", "hinted": False, "by": "keys", "channel": "voice", "created_at": desk.now}
                await session.execute(insert(AttemptRow), [same] * 5_000)
                states = {f"math.{n}": Knowledge(p_known=0.5, items=30) for n in range(150)}
                await progress.save_knowledge(who, states)
            async with database.session(read_only=True) as session:
                asked: list[tuple[str, Any]] = []
                connection = (await session.connection()).sync_connection
                assert connection is not None

                def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
                    asked.append((statement, parameters))

                event.listen(connection, "before_cursor_execute", note)
                progress = Progress(session)
                assert (await progress.summary(who)).attempts == 5_000
                assert len(await progress.knowledge(who)) == 150
                assert await progress.lesson(who) is not None
                event.remove(connection, "before_cursor_execute", note)
                plans: list[str] = []
                explain = "EXPLAIN QUERY PLAN" if database.address.file else "EXPLAIN"
                if not database.address.file:
                    await session.execute(text("SET LOCAL enable_seqscan = off"))
                for statement, parameters in asked:
                    plan = await (await session.connection()).exec_driver_sql(f"{explain} {statement}", parameters)
                    plans.append("\n".join(str(row) for row in plan))
                return plans

    plans = asyncio.run(scenario())
    assert len(plans) == 4
    for plan in plans:
        assert "Seq Scan" not in plan
        assert "SCAN" not in plan
    assert "ix_attempts_learner_id_created_at_verdict" in plans[0]


def test_an_erased_learner_takes_lessons_answers_and_knowledge_along(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            who = await learner(database)
            async with database.session() as session:
                progress = Progress(session)
                lesson = await progress.open_lesson(who, STATE)
                await answer(progress, who, lesson.id, "right")
                await progress.save_knowledge(who, {"math.a": Knowledge(p_known=0.5)})
            async with database.session() as session:
                await session.execute(text("DELETE FROM learners"))
                for table in (LessonRow.id, AttemptRow.id, SkillStateRow.skill_id):
                    assert await session.scalar(select(table)) is None

    asyncio.run(scenario())
