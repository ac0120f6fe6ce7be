"""The course of a debate: its level, which motion, which moves in which order."""

import random
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from bakame.learning.debate_content import SIDES, DebateContent, MotionContent, Side
from bakame.learning.debate_reader import content_stems
from bakame.learning.difficulty import Rating
from bakame.learning.mastery import Knowledge
from bakame.learning.review import due
from bakame.learning.selection import in_place
from bakame.learning.skills import Curriculum

LEVELS: Final = ("A2", "B1", "B2")
PLACING: Final = ("claim", "reason")
"""The moves with which the level of a newcomer is found; every debate has them first."""
ANSWERING: Final = ("restate", "rebuttal", "respect", "concession", "weighing", "fallacy")
"""Moves that answer something the tutor said."""
SUPPORTING_MOVES: Final = ("reason", "example", "evidence", "signpost")
"""Moves that support the learner's side; the tutor replies to the argument in them."""
OFFERED: Final = 2
_ENOUGH: Final = 4
"""Skills of a level in place, from which a learner is taken to be at it."""
_NEAR: Final = 0.25
"""How far, in logits, an ability may be under a level to be counted to it: a chance of about 0.44."""
_LANGUAGE: Final = ("english", "comprehension", "debate")
_CLEAR: Final = 1.25
"""How much more a motion must be meant than the next to be taken at once."""
_LEAST: Final = 0.19
"""Weight of words from which a motion is meant at all: a word that no more than five motions are named by."""
_AROUND: Final = 0.4
"""Weight of a word that the arguments have and the motion has not."""
_WISH: Final = content_stems("i want would like to talk speak discuss debate about topic motion please something us we")
"""Words with which a motion is asked for."""
_ROUNDS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "A2": (("claim",), ("reason",), ("example",), ("rebuttal",), ("respect",), ("conclusion",)),
    "B1": (
        *(("claim",), ("reason",), ("example", "evidence"), ("definition", "signpost", "respect")),
        *(("restate",), ("rebuttal",), ("conclusion",)),
    ),
    "B2": (
        *(("claim",), ("reason",), ("evidence", "signpost", "definition"), ("restate",), ("rebuttal",)),
        *(("concession",), ("weighing", "fallacy"), ("perspective",), ("conclusion",)),
    ),
}
_ORDER: Final = (
    *("claim", "reason", "definition", "signpost", "example", "evidence", "restate", "rebuttal", "respect"),
    *("concession", "weighing", "fallacy", "perspective", "conclusion"),
)


def first_ability(curriculum: Curriculum, knowledge: Mapping[str, Knowledge]) -> Rating:
    """The ability of somebody who never debated: that of the language level that is in place, at least A2."""
    level = LEVELS[0]
    for each in LEVELS[1:]:
        known = sum(
            in_place(knowledge[skill.id])
            for module in _LANGUAGE
            for skill in curriculum.of_module(module)
            if skill.level == each and skill.id in knowledge
        )
        level = each if known >= _ENOUGH else level
    return Rating(curriculum.model.difficulty[level])


def level_of(curriculum: Curriculum, ability: Rating) -> str:
    """The highest level whose moves are within reach."""
    reached = [each for each in LEVELS if curriculum.model.difficulty[each] <= ability.logit + _NEAR]
    return reached[-1] if reached else LEVELS[0]


def moves_of(
    content: DebateContent,
    level: str,
    knowledge: Mapping[str, Knowledge],
    *,
    now: datetime,
    rng: random.Random,
    made: Sequence[str] = (),
) -> tuple[str, ...]:
    """The moves of a debate in order. Of several that may come, the one that is most needed. `made`: they are first."""

    def need(move: str) -> tuple[int, float, float]:
        known = knowledge.get(content.guide_for(move).skill_id)
        if known is None:
            return 1, 0.0, rng.random()
        rank = 0 if due(known, now) else 2 if known.mastered else 1
        return rank, known.p_known, rng.random()

    chosen = {min(ways, key=need) for ways in _ROUNDS.get(level, _ROUNDS[LEVELS[0]])}
    return (*made, *sorted(chosen.difference(made), key=_ORDER.index))


def other_side(side: Side) -> Side:
    return SIDES[1 - SIDES.index(side)]


def offered(
    content: DebateContent, level: str, *, recent: Collection[str], rng: random.Random
) -> tuple[MotionContent, ...]:
    """Two motions of a level, of different domains where there are; not those of `recent` while there are others."""
    ranked = sorted(content.motions.values(), key=lambda each: _distance(each.level, level))
    groups = [
        [each for each in ranked if (each.level == level) is at_level and (each.id in recent) is again]
        for again in (False, True)
        for at_level in (True, False)
    ]
    found: list[MotionContent] = []
    for group in groups:
        pool = rng.sample(group, len(group))
        pool.sort(key=lambda each: _distance(each.level, level))
        while pool and len(found) < OFFERED:
            domains = {each.domain for each in found}
            best = next((each for each in pool if each.domain not in domains), pool[0])
            found.append(best)
            pool.remove(best)
    return tuple(found)


def _distance(one: str, other: str) -> int:
    """Levels between; what is too hard is further than what is too easy."""
    steps = LEVELS.index(one) - LEVELS.index(other) if {one, other} <= set(LEVELS) else len(LEVELS)
    return 3 * steps if steps > 0 else -steps


def asked_for(content: DebateContent, said: str) -> tuple[MotionContent, ...]:
    """The motions that somebody names by their topic: one when it is clear, several when not, none when none is."""
    words = content_stems(said) - _WISH
    names = {each.id: each.words | content_stems(each.title) for each in content.motions.values()}
    scores = dict.fromkeys(names, 0.0)
    for word in words:
        named = [each for each in names if word in names[each]]
        around = [each for each in names if each not in named and word in content.motions[each].topic]
        for each in named:
            scores[each] += 1 / len(named)
        for each in around:
            scores[each] += _AROUND / len(around)
    best = sorted((each for each in scores if scores[each] >= _LEAST), key=lambda each: -scores[each])
    if not best:
        return ()
    if len(best) == 1 or scores[best[0]] >= _CLEAR * scores[best[1]]:
        return (content.motions[best[0]],)
    return tuple(content.motions[each] for each in best[:OFFERED])
