"""Chat by OpenAI's chat completions, streamed.

Source: OpenAI API reference, "Create chat completion". Without OpenAI's own package, which takes a second to import.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

import httpx
import orjson

from bakame.ports.chat import Message
from bakame.wire.completions import Usage
from bakame.wire.streams import PATIENCE, Patience, completion

BASE_URL: Final = "https://api.openai.com/v1"
WHO: Final = "OpenAI"


class OpenAIChat:
    """A `ports.chat.ChatModel`. The HTTP client belongs to whoever passes it in.

    It sends what it is given and asks OpenAI not to store it. `spent` is told what each reply cost. Nothing is tried
    twice: whoever asks has other models, and a learner on the line.
    """

    def __init__(
        self,
        *,
        key: str,
        model: str,
        http: httpx.AsyncClient,
        base_url: str = BASE_URL,
        patience: Patience = PATIENCE,
        temperature: float | None = None,
        reasoning_effort: str | None = None,
        spent: Callable[[Usage], None] | None = None,
    ) -> None:
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        self._model = model
        self._http = http
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._patience = patience
        self._spent = spent
        tuning = {"temperature": temperature, "reasoning_effort": reasoning_effort}
        self._tuning = {name: value for name, value in tuning.items() if value is not None}

    @property
    def name(self) -> str:
        return "openai"

    def reply(self, messages: Sequence[Message], *, most_tokens: int = 200) -> AsyncIterator[str]:
        """The answer in pieces. Raises `Unavailable`; `wire.completions.Declined` when OpenAI states an error."""
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": message.role, "content": message.text} for message in messages],
            "max_completion_tokens": most_tokens,
            "stream": True,
            "stream_options": {"include_usage": True, "include_obfuscation": False},
            "store": False,
            **self._tuning,
        }
        request = self._http.build_request("POST", self._url, headers=self._headers, content=orjson.dumps(body))
        return completion(self._http, request, who=WHO, patience=self._patience, spent=self._spent)
