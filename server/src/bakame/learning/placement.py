"""Placement: six to eight questions that find where to begin.

The learner's level is one unknown on the logit scale of the skills' levels. Each answer reweighs a grid of values
for it (Bayes); the next question is the one from which the most is learnt about it (largest mutual information).
Prerequisites then spread what single answers say of single skills.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log2
from operator import mul
from typing import Any, Final, cast

from bakame.errors import Invalid
from bakame.learning.difficulty import Rating, logistic
from bakame.learning.mastery import Knowledge, revised
from bakame.learning.model import BktParameters
from bakame.learning.skills import Curriculum, Skill

LEAST: Final = 6
MOST: Final = 8
"""Questions in a placement."""
SURE: Final = 0.9
"""Belief in one level, give or take one step, at which placement stops early."""
MOST_BELIEVED: Final = 0.9
"""What placement alone may believe of a skill: below mastery, which must be shown."""

_GRID: Final = tuple(n / 8 for n in range(-24, 25))
"""Values of the learner's level, in logits; the levels of the school are half a logit apart."""
_STEEPNESS: Final = 5.0
"""How sharply skills below one's level are known and those above are not."""
_SPREAD: Final = 1.6
"""Standard deviation of levels among new learners, in logits."""
_STEP: Final = 0.5


@dataclass(frozen=True, slots=True)
class Placement:
    """The state of a placement: what was asked, in order, and whether it was right (None: no usable answer)."""

    module: str
    seed: int
    asked: tuple[tuple[str, bool | None], ...] = ()

    def to_state(self) -> dict[str, object]:
        """All of it as JSON-able values."""
        return {"module": self.module, "seed": self.seed, "asked": [list(each) for each in self.asked]}

    @classmethod
    def from_state(cls, state: Mapping[str, object]) -> "Placement":
        """The placement that `to_state` wrote. Raises `Invalid` when it is something else."""
        match state:
            case {"module": str(module), "seed": int(seed), "asked": list() as asked}:  # pyright: ignore[reportUnknownVariableType]  # checked item by item
                return cls(module, seed, tuple(_answer(each) for each in cast("list[object]", asked)))
            case _:
                raise Invalid("this is not a saved placement")


def _answer(item: object) -> tuple[str, bool | None]:
    match item:
        case [str(skill_id), bool() | None as right]:
            return skill_id, cast("Any", right)
        case _:
            raise Invalid("this is not a saved placement")


def begin(curriculum: Curriculum, module: str, *, rng: random.Random) -> Placement:
    """A placement that asked nothing yet. Raises `Invalid` when the module has no skills."""
    if not curriculum.of_module(module):
        raise Invalid(f"there are no skills in the module {module!r}")
    return Placement(module, rng.getrandbits(32))


def observe(placement: Placement, skill_id: str, right: bool | None) -> Placement:
    """The placement after an answer; None when the answer says nothing (it was unclear, or the line was bad)."""
    return replace(placement, asked=(*placement.asked, (skill_id, right)))


def next_skill(placement: Placement, curriculum: Curriculum) -> str | None:
    """The skill to ask about next; None when enough is known. The same state always gives the same skill."""
    if len(placement.asked) >= MOST:
        return None
    belief = _belief(placement, curriculum)
    if len(placement.asked) >= LEAST and _is_sure(belief):
        return None
    candidates = _candidates(placement, curriculum)
    if not candidates:
        return None
    gains: dict[tuple[str, str], float] = {}
    for skill in candidates:
        key = (skill.level, skill.format)
        if key not in gains:
            gains[key] = _gain(belief, *_shape(skill, curriculum))
    best = max(gains[skill.level, skill.format] for skill in candidates)
    equals = [skill.id for skill in candidates if gains[skill.level, skill.format] >= best - 1e-9]
    return random.Random(f"{placement.seed}:{len(placement.asked)}").choice(equals)


def level(placement: Placement, curriculum: Curriculum) -> str:
    """The level the learner most probably is at: the highest whose skills are more probably known than not."""
    logit = ability(placement, curriculum).logit
    levels = {skill.level for skill in curriculum.of_module(placement.module)}
    ordered = sorted(levels, key=curriculum.model.difficulty.__getitem__)
    reached = [each for each in ordered if curriculum.model.difficulty[each] <= logit]
    return reached[-1] if reached else ordered[0]


def ability(placement: Placement, curriculum: Curriculum) -> Rating:
    """The learner's ability on the logit scale of the levels, resting on the answers that said something."""
    logit = sum(value * weight for value, weight in zip(_GRID, _belief(placement, curriculum), strict=True))
    return Rating(logit, sum(right is not None for _, right in placement.asked))


