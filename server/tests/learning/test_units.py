"""An answer in another unit is converted, asked for again, or known to be the question once more."""

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.fields import CurriculumError
from bakame.learning.grading import OTHER_UNIT, Verdict
from bakame.learning.marking import mark
from bakame.learning.skills import Curriculum, parse_curriculum
from bakame.learning.stories import parse_stories
from bakame.learning.units import asked_unit, names_another, unit_words

STORIES = Path(__file__).parents[2] / "curriculum/word_problems.yaml"


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("A field is 20 metres long. What is its perimeter in metres?", "m"),
        ("What is its area in square metres?", "m2"),
        ("What is its volume in cubic centimetres?", "cm3"),
        ("How many more kilos did Keza pick?", "kg"),
        ("How many francs do you save?", "franc"),
        ("How many minutes past the hour is it?", "minute"),
        ("How many litres is that a day?", "l"),
        ("How many kilometres an hour is that?", None),
        ("How many pupils walk more than two kilometres?", None),
        ("How many goats has she after two weeks?", None),
        ("Which is bigger: 5 or 8?", None),
        ("How many x?", None),
        ("", None),
    ],
)
def test_the_unit_that_a_question_asks_for(question: str, unit: str | None) -> None:
    assert asked_unit(question) == unit


def test_a_question_that_gives_the_amount_in_another_unit() -> None:
    assert names_another("How many metres are in 3 kilometres?", "m")
    assert names_another("How many minutes past the hour is it?", "minute")
    assert not names_another("A rope is 8 metres long. How many metres are left?", "m")
    assert not names_another("A bus goes 70 kilometres an hour for 2 hours. How far does it go?", "km")
    assert not names_another("You have 3 coins of 20 francs. How many francs is that?", "franc")


def test_units_in_words() -> None:
    assert [unit_words(each) for each in ("m", "m2", "cm3", "franc", "minute", "odd")] == [
        *("metres", "square metres", "cubic centimetres", "francs", "minutes", "odd")
    ]


SAID: Mapping[str, Mapping[str, Verdict]] = {
    "math.geometry.perimeter_rect": {
        **dict.fromkeys(("124", "124 m", "124 metres", "it is 124 meters", "12400 cm", "0.124 km"), Verdict.RIGHT),
        **dict.fromkeys(("124 kg", "124 square metres", "124 francs", "124 minutes"), Verdict.UNCLEAR),
        **dict.fromkeys(("124 cm", "124 km", "125 m"), Verdict.WRONG),
    },
    "math.measure.length_convert": {
        **dict.fromkeys(("124", "124 cm", "124 centimetres"), Verdict.RIGHT),
        **dict.fromkeys(("1 metre and 24 centimetres", "1 m 24 cm", "1.24 m", "124 m"), Verdict.UNCLEAR),
    },
    "math.money.change": {
        **dict.fromkeys(("124", "124 francs", "rwf 124", "124 frw"), Verdict.RIGHT),
        **dict.fromkeys(("124 kg", "124 dollars"), Verdict.UNCLEAR),
    },
    "math.geometry.area_rect": {
        **dict.fromkeys(("124", "124 square metres", "124 m2", "124 metres squared"), Verdict.RIGHT),
        **dict.fromkeys(("124 metres", "124 cubic metres"), Verdict.UNCLEAR),
    },
}


@pytest.mark.parametrize("skill_id", SAID)
def test_answers_with_units(curriculum: Curriculum, skill_id: str) -> None:
    exercise = replace(make_exercise(curriculum.skills[skill_id], rng=random.Random(1)), answer="124")
    assert {said: mark(exercise, said).verdict for said in SAID[skill_id]} == SAID[skill_id]


def test_another_kind_of_unit_is_told_as_the_reason(curriculum: Curriculum) -> None:
    exercise = make_exercise(curriculum.skills["math.geometry.perimeter_rect"], rng=random.Random(1))
    assert mark(exercise, f"{exercise.answer} kg").reason == OTHER_UNIT


def test_a_story_asks_for_its_own_unit(curriculum: Curriculum) -> None:
    stories = parse_stories(STORIES.read_text("utf-8"), source="word_problems.yaml", curriculum=curriculum)
    rng = random.Random(2)
    exercise = make_exercise(curriculum.skills["math.div.facts"], rng=rng)
    told = {(story := stories.told(exercise, rng)) and (story.unit, "litres" in story.say) for _ in range(40)}
    assert told == {("l", True), (None, False)}
    litres = next(
        story for _ in range(40) if (story := stories.told(exercise, rng)) is not None and story.unit is not None
    )
    assert mark(litres, f"{exercise.answer} litres a day").verdict is Verdict.RIGHT
    assert mark(litres, f"{exercise.answer} days").verdict is Verdict.UNCLEAR


def test_the_unit_is_saved_and_an_older_exercise_has_none(curriculum: Curriculum) -> None:
    exercise = make_exercise(curriculum.skills["math.money.change"], rng=random.Random(1))
    state = exercise.to_state()
    assert Exercise.from_state(state).unit == "franc"
    assert Exercise.from_state({key: value for key, value in state.items() if key != "unit"}).unit is None


def test_a_unit_that_is_none_is_named(curriculum_text: str) -> None:
    with pytest.raises(CurriculumError, match=r"money\.change.*'bananas' is not a unit"):
        parse_curriculum(curriculum_text.replace("    unit: franc\n", "    unit: bananas\n"), source="skills.yaml")
