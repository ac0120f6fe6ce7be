"""What an hour of call teaches: simulated learners under every policy, with plots and numbers in docs/learning.

Four parts: the generating models beside the study by which they are set; every policy on all learners; the product's
policy with one of its parts taken away, and the rule of thumb with reviews added; the plots. The same seed always gives
the same numbers. Tuning was done on other seeds than the one that is reported (docs/teaching.md).
"""

import argparse
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import orjson
from rich.console import Console

from bakame.app.learners import POLICIES, REFERENCE, Folders, Study, report, run_study, show
from bakame.learning import review
from bakame.learning.comparison import FixedOrder, ThreeOfFive
from bakame.learning.mastery import Knowledge
from bakame.learning.model import ModelParameters
from bakame.learning.plan import Slot, order
from bakame.learning.policy import Adaptive, Answer, Choice, Leave, Policy, Situation, due_review
from bakame.learning.profile import Profile
from bakame.learning.skills import Skill
from bakame.simulator.learners.intervals import Estimate
from bakame.simulator.learners.measures import Row, exam_days, summarise
from bakame.simulator.learners.mind import MODELS, make_mind
from bakame.simulator.learners.plots import Curve, bars, lines
from bakame.simulator.learners.traits import draw_traits
from bakame.simulator.learners.world import World

ROOT = Path(__file__).parents[1]
FOLDERS = Folders(ROOT / "server/curriculum", ROOT / "server/locales")
OUT = ROOT / "docs/learning"
NAMES: Final = {"bkt": "BKT with forgetting", "irt": "IRT with forgetting", "memory": "memory traces"}
STUDY_OF_MEMORY: Final = {"10 at once": {7: 0.75, 28: 0.32}, "5 and 5, a week apart": {7: 0.70, 28: 0.64}}
"""Rohrer and Taylor (2006): share right by days after the last session."""
SESSIONS: Final = {"10 at once": ((0.0, 10),), "5 and 5, a week apart": ((0.0, 5), (7.0, 5))}
PUPILS = 600
DAYS_AFTER = (0, 1, 3, 7, 14, 28, 42, 56)
out = Console(width=150, highlight=False)


class NoReview(Adaptive):
    """What was mastered is never asked again."""

    def _for(self, slot: Slot, situation: Situation) -> Skill | None:
        return None if slot is Slot.REVIEW else super()._for(slot, situation)


class NoStretch(Adaptive):
    """Nothing above the level."""

    def _for(self, slot: Slot, situation: Situation) -> Skill | None:
        return None if slot is Slot.STRETCH else super()._for(slot, situation)


class NeverLeaves(Adaptive):
    """Stays with a skill until it is mastered."""

    def leaving(self, situation: Situation, skill: Skill) -> Leave | None:
        found = super().leaving(situation, skill)
        return found if found is Leave.MASTERED else None


class NoElo(Adaptive):
    """Without the learner's ability: by knowledge tracing alone."""

    def next(self, situation: Situation, *, rng: random.Random) -> Choice | None:
        return super().next(replace(situation, profile=Profile(), ratings={}), rng=rng)


class LevelOrder(Adaptive):
    """The next skill in the order of the levels, not the one that is about as hard as helps most."""

    def _at_level(self, situation: Situation) -> Skill | None:
        choice = FixedOrder().next(situation, rng=random.Random(0))
        return choice.skill if choice else None


class ThreeOfFiveReviewed(ThreeOfFive):
    """The rule of thumb, with the product's reviews."""

    def next(self, situation: Situation, *, rng: random.Random) -> Choice | None:
        for slot in order(situation.sitting.slots):
            if slot is Slot.REVIEW and (due := due_review(situation)) is not None:
                return Choice(due, Slot.REVIEW)
            if slot is Slot.LEVEL:
                break
        return super().next(situation, rng=rng)

    def learnt(self, known: Knowledge, answer: Answer, *, model: ModelParameters) -> Knowledge:
        if known.mastered:
            return Adaptive().learnt(known, answer, model=model)
        after = super().learnt(known, answer, model=model)
        return review.reviewed(after, review.Rating.Good, answer.now) if after.mastered else after


PARTS: Final[Mapping[str, Policy]] = {
    "adaptive": POLICIES["adaptive"],
    "no review": NoReview(),
    "no stretch": NoStretch(),
    "never leaves": NeverLeaves(),
    "no Elo": NoElo(),
    "level order": LevelOrder(),
    "3 of 5 + review": ThreeOfFiveReviewed(),
    REFERENCE: POLICIES[REFERENCE],
}


