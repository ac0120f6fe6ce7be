"""Reading lessons: exercises of a passage's questions, which passage is read next, and what is asked about it."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bakame.learning import items, selection
from bakame.learning.difficulty import Rating, expected_success
from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.passages import SUMMARY, Reading, Readings, fits_text, question_skills
from bakame.learning.plan import Slot, counted
from bakame.learning.policy import Policy, Situation
from bakame.learning.rubric import rubric
from bakame.learning.skills import Curriculum
from bakame.text.compare import normalise

STAGES: Final = (
    ("literal", "chunked", "true_false"),
    ("vocabulary", "context"),
    ("reference", "sequence"),
    ("cause", "inference", "prediction", "compare"),
    ("main_idea",),
    ("fact_opinion", "purpose", "evaluate"),
    (SUMMARY,),
)
"""The order of questions once all was read: from what is said to what is meant, and what to think of it."""
QUESTIONS: Final = {"A1": 7, "A2": 8, "B1": 9, "B2": 10}
"""Questions of one reading, with the checks after its parts and the summary."""
_CHECKS: Final = ("chunked", "literal")
_LEAST_TO_PLACE: Final = 4
"""Passages of its level in which a skill can be asked for by one part, before placement does so."""
_OPEN_MS: Final = 15_000
_FORMAT: Final = "choice3"
_PLACES: Final = {
    "one": 0,
    "1": 0,
    "first": 0,
    "two": 1,
    "2": 1,
    "second": 1,
    "three": 2,
    "3": 2,
    "third": 2,
    "last": -1,
}
_STAGE: Final = {kind: n for n, stage in enumerate(STAGES) for kind in stage}


@dataclass(frozen=True, slots=True)
class Planned:
    """A question to come: read on up to `part` first (0: nothing), then ask the passage's question `index`."""

    part: int
    index: int


def exercise_of(reading: Reading, index: int, *, skill_id: str, rng: random.Random) -> Exercise:
    """The exercise of a question. Its `variables` say where it comes from, so that it stands without its passage."""
    question = reading.questions[index]
    origin = {
        "question": question.ask,
        "evidence": question.evidence,
        "why": question.why,
        "passage": reading.id,
        "part": question.part,
        "type": question.type,
    }
    if question.rubric is not None:
        return Exercise(
            skill_id=skill_id,
            say=question.ask,
            sms=question.ask,
            answer=question.answer,
            kind=AnswerKind.OPEN,
            options=(),
            misconceptions=(),
            hint="",
            expect=Expect(AnswerKind.OPEN, patience_ms=_OPEN_MS),
            variables=origin,
            rubric=question.rubric,
            graded_as="text_open",
        )
    made = items.choice(
        skill_id,
        question.ask,
        question.answer,
        question.wrong,
        hint="",
        rng=rng,
        rubric=rubric(accept=question.accept),
        evidence=question.evidence,
    )
    options = _in_place(made.options)
    # Longer options than those of other subjects: no words are spent on keys.
    spoken = " ".join(f"{key}: {option}." for key, option in zip(("One", "Two", "Three"), options, strict=False))
    written = " ".join(f"{key} {option}" for key, option in enumerate(options, start=1))
    return replace(
        made,
        say=f"{question.ask} {spoken}",
        sms=f"{question.ask} {written}",
        options=options,
        expect=replace(made.expect, options=options),
        variables=origin,
    )


def _in_place(options: Sequence[str]) -> tuple[str, ...]:
    """The options with "two hours" at the second place and so on, so that "two" means one thing, where that can be."""
    places: dict[int, str] = {}
    for option in options:
        words = normalise(option).split()
        if len(words) > 1 and words[-1] == "one":
            words.pop()  # "the last one" is not the first
        named = {_PLACES[word] % len(options) for word in words if word in _PLACES}
        if len(named) == 1:
            places.setdefault(named.pop(), option)
    others = [option for option in options if option not in places.values()]
    return tuple(places[place] if place in places else others.pop(0) for place in range(len(options)))


