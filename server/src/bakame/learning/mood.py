"""How it is going, in three estimates that re-pace a lesson and are never said of anybody.

Each is a leaky average of small signs: an answer, its speed against the learner's own median, a hint, a skip, a
silence, a word about it. An average of few signs has little confidence; with time all of them fade to the middle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any, Final, cast

from bakame.learning.pace import FAST, RAPID, VERY_SLOW

MIDDLE: Final = 0.5
HALF_LIFE: Final = timedelta(minutes=20)
"""Of what is known of a mood, while nothing happens."""
MOST_STEP: Final = 0.18
"""How far one sign may move an estimate: less than any line that something follows from is away from the middle."""
SURE: Final = 0.35
"""Confidence under which nothing follows from an estimate."""
FRUSTRATED: Final = 0.68
"""Difficulty from which easier questions come."""
EASY: Final = 0.3
"""Difficulty under which harder ones come."""
WEARY: Final = 0.3
"""Engagement under which a change is due."""
_FULL: Final = 4.0
"""Signs that give a confidence of one half."""


class Sign(StrEnum):
    """What was seen of a learner."""

    RIGHT = "right"
    WRONG = "wrong"
    RETRIED = "retried"
    """Right, after a mistake."""
    HINT = "hint"
    SKIP = "skip"
    DONT_KNOW = "dont_know"
    SILENCE = "silence"
    UNCLEAR = "unclear"
    TOO_HARD = "too_hard"
    TOO_EASY = "too_easy"
    TIRED = "tired"
    BORED = "bored"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value from 0 to 1 and how much it rests on; `confidence` is from 0 to 1."""

    value: float = MIDDLE
    weight: float = 0.0

    @property
    def confidence(self) -> float:
        return self.weight / (self.weight + _FULL)

    def towards(self, target: float, weight: float) -> "Estimate":
        """With one more sign. The more is known, the less one sign moves it."""
        if weight <= 0:
            return self
        step = weight / (self.weight + weight + 1) * (target - self.value)
        step = max(-MOST_STEP, min(MOST_STEP, step))
        return Estimate(self.value + step, min(self.weight + weight, 12.0))

    def faded(self, share: float) -> "Estimate":
        """With `share` of what was known left."""
        return Estimate(MIDDLE + (self.value - MIDDLE) * share, self.weight * share)


@dataclass(frozen=True, slots=True)
class Mood:
    """`effort`: 1 when they work at it; `difficulty`: 1 when it is much too hard for them; `engagement`: 1 when they
    are wholly with it. `at`: when the last sign was seen. `spoken_at`: when the tutor last said something about it.
    """

    effort: Estimate = Estimate()
    difficulty: Estimate = Estimate()
    engagement: Estimate = Estimate()
    at: datetime | None = None
    spoken_at: datetime | None = None

    def to_state(self) -> dict[str, object]:
        """As it is saved."""
        return {
            **{name: [round(each.value, 4), round(each.weight, 3)] for name, each in self._named()},
            "at": self.at.isoformat() if self.at else None,
            "spoken_at": self.spoken_at.isoformat() if self.spoken_at else None,
        }

    def _named(self) -> tuple[tuple[str, Estimate], ...]:
        return (("effort", self.effort), ("difficulty", self.difficulty), ("engagement", self.engagement))

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Mood":
        """The mood that `to_state` saved; what is missing is as at first. Raises `TypeError` or `ValueError`."""
        return cls(
            *(_estimate(state.get(name)) for name in ("effort", "difficulty", "engagement")),
            at=_moment(state.get("at")),
            spoken_at=_moment(state.get("spoken_at")),
        )


_TARGETS: Final[Mapping[Sign, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]]] = {
    # (target, weight) for effort, difficulty, engagement
    Sign.RIGHT: ((0.6, 0.4), (0.25, 1.0), (0.75, 0.7)),
    Sign.WRONG: ((0.5, 0.3), (0.9, 1.0), (0.45, 0.3)),
    Sign.RETRIED: ((0.95, 1.0), (0.65, 0.7), (0.8, 0.8)),
    Sign.HINT: ((0.75, 0.6), (0.75, 0.8), (0.65, 0.4)),
    Sign.SKIP: ((0.2, 0.8), (0.65, 0.4), (0.15, 1.0)),
    Sign.DONT_KNOW: ((0.45, 0.4), (0.9, 1.0), (0.4, 0.5)),
    Sign.SILENCE: ((0.35, 0.4), (0.6, 0.3), (0.15, 1.0)),
    Sign.UNCLEAR: ((0.5, 0.0), (0.55, 0.2), (0.35, 0.5)),
    Sign.TOO_HARD: ((0.6, 0.5), (1.0, 3.0), (0.5, 0.0)),
    Sign.TOO_EASY: ((0.5, 0.0), (0.0, 3.0), (0.4, 0.8)),
    Sign.TIRED: ((0.4, 1.0), (0.6, 0.3), (0.05, 3.0)),
    Sign.BORED: ((0.35, 1.0), (0.4, 0.3), (0.05, 3.0)),
    Sign.CONTENT: ((0.7, 0.8), (0.45, 0.5), (0.95, 2.0)),
}


def felt(mood: Mood, sign: Sign, *, now: datetime, deviation: float = 0.0) -> Mood:
    """The mood after one sign. `deviation`: how slow the answer was, in the learner's own spreads (`Pace`)."""
    effort, difficulty, engagement = _TARGETS[sign]
    if sign is Sign.WRONG and deviation <= RAPID:
        effort, engagement = (0.1, 1.0), (0.2, 1.0)  # guessed
    elif sign is Sign.WRONG and deviation >= 1.0:
        effort = (0.85, 0.8)
    elif sign is Sign.RIGHT and deviation <= FAST:
        difficulty = (0.1, 1.2)
    elif sign is Sign.RIGHT and deviation >= VERY_SLOW:
        effort, difficulty = (0.9, 0.8), (0.6, 0.8)
    share = _left(mood, now)
    return Mood(
        mood.effort.faded(share).towards(*effort),
        mood.difficulty.faded(share).towards(*difficulty),
        mood.engagement.faded(share).towards(*engagement),
        now if mood.at is None else max(now, mood.at),
        mood.spoken_at,
    )


def faded(mood: Mood, now: datetime) -> Mood:
    """The mood as it is at `now`, after a time in which nothing was seen."""
    share = _left(mood, now)
    if share == 1.0:
        return mood
    return Mood(
        mood.effort.faded(share), mood.difficulty.faded(share), mood.engagement.faded(share), now, mood.spoken_at
    )


def _left(mood: Mood, now: datetime) -> float:
    """The share of what was known that is left at `now`."""
    if mood.at is None or now <= mood.at:
        return 1.0
    return 0.5 ** ((now - mood.at) / HALF_LIFE)


def _estimate(state: Any) -> Estimate:
    if state is None:
        return Estimate()
    value, weight = (float(each) for each in cast("list[Any]", state))
    if not (isfinite(value) and isfinite(weight)):
        raise ValueError("an estimate is a number")
    return Estimate(min(1.0, max(0.0, value)), max(0.0, weight))


def _moment(state: Any) -> datetime | None:
    if state is None:
        return None
    moment = datetime.fromisoformat(state)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment


def target(mood: Mood) -> str:
    """The chance of success to aim at, as a key of the model's `target_success`."""
    difficulty = mood.difficulty
    if difficulty.confidence < SURE:
        return "normal"
    if difficulty.value >= FRUSTRATED:
        return "after_frustration"
    if difficulty.value <= EASY and mood.engagement.value > WEARY:
        return "challenge"
    return "normal"
