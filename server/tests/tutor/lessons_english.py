"""Lessons of English, played through the pure module by a learner with a script, as Markdown for a teacher to judge."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from bakame.learning.claiming import claims
from bakame.learning.exercises import Exercise
from bakame.learning.grading import Verdict
from bakame.learning.items import made_as
from bakame.learning.lesson import Lesson, Phase, Sitting
from bakame.learning.marking import mark
from bakame.learning.mastery import Knowledge
from bakame.learning.notes import Notes, parse_notes, together
from bakame.text.commands import Command, read_command
from bakame.tutor.conversation import Conversation
from bakame.tutor.module import Step, View
from bakame.tutor.modules.english import EnglishModule
from bakame.tutor.rendering import sentences, text
from bakame.tutor.turn import Act, By, Channel, Said
from classroom import SERVER, all_skills, english

MORNING = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


@cache
def english_notes() -> Notes:
    files = sorted((SERVER / "curriculum/english").glob("*.yaml"))
    return together(
        [parse_notes(file.read_text("utf-8"), source=file.name, curriculum=all_skills()) for file in files],
        curriculum=all_skills(),
        module="english",
    )


@cache
def english_module() -> EnglishModule:
    return EnglishModule(curriculum=all_skills(), notes=english_notes())


class EnglishPupil:
    """One learner in the English module, on a call or by text; remembers what was said on both sides."""

    def __init__(
        self,
        *,
        seed: int = 1,
        channel: Channel = Channel.VOICE,
        knowledge: Mapping[str, Knowledge] | None = None,
        lesson: Lesson | None = None,
        module: EnglishModule | None = None,
    ) -> None:
        self.module = module or english_module()
        self.conversation = Conversation(modules={"english": self.module, "math": self.module}, names=("Keza",))
        self.channel = channel
        self.rng = random.Random(seed)
        self.lesson = lesson or Lesson(phase=Phase.PLACEMENT, module="english", greeted=True)
        self.knowledge: dict[str, Knowledge] = dict(knowledge or {})
        self.now = MORNING
        self.elapsed_ms = 0
        self.said: list[tuple[str, str]] = []
        self.steps: list[Step] = []

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

    @property
    def exercise(self) -> Exercise:
        assert self.lesson.item is not None
        return self.lesson.item.exercise

    @property
    def step(self) -> Step:
        return self.steps[-1]

    def opens(self) -> str:
        # The greeting is the conversation's; the module is entered as by it.
        self.lesson = replace(self.lesson, sitting=Sitting())
        step = self.module.respond(
            self.view, Said(self.channel, act=Act.OPEN, elapsed_ms=self.elapsed_ms), rng=self.rng
        )
        return self._after(step, "")

    def does(self, command: Command) -> str:
        shown = {Command.HINT: "0", Command.DONT_KNOW: "9"}.get(command) if self.channel is Channel.VOICE else None
        said = Said(self.channel, act=Act.COMMAND, command=command, by="keys", elapsed_ms=self.elapsed_ms)
        return self._turn(said, f"(presses {shown})" if shown else command.value.upper())

    def says(self, words: str, *, by: By | None = None, confidence: float = 0.99) -> str:
        by = by or ("text" if self.channel is not Channel.VOICE else "speech")
        said = Said(self.channel, text=words, by=by, confidence=confidence, elapsed_ms=self.elapsed_ms, took_ms=4_000)
        return self._turn(said, f"(presses {words})" if by == "keys" else words)

    def answers(self, *, right: bool = True) -> str:
        """Answers the open question, as somebody would on this channel."""
        exercise = self.exercise
        if exercise.options:
            words = exercise.answer if right else next(each for each in exercise.options if each != exercise.answer)
            if mark(exercise, words).value == words:
                return self.says(words)
            return self.says(str(exercise.options.index(words) + 1), by="keys")
        if made_as(exercise) == "spell" and self.channel is Channel.VOICE and right:
            return self.says(" ".join(exercise.answer.lower()))
        return self.says(exercise.answer if right else "zebra zebra zebra zebra zebra zebra zebra")

    def _turn(self, said: Said, shown: str) -> str:
        if read_command(said.text, spoken=said.by == "speech") and claims(self.exercise, said.text):
            # What answers the open question is no command.
            return self._after(self.module.respond(self.view, said, rng=self.rng), shown)
        return self._after(self.conversation.respond(self.view, said, rng=self.rng), shown)

    def _after(self, step: Step, shown: str) -> str:
        self.steps.append(step)
        self.lesson = Lesson.from_state(step.lesson.to_state())
        self.knowledge |= step.learnt
        self.now += timedelta(seconds=25)
        heard = self.rendered(step)
        if shown:
            self.said.append(("learner", shown))
        self.said.append(("tutor", heard))
        return heard

    def rendered(self, step: Step) -> str:
        rng = random.Random(len(self.steps))
        if self.channel is Channel.VOICE:
            return " ".join(sentences(step.parts, wording=english(), language="en", rng=rng))
        return text(step.parts, wording=english(), language="en", rng=rng)

    def markdown(self) -> str:
        who = {"learner": "**Keza**", "tutor": "Tutor"}
        return "\n\n".join(f"{who[side]}: {' / '.join(words.splitlines())}" for side, words in self.said)


def mastered_below(skill_id: str, **other: Knowledge) -> dict[str, Knowledge]:
    """Knowledge of somebody who has all that is easier than a skill, and nothing else."""
    skills = {skill.id: skill for skill in all_skills().of_module("english")}
    levels = all_skills().cefr_levels
    below = levels.index(skills[skill_id].level)
    needed = all_skills().needed_for(skill_id)
    known: dict[str, Knowledge] = {}
    for each in skills.values():
        easier = each.id in needed or levels.index(each.level) < below
        known[each.id] = Knowledge(0.98, items=6, right=6, mastered=True, confirmed=True) if easier else Knowledge(0.2)
    known[skill_id] = Knowledge(0.35)
    return {**known, **other}


def first_call(*, seed: int = 5) -> EnglishPupil:
    """A first call: the level is found, then the first thing is practised."""
    pupil = EnglishPupil(seed=seed)
    pupil.opens()
    while pupil.lesson.phase is Phase.PLACEMENT:
        level = all_skills().skills[pupil.exercise.skill_id].level
        if level == "B2":
            pupil.does(Command.DONT_KNOW)
        else:
            pupil.answers(right=level in ("A1", "A2"))
    pupil.answers()
    pupil.answers(right=False)
    pupil.answers()
    pupil.does(Command.HINT)
    pupil.does(Command.HINT)
    pupil.answers()
    for _ in range(5):
        pupil.answers()
    pupil.elapsed_ms = 9 * 60_000
    pupil.answers()
    if pupil.lesson.item is not None:
        pupil.answers()
    return pupil


def talking_call(*, seed: int = 3) -> EnglishPupil:
    """A call in which a conversation is held."""
    lesson = Lesson(phase=Phase.PRACTICE, module="english", greeted=True, recent=("english.speak.buy_at_market",))
    pupil = EnglishPupil(seed=seed, knowledge=mastered_below("english.speak.buy_at_market"), lesson=lesson)
    pupil.opens()
    for _ in range(6):
        if made_as(pupil.exercise) == "talk":
            break
        pupil.answers()
    for number in range(5):
        if made_as(pupil.exercise) != "talk":
            break
        if number == 0:
            pupil.says("I want buy two kilos of tomatoes please")
        elif number == 2:
            pupil.says("the big blue bus")
            pupil.says("the big blue bus is here")
        else:
            pupil.answers()
    return pupil


def writing_by_text(*, seed: int = 2) -> EnglishPupil:
    """Texts in which sentences are written."""
    lesson = Lesson(phase=Phase.PRACTICE, module="english", greeted=True, recent=("english.write.message",))
    pupil = EnglishPupil(
        seed=seed, channel=Channel.SMS, knowledge=mastered_below("english.write.message"), lesson=lesson
    )
    pupil.opens()
    for number in range(5):
        exercise = pupil.exercise
        if exercise.rubric is None:
            pupil.answers()
        elif number % 2:
            pupil.says("the goat is very big and it eats all the grass here")
            pupil.says(exercise.answer)
        else:
            pupil.says(exercise.answer.lower().rstrip("."))
    return pupil


def transcript() -> str:
    """The lessons as they stand in docs/lessons/english.md."""
    return "\n".join(
        (
            "# Lessons of English",
            "",
            "Made by the tests from the real tutor with a scripted learner; no model takes part.",
            "",
            "## A first call: finding the level, then practice",
            "",
            first_call().markdown(),
            "",
            "## A call with a conversation",
            "",
            talking_call().markdown(),
            "",
            "## Writing by text",
            "",
            writing_by_text().markdown(),
            "",
        )
    )


def right_answers(pupil: EnglishPupil) -> int:
    """Answers that were marked right so far."""
    return sum(tried.grade.verdict is Verdict.RIGHT for step in pupil.steps for tried in step.tried)
