"""Simulated minds learn, forget, profit from spacing, and need what a skill rests on."""

import random
from dataclasses import replace

import pytest

from bakame.simulator.learners.mind import MODELS, Mind, make_mind
from bakame.simulator.learners.traits import Traits, draw_traits
from bakame.simulator.learners.world import World

PUPILS = 250
WEEK, MONTH = 7.0, 28.0
models = pytest.mark.parametrize("model", MODELS)


def chain(length: int) -> World:
    """Skills of which each rests on the one before."""
    return World(
        ids=tuple(f"skill{n}" for n in range(length)),
        number={f"skill{n}": n for n in range(length)},
        needs=tuple((n - 1,) if n else () for n in range(length)),
        hard=(0.0,) * length,
        ease=(1.0,) * length,
        formats=("integer",) * length,
        strands=(0,) * length,
    )


def pupil(world: World, seed: int, *, known: tuple[float, ...]) -> Traits:
    return replace(draw_traits(world, rng=random.Random(seed)), known=known, rate=0.3)


def exam(
    model: str, *, sessions: list[tuple[float, int]], after_days: float, known: tuple[float, ...] = (-0.8,)
) -> float:
    """The mean chance to recall the last skill after exercises in sessions of (day, exercises)."""
    world = chain(len(known))
    last = len(known) - 1
    total = 0.0
    for seed in range(PUPILS):
        rng = random.Random(seed)
        mind = make_mind(model, world, pupil(world, seed, known=known), rng=rng)
        for day, exercises in sessions:
            drill(mind, last, day, exercises, rng)
        total += mind.recall(last, sessions[-1][0] + after_days)
    return total / PUPILS


def drill(mind: Mind, skill: int, day: float, exercises: int, rng: random.Random) -> None:
    for n in range(exercises):
        now = day + n * 40 / 86_400
        mind.practise(skill, now, recalled=rng.random() < mind.recall(skill, now), explained=True)


@models
def test_practice_teaches(model: str) -> None:
    few, many = (exam(model, sessions=[(0.0, n)], after_days=0.01) for n in (1, 10))

    assert few < 0.6
    assert many > 0.85


@models
def test_what_is_not_practised_fades(model: str) -> None:
    day, week, month = (exam(model, sessions=[(0.0, 10)], after_days=days) for days in (1.0, WEEK, MONTH))

    assert day > week > month


@models
def test_ten_exercises_at_once_last_as_long_as_in_the_study_they_are_set_by(model: str) -> None:
    """Rohrer and Taylor (2006): 75 % after a week, 32 % after four."""
    assert exam(model, sessions=[(0.0, 10)], after_days=WEEK) == pytest.approx(0.75, abs=0.12)
    assert exam(model, sessions=[(0.0, 10)], after_days=MONTH) == pytest.approx(0.32, abs=0.16)


@models
def test_the_same_exercises_a_week_apart_last_longer(model: str) -> None:
    massed = exam(model, sessions=[(0.0, 10)], after_days=MONTH)
    spaced = exam(model, sessions=[(0.0, 5), (WEEK, 5)], after_days=MONTH)

    assert spaced > massed + 0.15
    assert spaced == pytest.approx(0.64, abs=0.15)


@models
def test_a_skill_is_learnt_more_slowly_when_what_it_rests_on_is_missing(model: str) -> None:
    with_it = exam(model, sessions=[(0.0, 6)], after_days=0.01, known=(2.5, -1.2))
    without = exam(model, sessions=[(0.0, 6)], after_days=0.01, known=(-3.0, -1.2))

    assert without < with_it / 2


@models
def test_using_a_skill_within_a_harder_one_keeps_it(model: str) -> None:
    world = chain(2)

    def kept(*, used: bool) -> float:
        total = 0.0
        for seed in range(PUPILS):
            rng = random.Random(seed)
            mind = make_mind(model, world, pupil(world, seed, known=(-0.8, 2.0)), rng=rng)
            drill(mind, 0, 0.0, 10, rng)
            if used:
                for n in range(4):
                    mind.practise(1, 5.0 + n / 1440, recalled=True, explained=False)
            total += mind.recall(0, 5.0 + MONTH)
        return total

    assert kept(used=True) > kept(used=False) * 1.05


@models
def test_a_worked_example_teaches_less_than_an_exercise(model: str) -> None:
    world = chain(1)
    learnt = {"example": 0.0, "exercise": 0.0}
    for seed in range(PUPILS):
        for way in learnt:
            mind = make_mind(model, world, pupil(world, seed, known=(-0.5,)), rng=random.Random(seed))
            before = mind.recall(0, 0.0)
            for n in range(3):
                if way == "example":
                    mind.watch(0, n / 1440)
                else:
                    mind.practise(0, n / 1440, recalled=False, explained=True)
            learnt[way] += mind.recall(0, 0.01) - before

    assert 0 < learnt["example"] < learnt["exercise"]


@models
def test_somebody_tired_learns_less(model: str) -> None:
    world = chain(1)
    learnt: list[float] = []
    for effort in (1.0, 0.5):
        total = 0.0
        for seed in range(PUPILS):
            mind = make_mind(model, world, pupil(world, seed, known=(-0.5,)), rng=random.Random(seed))
            for n in range(3):
                mind.practise(0, n / 1440, recalled=False, explained=True, effort=effort)
            total += mind.recall(0, 0.01)
        learnt.append(total)

    assert learnt[1] < learnt[0]


@models
def test_what_was_known_before_the_first_call_mostly_stays(model: str) -> None:
    world = chain(1)
    minds = [
        make_mind(model, world, pupil(world, seed, known=(1.5,)), rng=random.Random(seed)) for seed in range(PUPILS)
    ]

    assert sum(mind.recall(0, 90.0) for mind in minds) / PUPILS > 0.8


@models
def test_the_same_seed_makes_the_same_mind_and_looking_changes_nothing(model: str) -> None:
    world = chain(3)
    traits = pupil(world, 5, known=(1.0, -0.2, -1.0))
    seen, unseen = (make_mind(model, world, traits, rng=random.Random(9)) for _ in range(2))
    for day in range(1, 60):
        seen.recall(0, float(day))

    assert [seen.recall(n, 60.0) for n in range(3)] == pytest.approx([unseen.recall(n, 60.0) for n in range(3)])
