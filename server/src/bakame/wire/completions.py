"""A streamed chat completion as OpenAI and its compatible servers send it, sans-I/O: bytes in, text out.

Source: OpenAI API reference, "Create chat completion", streaming; the READMEs of vLLM, llama.cpp and Ollama for what
they do otherwise: no usage, no `[DONE]`, `finish_reason` as an empty string, thoughts in `reasoning_content`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from bakame.errors import Unavailable

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


def _passes(status: int, code: str) -> bool:
    if code in _NEVER:
        return False
    return status in _LATER or status >= 500 or (status == 0 and code != "invalid_request_error")


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}
