"""Guided conversation: the tutor plays a part, the learner answers turn by turn.

Meaning first: an answer that makes its point is taken, with the learner's own words said back when a small slip is
seen. After a first miss the learner hears what to do, after a second a model; then the talk goes on. Every turn is an
open item of its skill.
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.grading import Verdict
from bakame.learning.items import made_as
from bakame.learning.lesson import Item, Lesson
from bakame.learning.marking import mark
from bakame.learning.notes import Notes, Talk
from bakame.learning.open_answers import points_made
from bakame.learning.skills import Skill
from bakame.text.commands import Command
from bakame.tutor.module import Step
from bakame.tutor.practice import Practice
from bakame.tutor.replying import formed, listed
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line, Part, Written, line
from bakame.tutor.working import Work

TALK: Final = "talk"
"""The kind of an item that is a turn of a conversation, and its place in a lesson's scene."""
MISSES: Final = 2
"""Misses after which a model is given."""
_ON_LAST_TRY: Final = 2
"""Tries of an item after which practice tells the answer at the next miss."""
_PATIENCE_MS: Final = 12_000
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class TalkScene:
    """Where a conversation stands: the skill's conversation number `talk`, its turn, and the points made so far."""

    skill_id: str
    talk: int
    turn: int
    made: tuple[str, ...] = ()

    def to_state(self) -> dict[str, object]:
        """As it is kept in a lesson's scene."""
        return {"skill": self.skill_id, "talk": self.talk, "turn": self.turn, "made": list(self.made)}

    @classmethod
    def of(cls, lesson: Lesson) -> "TalkScene | None":
        """The conversation in a lesson; None when there is none, or when it cannot be read."""
        kept = lesson.scene.get(TALK)
        match kept:
            case {"skill": str(skill), "talk": int(talk), "turn": int(turn), "made": list() as made}:  # pyright: ignore[reportUnknownVariableType]  # checked item by item
                names = tuple(each for each in cast("list[object]", made) if isinstance(each, str))
                return cls(skill, talk, turn, names)
            case _:
                return None


def key_of(skill_id: str, talk: int) -> str:
    """What tells a conversation from other items."""
    return f"talk {talk} of {skill_id}"


def turn_exercise(skill: Skill, talk: Talk, number: int, turn: int) -> Exercise:
    """One turn of a conversation as an open exercise."""
    spoken = talk.turns[turn]
    return Exercise(
        skill_id=skill.id,
        say=spoken.say,
        sms=spoken.say,
        answer=spoken.rubric.model,
        kind=AnswerKind.OPEN,
        options=(),
        misconceptions=(),
        hint=spoken.goal,
        expect=Expect(AnswerKind.OPEN, patience_ms=_PATIENCE_MS),
        variables={"question": key_of(skill.id, number), "evidence": "", "item": TALK, "talk": number, "turn": turn},
        rubric=spoken.rubric,
        graded_as=skill.format if skill.format.endswith("_open") else "speech_open",
    )