def level_for(curriculum: Curriculum, ability: Rating, *, target: str = "normal") -> str:
    """The level at which questions about passages are answered about as often as helps most.

    `target` is a key of the model's `target_success`.
    """
    aim = curriculum.model.target_success[target]

    def distance(level: str) -> float:
        hard = Rating(curriculum.model.difficulty[level])
        return abs(expected_success(ability, hard, format=_FORMAT) - aim)

    return min(curriculum.cefr_levels, key=distance)


def difficulty(curriculum: Curriculum, reading: Reading, skill_id: str) -> Rating:
    """How hard a question is: the type of question and the text weigh the same."""
    of_level = curriculum.model.difficulty
    return Rating((of_level[curriculum.skills[skill_id].level] + of_level[reading.level]) / 2)


def proves(curriculum: Curriculum, reading: Reading, skill_id: str) -> bool:
    """Whether a question about this passage can show the skill: the text is at its level, one below, or above."""
    levels = curriculum.cefr_levels
    return levels.index(reading.level) >= levels.index(curriculum.skills[skill_id].level) - 1


def wanted(situation: Situation, policy: Policy, *, rng: random.Random) -> tuple[str, ...]:
    """The skills in the order in which the policy would practise them; those that it leaves out come last."""
    order: list[str] = []
    sitting = situation.sitting
    every = [skill.id for skill in situation.curriculum.of_module(situation.module)]
    for _ in every:
        choice = policy.next(
            replace(situation, present=None, sitting=sitting, excluded=frozenset(order) | situation.excluded), rng=rng
        )
        if choice is None or choice.skill.id in order:
            break
        order.append(choice.skill.id)
        sitting = replace(sitting, slots=counted(sitting.slots, choice.slot))
    rest = [skill_id for skill_id in every if skill_id not in order]
    return (*order, *rng.sample(rest, len(rest)))


def slot_of(situation: Situation, skill_id: str) -> Slot:
    """What a question of a skill is for, whoever chose it."""
    known = situation.knowledge.get(skill_id)
    if known is not None and known.mastered:
        return Slot.REVIEW
    needs = selection.entries(situation.curriculum, situation.module)[skill_id].needs
    met = (situation.knowledge.get(need) for need in needs)
    return Slot.LEVEL if all(each is not None and selection.in_place(each) for each in met) else Slot.STRETCH


