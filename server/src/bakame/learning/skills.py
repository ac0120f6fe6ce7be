"""Skills and the whole curriculum, read from one file and checked wholly before anything uses it."""

import random
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType
from typing import Final

from bakame.errors import Invalid
from bakame.learning.content import Motion, Passage, Topic, read_each, read_motion, read_passage, read_topic
from bakame.learning.draws import draw
from bakame.learning.expressions import Expression, ExpressionError
from bakame.learning.fields import CurriculumError, Fields, Problem, Problems, load_document
from bakame.learning.functions import Value
from bakame.learning.generator_reader import read_generator
from bakame.learning.generators import ExpressionGenerator, Generator, RowChoice, SoundPair
from bakame.learning.model import ModelParameters, read_model
from bakame.text.gsm import septets

__all__ = ["BLOOM", "MODULES", "Band", "Curriculum", "CurriculumError", "Problem", "Skill", "parse_curriculum"]

MODULES: Final = ("math", "english", "comprehension", "debate", "general")
BLOOM: Final = ("remember", "understand", "apply", "analyse", "evaluate", "create")
MAX_WORDS: Final = 35
"""Words of a spoken prompt."""
MAX_SEPTETS: Final = 160
"""One part of SMS in the GSM alphabet."""
TRIALS: Final = 16
"""Exercises made from each skill while a file is checked."""

_ID: Final = re.compile(r"[a-z]+(\.[a-z0-9_]+){1,3}")


@dataclass(frozen=True, slots=True)
class Skill:
    """One thing to learn. `signed`: a minus sign is plausible in an answer, right or wrong."""

    id: str
    module: str
    strand: str
    title: str
    level: str
    bloom: str
    prerequisites: tuple[str, ...]
    description: str
    generator: Generator
    retired: bool = False
    signed: bool = False

    @property
    def format(self) -> str:
        """The answer format, a key of the model's parameters: integer, choice2, speech_open and so on."""
        match self.generator:
            case ExpressionGenerator(answer_type="choice", options=options):
                return f"choice{len(options)}"
            case RowChoice(rows=rows):
                return f"choice{min(4, min(len(row) for row in rows) - 1)}"
            case SoundPair():
                return "choice2"
            case generator if generator.answer_type == "choice":
                return "choice3"
            case generator:
                return generator.answer_type


@dataclass(frozen=True, slots=True)
class Band:
    """A group for teaching at the right level: all skills up to `max_level`."""

    band: int
    name: str
    max_level: str


@dataclass(frozen=True, slots=True, eq=False)
class Curriculum:
    """All that is taught. `skills` are in an order in which prerequisites come before what needs them.

    There is one of each reading of the file, so it is equal to itself only, and what follows from it can be cached.
    """

    version: int
    language: str
    skills: Mapping[str, Skill]
    model: ModelParameters
    passages: Mapping[str, Passage]
    motions: Mapping[str, Motion]
    topics: Mapping[str, Topic]
    school_levels: tuple[str, ...]
    cefr_levels: tuple[str, ...]
    bands: tuple[Band, ...]
    never_debate: tuple[str, ...]
    never_answer_alone: tuple[str, ...]

    def of_module(self, module: str) -> tuple[Skill, ...]:
        """The module's skills that are not retired, prerequisites before dependants."""
        return _of_module(self, module)

    def needed_for(self, skill_id: str) -> frozenset[str]:
        """All that must be known before this skill, through any number of steps."""
        return _needed_for(self, skill_id)


@lru_cache(maxsize=64)
def _of_module(curriculum: Curriculum, module: str) -> tuple[Skill, ...]:
    return tuple(skill for skill in curriculum.skills.values() if skill.module == module and not skill.retired)


@lru_cache(maxsize=4096)
def _needed_for(curriculum: Curriculum, skill_id: str) -> frozenset[str]:
    skill = curriculum.skills.get(skill_id)
    direct = skill.prerequisites if skill else ()
    return frozenset(direct).union(*(_needed_for(curriculum, each) for each in direct))


def parse_curriculum(text: str, *, source: str) -> Curriculum:
    """Reads a curriculum file and checks all of it. Raises `CurriculumError` with every problem found.

    Every expression and template is compiled, and some exercises of each skill are made, with a fixed seed.
    """
    problems = Problems(source)
    fields = Fields(load_document(text, source=source), problems=problems)
    levels = fields.nested("levels")
    school, cefr = levels.texts("school", least=1), levels.texts("cefr", least=1)
    levels.drop("approximate_match")
    known = {*school, *cefr}
    bands = tuple(
        _read_band(Fields(item, problems=problems, path=f"levels.right_level_bands.{n}"), known)
        for n, item in enumerate(levels.items("right_level_bands", least=1))
    )
    levels.close()
    model = read_model(fields.nested("model"))
    for level in sorted(known - model.difficulty.keys()):
        problems.add("", "model.prior_level_difficulty_logit", f"has no entry for the level {level!r}")
    safety = fields.nested("safety")
    curriculum = Curriculum(
        version=fields.integer("version", low=1, high=1),
        language=fields.text("language"),
        skills=_read_skills(fields.items("skills", least=1), known, problems),
        model=model,
        passages=read_each(
            fields.items("passages"), lambda each: read_passage(each, known), problems=problems, key="passages"
        ),
        motions=read_each(
            fields.items("motions"), lambda each: read_motion(each, known), problems=problems, key="motions"
        ),
        topics=read_each(fields.items("topics"), lambda each: read_topic(each, known), problems=problems, key="topics"),
        school_levels=school,
        cefr_levels=cefr,
        bands=bands,
        never_debate=safety.texts("debate_never"),
        never_answer_alone=safety.texts("general_never_answer_alone"),
    )
    safety.close()
    fields.close()
    problems.check()
    return curriculum


