"""What the vendor's failures mean to a call: each becomes `Unavailable`, and says whether trying again may help.

Source: reference/elevenlabs-convai.md, sections 9 and 10. The vendor's own texts may quote what was said or sent, so
ours are made from codes alone. Sans-I/O.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from bakame.errors import Unavailable

ERROR_TYPES: Final[Mapping[str, bool]] = {
    **dict.fromkeys(
        (
            "unknown",
            "telephony_agent_error",
            "mcp_tool_error",
            "mcp_https_error",
            "websocket_disconnect",
            "llm_timeout",
            "transport_receive_timeout",
            "asyncio_timeout",
            "http_exception",
            "max_duration_exceeded",
            "llm_error",
            "custom_llm_error",
            "cascade_brain_error",
            "asr_transcription_error",
            "vad_error",
            "turn_probability_error",
            "tts_cascade_error",
            "redis_timeout_error",
            "unknown_websocket_crash",
        ),
        True,
    ),
    **dict.fromkeys(
        (
            "invalid_message",
            "value_error",
            "missing_fields",
            "override_error",
            "missing_dynamic_variable_transfer",
            "missing_dynamic_variable",
            "safety_violation",
        ),
        False,
    ),
}
"""The vendor's `error_type`s, and whether another conversation may succeed without a change."""

_CLOSED: Final[Mapping[int, str]] = {
    1000: "ended the conversation before the tutor did",
    1001: "is going away",
    1002: "found a message of ours broken",
    1003: "takes no such message",
    1006: "was lost",
    1007: "found a message of ours broken",
    1008: "refused the conversation: key, quota, an override that the agent does not allow, or a missing variable",
    1009: "found a message of ours too big",
    1011: "failed",
    1012: "restarts",
    1013: "is too busy",
}
_OURS: Final = frozenset({1002, 1003, 1007, 1008, 1009})
"""Close codes that blame what we sent: the next conversation would end the same way."""

_REFUSED: Final[Mapping[int, str]] = {
    401: "refused the key",
    402: "wants to be paid",
    403: "refused the key",
    404: "knows no such agent or voice",
    422: "does not understand the request",
    429: "has too many requests at once",
}


def failure_of_event(code: int, kind: str) -> Unavailable:
    """An error event of a conversation."""
    return Unavailable(f"ElevenLabs gave up: {kind} ({code})", retryable=ERROR_TYPES.get(kind, True))


def failure_of_close(code: int) -> Unavailable:
    """A socket that was closed by the other side, or broken (1006)."""
    meaning = _CLOSED.get(code, "closed the socket")
    return Unavailable(f"ElevenLabs {meaning} ({code})", retryable=code not in _OURS)


def failure_of_status(status: int) -> Unavailable:
    """An answer of the REST interface or to an upgrade, other than success."""
    meaning = _REFUSED.get(status, "cannot answer")
    retryable = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in (408, 425, 429)
    return Unavailable(f"ElevenLabs {meaning} ({status})", retryable=retryable)
