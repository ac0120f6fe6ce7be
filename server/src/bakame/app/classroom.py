"""What simulated learners have in common: the module with each policy, exercises that were made before, word counts."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from bakame.app.content import Content
from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.grading import Grade
from bakame.learning.policy import Policy
from bakame.learning.skills import Curriculum, Skill
from bakame.learning.stories import Stories
from bakame.simulator.learners.sheets import Sheet, sheet_of
from bakame.simulator.learners.world import World, make_world
from bakame.tutor.guidance import Guidance
from bakame.tutor.modules.math import MathModule
from bakame.tutor.wording import Line, Part, Wording

MODULE: Final = "math"
POOL: Final = 100
"""Exercises of each skill."""
EXAMPLES: Final = 6
"""Worked examples of each skill."""
WAYS: Final = 3
"""Ways in which an exercise is told as a story."""
UNKNOWN_WORDS: Final = 6.0
"""Words of a line that the catalogue lacks."""
_FIELD: Final = re.compile(r"\{(\w+)\}")
_WORD: Final = re.compile(r"[^\W_]\S*")
K = TypeVar("K")
T = TypeVar("T")


class Kept:
    """What was made of exercises before. By identity: exercises that stand in here live as long as this does."""

    def __init__(self) -> None:
        self.exercises: dict[int, Exercise] = {}
        self.sheets: dict[int, Sheet] = {}
        self.hints: dict[tuple[int, int], tuple[int, Part] | None] = {}
        self.solutions: dict[int, Part] = {}
        self.praise: dict[int, Part] = {}
        self.mistakes: dict[tuple[int, str | None, str], Part] = {}
        self.examples: dict[str, tuple[Part | None, ...]] = {}
        self.told: dict[tuple[int, int], Exercise | None] = {}

    def holds(self, exercise: Exercise) -> Exercise:
        """The exercise, which lives on from now."""
        return self.exercises.setdefault(id(exercise), exercise)


@dataclass(frozen=True)
class PreparedStories(Stories):
    """Each exercise is told in a few ways, made once."""

    kept: Kept = field(default_factory=Kept)

    def told(self, exercise: Exercise, rng: random.Random) -> Exercise | None:
        way = int(rng.random() * WAYS)

        def make() -> Exercise | None:
            made = super(PreparedStories, self).told(exercise, random.Random(f"{exercise.say}:{way}"))
            return None if made is None else self.kept.holds(made)

        return _once(self.kept.told, (id(exercise), way), make)


@dataclass(frozen=True)
class PreparedGuidance(Guidance):
    """What is said of the exercises of the pools, made once.

    What is drawn at random is drawn for each exercise by itself, whoever came first.
    """

    kept: Kept = field(default_factory=Kept)

    def example(self, skill: Skill, *, rng: random.Random) -> Part | None:
        def make() -> tuple[Part | None, ...]:
            own = random.Random(skill.id)
            return tuple(super(PreparedGuidance, self).example(skill, rng=own) for _ in range(EXAMPLES))

        return _once(self.kept.examples, skill.id, make)[int(rng.random() * EXAMPLES)]

    def hint(self, exercise: Exercise, *, above: int) -> tuple[int, Part] | None:
        make = super().hint
        return _once(self.kept.hints, (id(exercise), above), lambda: make(exercise, above=above))

    def solution(self, exercise: Exercise) -> Part:
        make = super().solution
        return _once(self.kept.solutions, id(exercise), lambda: make(exercise))

    def on_mistake(self, exercise: Exercise, grade: Grade, *, rng: random.Random) -> Part:
        make, own = super().on_mistake, random.Random
        key = (id(exercise), grade.value, grade.reason)
        return _once(self.kept.mistakes, key, lambda: make(exercise, grade, rng=own(f"{exercise.say}:{grade.value}")))

    def on_right(self, exercise: Exercise, *, rng: random.Random) -> Part:
        make, own = super().on_right, random.Random
        return _once(self.kept.praise, id(exercise), lambda: make(exercise, rng=own(exercise.say)))


class Prepared:
    """Exercises of the curriculum and what is said of them, made once."""

    def __init__(self, curriculum: Curriculum, guidance: Guidance, *, seed: int) -> None:
        self._kept = Kept()
        self._pools = {skill.id: self._pool(skill, seed) for skill in curriculum.of_module(MODULE)}
        stories = PreparedStories(guidance.stories.of_skill, self._kept)
        self.guidance = PreparedGuidance(guidance.steps, guidance.feedback, stories, self._kept)

    def make(self, skill: Skill, *, rng: random.Random) -> Exercise:
        """One of the skill's exercises."""
        return self._pools[skill.id][int(rng.random() * POOL)]

    def sheet(self, exercise: Exercise) -> Sheet:
        """What can be answered to an exercise of the pools."""
        return _once(self._kept.sheets, id(exercise), lambda: sheet_of(self._kept.holds(exercise)))

    def _pool(self, skill: Skill, seed: int) -> tuple[Exercise, ...]:
        rng = random.Random(f"{seed}:{skill.id}")
        return tuple(self._kept.holds(make_exercise(skill, rng=rng)) for _ in range(POOL))


def _once(kept: dict[K, T], key: K, make: Callable[[], T]) -> T:
    try:
        return kept[key]
    except KeyError:
        made = kept[key] = make()
        return made


class Words:
    """How many words a part has when it is spoken; variants are averaged."""

    def __init__(self, wording: Wording) -> None:
        self._texts = wording.variants()
        self._lines: dict[str, tuple[float, frozenset[str]]] = {}
        self._written: dict[str, int] = {}

    def count(self, part: Part) -> float:
        """Words of one part."""
        if not isinstance(part, Line):
            return self._of(part.say)
        plain, fields = _once(self._lines, part.key, lambda: self._line(part.key))
        return plain + sum(self._of(text) for name, text in part.fields.items() if name in fields)

    def _of(self, text: str) -> int:
        return _once(self._written, text, lambda: len(text.split()))

    def _line(self, key: str) -> tuple[float, frozenset[str]]:
        own = re.compile(re.escape(key) + r"(\.voice)?(\.\d+)?")
        texts = [text for name, text in self._texts.items() if own.fullmatch(name)]
        if not texts:
            return UNKNOWN_WORDS, frozenset()
        fields = frozenset(name for text in texts for name in _FIELD.findall(text))
        return sum(len(_WORD.findall(_FIELD.sub("", text))) for text in texts) / len(texts), fields


class Classroom:
    """One for each process; `modules` by policy."""

    def __init__(self, content: Content, policies: Mapping[str, Policy], *, seed: int) -> None:
        self.prepared = Prepared(content.curriculum, content.guidance, seed=seed)
        self.words = Words(content.wording)
        self.world: World = make_world(content.curriculum, MODULE, seed=seed)
        self.curriculum = content.curriculum
        self.modules = {
            name: MathModule(
                curriculum=content.curriculum, guidance=self.prepared.guidance, make=self.prepared.make, policy=policy
            )
            for name, policy in policies.items()
        }
