"""What simulated learners do on a call, and when they call."""

import random
from dataclasses import replace
from statistics import mean

import pytest

from bakame.learning.exercises import make_exercise
from bakame.learning.marking import mark
from bakame.simulator.learners.behaviour import FRUSTRATED, Caller, Does
from bakame.simulator.learners.days import calls_on, draw_days
from bakame.simulator.learners.sheets import Sheet, sheet_of
from bakame.simulator.learners.traits import LEVEL_HIGH, LEVEL_LOW, Traits, draw_traits
from bakame.simulator.learners.world import make_world
from classroom import all_skills

MATHS = all_skills().of_module("math")
WORLD = make_world(all_skills(), "math", seed=1)
TYPED = Sheet(right=("12",), confused=("21",), wrong=("13", "14"), options=0, harder=1.0)
CHOICE = Sheet(right=("1", "odd"), confused=(), wrong=("2", "even"), options=2, harder=1.0)
PLAIN = replace(draw_traits(WORLD, rng=random.Random(1)), asks_hint=0.0, gives_up=0.0, slip=0.1, lucky=0.03)


def share_right(traits: Traits, sheet: Sheet, *, recall: float, rung: int = 0, times: int = 4000) -> float:
    caller = Caller(traits, rng=random.Random(3))
    right = 0
    for _ in range(times):
        caller.meets(recall)
        right += caller.reacts(sheet, rung=rung, tries=0, more_help=True, effort=1.0).right
    return right / times


def test_who_knows_slips_now_and_then() -> None:
    assert share_right(PLAIN, TYPED, recall=1.0) == pytest.approx(0.9, abs=0.02)


def test_who_does_not_know_hardly_ever_guesses_a_number() -> None:
    assert share_right(PLAIN, TYPED, recall=0.0) == pytest.approx(0.03, abs=0.01)


def test_who_does_not_know_guesses_half_of_two_options() -> None:
    assert share_right(PLAIN, CHOICE, recall=0.0) == pytest.approx(0.5, abs=0.03)


def test_hints_help() -> None:
    none, nudge, half = (share_right(PLAIN, TYPED, recall=0.0, rung=rung) for rung in (0, 2, 4))

    assert none < nudge < half < 0.6


def test_some_wrong_answers_come_from_a_misconception() -> None:
    caller = Caller(replace(PLAIN, confused=0.4), rng=random.Random(2))
    caller.meets(0.0)
    texts = [caller.reacts(TYPED, rung=0, tries=0, more_help=True, effort=1.0).text for _ in range(2000)]

    assert texts.count("21") / len(texts) == pytest.approx(0.4, abs=0.05)


def test_some_ask_for_a_hint_and_some_give_up_and_nobody_does_who_knows() -> None:
    caller = Caller(replace(PLAIN, asks_hint=0.3, gives_up=0.3), rng=random.Random(2))

    def does(recall: float) -> set[Does]:
        caller.meets(recall)
        return {caller.reacts(TYPED, rung=0, tries=0, more_help=True, effort=1.0).does for _ in range(300)}

    assert does(0.0) == set(Does)
    assert does(1.0) == {Does.ANSWER}


def test_who_does_not_know_takes_longer() -> None:
    caller = Caller(PLAIN, rng=random.Random(2))
    times: list[float] = []
    for recall in (1.0, 0.0):
        caller.meets(recall)
        times.append(
            mean(caller.reacts(TYPED, rung=0, tries=0, more_help=True, effort=1.0).thought_s for _ in range(500))
        )

    assert times[1] > times[0] * 1.2


def test_a_long_call_tires() -> None:
    caller = Caller(replace(PLAIN, tires_min=6.0), rng=random.Random(1))

    assert caller.effort(5.0) == 1.0
    assert 0.5 <= caller.effort(20.0) < caller.effort(8.0) < 1.0


def test_failing_again_and_again_ends_the_call_and_a_new_call_begins_afresh() -> None:
    caller = Caller(PLAIN, rng=random.Random(1))
    assert all(caller.leaves() is None for _ in range(200))
    for _ in range(8):
        caller.feels(right=False, recall=0.0, told=True)

    assert caller.is_frustrated
    assert FRUSTRATED in {caller.leaves() for _ in range(200)}
    caller.arrives()
    assert not caller.is_frustrated


def test_what_is_much_too_easy_bores() -> None:
    caller = Caller(PLAIN, rng=random.Random(1))
    for _ in range(12):
        caller.feels(right=True, recall=1.0, told=False)

    assert "bored" in {caller.leaves() for _ in range(400)}


def test_every_text_on_a_sheet_is_marked_as_it_is_meant() -> None:
    rng = random.Random(4)
    for skill in MATHS:
        exercise = make_exercise(skill, rng=rng)
        sheet = sheet_of(exercise)
        meant = dict.fromkeys(sheet.right, "right") | dict.fromkeys((*sheet.confused, *sheet.wrong), "wrong")
        assert {text: str(mark(exercise, text).verdict) for text in meant} == meant, skill.id


def test_learners_are_of_all_levels_and_know_little_above_their_own() -> None:
    drawn = [draw_traits(WORLD, rng=random.Random(seed)) for seed in range(200)]

    assert min(each.level for each in drawn) == LEVEL_LOW
    assert max(each.level for each in drawn) == LEVEL_HIGH
    far_above = [k for each in drawn for k, hard in zip(each.known, WORLD.hard, strict=True) if hard > each.level + 1.5]
    assert mean(k > 0 for k in far_above) < 0.02


def test_nobody_knows_a_skill_well_without_what_it_rests_on() -> None:
    traits = draw_traits(WORLD, rng=random.Random(7))

    for skill, needs in enumerate(WORLD.needs):
        assert all(traits.known[skill] <= traits.known[need] + 0.8 + 1e-9 for need in needs)


def test_days_are_missed_and_a_frustrating_call_keeps_away() -> None:
    days = draw_days(400, rng=random.Random(1))
    traits = replace(PLAIN, comes=0.5)
    calm = sum(calls_on(day, traits, frustrated_at=None) for day in days)
    upset = sum(calls_on(day, traits, frustrated_at=day.at - 1.0) for day in days)

    assert 160 < calm < 240
    assert 70 < upset < 130


def test_calls_last_eight_to_twelve_minutes_but_for_those_that_drop() -> None:
    days = draw_days(400, rng=random.Random(1))

    assert all(8 * 60 <= day.stays_s <= 12 * 60 for day in days if not day.drops)
    assert 0.04 < mean(day.drops for day in days) < 0.16
