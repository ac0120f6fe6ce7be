"""What to say of an answer: the mistake by its name and the next move; praise for the strategy."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bakame.learning.exercises import Exercise
from bakame.learning.expressions import ExpressionError
from bakame.learning.fields import Fields, Problems, load_document
from bakame.learning.generators import ExpressionGenerator
from bakame.learning.grading import NOT_LOWEST_TERMS, Grade
from bakame.learning.skills import Curriculum, Skill
from bakame.learning.spoken import to_speech
from bakame.learning.steps import checked_template, render, samples
from bakame.learning.telling import tells_answer
from bakame.learning.templates import Template

MOST_WORDS: Final = 25
SAID: Final = "said"
"""The name by which a template reads the wrong answer that was given."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """Sentences for mistakes, by (skill id, tag), and for the rest; praise by strand."""

    mistakes: Mapping[tuple[str, str], Template]
    wrong: tuple[str, ...]
    not_in_lowest_terms: str
    praise: Mapping[str, tuple[str, ...]]
    strands: Mapping[str, str]

    def on_mistake(self, exercise: Exercise, grade: Grade, *, rng: random.Random) -> str:
        """The sentence for a wrong answer, ready for the ear. Never tells the answer."""
        if grade.reason == NOT_LOWEST_TERMS:
            return self.not_in_lowest_terms
        template = self.mistakes.get((exercise.skill_id, grade.misconception or ""))
        if template is not None:
            try:
                text = render(template, exercise, said=to_speech(grade.value or ""))
            except ExpressionError:
                text = ""  # an exercise that was saved before the file changed its variables
            if text and not tells_answer(text, exercise):
                return text
        return rng.choice(self.wrong)

    def on_right(self, exercise: Exercise, *, rng: random.Random) -> str:
        """Praise of a strategy, never of the child."""
        return rng.choice(self.praise[self.strands.get(exercise.skill_id, "")])


def parse_feedback(text: str, *, source: str, curriculum: Curriculum) -> Feedback:
    """Reads and checks a feedback file. Raises `CurriculumError` with every problem found.

    Every mistake that a skill names must have a sentence: one for the tag in general, or one for the skill.
    """
    problems = Problems(source)
    fields = Fields(load_document(text, source=source), problems=problems)
    fields.integer("version", low=1, high=1)
    fields.text("language")
    praised = fields.nested("praise")
    praise = {"": praised.texts("any", least=1)}
    praise |= {strand: praised.texts(strand, least=1) for strand in praised.keys if strand != "any"}
    skills = {s.id: s for s in curriculum.skills.values() if isinstance(s.generator, ExpressionGenerator)}
    strands = {skill.id: skill.strand for skill in skills.values() if skill.strand in praise}
    feedback = Feedback(
        mistakes=MappingProxyType(_read_mistakes(fields.nested("mistakes"), skills, problems)),
        wrong=fields.texts("wrong", least=1),
        not_in_lowest_terms=fields.text("not_in_lowest_terms"),
        praise=MappingProxyType(praise),
        strands=MappingProxyType(strands),
    )
    fields.close()
    problems.check()
    return feedback


def _read_mistakes(fields: Fields, skills: Mapping[str, Skill], problems: Problems) -> dict[tuple[str, str], Template]:
    written = {name: _sentences(fields.nested(name)) for name in fields.keys}
    general = written.pop("any", {})
    unused = set(general)
    found: dict[tuple[str, str], Template] = {}
    for skill in skills.values():
        own = written.pop(skill.id, {})
        exercises = samples(skill)
        for tag in _tags(skill):
            if tag not in own:
                unused.discard(tag)
            sentence = own.pop(tag, "") or general.get(tag, "")
            if not sentence:
                problems.add(skill.id, tag, "has no sentence")
                continue
            template = checked_template(
                sentence, exercises, problems=problems, field=tag, most=MOST_WORDS, more={SAID: "7"}
            )
            if template is not None:
                found[skill.id, tag] = template
        for tag in own:
            problems.add(skill.id, tag, "is not a mistake that this skill names")
    for name in written:
        problems.add(name, "", "there is no skill of this name with an expression generator")
    for tag in sorted(unused):
        problems.add("any", tag, "is not a mistake that any skill names, or each has a sentence of its own")
    return found


def _sentences(fields: Fields) -> dict[str, str]:
    return {tag: fields.text(tag) for tag in fields.keys}


def _tags(skill: Skill) -> tuple[str, ...]:
    generator = skill.generator
    return tuple(each.tag for each in generator.misconceptions) if isinstance(generator, ExpressionGenerator) else ()
