"""Plots are drawings that hold what they are given."""

import xml.etree.ElementTree as ET

from bakame.simulator.learners.intervals import Estimate
from bakame.simulator.learners.plots import HEIGHT, WIDTH, Curve, bars, lines

NAN = float("nan")
SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_as_high_as_their_values() -> None:
    drawn = bars(
        "Skills",
        {"one": {"a": Estimate(2.0, 1.5, 2.5), "b": Estimate(1.0, 0.5, 1.5)}, "two": {"a": Estimate(NAN, NAN, NAN)}},
        unit="an hour",
        goal=1.5,
    )
    heights = [float(rect.get("height", 0)) for rect in ET.fromstring(drawn).iter(f"{SVG}rect")][1:3]  # noqa: S314

    assert heights[0] == 2 * heights[1]
    assert "nan" not in drawn


def test_words_cannot_break_the_drawing() -> None:
    texts = [each.text for each in ET.fromstring(bars("a < b & c", {}, unit='"x"')).iter(f"{SVG}text")]  # noqa: S314

    assert "a < b & c" in texts


def test_lines_stay_within_the_drawing() -> None:
    drawn = lines("Known", [Curve("a", [(0, 0), (30, 12.5), (90, 11)])], unit="skills", across="days", until=60)
    dots = list(ET.fromstring(drawn).iter(f"{SVG}circle"))  # noqa: S314

    assert len(dots) == 3
    assert all(0 <= float(dot.get("cx", -1)) <= WIDTH and 0 <= float(dot.get("cy", -1)) <= HEIGHT for dot in dots)


def test_the_same_numbers_give_the_same_drawing() -> None:
    groups = {"g": {"a": Estimate(1 / 3, 0.1, 0.5)}}

    assert bars("t", groups, unit="u") == bars("t", groups, unit="u")
