"""What a tutor decides of practice: the next skill, when to leave one, what an answer proves.

A `Policy` is all of it in one place, so that simulated learners can compare the product's with others.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from bakame.learning import mastery, review, selection
from bakame.learning.difficulty import Rating
from bakame.learning.mastery import Knowledge
from bakame.learning.model import ModelParameters
from bakame.learning.pace import FAST, VERY_SLOW
from bakame.learning.plan import Slot, order
from bakame.learning.profile import Profile
from bakame.learning.sitting import Sitting
from bakame.learning.skills import Curriculum, Skill
from bakame.learning.stuck import GETTING_ON, spinning

ON_ONE_SKILL: Final = 8
"""Questions in a row on a skill that is not mastered, before something else is tried."""
GROWING: Final = 0.85
"""Belief from which one stays with a skill a little longer than that."""
HOPEFUL: Final = 0.5
"""Belief under which a frustrated learner leaves a skill for something easier."""
LEAST_ON_SKILL: Final = 3
TOLD_BEFORE_STUCK: Final = 2
SKIPS_BEFORE_MOVING: Final = 2


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a policy may know when it decides.

    `present`: the skill that is being learnt, and on it `on_skill` questions in a row, `missed` of the last ones told,
    `skipped` of them skipped. `recent`, `stuck` and `sitting` are the lesson's. `target`: a key of
    `model.target_success`. `excluded`: skills that must not come now. `away_from`: a strand to leave, if possible.
    """

    curriculum: Curriculum
    module: str
    knowledge: Mapping[str, Knowledge]
    profile: Profile
    now: datetime
    ratings: Mapping[str, Rating] = field(default_factory=dict[str, Rating])
    recent: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    sitting: Sitting = field(default_factory=Sitting)
    present: str | None = None
    on_skill: int = 0
    missed: int = 0
    skipped: int = 0
    target: str = "normal"
    excluded: frozenset[str] = frozenset()
    away_from: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked next, and what for."""

    skill: Skill
    slot: Slot


@dataclass(frozen=True, slots=True)
class Answer:
    """One counted answer. `helped`: the first step was done for the learner. `deviation`: how slow it was, in the
    learner's own spreads (`Pace`).
    """

    right: bool
    hinted: bool
    format: str
    now: datetime
    helped: bool = False
    deviation: float = 0.0


class Leave(StrEnum):
    """Why a skill is left."""

    MASTERED = "mastered"
    ENOUGH = "enough"
    TOLD = "told"
    SPINNING = "spinning"
    SKIPPED = "skipped"
    HARD = "hard"
    """Too hard for how it is going; something easier comes first."""


class Policy(Protocol):
    """Decides; holds no state."""

    def next(self, situation: Situation, *, rng: random.Random) -> Choice | None:
        """The next question's skill; None when there is nothing left to ask."""
        ...

    def leaving(self, situation: Situation, skill: Skill) -> Leave | None:
        """Why the present skill is to be left now; None when it goes on."""
        ...

    def learnt(self, known: Knowledge, answer: Answer, *, model: ModelParameters) -> Knowledge:
        """Knowledge after an answer; `mastered` is the policy's claim."""
        ...


class Adaptive:
    """The product's: knowledge tracing, difficulty near the aim, spaced review, shares of a sitting."""

    def next(self, situation: Situation, *, rng: random.Random) -> Choice | None:
        for slot in order(situation.sitting.slots):
            skill = self._for(slot, situation)
            if skill is not None:
                return Choice(skill, slot)
        return None

    def leaving(self, situation: Situation, skill: Skill) -> Leave | None:
        known = situation.knowledge.get(skill.id)
        if known is not None and known.mastered:
            return Leave.MASTERED
        if situation.missed >= TOLD_BEFORE_STUCK:
            return Leave.TOLD
        if situation.on_skill and known is not None and known.stuck is None and spinning(known):
            return Leave.SPINNING
        if situation.skipped >= SKIPS_BEFORE_MOVING:
            return Leave.SKIPPED
        frustrated = situation.target == "after_frustration"
        if frustrated and situation.on_skill >= LEAST_ON_SKILL and (known is None or known.p_known < HOPEFUL):
            return Leave.HARD
        longest = ON_ONE_SKILL * (2 if known is not None and known.p_known >= GROWING else 1)
        return Leave.ENOUGH if situation.on_skill >= longest else None

    def learnt(self, known: Knowledge, answer: Answer, *, model: ModelParameters) -> Knowledge:
        if answer.helped and answer.right:
            return mastery.helped(known, format=answer.format, model=model)
        later = known.mastered and (known.reviewed_at is None or answer.now - known.reviewed_at >= review.LATER)
        after = mastery.observe(
            known,
            right=answer.right,
            hinted=answer.hinted,
            format=answer.format,
            model=model,
            later_session=review.proving(known, answer.now),
            remembered=review.retrievability(known, answer.now) if later else 1.0,
        )
        correct = answer.right and not answer.hinted
        if after.stuck is not None and after.unhinted_streak >= GETTING_ON:
            after = replace(after, stuck=None)
        is_new = after.mastered and not known.mastered
        if is_new or later or (known.mastered and not correct):
            rating = review.rating_of(
                right=answer.right,
                hinted=answer.hinted,
                slow=answer.deviation >= VERY_SLOW,
                fast=answer.deviation <= FAST and after.right == after.items,
            )
            after = review.reviewed(after, rating, answer.now, review=model.review)
        return after if after.mastered or after.due_at is None else replace(after, due_at=None)

    def _for(self, slot: Slot, situation: Situation) -> Skill | None:
        match slot:
            case Slot.REVIEW:
                return due_review(situation)
            case Slot.LEVEL:
                return self._at_level(situation)
            case Slot.STRETCH:
                return self._harder(situation)

    def _at_level(self, situation: Situation) -> Skill | None:
        if situation.present is not None:
            return situation.curriculum.skills[situation.present]
        return selection.choose(
            situation.curriculum,
            situation.module,
            situation.knowledge,
            stuck=situation.stuck,
            excluded=situation.excluded,
            target=situation.target,
            ability=situation.profile.ability(situation.module),
            ratings=situation.ratings,
            away_from=situation.away_from,
        )

    def _harder(self, situation: Situation) -> Skill | None:
        """Above what is being learnt; nothing after frustration."""
        if situation.target == "after_frustration" or situation.present is None:
            return None
        present = selection.entries(situation.curriculum, situation.module)[situation.present]
        return selection.choose(
            situation.curriculum,
            situation.module,
            situation.knowledge,
            stuck=situation.stuck,
            excluded=situation.excluded | {situation.present},
            target="challenge",
            ability=situation.profile.ability(situation.module),
            ratings=situation.ratings,
            harder_than=situation.ratings.get(situation.present, present.prior).logit,
        )


def due_review(situation: Situation) -> Skill | None:
    """The review that is most needed: proof that was begun, then what is most forgotten; None when nothing is due."""
    best: Skill | None = None
    least = 2.0
    now = situation.now
    knowledge = situation.knowledge
    for skill_id, entry in selection.entries(situation.curriculum, situation.module).items():
        known = knowledge.get(skill_id)
        if known is None or not known.mastered or skill_id in situation.excluded:
            continue
        if not (review.proving(known, now) or review.due(known, now)):
            continue
        begun = not known.confirmed and known.unhinted_streak > 0
        need = -1.0 if begun else review.retrievability(known, now)
        if need < least:
            best, least = entry.skill, need
    return best
