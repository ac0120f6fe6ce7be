"""Finding the level: six to eight questions, each asked once, without hints and without verdicts that weigh."""

import random
from dataclasses import replace

from bakame.learning import placement
from bakame.learning.exercises import make_exercise
from bakame.learning.grading import Verdict
from bakame.learning.lesson import Item, Phase
from bakame.learning.marking import mark
from bakame.learning.rewards import Event
from bakame.learning.skills import Curriculum
from bakame.text.commands import Command
from bakame.tutor.guidance import Maker
from bakame.tutor.module import Step
from bakame.tutor.turn import Act, Said
from bakame.tutor.wording import line
from bakame.tutor.working import Work


class Placing:
    """Placement in one module."""

    def __init__(self, *, curriculum: Curriculum, module: str, make: Maker = make_exercise) -> None:
        self._curriculum = curriculum
        self._module = module
        self._make = make

    def answer(self, work: Work, item: Item, said: Said) -> Step | Work:
        """What an answer comes to: the work with nothing open, or the question again."""
        command = said.command if said.act is Act.COMMAND else None
        if command is Command.HINT:
            return work.saying(line("placement.no_hint")).asking(item)
        # Not knowing says something of the level; skipping does not.
        right = False if command is Command.DONT_KNOW else None
        words = line("placement.skipped", spare=True)
        if command is None:
            graded = mark(item.exercise, said.text)
            if graded.verdict is Verdict.UNCLEAR:
                return work.asking(item)
            right = graded.verdict is Verdict.RIGHT
            work = work.recording(item, said.text, graded)
            # Every answer is worth the same: it helps to find the level, right or wrong.
            work = work.earning(Event.TRIED, share=self._curriculum.model.hinted_xp_share)
            words = line("placement.right" if right else "placement.wrong", spare=True)
        exercise = item.exercise
        if command is None and said.took_ms is not None:
            work = work.being(work.profile.paced(exercise.format, said.took_ms))
        work = work.saying(words)
        placed = work.lesson.placement
        if placed is not None:
            placed = placement.observe(placed, exercise.skill_id, right)
        return work.having(replace(work.lesson, placement=placed, item=None))

    def go_on(self, work: Work, *, rng: random.Random) -> Step | Work:
        """The next question; when the level is found, the work with what is known of every skill."""
        placed = work.lesson.placement
        if placed is None:
            placed = placement.begin(self._curriculum, self._module, rng=rng)
            work = work.saying(line("placement.begin"))
        skill_id = placement.next_skill(placed, self._curriculum)
        if skill_id is not None:
            item = Item(self._make(self._curriculum.skills[skill_id], rng=rng))
            return work.having(replace(work.lesson, placement=placed)).asking(item)
        found = placement.result(placed, self._curriculum)
        work = replace(work, knowledge={**work.knowledge, **found}, learnt={**work.learnt, **found})
        work = work.being(work.profile.able(self._module, placement.ability(placed, self._curriculum)))
        return work.having(replace(work.lesson, phase=Phase.PRACTICE, placement=None)).saying(
            line("placement.done", spare=True)
        )
