"""A turn while it is worked out: the lesson so far, with all that is to be said and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bakame.learning.exercises import Exercise
from bakame.learning.expect import NOTHING
from bakame.learning.grading import Grade
from bakame.learning.lesson import Item, Lesson
from bakame.learning.mastery import Knowledge
from bakame.learning.spoken import to_speech
from bakame.tutor.module import Step, Tried, View
from bakame.tutor.wording import Line, Part, Written, line


@dataclass(frozen=True, slots=True)
class Work:
    """Immutable; each method gives the work with one thing more.

    `done` is the exercise that was finished in this turn, and `told` whether its answer had to be told.
    """

    lesson: Lesson
    knowledge: Mapping[str, Knowledge]
    parts: tuple[Part, ...] = ()
    tried: tuple[Tried, ...] = ()
    learnt: Mapping[str, Knowledge] = field(default_factory=dict[str, Knowledge])
    done: Exercise | None = None
    told: bool = False

    @classmethod
    def at(cls, view: View) -> "Work":
        return cls(view.lesson, view.knowledge)

    def saying(self, *parts: Part) -> "Work":
        """More words, after those that are there."""
        return replace(self, parts=(*self.parts, *parts))

    def knowing(self, skill_id: str, known: Knowledge) -> "Work":
        """New knowledge of one skill."""
        return replace(self, knowledge={**self.knowledge, skill_id: known}, learnt={**self.learnt, skill_id: known})

    def recording(self, item: Item, text: str, graded: Grade) -> "Work":
        """One more graded answer for the record."""
        exercise = item.exercise
        tried = Tried(exercise.skill_id, exercise.sms, exercise.answer, text, graded, hinted=item.rung > 0)
        return replace(self, tried=(*self.tried, tried))

    def having(self, lesson: Lesson) -> "Work":
        """With the lesson moved on."""
        return replace(self, lesson=lesson)

    def asking(self, item: Item, *, in_full: bool = True) -> Step:
        """The step that leaves `item` open and asks it, last of all."""
        parts = (*self.parts, question(item.exercise)) if in_full else self.parts
        return Step(replace(self.lesson, item=item), parts, item.exercise.expect, tried=self.tried, learnt=self.learnt)

    def silent(self) -> Step:
        """The step that says nothing."""
        return Step(self.lesson, (), NOTHING, tried=self.tried, learnt=self.learnt)

    def closing(self, *parts: Part) -> Step:
        """The step that finishes the lesson."""
        said = (*self.parts, *parts)
        return Step(self.lesson, said, NOTHING, tried=self.tried, learnt=self.learnt, ends=True, closes=True)


def question(exercise: Exercise) -> Written:
    """The words of an exercise."""
    return Written(exercise.say, exercise.sms)


def answer_line(key: str, exercise: Exercise, value: str, *, spare: bool = False) -> Line:
    """A line about an answer: `{answer}` for the ear, `{written}` for the eye. `value` is exact text or an option."""
    written = value
    if exercise.offers and value in exercise.options:
        written = exercise.offers[exercise.options.index(value)]
    elif value.removeprefix("-").isdecimal():
        written = f"{int(value):,}"
    return line(key, spare=spare, answer=to_speech(written), written=written)
