"""Means and ratios over learners, with 95 % intervals by the bootstrap over learners.

B. Efron, R. J. Tibshirani: An Introduction to the Bootstrap (1993), percentile intervals. The same learners are drawn
for all policies, so that what is compared is paired.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

RESAMPLES: Final = 1000
LOW, HIGH = 2.5, 97.5
"""Percentiles."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its interval; all of it NaN when there is nothing to tell it from."""

    value: float
    low: float
    high: float


def mean_over(above: np.ndarray, below: np.ndarray, *, seed: int) -> Estimate:
    """The sum of one over the sum of the other, of values by learner."""
    if len(above) == 0 or below.sum() == 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    counts = _counts(len(above), seed)
    return _estimate(above.sum() / below.sum(), _over(counts @ above, counts @ below))


def ratio(
    above: np.ndarray, below: np.ndarray, base_above: np.ndarray, base_below: np.ndarray, *, seed: int
) -> Estimate:
    """`mean_over` of the first two over that of the last two, learner by learner the same."""
    if min(below.sum(), base_above.sum(), base_below.sum()) == 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    counts = _counts(len(above), seed)
    ours, theirs = _over(counts @ above, counts @ below), _over(counts @ base_above, counts @ base_below)
    value = (above.sum() / below.sum()) / (base_above.sum() / base_below.sum())
    return _estimate(value, _over(ours, theirs))


@lru_cache(maxsize=8)
def _counts(learners: int, seed: int) -> np.ndarray:
    """How often each learner is drawn, by resample."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(learners, np.full(learners, 1 / learners), size=RESAMPLES).astype(float)


def _over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)


def _estimate(value: float, resampled: np.ndarray) -> Estimate:
    known = resampled[~np.isnan(resampled)]
    if len(known) == 0:
        return Estimate(float(value), float("nan"), float("nan"))
    low, high = np.percentile(known, (LOW, HIGH))
    return Estimate(float(value), float(low), float(high))
