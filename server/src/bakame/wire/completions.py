"""A streamed chat completion as OpenAI and its compatible servers send it, sans-I/O: bytes in, text out.

Source: OpenAI API reference, "Create chat completion", streaming; the READMEs of vLLM, llama.cpp and Ollama for what
they do otherwise: no usage, no `[DONE]`, `finish_reason` as an empty string, thoughts in `reasoning_content`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson

from bakame.errors import Unavailable
from bakame.wire.events import EventReader

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")
_NEVER: Final = frozenset(
    {
        "billing_hard_limit_reached",
        "content_filter",
        "content_policy_violation",
        "context_length_exceeded",
        "insufficient_quota",
        "invalid_api_key",
        "model_not_found",
    }
)
"""Codes that the same request would meet again."""
_LATER: Final = frozenset({408, 409, 425, 429})


@dataclass(frozen=True, slots=True)
class Usage:
    """What a reply cost, in tokens."""

    prompt_tokens: int
    reply_tokens: int


class Declined(Unavailable):
    """The server answered with an error. `code` is its own word for it, empty when it has none.

    `status` is HTTP's, 0 for an error in the middle of a stream. `retry_after_s`: when it wants to be asked again.
    The server's message is left out: it may quote what it was asked.
    """

    def __init__(
        self,
        who: str,
        *,
        status: int = 0,
        code: str = "",
        retryable: bool | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        what = f"answered {status}" if status else "broke off with an error"
        super().__init__(
            f"{who} {what}{f': {code}' if code else ''}",
            retryable=_passes(status, code) if retryable is None or code in _NEVER else retryable,
        )
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s


def error_code(body: object) -> str:
    """The code, or else the type, in an error document; empty when there is none that can be shown."""
    fields = _mapping(body)
    error = fields.get("error", fields)
    for key in ("code", "type"):
        code = _mapping(error).get(key)
        if isinstance(code, str) and _CODE.fullmatch(code):
            return code
    return ""


class CompletionReader:
    """Reads one reply. Bytes may be cut anywhere. `who` names the server in errors.

    A reply that reached its limit of tokens ends like any other: half a sentence is its reader's matter.
    """

    def __init__(self, *, who: str) -> None:
        self._who = who
        self._events = EventReader()
        self._said = False
        self._called_tool = False
        self.finished = False
        """The model has said all it wants to; only the usage may still come."""
        self.usage: Usage | None = None

    def push(self, chunk: bytes) -> Iterator[str]:
        """The pieces of text that a chunk completes, none of them empty.

        Raises `Declined` for an error in the stream, and `Unavailable` for a refusal, a filter or garbage.
        """
        for event in self._events.push(chunk):
            if event.data.strip() == "[DONE]":
                self.finished = True
                continue
            try:
                body: object = orjson.loads(event.data)
            except ValueError:
                raise Unavailable(f"{self._who} sent what is no completion") from None
            text = self._take(_mapping(body))
            if text:
                self._said = True
                yield text

    def end(self) -> None:
        """The stream is over. Raises `Unavailable` when it was cut off, or when nothing was said in it."""
        if not self.finished:
            raise Unavailable(f"{self._who} stopped in the middle")
        if not self._said:
            what = "called a tool that it does not have" if self._called_tool else "said nothing"
            raise Unavailable(f"{self._who} {what}", retryable=False)

    def _take(self, body: Mapping[str, Any]) -> str:
        if body.get("error"):
            raise Declined(self._who, code=error_code(body))
        usage = _mapping(body.get("usage"))
        if usage:
            self.usage = Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))
        choices = body.get("choices")
        if not isinstance(choices, list) or not choices:
            return ""
        choice = _mapping(cast(Sequence[object], choices)[0])
        delta = _mapping(choice.get("delta"))
        if delta.get("refusal"):
            raise Unavailable(f"{self._who} refused to answer", retryable=False)
        self._called_tool = self._called_tool or bool(delta.get("tool_calls"))
        reason = choice.get("finish_reason")
        if reason == "content_filter":
            raise Unavailable(f"{self._who} filtered the answer", retryable=False)
        self.finished = self.finished or bool(reason)
        text = delta.get("content")
        return text if isinstance(text, str) else ""


def _passes(status: int, code: str) -> bool:
    if code in _NEVER:
        return False
    return status in _LATER or status >= 500 or (status == 0 and code != "invalid_request_error")


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
