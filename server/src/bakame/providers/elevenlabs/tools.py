"""The tutor's tools in an agent's hands: each call is answered, whatever happens, because the agent waits for it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import cast

from bakame.errors import BakameError, Invalid
from bakame.ports.voice import Scalar, Teacher, ToolAnswer, ToolCall
from bakame.providers.elevenlabs import messages
from bakame.providers.elevenlabs.events import ToolUse


class Tools:
    """One conversation's. `send` takes the message that answers; `answered` is told what the tutor said."""

    def __init__(
        self,
        *,
        teacher: Teacher,
        patience_s: float,
        send: Callable[[bytes], None],
        answered: Callable[[ToolAnswer | None], None],
    ) -> None:
        self._teacher = teacher
        self._patience_s = patience_s
        self._send = send
        self._answered = answered
        self._answers: dict[str, bytes | None] = {}
        self._using: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether any tool is at work."""
        return bool(self._using)

    def use(self, use: ToolUse, tasks: asyncio.TaskGroup) -> bool:
        """Begins to carry out a call; False for one that came before, whose answer is repeated."""
        if use.tool_call_id in self._answers:
            answer = self._answers[use.tool_call_id]
            if answer is not None:
                self._send(answer)
            return False
        self._answers[use.tool_call_id] = None
        using = tasks.create_task(self._use(use), name="elevenlabs tool")
        self._using.add(using)
        using.add_done_callback(self._using.discard)
        return True

    def cancel(self) -> None:
        """Ends the calls that are at work."""
        for using in self._using:
            using.cancel()

    async def _use(self, use: ToolUse) -> None:
        result: Mapping[str, Scalar] | str = "The tool failed."
        answer: ToolAnswer | None = None
        try:
            async with asyncio.timeout(self._patience_s):
                answer = await self._teacher.use(ToolCall(use.name, _scalars(use.arguments)))
            result = {"say": answer.say, "expects": answer.expects, "ends": answer.ends}
        except TimeoutError:
            result = "The tool did not answer in time."
        except BakameError as error:
            result = str(error)
        finally:
            message = messages.tool_result(use.tool_call_id, result, is_error=answer is None)
            self._answers[use.tool_call_id] = message
            self._send(message)
        self._answered(answer)


def _scalars(arguments: Mapping[str, object]) -> dict[str, Scalar]:
    """A tool's arguments; one that is null was left out. Raises `Invalid` for lists and objects."""
    given = {name: value for name, value in arguments.items() if value is not None}
    if not all(isinstance(value, str | int | float) for value in given.values()):
        raise Invalid("an argument of the tool is not a text, a number or a yes or no")
    return cast(dict[str, Scalar], given)
