"""What a reading lesson keeps beside its open question, and what can be said about questions on a passage."""

import random
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, cast

from bakame.learning.exercises import Exercise
from bakame.learning.grading import Grade
from bakame.learning.hints import HintStep
from bakame.learning.open_answers import points_made
from bakame.learning.passages import Reading, Readings
from bakame.learning.reading import STAGES, Planned
from bakame.learning.skills import Skill
from bakame.tutor.wording import Line, Part, Written, line

LATELY: Final = 12
"""Passages that are remembered, so that none comes again soon."""
GROUPS: Final = ("said", "words", "links", "why", "whole", "view", "summary")
"""The stages of questions, by the name of what helps with them."""
_STRATEGIES: Final[Mapping[str, Line]] = {
    "said": line("reading.strategy.said"),
    "words": line("reading.strategy.words"),
    "links": line("reading.strategy.links"),
    "why": line("reading.strategy.why"),
    "whole": line("reading.strategy.whole"),
    "view": line("reading.strategy.view"),
    "summary": line("reading.strategy.summary"),
}
_PRAISES: Final[Mapping[str, Line]] = {
    "said": line("reading.praise.said", spare=True),
    "words": line("reading.praise.words", spare=True),
    "links": line("reading.praise.links", spare=True),
    "why": line("reading.praise.why", spare=True),
    "whole": line("reading.praise.whole", spare=True),
    "view": line("reading.praise.view", spare=True),
    "summary": line("reading.praise.summary", spare=True),
}
_GROUP: Final = {kind: group for stage, group in zip(STAGES, GROUPS, strict=True) for kind in stage}
_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+")
_MOST_TWO_LEFT: Final = 2


class Stage(StrEnum):
    """Where a reading is."""

    NONE = "none"
    WORDS = "words"
    """It is offered to explain the key words first."""
    NEXT = "next"
    """By text: the next passage waits for a yes."""
    MORE = "more"
    """By text: a part waits for a yes, so that what was said of the last answer is not lost beside it."""
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Scene:
    """The reading that is going on.

    `print` is that of the passage when it was begun. `read`: how many parts were read; `steps`: what is still to come.
    `asked` questions of it are finished, `right` of them right away. `lately`: passages that were read, the latest
    last; `placed`: those of which a part was read in placement.
    """

    passage: str = ""
    print: int = 0
    stage: Stage = Stage.NONE
    read: int = 0
    steps: tuple[Planned, ...] = ()
    asked: int = 0
    right: int = 0
    lately: tuple[str, ...] = ()
    placed: tuple[str, ...] = field(default=())

    def to_state(self) -> dict[str, object]:
        """As it is saved."""
        return {
            "passage": self.passage,
            "print": self.print,
            "stage": self.stage.value,
            "read": self.read,
            "steps": [[each.part, each.index] for each in self.steps],
            "asked": self.asked,
            "right": self.right,
            "lately": list(self.lately),
            "placed": list(self.placed),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, object]) -> "Scene":
        """The scene that `to_state` saved; of a broken one only what was read lately is kept, if that can be read."""
        saved = cast("Mapping[str, Any]", state)
        lately, placed = _texts(saved.get("lately")), _texts(saved.get("placed"))
        try:
            return cls(
                passage=str(saved.get("passage", "")),
                print=int(saved.get("print", 0)),
                stage=Stage(saved.get("stage", Stage.NONE.value)),
                read=int(saved.get("read", 0)),
                steps=tuple(Planned(int(part), int(index)) for part, index in saved.get("steps", ())),
                asked=int(saved.get("asked", 0)),
                right=int(saved.get("right", 0)),
                lately=lately,
                placed=placed,
            )
        except (TypeError, ValueError):
            return cls(lately=lately, placed=placed)

    def over(self) -> "Scene":
        """After the passage: it is remembered, and nothing is open."""
        kept = (*(each for each in self.lately if each != self.passage), self.passage) if self.passage else self.lately
        return Scene(lately=kept[-LATELY:], placed=self.placed)


