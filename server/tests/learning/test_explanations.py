"""Hints help and never tell; solutions are true and end with the answer; feedback names the mistake."""

import operator
import random
import re
from collections.abc import Callable
from fractions import Fraction

import pytest

from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.expressions import ExpressionError
from bakame.learning.feedback import Feedback, parse_feedback
from bakame.learning.fields import CurriculumError
from bakame.learning.grading import Grade, Verdict, grade
from bakame.learning.hints import HintStep, hint, ladder
from bakame.learning.skills import Curriculum
from bakame.learning.steps import Steps, parse_steps, render
from bakame.learning.telling import tells_answer
from bakame.learning.worked import solution, worked_example

SEEDS = 30
PRAISES_THE_CHILD = re.compile(r"\b(clever|smart|genius|good (boy|girl)|talent|you are)\b", re.IGNORECASE)
NUMBER = r"\d+(?:\.\d+)?"
SUM = re.compile(rf"(?<!over )\b({NUMBER}(?: (?:plus|minus|times|divided by) {NUMBER})+) is ({NUMBER})(?![\d.]*\d)")
APPLY: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "plus": operator.add,
    "minus": operator.sub,
    "times": operator.mul,
    "divided by": operator.truediv,
}


def exercises(curriculum: Curriculum, seeds: int = SEEDS) -> list[Exercise]:
    return [
        make_exercise(skill, rng=random.Random(seed)) for skill in curriculum.of_module("math") for seed in range(seeds)
    ]


def is_true(sentence: str) -> bool:
    """Whether every sum in it comes out; there may be none."""
    return all(worked_out(each[1]) == Fraction(each[2]) for each in SUM.finditer(sentence))


def worked_out(left: str) -> Fraction:
    """A sum in words, from left to right."""
    first, *rest = re.split(r" (plus|minus|times|divided by) ", left)
    total = Fraction(first)
    for how, number in zip(rest[::2], rest[1::2], strict=True):
        total = APPLY[how](total, Fraction(number))
    return total


def test_seven_times_eight_is_half_worked(curriculum: Curriculum, steps: Steps) -> None:
    skill = curriculum.skills["math.mul.tables_6_9"]
    exercise = next(
        each
        for seed in range(500)
        if (each := make_exercise(skill, rng=random.Random(seed))).say == "What is 7 times 8?"
    )
    assert ladder(exercise, steps=steps) == (
        "What is 7 times 8?",
        "Look for how many groups there are, and how many are in each.",
        "Use a fact you know, like 5 times 8, and add the rest.",
        "5 times 8 is 40. Now add 2 more times 8.",
    )
    assert solution(exercise, steps=steps)[-1] == "40 and 16 make 56."


def test_no_hint_tells_the_answer(curriculum: Curriculum, steps: Steps) -> None:
    helped = 0
    listed = exercises(curriculum)
    for exercise in listed:
        hints = ladder(exercise, steps=steps)
        assert not any(tells_answer(each, exercise) for each in hints), exercise
        assert all(len(each.split()) <= 35 for each in hints)
        assert hints[0] == exercise.say
        helped += len(set(hints)) == len(HintStep)
    assert helped / len(listed) > 0.95


def test_solutions_are_true_short_and_end_with_the_answer(curriculum: Curriculum, steps: Steps) -> None:
    sums = 0
    for exercise in exercises(curriculum):
        sentences = solution(exercise, steps=steps)
        assert 1 <= len(sentences) <= 3
        assert all(len(each.split()) <= 35 for each in sentences)
        assert re.search(
            rf"\b{re.escape(exercise.answer if exercise.options else exercise.spoken_answer)}(?!\w)", sentences[-1]
        )
        assert all(is_true(each) for each in sentences), sentences
        sums += sum(len(SUM.findall(each)) for each in sentences)
    assert sums > 2_500


def test_a_worked_example_is_another_exercise(curriculum: Curriculum, steps: Steps) -> None:
    for skill in curriculum.of_module("math"):
        asked = make_exercise(skill, rng=random.Random(1))
        example = worked_example(skill, steps=steps, rng=random.Random(1), instead_of=asked)
        assert example.question != asked.say
        assert example.solution