class Talking:
    """The conversations of one module. `known`: words that are spelled right."""

    def __init__(self, *, notes: Notes, skills: Mapping[str, Skill], known: frozenset[str]) -> None:
        self._notes = notes
        self._skills = skills
        self._known = known

    def is_on(self, item: Item | None) -> bool:
        """Whether an open item is a turn of a conversation."""
        return item is not None and made_as(item.exercise) == TALK

    def opening(self, skill: Skill, recent: Collection[str]) -> Exercise | None:
        """The first turn of a conversation of the skill that was not held lately; None when there is none."""
        notes = self._notes.get(skill.id)
        for number, talk in enumerate(notes.talks if notes else ()):
            if key_of(skill.id, number) not in recent:
                return turn_exercise(skill, talk, number, 0)
        return None

    def begun(self, step: Step) -> Step:
        """A step that asks the first turn, with the scene told before it."""
        item = step.lesson.item
        if item is None or made_as(item.exercise) != TALK or item.exercise.variables.get("turn") != 0:
            return step
        number = cast("int", item.exercise.variables["talk"])
        talk = self._talk(item.exercise.skill_id, number)
        if talk is None:
            return step
        scene = TalkScene(item.exercise.skill_id, number, 0)
        lesson = replace(step.lesson, scene={**step.lesson.scene, TALK: scene.to_state()})
        return replace(step, lesson=lesson, parts=(*step.parts[:-1], _setting(talk), step.parts[-1]))

    def again(self, work: Work, item: Item, practice: Practice) -> Step:
        """The open turn, when a learner comes back to it: with the scene, as they may have forgotten it."""
        scene = TalkScene.of(work.lesson)
        talk = self._talk(scene.skill_id, scene.talk) if scene else None
        return practice.again(work.saying(line("talk.resume"), _setting(talk)) if talk else work, item)

    def answer(self, work: Work, item: Item, said: Said, practice: Practice, *, rng: random.Random) -> Step | Work:
        """What an act at a turn comes to: the turn again, the next one, or the work with the conversation over."""
        match said.command if said.act is Act.COMMAND else None:
            case Command.SKIP:
                return _over(practice.skip(work, item))
            case Command.HINT:
                after = practice.hint(work, item)
            case Command.DONT_KNOW:
                after = practice.dont_know(work, item)
            case _:
                return self._said(work, item, said, practice, rng)
        return after if isinstance(after, Step) else self._onward(after, item, ())

    def _said(self, work: Work, item: Item, said: Said, practice: Practice, rng: random.Random) -> Step | Work:
        verdict = mark(item.exercise, said.text).verdict
        if verdict is Verdict.UNCLEAR:
            return practice.mark(work, item, said, rng=rng)
        last = item.tries + 1 >= MISSES
        marked = practice.mark(work, replace(item, tries=_ON_LAST_TRY) if last else item, said, rng=rng)
        if isinstance(marked, Step):
            # A first miss: what to do here, and the tutor's line again.
            goal = line("talk.goal", goal=item.exercise.hint)
            return replace(marked, parts=(*work.parts, goal, marked.parts[-1]))
        said_of_it = tuple(part for part in marked.parts[len(work.parts) :] if _kept(part))
        marked = replace(marked, parts=(*work.parts, *said_of_it))
        if verdict is not Verdict.RIGHT:
            model = line("talk.model", model=item.exercise.answer)
            return self._onward(replace(marked, parts=(*work.parts, model), told=False), item, ())
        recast = formed(item.exercise, said.text, known=self._known, spoken=said.channel is Channel.VOICE)
        if recast is not None:
            marked = marked.saying(recast)
        rubric = item.exercise.rubric
        made = tuple(point.name for point in points_made(rubric, said.text)) if rubric else ()
        return self._onward(marked, item, made)

    def _onward(self, work: Work, item: Item, made: tuple[str, ...]) -> Step | Work:
        """The next turn, or the end with what went well."""
        scene = TalkScene.of(work.lesson)
        talk = self._talk(scene.skill_id, scene.talk) if scene else None
        skill = self._skills.get(scene.skill_id) if scene else None
        if scene is None or talk is None or skill is None:
            return _over(work.saying(line("talk.gone", spare=True)))
        scene = replace(scene, turn=scene.turn + 1, made=(*scene.made, *(n for n in made if n not in scene.made)))
        if scene.turn >= len(talk.turns):
            named = listed(scene.made[:_MOST_NAMED])
            well = line("talk.well", points=named) if named else line("talk.over")
            return _over(work.saying(Written(talk.close, talk.close, spare=True), well))
        exercise = turn_exercise(skill, talk, scene.talk, scene.turn)
        lesson = replace(work.lesson, scene={**work.lesson.scene, TALK: scene.to_state()})
        return work.having(lesson).asking(Item(exercise, slot=item.slot))

    def _talk(self, skill_id: str, number: int) -> Talk | None:
        notes = self._notes.get(skill_id)
        return notes.talks[number] if notes and 0 <= number < len(notes.talks) else None


def _setting(talk: Talk) -> Part:
    return line("talk.begin", setting=talk.setting)


def _over(work: Work) -> Work:
    """With no conversation in the scene."""
    scene = {name: value for name, value in work.lesson.scene.items() if name != TALK}
    return work.having(replace(work.lesson, scene=scene))


def _kept(part: Part) -> bool:
    """In a conversation the next line is the answer; only mastery is said beside it."""
    return isinstance(part, Line) and not part.key.startswith(("right.", "told", "notes.", "try_again", "not_yet"))
