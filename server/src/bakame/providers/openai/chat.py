"""Chat and moderation by OpenAI. Source: OpenAI API reference, "Create chat completion" and "Create moderation"."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

from bakame.ports.chat import ChatTool, Message, Shape
from bakame.wire.chat import Completions, filled_in, schema_of, tool_of
from bakame.wire.completions import Usage
from bakame.wire.streams import PATIENCE, Patience

BASE_URL: Final = "https://api.openai.com/v1"
WHO: Final = "OpenAI"
MODERATION_S: Final = 1.0


class OpenAIChat:
    """A `ports.chat.ChatModel`.

    It sends what it is given and asks OpenAI not to store it. `spent` is told what each reply cost. Nothing is tried
    twice: whoever asks has other models, and a learner on the line.
    """

    def __init__(
        self,
        *,
        key: str,
        model: str,
        base_url: str = BASE_URL,
        patience: Patience = PATIENCE,
        temperature: float | None = None,
        reasoning_effort: str | None = None,
        spent: Callable[[Usage], None] | None = None,
    ) -> None:
        self._completions = Completions(who=WHO, base_url=base_url, key=key, patience=patience)
        self._model = model
        self._patience = patience
        self._spent = spent
        tuning = {"temperature": temperature, "reasoning_effort": reasoning_effort}
        self._tuning = {name: value for name, value in tuning.items() if value is not None}

    @property
    def name(self) -> str:
        return "openai"

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._completions.aclose()

    def reply(
        self, messages: Sequence[Message], *, most_tokens: int = 200, tools: Sequence[ChatTool] = ()
    ) -> AsyncIterator[str]:
        """The answer in pieces. Raises `Unavailable`; `wire.completions.Declined` when OpenAI states an error."""
        body = self._body(messages, most_tokens) | {
            "stream_options": {"include_usage": True, "include_obfuscation": False}
        }
        if tools:
            body["tools"] = [tool_of(tool.name, tool.description, tool.parameters) for tool in tools]
        return self._completions.stream(body, tools={tool.name: tool.use for tool in tools}, spent=self._spent)

    async def fill_in(self, messages: Sequence[Message], shape: type[Shape], *, most_tokens: int = 300) -> Shape:
        """The answer as a form: a structured output, and checked again here. Raises `Unavailable`."""
        body = self._body(messages, most_tokens) | {"response_format": schema_of(shape)}
        within_s = self._patience.first_s + self._patience.next_s
        text = await self._completions.whole(body, within_s=within_s, spent=self._spent)
        return filled_in(text, shape, who=WHO)

    def _body(self, messages: Sequence[Message], most_tokens: int) -> dict[str, Any]:
        return {
            "model": self._model,
            "messages": [{"role": message.role, "content": message.text} for message in messages],
            "max_completion_tokens": most_tokens,
            "store": False,
            **self._tuning,
        }


class OpenAIModerator:
    """A `ports.chat.Moderator`."""

    def __init__(self, *, key: str, model: str = "omni-moderation-latest", base_url: str = BASE_URL) -> None:
        self._completions = Completions(who=WHO, base_url=base_url, key=key)
        self._model = model

    @property
    def name(self) -> str:
        return "openai"

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._completions.aclose()

    async def flags(self, text: str) -> tuple[str, ...]:
        """The categories that are flagged. Raises `Unavailable`."""
        return await self._completions.flagged(text, model=self._model, within_s=MODERATION_S)
