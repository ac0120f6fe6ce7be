"""Points, levels, badges and the weekly goal. They reward effort and learning, not speed, and nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from math import inf
from typing import Any, Final, cast

KIGALI: Final = timezone(timedelta(hours=2), "CAT")
"""A week begins on Monday in Rwanda, which has no summer time."""

RIGHT: Final = 10
TRIED: Final = 2
"""For an answer that was worked at, whatever came of it."""
MASTERED: Final = 30
CONFIRMED: Final = 30
KEPT: Final = 5
"""On top of the answer, when a review shows that a skill was kept."""
RACE_SHARE: Final = 2
"""Points for each right answer of a race."""

LEVELS: Final = (
    (0, "Imbuto"),
    (100, "Umuzi"),
    (300, "Ikibabi"),
    (700, "Ishami"),
    (1_500, "Ururabo"),
    (3_000, "Igiti"),
    (5_500, "Ishyamba"),
    (9_000, "Umusozi"),
    (14_000, "Ikirunga"),
    (20_000, "Inyenyeri"),
)
"""Points from which a level is reached, and its name: seed, root, leaf, branch, flower, tree, forest, hill, volcano,
star."""
GOALS: Final = (3, 5, 7)
"""Days of learning a week that a learner may aim at; the first is everybody's at the beginning."""
FREEZES: Final = 2
"""Weeks in a row of missed goals that leave a run of weeks as it is; they come back with each goal reached."""
COMEBACK: Final = timedelta(days=7)


class Badge(StrEnum):
    """What is given once. The names are said by the catalogue."""

    FIRST_STEPS = "first_steps"
    SEVEN_SKILLS = "seven_skills"
    THIRTY_SKILLS = "thirty_skills"
    HUNDRED_SKILLS = "hundred_skills"
    PROVEN = "proven"
    """Ten skills shown again in a later session."""
    KEEPER = "keeper"
    """Twenty-five reviews kept."""
    COMEBACK = "comeback"
    """Here again after a week or more."""
    SECOND_LOOK = "second_look"
    """Twenty mistakes put right by trying again."""
    RACE = "race"
    FIVE_MODULES = "five_modules"
    WEEKS = "weeks"
    """Four weekly goals in a row."""


class Event(StrEnum):
    """What can be rewarded."""

    RIGHT = "right"
    HELPED = "helped"
    """Right after a hint, or with the first step done."""
    RETRIED = "retried"
    """Right after a mistake."""
    TRIED = "tried"
    """Worked at, and the answer had to be told."""
    KEPT = "kept"
    """A review right at the first try."""
    MASTERED = "mastered"
    CONFIRMED = "confirmed"
    RACED = "raced"


