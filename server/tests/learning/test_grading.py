"""Answers are understood as people give them, and no wrong answer is ever right."""

import dataclasses
import random
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bakame.learning.exercises import Exercise, make_exercise, number_value
from bakame.learning.generators import Form
from bakame.learning.grading import HEDGED, NOT_LOWEST_TERMS, OTHER_UNIT, Grade, Verdict, grade
from bakame.learning.skills import Curriculum


def exercise_with(curriculum: Curriculum, skill_id: str, **variables: object) -> Exercise:
    """The first exercise of the skill in which these variables were drawn."""
    skill = curriculum.skills[skill_id]
    for seed in range(20_000):
        exercise = make_exercise(skill, rng=random.Random(seed))
        if variables.items() <= exercise.variables.items():
            return exercise
    raise AssertionError(f"{skill_id} never draws {variables}")


@pytest.mark.parametrize(
    ("skill_id", "variables", "right"),
    [
        ("math.mul.tables_6_9", {"a": 7, "b": 8}, ["56", "fifty-six", "fifty six", "56.0", "it is 56", "56!"]),
        ("math.add.missing", {"a": 5, "c": 12}, ["7", "seven", "x = 7", "x is 7"]),
        ("math.fractions.add_same_den", {"a": 1, "b": 3, "d": 8}, ["1/2", "4/8", "4 over 8", "0.5", "half", "50%"]),
        ("math.decimals.fraction_convert", {"r": (3, 4)}, ["0.75", ".75", "3/4", "point seven five", "75 percent"]),
        ("math.integers.add", {"a": 10, "b": 6}, ["-4", "minus 4", "minus four", "negative four"]),
        ("math.percent.meaning", {"r": (1, 2)}, ["50", "fifty", "50%", "50 percent"]),
        ("math.time.clock_24h", {"h": 2, "m": 35}, ["1435", "14:35", "14 35", "14h35"]),
        ("math.number.odd_even", {"a": 7}, ["odd", "Odd.", "1", "a", "press 1", "it is odd", "one", "the odd one"]),
        ("math.number.odd_even", {"a": 8}, ["even", "2", "B", "two", "evn"]),
        ("math.number.prime", {"a": 7}, ["yes", "1", "yeah", "yes it is"]),
        ("math.number.prime", {"a": 8}, ["no", "2", "nope", "b"]),
        ("math.fractions.compare", {"a": 3, "b": 4, "c": 1, "d": 3}, ["1", "first", "the first", "3/4", "a"]),
        ("math.fractions.compare", {"a": 1, "b": 4, "c": 1, "d": 3}, ["2", "second", "one third", "1 over 3"]),
        ("math.integers.order", {"a": 3, "b": 8}, ["2", "second", "minus 8", "minus eight"]),
        ("math.fractions.simplify", {"m": 1, "d": 2}, ["1/2", "one half", "1 over 2", "0.5"]),
    ],
)
def test_an_answer_is_right_however_it_is_given(
    curriculum: Curriculum, skill_id: str, variables: dict[str, object], right: list[str]
) -> None:
    exercise = exercise_with(curriculum, skill_id, **variables)
    assert {said: grade(exercise, said).verdict for said in right} == dict.fromkeys(right, Verdict.RIGHT)


@pytest.mark.parametrize(
    ("skill_id", "variables", "unclear"),
    [
        (
            "math.mul.tables_6_9",
            {"a": 7, "b": 8},
            ["", "I don't know", "hmm", "hello", "???", "the answer", "56 or 57"],
        ),
        ("math.number.odd_even", {"a": 7}, ["", "odd or even", "not odd", "3", "c", "maybe", "77"]),
        ("math.number.prime", {"a": 7}, ["", "maybe", "7", "yes no", "3"]),
        ("math.fractions.compare", {"a": 3, "b": 4, "c": 1, "d": 3}, ["", "3", "both", "third", "first or second"]),
    ],
)
def test_what_is_no_answer_is_asked_again(
    curriculum: Curriculum, skill_id: str, variables: dict[str, object], unclear: list[str]
) -> None:
    exercise = exercise_with(curriculum, skill_id, **variables)
    assert {said: grade(exercise, said).verdict for said in unclear} == dict.fromkeys(unclear, Verdict.UNCLEAR)


def test_a_mistake_is_known_by_its_name(curriculum: Curriculum) -> None:
    exercise = exercise_with(curriculum, "math.mul.tables_6_9", a=7, b=8)
    assert grade(exercise, "fifteen") == Grade(Verdict.WRONG, "15", "added", "the mistake added")
    assert grade(exercise, "49").misconception == "one_group_off"
    assert grade(exercise, "50") == Grade(Verdict.WRONG, "50", None, "another value")


