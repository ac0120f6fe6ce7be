"""What became of one learner under one policy, and what that makes for all of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bakame.simulator.learners.intervals import Estimate, mean_over, ratio

PASS: Final = 0.7
"""Chance of doing an exercise by knowing how, from which a skill is truly known: seven of ten, a pass in an exam."""
PASSES: Final = (0.5, PASS, 0.8)
"""Other pass marks, to see whether it depends on them."""
LATER_DAYS: Final = 30
"""From the last day of calls to the examination."""


def exam_days(days: int) -> tuple[float, ...]:
    """The days on which all skills are examined: four in the course of the calls, their end, and two later."""
    return (0.0, days / 4, days / 2, days * 3 / 4, float(days), days + LATER_DAYS / 2, float(days + LATER_DAYS))


@dataclass(frozen=True, slots=True)
class Claims:
    """Skills that a policy took as mastered, and those of them that were not truly known at that moment."""

    made: int = 0
    false: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """One learner under one policy.

    `retained`: skills known 30 days after the last day that would not have been without the tutor, by `PASSES`.
    `marks`: what an examination then, with a question of each skill, gives beyond what it gives without the tutor.
    `typed` and `chosen`: claims by answer format. `known_practised`: skills practised and truly known on the last day,
    `unclaimed` of them not taken as mastered. `items` of all first claims of what was not known at first, `firsts` how
    many. `place_s`: seconds of call until the level was found (None: never), `place_error` in levels of the school.
    `frustrated`: questions asked of somebody frustrated. `covered`: skills that were practised. `curve`: skills known
    beyond those without the tutor, on `exam_days`.
    """

    learner: int
    model: str
    policy: str
    hours: float
    calls: int
    questions: int
    retained: tuple[int, ...]
    marks: float
    typed: Claims
    chosen: Claims
    known_practised: int
    unclaimed: int
    items: int
    firsts: int
    place_s: float | None
    place_error: float | None
    frustrated: int
    left_frustrated: int
    left_bored: int
    covered: int
    curve: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Of all learners of one model under one policy, with 95 % intervals. `against`: retained skills an hour, as a
    multiple of those of the reference policy (None for itself, or without one).
    """

    model: str
    policy: str
    learners: int
    hours: float
    retained: Estimate
    against: Estimate | None
    marks: Estimate
    marks_against: Estimate | None
    false_typed: Estimate
    false_chosen: Estimate
    false_failure: Estimate
    items: Estimate
    place_s: Estimate
    place_error: Estimate
    frustrated: Estimate
    left: Estimate
    covered: Estimate
    by_pass: Mapping[float, float]
    curve: tuple[float, ...]


def summarise(courses: Iterable[Course], *, reference: str | None, seed: int) -> list[Row]:
    """A row for each model and policy, in the order in which they come; all models together last, as "all"."""
    courses = list(courses)
    models = list(dict.fromkeys(each.model for each in courses))
    policies = list(dict.fromkeys(each.policy for each in courses))
    rows: list[Row] = []
    for model in (*models, *(["all"] if len(models) > 1 else [])):
        of_model = [each for each in courses if model in (each.model, "all")]
        by_policy = {
            policy: sorted((c for c in of_model if c.policy == policy), key=lambda c: c.learner) for policy in policies
        }
        base = by_policy.get(reference) if reference else None
        rows += [_row(model, policy, by_policy[policy], base, seed) for policy in policies]
    return rows


def _row(model: str, policy: str, courses: Sequence[Course], base: Sequence[Course] | None, seed: int) -> Row:
    def of(value: Callable[[Course], float], among: Sequence[Course] = courses) -> np.ndarray:
        return np.array([value(each) for each in among], dtype=float)

    hours = of(lambda c: c.hours)
    retained, marks = of(_retained), of(lambda c: c.marks)
    against = marks_against = None
    if base is not None and base is not courses:
        their_hours = of(lambda c: c.hours, base)
        against = ratio(retained, hours, of(_retained, base), their_hours, seed=seed)
        marks_against = ratio(marks, hours, of(lambda c: c.marks, base), their_hours, seed=seed)
    placed = [each for each in courses if each.place_s is not None]
    return Row(
        model=model,
        policy=policy,
        learners=len(courses),
        hours=float(hours.sum()),
        retained=mean_over(retained, hours, seed=seed),
        against=against,
        marks=mean_over(marks, hours, seed=seed),
        marks_against=marks_against,
        false_typed=mean_over(of(lambda c: c.typed.false), of(lambda c: c.typed.made), seed=seed),
        false_chosen=mean_over(of(lambda c: c.chosen.false), of(lambda c: c.chosen.made), seed=seed),
        false_failure=mean_over(of(lambda c: c.unclaimed), of(lambda c: c.known_practised), seed=seed),
        items=mean_over(of(lambda c: c.items), of(lambda c: c.firsts), seed=seed),
        place_s=mean_over(of(lambda c: c.place_s or 0.0, placed), np.ones(len(placed)), seed=seed),
        place_error=mean_over(of(lambda c: c.place_error or 0.0, placed), np.ones(len(placed)), seed=seed),
        frustrated=mean_over(of(lambda c: c.frustrated), of(lambda c: c.questions), seed=seed),
        left=mean_over(of(lambda c: c.left_frustrated), of(lambda c: c.calls), seed=seed),
        covered=mean_over(of(lambda c: c.covered), np.ones(len(courses)), seed=seed),
        by_pass={
            mark: float(of(lambda c, n=n: c.retained[n]).sum() / max(1e-9, hours.sum()))
            for n, mark in enumerate(PASSES)
        },
        curve=tuple(float(each) for each in np.mean([c.curve for c in courses], axis=0)) if courses else (),
    )


def _retained(course: Course) -> float:
    return course.retained[PASSES.index(PASS)]