@dataclass(frozen=True, slots=True)
class News:
    """Something gained that is worth a word: `kind` is badge, level, goal or best; `name` says which."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Rewards:
    """All that was gained.

    `week` is the Monday of the present week, `days` the weekdays of it on which something was learnt, `goal` how many
    are aimed at, `weeks` the run of goals reached, `freezes` the missed weeks that it still stands.
    """

    points: int = 0
    mastered: int = 0
    confirmed: int = 0
    kept: int = 0
    retried: int = 0
    best_race: int = 0
    badges: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    week: date | None = None
    days: tuple[int, ...] = ()
    goal: int = GOALS[0]
    weeks: int = 0
    freezes: int = FREEZES
    seen_at: datetime | None = None

    @property
    def level(self) -> tuple[int, str]:
        """The level, from 1, and its name."""
        reached = [n for n, (least, _) in enumerate(LEVELS, start=1) if self.points >= least]
        return reached[-1], LEVELS[reached[-1] - 1][1]

    @property
    def to_next_level(self) -> int:
        """Points that are still to be earned for the next level; 0 at the last."""
        return next((least - self.points for least, _ in LEVELS if least > self.points), 0)

    def to_state(self) -> dict[str, object]:
        """As it is saved."""
        return {
            **{name: getattr(self, name) for name in _COUNTS},
            "badges": list(self.badges),
            "modules": list(self.modules),
            "week": self.week.isoformat() if self.week else None,
            "days": list(self.days),
            "seen_at": self.seen_at.isoformat() if self.seen_at else None,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Rewards":
        """The rewards that `to_state` saved; what is missing is as at first. Raises `TypeError` or `ValueError`."""
        counts = {name: max(0, int(state[name])) for name in _COUNTS if name in state}
        seen_at = state.get("seen_at")
        return cls(
            **cast("Any", counts),
            badges=_words(state.get("badges")),
            modules=_words(state.get("modules")),
            week=date.fromisoformat(state["week"]) if state.get("week") else None,
            days=tuple(int(day) for day in state.get("days") or ()),
            seen_at=datetime.fromisoformat(seen_at) if seen_at else None,
        )


_COUNTS: Final = ("points", "mastered", "confirmed", "kept", "retried", "best_race", "goal", "weeks", "freezes")


def earned(
    rewards: Rewards,
    event: Event,
    *,
    now: datetime,
    module: str,
    hinted_share: float = 0.5,
    count: int = 1,
) -> tuple[Rewards, int, tuple[News, ...]]:
    """The rewards after `event`, the points of it, and what is new. `count`: right answers of a race.

    `hinted_share`: what an answer that needed help is worth of one that needed none.
    """
    before = rewards
    rewards = here(rewards, now)
    points = _points(event, hinted_share, count)
    today = now.astimezone(KIGALI).weekday()
    days = rewards.days if today in rewards.days else (*rewards.days, today)
    reached = days != rewards.days and len(days) == rewards.goal
    rewards = replace(
        rewards,
        points=rewards.points + points,
        mastered=rewards.mastered + (event is Event.MASTERED),
        confirmed=rewards.confirmed + (event is Event.CONFIRMED),
        kept=rewards.kept + (event is Event.KEPT),
        retried=rewards.retried + (event is Event.RETRIED),
        best_race=max(rewards.best_race, count) if event is Event.RACED else rewards.best_race,
        modules=rewards.modules if module in rewards.modules else (*rewards.modules, module),
        days=days,
        weeks=rewards.weeks + reached,
        freezes=FREEZES if reached else rewards.freezes,
        seen_at=now,
    )
    news = (News("goal", str(rewards.goal)),) if reached else ()
    if event is Event.RACED and rewards.best_race > before.best_race > 0:
        news = (*news, News("best", str(rewards.best_race)))
    if rewards.points >= _next_level(before.points):
        news = (*news, News("level", rewards.level[1]))
    new = _new_badges(before, rewards, event, now)
    if new:
        rewards = replace(rewards, badges=(*rewards.badges, *new))
        news = (*news, *(News("badge", badge) for badge in new))
    return rewards, points, news


def here(rewards: Rewards, now: datetime) -> Rewards:
    """The rewards at `now`: a new week begins empty; a missed goal takes a freeze, and ends a run only without one.

    Whoever is long away comes back to a fresh week; nothing that was gained is taken.
    """
    monday = _monday(now)
    if rewards.week is None or monday < rewards.week:
        return replace(rewards, week=monday, days=()) if rewards.week is None else rewards
    missed = (monday - rewards.week).days // 7
    if missed == 0:
        return rewards
    if len(rewards.days) >= rewards.goal:
        missed -= 1
    kept = missed <= rewards.freezes
    return replace(
        rewards,
        week=monday,
        days=(),
        weeks=rewards.weeks if kept else 0,
        freezes=rewards.freezes - missed if kept else FREEZES,
    )


def _next_level(points: int) -> float:
    return next((least for least, _ in LEVELS if least > points), inf)


def _points(event: Event, hinted_share: float, count: int) -> int:
    match event:
        case Event.RIGHT:
            return RIGHT
        case Event.HELPED | Event.RETRIED:
            return round(RIGHT * hinted_share)
        case Event.TRIED:
            return TRIED
        case Event.KEPT:
            return RIGHT + KEPT
        case Event.MASTERED:
            return MASTERED
        case Event.CONFIRMED:
            return CONFIRMED
        case Event.RACED:
            return RACE_SHARE * count


def _new_badges(before: Rewards, rewards: Rewards, event: Event, now: datetime) -> tuple[Badge, ...]:
    back = before.seen_at is not None and now - before.seen_at >= COMEBACK
    reached = {
        Badge.FIRST_STEPS: event in (Event.RIGHT, Event.HELPED, Event.RETRIED, Event.KEPT),
        Badge.SEVEN_SKILLS: rewards.mastered >= 7,
        Badge.THIRTY_SKILLS: rewards.mastered >= 30,
        Badge.HUNDRED_SKILLS: rewards.mastered >= 100,
        Badge.PROVEN: rewards.confirmed >= 10,
        Badge.KEEPER: rewards.kept >= 25,
        Badge.COMEBACK: back,
        Badge.SECOND_LOOK: rewards.retried >= 20,
        Badge.RACE: event is Event.RACED,
        Badge.FIVE_MODULES: len(rewards.modules) >= 5,
        Badge.WEEKS: rewards.weeks >= 4,
    }
    return tuple(badge for badge, yes in reached.items() if yes and badge not in rewards.badges)


def _monday(now: datetime) -> date:
    today = now.astimezone(KIGALI).date()
    return today - timedelta(days=today.weekday())


def _words(state: Any) -> tuple[str, ...]:
    if not isinstance(state, list | tuple | None):
        raise TypeError("expected a list")
    return tuple(str(each) for each in cast("list[Any]", state or []))