def test_lowest_terms_are_asked_only_where_they_are_learnt(curriculum: Curriculum) -> None:
    simplify = exercise_with(curriculum, "math.fractions.simplify", m=1, d=2, g=3)
    assert grade(simplify, "3/6") == Grade(Verdict.WRONG, "1/2", None, NOT_LOWEST_TERMS)
    assert grade(simplify, "two quarters").reason == NOT_LOWEST_TERMS
    add = exercise_with(curriculum, "math.fractions.add_same_den", a=1, b=3, d=8)
    assert grade(add, "4/8").verdict is Verdict.RIGHT


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**6), said=st.fractions(-2000, 2000, max_denominator=60))
def test_no_other_number_is_ever_accepted(curriculum: Curriculum, seed: int, said: Fraction) -> None:
    rng = random.Random(seed)
    skill = rng.choice([each for each in curriculum.of_module("math") if not each.format.startswith("choice")])
    exercise = make_exercise(skill, rng=rng)
    # Where a percentage is asked, 25/100 is another way to say 25; where a time is, 14 is 14:00 and 1/2 nothing.
    assume(said != number_value(exercise.answer) and exercise.form not in (Form.PERCENT, Form.CLOCK))
    graded = grade(exercise, str(said))
    assert graded.verdict is Verdict.WRONG
    assert Fraction(graded.value or "") == said


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**6), said=st.text(max_size=30) | st.text("0123456789-./ %", max_size=12))
def test_any_text_gets_a_grade(curriculum: Curriculum, seed: int, said: str) -> None:
    rng = random.Random(seed)
    exercise = make_exercise(rng.choice(curriculum.of_module("math")), rng=rng)
    graded = grade(exercise, said)
    assert (graded.value is None) == (graded.verdict is Verdict.UNCLEAR)


def test_a_flood_of_text_is_read_in_part(curriculum: Curriculum) -> None:
    exercise = exercise_with(curriculum, "math.number.odd_even", a=7)
    assert grade(exercise, "la " * 5_000).verdict is Verdict.UNCLEAR


def test_a_unit_of_the_same_kind_is_converted_and_of_another_is_asked_again(curriculum: Curriculum) -> None:
    exercise = exercise_with(curriculum, "math.mul.tables_6_9", a=7, b=8)
    assert grade(exercise, "0.056 km", unit="m").verdict is Verdict.RIGHT
    assert grade(exercise, "5600 cm", unit="m") == Grade(Verdict.RIGHT, "56", None, "the value of the answer")
    assert grade(exercise, "56 km", unit="m").value == "56000"
    assert grade(exercise, "56 kg", unit="m") == Grade(Verdict.UNCLEAR, None, None, OTHER_UNIT)
    assert grade(exercise, "56 kg").verdict is Verdict.RIGHT


def test_other_values_and_words_can_be_accepted(curriculum: Curriculum) -> None:
    exercise = exercise_with(curriculum, "math.mul.tables_6_9", a=7, b=8)
    assert grade(exercise, "fifty seven", accepted=("57",)).verdict is Verdict.RIGHT
    parity = exercise_with(curriculum, "math.number.odd_even", a=7)
    assert grade(parity, "igiharwe", accepted=("igiharwe",)) == Grade(Verdict.RIGHT, "odd", None, "the right option")
    assert grade(parity, "igiharwe").verdict is Verdict.UNCLEAR


def test_a_guess_is_asked_for_one_answer(curriculum: Curriculum) -> None:
    exercise = exercise_with(curriculum, "math.mul.tables_6_9", a=7, b=8)
    assert grade(exercise, "maybe 56") == Grade(Verdict.UNCLEAR, None, None, HEDGED)
    assert grade(exercise_with(curriculum, "math.number.odd_even", a=7), "maybe odd").reason == HEDGED
    assert grade(exercise, "I think 56").verdict is Verdict.RIGHT


def test_a_letter_counts_only_where_the_question_has_it(curriculum: Curriculum) -> None:
    exercise = exercise_with(curriculum, "math.add.missing", a=5, c=12)
    asked = dataclasses.replace(exercise, sms="5x + 2x = ?")
    assert grade(asked, "7x").verdict is Verdict.RIGHT
    assert grade(dataclasses.replace(exercise, sms="5 + ? = 12"), "7x").verdict is Verdict.UNCLEAR


_FLOODS = (
    *("5 ", "five hundred and ", "no ", "not ", "half of ", "saa ", "na ", "9", "½", "- ", "or ", "1 hour ", "goat "),
    *("mirongo itanu na ", "quatre vingt ", "maybe ", "thirtty ", "no, ", "I don't know ", "the second ", "é", " "),
)


@pytest.mark.parametrize("flood", _FLOODS)
@pytest.mark.parametrize("length", [290, 5_000])
def test_a_flood_of_words_is_read_to_its_end_and_a_long_one_is_no_answer(
    curriculum: Curriculum, flood: str, length: int
) -> None:
    text = (flood * length)[:length]
    for skill_id in ("math.mul.tables_6_9", "math.number.prime", "math.fractions.compare"):
        exercise = exercise_with(curriculum, skill_id)
        graded = grade(exercise, text, unit="m")
        # "The second the second …" names a choice, however often.
        assert graded.verdict is Verdict.UNCLEAR or length < 5_000 or exercise.options


@settings(max_examples=200, deadline=None)
@given(
    said=st.sampled_from(
        ["56", "fifty six", "55", "3/4", "-4", "mirongo itanu na gatandatu", "55 no 56", "7x8=56", "hi"]
    ),
    courtesy=st.sampled_from(["{} please", "please {}", "{} teacher", "um {}", "{}!", " {} ", "it is {}", "{} 🙏"]),
)
def test_politeness_changes_no_grade(curriculum: Curriculum, said: str, courtesy: str) -> None:
    exercise = exercise_with(curriculum, "math.mul.tables_6_9", a=7, b=8)
    assert grade(exercise, courtesy.format(said)) == grade(exercise, said)
