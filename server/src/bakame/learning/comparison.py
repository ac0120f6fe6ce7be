"""Policies that the product's is compared with, on simulated learners. None of them reviews."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from bakame.learning import mastery
from bakame.learning.mastery import Knowledge
from bakame.learning.model import ModelParameters
from bakame.learning.plan import Slot
from bakame.learning.policy import Answer, Choice, Leave, Situation
from bakame.learning.selection import entries, in_place
from bakame.learning.skills import Curriculum, Skill

LAST: Final = 5
"""Answers that a rule of counting looks at."""


@dataclass(frozen=True, slots=True)
class FixedOrder:
    """A number of questions on each skill, in the order of the levels, whatever is answered; then it is done."""

    items: int = 6

    def next(self, situation: Situation, *, rng: random.Random) -> Choice | None:
        return _in_order(situation)

    def leaving(self, situation: Situation, skill: Skill) -> Leave | None:
        return _when_mastered(situation, skill)

    def learnt(self, known: Knowledge, answer: Answer, *, model: ModelParameters) -> Knowledge:
        after = _counted(known, answer, model)
        return replace(after, mastered=known.mastered or after.items >= self.items)


@dataclass(frozen=True, slots=True)
class RandomOrder:
    """Any skill, anew for each question; mastery as it is traced."""

    def next(self, situation: Situation, *, rng: random.Random) -> Choice | None:
        left = _left(situation)
        return Choice(rng.choice(left), Slot.LEVEL) if left else None

    def leaving(self, situation: Situation, skill: Skill) -> Leave | None:
        return Leave.ENOUGH if situation.on_skill else None

    def learnt(self, known: Knowledge, answer: Answer, *, model: ModelParameters) -> Knowledge:
        if known.mastered:
            return known
        return _counted(known, answer, model)


@dataclass(frozen=True, slots=True)
class ThreeOfFive:
    """On to the next skill, in the order of the levels, when three of the last five answers were right."""

    right: int = 3

    def next(self, situation: Situation, *, rng: random.Random) -> Choice | None:
        return _in_order(situation)

    def leaving(self, situation: Situation, skill: Skill) -> Leave | None:
        return _when_mastered(situation, skill)

    def learnt(self, known: Knowledge, answer: Answer, *, model: ModelParameters) -> Knowledge:
        after = _counted(known, answer, model)
        return replace(after, mastered=known.mastered or sum(after.last) >= self.right)


def _counted(known: Knowledge, answer: Answer, model: ModelParameters) -> Knowledge:
    if answer.helped and answer.right:
        return mastery.helped(known, format=answer.format, model=model)
    after = mastery.observe(known, right=answer.right, hinted=answer.hinted, format=answer.format, model=model)
    return replace(after, last=(*known.last, answer.right and not answer.hinted)[-LAST:])


def _when_mastered(situation: Situation, skill: Skill) -> Leave | None:
    known = situation.knowledge.get(skill.id)
    return Leave.MASTERED if known is not None and known.mastered else None


def _in_order(situation: Situation) -> Choice | None:
    if situation.present is not None:
        return Choice(situation.curriculum.skills[situation.present], Slot.LEVEL)
    left = _left(situation)
    return Choice(left[0], Slot.LEVEL) if left else None


def _left(situation: Situation) -> Sequence[Skill]:
    """What is not claimed as mastered and not believed from placement; then what is only believed."""
    known_of = situation.knowledge.get
    open_now: list[Skill] = []
    believed: list[Skill] = []
    for skill in _by_level(situation.curriculum, situation.module):
        known = known_of(skill.id)
        if known is None or not in_place(known):
            open_now.append(skill)
        elif not known.mastered:
            believed.append(skill)
    return open_now or believed


@lru_cache(maxsize=16)
def _by_level(curriculum: Curriculum, module: str) -> tuple[Skill, ...]:
    return tuple(entry.skill for entry in sorted(entries(curriculum, module).values(), key=lambda e: e.prior.logit))