def result(placement: Placement, curriculum: Curriculum) -> dict[str, Knowledge]:
    """What to believe, at first, of every skill of the module; never more than of any of its prerequisites."""
    belief = _belief(placement, curriculum)
    skills = curriculum.of_module(placement.module)
    by_level = {
        each: sum(
            weight * logistic(_STEEPNESS * (value - curriculum.model.difficulty[each]))
            for value, weight in zip(_GRID, belief, strict=True)
        )
        for each in {skill.level for skill in skills}
    }
    p_known = {skill.id: by_level[skill.level] for skill in skills}
    for skill_id, right in placement.asked:
        if right is not None and skill_id in p_known:
            parameters = curriculum.model.bkt[curriculum.skills[skill_id].format]
            p_known[skill_id] = revised(p_known[skill_id], correct=right, parameters=parameters)
            if right:
                for needed in _all_prerequisites(curriculum, [skill_id]) & p_known.keys():
                    p_known[needed] = max(p_known[needed], p_known[skill_id])
    for skill in skills:
        needed = [p_known[each] for each in skill.prerequisites if each in p_known]
        p_known[skill.id] = min([p_known[skill.id], MOST_BELIEVED, *needed])
    return {skill_id: Knowledge(p) for skill_id, p in p_known.items()}


def _candidates(placement: Placement, curriculum: Curriculum) -> list[Skill]:
    """Skills worth asking: not asked yet, not implied by the answers so far, not of the strand asked last."""
    asked = {skill_id for skill_id, _ in placement.asked}
    implied_right = _all_prerequisites(curriculum, (skill_id for skill_id, right in placement.asked if right))
    failed = {skill_id for skill_id, right in placement.asked if right is False}
    fresh = [skill for skill in curriculum.of_module(placement.module) if skill.id not in asked]
    gradable = [skill for skill in fresh if not skill.format.endswith("_open")] or fresh
    telling = [
        skill
        for skill in gradable
        if skill.id not in implied_right and not failed & _all_prerequisites(curriculum, [skill.id])
    ] or gradable
    last = curriculum.skills.get(placement.asked[-1][0]) if placement.asked else None
    return [skill for skill in telling if last is None or skill.strand != last.strand] or telling


def _all_prerequisites(curriculum: Curriculum, skill_ids: Iterable[str]) -> frozenset[str]:
    """All that must be known before these skills, through any number of steps."""
    return frozenset[str]().union(*(curriculum.needed_for(skill_id) for skill_id in skill_ids))


def _shape(skill: Skill, curriculum: Curriculum) -> tuple[float, BktParameters]:
    return curriculum.model.difficulty[skill.level], curriculum.model.bkt[skill.format]


@lru_cache(maxsize=256)
def _success(difficulty: float, parameters: BktParameters) -> tuple[float, ...]:
    """The chance of a right answer at each level of the grid."""
    span = 1 - parameters.p_slip - parameters.p_guess
    return tuple(parameters.p_guess + span * logistic(_STEEPNESS * (value - difficulty)) for value in _GRID)


def _belief(placement: Placement, curriculum: Curriculum) -> list[float]:
    """How probable each level of the grid is, given the answers."""
    difficulties = [curriculum.model.difficulty[skill.level] for skill in curriculum.of_module(placement.module)]
    middle = (min(difficulties) + max(difficulties)) / 2 if difficulties else 0.0
    weights = [exp(-(((value - middle) / _SPREAD) ** 2) / 2) for value in _GRID]
    for skill_id, right in placement.asked:
        skill = curriculum.skills.get(skill_id)
        if right is None or skill is None:
            continue
        chances = _success(*_shape(skill, curriculum))
        weights = [w * (c if right else 1 - c) for w, c in zip(weights, chances, strict=True)]
    total = sum(weights)
    return [weight / total for weight in weights]


def _is_sure(belief: Sequence[float]) -> bool:
    mean = sum(value * weight for value, weight in zip(_GRID, belief, strict=True))
    return sum(weight for value, weight in zip(_GRID, belief, strict=True) if abs(value - mean) <= _STEP) >= SURE


def _gain(belief: Sequence[float], difficulty: float, parameters: BktParameters) -> float:
    """Mutual information, in bits, between the learner's level and the answer to a question."""
    right = sum(map(mul, belief, _success(difficulty, parameters)))
    return _entropy(right) - sum(map(mul, belief, _noise(difficulty, parameters)))


@lru_cache(maxsize=256)
def _noise(difficulty: float, parameters: BktParameters) -> tuple[float, ...]:
    """What stays unknown of the answer at each level of the grid, in bits."""
    return tuple(_entropy(chance) for chance in _success(difficulty, parameters))


def _entropy(p: float) -> float:
    return -sum(each * log2(each) for each in (p, 1 - p) if each > 0)
