"""What is counted and timed of calls, for Prometheus. No label ever holds a number, a name or an id."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from bakame.calls.state import Stage

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.5, 1.0, 2.5)

calls_live = Gauge("bakame_calls_live", "Calls whose stream is open.")
calls_ended = Counter("bakame_calls_ended", "Calls that ended, by reason.", ["reason"])
calls_refused = Counter("bakame_calls_refused", "Webhooks, upgrades and streams that were refused.", ["door", "why"])
call_moves_illegal = Counter("bakame_call_moves_illegal", "State changes that the table forbids.", ["before", "after"])
stream_malformed = Counter("bakame_stream_malformed", "Stream messages that broke the protocol.")
calls_over_capacity = Counter("bakame_calls_over_capacity", "Calls that were turned away because the house was full.")
calls_handed_over = Counter("bakame_calls_handed_over", "Calls given to another replica when ours stopped.", ["how"])
engines_left = Counter("bakame_engines_left", "Engines that were given up in the middle of a call.", ["engine"])
tick_lateness = Histogram("bakame_tick_lateness_seconds", "How late the clock of all calls ticked.", buckets=_BUCKETS_S)
line_quality = Histogram(
    "bakame_line_quality", "Rating factor R of ended calls' lines.", buckets=(20, 40, 50, 60, 70, 80, 90, 100)
)
call_answer = Histogram("bakame_call_answer_seconds", "From the call webhook to our document.", buckets=_BUCKETS_S)
first_sound = Histogram("bakame_first_sound_seconds", "From the start of the stream to its first frame.")


class StageClock(Collector):
    """Times the stages of sound (`calls.state.Stage`). A plain count each: a call has a hundred of these a second."""

    _BOUNDS_S: Final = (1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 1e-3, 5e-3, 0.02, 0.1, 0.5, 1.2, 3.0, 10.0)

    def __init__(self) -> None:
        self._counts = {stage: [0] * (len(self._BOUNDS_S) + 1) for stage in Stage}
        self._sums = dict.fromkeys(Stage, 0.0)

    def took(self, stage: Stage, seconds: float) -> None:
        self._counts[stage][bisect_left(self._BOUNDS_S, seconds)] += 1
        self._sums[stage] += seconds

    def collect(self) -> Iterator[HistogramMetricFamily]:
        family = HistogramMetricFamily("bakame_stage_seconds", "Stages of sound on its way down.", labels=["stage"])
        for stage, counts in self._counts.items():
            total, buckets = 0, list[tuple[str, float]]()
            for bound, count in zip((*self._BOUNDS_S, float("inf")), counts, strict=True):
                total += count
                buckets.append(("+Inf" if bound == float("inf") else f"{bound:g}", total))
            family.add_metric([stage.value], buckets, self._sums[stage])
        yield family


stages = StageClock()
REGISTRY.register(stages)
