"""One turn of the conversation around the teaching: greeting, silence, commands, what was not understood, goodbye.

Pure: a view and what was said in, a step out. The modules teach; this decides when they are asked to.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bakame.learning.claiming import claims
from bakame.learning.expect import NOTHING, YES_NO, AnswerKind, Expect
from bakame.learning.grading import HEDGED, MAX_SAID, OTHER_UNIT, Grade, Verdict
from bakame.learning.lesson import Item, Lesson, Phase, Sitting
from bakame.learning.marking import mark
from bakame.learning.mood import Sign
from bakame.learning.open_answers import TOO_SHORT
from bakame.learning.units import unit_words
from bakame.security.pins import is_guessable
from bakame.text.commands import Command, read_command
from bakame.text.names import read_name
from bakame.tutor.asides import Digression, question_in
from bakame.tutor.empathy import noticed, report_in
from bakame.tutor.gains import standing
from bakame.tutor.household import Household, pin_in
from bakame.tutor.intake import Intake, named, yes_or_no
from bakame.tutor.module import Answering, Ask, Library, Matter, Rereads, Step, TutorModule, View, Watch
from bakame.tutor.routing import BY_COMMAND, MORE, RACES_IN, asking_menu, chosen, menu, next_page, planned
from bakame.tutor.safeguarding import UNSURE
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line, Part, Written, line
from bakame.tutor.working import answer_line

SLOW_WPM: Final = 105
THINKING_MS: Final = 20_000
READ_BACK_DIGITS: Final = 4
KEYS_OFFERED_EVERY: Final = 3
"""Questions, on a line on which speech is hard to hear."""
_NAMING: Final = (Phase.NAME, Phase.NAME_CONFIRM, Phase.NAME_SPELL)
_INTAKE: Final = (*_NAMING, Phase.CONSENT, Phase.LANGUAGE)
_ROUTED: Final = (
    *BY_COMMAND,
    *(Command.MENU, Command.WHO, Command.PIN, Command.LANG, Command.TEACHER, Command.RACE),
)
_TEACHING: Final = (Command.HINT, Command.SKIP, Command.DONT_KNOW)
_LEAVING: Final = (Command.BYE, Command.STOP)
_LEAVING_BY_TEXT: Final = (Command.STOP, Command.START)
"""Nothing goes before them, wherever they are said."""
_KINDS: Final = {
    AnswerKind.YES_NO: "yes_no",
    AnswerKind.CHOICE: "choice",
    AnswerKind.NAME: "name",
    AnswerKind.DECIMAL: "decimal",
    AnswerKind.FRACTION: "fraction",
    AnswerKind.SPELLING: "spelling",
    AnswerKind.DICTATION: "dictation",
}
_UNCLEAR: Final = {HEDGED: "unclear.hedged", TOO_SHORT: "unclear.short"}
"""What is said first, where more is known than that it was not understood."""
SPOKEN_BY_KIND: Final = (*_KINDS.values(), "number", "open")
"""The kinds of answer that are told apart in words."""
SURE_OF_MISTAKE: Final = 0.9
"""A recogniser's confidence under which an answer that would be marked wrong is confirmed first."""

_UNCONFIRMED: Final = (AnswerKind.OPEN, AnswerKind.DICTATION)
"""Answers too long to be read back; they are asked for again instead."""
MOST_MISHEARD: Final = 2
"""How often in a row."""

_BRACES: Final = frozenset("{}")
"""In what is sent to a machine; no answer has them."""
LATIN_ENDS: Final = "\u0250"
"""The first letter after those of Latin alphabets."""

SURE_OF_COMMAND: Final = 0.5
SURE_OF_LEAVING: Final = 0.85
"""A noise that a recogniser takes for a goodbye must not end a lesson."""


