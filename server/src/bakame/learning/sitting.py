"""Counts since a learner last came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from bakame.learning.plan import SLOTS, Counts


@dataclass(frozen=True, slots=True)
class Sitting:
    """Questions finished; those right at the first try and without a hint, and those in a row; skills mastered.

    `slots`: questions finished by what they were for (`plan`). `points` earned, and `news`: what else was gained, as
    (kind, name). `challenged`: the challenge before the close was asked.
    """

    asked: int = 0
    right: int = 0
    streak: int = 0
    mastered: tuple[str, ...] = ()
    slots: Counts = (0, 0, 0)
    points: int = 0
    news: tuple[tuple[str, str], ...] = ()
    challenged: bool = False

    def to_state(self) -> dict[str, object]:
        """As it is saved."""
        return {
            "asked": self.asked,
            "right": self.right,
            "streak": self.streak,
            "mastered": list(self.mastered),
            "slots": list(self.slots),
            "points": self.points,
            "news": [list(each) for each in self.news],
            "challenged": self.challenged,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Sitting":
        """The sitting that `to_state` saved; what an older one lacks is as at first.

        Raises `KeyError`, `TypeError` or `ValueError`.
        """
        slots = tuple(_count(each) for each in _listed(state.get("slots", [0] * len(SLOTS))))
        if len(slots) != len(SLOTS):
            raise ValueError("as many counts as slots")
        return cls(
            asked=_count(state["asked"]),
            right=_count(state["right"]),
            streak=_count(state["streak"]),
            mastered=tuple(_word(each) for each in _listed(state["mastered"])),
            slots=cast("Counts", slots),
            points=_count(state.get("points", 0)),
            news=tuple(_pair(each) for each in _listed(state.get("news", []))),
            challenged=bool(state.get("challenged", False)),
        )


def _count(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("a count is a whole number")
    return value


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("expected words")
    return value


def _listed(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("expected a list")
    return cast("list[object]", value)


def _pair(value: object) -> tuple[str, str]:
    kind, name = _listed(value)
    return _word(kind), _word(name)
