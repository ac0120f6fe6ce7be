"""A learner of the mathematics module itself: pure, on a call or by text, in virtual time."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bakame.learning.difficulty import Rating
from bakame.learning.lesson import Item, Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.learning.review import Rating as Recall
from bakame.learning.review import reviewed
from bakame.text.commands import Command
from bakame.tutor.module import Step, View
from bakame.tutor.modules.math import MathModule
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line
from classroom import all_skills, guidance, wrong_answer

NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)
COUNT = "math.number.count_next"


def kept(days_ago: float, *, p_known: float = 0.99) -> Knowledge:
    """A skill that was mastered and confirmed, and last asked so many days ago."""
    known = Knowledge(p_known, items=6, right=6, mastered=True, confirmed=True)
    return reviewed(known, Recall.Good, NOW - timedelta(days=days_ago))


KEPT = kept(0)


class Learner:
    """Acts on the module itself, on a call, in virtual time."""

    def __init__(self, knowledge: dict[str, Knowledge] | None = None, **lesson: object) -> None:
        self.module = MathModule(curriculum=all_skills(), guidance=guidance())
        self.knowledge: dict[str, Knowledge] = {COUNT: KEPT} if knowledge is None else knowledge
        self.lesson = replace(Lesson(phase=Phase.PRACTICE, greeted=True), **lesson)
        self.now = NOW
        self.elapsed_ms = 0
        self.channel = Channel.VOICE
        self.took_ms: int | None = 4_000
        self.ratings: dict[str, Rating] = {}
        self._rng = random.Random(3)
        self.step: Step

    def acts(self, said: Said) -> Step:
        view = View(lesson=self.lesson, knowledge=self.knowledge, now=self.now, ratings=self.ratings)
        said = replace(said, elapsed_ms=self.elapsed_ms, took_ms=self.took_ms)
        self.step = self.module.respond(view, said, rng=self._rng)
        self.lesson = self.step.lesson
        self.knowledge = {**self.knowledge, **self.step.learnt}
        self.now += timedelta(seconds=15)
        return self.step

    def comes(self) -> Step:
        return self.acts(Said(self.channel, act=Act.OPEN))

    def answers(self, *, right: bool = True) -> Step:
        exercise = self.item.exercise
        return self.says(exercise.answer if right else wrong_answer(exercise))

    def fails(self) -> Step:
        """Answers wrongly until the answer is told."""
        question = self.item.exercise
        for _ in range(6):
            if self.lesson.item is None or self.item.exercise != question:
                break
            self.answers(right=False)
        return self.step

    def says(self, text: str) -> Step:
        return self.acts(Said(self.channel, text=text, by="keys" if text.isdigit() else "text"))

    def gives(self, command: Command) -> Step:
        return self.acts(Said(self.channel, act=Act.COMMAND, command=command))

    @property
    def item(self) -> Item:
        assert self.lesson.item is not None
        return self.lesson.item

    @property
    def heard(self) -> list[str]:
        """Keys of the lines, in order; what is written by content as itself."""
        return [part.key if isinstance(part, Line) else part.say for part in self.step.parts]
