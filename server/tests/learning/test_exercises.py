"""Every mathematics skill makes exercises that can be heard, sent, answered, saved and graded."""

import json
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Invalid
from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import Verdict, grade
from bakame.learning.skills import Curriculum, Skill
from bakame.learning.spoken import to_speech
from bakame.text.gsm import is_gsm, septets

SEEDS = 200
UNSPEAKABLE = re.compile(r"[×÷*/%()=+^<>\[\]{}_\\]| - |\d:\d|-\d")


def exercises(skill: Skill, seeds: int = SEEDS) -> list[Exercise]:
    return [make_exercise(skill, rng=random.Random(seed)) for seed in range(seeds)]


def test_every_skill_keeps_its_promises(curriculum: Curriculum) -> None:
    for skill in curriculum.of_module("math"):
        for exercise in {each.say: each for each in exercises(skill)}.values():
            assert len(exercise.say.split()) <= 35, exercise
            assert not UNSPEAKABLE.search(exercise.say), exercise
            assert not UNSPEAKABLE.search(exercise.hint), exercise
            assert septets(exercise.sms) <= 160, exercise
            assert is_gsm(exercise.sms), exercise
            assert grade(exercise, exercise.answer).verdict is Verdict.RIGHT, exercise
            assert grade(exercise, exercise.spoken_answer).verdict is Verdict.RIGHT, exercise
            for tag, wrong in exercise.misconceptions:
                graded = grade(exercise, wrong)
                assert (graded.verdict, graded.misconception) == (Verdict.WRONG, tag), exercise


def test_a_saved_exercise_is_the_same_exercise(curriculum: Curriculum) -> None:
    for skill in curriculum.of_module("math"):
        for exercise in exercises(skill):
            assert Exercise.from_state(json.loads(json.dumps(exercise.to_state()))) == exercise


def test_the_same_randomness_makes_the_same_exercise(curriculum: Curriculum) -> None:
    skill = curriculum.skills["math.mul.tables_6_9"]
    assert exercises(skill, 20) == exercises(skill, 20)


def test_what_is_expected_does_not_give_the_answer_away(curriculum: Curriculum) -> None:
    for skill in curriculum.of_module("math"):
        for exercise in exercises(skill, 20):
            longest = max(len(part) for part in re.findall(r"\d+", exercise.answer) or [""])
            assert exercise.options or exercise.expect.digits >= max(2, longest)
            assert exercise.expect.signed or not exercise.answer.startswith("-")
        assert len({exercise.expect.signed for exercise in exercises(skill, 20)}) <= 2
    signs = {each.expect.signed for each in exercises(curriculum.skills["math.integers.add"], 50)}
    assert signs == {True}


def test_choices_keep_the_order_of_the_sentence(curriculum: Curriculum) -> None:
    parity = make_exercise(curriculum.skills["math.number.odd_even"], rng=random.Random(1))
    assert parity.options == parity.expect.options == ("odd", "even")
    assert parity.kind is AnswerKind.CHOICE
    prime = make_exercise(curriculum.skills["math.number.prime"], rng=random.Random(1))
    assert (prime.kind, prime.options, prime.format) == (AnswerKind.YES_NO, ("yes", "no"), "choice2")


def test_an_exercise_says_what_first_and_second_stand_for(curriculum: Curriculum) -> None:
    exercise = make_exercise(curriculum.skills["math.integers.order"], rng=random.Random(3))
    first, second = exercise.offers
    assert exercise.spoken_answer == to_speech(min(first, second, key=int))


def test_patience_grows_with_the_thinking(curriculum: Curriculum) -> None:
    recall = make_exercise(curriculum.skills["math.mul.tables_6_9"], rng=random.Random(1))
    analysis = make_exercise(curriculum.skills["math.div.word_two_step"], rng=random.Random(1))
    assert recall.expect.patience_ms < analysis.expect.patience_ms


def test_kinds_taught_from_content_are_refused_clearly(curriculum: Curriculum) -> None:
    with pytest.raises(Invalid, match=r"english\.sound\.alphabet"):
        make_exercise(curriculum.skills["english.sound.alphabet"], rng=random.Random(1))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "song"},
        {"answer": None},
        {"answer": "seven"},
        {"answer": "1/0"},
        {"options": ["odd", "even"]},
        {"misconceptions": [["only"]]},
        {"misconceptions": 5},
        {"digits": "2"},
        {"variables": {"a": 0.5}},
        {"variables": []},
        {"form": "poem"},
        {"say": 7},
    ],
)
def test_a_damaged_saved_exercise_is_invalid(curriculum: Curriculum, change: dict[str, object]) -> None:
    state = make_exercise(curriculum.skills["math.mul.tables_6_9"], rng=random.Random(1)).to_state()
    with pytest.raises(Invalid):
        Exercise.from_state({**state, **change})
    with pytest.raises(Invalid):
        Exercise.from_state({key: value for key, value in state.items() if key not in change})


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("7 x 8", "7 times 8"),
        ("7 × (3 - 1)", "7 times (3 minus 1)"),
        ("3/4 of 20", "3 over 4 of 20"),
        ("-4 and 0.75", "minus 4 and 0.75"),
        ("12 - 5", "12 minus 5"),
        ("a right-angled triangle", "a right-angled triangle"),
        ("25% off", "25 percent off"),
        ("from 9:05 to 10:00", "from 9 oh 5 to 10 o'clock"),
        ("ends at 7:35.", "ends at 7 35."),
        ("Count in 5s and 10s", "Count in fives and tens"),
        ("6s", "sixes"),
        ("3 05 in the afternoon", "3 oh 5 in the afternoon"),
        ("0.05", "0.05"),
        ("3 x plus 5", "3 x plus 5"),
        ("x^2 = 9", "x squared equals 9"),
        ("nothing special", "nothing special"),
    ],
)
def test_symbols_become_words(written: str, spoken: str) -> None:
    assert to_speech(written) == spoken


@given(st.text("05x -+/:.s=%aT(×", max_size=10))
def test_wording_without_symbols_goes_a_short_way_to_the_same_words(text: str) -> None:
    # The sum behind it sends the whole the long way.
    assert to_speech(f"{text.strip()} T 1 + 1") == f"{to_speech(text.strip())} T 1 plus 1".strip()
