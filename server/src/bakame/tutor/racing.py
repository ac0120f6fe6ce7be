"""A race in mental mathematics: ten quick facts that are known already, or as many as a minute holds."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, cast

from bakame.learning.exercises import make_exercise
from bakame.learning.grading import Verdict
from bakame.learning.lesson import Item, Lesson
from bakame.learning.marking import mark
from bakame.learning.plan import Slot
from bakame.learning.rewards import Event
from bakame.learning.selection import entries, in_place
from bakame.learning.skills import Curriculum, Skill
from bakame.text.commands import Command
from bakame.tutor.guidance import Maker
from bakame.tutor.module import Step
from bakame.tutor.turn import Act, Said
from bakame.tutor.wording import line
from bakame.tutor.working import Work, answer_line

RACE: Final = next((command for command in Command if command.value == "race"), None)
"""The command that starts a race, where there is one."""
QUESTIONS: Final = 10
LASTS: Final = timedelta(seconds=60)
"""On a call; a text takes the time that it takes."""
LEAST_KNOWN: Final = 2
"""Known facts under which the easiest ones are raced too."""
SCENE: Final = "race"

_EASY: Final = ("math.add.within_10", "math.sub.within_10")
_FACTS: Final = (
    *_EASY,
    "math.add.within_20",
    "math.sub.within_20",
    "math.add.tens",
    "math.add.missing",
    "math.mul.tables_2_5_10",
    "math.mul.tables_3_4",
    "math.mul.tables_6_9",
    "math.mul.by_10_100",
    "math.div.facts_2_5_10",
    "math.div.facts",
)
"""What can be answered from memory; an author may retire any of them."""


class Racing:
    """Nothing that is answered in a race changes what is believed of a skill: it is for speed with what is known."""

    def __init__(self, *, curriculum: Curriculum, module: str, make: Maker = make_exercise) -> None:
        listed = entries(curriculum, module)
        self._facts = tuple(listed[skill_id] for skill_id in _FACTS if skill_id in listed)
        self._share = curriculum.model.hinted_xp_share
        self._make = make

    def is_on(self, lesson: Lesson) -> bool:
        """Whether a race is going on."""
        return SCENE in lesson.scene

    def begin(self, work: Work, *, rng: random.Random) -> Step | None:
        """The first question; None where there is nothing to race on."""
        if not self._facts:
            return None
        race = {"began": work.now.isoformat(), "asked": 0, "right": 0}
        lesson = replace(work.lesson, item=None, scene={**work.lesson.scene, SCENE: race})
        begin = line("race.begin" if work.on_call else "race.begin_text", questions=str(QUESTIONS))
        return self._next(work.having(lesson).saying(begin), None, rng)

    def answer(self, work: Work, item: Item, said: Said, *, rng: random.Random) -> Step | Work:
        """The next question at once; after the last one the work with what was reached, and the race over."""
        command = said.command if said.act is Act.COMMAND else None
        if command is Command.HINT:
            return work.saying(line("race.no_hint", spare=True)).asking(item)
        right = False
        if command is None:
            graded = mark(item.exercise, said.text)
            if graded.verdict is Verdict.UNCLEAR and not self._is_over(work):
                return work.asking(item)
            if graded.verdict is not Verdict.UNCLEAR:
                right = graded.verdict is Verdict.RIGHT
                work = work.recording(item, said.text, graded)
        if right:
            work = work.saying(line("race.right", spare=True))
        else:
            work = work.saying(answer_line("race.wrong", item.exercise, item.exercise.answer, spare=True))
        asked, scored = _count(work.lesson, "asked") + 1, _count(work.lesson, "right") + right
        race = {**_race(work.lesson), "asked": asked, "right": scored}
        work = work.having(replace(work.lesson, item=None, scene={**work.lesson.scene, SCENE: race}))
        if asked >= QUESTIONS or not self._facts or self._is_over(work):
            return self.over(work)
        return self._next(work, item, rng)

    def over(self, work: Work) -> Work:
        """The race is finished, or broken off: what was reached is told, and counts."""
        asked, right = _count(work.lesson, "asked"), _count(work.lesson, "right")
        scene = {name: each for name, each in work.lesson.scene.items() if name != SCENE}
        work = work.having(replace(work.lesson, item=None, scene=scene))
        if asked == 0:
            return work
        best = work.profile.rewards.best_race
        work = work.saying(line("race.done", right=str(right), asked=str(asked)))
        if right > best > 0:
            work = work.saying(line("race.best", best=str(best)))
        return work.earning(Event.RACED, share=self._share, count=right)

    def _next(self, work: Work, before: Item | None, rng: random.Random) -> Step:
        exercise = self._make(self._skill(work, rng), rng=rng)
        for _ in range(4):
            if before is None or exercise.say != before.exercise.say:
                break
            exercise = self._make(self._skill(work, rng), rng=rng)
        return work.asking(Item(exercise, slot=Slot.REVIEW))

    def _skill(self, work: Work, rng: random.Random) -> Skill:
        known = [entry.skill for entry in self._facts if in_place(work.knowledge.get(entry.skill.id) or entry.first)]
        easy = [entry.skill for entry in self._facts if entry.skill.id in _EASY] or [self._facts[0].skill]
        return rng.choice(known if len(known) >= LEAST_KNOWN else [*known, *easy])

    def _is_over(self, work: Work) -> bool:
        began = _began(work.lesson)
        return work.on_call and began is not None and work.now - began >= LASTS


def _race(lesson: Lesson) -> Mapping[str, object]:
    race = lesson.scene.get(SCENE)
    return cast("Mapping[str, object]", race) if isinstance(race, dict) else {}


def _count(lesson: Lesson, name: str) -> int:
    count = _race(lesson).get(name)
    return count if isinstance(count, int) else 0


def _began(lesson: Lesson) -> datetime | None:
    try:
        began = datetime.fromisoformat(str(_race(lesson).get("began")))
    except ValueError:
        return None
    return began if began.tzinfo is not None else None
