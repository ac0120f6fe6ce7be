"""Everything that can be open when a learner says something, each as a caller at that very place."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from bakame.learning.expect import AnswerKind
from bakame.learning.items import DICTATION, PAIR, ROW, SPELL, TASK, kinds_here, make_from_notes
from bakame.learning.lesson import Item, Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.text.commands import Command
from bakame.tutor.module import Person
from bakame.tutor.talking import TALK, TalkScene, turn_exercise
from bakame.tutor.turn import Channel
from classroom import all_skills, materials
from tutor.callers import Caller, greeted

FAMILY: Final = (
    Person(1, "Keza"),
    Person(2, "Eric", guarded=True),
    Person(3, "Aline"),
)


@cache
def some_knowledge() -> Mapping[str, Knowledge]:
    """Of somebody who has the first levels of every subject, and something to learn in each."""
    known: dict[str, Knowledge] = {}
    for skill in all_skills().skills.values():
        easy = skill.level in ("P1", "P2", "P3", "A1")
        known[skill.id] = Knowledge(0.98, items=6, right=6, mastered=True) if easy else Knowledge(0.35)
    return known


def at(channel: Channel, lesson: Lesson, *, knows: bool = True, seed: int = 5) -> Caller:
    """A caller in a lesson, with what they know."""
    return Caller(lesson=lesson, channel=channel, knowledge=some_knowledge() if knows else {}, seed=seed)


def _opened(module: str, *, knows: bool) -> Callable[[Channel], Caller]:
    def build(channel: Channel) -> Caller:
        caller = at(channel, greeted(module, Phase.PLACEMENT), knows=knows)
        caller.calls()
        return caller

    return build


def _after(build: Callable[[Channel], Caller], *acts: Callable[[Caller], object]) -> Callable[[Channel], Caller]:
    def further(channel: Channel) -> Caller:
        caller = build(channel)
        for act in acts:
            act(caller)
        return caller

    return further


def _item(kind: str) -> Callable[[Channel], Caller]:
    """An English item of a kind, open."""

    def build(channel: Channel) -> Caller:
        by_ear, notes, rng = channel is Channel.VOICE, materials().english, random.Random(3)
        skill = next(
            each
            for each in all_skills().of_module("english")
            if kind in kinds_here(each, notes[each.id], by_ear=by_ear)
        )
        exercise = make_from_notes(skill, notes[skill.id], rng=rng, by_ear=by_ear, kinds=(kind,))
        return at(channel, greeted("english", item=Item(exercise), recent=(skill.id,)))

    return build


def _talk(channel: Channel) -> Caller:
    notes = materials().english
    skill = next(each for each in all_skills().of_module("english") if notes[each.id].talks)
    exercise = turn_exercise(skill, notes[skill.id].talks[0], 0, 0)
    scene = {TALK: TalkScene(skill.id, 0, 0).to_state()}
    return at(channel, greeted("english", item=Item(exercise), scene=scene, recent=(skill.id,)))


def _summary(channel: Channel) -> Caller:
    """A passage read to its summary."""
    caller = _opened("comprehension", knows=True)(channel)
    for _ in range(40):
        item = caller.lesson.item
        if item is not None and item.exercise.kind is AnswerKind.OPEN:
            return caller
        if item is not None:
            caller.answers()
        else:
            caller.says("yes")
        caller.elapsed_ms = 0
    raise AssertionError("no passage came to its summary")


def _arithmetic(channel: Channel) -> Caller:
    """A number of four digits, which is read back on a call."""
    caller = at(channel, greeted("math"))
    caller.calls()
    exercise = replace(caller.exercise, kind=AnswerKind.INTEGER, answer="4821", options=(), offers=(), rubric=None)
    exercise = replace(exercise, expect=replace(exercise.expect, kind=AnswerKind.INTEGER, options=(), digits=6))
    caller.lesson = replace(caller.lesson, item=Item(exercise))
    return caller


def _is_heard(caller: Caller) -> None:
    """The answer waits for a yes, and a learner whose call dropped may text instead."""
    caller.lesson = replace(caller.lesson, heard="4821")


def _intake(phase: Phase, **state: object) -> Callable[[Channel], Caller]:
    def build(channel: Channel) -> Caller:
        name = None if phase in (Phase.NAME, Phase.NAME_CONFIRM, Phase.NAME_SPELL) else "Keza"
        lesson = replace(Lesson(phase=phase, greeted=True), **state)
        languages = ("en", "rw", "fr") if phase is Phase.LANGUAGE else ("en",)
        consent = True if phase is Phase.LANGUAGE else None
        return Caller(lesson=lesson, channel=channel, name=name, consent=consent, languages=languages)

    return build


def _asked(phase: Phase, heard: str | None = None) -> Callable[[Channel], Caller]:
    def build(channel: Channel) -> Caller:
        caller = _opened("math", knows=True)(channel)
        caller.people = FAMILY
        caller.lesson = replace(caller.lesson, asking=phase, heard=heard)
        return caller

    return build


_MATH: Final = _opened("math", knows=True)
_ENGLISH: Final = _opened("english", knows=True)
_READING: Final = _opened("comprehension", knows=True)
_DEBATE: Final = _opened("debate", knows=True)
_GENERAL: Final = _opened("general", knows=True)
_SIDE: Final = _after(_DEBATE, lambda each: each.says("one"))
_MOVE: Final = _after(_SIDE, lambda each: each.says("agree"))

SITUATIONS: Final[Mapping[str, Callable[[Channel], Caller]]] = {
    "name": _intake(Phase.NAME),
    "name confirm": _intake(Phase.NAME_CONFIRM, heard="Keza"),
    "name spell": _intake(Phase.NAME_SPELL),
    "consent": _intake(Phase.CONSENT),
    "language": _intake(Phase.LANGUAGE),
    "menu": _asked(Phase.MENU, "0"),
    "menu, second page": _asked(Phase.MENU, "1"),
    "who": _asked(Phase.WHO),
    "pin": _asked(Phase.PIN, "2"),
    "math placement": _opened("math", knows=False),
    "math": _MATH,
    "math after a hint": _after(_MATH, lambda each: each.gives(Command.HINT)),
    "math after a mistake": _after(_MATH, lambda each: each.answers(right=False)),
    "math, long number": _arithmetic,
    "math, heard": _after(_arithmetic, _is_heard),
    "race": _after(_MATH, lambda each: each.says("race")),
    "english placement": _opened("english", knows=False),
    "english": _ENGLISH,
    "english row": _item(ROW),
    "english spelling": _item(SPELL),
    "english dictation": _item(DICTATION),
    "english task": _item(TASK),
    "english talk": _talk,
    "reading placement": _opened("comprehension", knows=False),
    "reading": _READING,
    "reading question": _after(_READING, lambda each: each.says("no") if each.lesson.item is None else None),
    "reading summary": _summary,
    "debate placement": _opened("debate", knows=False),
    "debate": _DEBATE,
    "debate side": _SIDE,
    "debate move": _MOVE,
    "debate by key": _after(_MOVE, lambda each: each.keys("1")),
    "general": _GENERAL,
    "general topic": _after(_GENERAL, lambda each: each.says("tell me more")),
    "general answered": _after(_GENERAL, lambda each: each.says("what is a volcano?")),
    "general unknown": _after(_GENERAL, lambda each: each.says("why is the zorb blue?")),
    "general quiz": _after(_GENERAL, lambda each: each.says("tell me more"), lambda each: each.says("quiz me")),
    "general practice": _after(_GENERAL, lambda each: each.says("practise")),
}
BY_EAR: Final = {"english pair": _item(PAIR)}
"""What is only asked on a call."""
PLACES: Final = (*SITUATIONS, *BY_EAR)


def everything_open(where: str, channel: Channel) -> tuple[Caller, ...]:
    """The callers at a place; none where it cannot be on this channel."""
    if where in BY_EAR and channel is not Channel.VOICE:
        return ()
    return (_built(where, channel),)


@cache
def _built(where: str, channel: Channel) -> Caller:
    return (SITUATIONS[where] if where in SITUATIONS else BY_EAR[where])(channel)