class Conversation:
    """`sure`: a recogniser's confidence under which an answer is confirmed before it is marked. `asides`: there is
    somebody who answers questions in mid-lesson. `languages`: those that learners are offered, the usual one first.
    `watch` sees when somebody says that they are in danger; `library` answers questions from content.
    """

    def __init__(
        self,
        *,
        modules: Mapping[str, TutorModule],
        names: Sequence[str],
        sure: float = 0.5,
        asides: bool = False,
        languages: Sequence[str] = ("en",),
        watch: Watch | None = None,
        library: Library | None = None,
    ) -> None:
        self._modules = modules
        self._intake = Intake(names=names, languages=languages)
        self._household = Household()
        self._sure = sure
        self._asides = asides
        self._watch = watch
        self._library = library

    def respond(self, view: View, said: Said, *, rng: random.Random, explained: str | None = None) -> Step:
        """One turn. `explained`: the answer to a question in mid-lesson, where it has to be in the reply."""
        matter = self.sees(view, said)
        step = self._cared_for(view, said, matter) if matter else self._turn(view, said, rng, explained)
        if step.closes:
            step = replace(step, parts=(*step.parts, *_goodbye(view.name)))
        if step.lesson.slow and step.words_per_minute is None:
            step = replace(step, words_per_minute=SLOW_WPM)
        if said.line_poor and not step.ends and _asks_anew(view, step):
            step = replace(step, parts=(*step.parts, _by_keys(step.expect)))
        return step

    def sees(self, view: View, said: Said) -> Matter | None:
        """What a person must look at in what was said; None for ordinary words, and for answers that are right."""
        if self._watch is None or not said.text or said.act not in (Act.ANSWER, Act.COMMAND):
            return None
        matter = self._watch.sees(said.text)
        item = view.lesson.item
        if matter is None or UNSURE not in matter.signs or item is None:
            return matter
        return None if mark(item.exercise, said.text).verdict is Verdict.RIGHT else matter

    def question(self, view: View, said: Said) -> str | None:
        """What the learner asks while practising, instead of answering the open question; None when nothing.

        A call for help is never a question: it goes to people and not to a model.
        """
        if self.sees(view, said) is not None:
            return None
        if self._asides and said.act is Act.ANSWER and (asked := self._asked(view, said)):
            return asked
        lesson = view.lesson
        is_practising = lesson.greeted and lesson.asking is None and lesson.phase is Phase.PRACTICE
        is_practising = is_practising and lesson.item is not None
        if (
            not ((self._asides or self._library) and is_practising and said.act is Act.ANSWER)
            or command_in(said)[0] is not None
        ):
            return None
        return question_in(said, mark(lesson.item.exercise, said.text)) if lesson.item else None

    def homework(self, view: View, said: Said, sitting: Sitting, *, rng: random.Random) -> Step:
        """What was done in a sitting, and one question to go on with by text."""
        counts = {"asked": str(sitting.asked), "right": str(sitting.right), "name": view.name or ""}
        done: tuple[Part, ...] = (Line("summary.named" if view.name else "summary.unnamed", counts),)
        ask = self._module(view).ask(view)
        if ask is not None:
            return Step(view.lesson, (*done, line("summary.next", spare=True), *ask.parts), ask.expect)
        onward = self._module(view).respond(view, said, rng=rng)
        return replace(onward, parts=(*done, *onward.parts))

    def _asked(self, view: View, said: Said) -> str | None:
        """What is asked of a module that can be asked anything, and only a model could answer."""
        lesson = view.lesson
        if not lesson.greeted or lesson.asking is not None or lesson.phase in _INTAKE:
            return None
        command, argument = _command(view, said)
        if command is Command.ASK and argument and "general" in self._modules:
            view = replace(view, lesson=lesson.switched("general"))
            said = replace(said, text=argument)
        elif command is not None:
            return None
        module = self._module(view)
        return module.question(view, said) if isinstance(module, Answering) else None

    def _turn(self, view: View, said: Said, rng: random.Random, explained: str | None) -> Step:
        command, argument = _command(view, said)
        if view.lesson.asking is not None and said.act not in (Act.OPEN, Act.SILENCE):
            step = self._before(view, said, command, rng)
            if step is not None:
                return step
        introduced = said.by == "speech" and view.lesson.greeted and view.lesson.phase in _NAMING
        if command is Command.NAME and not introduced and (name := read_name(argument)):
            return self._renamed(view, said, name, rng)
        if (step := self._in_another_language(view, said, command)) is not None:
            return step
        is_routed = view.lesson.greeted and not self._names_language(view, said)
        if is_routed and command is not None and command in _ROUTED:
            return self._routed(view, said, command, argument, rng, explained)
        if command is Command.STATUS:
            return self._told(view, *self._status(view), voice_asks=said.channel is Channel.VOICE)
        if command in (Command.HELP, Command.CALL):
            return self._told(view, line("help"), voice_asks=said.channel is Channel.VOICE)
        if said.act is Act.OPEN or not view.lesson.greeted:
            return self._open(view, said, rng)
        if command in _LEAVING:
            return self._leave(view)
        if said.act is Act.SILENCE:
            return self._silence(view, max(1, said.silences))
        if command is Command.WAIT:
            waiting = replace(self._ask(view).expect, patience_ms=THINKING_MS)
            return Step(view.lesson, (line("wait"),), waiting)
        if command is Command.NAME and not introduced:
            return self._told(view, line("name.how"), voice_asks=said.channel is Channel.VOICE)
        if command in (Command.REPEAT, Command.START):
            return self._reread(view) or self._again(view)
        if command is Command.SLOWER:
            slowly = replace(view, lesson=replace(view.lesson, slow=True))
            return self._reread(slowly) or self._again(slowly, line("slower", spare=True))
        if command is Command.HINT and (view.lesson.asking is not None or view.lesson.phase in _INTAKE):
            return self._again(view, _by_keys(self._ask(view).expect))
        if view.lesson.phase in _INTAKE:
            return self._go_on(view, said, self._intake.answer(view, said, command), rng)
        if command in _TEACHING:
            understood = replace(view, lesson=replace(view.lesson, heard=None, misses=0))
            step = self._module(view).respond(understood, replace(said, act=Act.COMMAND, command=command), rng=rng)
            item = view.lesson.item
            if not step.parts and step.lesson.item == item:
                return self._again(view)
            if command is Command.DONT_KNOW and said.by == "keys" and item and item.exercise.kind.is_number:
                # The key 9 alone says so; somebody may have meant the number.
                return replace(step, parts=(line("dont_know.nine", spare=True), *step.parts))
            return step
        return self._answer(view, said, rng, explained)

    def _open(self, view: View, said: Said, rng: random.Random) -> Step:
        lesson = replace(view.lesson, greeted=True, asking=None, heard=None, misses=0, slow=False, sitting=Sitting())
        newcomer = view.name is None and view.consent is None
        if said.by != "chosen" and said.channel is Channel.VOICE and self._household.needed(view):
            return self._household.who(replace(view, lesson=lesson), line("welcome.line"))
        if not newcomer and (module := planned(replace(view, lesson=lesson), self._modules)) != lesson.module:
            lesson = lesson.switched(module)
        greeting = line("welcome.new") if newcomer else _greeting(view.name)
        if newcomer and (language := self._intake.guessed(view, said)) is not None:
            return self._intake.asking_language(lesson, said, language, greeting)
        return self._go_on(view, said, Step(lesson, (greeting,), NOTHING), rng)

    def _in_another_language(self, view: View, said: Said, command: Command | None) -> Step | None:
        """A new learner who speaks another language that is offered is asked for it before anything else."""
        if not view.lesson.greeted or view.lesson.phase not in _INTAKE or command in (*_LEAVING, Command.LANG):
            return None
        language = self._intake.guessed(view, said)
        return None if language is None else self._intake.asking_language(view.lesson, said, language)

    def _names_language(self, view: View, said: Said) -> bool:
        """Whether this is the answer to which language: "English" is a subject elsewhere."""
        return view.lesson.phase is Phase.LANGUAGE and self._intake.language_in(said.text) is not None

    def _before(self, view: View, said: Said, command: Command | None, rng: random.Random) -> Step | None:
        """An answer to what is asked before the lesson goes on; None for what is no answer to it."""
        lesson = view.lesson
        if command in (Command.HELP, Command.REPEAT, Command.SLOWER, Command.WAIT, Command.HINT, Command.STATUS):
            return None
        if command in _LEAVING and lesson.asking is not Phase.PIN:
            return None
        if lesson.asking is not Phase.MENU:
            return self._household.answer(view, said, command)
        module = BY_COMMAND.get(command) if command else None
        module = module or chosen(lesson, said)
        if module == MORE:
            return self._again(replace(view, lesson=next_page(lesson)))
        if module is None and (command is not None or lesson.misses):
            # They go on with something else than choosing.
            return self._turn(replace(view, lesson=_unasked(lesson)), said, rng, None)
        if module is None:
            return self._again(replace(view, lesson=replace(lesson, misses=1)), line("unclear.again"))
        return self._switched(replace(view, lesson=_unasked(lesson)), said, module, rng)

    def _routed(
        self, view: View, said: Said, command: Command, argument: str, rng: random.Random, explained: str | None
    ) -> Step:
        """Another subject, another language, or another person on the same phone."""
        lesson = _unasked(view.lesson)
        view = replace(view, lesson=lesson)
        if lesson.phase in _INTAKE and command is not Command.LANG:
            return self._again(view)
        match command:
            case Command.MENU:
                return self._again(replace(view, lesson=asking_menu(lesson)))
            case Command.WHO:
                return self._household.who(view)
            case Command.PIN:
                return (
                    self._again(view, line("pin.how"))
                    if said.channel is Channel.VOICE
                    else self._pinned(view, argument)
                )
            case Command.LANG:
                return self._spoken_in(view, said, argument, rng)
            case Command.TEACHER:
                return self._for_a_teacher(view, said, argument)
            case Command.RACE | Command.ASK if _subject(command) not in self._modules:
                return self._again(view, line("menu.not_here"))
            case Command.RACE:
                at_maths = replace(view, lesson=_not_heard(lesson.switched(RACES_IN)))
                return self._module(at_maths).respond(
                    at_maths, replace(said, act=Act.COMMAND, command=command), rng=rng
                )
            case Command.ASK if argument:
                asked = replace(view, lesson=lesson.switched("general"))
                said = replace(said, act=Act.ANSWER, text=argument, command=command)
                return _with_explanation(self._module(asked).respond(asked, said, rng=rng), said, explained)
            case _:
                return self._switched(view, said, BY_COMMAND[command], rng)

    def _switched(self, view: View, said: Said, module: str, rng: random.Random) -> Step:
        """Goes on in a module, where it was left."""
        if module not in self._modules:
            return self._again(view, line("menu.not_here"))
        if module == view.lesson.module:
            is_open = self._module(view).ask(view) is not None
            return self._again(view) if is_open else self._go_on(view, said, Step(view.lesson, (), NOTHING), rng)
        lesson = view.lesson.switched(module)
        return self._go_on(view, said, Step(lesson, (line(f"module.{module}"),), NOTHING), rng)

    def _pinned(self, view: View, argument: str) -> Step:
        """Sets or takes away a PIN, in a text: on a call everybody near would hear it."""
        if argument.lower() in ("off", "none", "no"):
            return Step(view.lesson, (line("pin.off"),), self._ask(view).expect, pin="")
        pin = pin_in(argument)
        if view.name is None or pin is None or is_guessable(pin):
            return Step(view.lesson, (line("pin.how"),), self._ask(view).expect)
        return Step(view.lesson, (line("pin.set", name=view.name),), self._ask(view).expect, pin=pin)

    def _spoken_in(self, view: View, said: Said, argument: str, rng: random.Random) -> Step:
        language = self._intake.language_in(argument)
        if language is None:
            return self._told(view, self._intake.offer_languages(), voice_asks=said.channel is Channel.VOICE)
        again = self._again(replace(view, language=language), line("language.set"))
        return replace(again, language=language)

    def _for_a_teacher(self, view: View, said: Said, argument: str) -> Step:
        """A question that a person answers, by text."""
        if not argument:
            return self._told(view, line("teacher.how"), voice_asks=said.channel is Channel.VOICE)
        thanks = line("teacher.asked")
        step = self._told(view, thanks, voice_asks=said.channel is Channel.VOICE)
        return replace(step, matter=Matter("question", thanks))

    def _cared_for(self, view: View, said: Said, matter: Matter) -> Step:
        """Somebody may be in danger: the words that people wrote for it, and nothing else; a person is told."""
        lesson = _not_heard(view.lesson)
        expect = self._ask(replace(view, lesson=lesson)).expect if lesson.greeted else NOTHING
        return Step(lesson, (matter.reply,), expect, matter=matter)

    def _go_on(self, view: View, said: Said, step: Step, rng: random.Random) -> Step:
        """After a step that asks nothing comes the next question of the intake, or the lesson."""
        if step.expect.kind is not AnswerKind.NOTHING or step.ends:
            return step
        view = replace(
            view,
            lesson=step.lesson,
            name=step.name or view.name,
            consent=view.consent if step.consent is None else step.consent,
        )
        view = replace(view, language_asked=view.language_asked or step.language is not None)
        phase = self._intake.phase(view)
        if phase is not None:
            lesson = replace(view.lesson, phase=phase)
            ask = self._intake.ask(lesson)
            return replace(step, lesson=lesson, parts=(*step.parts, *ask.parts), expect=ask.expect)
        if view.lesson.phase in _INTAKE:
            view = replace(view, lesson=replace(view.lesson, phase=Phase.PLACEMENT))
        onward = self._module(view).respond(view, replace(said, act=Act.OPEN), rng=rng)
        parts = (*step.parts, *onward.parts)
        return replace(onward, parts=parts, name=step.name, consent=step.consent, language=step.language)

    def _renamed(self, view: View, said: Said, name: str, rng: random.Random) -> Step:
        lesson = view.lesson
        if (other := self._household.called(view, name)) is not None:
            return self._household.enter(view, other)
        if not lesson.greeted or lesson.phase in _INTAKE:
            return self._go_on(view, said, named(replace(lesson, greeted=True), name), rng)
        return replace(self._again(view, line("name.thanks", name=name, spare=True)), name=name)

    def _told(self, view: View, *told: Part, voice_asks: bool) -> Step:
        """Something told between: on a call the open question follows; a text stands alone."""
        if not view.lesson.greeted:
            return Step(view.lesson, told, NOTHING)
        ask = self._ask(view)
        return Step(view.lesson, (*told, *ask.parts) if voice_asks else told, ask.expect)

    def _status(self, view: View) -> tuple[Part, ...]:
        topic = self._module(view).topic(view)
        key = "status.named" if view.name else "status.unnamed"
        told = line(
            f"{key}_on" if topic else key,
            name=view.name or "",
            topic=topic or "",
            mastered=str(sum(known.mastered for known in view.knowledge.values())),
            right=str(view.standing.right),
            asked=str(view.standing.asked),
        )
        return (told, standing(view.lesson.profile.rewards)) if view.lesson.profile.rewards.points else (told,)

    def _leave(self, view: View) -> Step:
        parts = self._module(view).farewell(view) if view.lesson.phase not in _INTAKE else ()
        return Step(_not_heard(view.lesson), (*parts, *_goodbye(view.name)), NOTHING, ends=True)

    def _silence(self, view: View, silences: int) -> Step:
        view = replace(view, lesson=noticed(view.lesson, Sign.SILENCE, view.now))
        if silences >= 3:
            return Step(_not_heard(view.lesson), (line("silence.goodbye"),), NOTHING, ends=True)
        if silences == 1:
            return replace(self._again(view), words_per_minute=SLOW_WPM)
        ask = self._ask(view)
        return Step(view.lesson, (*ask.parts, _by_keys(ask.expect)), ask.expect, words_per_minute=SLOW_WPM)

    def _answer(self, view: View, said: Said, rng: random.Random, explained: str | None) -> Step:
        lesson = view.lesson
        module = self._module(view)
        if lesson.item is None:
            if module.ask(view) is not None:
                return _with_explanation(module.respond(view, said, rng=rng), said, explained)
            return self._go_on(view, said, Step(lesson, (), NOTHING), rng)
        if lesson.heard is not None:
            agreed = yes_or_no(said.text)
            view = replace(view, lesson=replace(lesson, heard=None))
            if agreed:
                return self._marked(view, replace(said, text=lesson.heard, confidence=1.0), rng)
            if agreed is False:
                return self._misheard(view)
        if isinstance(module, Answering) and module.takes(view, said):
            return module.respond(view, said, rng=rng)
        question = self.question(view, said)
        if question and self._library and (known := self._library.answer(question, lesson.item.exercise)):
            return self._explained(view, known)
        if question and self._asides and (explained or said.channel is Channel.VOICE):
            return self._digression(view, said, question, explained)
        understood = mark(lesson.item.exercise, said.text, made=said.made)
        if _BRACES.intersection(said.text[:MAX_SAID]):
            return self._unclear(view, "words of a machine")
        if understood.verdict is Verdict.WRONG and (_in_other_script(said.text) or self._hardly_heard(view, said)):
            return self._unclear(view, understood.reason)
        if understood.verdict is Verdict.UNCLEAR:
            # Who says how it is going is answered by the module, which may make it easier.
            return self._marked(view, said, rng) if report_in(said.text) else self._unclear(view, understood.reason)
        if self._doubtful(lesson.item, understood, said):
            ask = _confirmation(understood, lesson.item)
            return Step(replace(view.lesson, heard=said.text), ask.parts, ask.expect)
        return self._marked(view, said, rng)

    def _digression(self, view: View, said: Said, question: str, explained: str | None) -> Step:
        """Back to the open question. On a call the explanation is spoken before; elsewhere it is in the reply."""
        lesson = replace(view.lesson, misses=0)
        ask = self._ask(replace(view, lesson=lesson))
        back: tuple[Part, ...] = (line("aside.back", spare=True), *ask.parts)
        if explained and said.channel is not Channel.VOICE:
            back = (Written(explained, explained), *back)
        return Digression(lesson, back, ask.expect, question=question)

    def _explained(self, view: View, known: Part) -> Step:
        """What content says to a question, and back to the open one."""
        lesson = replace(view.lesson, misses=0)
        ask = self._ask(replace(view, lesson=lesson))
        return Step(lesson, (known, line("aside.back", spare=True), *ask.parts), ask.expect)

    def _marked(self, view: View, said: Said, rng: random.Random) -> Step:
        return self._module(view).respond(replace(view, lesson=replace(view.lesson, misses=0)), said, rng=rng)

    def _doubtful(self, item: Item, understood: Grade, said: Said) -> bool:
        if said.by == "text":
            return False
        digits = sum(character.isdigit() for character in understood.value or "")
        if item.exercise.kind.is_number and digits >= READ_BACK_DIGITS:
            return True
        if said.by == "keys" or item.exercise.kind in _UNCONFIRMED:
            return False
        # A learner must not be told of a mistake that the recogniser made.
        needed = SURE_OF_MISTAKE if understood.verdict is Verdict.WRONG else self._sure
        return said.confidence < needed

    def _hardly_heard(self, view: View, said: Said) -> bool:
        """Whether free words may have been misheard: they are too long to be read back, so they are asked for again.

        On a line that stays bad the third time is taken: nobody is to be kept at a question.
        """
        item = view.lesson.item
        is_free = item is not None and item.exercise.kind in _UNCONFIRMED
        return is_free and said.by == "speech" and said.confidence < self._sure and view.lesson.misses < MOST_MISHEARD

    def _misheard(self, view: View) -> Step:
        lesson = replace(view.lesson, misses=view.lesson.misses + 1)
        ask = self._ask(replace(view, lesson=lesson))
        how = _by_keys(ask.expect) if lesson.misses > 1 else line("misheard")
        return Step(lesson, (*ask.parts, how) if lesson.misses > 1 else (how, *ask.parts), ask.expect)

    def _unclear(self, view: View, reason: str) -> Step:
        """Asked again; then with what kind of answer it wants; then with the keys. Never counted."""
        lesson = noticed(view.lesson, Sign.UNCLEAR, view.now)
        lesson = replace(lesson, misses=lesson.misses + 1)
        ask = self._ask(replace(view, lesson=lesson))
        match lesson.misses:
            case 1:
                parts = (_first_said(lesson, reason), *ask.parts)
            case 2:
                parts = (line(f"unclear.{_kind(ask.expect)}"), *ask.parts)
            case _:
                parts = (*ask.parts, _by_keys(ask.expect))
        return Step(lesson, parts, ask.expect)

    def _again(self, view: View, *before: Part) -> Step:
        ask = self._ask(view)
        return Step(view.lesson, (*before, *ask.parts), ask.expect)

    def _reread(self, view: View) -> Step | None:
        """What a module reads again beside its question; None when it is the question alone that is repeated."""
        module = self._module(view)
        taught = view.lesson.asking is None and view.lesson.phase not in _INTAKE and view.lesson.heard is None
        return module.reread(view) if taught and isinstance(module, Rereads) else None

    def _ask(self, view: View) -> Ask:
        """The question that is open now, whatever it is about."""
        lesson = view.lesson
        if lesson.asking is Phase.MENU:
            return menu(lesson)
        if lesson.asking is not None:
            return self._household.ask(view, lesson)
        if lesson.phase in _INTAKE:
            return self._intake.ask(lesson)
        if lesson.heard is not None and lesson.item is not None:
            return _confirmation(mark(lesson.item.exercise, lesson.heard), lesson.item)
        return self._module(view).ask(view) or Ask((line("next.ready"),), Expect(AnswerKind.OPEN))

    def _module(self, view: View) -> TutorModule:
        return self._modules[view.lesson.module]


