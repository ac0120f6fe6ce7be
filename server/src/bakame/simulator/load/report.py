"""What a run of load came to: as a table for people, as JSON for programs, and whether a server held it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from rich.table import Table

from bakame.simulator.load.measures import Distribution, Measures
from bakame.simulator.load.process import Usage

LATE_MS: Final = 20.0
"""A server holds its calls while the p99 of lateness against the pacing grid is within this,"""
GAPS_PERCENT: Final = 0.1
"""gaps are within this part of the speech, and nothing is lost."""
SATURATED: Final = 0.97
OWN_LATE_MS: Final = 10.0
"""A generator that uses more of its core, or whose own p99 is later, measures itself: its numbers say nothing."""
MOST_WAITED: Final = 0.05
"""Of the time; with more of it spent waiting for a core, another process was measured."""
_PERCENTS: Final = (50.0, 95.0, 99.0)
_ROWS: Final[Mapping[str, str]] = {
    "grid_late": "frame, against the pacing grid",
    "lead_lost": "frame, lead lost",
    "ear_late": "frame, the ear waited",
    "first_frame": "audio event → first frame",
    "clear": "interruption → clear",
    "pong": "ping → pong",
    "uplink": "caller's frame → agent, newest",
    "uplink_oldest": "caller's frame → agent, oldest",
    "drift": "drift within an utterance",
    "own_late": "the generator itself",
}


@dataclass(frozen=True, slots=True)
class Used:
    """What the server and the generator used: before the first call, and at both ends of the measured window."""

    idle: Usage | None
    before: Usage | None
    after: Usage | None
    own_cpu_s: float
    took_s: float
    own_waited_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """One run."""

    calls: int
    seconds: float
    measures: Measures
    cpu_ms_per_call_second: float | None
    """The server's, all its processes."""
    memory_kib_per_call: float | None
    """How much more memory the server used at the end than before the first call."""
    own_share: float
    """Of a core, used by the generator."""
    waited_share: float
    """Of the window, that the server or the generator waited for its core while another process had it."""

    @classmethod
    def of(cls, measures: Measures, *, calls: int, seconds: float, used: Used) -> "Report":
        """`calls` were placed and measured for `seconds`."""
        cpu_ms = memory_kib = None
        if calls and used.before is not None and used.after is not None:
            cpu_ms = (used.after.cpu_s - used.before.cpu_s) * 1000 / calls / used.took_s
        if calls and used.idle is not None and used.after is not None:
            memory_kib = (used.after.memory_bytes - used.idle.memory_bytes) / 1024 / calls
        waited_s = [used.own_waited_s]
        if used.before is not None and used.after is not None:
            waited_s.append((used.after.waited_s or 0.0) - (used.before.waited_s or 0.0))
        shares = (used.own_cpu_s / used.took_s, max(waited_s) / used.took_s)
        return cls(calls, seconds, measures, cpu_ms, memory_kib, *shares)

    @property
    def gaps_percent(self) -> float:
        """Gaps in the ear, in percent of the speech."""
        speech_s = self.measures.speech_s
        return 100 * self.measures.gaps_s / speech_s if speech_s else 0.0

    @property
    def doubts(self) -> list[str]:
        """Why the numbers say nothing of the server; nothing when they do."""
        own_late_ms = self.measures.own_late.percentile(99)
        reasons = {
            f"the generator used {self.own_share:.0%} of its core": self.own_share >= SATURATED,
            f"the generator was {own_late_ms:.1f} ms late (p99)": own_late_ms > OWN_LATE_MS,
            f"other processes had the cores for {self.waited_share:.0%} of the time": self.waited_share > MOST_WAITED,
        }
        return [reason for reason, holds in reasons.items() if holds]

    @property
    def is_valid(self) -> bool:
        """Whether the generator kept up, and both had their cores; else that is what was measured."""
        return not self.doubts

    @property
    def failures(self) -> list[str]:
        """Why the server did not hold these calls; nothing when it did."""
        measures, late_ms = self.measures, self.measures.grid_late.percentile(99)
        reasons = {
            f"frames {late_ms:.1f} ms late (p99)": late_ms > LATE_MS,
            f"gaps {self.gaps_percent:.2f} % of speech": self.gaps_percent > GAPS_PERCENT,
            "content was lost, repeated or wrong": measures.faults.in_content > 0,
            "calls or messages failed": measures.faults.in_calls > 0,
            "nothing was said": not len(measures.grid_late),
        }
        return [reason for reason, holds in reasons.items() if holds]

    def as_json(self) -> dict[str, object]:
        """For programs; durations in ms."""
        measures = self.measures
        faults: dict[str, object] = {
            field.name: getattr(measures.faults, field.name) for field in fields(measures.faults)
        }
        return {
            "calls": self.calls,
            "seconds": self.seconds,
            "valid": self.is_valid,
            "doubts": self.doubts,
            "failures": self.failures,
            "latency_ms": {name: _percentiles(getattr(measures, name)) for name in _ROWS},
            "gaps": {
                "count": measures.gaps,
                "percent_of_speech": round(self.gaps_percent, 4),
                "speech_s": round(measures.speech_s, 1),
            },
            "drift_over_s": round(measures.drift_over_s, 1),
            "cut_bytes": measures.cut_bytes,
            "unknown_bytes": measures.unknown_bytes,
            "faults": faults,
            "cpu_ms_per_call_second": _rounded(self.cpu_ms_per_call_second, 3),
            "memory_kib_per_call": _rounded(self.memory_kib_per_call, 1),
            "generator_share_of_core": round(self.own_share, 3),
            "waited_share": round(self.waited_share, 4),
        }

    def table(self) -> Table:
        """For people."""
        title = f"{self.calls} calls, {self.seconds:g} s measured, {self.measures.speech_s:.0f} s of speech"
        table = Table(title=title, title_justify="left")
        for column in ("ms", "n", *(f"p{percent:g}" for percent in _PERCENTS), "max"):
            table.add_column(column, justify="left" if column == "ms" else "right")
        for name, words in _ROWS.items():
            told = _percentiles(getattr(self.measures, name))
            table.add_row(words, str(told["n"]), *(f"{told[key]:.1f}" for key in ("p50", "p95", "p99", "max")))
        return table

    def lines(self) -> list[str]:
        """What stands below the table."""
        faults, over_s = self.measures.faults, self.measures.drift_over_s
        found = {field.name: getattr(faults, field.name) for field in fields(faults)}
        wrong = ", ".join(
            f"{name} {value.total() if name == 'refused' else value}" for name, value in found.items() if value
        )
        lines = [
            f"gaps {self.gaps_percent:.3f} % of speech ({self.measures.gaps}); drift is over {over_s:.1f} s",
            f"faults: {wrong or 'none'}; sound that no agent said: {self.measures.unknown_bytes / 8000:.1f} s",
            *(f"refused {count} times: {reason}" for reason, count in faults.refused.most_common(3)),
        ]
        if self.cpu_ms_per_call_second is not None:
            memory = f", {self.memory_kib_per_call:.0f} KiB a call" if self.memory_kib_per_call is not None else ""
            lines.append(f"server: {self.cpu_ms_per_call_second:.2f} ms of CPU per call-second{memory}")
        lines.append(f"generator: {self.own_share:.0%} of a core; waited for a core: {self.waited_share:.1%}")
        if not self.is_valid:
            lines.append(f"NOT VALID: {'; '.join(self.doubts)}")
        lines.append("held" if not self.failures else f"not held: {'; '.join(self.failures)}")
        return lines


def _percentiles(distribution: Distribution) -> dict[str, float]:
    told: dict[str, float] = {"n": len(distribution)}
    for percent in _PERCENTS:
        told[f"p{percent:g}"] = round(distribution.percentile(percent), 2)
    told["max"] = round(distribution.largest_ms, 2)
    return told


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
