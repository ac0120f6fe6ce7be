"""Content that was edited or retired under a running lesson: the learner always gets a next move."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final, TypeVar

import pytest

from bakame.learning.notes import SkillNotes
from bakame.learning.skills import Curriculum, Skill
from bakame.tutor.module import TutorModule
from bakame.tutor.registry import library, modules
from bakame.tutor.turn import Channel
from classroom import all_skills, answers, materials
from tutor.callers import Caller, every_module
from tutor.situations import PLACES, everything_open
from tutor.soundness import is_sound

T = TypeVar("T")


def _skills(change: Callable[[Skill], Skill | None]) -> Curriculum:
    changed = {key: each for key, skill in all_skills().skills.items() if (each := change(skill)) is not None}
    known = {
        key: replace(each, prerequisites=tuple(need for need in each.prerequisites if need in changed))
        for key, each in changed.items()
    }
    return replace(all_skills(), skills=MappingProxyType(known))


def _odd(skill: Skill) -> bool:
    return sum(map(ord, skill.id)) % 2 == 1


def _is_read(skill: Skill) -> bool:
    return skill.module == "comprehension"


def _first(skill: Skill) -> Skill | None:
    """The first three skills of a subject, and all of reading, which needs its types of questions."""
    of_subject = [each.id for each in all_skills().of_module(skill.module)]
    return skill if _is_read(skill) or skill.id in of_subject[:3] else None


def _thin(notes: SkillNotes) -> SkillNotes:
    kept = (notes.rows[-2:], notes.pairs[-1:], notes.spell[-1:], notes.dictation[-1:], notes.tasks[-1:])
    rows, pairs, spell, dictation, tasks = kept
    return replace(notes, rows=rows, pairs=pairs, spell=spell, dictation=dictation, tasks=tasks, talks=())


def _last(mapping: Mapping[str, T], count: int) -> Mapping[str, T]:
    return MappingProxyType(dict([*mapping.items()][-count:]))


CURRICULA: Final[Mapping[str, Callable[[Skill], Skill | None]]] = {
    "half of the skills retired": lambda each: (
        replace(each, retired=True) if _odd(each) and not _is_read(each) else each
    ),
    "the other half retired": lambda each: each if _odd(each) or _is_read(each) else replace(each, retired=True),
    "most skills gone": _first,
    "no prerequisites": lambda each: replace(each, prerequisites=()),
}
EDITS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(CURRICULA, ("math", "race", "english", "general", "debate")),
    "short notes": ("english", "general"),
    "other passages": ("reading",),
    "other motions": ("debate",),
    "other topics": ("general",),
    "other guides": ("debate",),
}
"""Changes, and the beginnings of the places that they may touch."""


@cache
def edited(how: str) -> Mapping[str, TutorModule]:
    """The modules over content that was changed."""
    kept = materials()
    match how:
        case "short notes":
            english = {key: _thin(each) for key, each in kept.english.items()}
            general = {key: _thin(each) for key, each in kept.general.items()}
            kept = replace(kept, english=english, general=general)
        case "other passages":
            kept = replace(kept, readings=_last(kept.readings, 3))
        case "other motions":
            kept = replace(kept, debate=replace(kept.debate, motions=_last(kept.debate.motions, 3)))
        case "other topics":
            kept = replace(kept, topics=_last(kept.topics, 3))
            return modules(kept, answers=library(kept))
        case "other guides":
            turned = {key: replace(each, ask=f"Now: {each.ask}") for key, each in kept.debate.guides.items()}
            kept = replace(kept, debate=replace(kept.debate, guides=MappingProxyType(turned)))
        case _:
            left = _skills(CURRICULA[how])
            kept = replace(
                kept,
                curriculum=left,
                english={key: each for key, each in kept.english.items() if key in left.skills},
                general={key: each for key, each in kept.general.items() if key in left.skills},
            )
    return modules(kept, answers=answers())


PLANS: Final = (
    ("answers", "answers", "answers"),
    ("fails", "fails", "fails", "fails"),
    ("HINT", "HINT", "HINT", "HINT", "HINT"),
    ("SKIP", "I don't know", "I don't know"),
    ("calls", "answers"),
    ("the big blue bus", "STATUS", "repeat", "bye"),
    ("RACE", "MENU", "2", "answers", "MATH", "answers"),
)


@pytest.mark.parametrize("how", EDITS)
def test_the_lesson_goes_on_when_content_was_edited_or_retired_under_it(how: str) -> None:
    for where in (each for each in PLACES if each.startswith(EDITS[how])):
        for channel in (Channel.VOICE, Channel.SMS):
            for caller in everything_open(where, channel):
                for plan in PLANS:
                    one = caller.again(modules=edited(how))
                    for act in plan:
                        goes_on(one, act)
                        is_sound(one)


def goes_on(caller: Caller, act: str) -> None:
    lesson = caller.lesson
    is_open = lesson.item is not None and lesson.asking is None
    if act in ("answers", "fails") and is_open:
        caller.answers(right=act == "answers")
    elif act == "calls":
        caller.calls()
    else:
        caller.says("one" if act in ("answers", "fails") else act)


@pytest.mark.parametrize("gone", ["math", "general"])
def test_a_subject_that_is_not_here_is_said_not_to_be_and_the_question_stays(gone: str) -> None:
    (caller,) = everything_open("english", Channel.VOICE)
    left = {name: each for name, each in every_module().items() if name != gone}
    one = caller.again(modules=left)
    for words in ("race", "maths") if gone == "math" else ("ask what is a volcano", "ask a question"):
        told = one.says(words)
        is_sound(one)
        assert told.endswith(caller.exercise.say)
        assert one.lesson.module == "english"
