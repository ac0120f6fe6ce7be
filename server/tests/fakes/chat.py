"""A model that says what it was told to, at the pace it was told to."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from pydantic import ValidationError

from bakame.errors import Unavailable
from bakame.ports.chat import ChatTool, Message, Shape

Step = str | float | Exception


class ScriptedModel:
    """Implements `ports.chat.ChatModel`. Of its steps a text is said, a number is a pause in seconds, an error raised.

    `asked` holds what it was sent; `open` counts answers that were neither finished nor closed.
    """

    def __init__(self, *steps: Step, name: str = "script") -> None:
        self.name = name
        self.steps: tuple[Step, ...] = steps
        self.asked: list[Sequence[Message]] = []
        self.open = 0

    async def fill_in(self, messages: Sequence[Message], shape: type[Shape], *, most_tokens: int = 300) -> Shape:
        """The steps as one text, read as the form."""
        text = "".join([piece async for piece in self.reply(messages, most_tokens=most_tokens)])
        try:
            return shape.model_validate_json(text)
        except ValidationError:
            raise Unavailable("not the form", retryable=False) from None

    async def reply(
        self, messages: Sequence[Message], *, most_tokens: int = 200, tools: Sequence[ChatTool] = ()
    ) -> AsyncIterator[str]:
        self.asked.append(messages)
        self.open += 1
        try:
            for step in self.steps:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, str):
                    yield step
                else:
                    await asyncio.sleep(step)
        finally:
            self.open -= 1

    @property
    def seen(self) -> str:
        """All that it was sent last, in one text."""
        return "\n".join(message.text for message in self.asked[-1])
