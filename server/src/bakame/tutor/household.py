"""One line, many learners: who is here, and the PIN that guards their lessons."""

from dataclasses import replace
from typing import Final

from bakame.learning.expect import NOTHING, AnswerKind, Expect
from bakame.learning.lesson import Lesson, Phase
from bakame.text.commands import Command
from bakame.text.compare import likeness, normalise
from bakame.text.names import read_name
from bakame.text.numbers import read_number
from bakame.tutor.module import Ask, Person, Step, View
from bakame.tutor.turn import Said
from bakame.tutor.wording import Line, Part, line

OFFERED: Final = 3
"""People who are offered by name and key; the last key is for anybody else."""
SOMEBODY_NEW: Final = 0
ALIKE: Final = 0.84
_ELSE: Final = frozenset(
    (
        "new",
        "someone new",
        "somebody new",
        "someone else",
        "somebody else",
        "other",
        "another",
        "another person",
        "else",
    )
)
_COUNTS: Final = ("none", "one", "two", "three")
_GIVES_UP: Final = (Command.SKIP, Command.DONT_KNOW, Command.BYE)


class Household:
    """The questions before a lesson of which nobody knows yet whose it is."""

    def needed(self, view: View) -> bool:
        """Whether several people could be here."""
        return len(_named(view)) > 1

    def who(self, view: View, *before: Part) -> Step:
        """Asks who it is."""
        return _asking(view, replace(view.lesson, asking=Phase.WHO, heard=None, misses=0), *before)

    def ask(self, view: View, lesson: Lesson) -> Ask:
        """The open question."""
        if lesson.asking is Phase.PIN:
            person = _person(view, lesson)
            return Ask((line("pin.ask", name=(person and person.name) or ""),), Expect(AnswerKind.INTEGER, digits=7))
        offered = _named(view)[:OFFERED]
        key = f"who.ask.{_COUNTS[len(offered)]}"
        names = {f"name{n}": person.name or "" for n, person in enumerate(offered, start=1)}
        options = (*(person.name or "" for person in offered), "someone else")
        return Ask((Line(key, names),), Expect(AnswerKind.CHOICE, options=options, patience_ms=8_000))

    def answer(self, view: View, said: Said, command: Command | None) -> Step:
        """What an answer comes to; a step with `becomes` goes on with that person's lesson."""
        if view.lesson.asking is Phase.PIN:
            return self._pin(view, said, command)
        chosen = _chosen(view, said)
        if chosen is None:
            lesson = replace(view.lesson, misses=view.lesson.misses + 1)
            if lesson.misses >= OFFERED:
                # Nobody can be told apart on this line: better somebody new than another's lesson.
                return _becoming(view, SOMEBODY_NEW)
            return _asking(view, lesson, line("who.missed", spare=True))
        if chosen == SOMEBODY_NEW:
            return _becoming(view, SOMEBODY_NEW)
        return self.enter(view, chosen)

    def enter(self, view: View, learner_id: int) -> Step:
        """Goes on with somebody's lesson, after their PIN where there is one."""
        person = next(one for one in view.people if one.learner_id == learner_id)
        if person.locked:
            return self.who(view, line("pin.locked", name=person.name or ""))
        if person.guarded and learner_id != view.learner_id:
            return _asking(view, replace(view.lesson, asking=Phase.PIN, heard=str(learner_id), misses=0))
        return _becoming(view, learner_id)

    def called(self, view: View, name: str) -> int | None:
        """The other person on this line who has this name."""
        return next(
            (
                person.learner_id
                for person in _named(view)
                if person.learner_id != view.learner_id and normalise(person.name or "") == normalise(name)
            ),
            None,
        )

    def _pin(self, view: View, said: Said, command: Command | None) -> Step:
        person = _person(view, view.lesson)
        if person is None or command in _GIVES_UP:
            return self.who(view)
        if view.pin_matches:
            return replace(_becoming(view, person.learner_id), pin_right=person.learner_id)
        if pin_in(said.text) is None:
            return _asking(view, view.lesson, line("pin.form", spare=True))
        lesson = replace(view.lesson, misses=view.lesson.misses + 1)
        if lesson.misses >= OFFERED:
            step = self.who(view, line("pin.locked", name=person.name or ""))
        else:
            step = _asking(view, lesson, line("pin.wrong"))
        return replace(step, pin_missed=person.learner_id)


def pin_in(text: str) -> str | None:
    """The digits of a PIN as it was keyed, typed or said; None when there is none."""
    digits = "".join(character for character in text if character.isdigit() and character.isascii())
    if not digits and (number := read_number(text)) is not None and number.form == "integer":
        digits = str(abs(int(number.value)))
    return digits if 4 <= len(digits) <= 6 else None


def asked_for(lesson: Lesson) -> int | None:
    """Whose PIN is being asked."""
    is_asked = lesson.asking is Phase.PIN and lesson.heard is not None and lesson.heard.isdecimal()
    return int(lesson.heard or "") if is_asked else None


def _person(view: View, lesson: Lesson) -> Person | None:
    return next((one for one in view.people if one.learner_id == asked_for(lesson)), None)


def _named(view: View) -> list[Person]:
    return [person for person in view.people if person.name]


def _chosen(view: View, said: Said) -> int | None:
    offered = _named(view)[:OFFERED]
    text = normalise(said.text)
    key = text.strip(" #")
    if key.isdecimal():
        index = int(key) - 1
        if index == len(offered):
            return SOMEBODY_NEW
        return offered[index].learner_id if 0 <= index < len(offered) else None
    if text in _ELSE:
        return SOMEBODY_NEW
    name = read_name(said.text)
    found = {
        person.learner_id
        for person in _named(view)
        if (name and likeness(name, person.name or "") >= ALIKE) or normalise(person.name or "") in text.split()
    }
    if len(found) == 1:
        return found.pop()
    return SOMEBODY_NEW if name and not found and said.confidence >= ALIKE else None


def _becoming(view: View, learner_id: int) -> Step:
    lesson = replace(view.lesson, asking=None, heard=None, misses=0)
    return Step(lesson, (), NOTHING, becomes=learner_id)


def _asking(view: View, lesson: Lesson, *before: Part) -> Step:
    ask = Household().ask(view, lesson)
    return Step(lesson, (*before, *ask.parts), ask.expect)
