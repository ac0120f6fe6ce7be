"""Debates played by a scripted learner: what is heard, turn by turn, and one of them written down."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from bakame.learning.debate import DebateContent, parse_debate
from bakame.learning.lesson import Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.text.commands import Command
from bakame.tutor.conversation import Conversation
from bakame.tutor.debate_scene import Scene
from bakame.tutor.module import Step, Tried, View
from bakame.tutor.modules.debate import DebateModule
from bakame.tutor.rendering import sentences, text
from bakame.tutor.turn import Act, By, Channel, Said
from classroom import SERVER, all_skills, english

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)


@cache
def debates() -> DebateContent:
    """The real content."""
    files = {path.name: path.read_text("utf-8") for path in sorted((SERVER / "curriculum/debate").glob("*.yaml"))}
    return parse_debate(files, curriculum=all_skills())


@cache
def module() -> DebateModule:
    return DebateModule(curriculum=all_skills(), content=debates())


@dataclass
class Debater:
    """One learner in the conversation of the tutor, with debates to go to; nothing is stored."""

    channel: Channel = Channel.VOICE
    free_speech: bool = True
    seed: int = 7
    knowledge: dict[str, Knowledge] = field(default_factory=dict[str, Knowledge])
    lesson: Lesson = field(default_factory=lambda: Lesson(phase=Phase.PLACEMENT, module="debate"))
    tried: list[Tried] = field(default_factory=list[Tried])
    log: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    elapsed_ms: int = 0
    now: datetime = MONDAY

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.conversation = Conversation(modules={"debate": module()}, names=("Keza",), asides=True)
        self.step: Step
        self.heard = ""

    # what the learner does

    def arrives(self) -> str:
        return self._act(Said(self.channel, act=Act.OPEN), "(comes)")

    def says(self, words: str, *, confidence: float = 0.99) -> str:
        by: By = "speech" if self.channel is Channel.VOICE else "text"
        return self._act(Said(self.channel, text=words, by=by, confidence=confidence), words)

    def keys(self, digit: str) -> str:
        return self._act(Said(self.channel, text=digit, by="keys"), f"(presses {digit})")

    def gives(self, command: Command) -> str:
        return self._act(Said(self.channel, act=Act.COMMAND, command=command), f"({command.value})")

    def is_silent(self) -> str:
        return self._act(Said(self.channel, act=Act.SILENCE, silences=1), "(silence)")

    # what comes of it

    @property
    def scene(self) -> Scene:
        return Scene.from_state(self.lesson.scene, debates())[0]

    @property
    def view(self) -> View:
        return View(
            lesson=self.lesson,
            knowledge=self.knowledge,
            name="Keza",
            consent=True,
            now=self.now,
            channel=self.channel,
            free_speech=self.free_speech,
        )

    def takes(self, topic: str, side: str) -> str:
        """Comes, asks for a motion by its topic and takes a side."""
        self.arrives()
        self.says(topic)
        return self.says(side)

    def right_key(self) -> str:
        """Presses the key of the sentence that is the move."""
        three = self.scene.three
        assert three is not None
        return self.keys(str(three.right + 1))

    def wrong_key(self, code: str | None = None) -> str:
        """Presses the key of a sentence with a fault."""
        three = self.scene.three
        assert three is not None
        faults = [n for n, each in enumerate(three.codes) if each and code in (None, each)]
        return self.keys(str(faults[0] + 1))

    def _act(self, said: Said, shown: str) -> str:
        self.now += timedelta(seconds=20)
        said = replace(said, elapsed_ms=self.elapsed_ms, free_speech=self.free_speech)
        self.step = self.conversation.respond(self.view, said, rng=self.rng)
        # A saved lesson is JSON; what cannot be saved shows here.
        self.lesson = Lesson.from_state(self.step.lesson.to_state())
        self.knowledge.update(self.step.learnt)
        self.tried += self.step.tried
        if self.channel is Channel.VOICE:
            told = " ".join(sentences(self.step.parts, wording=english(), language="en", rng=random.Random(1)))
        else:
            told = text(self.step.parts, wording=english(), language="en", rng=random.Random(1))
        self.heard = told
        self.log.append((shown, told))
        return told


def transcript() -> str:
    """A debate by voice, cut off and taken up again, then one by SMS; as Markdown."""
    caller = Debater(seed=11)
    caller.arrives()
    caller.says("I would like school uniforms")
    caller.says("I agree")
    caller.says("I think pupils should wear a uniform every day")
    caller.says("because")
    caller.says("because nobody can see who is rich and who is poor")
    caller.arrives()
    caller.gives(Command.HINT)
    _finish(caller, ON_UNIFORMS)
    writer = Debater(Channel.SMS, seed=5)
    writer.arrives()
    writer.says("3")
    writer.says("goats")
    writer.says("2")
    writer.says("I disagree, a family should keep goats")
    writer.says("bananas are yellow")
    writer.says("because a goat sells for more money at the market")
    writer.says("you are stupid")
    _finish(writer, ON_GOATS)
    return (
        "# A lesson in debate\n\n"
        "Made by the tests from the real content, with no model. First a call: Keza asks for a motion, the call drops, "
        "and she goes on at the very move. Then a debate by SMS, each reply one text.\n\n"
        f"## By phone\n\n{_shown(caller, 'Keza')}\n\n## By SMS\n\n{_shown(writer, 'Mugisha')}\n"
    )


GOOD = {
    "definition": "It means something that we all know at home and at school",
    "reason": "because it helps many families and saves them money",
    "signpost": "First, it saves money. Second, it saves time for many families",
    "example": "For example, my aunt in Huye did this last year and she saved money",
    "evidence": "Our teacher counted and twenty of thirty families in our village do this",
    "restate": "You say that the other way is better for families",
    "rebuttal": "That may be true, but many families cannot pay for it",
    "respect": "I understand your point, but I see it differently",
    "concession": "It is true that it takes time, but families gain more from it",
    "weighing": "Families matter more than shops, because more people gain from it",
    "fallacy": "One case does not mean that all people are like that",
    "perspective": "Some people would say that it costs too much money for poor families",
    "conclusion": "To conclude, I keep my side because families save money and time",
}


ON_UNIFORMS = {
    **GOOD,
    "signpost": "First, uniforms make us equal. Second, the morning is quick and simple.",
    "example": "For example, in my class in Huye we all wear blue and nobody laughs at poor clothes",
    "evidence": "Our teacher counted, and fewer pupils came late after we had uniforms",
    "restate": "You say that uniforms cost poor parents a lot of money",
    "rebuttal": "That may be true, but one uniform is cheaper than many clothes",
    "respect": "I understand your point, but I think uniforms make pupils equal",
    "conclusion": "To conclude, I agree, because a uniform makes rich and poor pupils equal",
}
ON_GOATS = {
    **GOOD,
    "signpost": "First, a goat sells for more money. Second, goats give milk.",
    "example": "For example, my uncle in Musanze sold one goat and paid the school fees",
    "evidence": "According to my father, a goat sells for ten times more than a hen",
    "restate": "You say that hens give eggs every week and that helps a family",
    "rebuttal": "That may be true, but hens catch diseases and die quickly",
    "respect": "I see your point, but I think goats are better for a family",
    "conclusion": "To conclude, I disagree, because a goat sells for more and gives milk",
}


def _finish(debater: Debater, good: Mapping[str, str] = GOOD) -> None:
    """Makes the moves that are asked for, to the end of the debate."""
    for _ in range(14):
        scene = debater.scene
        if scene.stage != "move":
            return
        debater.says(good.get(scene.move, "I agree that we should do it"))


def finishes(debater: Debater) -> str:
    """Plays a debate to its end, and tells what is heard there."""
    _finish(debater)
    return debater.heard


def _shown(debater: Debater, name: str) -> str:
    lines: list[str] = []
    for said, told in debater.log:
        lines += [f"**{name}:** {said}", "> " + "  \n> ".join(told.split("\n"))]
    return "\n\n".join(lines)
