"""Lessons of reading, played through the pure conversation by a learner with a script, as Markdown for a teacher."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from bakame.learning.exercises import Exercise
from bakame.learning.lesson import Item, Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.learning.passages import Readings, parse_passages
from bakame.text.commands import Command
from bakame.tutor.conversation import Conversation
from bakame.tutor.module import Step, View
from bakame.tutor.modules.comprehension import ComprehensionModule
from bakame.tutor.reading import Scene
from bakame.tutor.rendering import sentences, text
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line, Written
from classroom import SERVER, all_skills, english

NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)
SECONDS_A_TURN = 12
PLACED = {"comprehension.literal_detail": Knowledge(0.5, items=1)}
"""Of somebody whose level was found already."""


@cache
def readings() -> Readings:
    files = {path.name: path.read_text("utf-8") for path in (SERVER / "curriculum/passages").glob("*.yaml")}
    return parse_passages(files, curriculum=all_skills())


@cache
def module() -> ComprehensionModule:
    return ComprehensionModule(curriculum=all_skills(), readings=readings())


class Reader:
    """A learner of the reading module, on a call or by text, in virtual time; what was said on both sides is kept."""

    def __init__(
        self,
        *,
        channel: Channel = Channel.VOICE,
        knowledge: Mapping[str, Knowledge] | None = None,
        seed: int = 1,
        lesson: Lesson | None = None,
        taught: ComprehensionModule | None = None,
    ) -> None:
        self.module = taught or module()
        self.conversation = Conversation(modules={"comprehension": self.module}, names=("Keza",))
        self.channel = channel
        self.knowledge = dict(PLACED if knowledge is None else knowledge)
        self.lesson = lesson or Lesson(module="comprehension", phase=Phase.PLACEMENT)
        self.now = NOW
        self.elapsed_ms = 0
        self.turns: list[tuple[str, str]] = []
        self._rng = random.Random(seed)
        self.step: Step

    @property
    def view(self) -> View:
        return View(
            lesson=self.lesson,
            knowledge=self.knowledge,
            name="Keza",
            consent=True,
            now=self.now,
            channel=self.channel,
        )

    def acts(self, said: Said, shown: str = "") -> str:
        """One turn by the conversation: what is heard, or read."""
        said = replace(said, elapsed_ms=self.elapsed_ms, took_ms=4_000)
        return self._after(self.conversation.respond(self.view, said, rng=self._rng), shown or said.text)

    def alone(self, said: Said) -> str:
        """One turn by the module itself."""
        said = replace(said, elapsed_ms=self.elapsed_ms, took_ms=4_000)
        return self._after(self.module.respond(self.view, said, rng=self._rng), said.text)

    def _after(self, step: Step, shown: str) -> str:
        self.step = step
        self.lesson = Lesson.from_state(step.lesson.to_state())
        if step.closes:
            self.lesson = self.lesson.afresh()
        self.knowledge |= step.learnt
        self.now += timedelta(seconds=SECONDS_A_TURN)
        self.elapsed_ms += SECONDS_A_TURN * 1_000
        heard = self.rendered(step)
        self.turns += [("learner", shown), ("tutor", heard)]
        return heard

    def rendered(self, step: Step) -> str:
        rng = random.Random(len(self.turns))
        if self.channel is Channel.VOICE:
            return " ".join(sentences(step.parts, wording=english(), language="en", rng=rng))
        return text(step.parts, wording=english(), language="en", rng=rng)

    def comes(self) -> str:
        return self.acts(Said(self.channel, act=Act.OPEN), "(calls)" if self.channel is Channel.VOICE else "READ")

    def says(self, words: str) -> str:
        return self.acts(Said(self.channel, text=words, by="speech" if self.channel is Channel.VOICE else "text"))

    def keys(self, digits: str) -> str:
        return self.acts(Said(self.channel, text=digits, by="keys"), f"(presses {digits})")

    def gives(self, command: Command) -> str:
        return self.acts(Said(self.channel, act=Act.COMMAND, command=command, by="keys"), command.value.upper())

    def answers(self, *, right: bool = True) -> str:
        exercise = self.exercise
        if right:
            return self.says(exercise.answer)
        return self.says(next((each for each in exercise.options if each != exercise.answer), "a dog ran to the sea"))

    def starts_reading(self, *, words: bool = False) -> str:
        """Opens the lesson and gets to the first part."""
        heard = self.comes()
        return self.says("yes" if words else "no") if self.channel is Channel.VOICE else heard

    def reads_on(self, *, until: str) -> None:
        """Answers rightly until a question of a type is open."""
        for _ in range(20):
            if self.lesson.item is not None and self.exercise.variables["type"] == until:
                return
            self.answers() if self.lesson.item is not None else self.says("yes")
        raise AssertionError(f"no question of the type {until} came")

    @property
    def item(self) -> Item:
        assert self.lesson.item is not None
        return self.lesson.item

    @property
    def exercise(self) -> Exercise:
        return self.item.exercise

    @property
    def scene(self) -> Scene:
        return Scene.from_state(self.lesson.scene)

    @property
    def heard(self) -> list[str]:
        """Keys of the lines of the last step, and its written parts in full."""
        return [part.key if isinstance(part, Line) else part.say for part in self.step.parts]

    @property
    def written(self) -> list[Written]:
        return [part for part in self.step.parts if isinstance(part, Written)]

    def markdown(self) -> str:
        """The turns so far."""
        return "\n".join(
            f"**Tutor:** {said.replace(chr(10), ' / ')}\n" if who == "tutor" else f"> **Keza:** {said}\n"
            for who, said in self.turns
        )


def a_call() -> Reader:
    """A first call: the level is found, one text is read to its summary, another is begun and kept."""
    reader = Reader(knowledge={}, seed=5)
    reader.comes()
    for number in range(10):
        if reader.lesson.phase is not Phase.PLACEMENT:
            break
        level = all_skills().skills[reader.exercise.skill_id].level
        if number == 2:
            reader.gives(Command.DONT_KNOW)
        else:
            reader.answers(right=level in ("A1", "A2"))
    reader.says("yes")
    reader.answers()
    reader.says("elephants, I think")
    reader.keys(str(1 + reader.exercise.options.index(reader.exercise.answer)))
    reader.answers(right=False)
    reader.answers()
    while reader.exercise.options:
        wrong = reader.exercise.variables["type"] == "main_idea"
        reader.answers(right=not wrong)
        if wrong:
            reader.gives(Command.HINT)
            reader.gives(Command.HINT)
            reader.answers()
        elif reader.exercise.variables["type"] in ("inference", "cause") and reader.item.rung == 0:
            reader.gives(Command.DONT_KNOW)
            reader.answers()
    rubric = reader.exercise.rubric
    assert rubric is not None
    reader.says(f"I remember this only: {rubric.points[0].any[0]}")
    reader.answers()
    reader.says("no")
    reader.elapsed_ms = 11 * 60_000
    reader.answers()
    return reader


def by_text() -> Reader:
    """Another learner reads by text."""
    known = {
        skill: Knowledge(0.97, items=8, right=8, mastered=True)
        for skill in ("comprehension.literal_detail", "comprehension.word_meaning_picture", "comprehension.sequence")
    }
    reader = Reader(channel=Channel.SMS, knowledge=known, seed=2)
    reader.comes()
    reader.answers()
    reader.answers(right=False)
    reader.answers(right=False)
    reader.reads_on(until="summary")
    reader.says("A child")
    reader.answers()
    reader.says("NO")
    reader.says("YES")
    return reader


def transcript() -> str:
    """The lessons as they stand in docs/lessons/comprehension.md."""
    return "\n".join(
        (
            "# Lessons of reading",
            "",
            "Made by the tests from the real tutor with a scripted learner; no model takes part. On a call the options",
            "have the keys 1 to 3; key 0 is a hint and 9 means that the learner does not know.",
            "",
            "## A first call",
            "",
            a_call().markdown(),
            "## By text",
            "",
            by_text().markdown(),
        )
    )
