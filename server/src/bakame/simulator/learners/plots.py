"""Plots as SVG text: grouped bars with intervals, and lines over days. The same numbers always give the same text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10
from typing import Final

from bakame.simulator.learners.intervals import Estimate

WIDTH, HEIGHT = 720, 340
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 82, 44
COLOURS: Final = ("#0b6e4f", "#d98e04", "#7a5195", "#b23a48", "#3a6ea5", "#6b705c", "#bc6c25", "#457b9d")
TICKS: Final = 5


@dataclass(frozen=True, slots=True)
class Curve:
    """A line: `points` as (x, y); `marks` draws points without a line."""

    name: str
    points: Sequence[tuple[float, float]]
    marks: bool = False


def bars(
    title: str,
    groups: Mapping[str, Mapping[str, Estimate]],
    *,
    unit: str,
    goal: float | None = None,
    percent: bool = False,
) -> str:
    """For each group its bars by name, with their intervals; `goal` is a line across."""
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    tops = [each.high if isfinite(each.high) else each.value for group in groups.values() for each in group.values()]
    frame = _Frame(
        title, unit, high=max((top for top in (*tops, goal or 0.0) if isfinite(top)), default=1.0), percent=percent
    )
    frame.axes()
    span = (WIDTH - LEFT - RIGHT) / max(1, len(groups))
    wide = span * 0.8 / max(1, len(names))
    for n, (label, group) in enumerate(groups.items()):
        start = LEFT + n * span + span * 0.1
        frame.text(start + span * 0.4, HEIGHT - BOTTOM + 18, label, anchor="middle")
        for m, name in enumerate(names):
            estimate = group.get(name)
            if estimate is not None and isfinite(estimate.value):
                frame.bar(start + m * wide, wide * 0.9, estimate, COLOURS[m % len(COLOURS)])
    if goal is not None:
        frame.line(((LEFT, frame.y(goal)), (WIDTH - RIGHT, frame.y(goal))), "#222", dashed=True)
    frame.legend(names)
    return frame.svg()


def lines(title: str, curves: Sequence[Curve], *, unit: str, across: str, until: float | None = None) -> str:
    """Curves over one axis, which begins at 0; `until`: a vertical line."""
    points = [point for curve in curves for point in curve.points]
    frame = _Frame(title, unit, high=max((y for _, y in points), default=1.0))
    frame.axes()
    right = max((x for x, _ in points), default=1.0)

    def x(value: float) -> float:
        return LEFT + value / right * (WIDTH - LEFT - RIGHT)

    for value in dict.fromkeys(point for point, _ in curves[0].points):
        frame.text(x(value), HEIGHT - BOTTOM + 18, f"{value:g}", anchor="middle")
    frame.text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across, anchor="middle")
    if until is not None:
        frame.line(((x(until), TOP), (x(until), HEIGHT - BOTTOM)), "#222", dashed=True)
    for n, curve in enumerate(curves):
        colour = COLOURS[n % len(COLOURS)]
        placed = [(x(a), frame.y(b)) for a, b in curve.points]
        if not curve.marks:
            frame.line(placed, colour)
        for point in placed:
            frame.dot(*point, colour)
    frame.legend([curve.name for curve in curves])
    return frame.svg()


class _Frame:
    """A drawing with a vertical axis from 0 to a round number."""

    def __init__(self, title: str, unit: str, *, high: float, percent: bool = False) -> None:
        self._high = _round_up(high)
        self._percent = percent
        size = f'width="{WIDTH}" height="{HEIGHT}"'
        box = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12"'
        self._parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>', f'<rect {size} fill="#fff"/>']
        self.text(LEFT, 18, title, weight="bold")
        self.text(LEFT, 36, unit)

    def y(self, value: float) -> float:
        """Where a value is."""
        return HEIGHT - BOTTOM - max(0.0, value) / self._high * (HEIGHT - TOP - BOTTOM)

    def axes(self) -> None:
        for tick in range(TICKS + 1):
            value = self._high * tick / TICKS
            self.line(((LEFT, self.y(value)), (WIDTH - RIGHT, self.y(value))), "#ddd" if tick else "#222")
            self.text(LEFT - 6, self.y(value) + 4, f"{value:.0%}" if self._percent else f"{value:g}", anchor="end")

    def bar(self, left: float, wide: float, estimate: Estimate, colour: str) -> None:
        top, middle = self.y(estimate.value), left + wide / 2
        size = f'width="{wide:.1f}" height="{HEIGHT - BOTTOM - top:.1f}"'
        self._parts.append(f'<rect x="{left:.1f}" y="{top:.1f}" {size} fill="{colour}"/>')
        if isfinite(estimate.low) and isfinite(estimate.high):
            self.line(((middle, self.y(estimate.low)), (middle, self.y(estimate.high))), "#222")

    def dot(self, x: float, y: float, colour: str) -> None:
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')

    def line(self, points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self._parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes}/>')

    def text(self, x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> None:
        how = f'text-anchor="{anchor}" font-weight="{weight}"'
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" {how}>{escape(words)}</text>')

    def legend(self, names: Sequence[str]) -> None:
        x, y = LEFT, 44
        for n, name in enumerate(names):
            wide = 30 + 7 * len(name)
            if x + wide > WIDTH - RIGHT and x > LEFT:
                x, y = LEFT, y + 16
            self._parts.append(f'<rect x="{x}" y="{y}" width="10" height="10" fill="{COLOURS[n % len(COLOURS)]}"/>')
            self.text(x + 14, y + 9, name)
            x += wide

    def svg(self) -> str:
        return "\n".join([*self._parts, "</svg>"]) + "\n"


def _round_up(value: float) -> float:
    """The next number that five ticks divide well."""
    if value <= 0 or not isfinite(value):
        return 1.0
    size = 10.0 ** floor(log10(value))
    return min(step * size for step in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10) if step * size >= value * 0.999) or ceil(
        value
    )
