"""A pupil: one learner of the real tutor on a real database, who hears and answers."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from bakame.app.content import load_materials
from bakame.learning.exercises import Exercise
from bakame.learning.lesson import Lesson
from bakame.learning.mastery import Knowledge
from bakame.learning.skills import Curriculum
from bakame.records.journal.schemas import Turn
from bakame.records.journal.service import Journal
from bakame.records.learners.schemas import Learner
from bakame.records.learners.service import Learners
from bakame.records.progress.service import Progress
from bakame.store.database import Database
from bakame.text.commands import Command
from bakame.tutor.engine import Tutor
from bakame.tutor.guidance import Guidance
from bakame.tutor.library import ContentLibrary
from bakame.tutor.module import TutorModule
from bakame.tutor.registry import Materials, library, modules
from bakame.tutor.turn import Act, Channel, Reply, Said
from bakame.tutor.wording import Wording
from desk import Desk

SERVER = Path(__file__).parents[1]


class Pupil:
    """Acts on the tutor as a caller or by text; each act is one committed turn."""

    def __init__(self, runner: asyncio.Runner, database: Database, tutor: Tutor, *, desk: Desk | None = None) -> None:
        self._desk = desk
        self._runner = runner
        self.database = database
        self.tutor = tutor
        self.learner_id = runner.run(self._arrive())
        self.elapsed_ms = 0
        self.reply: Reply

    async def _arrive(self) -> int:
        async with self.database.session() as session:
            learners = Learners(session)
            line = await learners.line("+250788123456")
            return (await learners.add(line.id)).id

    def act(self, said: Said) -> str:
        """What is heard (or read, by SMS) after one act."""
        self.reply = self._runner.run(self.turn(said))
        return self.reply.text if said.channel is Channel.SMS else self.heard

    async def turn(self, said: Said) -> Reply:
        async with self.database.session() as session:
            return await self.tutor.turn(session, learner_id=self.learner_id, said=said)

    def wait(self, **time: float) -> None:
        """Lets time go by; for pupils with a clock."""
        assert self._desk is not None
        self._desk.wait(**time)

    @property
    def heard(self) -> str:
        return " ".join(self.reply.sentences)

    def calls(self) -> str:
        self.elapsed_ms = 0
        return self.act(Said(channel=Channel.VOICE, act=Act.OPEN, call_id="CA1"))

    def says(self, text: str, *, confidence: float = 0.99) -> str:
        return self.act(self._spoken(Said(Channel.VOICE, text=text, by="speech", confidence=confidence)))

    def keys(self, text: str) -> str:
        return self.act(self._spoken(Said(Channel.VOICE, text=text, by="keys")))

    def presses(self, command: Command) -> str:
        return self.act(self._spoken(Said(Channel.VOICE, act=Act.COMMAND, command=command, by="keys")))

    def is_silent(self, times: int) -> str:
        return self.act(self._spoken(Said(Channel.VOICE, act=Act.SILENCE, silences=times)))

    def texts(self, text: str) -> str:
        return self.act(Said(Channel.SMS, text=text, by="text", message_id="SM1"))

    def _spoken(self, said: Said) -> Said:
        return replace(said, call_id="CA1", elapsed_ms=self.elapsed_ms)

    @property
    def lesson(self) -> Lesson:
        """The open lesson as it is saved."""
        return Lesson.from_state(self._runner.run(self._stored()))

    async def _stored(self) -> dict[str, object]:
        async with self.database.session(read_only=True) as session:
            stored = await Progress(session).lesson(self.learner_id)
            assert stored is not None
            return dict(stored.state)

    def breaks_lesson(self, state: dict[str, object]) -> None:
        """Overwrites the saved lesson."""

        async def overwrite() -> None:
            async with self.database.session() as session:
                progress = Progress(session)
                stored = await progress.lesson(self.learner_id)
                assert stored is not None
                await progress.save_lesson(stored, state)

        self._runner.run(overwrite())

    def is_at(self, lesson: Lesson, knowledge: dict[str, Knowledge]) -> None:
        """Puts a learner who is known by name into a lesson."""

        async def put() -> None:
            async with self.database.session() as session:
                await Learners(session).rename(self.learner_id, "Keza")
                await Learners(session).consent(self.learner_id, granted=True, how="key")
                await Progress(session).open_lesson(self.learner_id, lesson.to_state())
                await Progress(session).save_knowledge(self.learner_id, knowledge)

        self._runner.run(put())

    @property
    def exercise(self) -> Exercise:
        """The open question."""
        item = self.lesson.item
        assert item is not None
        return item.exercise

    @property
    def knowledge(self) -> dict[str, Knowledge]:
        async def read() -> dict[str, Knowledge]:
            async with self.database.session(read_only=True) as session:
                return await Progress(session).knowledge(self.learner_id)

        return self._runner.run(read())

    @property
    def person(self) -> Learner:
        async def read() -> Learner:
            async with self.database.session(read_only=True) as session:
                return await Learners(session).get(self.learner_id)

        return self._runner.run(read())

    @property
    def transcript(self) -> list[Turn]:
        async def read() -> list[Turn]:
            async with self.database.session(read_only=True) as session:
                stored = await Progress(session).lesson(self.learner_id)
                assert stored is not None
                return await Journal(session).transcript(stored.id)

        return self._runner.run(read())

    def together(self, *said: Said) -> list[Reply]:
        """Several acts at the same time."""

        async def all_at_once() -> list[Reply]:
            return await asyncio.gather(*(self.turn(one) for one in said))

        return self._runner.run(all_at_once())

    def answers(self, *, right: bool = True) -> str:
        """Keys in the right answer to the open question, or a wrong one."""
        exercise = self.exercise
        heard = self.keys(exercise.answer if right else wrong_answer(exercise))
        if self.reply.ends:
            return heard
        # A long number is read back before it is marked.
        return self.keys("1") if self.lesson.heard is not None else heard

    def meets(self, name: str = "Keza", *, consent: bool = True) -> str:
        """Calls for the first time and answers the questions before placement."""
        self.calls()
        self.says(name)
        self.says("yes")
        return self.says("yes" if consent else "no")

    def is_placed(self, *, right: bool = True) -> str:
        """Answers the placement, to its end."""
        heard = self.heard
        for _ in range(10):
            if self.lesson.phase != "placement":
                break
            heard = self.answers(right=right)
        return heard


def wrong_answer(exercise: Exercise) -> str:
    """An answer that is understood and wrong."""
    if exercise.options:
        return str(1 + next(n for n, option in enumerate(exercise.options) if option != exercise.answer))
    if exercise.misconceptions:
        return exercise.misconceptions[0][1]
    return "987"


@cache
def english() -> Wording:
    return Wording.load(SERVER / "locales")


@cache
def materials() -> Materials:
    """All that is taught, read once."""
    return load_materials(SERVER / "curriculum")


def all_skills() -> Curriculum:
    return materials().curriculum


def guidance() -> Guidance:
    return materials().guidance


@cache
def answers() -> ContentLibrary:
    """What content says to questions; it is indexed once."""
    return library(materials())


def taught() -> Mapping[str, TutorModule]:
    """The modules, as they are wired without a model."""
    return modules(materials(), answers=answers())


def make_tutor(*, seed: int = 7) -> Tutor:
    """The tutor as it is wired, with a seed."""
    names = yaml.safe_load((SERVER / "curriculum/names.yaml").read_text("utf-8"))["names"]
    return Tutor(modules=taught(), names=names, wording=english(), rng=random.Random(seed), library=answers())
