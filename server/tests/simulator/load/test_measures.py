"""Percentiles of a run are those of its durations, to a tenth of a millisecond and never flattering."""

from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.simulator.load.measures import BIN_MS, Distribution, Measures

durations = st.lists(st.floats(-5, 1900, allow_nan=False), min_size=1, max_size=60)


@given(durations, st.floats(0.1, 100))
def test_a_percentile_is_at_most_a_bin_above_the_true_one(values: list[float], percent: float) -> None:
    counted = Distribution()
    for value in values:
        counted.add(value)
    true = max(0.0, sorted(values)[max(1, ceil(len(values) * percent / 100)) - 1])
    assert true - 1e-9 <= counted.percentile(percent) <= true + BIN_MS + 1e-9


@given(durations)
def test_many_at_once_count_like_one_after_the_other(values: list[float]) -> None:
    one, many = Distribution(), Distribution()
    for value in values:
        one.add(value)
    many.add_all(np.array(values))
    assert len(one) == len(many) == len(values)
    assert one.largest_ms == many.largest_ms
    assert [one.percentile(p) for p in (1, 50, 99, 100)] == [many.percentile(p) for p in (1, 50, 99, 100)]


def test_what_is_beyond_the_bins_is_told_by_the_maximum() -> None:
    counted = Distribution()
    counted.add(1.0)
    counted.add(60_000.0)
    assert counted.percentile(99) == 60_000.0
    assert counted.percentile(50) == pytest.approx(1.0)


def test_nothing_counted_is_nothing() -> None:
    counted = Distribution()
    counted.add_all(np.array([], np.float64))
    assert (len(counted), counted.percentile(99)) == (0, 0.0)


def test_the_window_forgets_durations_and_keeps_faults() -> None:
    measures = Measures()
    measures.grid_late.add(5)
    measures.gaps_s, measures.gaps = 1.0, 3
    measures.faults.lost = 160
    measures.begin()
    assert (len(measures.grid_late), measures.gaps_s, measures.gaps) == (0, 0.0, 0)
    assert measures.faults.in_content == 160


def test_every_kind_of_fault_counts() -> None:
    faults = Measures().faults
    faults.refused["503"] += 2
    faults.unanswered = faults.dropped = faults.clears_missing = faults.malformed = 1
    faults.repeated = faults.uplink_lost = faults.withheld = 1
    assert faults.in_calls == 6
    assert faults.in_content == 3
