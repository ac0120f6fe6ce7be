"""A learner of the whole tutor without a database: the conversation with every module, on a call or by text."""

import random
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bakame.learning.exercises import Exercise
from bakame.learning.expect import NOTHING
from bakame.learning.grading import Verdict
from bakame.learning.lesson import Item, Lesson, Phase, Sitting
from bakame.learning.marking import mark
from bakame.learning.mastery import Knowledge
from bakame.text.commands import Command
from bakame.tutor.conversation import Conversation
from bakame.tutor.module import Library, Person, Standing, Step, TutorModule, View, Watch
from bakame.tutor.rendering import sentences, text
from bakame.tutor.turn import Act, By, Channel, Said
from classroom import answers, english, taught, wrong_answer

MORNING = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


@cache
def every_module() -> Mapping[str, TutorModule]:
    """The modules, made once: they keep nothing."""
    return taught()


class Caller:
    """Acts as somebody on a call or by text; each act is one turn, and the lesson goes on as it would be saved."""

    def __init__(
        self,
        *,
        lesson: Lesson | None = None,
        seed: int = 1,
        channel: Channel = Channel.VOICE,
        knowledge: Mapping[str, Knowledge] | None = None,
        name: str | None = "Keza",
        consent: bool | None = True,
        people: Sequence[Person] = (),
        modules: Mapping[str, TutorModule] | None = None,
        languages: Sequence[str] = ("en",),
        watch: Watch | None = None,
        library: Library | None = None,
    ) -> None:
        self.modules = modules or every_module()
        self.conversation = Conversation(
            modules=self.modules,
            names=("Keza", "Eric"),
            languages=languages,
            watch=watch,
            library=library or answers(),
        )
        self.lesson = lesson or Lesson(phase=Phase.PLACEMENT, greeted=True)
        self.channel = channel
        self.rng = random.Random(seed)
        self.knowledge: dict[str, Knowledge] = dict(knowledge or {})
        self.name = name
        self.consent = consent
        self.language_asked = len(languages) == 1
        self.people = tuple(people)
        self.now = MORNING
        self.elapsed_ms = 0
        self.step = Step(self.lesson, (), NOTHING)
        self.heard = ""
        self.became: int | None = None
        self.standing = Standing()
        self.said: list[tuple[str, str]] = []

    @property
    def view(self) -> View:
        return View(
            lesson=self.lesson,
            knowledge=self.knowledge,
            name=self.name,
            now=self.now,
            channel=self.channel,
            language_asked=self.language_asked,
            people=self.people,
            learner_id=1,
            consent=self.consent,
            standing=self.standing,
        )

    @property
    def item(self) -> Item:
        assert self.lesson.item is not None
        return self.lesson.item

    @property
    def exercise(self) -> Exercise:
        return self.item.exercise

    def again(self, *, modules: Mapping[str, TutorModule] | None = None) -> "Caller":
        """Somebody at the very same place; `modules`: other ones, over content that was changed."""
        other = copy(self)
        other.rng = random.Random(3)
        other.knowledge, other.said = dict(self.knowledge), list(self.said)
        if modules is not None:
            other.modules = modules
            other.conversation = Conversation(modules=modules, names=("Keza", "Eric"), library=answers())
        return other

    # what the learner does

    def does(self, said: Said, *, shown: str = "") -> str:
        """One turn; what is heard, or read. `became`: who took the telephone in it."""
        self.became = None
        return self._turn(said, shown)

    def _turn(self, said: Said, shown: str) -> str:
        said = replace(said, channel=self.channel, elapsed_ms=self.elapsed_ms)
        self.step = self.conversation.respond(self.view, said, rng=self.rng)
        return self._after(said, shown)

    def calls(self) -> str:
        self.elapsed_ms = 0
        return self.does(Said(self.channel, Act.OPEN), shown="(calls)")

    def says(self, words: str, *, confidence: float = 0.99) -> str:
        by: By = "speech" if self.channel is Channel.VOICE else "text"
        sure = confidence if by == "speech" else 1.0
        return self.does(Said(self.channel, text=words, by=by, confidence=sure, took_ms=4_000), shown=words)

    def keys(self, keyed: str) -> str:
        return self.does(Said(self.channel, text=keyed, by="keys", took_ms=4_000), shown=f"(presses {keyed})")

    def gives(self, command: Command) -> str:
        key = {Command.HINT: "0", Command.DONT_KNOW: "9", Command.REPEAT: "star"}.get(command)
        shown = f"(presses {key})" if key else command.value
        return self.does(Said(self.channel, Act.COMMAND, command=command, by="keys"), shown=shown)

    def is_silent(self, times: int) -> str:
        return self.does(Said(self.channel, Act.SILENCE, silences=times), shown="(says nothing)")

    def answers(self, *, right: bool = True) -> str:
        """Answers the open question as it can be understood on this channel, and confirms where that is asked."""
        exercise = self.exercise
        words = exercise.answer if right else wrong_answer(exercise)
        options = exercise.options
        by_key = bool(options) and (not right or mark(exercise, words).value != words)
        if by_key and right:
            words = str(options.index(words) + 1)
        heard = self.keys(words) if by_key and self.channel is Channel.VOICE else self.says(words)
        return self.says("yes") if self.lesson.heard is not None and self.lesson.item is not None else heard

    # what comes of it

    def _after(self, said: Said, shown: str) -> str:
        step = self.step
        self.now += timedelta(seconds=25)
        self.elapsed_ms += 12_000
        self.knowledge |= step.learnt
        right = sum(tried.grade.verdict is Verdict.RIGHT for tried in step.tried)
        self.standing = Standing(self.standing.asked + len(step.tried), self.standing.right + right)
        self.name = step.name or self.name
        self.consent = self.consent if step.consent is None else step.consent
        self.language_asked = self.language_asked or step.language is not None
        self.lesson = Lesson.from_state(step.lesson.to_state())
        self.heard = self.rendered(step)
        if shown:
            self.said.append(("learner", shown))
        if self.heard:
            self.said.append(("tutor", self.heard))
        if step.closes:
            self.lesson = self.lesson.afresh()
        if step.becomes is not None:
            return self._becomes(step.becomes, said)
        return self.heard

    def _becomes(self, learner_id: int, said: Said) -> str:
        """As the engine does: the turn goes on with the lesson of whoever it is."""
        if learner_id == 0:
            self.name, self.consent, self.lesson, self.knowledge = None, None, Lesson(), {}
        heard = self._turn(replace(said, act=Act.OPEN, text="", command=None, by="chosen"), "")
        self.became = learner_id
        return heard

    def rendered(self, step: Step) -> str:
        """What is heard on a call, or read in a text."""
        rng = random.Random(len(self.said))
        if self.channel is Channel.VOICE:
            return " ".join(sentences(step.parts, wording=english(), language="en", rng=rng))
        return text(step.parts, wording=english(), language="en", rng=rng)

    def markdown(self) -> str:
        who = {"learner": "**Keza**", "tutor": "Tutor"}
        return "\n\n".join(f"{who[side]}: {' / '.join(words.splitlines())}" for side, words in self.said)


def greeted(module: str, phase: Phase = Phase.PRACTICE, **state: Any) -> Lesson:
    """A lesson that was opened, in a module."""
    return replace(Lesson(phase=phase, module=module, greeted=True, sitting=Sitting()), **state)
