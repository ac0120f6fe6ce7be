"""What is true of the skills, for all simulated learners: how hard they are and what they rest on.

None of it is told to the tutor, which knows levels and prerequisites only.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bakame.learning.skills import Curriculum

HARD_SPREAD: Final = 0.3
"""Standard deviation, in logits, of a skill's true difficulty around that of its level."""
EASE_SPREAD: Final = 0.25
"""Standard deviation of the logarithm of how fast a skill is learnt."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Skills by number, prerequisites first. `needs`: numbers of the prerequisites. `hard` in logits; `ease`: a factor
    of the speed of learning; `formats`: of answers, by their names in the curriculum; `strands` as numbers.
    """

    ids: tuple[str, ...]
    number: Mapping[str, int]
    needs: tuple[tuple[int, ...], ...]
    hard: tuple[float, ...]
    ease: tuple[float, ...]
    formats: tuple[str, ...]
    strands: tuple[int, ...]

    @property
    def size(self) -> int:
        return len(self.ids)

    def options(self, skill: int) -> int:
        """How many options its answers choose from; 0 for typed answers."""
        name = self.formats[skill]
        return int(name[-1]) if name.startswith("choice") else 0


def make_world(curriculum: Curriculum, module: str, *, seed: int) -> World:
    """The world of one module; the same seed always gives the same one."""
    rng = random.Random(f"{seed}:world")
    skills = curriculum.of_module(module)
    number = {skill.id: n for n, skill in enumerate(skills)}
    strands = sorted({skill.strand for skill in skills})
    return World(
        ids=tuple(number),
        number=number,
        needs=tuple(_numbers(skill.prerequisites, number) for skill in skills),
        hard=tuple(curriculum.model.difficulty[skill.level] + rng.gauss(0.0, HARD_SPREAD) for skill in skills),
        ease=tuple(rng.lognormvariate(0.0, EASE_SPREAD) for _ in skills),
        formats=tuple(skill.format for skill in skills),
        strands=tuple(strands.index(skill.strand) for skill in skills),
    )


def _numbers(ids: Sequence[str], number: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(number[each] for each in ids if each in number)