def _with_explanation(step: Step, said: Said, explained: str | None) -> Step:
    """In a text, a model's answer instead of the tutor's own words to a question that content does not answer."""
    if isinstance(step, Digression) and step.after and explained and said.channel is not Channel.VOICE:
        return replace(step, parts=(Written(explained, explained, whole=True), *step.after))
    return step


def _first_said(lesson: Lesson, reason: str) -> Line:
    """What is said first of an answer that was not understood."""
    unit = lesson.item.exercise.unit if lesson.item else None
    if reason == OTHER_UNIT and unit is not None:
        return line("unclear.other_unit", unit=unit_words(unit))
    return line(_UNCLEAR.get(reason, "unclear.again"))


def _unasked(lesson: Lesson) -> Lesson:
    return replace(lesson, asking=None, heard=None, misses=0) if lesson.asking else lesson


def _subject(command: Command) -> str:
    """The module that a command is for."""
    return RACES_IN if command is Command.RACE else BY_COMMAND[command]


def _not_heard(lesson: Lesson) -> Lesson:
    """Without an answer that waits for a yes; who is asked for a name, a PIN or a subject is asked still."""
    is_answer = lesson.asking is None and lesson.phase not in _INTAKE
    return replace(lesson, heard=None) if is_answer else lesson


def _goodbye(name: str | None) -> tuple[Part, ...]:
    """The last words, by name when there is one."""
    return (line("goodbye.named", name=name) if name else line("goodbye.unnamed"),)