def _read_band(fields: Fields, levels: Collection[str]) -> Band:
    band = Band(fields.integer("band", low=0, high=20), fields.text("name"), fields.word("max_level", levels))
    fields.close()
    return band


def _read_skills(listed: list[object], levels: Collection[str], problems: Problems) -> Mapping[str, Skill]:
    found: dict[str, Skill] = {}
    ids: set[str] = set()
    for n, item in enumerate(listed):
        fields = Fields(item, problems=problems)
        label = fields.label("id") or f"skill number {n + 1}"
        fields.skill = label
        if label in ids:
            problems.add(label, "id", "is there twice")
            continue
        ids.add(label)
        skill = _read_skill(fields, levels)
        if skill is not None:
            found[skill.id] = skill
    for skill in found.values():
        for prerequisite in skill.prerequisites:
            if prerequisite not in ids:
                problems.add(skill.id, "prerequisites", f"there is no skill {prerequisite!r}")
    return MappingProxyType(_in_order(found, problems))


def _read_skill(fields: Fields, levels: Collection[str]) -> Skill | None:
    skill_id = fields.text("id")
    module = fields.word("module", MODULES)
    if skill_id and not _ID.fullmatch(skill_id):
        fields.note("id", "must be small words joined by points, such as math.add.tens")
    elif skill_id and module and not skill_id.startswith(module + "."):
        fields.note("id", f"must begin with its module, {module!r}")
    strand, title, description = fields.text("strand"), fields.text("title"), fields.text("description")
    level, bloom = fields.word("level", levels), fields.word("bloom", BLOOM)
    prerequisites = fields.texts("prerequisites")
    retired = fields.flag("retired", default=False)
    generator = read_generator(fields.nested("generator"))
    fields.close()
    if generator is None:
        return None
    skill = Skill(skill_id, module, strand, title, level, bloom, prerequisites, description, generator, retired)
    return replace(skill, signed=_try_out(generator, fields)) if isinstance(generator, ExpressionGenerator) else skill


def _try_out(generator: ExpressionGenerator, fields: Fields) -> bool:
    """Makes a few exercises and notes what is wrong with them; whether minus signs are plausible in the answers."""
    rng = random.Random(fields.skill)
    answers_below, mistakes_below = 0, 0
    try:
        for _ in range(TRIALS):
            values = draw(generator, rng)
            answer = generator.answer.evaluate(values)
            problem = _answer_problem(generator, answer) or _wording_problem(generator, values)
            if problem:
                fields.note(*problem)
                return False
            answers_below += _below_zero(answer)
            mistakes_below += any(_below_zero(_attempt(each.value, values)) for each in generator.misconceptions)
    except ExpressionError as error:
        fields.note("generator", str(error))
    except Invalid as error:
        fields.note("generator.where", str(error))
    return answers_below > 0 or mistakes_below > TRIALS // 4


def _attempt(expression: Expression, values: Mapping[str, Value]) -> Value | None:
    try:
        return expression.evaluate(values)
    except ExpressionError:
        return None  # a misconception without a value is dropped for that exercise


def _below_zero(value: Value | None) -> bool:
    return isinstance(value, int | Fraction) and value < 0


def _answer_problem(generator: ExpressionGenerator, answer: Value) -> tuple[str, str] | None:
    match generator.answer_type:
        case "choice":
            fits = answer in generator.options
        case "integer":
            fits = isinstance(answer, int) and not isinstance(answer, bool)
        case _:
            fits = isinstance(answer, int | Fraction) and not isinstance(answer, bool)
    return None if fits else ("generator.answer", f"{answer!r} does not fit the answer type {generator.answer_type}")


def _wording_problem(generator: ExpressionGenerator, values: Mapping[str, Value]) -> tuple[str, str] | None:
    for offer in generator.offers:
        offer.render(values)
    for key, template in (("say", generator.say), ("hint", generator.hint)):
        words = len(template.render(values).split())
        if words > MAX_WORDS:
            return f"generator.{key}", f"has {words} words; at most {MAX_WORDS} can be listened to"
    size = septets(generator.sms.render(values))
    return ("generator.sms", f"takes {size} septets; one SMS holds {MAX_SEPTETS}") if size > MAX_SEPTETS else None


def _in_order(skills: Mapping[str, Skill], problems: Problems) -> dict[str, Skill]:
    """The skills with prerequisites first; a circle is noted by its names."""
    needs = {skill.id: [each for each in skill.prerequisites if each in skills] for skill in skills.values()}
    try:
        return {each: skills[each] for each in TopologicalSorter(needs).static_order()}
    except CycleError as error:
        circle: list[str] = error.args[1]
        problems.add(circle[0], "prerequisites", f"go round in a circle: {' needs '.join(reversed(circle))}")
        return {}
