"""Exercises of every module, drawn as the modules draw them."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from bakame.errors import Invalid
from bakame.learning.debate import SIDES
from bakame.learning.debate_plan import ANSWERING
from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.items import kinds_here, make_from_notes
from bakame.learning.notes import Notes
from bakame.learning.passages import question_skills
from bakame.learning.reading import exercise_of
from bakame.learning.skills import Skill
from bakame.tutor.debate_scene import Scene, Stage
from bakame.tutor.debate_talk import NUMBERS, RUNGS, DebateTalk
from bakame.tutor.guidance import Guide
from bakame.tutor.notes_guide import NotesGuide
from bakame.tutor.reading import ReadingGuide
from bakame.tutor.registry import Materials
from bakame.tutor.topic_lesson import question_of
from bakame.tutor.wording import Part

SHARES: Final[Mapping[str, int]] = {"math": 55, "english": 20, "comprehension": 10, "general": 9, "debate": 6}
"""Hundredths of all exercises, by module."""
_HINTS: Final = 5
"""Rungs after which a ladder that does not end is not climbed further."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One exercise with what its module says of it.

    `pieces`: what is spoken, in pieces of which each is heard in one go; empty when the exercise is only for the eye.
    `written`: the text that carries it; empty when it is only for the ear. `hints` in their order, `solution` and
    `mistake` (what is said of a wrong answer) as parts. `shows`: hints repeat what was read, where the answer stands.
    """

    module: str
    way: str
    exercise: Exercise
    pieces: tuple[str, ...]
    written: str
    hints: tuple[Part, ...] = ()
    solution: tuple[Part, ...] = ()
    shows: bool = False


Source = Callable[[random.Random], Drawn | None]
"""Makes one exercise; None when there is none this time."""


def draws(
    materials: Materials, *, count: int, rng: random.Random, shares: Mapping[str, int] = SHARES
) -> Iterator[Drawn]:
    """`count` exercises over all modules by their shares, and over all skills of a module in turn."""
    for module, share in shares.items():
        sources = sources_of(materials, module)
        wanted, at, tried = round(count * share / 100), 0, 0
        while at < wanted and tried < 3 * wanted + len(sources):
            if tried % len(sources) == 0:
                sources = rng.sample(sources, len(sources))
            drawn = sources[tried % len(sources)](rng)
            tried += 1
            if drawn is not None:
                at += 1
                yield drawn


def sources_of(materials: Materials, module: str) -> Sequence[Source]:
    """One source for each skill of a module and each way in which it asks."""
    match module:
        case "math":
            return _rules(materials)
        case "english":
            return [*_notes(materials, module, materials.english, by_ear=(True, False))]
        case "general":
            return [*_notes(materials, module, materials.general, by_ear=(None,)), *_topics(materials)]
        case "comprehension":
            return _passages(materials)
        case _:
            return _moves(materials)


def _explained(
    module: str, way: str, exercise: Exercise, guide: Guide, *, ear: bool = True, eye: bool = True, shows: bool = False
) -> Drawn:
    hints: list[Part] = []
    rung = 0
    while len(hints) < _HINTS and (found := guide.hint(exercise, above=rung)) is not None:
        rung = found[0]
        hints.append(found[1])
    return Drawn(
        module,
        way,
        exercise,
        (exercise.say,) if ear else (),
        exercise.sms if eye else "",
        tuple(hints),
        (guide.solution(exercise),),
        shows,
    )


def _rules(materials: Materials) -> Sequence[Source]:
    guide, stories = materials.guidance, materials.guidance.stories

    def plain(skill: Skill, rng: random.Random) -> Drawn:
        return _explained("math", "by rule", make_exercise(skill, rng=rng), guide)

    def told(skill: Skill, rng: random.Random) -> Drawn | None:
        story = stories.told(make_exercise(skill, rng=rng), rng)
        return None if story is None else _explained("math", "as a story", story, guide)

    skills = materials.curriculum.of_module("math")
    return [
        *(partial(plain, skill) for skill in skills),
        *(partial(told, skill) for skill in skills if skill.id in stories.of_skill),
    ]


def _notes(materials: Materials, module: str, notes: Notes, *, by_ear: Sequence[bool | None]) -> Iterator[Source]:
    """`by_ear`: None, where a skill is asked in the same way on both channels."""
    guide = NotesGuide(notes)

    def item(skill: Skill, ear: bool | None, rng: random.Random) -> Drawn:
        of_skill = notes[skill.id]
        if ear is None:
            return _explained(module, "notes", make_from_notes(skill, of_skill, rng=rng), guide)
        kinds = kinds_here(skill, of_skill, by_ear=ear)
        exercise = make_from_notes(skill, of_skill, rng=rng, by_ear=ear, kinds=kinds)
        return _explained(module, "by ear" if ear else "by text", exercise, guide, ear=ear, eye=not ear)

    for skill in materials.curriculum.of_module(module):
        if skill.id not in notes:
            raise Invalid(f"{skill.id}: has no notes")
        for ear in by_ear:
            if ear is None or kinds_here(skill, notes[skill.id], by_ear=ear):
                yield partial(item, skill, ear)


def _topics(materials: Materials) -> Iterator[Source]:
    def quiz(topic_id: str, rng: random.Random) -> Drawn:
        topic = materials.topics[topic_id]
        exercise = question_of(topic, rng.choice(topic.quiz), rng=rng)
        return Drawn("general", "quiz", exercise, (exercise.say,), exercise.sms)

    for topic_id, topic in materials.topics.items():
        if topic.quiz:
            yield partial(quiz, topic_id)


def _passages(materials: Materials) -> Sequence[Source]:
    guide = ReadingGuide(materials.readings)
    skills = question_skills(materials.curriculum)

    def question(passage: str, index: int, rng: random.Random) -> Drawn:
        reading = materials.readings[passage]
        exercise = exercise_of(reading, index, skill_id=skills[reading.questions[index].type], rng=rng)
        return _explained("comprehension", "passage", exercise, guide, shows=True)

    return [
        partial(question, passage, index)
        for passage, reading in materials.readings.items()
        for index in range(len(reading.questions))
    ]


def _moves(materials: Materials) -> Sequence[Source]:
    content = materials.debate
    talk = DebateTalk(content=content, curriculum=materials.curriculum)

    def move(name: str, skill_id: str, written: bool, rng: random.Random) -> Drawn:
        motion = content.motions[rng.choice(sorted(content.motions))]
        side = rng.choice(SIDES)
        scene = Scene(Stage.MOVE, motion=motion.id, side=side, moves=(name,), seed=rng.randrange(10_000))
        if name in ANSWERING and name != "fallacy":
            scene = replace(scene, point=rng.choice(motion.arguments[scene.tutors_side]).id)
        three = talk.choice(scene, written=written)
        asked, *_ = (part for part in talk.question(scene).parts[-1:])
        said = getattr(asked, "say", "")
        spoken = tuple(f"{NUMBERS[n].capitalize()}: {each}" for n, each in enumerate(three.sentences))
        listed = "\n".join(f"{n} {each}" for n, each in enumerate(three.sentences, start=1))
        exercise = Exercise(
            skill_id=skill_id,
            say=" ".join((said, *spoken)),
            sms=listed,
            answer=NUMBERS[three.right],
            kind=AnswerKind.CHOICE,
            options=NUMBERS,
            offers=three.sentences,
            misconceptions=tuple((code, NUMBERS[n]) for n, code in enumerate(three.codes) if code),
            hint="",
            expect=Expect(AnswerKind.CHOICE, options=NUMBERS),
        )
        hints = tuple(part for rung in range(1, RUNGS + 1) if (part := talk.hint(scene, rung)) is not None)
        text = f"{listed}\n{talk.title(name)}: 1-3?"
        pieces, text = ((), text) if written else ((said, *spoken), "")
        return Drawn("debate", "by text" if written else "by ear", exercise, pieces, text, hints)

    return [
        partial(move, guide.move, guide.skill_id, written)
        for guide in content.guides.values()
        for written in (False, True)
    ]
