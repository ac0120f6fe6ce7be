"""Meeting a new learner: a name, and whether their words may be kept."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bakame.learning.expect import NOTHING, YES_NO, AnswerKind, Expect
from bakame.learning.lesson import Lesson, Phase
from bakame.text.commands import Command, read_yes_no
from bakame.text.names import read_name
from bakame.tutor.module import Ask, Step, View
from bakame.tutor.turn import Said
from bakame.tutor.wording import Part, line

MISSES_ALLOWED: Final = 2
SURE_OF_CONSENT: Final = 0.85
"""A recogniser's confidence from which a spoken yes is a consent; under it the question is asked again."""
_GIVES_UP: Final = (Command.SKIP, Command.DONT_KNOW)
_KEYED: Final = re.compile(r"[\d#*]*")


class Intake:
    """The questions before the first lesson. `names`: those that a recogniser should know, most likely first."""

    def __init__(self, *, names: Sequence[str]) -> None:
        self._names = tuple(names)

    def phase(self, view: View) -> Phase | None:
        """What still has to be asked of this learner; None when nothing."""
        if view.name is None and not view.lesson.nameless:
            return Phase.NAME
        return Phase.CONSENT if view.consent is None else None

    def ask(self, lesson: Lesson) -> Ask:
        """The open question of the intake."""
        if lesson.phase is Phase.NAME:
            return Ask((line("name.ask"),), Expect(AnswerKind.NAME, options=self._names))
        if lesson.phase is Phase.NAME_CONFIRM:
            return Ask((line("name.confirm", name=lesson.heard or ""),), YES_NO)
        return Ask((line("consent.ask"),), YES_NO)

    def answer(self, view: View, said: Said, command: Command | None) -> Step:
        """What an answer to it comes to. A step that expects nothing has finished one question of the intake."""
        match view.lesson.phase:
            case Phase.NAME:
                return self._name(view, said, command)
            case Phase.NAME_CONFIRM:
                return self._confirmed(view, said, command)
            case _:
                return self._consent(view, said, command)

    def _name(self, view: View, said: Said, command: Command | None) -> Step:
        if command in _GIVES_UP or (said.by == "keys" and _KEYED.fullmatch(said.text)):
            return _nameless(view.lesson)
        name = read_name(said.text)
        if name is None:
            return self._missed(view.lesson)
        if said.by == "speech":
            return self._asking(replace(view.lesson, phase=Phase.NAME_CONFIRM, heard=name))
        return named(view.lesson, name)

    def _confirmed(self, view: View, said: Said, command: Command | None) -> Step:
        lesson = view.lesson
        agreed = yes_or_no(said.text)
        if command in _GIVES_UP:
            return _nameless(lesson)
        if agreed and lesson.heard:
            return named(lesson, lesson.heard)
        if agreed is None and said.by != "keys" and (name := read_name(said.text)):
            # The learner corrects us by saying the name again.
            if lesson.misses + 1 < MISSES_ALLOWED:
                return self._asking(replace(lesson, heard=name, misses=lesson.misses + 1))
            return named(lesson, name)
        return self._missed(lesson)

    def _consent(self, view: View, said: Said, command: Command | None) -> Step:
        lesson = view.lesson
        agreed = False if command in _GIVES_UP else yes_or_no(said.text)
        if agreed and said.confidence < SURE_OF_CONSENT:
            agreed = None
        if agreed is None and lesson.misses + 1 < MISSES_ALLOWED:
            return self._asking(replace(lesson, misses=lesson.misses + 1), line("unclear.again"))
        done = replace(lesson, heard=None, misses=0)
        thanks = line("consent.yes" if agreed else "consent.no", spare=True)
        return Step(done, (thanks,), NOTHING, consent=bool(agreed))

    def _missed(self, lesson: Lesson) -> Step:
        if lesson.misses + 1 >= MISSES_ALLOWED:
            return _nameless(lesson)
        return self._asking(
            replace(lesson, phase=Phase.NAME, heard=None, misses=lesson.misses + 1), line("name.missed", spare=True)
        )

    def _asking(self, lesson: Lesson, *before: Part) -> Step:
        ask = self.ask(lesson)
        return Step(lesson, (*before, *ask.parts), ask.expect)


def named(lesson: Lesson, name: str) -> Step:
    """The learner is called `name` from here on."""
    done = replace(lesson, heard=None, misses=0, nameless=False)
    return Step(done, (line("name.thanks", name=name, spare=True),), NOTHING, name=name)


def yes_or_no(text: str) -> bool | None:
    """Yes and no by word, or by the keys 1 and 2."""
    return {"1": True, "2": False}.get(text.strip(" #.")) if text.strip(" #.").isdigit() else read_yes_no(text)


def _nameless(lesson: Lesson) -> Step:
    done = replace(lesson, heard=None, misses=0, nameless=True)
    return Step(done, (line("name.without"),), NOTHING)
