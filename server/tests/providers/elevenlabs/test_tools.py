"""The tutor's tools in an agent's hands: every call has one answer."""

import asyncio
import json
from typing import Any

import pytest

from bakame.errors import Missing
from bakame.ports.voice import ToolAnswer, ToolCall
from bakame.providers.elevenlabs.events import ToolUse
from bakame.providers.elevenlabs.tools import Tools
from providers.elevenlabs.room import FakeTeacher


class Desk:
    """Tools whose answers are kept."""

    def __init__(self, teacher: FakeTeacher) -> None:
        self.sent: list[dict[str, Any]] = []
        self.answers: list[ToolAnswer | None] = []
        self.tools = Tools(teacher=teacher, patience_s=1.0, send=self._send, answered=self.answers.append)

    def _send(self, message: bytes) -> None:
        self.sent.append(json.loads(message))

    async def use(self, *uses: ToolUse) -> None:
        async with asyncio.TaskGroup() as tasks:
            for use in uses:
                self.tools.use(use, tasks)


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        ({"answer": ["seven"]}, "an argument of the tool is not a text, a number or a yes or no"),
        ({"answer": {"is": 7}}, "an argument of the tool is not a text, a number or a yes or no"),
    ],
)
def test_arguments_that_no_tool_takes_are_answered(arguments: dict[str, Any], result: str) -> None:
    desk = Desk(FakeTeacher())
    asyncio.run(desk.use(ToolUse("t1", "submit_answer", arguments)))
    assert desk.sent == [
        {"type": "client_tool_result", "tool_call_id": "t1", "result": result, "is_error": True},
    ]
    assert desk.answers == [None]


def test_an_argument_that_is_null_was_left_out() -> None:
    teacher = FakeTeacher()
    asyncio.run(Desk(teacher).use(ToolUse("t1", "submit_answer", {"answer": "seven", "unit": None})))
    assert teacher.used == [ToolCall("submit_answer", {"answer": "seven"})]


def test_a_call_that_comes_again_gets_the_same_answer_again() -> None:
    teacher = FakeTeacher()
    desk = Desk(teacher)
    use = ToolUse("t1", "submit_answer", {"answer": "seven"})
    asyncio.run(desk.use(use, use))
    assert len(teacher.used) == len(desk.sent) == 1
    asyncio.run(desk.use(use))
    assert len(teacher.used) == 1
    assert desk.sent[0] == desk.sent[1]


def test_other_errors_of_the_tutors_are_answered_in_its_words() -> None:
    desk = Desk(FakeTeacher(failure=Missing("there is no such exercise")))
    asyncio.run(desk.use(ToolUse("t1", "submit_answer", {})))
    assert (desk.sent[0]["result"], desk.sent[0]["is_error"]) == ("there is no such exercise", True)


def test_even_a_tool_that_breaks_is_answered() -> None:
    class Broken(FakeTeacher):
        async def use(self, call: ToolCall) -> ToolAnswer:
            raise ZeroDivisionError

    desk = Desk(Broken())
    with pytest.raises(ExceptionGroup):
        asyncio.run(desk.use(ToolUse("t1", "submit_answer", {})))
    assert (desk.sent[0]["result"], desk.sent[0]["is_error"]) == ("The tool failed.", True)
