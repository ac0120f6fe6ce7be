"""Which skill next: not mastered yet, its prerequisites in place, and about as hard as helps most."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from bakame.learning.mastery import Knowledge, expected_success, start
from bakame.learning.skills import Curriculum, Skill

BELIEVED: Final = 0.8
"""Belief from which a skill is taken to be known before it was ever practised."""
APART: Final = 2
"""In mixed practice, exercises between two of the same skill, when there are others."""


def choose(
    curriculum: Curriculum,
    module: str,
    knowledge: Mapping[str, Knowledge],
    *,
    recent: Sequence[str],
    stuck: Collection[str],
    mixed: bool = False,
    target: str = "normal",
) -> Skill | None:
    """The skill to practise next; None when every skill of the module is mastered.

    `knowledge` by skill id; a skill that is not in it is as the model takes it at first. `recent`: the skills of the
    exercises so far in this lesson, the latest last. `stuck`: skills to leave alone for now. A lesson stays with its
    skill until that is mastered or stuck, unless `mixed`. `target` is a key of `model.target_success`.
    """
    skills = curriculum.of_module(module)
    known = {
        skill.id: knowledge.get(skill.id) or start(format=skill.format, model=curriculum.model) for skill in skills
    }
    unmastered = [skill for skill in skills if not known[skill.id].mastered]
    ready = [skill for skill in unmastered if all(_in_place(known.get(each)) for each in skill.prerequisites)]
    open_now = [skill for skill in ready if not _in_place(known[skill.id])]
    free = [skill for skill in open_now if skill.id not in stuck]
    unproven = [skill for skill in ready if skill.id not in stuck]
    candidates = free or unproven or open_now or unmastered
    if not candidates:
        return None
    if recent and not mixed:
        for skill in candidates:
            if skill.id == recent[-1]:
                return skill
    if mixed:
        candidates = [skill for skill in candidates if skill.id not in recent[-APART:]] or candidates
    aim = curriculum.model.target_success[target]

    def distance(skill: Skill) -> tuple[float, float]:
        chance = expected_success(known[skill.id].p_known, format=skill.format, model=curriculum.model)
        return round(abs(chance - aim), 6), curriculum.model.difficulty[skill.level]

    return min(candidates, key=distance)


def _in_place(knowledge: Knowledge | None) -> bool:
    """Mastered, or believed from placement; a prerequisite of another module is not asked for here."""
    if knowledge is None or knowledge.mastered:
        return True
    return knowledge.items == 0 and knowledge.p_known >= BELIEVED
