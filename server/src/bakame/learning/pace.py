"""How long a learner takes to answer: a running median and spread of the logarithm of it, in seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Any, Final

LEAST_MS: Final = 200
MOST_MS: Final = 120_000
ENOUGH: Final = 5
"""Answers from which slow and fast mean something."""
VERY_SLOW: Final = 2.0
FAST: Final = -0.7
"""Deviations from the median, in spreads; a quarter of all answers are faster than -0.7."""
RAPID: Final = -2.0
"""Too fast to have been thought about."""
_NORMAL: Final = 1.4826
"""A standard deviation in median absolute deviations, where errors are normal."""
_LEAST_SPREAD: Final = 0.2
_FIRST_SPREAD: Final = 0.4


@dataclass(frozen=True, slots=True)
class Pace:
    """`median` of ln(seconds), `spread` its median absolute deviation, `answers` how many it rests on."""

    median: float = 0.0
    spread: float = _FIRST_SPREAD
    answers: int = 0

    def after(self, took_ms: int) -> "Pace":
        """With one more answer. Each median goes one step towards what was seen; steps get smaller with answers."""
        seen = _log_seconds(took_ms)
        if self.answers == 0:
            return Pace(seen, _FIRST_SPREAD, 1)
        step = max(0.05, 0.5 / self.answers)
        median = self.median + _towards(seen - self.median, step)
        spread = self.spread + _towards(abs(seen - median) - self.spread, step / 2)
        return Pace(median, max(0.0, spread), self.answers + 1)

    def deviation(self, took_ms: int | None) -> float:
        """How far an answer was from the median, in spreads: above 0 slower. 0 while too little is known."""
        if took_ms is None or self.answers < ENOUGH:
            return 0.0
        return (_log_seconds(took_ms) - self.median) / max(_LEAST_SPREAD, _NORMAL * self.spread)

    def to_state(self) -> list[float]:
        """As it is saved."""
        return [round(self.median, 4), round(self.spread, 4), self.answers]

    @classmethod
    def from_state(cls, state: Any) -> "Pace":
        """The pace that `to_state` saved. Raises `TypeError` or `ValueError`."""
        median, spread, answers = state
        return cls(float(median), max(0.0, float(spread)), max(0, int(answers)))


def paces_from_state(state: Mapping[str, Any]) -> dict[str, Pace]:
    """Paces by answer format."""
    return {str(name): Pace.from_state(each) for name, each in state.items()}


def _log_seconds(took_ms: int) -> float:
    return log(min(MOST_MS, max(LEAST_MS, took_ms)) / 1000)


def _towards(gap: float, step: float) -> float:
    return gap if abs(gap) <= step else step if gap > 0 else -step