def remembered(model: str, sessions: Sequence[tuple[float, int]], days: Sequence[float]) -> list[tuple[float, float]]:
    """The mean chance to recall one skill, by days after the last session of exercises."""
    world = World(("skill",), {"skill": 0}, ((),), (0.0,), (1.0,), ("integer",), (0,))
    totals = [0.0] * len(days)
    for seed in range(PUPILS):
        rng = random.Random(seed)
        traits = replace(draw_traits(world, rng=rng), known=(-0.8,), rate=0.3)
        mind = make_mind(model, world, traits, rng=rng)
        mind.watch(0, 0.0)
        for day, exercises in sessions:
            for n in range(exercises):
                now = day + n * 40 / 86_400
                mind.practise(0, now, recalled=rng.random() < mind.recall(0, now), explained=True)
        for n, after in enumerate(days):
            totals[n] += mind.recall(0, sessions[-1][0] + 0.01 + after)
    return [(float(day), total / PUPILS) for day, total in zip(days, totals, strict=True)]


def draw_memory() -> None:
    """The generating models beside what was measured of pupils."""
    for number, (name, sessions) in enumerate(SESSIONS.items(), start=1):
        curves = [Curve(NAMES[model], remembered(model, sessions, DAYS_AFTER)) for model in MODELS]
        measured = [(float(day), share) for day, share in STUDY_OF_MEMORY[name].items()]
        curves.append(Curve("measured", measured, marks=True))
        write(
            f"memory-{number}.svg",
            lines(f"What is remembered: {name}", curves, unit="share right", across="days after the last exercise"),
        )
        out.print(name, {c.name: {int(x): round(y, 2) for x, y in c.points} for c in curves})


def draw_policies(rows: Sequence[Row], days: int) -> None:
    """Retained skills, false mastery, and what is known day by day."""

    def by_model(value: str) -> dict[str, dict[str, Estimate]]:
        return {
            NAMES[model]: {row.policy: getattr(row, value) for row in rows if row.model == model} for model in MODELS
        }

    write(
        "retained.svg",
        bars("Skills retained 30 days after the end", by_model("retained"), unit="for each hour of call"),
    )
    write("marks.svg", bars("Gain in an examination of all skills", by_model("marks"), unit="skills an hour of call"))
    for value, title, goal in (("false_typed", "typed answers", 0.05), ("false_chosen", "choices", 0.08)):
        drawn = bars(
            f"False mastery, {title}", by_model(value), unit="share of claims; dashed: goal", goal=goal, percent=True
        )
        write(f"{value.replace('_', '-')}.svg", drawn)
    write(
        "frustration.svg",
        bars("Questions asked of somebody frustrated", by_model("frustrated"), unit="share", percent=True),
    )
    for model in MODELS:
        curves = [
            Curve(row.policy, list(zip(exam_days(days), row.curve, strict=True))) for row in rows if row.model == model
        ]
        title = f"Skills known beyond those without the tutor: {NAMES[model]}"
        write(
            f"days-{model}.svg", lines(title, curves, unit="skills", across="days; no calls after the line", until=days)
        )


def draw_parts(rows: Sequence[Row]) -> None:
    """What each part of the policy is worth."""
    groups = {NAMES[m]: {row.policy: row.retained for row in rows if row.model == m} for m in MODELS}
    write("parts.svg", bars("With one part taken away", groups, unit="skills retained for each hour of call"))


def write(name: str, text: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / name).write_text(text, encoding="utf-8")


def main(*, count: int, days: int, seed: int, parts: int, processes: int) -> None:
    """Each part with no learners is left out, and what it made before stays."""
    draw_memory()
    for name, policies, learners in (("policies", POLICIES, count), ("parts", PARTS, parts)):
        if not learners:
            continue
        study = Study(learners, days, policies, seed=seed)
        began = time.monotonic()
        rows = summarise(run_study(study, FOLDERS, processes=processes), reference=REFERENCE, seed=seed)
        show(study, rows, seconds=time.monotonic() - began, out=out)
        write(f"{name}.json", orjson.dumps(report(study, rows), option=orjson.OPT_INDENT_2).decode() + "\n")
        if policies is POLICIES:
            draw_policies(rows, days)
        else:
            draw_parts(rows)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=2000, help="learners; 0: only parts")
    options.add_argument("--days", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--parts", type=int, default=300, help="learners for the comparison of parts; 0: without it")
    options.add_argument("--processes", type=int, default=2)
    given = options.parse_args()
    main(count=given.count, days=given.days, seed=given.seed, parts=given.parts, processes=given.processes)
