"""A module that can be asked anything, in the whole conversation: content first, a model second, and back again."""

import asyncio
import random
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.learning.lesson import Lesson, Phase
from bakame.store.database import Database
from bakame.tutor.asides import Explainer
from bakame.tutor.engine import Tutor
from bakame.tutor.modules.math import MathModule
from bakame.tutor.turn import Channel, Said
from classroom import Pupil, all_skills, english, guidance
from fakes.chat import ScriptedModel
from tutor.lessons_general import banned, library, module

UNKNOWN = "who is the king of england"
MODEL = "A king rules a country. Many countries have none."


class Asking(Pupil):
    """A pupil in the general module."""

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        async with self.database.session(read_only=True) as session:
            yield session

    def explained(self) -> list[str]:
        """What the model says to the reply's question, on a call."""

        async def collect() -> list[str]:
            question = self.reply.aside or ""
            told = self.tutor.explain(self.reading, learner_id=self.learner_id, question=question)
            return [sentence async for sentence in told]

        return self._runner.run(collect())

    def texts_with_model(self, text: str) -> str:
        """A text that waits for a model, as the text channel does."""

        async def turn() -> str:
            said = Said(Channel.SMS, text=text, message_id="SM1")
            explained = await self.tutor.explanation(self.reading, learner_id=self.learner_id, said=said)
            async with self.database.session() as session:
                reply = await self.tutor.turn(session, learner_id=self.learner_id, said=said, explained=explained)
            return reply.text

        return self._runner.run(turn())


@pytest.fixture
def asking(sqlite_url: str) -> Iterator[Asking]:
    model = ScriptedModel("A king rules a country. ", "Many countries have none.")
    explainer = Explainer(model, curriculum=all_skills(), banned=banned(), wording=english(), rng=random.Random(1))
    with asyncio.Runner() as runner:
        database = Database(sqlite_url)
        tutor = Tutor(
            modules={
                "math": MathModule(curriculum=all_skills(), guidance=guidance()),
                "general": module(asides=True),
            },
            names=["Keza"],
            wording=english(),
            rng=random.Random(3),
            explainer=explainer,
            library=library(),
        )
        pupil = Asking(runner, database, tutor)
        pupil.is_at(Lesson(module="general", phase=Phase.PRACTICE, greeted=True), {})
        yield pupil
        runner.run(database.dispose())


def test_on_a_call_a_model_says_what_content_does_not(asking: Asking) -> None:
    asking.calls()
    assert asking.says("why is the sky blue").startswith("Sunlight holds many colours.")
    assert asking.reply.aside is None
    asking.says(UNKNOWN)
    assert asking.reply.aside == UNKNOWN
    assert asking.explained() == ["A king rules a country.", "Many countries have none."]


def test_in_a_text_the_models_answer_stands_before_what_can_be_asked(asking: Asking) -> None:
    asking.calls()
    assert asking.texts_with_model(UNKNOWN).startswith(MODEL)
    assert asking.texts_with_model("ASK who made the first radio").startswith(MODEL)
    assert asking.texts_with_model("why is the sky blue").startswith("Sunlight holds many colours.")


def test_without_an_answer_in_time_the_tutor_does_not_know(asking: Asking) -> None:
    asking.calls()
    assert asking.texts(UNKNOWN).startswith("I don't know. To ask a person, send TEACHER")


def test_a_wish_or_another_topic_leaves_the_open_question(asking: Asking) -> None:
    asking.calls()
    asking.says("tell me about magnets")
    assert "Here is the quiz." in asking.says("quiz me")
    assert "magma" in asking.says("tell me about volcanoes")
    question = asking.exercise
    assert asking.says("why is the sea salty").startswith("Rain takes minerals from rocks")
    assert asking.exercise == question