def _greeting(name: str | None) -> Line:
    return line("welcome.back", name=name) if name else line("welcome.back_unnamed")


def _command(view: View, said: Said) -> tuple[Command | None, str]:
    """The command in what was said; words that the open question offers are its answer and none."""
    command, argument = command_in(said)
    item = view.lesson.item
    if command is None or said.act is not Act.ANSWER or item is None or view.lesson.asking is not None:
        return command, argument
    is_answer = command not in _LEAVING_BY_TEXT and claims(item.exercise, said.text)
    return (None, "") if is_answer else (command, argument)


def command_in(said: Said) -> tuple[Command | None, str]:
    """The command in what was said, and its argument: given as one, or worded in an answer. Keys never spell one."""
    if said.act is Act.COMMAND and said.command is not None:
        return said.command, said.text.strip()
    if said.act is not Act.ANSWER or said.by == "keys":
        return None, ""
    command, argument = read_command(said.text, spoken=said.by == "speech") or (None, "")
    if said.confidence < (SURE_OF_LEAVING if command in _LEAVING else SURE_OF_COMMAND):
        return None, ""
    return command, argument


def _in_other_script(said: str) -> bool:
    """Whether letters were said or typed, and none of them is one that is taught here."""
    letters = [letter for letter in said[:MAX_SAID] if letter.isalpha()]
    return bool(letters) and not any(letter < LATIN_ENDS for letter in letters)


def _confirmation(understood: Grade, item: Item) -> Ask:
    return Ask((answer_line("heard.confirm", item.exercise, understood.value or ""),), YES_NO)


def _kind(expect: Expect) -> str:
    return _KINDS.get(expect.kind, "number" if expect.kind.is_number else "open")


def _asks_anew(view: View, step: Step) -> bool:
    """Whether a question comes at which keys should be offered on a poor line: the first, and each third."""
    item, before = step.lesson.item, view.lesson.item
    return item is not None and item != before and step.lesson.sitting.asked % KEYS_OFFERED_EVERY == 0


def _by_keys(expect: Expect) -> Line:
    return line(f"keys.{_kind(expect)}")