class ReadingGuide:
    """A `Guide` over passages: the part again, its sentence, two options left, and why."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def example(self, skill: Skill, *, rng: random.Random) -> Part | None:
        """There is none: the passage is the example."""
        return None

    def hint(self, exercise: Exercise, *, above: int) -> tuple[int, Part] | None:
        """The next rung above one: the part again, the sentence to think about, two options left."""
        return next(((rung, words) for rung, words in self._rungs(exercise) if rung > above), None)

    def solution(self, exercise: Exercise) -> Part:
        """How the text shows it."""
        if not exercise.options:
            return Written(model_answer(exercise).say, "")
        why = _of(exercise, "why")
        return Written(f"{why} The answer: {exercise.spoken_answer}.", why, whole=True)

    def on_mistake(self, exercise: Exercise, grade: Grade, *, rng: random.Random) -> Part:
        """The sentence that shows the answer, once more; of a summary what is there and what is missing."""
        if not exercise.options:
            made, missing = told_points(exercise, grade.value or "")
            if made:
                return line("reading.summary_part", made=listed(made), missing=listed(missing))
            return line("reading.summary_none")
        return self._sentence(exercise) or line("reading.whole_text")

    def on_right(self, exercise: Exercise, *, rng: random.Random) -> Part:
        """Praise of the way of reading that a right answer shows."""
        return _PRAISES[group_of(exercise)]

    def part(self, exercise: Exercise) -> Written | None:
        """The part of the passage that an exercise is about; None when it is about all of it, or it is not there."""
        reading = self._readings.get(_of(exercise, "passage"))
        text = reading.text(int(_of(exercise, "part") or 0)) if reading else ""
        if not text or _of(exercise, "evidence") not in " ".join(text.split()):
            return None
        return passage(text)

    def _rungs(self, exercise: Exercise) -> Sequence[tuple[int, Part]]:
        if not exercise.options:
            return _summary_rungs(exercise)
        rungs: list[tuple[int, Part]] = [(HintStep.NUDGE, self.part(exercise) or strategy(exercise))]
        if (sentence := self._sentence(exercise)) is not None:
            rungs.append((HintStep.STRATEGY, sentence))
        if len(exercise.options) > _MOST_TWO_LEFT:
            rungs.append((HintStep.HALF_WORKED, _two_left(exercise)))
        return rungs

    def _sentence(self, exercise: Exercise) -> Line | None:
        evidence = _of(exercise, "evidence")
        return line("reading.sentence", sentence=evidence) if evidence else None


def passage(text: str) -> Written:
    """A part of a passage, as it is read."""
    return Written(text, text, whole=True)


def model_answer(exercise: Exercise) -> Written:
    """A good answer to an open question."""
    words = f"One good answer: {exercise.answer}"
    return Written(words, words, whole=True)


def strategy(exercise: Exercise) -> Line:
    """How to find an answer of its kind."""
    return _STRATEGIES[group_of(exercise)]


def group_of(exercise: Exercise) -> str:
    """The name of what helps with an exercise."""
    return _GROUP.get(_of(exercise, "type"), GROUPS[0])


def told_points(
    exercise: Exercise, said: str, *, also: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The key ideas that a summary tells, and those that it does not. `also`: those that a second reader found."""
    if exercise.rubric is None:
        return (), ()
    found = {point.name for point in points_made(exercise.rubric, said)}.union(also)
    names = [point.name for point in exercise.rubric.points]
    return tuple(name for name in names if name in found), tuple(name for name in names if name not in found)


def words_of(reading: Reading) -> tuple[Written, ...]:
    """The key words with their meanings."""
    told = (f"{word[:1].upper()}{word[1:]}: {meaning}." for word, meaning in reading.words.items())
    return tuple(Written(each, each, spare=True) for each in told)


def listed(names: Sequence[str]) -> str:
    """Several things as people list them."""
    if not names:
        return ""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _summary_rungs(exercise: Exercise) -> Sequence[tuple[int, Part]]:
    rungs: list[tuple[int, Part]] = [(HintStep.NUDGE, strategy(exercise))]
    first, *more = _SENTENCE.split(exercise.answer)
    if more:
        rungs.append((HintStep.HALF_WORKED, line("reading.begins", sentence=first)))
    return rungs


def _two_left(exercise: Exercise) -> Line:
    """The right option and another, with their keys, in the order in which they were offered."""
    wrong = [option for option in exercise.options if option != exercise.answer]
    kept = {exercise.answer, random.Random(exercise.say).choice(wrong)}
    one, other = ((str(n), option) for n, option in enumerate(exercise.options, start=1) if option in kept)
    return line("reading.two_left", first_key=one[0], first=one[1], second_key=other[0], second=other[1])


def _of(exercise: Exercise, name: str) -> str:
    value = exercise.variables.get(name, "")
    return str(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    return tuple(each for each in cast("Sequence[object]", value) if isinstance(each, str))[-LATELY:]
