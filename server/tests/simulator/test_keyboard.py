"""Typing at the terminal phone."""

import asyncio
import os
import pty

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.simulator.keyboard import Keyboard, LineEditor
from bakame.simulator.phone import Step, StepKind, typed_step


@pytest.mark.parametrize(
    ("typed", "lines", "left"),
    [
        ("twelve\n", ["twelve"], ""),
        ("5\r6#\n", ["5", "6#"], ""),
        ("twelf\x7fve", [], "twelve"),
        ("\x7f\x7fno", [], "no"),
        ("wrong\x15right\n", ["right"], ""),
        ("a\x1b[Db\x1b[3~c\x1bOP\n", ["abc"], ""),
        ("yégo\n", ["yégo"], ""),
        ("a\tb\x07\n", ["ab"], ""),
    ],
)
def test_a_line_is_edited(typed: str, lines: list[str], left: str) -> None:
    editor = LineEditor()
    assert editor.type(typed) == lines
    assert editor.text == left
    assert not editor.ended


def test_ctrl_d_ends_only_in_an_empty_line() -> None:
    editor = LineEditor()
    editor.type("a\x04")
    assert not editor.ended
    editor.type("\n\x04")
    assert editor.ended


@given(st.text())
def test_no_typing_breaks_the_line(typed: str) -> None:
    editor = LineEditor()
    assert all(line.isprintable() for line in [*editor.type(typed), editor.text])


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("", None),
        ("  ", None),
        ("56#", Step(StepKind.KEYS, "56#")),
        ("*", Step(StepKind.KEYS, "*")),
        ("fifty six", Step(StepKind.SAY, "fifty six")),
        ("7 8", Step(StepKind.SAY, "7 8")),
        ("/hangup", Step(StepKind.HANG_UP)),
        ("/drop", Step(StepKind.DROP)),
        ("/Help", Step(StepKind.HELP)),
        ("/nonsense", Step(StepKind.HELP)),
    ],
)
def test_what_a_line_means(line: str, step: Step | None) -> None:
    assert typed_step(line) == step


def test_keys_of_a_real_terminal_arrive_as_lines() -> None:
    async def main() -> tuple[list[str], list[str]]:
        master, slave = pty.openpty()
        seen: list[str] = []
        try:
            keyboard = Keyboard(slave, typing=seen.append)
            asyncio.get_running_loop().call_soon(os.write, master, b"fifty\n" + b"56#\n\x04")
            async with asyncio.timeout(10):
                lines = [line async for line in keyboard.lines()]
        finally:
            os.close(master)
            os.close(slave)
        return lines, seen

    lines, seen = asyncio.run(main())
    assert lines == ["fifty", "56#"]
    assert seen[-1] == ""
