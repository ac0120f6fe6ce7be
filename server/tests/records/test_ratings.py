"""Ratings: how hard skills prove to be, from every answer once."""

import asyncio

from bakame.learning.difficulty import Rating
from bakame.records.learners.service import Learners
from bakame.records.progress.ratings import BATCH, Ratings
from bakame.records.progress.schemas import Attempt
from bakame.records.progress.service import Progress
from bakame.store.database import Database
from desk import Desk

HARD, EASY = "math.hard", "math.easy"


def attempt(skill_id: str, verdict: str, *, hinted: bool = False, ability: float | None = 0.0) -> Attempt:
    return Attempt(
        skill_id=skill_id,
        prompt="?",
        expected="7",
        said=None,
        verdict=verdict,
        misconception=None,
        hinted=hinted,
        by="keys",
        channel="voice",
        took_ms=None,
        ability=ability,
    )


async def answered(database: Database, made: list[Attempt]) -> None:
    async with database.session() as session:
        learners, progress = Learners(session), Progress(session)
        _, who = await learners.at("+250788000001")
        stored = await progress.lesson(who.id) or await progress.open_lesson(who.id, {})
        await progress.attempts(who.id, stored.id, made)


async def caught_up(database: Database) -> tuple[int, dict[str, Rating]]:
    async with database.session() as session:
        ratings = Ratings(session)
        taken = await ratings.catch_up(lambda skill: None if skill == "gone" else (Rating(), "integer"))
        return taken, await ratings.current()


def test_what_is_often_missed_is_rated_harder_and_each_answer_counts_once(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            assert await caught_up(database) == (0, {})
            await answered(database, [attempt(HARD, "wrong")] * 20 + [attempt(EASY, "right")] * 20)
            taken, ratings = await caught_up(database)
            assert taken == 40
            assert ratings[HARD].logit > 1 > -1 > ratings[EASY].logit
            assert ratings[HARD].answers == ratings[EASY].answers == 20
            assert await caught_up(database) == (0, ratings)

    asyncio.run(scenario())


def test_answers_that_say_nothing_of_an_item_are_passed_over(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            nothing = [
                attempt(HARD, "wrong", hinted=True),
                attempt(HARD, "wrong", ability=None),
                attempt("gone", "right"),
            ]
            await answered(database, nothing)
            assert await caught_up(database) == (3, {})
            await answered(database, [attempt(HARD, "right")])
            taken, ratings = await caught_up(database)
            assert (taken, set(ratings)) == (1, {HARD})

    asyncio.run(scenario())


def test_many_answers_are_taken_in_batches(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            await answered(database, [attempt(HARD, "right")] * (BATCH + 1))
            assert [(await caught_up(database))[0] for _ in range(3)] == [BATCH, 1, 0]

    asyncio.run(scenario())
