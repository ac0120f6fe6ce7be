"""Word problems: exercises told as something that happens; numbers, answer and mistakes stay the skill's."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.expressions import ExpressionError
from bakame.learning.fields import Fields, Problems, load_document
from bakame.learning.generators import ExpressionGenerator
from bakame.learning.skills import MAX_SEPTETS, MAX_WORDS, Curriculum
from bakame.learning.spoken import to_speech
from bakame.learning.telling import tells_answer
from bakame.learning.templates import Template, compile_template
from bakame.learning.units import asked_unit
from bakame.text.gsm import septets

TRIED_ON: Final = 24
"""Exercises of a skill on which its stories are tried while a file is checked."""


@dataclass(frozen=True, slots=True)
class Story:
    """The words for the ear and for the eye, as templates over the skill's variables."""

    say: Template
    sms: Template


@dataclass(frozen=True, slots=True)
class Stories:
    """By skill id."""

    of_skill: Mapping[str, tuple[Story, ...]] = field(default_factory=dict[str, tuple[Story, ...]])

    def told(self, exercise: Exercise, rng: random.Random) -> Exercise | None:
        """The exercise as a story; None when its skill has none, or this one would tell the answer."""
        stories = self.of_skill.get(exercise.skill_id)
        if not stories:
            return None
        story = rng.choice(stories)
        try:
            said, written = _words(story, exercise)
        except ExpressionError:
            return None  # an exercise that was saved before the file changed its variables
        told = replace(exercise, say=said, sms=written, unit=asked_unit(said))
        return None if tells_answer(said, exercise) or _problem(said, written) else told


def parse_stories(text: str, *, source: str, curriculum: Curriculum) -> Stories:
    """Reads and checks a file of word problems. Raises `CurriculumError` with every problem found."""
    problems = Problems(source)
    fields = Fields(load_document(text, source=source), problems=problems)
    fields.integer("version", low=1, high=1)
    fields.text("language")
    listed = fields.nested("stories")
    found: dict[str, tuple[Story, ...]] = {}
    for skill_id in listed.keys:
        items = listed.items(skill_id, least=1)
        skill = curriculum.skills.get(skill_id)
        if skill is None or not isinstance(skill.generator, ExpressionGenerator) or skill.generator.options:
            problems.add(
                skill_id, "", "there is no skill of this name whose exercises are made by rule, without choices"
            )
            continue
        rng = random.Random(skill_id)
        exercises = tuple(make_exercise(skill, rng=rng) for _ in range(TRIED_ON))
        stories = (
            _read(Fields(item, problems=problems, skill=skill_id, path=f"stories.{n}"), exercises)
            for n, item in enumerate(items)
        )
        found[skill_id] = tuple(story for story in stories if story is not None)
    listed.close()
    fields.close()
    problems.check()
    return Stories(MappingProxyType(found))


def _read(fields: Fields, exercises: tuple[Exercise, ...]) -> Story | None:
    say, sms = fields.text("say"), fields.text("sms")
    fields.close()
    names = list(exercises[0].variables)
    try:
        story = Story(compile_template(say, names=names), compile_template(sms, names=names))
        for exercise in exercises:
            if problem := _problem(*_words(story, exercise)):
                fields.note("say", problem)
                return None
        if all(tells_answer(_words(story, exercise)[0], exercise) for exercise in exercises):
            fields.note("say", "tells the answer")
            return None
    except ExpressionError as error:
        fields.note("say", str(error))
        return None
    return story


def _words(story: Story, exercise: Exercise) -> tuple[str, str]:
    return (
        to_speech(story.say.render(exercise.variables)),
        " ".join(story.sms.render(exercise.variables).split()),
    )


def _problem(said: str, written: str) -> str | None:
    words = len(said.split())
    if words > MAX_WORDS:
        return f"has {words} words; at most {MAX_WORDS} can be listened to"
    size = septets(written)
    return f"takes {size} septets; one SMS holds {MAX_SEPTETS}" if size > MAX_SEPTETS else None
