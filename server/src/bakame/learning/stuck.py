"""When a learner does not get on with a skill, and the way on.

Items without growth are wheel-spinning: J. E. Beck, Y. Gong: Wheel-spinning: students who fail to master a skill.
AIED 2013.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bakame.learning.mastery import Knowledge
from bakame.learning.review import retrievability
from bakame.learning.selection import Entry
from bakame.learning.skills import Skill

SPINNING_FROM: Final = 10
"""Answers on a skill without mastery."""
GROWN: Final = 0.7
"""Belief from which there is growth."""
STRONG: Final = 0.95
"""Strength from which a prerequisite is not what is in the way."""
GETTING_ON: Final = 2
"""Right answers in a row after which a learner is no longer stuck."""


class Reason(StrEnum):
    """What is seen of it; kept for teachers."""

    TOLD = "told"
    """Two answers in a row had to be told."""
    SPINNING = "spinning"
    """Many answers, and no growth."""


class Way(StrEnum):
    """What helps."""

    BEFORE = "before"
    """The weakest prerequisite first."""
    EXAMPLE = "example"
    """A worked example once more."""
    ELSEWHERE = "elsewhere"
    """Another strand; this one again later."""


@dataclass(frozen=True, slots=True)
class WayOn:
    """`skill`: the prerequisite to go to, for BEFORE."""

    way: Way
    skill: Skill | None = None


def spinning(known: Knowledge) -> bool:
    """Whether many answers led nowhere. A skill that was mastered once and forgotten is only learnt again."""
    never_mastered = not known.mastered and known.stability is None
    return never_mastered and known.items >= SPINNING_FROM and known.p_known < GROWN


def way_on(
    skill: Skill,
    *,
    entries: Mapping[str, Entry],
    knowledge: Mapping[str, Knowledge],
    now: datetime,
) -> WayOn:
    """To the weakest prerequisite when one is weak; to an example at the first time; else elsewhere."""
    entry = entries[skill.id]
    known = knowledge.get(skill.id) or entry.first
    strengths = {need: strength(knowledge.get(need) or entries[need].first, now) for need in entry.needs}
    weakest = min(strengths, key=lambda need: strengths[need], default=None)
    if weakest is not None and strengths[weakest] < STRONG:
        return WayOn(Way.BEFORE, entries[weakest].skill)
    return WayOn(Way.EXAMPLE if known.stuck is None else Way.ELSEWHERE)


def strength(known: Knowledge, now: datetime) -> float:
    """How sure it is that a skill is known now, 0 to 1; what was only believed from placement is never sure."""
    believed = known.p_known if known.items else min(known.p_known, 0.9)
    return believed * retrievability(known, now)
