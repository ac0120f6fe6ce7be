"""Exercises of all modules can be answered, have one right answer, fit the ear and a text, and hints do not tell."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bakame.app.content import Content, load_content
from bakame.app.examination.drawing import SHARES, Drawn, draws
from bakame.app.examination.faults import faults, forms_of
from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.items import make_from_notes
from bakame.tutor.wording import Written

COUNTS = {"math": 2_400, "english": 800, "comprehension": 400, "general": 300, "debate": 100}
SERVER = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(curriculum_dir=SERVER / "curriculum", locales_dir=SERVER / "locales")


@pytest.mark.parametrize("module", COUNTS)
def test_every_exercise_is_sound(content: Content, module: str) -> None:
    rng = random.Random(module)
    made = 0
    for drawn in draws(content.materials, count=COUNTS[module], rng=rng, shares={module: 100}):
        made += 1
        found = [*faults(drawn, wording=content.wording, rng=rng)]
        assert not found, (drawn.exercise.skill_id, drawn.way, drawn.exercise.say, found)
    assert made == COUNTS[module]


def test_no_module_is_left_out() -> None:
    assert COUNTS.keys() == SHARES.keys()


def test_all_skills_have_their_turn(content: Content) -> None:
    drawn = draws(content.materials, count=8_000, rng=random.Random(1), shares={"math": 5, "english": 4, "debate": 1})
    seen = {each.exercise.skill_id for each in drawn}
    curriculum = content.curriculum
    assert seen == {skill.id for module in ("math", "english", "debate") for skill in curriculum.of_module(module)}


def a_sum(content: Content) -> Exercise:
    return make_exercise(content.curriculum.skills["math.sub.three_digit"], rng=random.Random(1))


def a_choice(content: Content) -> Exercise:
    skill = content.curriculum.skills["english.grammar.be_present"]
    return make_from_notes(skill, content.materials.english[skill.id], rng=random.Random(1))


def a_price(content: Content) -> Exercise:
    return make_exercise(content.curriculum.skills["math.money.change"], rng=random.Random(1))


SPOILED: Mapping[str, Callable[[Content], Exercise]] = {
    "36 words": lambda content: replace(a_sum(content), say="word " * 36),
    "septets": lambda content: replace(a_sum(content), sms="word " * 40),
    "a text cannot carry": lambda content: replace(a_sum(content), sms="\N{PLUS-MINUS SIGN}"),
    "cannot be said": lambda content: replace(a_sum(content), say="{a} plus 5?"),
    "is the answer": lambda content: replace(a_sum(content), misconceptions=(("same", f"{a_sum(content).answer}.0"),)),
    "is wrong": lambda content: replace(a_sum(content), misconceptions=(("other", "987654"), ("again", "987654"))),
    "the same:": lambda content: replace(a_choice(content), options=(a_choice(content).answer,) * 2),
    "the same value": lambda content: replace(a_choice(content), options=(a_choice(content).answer, "two", "2")),
}
"""What is found, and the exercise in which it is."""


@pytest.mark.parametrize("fault", SPOILED)
def test_what_is_wrong_with_an_exercise_is_found(content: Content, fault: str) -> None:
    spoiled = SPOILED[fault](content)
    drawn = Drawn("math", "by rule", spoiled, (spoiled.say,), spoiled.sms)
    found = " / ".join(faults(drawn, wording=content.wording, rng=random.Random(1)))
    assert fault in found


def test_a_hint_that_tells_is_found(content: Content) -> None:
    for exercise in (a_sum(content), a_choice(content)):
        telling = f"Say {exercise.answer}."
        drawn = Drawn("math", "by rule", exercise, (exercise.say,), exercise.sms, (Written(telling, telling),))
        assert any("tells the answer" in each for each in faults(drawn, wording=content.wording, rng=random.Random(1)))


def test_a_right_answer_is_given_in_many_forms(content: Content) -> None:
    large = replace(a_price(content), answer="12500")
    assert {"12500", "12,500", "12 500", "twelve thousand five hundred", "12500 franc"} <= {*forms_of(large)}
    choice = a_choice(content)
    assert len(forms_of(choice)) == 3
