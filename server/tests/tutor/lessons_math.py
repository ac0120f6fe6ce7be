"""Lessons of mathematics, played through the whole tutor by a learner with a script, as Markdown for a teacher."""

from datetime import timedelta

from bakame.learning.lesson import Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.learning.review import Rating, reviewed
from bakame.text.commands import Command
from bakame.tutor.turn import Channel
from classroom import all_skills
from tutor.callers import MORNING, Caller, greeted

LEVEL = "P4"
"""Up to which the learner of the first call can do everything."""


def knows(caller: Caller) -> bool:
    """Whether the open question is one that a learner at this level gets right."""
    levels = all_skills().school_levels
    return levels.index(all_skills().skills[caller.exercise.skill_id].level) <= levels.index(LEVEL)


def first_call(*, seed: int = 4) -> Caller:
    """A first call: name, consent, the level is found, a new topic, mistakes, hints, the last question, goodbye."""
    caller = Caller(lesson=Lesson(), seed=seed, name=None, consent=None)
    caller.calls()
    caller.says("my name is Keza")
    caller.says("yes")
    caller.keys("1")
    while caller.lesson.phase is Phase.PLACEMENT:
        if knows(caller):
            caller.answers()
        else:
            caller.gives(Command.DONT_KNOW)
    caller.answers()
    caller.says("apa apa")
    caller.answers(right=False)
    caller.answers()
    caller.gives(Command.HINT)
    caller.gives(Command.HINT)
    caller.answers()
    caller.gives(Command.DONT_KNOW)
    caller.answers()
    for _ in range(4):
        caller.answers()
    caller.elapsed_ms = 9 * 60_000
    while caller.lesson.item is not None and not caller.step.ends:
        caller.answers()
    return caller


def mastered_up_to(level: str) -> dict[str, Knowledge]:
    """Knowledge of somebody who has all of mathematics up to a level, some of it due for review."""
    levels = all_skills().school_levels
    known: dict[str, Knowledge] = {}
    for n, skill in enumerate(all_skills().of_module("math")):
        if levels.index(skill.level) > levels.index(level):
            known[skill.id] = Knowledge(0.3)
            continue
        had = Knowledge(0.98, items=6, right=6, mastered=True, confirmed=True)
        known[skill.id] = reviewed(had, Rating.Good, MORNING - timedelta(days=40 if n % 3 else 0))
    return known


def second_call(*, seed: int = 2) -> Caller:
    """A later call: reviews first, an answer that was misheard, a story, a question that is left."""
    lesson = Lesson(phase=Phase.PRACTICE, greeted=False, recent=("math.number.count_next",))
    caller = Caller(lesson=lesson, seed=seed, knowledge=mastered_up_to("P3"))
    caller.calls()
    caller.answers()
    caller.says(caller.exercise.answer, confidence=0.4)
    caller.says("yes")
    caller.answers()
    for _ in range(3):
        caller.answers(right=False)
    caller.answers()
    caller.gives(Command.SKIP)
    caller.answers()
    caller.answers()
    caller.says("goodbye")
    return caller


def racing_call(*, seed: int = 3) -> Caller:
    """A race on a call, with one mistake in it."""
    caller = Caller(lesson=greeted("math"), seed=seed, knowledge=mastered_up_to("P3"))
    caller.says("race")
    for number in range(10):
        if not caller.lesson.scene:
            break
        caller.now -= timedelta(seconds=20)
        caller.answers(right=number != 4)
    return caller


def by_text(*, seed: int = 6) -> Caller:
    """The same lesson by text: a hint, a mistake, the progress, and stop."""
    caller = Caller(lesson=greeted("math"), channel=Channel.SMS, seed=seed, knowledge=mastered_up_to("P3"))
    caller.says("math")
    caller.answers()
    caller.says("HINT")
    caller.answers()
    caller.answers(right=False)
    caller.answers()
    caller.says("STATUS")
    caller.answers()
    return caller


def transcript() -> str:
    """The lessons as they stand in docs/lessons/math.md."""
    return "\n".join(
        (
            "# Lessons of mathematics",
            "",
            "Made by the tests from the real tutor with a scripted learner; no model takes part.",
            "",
            "## A first call: finding the level, then practice",
            "",
            first_call().markdown(),
            "",
            "## A later call",
            "",
            second_call().markdown(),
            "",
            "## A race",
            "",
            racing_call().markdown(),
            "",
            "## By text",
            "",
            by_text().markdown(),
            "",
        )
    )
