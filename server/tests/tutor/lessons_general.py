"""The general module on the real content, and a whole lesson of it as a transcript."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bakame.learning.exercises import Exercise
from bakame.learning.expect import NOTHING
from bakame.learning.lesson import Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.learning.notes import Notes, parse_notes, together
from bakame.learning.skills import Curriculum, parse_curriculum
from bakame.learning.topics import LeftToPeople, Topics, all_topics, parse_left_to_people, parse_topics
from bakame.text.commands import Command
from bakame.tutor.guard import Banned, parse_banned
from bakame.tutor.library import ContentLibrary
from bakame.tutor.module import Step, View
from bakame.tutor.modules.general import GeneralModule
from bakame.tutor.rendering import sentences, text
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Wording

SERVER = Path(__file__).parents[2]
FOLDER = SERVER / "curriculum"
NOT_TOPICS = ("skills.yaml", "people.yaml")
NOW = datetime(2026, 5, 4, 15, tzinfo=UTC)


@cache
def skills() -> Curriculum:
    return parse_curriculum((FOLDER / "skills.yaml").read_text("utf-8"), source="skills.yaml")


@cache
def topics() -> Topics:
    files = [path for path in sorted((FOLDER / "topics").glob("*.yaml")) if path.name not in NOT_TOPICS]
    read = [parse_topics(path.read_text("utf-8"), source=path.name, curriculum=skills()) for path in files]
    return all_topics(read, curriculum=skills())


@cache
def notes() -> Notes:
    read = parse_notes((FOLDER / "topics/skills.yaml").read_text("utf-8"), source="skills.yaml", curriculum=skills())
    return together([read], curriculum=skills(), module="general")


@cache
def left_to_people() -> LeftToPeople:
    text = (FOLDER / "topics/people.yaml").read_text("utf-8")
    return parse_left_to_people(text, source="people.yaml", curriculum=skills())


@cache
def banned() -> Banned:
    return parse_banned((FOLDER / "asides.yaml").read_text("utf-8"), source="asides.yaml")


@cache
def library() -> ContentLibrary:
    return ContentLibrary(curriculum=skills(), topics=topics(), notes=notes(), left=left_to_people(), banned=banned())


@cache
def wording() -> Wording:
    return Wording.load(SERVER / "locales")


def module(*, asides: bool = False) -> GeneralModule:
    return GeneralModule(curriculum=skills(), topics=topics(), notes=notes(), library=library(), asides=asides)


@dataclass
class Learner:
    """Somebody in the general module; hears (or reads) what each act comes to, and goes on from there."""

    module: GeneralModule
    channel: Channel = Channel.VOICE
    seed: int = 3
    lesson: Lesson = field(default_factory=lambda: Lesson(module="general", greeted=True, phase=Phase.PLACEMENT))
    elapsed_ms: int = 0

    knowledge: dict[str, Knowledge] = field(default_factory=dict[str, Knowledge])
    heard: str = ""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.step = Step(self.lesson, (), NOTHING)

    @property
    def view(self) -> View:
        return View(lesson=self.lesson, knowledge=self.knowledge, now=NOW, channel=self.channel, name="Keza")

    def act(self, said: Said) -> str:
        said = replace(said, elapsed_ms=self.elapsed_ms)
        self.step = self.module.respond(self.view, said, rng=self.rng)
        # As it is saved and taken up again.
        self.lesson = Lesson.from_state(self.step.lesson.to_state())
        self.knowledge = {**self.knowledge, **self.step.learnt}
        spoken = sentences(self.step.parts, wording=wording(), language="en", rng=self.rng)
        written = text(self.step.parts, wording=wording(), language="en", rng=self.rng)
        self.heard = " ".join(spoken) if self.channel is Channel.VOICE else written
        return self.heard

    def opens(self) -> str:
        return self.act(Said(self.channel, Act.OPEN))

    def says(self, words: str) -> str:
        return self.act(Said(self.channel, text=words, by="speech" if self.channel is Channel.VOICE else "text"))

    def keys(self, words: str) -> str:
        return self.act(Said(self.channel, text=words, by="keys"))

    def gives(self, command: Command) -> str:
        return self.act(Said(self.channel, Act.COMMAND, command=command, by="keys"))

    @property
    def exercise(self) -> Exercise:
        assert self.lesson.item is not None
        return self.lesson.item.exercise

    def answers(self, *, right: bool = True) -> str:
        wrong = next(option for option in self.exercise.options if option != self.exercise.answer)
        return self.says(self.exercise.answer if right else wrong)


def transcript() -> str:
    """One call in which a learner asks, is told a topic, is quizzed and practises, and one text."""
    caller = Learner(module())
    lines = [
        "# A lesson of general knowledge",
        "",
        "Made by the tests from the curriculum as it is. No model takes part. `>` is the learner.",
        "",
        "## By phone",
        "",
        f"**Tutor:** {caller.opens()}",
    ]

    def turn(shown: str, heard: str) -> None:
        lines.extend(["", f"> {shown}", "", f"**Tutor:** {heard}"])

    def ask(words: str) -> None:
        turn(words, caller.says(words))

    def answer(*, right: bool) -> None:
        option = caller.exercise.answer
        if not right:
            option = next(each for each in caller.exercise.options if each != option)
        turn(option, caller.says(option))

    ask("Why is the sea salty?")
    ask("How many tablets should I take for my head?")
    ask("What is seven times eight?")
    ask("Who invented the bicycle?")
    ask("Tell me about rainbows")
    answer(right=True)
    answer(right=False)
    answer(right=True)
    turn("Why are clouds white?", caller.says("Why are clouds white?"))
    while caller.lesson.item is not None:
        answer(right=True)
    ask("quiz me")
    turn("(presses 0 for a hint)", caller.gives(Command.HINT))
    answer(right=True)
    while caller.lesson.item is not None:
        answer(right=True)
    ask("practise")
    answer(right=True)
    answer(right=False)
    answer(right=True)
    caller.elapsed_ms = 10 * 60_000 + 1
    answer(right=True)
    lines.extend(["", "## By text", ""])
    reader = Learner(module(), channel=Channel.SMS, seed=5)
    lines.append(f"**Tutor:** {_quoted(reader.opens())}")
    asked = ("how do i keep my hens healthy", "more", "more", "more", "more")
    for words in asked:
        lines.extend(["", f"> {words}", "", f"**Tutor:** {_quoted(reader.says(words))}"])
    lines.extend(["", f"> {reader.exercise.answer}", "", f"**Tutor:** {_quoted(reader.answers())}"])
    reader.lesson = replace(reader.lesson, item=None)
    for words in ("who is the king of england", "my uncle took my land what can i do"):
        lines.extend(["", f"> {words}", "", f"**Tutor:** {_quoted(reader.says(words))}"])
    return "\n".join(lines) + "\n"


def _quoted(written: str) -> str:
    return written.replace("\n", " / ")
