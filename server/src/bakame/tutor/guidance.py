"""Explanations as things to say: worked examples, hints, solutions, mistakes by name, praise."""

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from bakame.learning.exercises import Exercise
from bakame.learning.feedback import Feedback
from bakame.learning.grading import Grade
from bakame.learning.hints import HintStep, hint
from bakame.learning.skills import Skill
from bakame.learning.steps import Steps
from bakame.learning.stories import Stories
from bakame.learning.worked import solution, worked_example
from bakame.tutor.wording import Part, Written, line


class Maker(Protocol):
    """Makes an exercise of a skill. Raises `Invalid` when it cannot."""

    def __call__(self, skill: Skill, *, rng: random.Random) -> Exercise: ...


class Guide(Protocol):
    """What can be said about the exercises of a module."""

    def example(self, skill: Skill, *, rng: random.Random) -> Part | None:
        """An exercise of the skill with its solution; None when a skill has none."""
        ...

    def hint(self, exercise: Exercise, *, above: int) -> tuple[int, Part] | None:
        """The next rung of the ladder above one, and its words; None when the ladder ends. Never tells the answer.

        Rungs are those of `HintStep`; READ_AGAIN is the question itself, which follows every hint, so it has no words.
        """
        ...

    def solution(self, exercise: Exercise) -> Part:
        """How this very exercise is done; it ends with the answer."""
        ...

    def on_mistake(self, exercise: Exercise, grade: Grade, *, rng: random.Random) -> Part:
        """The mistake by its name, and the next move. Never tells the answer."""
        ...

    def on_right(self, exercise: Exercise, *, rng: random.Random) -> Part:
        """Praise of a strategy, never of the learner."""
        ...


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the curriculum's files say about exercises that are made by rule. `stories` tell some of them anew."""

    steps: Steps
    feedback: Feedback
    stories: Stories = field(default_factory=Stories)

    def example(self, skill: Skill, *, rng: random.Random) -> Part | None:
        """An exercise of the skill with its solution."""
        example = worked_example(skill, steps=self.steps, rng=rng)
        return line("example", spare=True, example=" ".join((example.question, *example.solution)))

    def hint(self, exercise: Exercise, *, above: int) -> tuple[int, Part] | None:
        """The next rung above one, and its words; rungs that would only repeat are left out. None: the ladder ends."""
        words = ["", *(hint(exercise, step, steps=self.steps) for step in HintStep)]
        new = [rung for rung, (before, now) in enumerate(pairwise(words), start=1) if now != before and rung > above]
        if not new:
            return None
        # Reading again is the question itself, which follows every hint.
        is_question = new[0] == HintStep.READ_AGAIN
        return new[0], line("hint.read_again") if is_question else _told(words[new[0]])

    def solution(self, exercise: Exercise) -> Part:
        """How this very exercise is done; it ends with the answer."""
        return _told(*solution(exercise, steps=self.steps))

    def on_mistake(self, exercise: Exercise, grade: Grade, *, rng: random.Random) -> Part:
        """The mistake by its name, and the next move."""
        return _told(self.feedback.on_mistake(exercise, grade, rng=rng), spare=False)

    def on_right(self, exercise: Exercise, *, rng: random.Random) -> Part:
        """Praise of a strategy."""
        return _told(self.feedback.on_right(exercise, rng=rng))


def _told(*sentences: str, spare: bool = True) -> Written:
    """The same words for the ear and the eye."""
    words = " ".join(sentences)
    return Written(words, words, spare=spare)
