"""Meeting a new learner: a name, a language, and whether their words may be kept."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bakame.learning.expect import NOTHING, YES_NO, AnswerKind, Expect
from bakame.learning.lesson import Lesson, Phase
from bakame.learning.spelling import read_spelling
from bakame.text.commands import Command, read_yes_no
from bakame.text.compare import normalise
from bakame.text.language import SURE, guess
from bakame.text.names import read_name
from bakame.tutor.module import Ask, Step, View
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line, Part, line

MISSES_ALLOWED: Final = 2
LANGUAGES: Final = {"en": "English", "rw": "Kinyarwanda", "fr": "Francais", "sw": "Kiswahili"}
"""Languages by their own names, as a text can carry them."""
_CALLED: Final = {
    "english": "en",
    "icyongereza": "en",
    "anglais": "en",
    "kiingereza": "en",
    "en": "en",
    "kinyarwanda": "rw",
    "ikinyarwanda": "rw",
    "rwandan": "rw",
    "rw": "rw",
    "french": "fr",
    "francais": "fr",
    "igifaransa": "fr",
    "kifaransa": "fr",
    "fr": "fr",
    "swahili": "sw",
    "kiswahili": "sw",
    "igiswahili": "sw",
    "sw": "sw",
}
SURE_OF_CONSENT: Final = 0.85
"""A recogniser's confidence from which a spoken yes is a consent; under it the question is asked again."""
MOST_LANGUAGES: Final = 4
_COUNTS: Final = ("none", "one", "two", "three", "four")
_GIVES_UP: Final = (Command.SKIP, Command.DONT_KNOW)
_KEYED: Final = re.compile(r"[\d#*]*")


class Intake:
    """The questions before the first lesson. `names`: those that a recogniser should know, most likely first;
    `languages`: those that are offered, the usual one first. With one of them, nobody is asked.
    """

    def __init__(self, *, names: Sequence[str], languages: Sequence[str] = ("en",)) -> None:
        self._names = tuple(names)
        self._languages = tuple(languages)[:MOST_LANGUAGES]

    def phase(self, view: View) -> Phase | None:
        """What still has to be asked of this learner; None when nothing."""
        if view.name is None and not view.lesson.nameless:
            return Phase.NAME
        if view.consent is None:
            return Phase.CONSENT
        return Phase.LANGUAGE if len(self._languages) > 1 and not view.language_asked else None

    def ask(self, lesson: Lesson) -> Ask:
        """The open question of the intake."""
        if lesson.phase is Phase.NAME:
            return Ask((line("name.ask"),), Expect(AnswerKind.NAME, options=self._names))
        if lesson.phase is Phase.NAME_CONFIRM:
            return Ask((line("name.confirm", name=lesson.heard or ""),), YES_NO)
        if lesson.phase is Phase.NAME_SPELL:
            return Ask((line("name.spell"),), Expect(AnswerKind.SPELLING, patience_ms=9_000))
        if lesson.phase is Phase.LANGUAGE:
            named = {f"language{n}": LANGUAGES[each] for n, each in enumerate(self._languages, start=1)}
            options = tuple(LANGUAGES[each] for each in self._languages)
            asked = Line(f"language.ask.{_COUNTS[len(self._languages)]}", named)
            return Ask((asked,), Expect(AnswerKind.CHOICE, options=options, patience_ms=7_000))
        return Ask((line("consent.ask"),), YES_NO)

    def answer(self, view: View, said: Said, command: Command | None) -> Step:
        """What an answer to it comes to. A step that expects nothing has finished one question of the intake."""
        match view.lesson.phase:
            case Phase.NAME:
                return self._name(view, said, command)
            case Phase.NAME_CONFIRM:
                return self._confirmed(view, said, command)
            case Phase.NAME_SPELL:
                return self._spelled(view, said, command)
            case Phase.LANGUAGE:
                return self._language(view, said)
            case _:
                return self._consent(view, said, command)

    def _name(self, view: View, said: Said, command: Command | None) -> Step:
        if command in _GIVES_UP or (said.by == "keys" and _KEYED.fullmatch(said.text)):
            return _nameless(view.lesson)
        name = read_name(said.text)
        if name is None:
            return self._missed(view)
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
        return self._missed(view)

    def _spelled(self, view: View, said: Said, command: Command | None) -> Step:
        """Letter by letter, when the name was not heard twice."""
        letters = read_spelling(said.text)
        name = read_name(letters) if letters and not letters.isdigit() else None
        if command in _GIVES_UP or name is None:
            return _nameless(view.lesson)
        return self._asking(replace(view.lesson, phase=Phase.NAME_CONFIRM, heard=name))

    def _language(self, view: View, said: Said) -> Step:
        """One of those offered, by key or by name; whoever says something else goes on in the present one."""
        key = said.text.strip(" #.")
        if len(key) == 1 and key.isdecimal() and 1 <= int(key) <= len(self._languages):
            language: str | None = self._languages[int(key) - 1]
        else:
            language = self.language_in(said.text)
        if language is None and view.lesson.misses + 1 < MISSES_ALLOWED:
            return self._asking(replace(view.lesson, misses=view.lesson.misses + 1), line("unclear.again"))
        return Step(replace(view.lesson, heard=None, misses=0), (), NOTHING, language=language or view.language)

    def language_in(self, text: str) -> str | None:
        """The language that is named, if it is offered."""
        found = {_CALLED[word] for word in normalise(text).split() if word in _CALLED} & set(self._languages)
        return found.pop() if len(found) == 1 else None

    def guessed(self, view: View, said: Said) -> str | None:
        """Another language on offer that a new learner most likely speaks; None when there is no reason to ask.

        A recogniser that knows a few words only says nothing of the language.
        """
        if view.language_asked or view.lesson.phase is Phase.LANGUAGE or said.act not in (Act.OPEN, Act.ANSWER):
            return None
        if said.by != "text" and not (said.by == "speech" and said.free_speech):
            return None
        found = guess(said.text)
        is_other = found is not None and found[1] >= SURE and found[0] != view.language
        return found[0] if found is not None and is_other and found[0] in self._languages else None

    def asking_language(self, lesson: Lesson, said: Said, language: str, *before: Part) -> Step:
        """Asks which language, in the one that was guessed; it stays when no other one is chosen.

        A name that was given in a text is kept: one word, for a sentence may look like a name of several.
        """
        name = read_name(said.text) if lesson.phase is Phase.NAME and said.by == "text" else None
        name = name if name and " " not in name else None
        asked = replace(lesson, phase=Phase.LANGUAGE, asking=None, heard=None, misses=0)
        return replace(self._asking(asked, *before), language=language, name=name)

    def offer_languages(self) -> Line:
        """Which languages there are, and how to choose one."""
        return line("language.how", languages=", ".join(LANGUAGES[each] for each in self._languages))

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

    def _missed(self, view: View) -> Step:
        lesson = view.lesson
        if lesson.misses + 1 >= MISSES_ALLOWED:
            # Where only listed words are heard, any noise makes letters.
            if view.channel is Channel.VOICE and view.free_speech:
                return self._asking(replace(lesson, phase=Phase.NAME_SPELL, heard=None, misses=0))
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
