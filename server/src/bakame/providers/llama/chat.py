"""Chat by a LLaMA of one's own, behind any OpenAI-compatible server: vLLM, llama.cpp, Ollama.

Source: their READMEs on `/v1/chat/completions` and `/v1/models`. What is done for them and not for OpenAI: one system
message, first; the other roles in turn, a user's first, because chat templates refuse anything else; `max_tokens`,
which all of them know; no key where none is needed; the model asked for by the name that the server gives it.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Any, Final

import httpx
import orjson

from bakame.errors import Unavailable
from bakame.ports.chat import Message
from bakame.providers.llama.thoughts import Thoughts
from bakame.wire.completions import Declined, Usage
from bakame.wire.streams import PATIENCE, Patience, completion, whole

WHO: Final = "LLaMA"
LOADING_S: Final = 120.0
"""A server that keeps its models on disk may take this long before the first word."""
OPENING: Final = "Hello."
"""Said for the caller where a conversation begins with the tutor: templates want the user to speak first."""
_LIST_BYTES: Final = 1024 * 1024
_NOT_FOUND: Final = 404


class LlamaChat:
    """A `ports.chat.ChatModel`. The HTTP client belongs to whoever passes it in.

    `base_url` ends in `/v1`. Without `model` the first one that the server lists is used. `spent` is told what each
    reply cost, where the server says so.
    """

    def __init__(
        self,
        *,
        base_url: str,
        http: httpx.AsyncClient,
        model: str | None = None,
        key: str | None = None,
        patience: Patience = PATIENCE,
        temperature: float | None = None,
        spent: Callable[[Usage], None] | None = None,
    ) -> None:
        self._url = base_url.rstrip("/")
        self._http = http
        self._configured = model
        self._found: str | None = None
        self._headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
        self._patience = patience
        self._tuning = {} if temperature is None else {"temperature": temperature}
        self._spent = spent

    @property
    def name(self) -> str:
        return "llama"

    async def warm_up(self) -> None:
        """Has the server load its model, so that the first caller does not wait for that. Raises `Unavailable`."""
        slow = Patience(self._patience.connect_s, LOADING_S, LOADING_S)
        async with aclosing(self._ask([Message("user", OPENING)], most_tokens=16, patience=slow)) as pieces:
            async for _ in pieces:
                pass

    async def reply(self, messages: Sequence[Message], *, most_tokens: int = 200) -> AsyncIterator[str]:
        """The answer in pieces, without what the model thinks. Raises `Unavailable`.

        A server that still loads its model answers 503: that is `Unavailable` and may be tried again.
        """
        thoughts = Thoughts()
        said = False
        async with aclosing(self._ask(messages, most_tokens=most_tokens, patience=self._patience)) as pieces:
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

    async def _ask(self, messages: Sequence[Message], *, most_tokens: int, patience: Patience) -> AsyncGenerator[str]:
        body: dict[str, Any] = {
            "model": self._configured or await self._first_model(),
            "messages": in_turn(messages),
            "max_tokens": most_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            **self._tuning,
        }
        request = self._http.build_request(
            "POST", f"{self._url}/chat/completions", headers=self._headers, content=orjson.dumps(body)
        )
        pieces = completion(self._http, request, who=WHO, patience=patience, spent=self._spent)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece
        except Declined as error:
            if error.status == _NOT_FOUND:
                # The server may have been given another model since it was asked.
                self._found = None
            raise

    async def _first_model(self) -> str:
        """The name of the server's first model, asked for once. Raises `Unavailable`."""
        if self._found is None:
            by = asyncio.get_running_loop().time() + self._patience.first_s
            request = self._http.build_request("GET", f"{self._url}/models", headers=self._headers)
            listed = await whole(self._http, request, who=WHO, by=by, largest=_LIST_BYTES, patience=self._patience)
            self._found = _first_name(listed)
        return self._found


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


def _first_name(listed: bytes) -> str:
    try:
        name: object = orjson.loads(listed)["data"][0]["id"]
    except (ValueError, KeyError, IndexError, TypeError):
        raise Unavailable(f"{WHO} lists no model", retryable=False) from None
    if not isinstance(name, str) or not name:
        raise Unavailable(f"{WHO} lists a model without a name", retryable=False)
    return name
