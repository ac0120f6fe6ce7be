"""`bakame learners`: a small study from end to end, with the real lessons."""

import json
import random
from dataclasses import replace

import pytest
import typer
from typer.testing import CliRunner

from bakame.app import classroom as rooms
from bakame.app.attendance import Tally, teach
from bakame.app.content import load_content
from bakame.app.learners import POLICIES, Folders, Study, learners, run_study
from bakame.learning.marking import mark
from bakame.learning.policy import Adaptive
from bakame.simulator.learners.measures import Claims, Course
from bakame.tutor.wording import Wording, Written, line
from classroom import SERVER

FOLDERS = Folders(SERVER / "curriculum", SERVER / "locales")
SMALL = Study(count=12, days=6, policies=POLICIES, seed=3)
app = typer.Typer()
app.command()(learners)


@pytest.fixture(scope="module")
def courses() -> list[Course]:
    return run_study(SMALL, FOLDERS, processes=1)


def test_every_learner_has_every_policy_and_the_models_take_turns(courses: list[Course]) -> None:
    assert [(each.learner, each.policy) for each in courses] == [(n, name) for n in range(12) for name in POLICIES]
    assert [each.model for each in courses[:: len(POLICIES)]] == ["bkt", "irt", "memory"] * 4


def test_a_call_takes_as_long_as_it_would(courses: list[Course]) -> None:
    for each in courses:
        assert each.hours * 60 <= each.calls * 14
        # A question that is heard and answered takes more than ten seconds, and less than two minutes.
        assert each.questions == 0 or 10 < each.hours * 3600 / each.questions < 120


def test_levels_are_found_within_the_first_calls(courses: list[Course]) -> None:
    placed = [each for each in courses if each.place_s is not None]

    assert len(placed) > len(courses) / 2
    assert all(60 < (each.place_s or 0) < 1200 for each in placed)


def test_something_is_learnt_and_nothing_is_claimed_from_nothing(courses: list[Course]) -> None:
    assert sum(each.marks for each in courses if each.policy == "adaptive") > 0
    for each in courses:
        made = each.typed.made + each.chosen.made
        assert each.typed.false + each.chosen.false <= made
        assert each.firsts <= made


def test_the_number_of_processes_changes_nothing(courses: list[Course]) -> None:
    again = run_study(replace(SMALL, count=4), FOLDERS, processes=2)

    assert again == courses[: len(again)]


def test_another_seed_has_other_learners(courses: list[Course]) -> None:
    other = run_study(replace(SMALL, count=2, seed=4), FOLDERS, processes=1)

    assert [each.hours for each in other] != [each.hours for each in courses[: len(other)]]


def test_a_policy_does_not_change_what_another_comes_to(courses: list[Course]) -> None:
    content = load_content(curriculum_dir=FOLDERS.curriculum, locales_dir=FOLDERS.locales)
    alone = rooms.Classroom(content, {"adaptive": Adaptive()}, seed=SMALL.seed)

    assert teach(alone, 1, model="irt", days=SMALL.days, seed=SMALL.seed) == [
        each for each in courses if each.learner == 1 and each.policy == "adaptive"
    ]


def test_json_has_a_row_for_each_model_and_policy() -> None:
    done = CliRunner().invoke(
        app, ["--count", "6", "--days", "3", "--policy", "adaptive,three-of-five", "--processes", "1", "--json"]
    )
    told = json.loads(done.stdout)

    assert done.exit_code == 0
    assert [(row["model"], row["policy"]) for row in told["rows"]] == [
        (model, policy) for model in ("bkt", "irt", "memory", "all") for policy in ("adaptive", "three-of-five")
    ]
    assert told["study"] == {"count": 6, "days": 3, "seed": 1}
    adaptive = told["rows"][0]
    assert {"value", "low", "high"} == set(adaptive["retained"])


def test_a_table_names_policies_and_measures() -> None:
    done = CliRunner().invoke(
        app, ["--count", "2", "--days", "2", "--model", "bkt", "--processes", "1"], env={"COLUMNS": "300"}
    )

    assert done.exit_code == 0
    for words in ("adaptive", "three-of-five", "retained an hour", "false mastery"):
        assert words in done.stdout


@pytest.mark.parametrize("options", [("--policy", "magic"), ("--model", "magic"), ("--policy", ",")])
def test_an_unknown_name_is_refused_with_those_that_there_are(options: tuple[str, str]) -> None:
    done = CliRunner().invoke(app, ["--count", "1", *options])

    assert done.exit_code == 2
    assert "there are" in done.stderr


def test_what_would_have_been_known_without_the_tutor_is_not_counted() -> None:
    tally = Tally(known_first=frozenset({0}), seconds=7200.0, asked={0: 4, 1: 5, 2: 9}, claimed=frozenset({1}))
    end, later = [0.9, 0.9, 0.9], [0.9, 0.75, 0.6]
    alone = [0.9, 0.1, 0.1]
    course = tally.course(3, "irt", "adaptive", [end, end, later], [alone, alone, alone])

    assert course.hours == 2.0
    # By the pass marks 0.5, 0.7 and 0.8: skill 0 is known in any case, skill 1 passes the first two, skill 2 the first.
    assert course.retained == (2, 1, 0)
    assert course.marks == pytest.approx(0.65 + 0.5)
    assert (course.known_practised, course.unclaimed) == (3, 2)


def test_a_claim_is_false_when_the_skill_is_not_known_at_that_moment() -> None:
    tally = Tally(known_first=frozenset({0}), asked={0: 4, 1: 6})
    tally.claim(0, chosen=False, known=True)
    tally.claim(1, chosen=False, known=False)
    tally.claim(2, chosen=True, known=False)
    tally.asked[1] = 20
    tally.claim(1, chosen=False, known=True)
    course = tally.course(0, "bkt", "fixed", [[0.0] * 3] * 3, [[0.0] * 3] * 3)

    assert (course.typed, course.chosen) == (Claims(3, 1), Claims(1, 1))
    # Items count up to the first claim, of skills that were not known at first.
    assert (course.items, course.firsts) == (6, 2)


def test_a_spoken_line_counts_its_own_words_and_those_of_its_fields() -> None:
    words = rooms.Words(Wording({"en": {"a.voice.1": "Now {topic}.", "a.voice.2": "Let us do {topic}.", "a.sms": "x"}}))

    assert words.count(line("a", topic="adding tens", written="not said")) == 2 + (1 + 3) / 2
    assert words.count(Written("What is two and two?", "2+2?")) == 5


def test_what_is_said_of_an_exercise_does_not_depend_on_who_came_first() -> None:
    content = load_content(curriculum_dir=FOLDERS.curriculum, locales_dir=FOLDERS.locales)
    one, other = (rooms.Prepared(content.curriculum, content.guidance, seed=1) for _ in range(2))
    skill = content.curriculum.of_module("math")[5]
    exercises = [each.make(skill, rng=random.Random(2)) for each in (one, other)]
    grade = mark(exercises[0], one.sheet(exercises[0]).wrong[0])
    other.guidance.on_right(exercises[1], rng=random.Random(9))
    said = [
        (
            each.guidance.on_mistake(exercise, grade, rng=random.Random(seed)),
            each.guidance.on_right(exercise, rng=random.Random(seed)),
            each.guidance.hint(exercise, above=1),
            each.guidance.solution(exercise),
            each.guidance.example(skill, rng=random.Random(4)),
        )
        for seed, (each, exercise) in enumerate(zip((one, other), exercises, strict=True))
    ]

    assert said[0] == said[1]
