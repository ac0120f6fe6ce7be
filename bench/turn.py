"""What one turn of teaching costs without a model, for a learner with a long history.

    python ../bench/turn.py [--turns 300] [--attempts 5000]

Prints the CPU time of a graded turn (median, p95, p99) and the most SQL statements of any, on SQLite in a file. The
floor is the same number of the cheapest possible writing transactions, in the same run.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, insert, text

from bakame.app.clock import SystemClock
from bakame.app.content import load_content
from bakame.learning.lesson import Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.records.learners.service import Learners
from bakame.records.progress.service import Progress
from bakame.store.database import Database
from bakame.store.schema import upgrade
from bakame.store.tables import AttemptRow
from bakame.tutor.engine import Tutor
from bakame.tutor.registry import library, modules
from bakame.tutor.turn import Act, Channel, Said

SERVER = Path(__file__).parents[1] / "server"


async def measure(turns: int, attempts: int) -> None:
    content = load_content(curriculum_dir=SERVER / "curriculum", locales_dir=SERVER / "locales")
    rng = random.Random(1)
    answers = library(content.materials)
    tutor = Tutor(
        modules=modules(content.materials, answers=answers),
        library=answers,
        names=content.names,
        wording=content.wording,
        rng=rng,
    )
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/turn.db"
        await upgrade(url)
        async with Database(url, now=clock.now) as database:
            learner_id = await a_learner(database, content.curriculum, attempts)
            counted: list[str] = []
            event.listen(Engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
            cpu_ms: list[float] = []
            statements: list[int] = []
            said = Said(Channel.VOICE, Act.OPEN, by="speech")
            for _ in range(turns):
                counted.clear()
                began = time.process_time()
                async with database.session() as session:
                    await tutor.turn(session, learner_id=learner_id, said=said)
                cpu_ms.append((time.process_time() - began) * 1000)
                statements.append(len([one for one in counted if not one.startswith(("BEGIN", "PRAGMA"))]))
                async with database.session(read_only=True) as session:
                    stored = await Progress(session).lesson(learner_id)
                item = Lesson.from_state(stored.state).item if stored else None
                answer = "1" if item is None else item.exercise.answer if rng.random() < 0.75 else "7"
                said = Said(Channel.VOICE, Act.ANSWER, text=answer, by="keys" if answer.isdigit() else "text")
            floor = await the_floor(database, turns)
    line("a turn, CPU ms", cpu_ms)
    line("the floor: one row written, CPU ms", floor)
    print(f"statements a turn: most {max(statements)}, median {statistics.median(statements)}")
    print(f"ratio of medians: {statistics.median(cpu_ms) / statistics.median(floor):.1f}")


async def a_learner(database: Database, curriculum: Any, attempts: int) -> int:
    """Somebody who has answered much and has met every skill."""
    async with database.session() as session:
        learners, progress = Learners(session), Progress(session)
        _, learner = await learners.at("+250788123456")
        await learners.rename(learner.id, "Keza")
        await learners.consent(learner.id, granted=True, how="key")
        stored = await progress.open_lesson(learner.id, Lesson(phase=Phase.PRACTICE, greeted=True).to_state())
        skills = list(curriculum.skills.values())
        known = {
            skill.id: Knowledge(0.97 if n % 2 else 0.4, items=6, mastered=bool(n % 2)) for n, skill in enumerate(skills)
        }
        await progress.save_knowledge(learner.id, known)
        rows = [
            {
                "learner_id": learner.id,
                "lesson_id": stored.id,
                "skill_id": skills[n % len(skills)].id,
                "prompt": "What is 7 times 8?",
                "expected": "56",
                "verdict": "right",
                "hinted": False,
                "points": 10,
                "by": "keys",
                "channel": "voice",
                "created_at": SystemClock().now(),
            }
            for n in range(attempts)
        ]
        await session.execute(insert(AttemptRow), rows)
    return learner.id


async def the_floor(database: Database, turns: int) -> list[float]:
    cpu_ms: list[float] = []
    async with database.session() as session:
        await session.execute(text("CREATE TABLE floor (n INTEGER)"))
    for n in range(turns):
        began = time.process_time()
        async with database.session() as session:
            await session.execute(text("INSERT INTO floor VALUES (:n)"), {"n": n})
        cpu_ms.append((time.process_time() - began) * 1000)
    return cpu_ms


def line(name: str, values: list[float]) -> None:
    ordered = sorted(values)
    p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.95, 0.99))
    print(f"{name}: median {statistics.median(ordered):.2f}, p95 {p95:.2f}, p99 {p99:.2f} ({len(ordered)})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--attempts", type=int, default=5_000)
    given = parser.parse_args()
    asyncio.run(measure(given.turns, given.attempts))