def choose_reading(
    readings: Readings,
    *,
    curriculum: Curriculum,
    level: str,
    order: Sequence[str],
    lately: Sequence[str],
    rng: random.Random,
) -> Reading | None:
    """A passage that was not read lately, at the level or as near as there is one, with most of what is wanted.

    `order`: skills, the most wanted first; `lately`: passages, the latest last. None when there are no passages at all.
    """
    if not readings:
        return None
    levels = curriculum.cefr_levels
    at = levels.index(level)

    def apart(reading: Reading) -> tuple[int, int]:
        other = levels.index(reading.level)
        return abs(other - at), other  # of two as near, the easier

    nearest = min(map(apart, readings.values()))
    near = [each for each in readings.values() if apart(each) == nearest]
    before = {passage: place for place, passage in enumerate(lately)}
    fresh = [each for each in near if each.id not in before]
    # When all of a level were read lately, the third of them that was read longest ago may come again.
    near = fresh or sorted(near, key=lambda each: before[each.id])[: max(1, len(near) // 3)]
    skills = question_skills(curriculum)

    def worth(reading: Reading) -> float:
        there = {skills[question.type] for question in reading.questions}
        return sum(1 / (n + 1) for n, skill_id in enumerate(order) if skill_id in there)

    best = max(map(worth, near))
    return rng.choice([each for each in near if worth(each) >= best - 1e-9])


def plan_of(
    reading: Reading, *, curriculum: Curriculum, order: Sequence[str], by_text: bool, rng: random.Random
) -> tuple[Planned, ...]:
    """What is read and asked, in order: a check after each part, then from what is said to a summary.

    Which types are asked follows from `order`. `by_text`: checks must go into one message with their part.
    """
    skills = question_skills(curriculum)
    checks: list[Planned] = []
    used: set[int] = set()
    for part in range(1, len(reading.parts) + 1):
        index = check_of(reading, part, by_text=by_text, rng=rng)
        checks += [Planned(part, index)] if index is not None else []
        used.update(() if index is None else (index,))
    summary = next((n for n, question in enumerate(reading.questions) if question.type == SUMMARY), None)
    left = QUESTIONS[reading.level] - len(checks) - (summary is not None)
    by_skill: dict[str, list[int]] = {}
    for index in rng.sample(range(len(reading.questions)), len(reading.questions)):
        if index not in used and reading.questions[index].type not in (SUMMARY, "chunked"):
            by_skill.setdefault(skills[reading.questions[index].type], []).append(index)
    chosen = [by_skill[skill].pop() for skill in (skills["main_idea"],) if by_skill.get(skill)]
    while len(chosen) < left and any(by_skill.values()):
        for skill_id in order:
            if by_skill.get(skill_id) and len(chosen) < left:
                chosen.append(by_skill[skill_id].pop())
    chosen.sort(key=lambda index: (_STAGE[reading.questions[index].type], reading.questions[index].part, index))
    asked = [*chosen, *([] if summary is None else [summary])]
    first = () if not asked else (Planned(len(reading.parts), asked[0]),)
    return (*checks, *first, *(Planned(0, index) for index in asked[1:]))


def check_of(reading: Reading, part: int, *, by_text: bool, rng: random.Random) -> int | None:
    """The question that is asked right after a part."""
    there = [n for n, each in enumerate(reading.questions) if each.part == part and not each.is_open]
    if by_text:
        there = [n for n in there if fits_text(reading.text(part), reading.questions[n])]
    for kind in _CHECKS:
        if of_kind := [n for n in there if reading.questions[n].type == kind]:
            return rng.choice(of_kind)
    return rng.choice(there) if there else None


def placing_question(
    readings: Readings,
    skill_id: str,
    *,
    curriculum: Curriculum,
    used: Collection[str],
    by_text: bool,
    rng: random.Random,
) -> tuple[Reading, int] | None:
    """A short part of a passage at the skill's level, of a passage not in `used`, and a question of its type about it.

    None when there is no such question.
    """
    found = _placing_pool(readings, skill_id, curriculum=curriculum, by_text=by_text)
    fresh = [each for each in found if each[1].id not in used] or found
    if not fresh:
        return None
    fresh.sort(key=lambda each: (each[0], each[1].id, each[2]))
    # Short ones tell as much, and are sooner heard.
    _, reading, index = rng.choice(fresh[: max(1, (len(fresh) + 1) // 2)])
    return reading, index


def placing_skills(readings: Readings, curriculum: Curriculum) -> Mapping[str, str]:
    """The skills that a placement can ask for with one part of a passage of their own level, and those levels."""
    found: dict[str, str] = {}
    for skill in curriculum.of_module("comprehension"):
        pool = _placing_pool(readings, skill.id, curriculum=curriculum, by_text=True)
        if len({reading.id for _, reading, _ in pool}) >= _LEAST_TO_PLACE:
            found[skill.id] = skill.level
    return found


def _placing_pool(
    readings: Readings, skill_id: str, *, curriculum: Curriculum, by_text: bool
) -> list[tuple[int, Reading, int]]:
    """(words to be heard, passage, question) of all questions about one part, at the skill's level."""
    level = curriculum.skills[skill_id].level
    skills = question_skills(curriculum)
    return [
        (len(reading.text(question.part).split()), reading, index)
        for reading in readings.values()
        if reading.level == level
        for index, question in enumerate(reading.questions)
        if question.part
        and skills[question.type] == skill_id
        and (not by_text or fits_text(reading.text(question.part), question))
    ]
