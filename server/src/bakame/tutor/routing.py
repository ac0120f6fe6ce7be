"""Which module teaches now: by command, by key in the menu, and by the learner's plan."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.lesson import Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.text.commands import Command
from bakame.text.compare import normalise
from bakame.tutor.module import Ask, View
from bakame.tutor.turn import Channel, Said
from bakame.tutor.wording import line

BY_COMMAND: Final[Mapping[Command, str]] = {
    Command.MATH: "math",
    Command.ENGLISH: "english",
    Command.READ: "comprehension",
    Command.DEBATE: "debate",
    Command.ASK: "general",
}
FIRST: Final = "math"
"""What somebody begins with of whom nothing is known."""
RACES_IN: Final = "math"
DUE_TO_CHANGE: Final = 3
"""Reviews that must wait in another module before the lesson opens there instead."""
MORE: Final = "more"
_PAGES: Final = (("math", "english", "comprehension", MORE), ("debate", "general", MORE))
"""At most four choices are listened to at once; the last key gives the others."""
_WORDS: Final = {
    "math": ("math", "maths", "mathematics", "numbers"),
    "english": ("english", "language"),
    "comprehension": ("reading", "read", "stories", "story"),
    "debate": ("debate", "debating"),
    "general": ("ask", "questions", "question", "general", "general knowledge", "ask a question", "ask me anything"),
    MORE: ("more", "other", "others", "something else"),
}


def taught(lesson: Lesson, modules: Collection[str]) -> Lesson:
    """The lesson, in another subject when its own is not taught any more; its place there is kept."""
    if lesson.module in modules:
        return lesson
    return lesson.switched(FIRST if FIRST in modules else next(iter(modules)))


def menu(lesson: Lesson) -> Ask:
    """The subjects, some at a time."""
    page = _page(lesson)
    options = tuple(_WORDS[name][0] for name in _PAGES[page])
    return Ask(
        (line(("menu.first", "menu.second")[page]),), Expect(AnswerKind.CHOICE, options=options, patience_ms=8_000)
    )


def asking_menu(lesson: Lesson, page: int = 0) -> Lesson:
    """The lesson with the menu open at a page."""
    return replace(lesson, asking=Phase.MENU, heard=str(page % len(_PAGES)), misses=0)


def chosen(lesson: Lesson, said: Said) -> str | None:
    """The module (or `MORE`) that was chosen from the menu by key or by word; None when neither."""
    page = _PAGES[_page(lesson)]
    text = normalise(said.text).strip(" #")
    if text.isdecimal():
        return page[int(text) - 1] if 1 <= int(text) <= len(page) else None
    return next((name for name, words in _WORDS.items() if text in words), None)


def next_page(lesson: Lesson) -> Lesson:
    """The menu's other page."""
    return asking_menu(lesson, _page(lesson) + 1)


def planned(view: View, modules: Collection[str]) -> str:
    """The module in which a lesson opens: where a question is open; else where reviews have piled up; else the last."""
    lesson = view.lesson
    here = lesson.module if lesson.module in modules else FIRST
    if lesson.item is not None or _is_under_way(lesson) or view.channel is not Channel.VOICE:
        return here
    due = dict.fromkeys(modules, 0)
    for skill, known in view.knowledge.items():
        name = skill.partition(".")[0]
        if name in due and _is_due(known, view):
            due[name] += 1
    most = max(due, key=lambda name: (due[name], name == here)) if due else here
    return most if due[most] >= DUE_TO_CHANGE and due[most] > due[here] else here


def _is_under_way(lesson: Lesson) -> bool:
    """Whether a debate or a reading stopped in the middle."""
    stage = lesson.scene.get("stage")
    return stage in ("side", "move") if lesson.module == "debate" else bool(lesson.scene)


def _is_due(known: Knowledge, view: View) -> bool:
    return known.due_at is not None and known.due_at <= view.now


def _page(lesson: Lesson) -> int:
    return int(lesson.heard) % len(_PAGES) if lesson.heard and lesson.heard.isdecimal() else 0