def test_every_mistake_has_its_sentence(curriculum: Curriculum, feedback: Feedback) -> None:
    rng = random.Random(1)
    named = 0
    for exercise in exercises(curriculum, 10):
        for tag, wrong in exercise.misconceptions:
            said = feedback.on_mistake(exercise, grade(exercise, wrong), rng=rng)
            assert 0 < len(said.split()) <= 25
            assert not tells_answer(said, exercise)
            assert is_true(said), (tag, said)
            named += said not in feedback.wrong
    assert named > 2_500


def test_a_mistake_is_named_with_the_exercises_numbers(curriculum: Curriculum, feedback: Feedback) -> None:
    exercise = next(
        each
        for seed in range(500)
        if (each := make_exercise(curriculum.skills["math.mul.tables_6_9"], rng=random.Random(seed))).variables
        == {"a": 7, "b": 8}
    )
    rng = random.Random(1)
    assert feedback.on_mistake(exercise, grade(exercise, "15"), rng=rng) == (
        "That is 7 plus 8. Times means 7 groups of 8."
    )
    assert feedback.on_mistake(exercise, grade(exercise, "99"), rng=rng) in feedback.wrong


def test_the_right_value_in_the_wrong_form_is_told_so(curriculum: Curriculum, feedback: Feedback) -> None:
    exercise = make_exercise(curriculum.skills["math.fractions.simplify"], rng=random.Random(1))
    top, bottom = exercise.answer.split("/")
    graded = grade(exercise, f"{int(top) * 2}/{int(bottom) * 2}")
    assert "smaller" in feedback.on_mistake(exercise, graded, rng=random.Random(1))


def test_praise_is_for_the_strategy(curriculum: Curriculum, feedback: Feedback) -> None:
    praise = {feedback.on_right(each, rng=random.Random(n)) for n, each in enumerate(exercises(curriculum, 2))}
    assert len(praise) > 10
    assert not any(PRAISES_THE_CHILD.search(each) for each in praise)


def test_an_exercise_saved_before_the_files_changed_is_still_explained(curriculum: Curriculum, steps: Steps) -> None:
    exercise = make_exercise(curriculum.skills["math.mul.tables_6_9"], rng=random.Random(1))
    state: dict[str, object] = {**exercise.to_state(), "variables": {}}
    old = Exercise.from_state(state)
    with pytest.raises(ExpressionError):
        render(steps[old.skill_id].first, old)
    assert hint(old, HintStep.HALF_WORKED, steps=steps) == old.hint
    assert solution(old, steps=steps)[-1] == f"The answer is {old.answer}."


STEPS = """
version: 1
language: en
nudges: {number: Look.}
skills:
  math.number.count_next: {first: "From {z}.", finish: "One more than {a} is {answer}."}
  math.gone: {first: a, finish: b}
"""
FEEDBACK = """
version: 1
language: en
wrong: [Not yet.]
not_in_lowest_terms: Divide.
praise: {any: [Yes.]}
mistakes:
  any: {never_used: Words.}
  math.number.count_next: {same: "Word word word word word word word word word word word word word word word word word
    word word word word word word word word word.", before: "{said} comes before {a}.", other: x}
"""


def test_a_broken_steps_file_is_refused_with_every_reason(curriculum: Curriculum) -> None:
    with pytest.raises(CurriculumError) as caught:
        parse_steps(STEPS, source="steps.yaml", curriculum=curriculum)
    message = str(caught.value)
    assert "steps.yaml: math.number.count_next: first: 'z', character 1: there is no variable 'z'" in message
    assert "steps.yaml: math.gone: there is no skill of this name" in message
    assert message.count("has no steps") == 150


def test_a_broken_feedback_file_is_refused_with_every_reason(curriculum: Curriculum) -> None:
    with pytest.raises(CurriculumError) as caught:
        parse_feedback(FEEDBACK, source="feedback.yaml", curriculum=curriculum)
    message = str(caught.value)
    assert "math.number.count_next: same: has 26 words; at most 25 are allowed" in message
    assert "math.number.count_next: other: is not a mistake that this skill names" in message
    assert "any: never_used: is not a mistake" in message
    assert message.count("has no sentence") == 284


def test_a_mistake_without_a_name_gets_a_kind_sentence(curriculum: Curriculum, feedback: Feedback) -> None:
    exercise = make_exercise(curriculum.skills["math.add.tens"], rng=random.Random(1))
    graded = Grade(Verdict.WRONG, None, None, "another value")
    assert feedback.on_mistake(exercise, graded, rng=random.Random(1)) in feedback.wrong
