"""Chat by a LLaMA of one's own, behind any OpenAI-compatible server: vLLM, llama.cpp, Ollama.

Source: their READMEs on `/v1/chat/completions` and `/v1/models`. What is done for them and not for OpenAI: one system
message, first; the other roles in turn, a user's first, because chat templates refuse anything else; `max_tokens`,
which all of them know; no key where none is needed; the model asked for by the name that the server gives it.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Any, Final

from bakame.errors import Unavailable
from bakame.ports.chat import ChatTool, Message, Shape
from bakame.providers.llama.thoughts import Thoughts
from bakame.wire.chat import Completions, filled_in, schema_of, tool_of
from bakame.wire.completions import Declined, Usage
from bakame.wire.streams import PATIENCE, Patience

WHO: Final = "LLaMA"
LOADING_S: Final = 120.0
"""A server that keeps its models on disk may take this long before the first word."""
OPENING: Final = "Hello."
"""Said for the caller where a conversation begins with the tutor: templates want the user to speak first."""
_NOT_FOUND: Final = 404


class LlamaChat:
    """A `ports.chat.ChatModel`.

    `base_url` ends in `/v1`. Without `model` the first one that the server lists is used. `spent` is told what each
    reply cost, where the server says so.
    """

    def __init__(
        self,
        *,
        base_url: str,
        model: str | None = None,
        key: str | None = None,
        patience: Patience = PATIENCE,
        temperature: float | None = None,
        spent: Callable[[Usage], None] | None = None,
    ) -> None:
        self._completions = Completions(who=WHO, base_url=base_url, key=key, patience=patience)
        self._configured = model
        self._found: str | None = None
        self._patience = patience
        self._tuning = {} if temperature is None else {"temperature": temperature}
        self._spent = spent

    @property
    def name(self) -> str:
        return "llama"

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._completions.aclose()

    async def warm_up(self) -> None:
        """Has the server load its model, so that the first caller does not wait for that. Raises `Unavailable`."""
        slow = Patience(self._patience.connect_s, LOADING_S, LOADING_S)
        async with aclosing(self._ask([Message("user", OPENING)], most_tokens=16, patience=slow)) as pieces:
            async for _ in pieces:
                pass

    async def reply(
        self, messages: Sequence[Message], *, most_tokens: int = 200, tools: Sequence[ChatTool] = ()
    ) -> AsyncIterator[str]:
        """The answer in pieces, without what the model thinks. Raises `Unavailable`.

        A server that still loads its model answers 503: that is `Unavailable` and may be tried again.
        """
        thoughts = Thoughts()
        said = False
        async with aclosing(
            self._ask(messages, most_tokens=most_tokens, patience=self._patience, tools=tools)
        ) as pieces:
            async for piece in pieces:
                text = thoughts.push(piece)
                if text:
                    said = True
                    yield text
        rest = thoughts.end()
        if rest.strip():
            yield rest
        elif not said:
            raise Unavailable(f"{WHO} thought and said nothing", retryable=False)

    async def fill_in(self, messages: Sequence[Message], shape: type[Shape], *, most_tokens: int = 300) -> Shape:
        """The answer as a form, by a JSON schema that these servers decode along, checked here.

        Raises `Unavailable`.
        """
        body = await self._body(messages, most_tokens) | {"response_format": schema_of(shape)}
        within_s = self._patience.first_s + self._patience.next_s
        text = await self._completions.whole(body, within_s=within_s, spent=self._spent)
        thoughts = Thoughts()
        return filled_in((thoughts.push(text) + thoughts.end()).strip(), shape, who=WHO)

    async def _ask(
        self, messages: Sequence[Message], *, most_tokens: int, patience: Patience, tools: Sequence[ChatTool] = ()
    ) -> AsyncGenerator[str]:
        body = await self._body(messages, most_tokens) | {"stream_options": {"include_usage": True}}
        if tools:
            body["tools"] = [tool_of(tool.name, tool.description, tool.parameters) for tool in tools]
        used = {tool.name: tool.use for tool in tools}
        pieces = self._completions.stream(body, tools=used, spent=self._spent, patience=patience)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece
        except Declined as error:
            if error.status == _NOT_FOUND:
                # The server may have been given another model since it was asked.
                self._found = None
            raise

    async def _body(self, messages: Sequence[Message], most_tokens: int) -> dict[str, Any]:
        if self._configured is None and self._found is None:
            self._found = await self._completions.first_model(within_s=self._patience.first_s)
        return {
            "model": self._configured or self._found,
            "messages": in_turn(messages),
            "max_tokens": most_tokens,
            **self._tuning,
        }


def in_turn(messages: Sequence[Message]) -> list[dict[str, str]]:
    """The messages as any chat template takes them: one system message, then user and assistant by turns."""
    system = "\n\n".join(message.text for message in messages if message.role == "system")
    turns: list[dict[str, str]] = []
    for message in messages:
        if message.role == "system":
            continue
        if not turns and message.role == "assistant":
            turns.append({"role": "user", "content": OPENING})
        if turns and turns[-1]["role"] == message.role:
            turns[-1]["content"] += f"\n{message.text}"
        else:
            turns.append({"role": message.role, "content": message.text})
    if not turns:
        turns.append({"role": "user", "content": OPENING})
    return ([{"role": "system", "content": system}] if system else []) + turns
