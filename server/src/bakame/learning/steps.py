"""Steps of explanation, as data: nudges by strand, first and last steps by skill."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.expressions import ExpressionError
from bakame.learning.fields import Fields, Problems, load_document
from bakame.learning.functions import Value
from bakame.learning.generators import ExpressionGenerator
from bakame.learning.skills import MAX_WORDS, Curriculum, Skill
from bakame.learning.spoken import to_speech
from bakame.learning.templates import Template, compile_template

ANSWER: Final = "answer"
"""The name by which a template reads the exercise's answer, as exact text."""
SAMPLES: Final = 4
"""Exercises of a skill on which its templates are tried while a file is checked."""


@dataclass(frozen=True, slots=True)
class SkillSteps:
    """`nudge` says where to look; `first` does the first step and does not tell the answer; `finish` tells it."""

    nudge: str
    first: Template
    finish: Template


Steps = Mapping[str, SkillSteps]
"""By skill id."""


def parse_steps(text: str, *, source: str, curriculum: Curriculum) -> Steps:
    """Reads and checks a steps file. Raises `CurriculumError` with every problem found.

    Every skill with an expression generator must have steps, its strand a nudge; all are tried on some exercises.
    """
    problems = Problems(source)
    fields = Fields(load_document(text, source=source), problems=problems)
    fields.integer("version", low=1, high=1)
    fields.text("language")
    nudged = fields.nested("nudges")
    nudges = {strand: nudged.text(strand) for strand in nudged.keys}
    listed = fields.nested("skills")
    steps: dict[str, SkillSteps] = {}
    for skill_id in listed.keys:
        raw = listed.take(skill_id)
        skill = curriculum.skills.get(skill_id)
        each = Fields(raw, problems=problems, skill=skill_id)
        if skill is None or not isinstance(skill.generator, ExpressionGenerator):
            problems.add(skill_id, "", "there is no skill of this name with an expression generator")
            continue
        if skill.strand not in nudges:
            problems.add("", f"nudges.{skill.strand}", "is missing")
        exercises = samples(skill)
        first, finish = (
            checked_template(each.text(key), exercises, problems=problems, field=key) for key in ("first", "finish")
        )
        each.close()
        if first and finish:
            steps[skill_id] = SkillSteps(nudges.get(skill.strand, ""), first, finish)
    for skill in curriculum.skills.values():
        if isinstance(skill.generator, ExpressionGenerator) and skill.id not in listed.keys:
            problems.add(skill.id, "", "has no steps")
    fields.close()
    problems.check()
    return MappingProxyType(steps)


def render(template: Template, exercise: Exercise, **more: Value) -> str:
    """The template with the exercise's variables and its answer, ready for the ear. Raises `ExpressionError`."""
    return to_speech(template.render({**exercise.variables, ANSWER: exercise.answer, **more}))


def samples(skill: Skill) -> tuple[Exercise, ...]:
    """Some exercises of the skill, always the same, to try templates on."""
    rng = random.Random(skill.id)
    return tuple(make_exercise(skill, rng=rng) for _ in range(SAMPLES))


def checked_template(
    source: str,
    exercises: Sequence[Exercise],
    *,
    problems: Problems,
    field: str,
    most: int = MAX_WORDS,
    more: Mapping[str, Value] | None = None,
) -> Template | None:
    """A template over the variables of one skill's exercises, and `answer`, tried on all of them.

    None, with a problem noted, when it does not compile, has no value or has more than `most` words.
    """
    extra = dict(more or {})
    skill_id = exercises[0].skill_id
    try:
        template = compile_template(source, names=[*exercises[0].variables, ANSWER, *extra])
        words = max(len(render(template, exercise, **extra).split()) for exercise in exercises)
    except ExpressionError as error:
        problems.add(skill_id, field, str(error))
        return None
    if words > most:
        problems.add(skill_id, field, f"has {words} words; at most {most} are allowed")
        return None
    return template
