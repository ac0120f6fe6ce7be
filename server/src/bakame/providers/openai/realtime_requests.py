"""What we tell OpenAI Realtime, sans-I/O, by the names of its general release.

Source: OpenAI API reference, "Realtime", client events, and the package `openai` 3.54, `types/realtime`.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson

from bakame.ports.voice import Briefing, Scalar, Tool
from bakame.providers.openai.realtime_protocol import MULAW

SETUP_ID: Final = "setup"
RESPONSE_ID: Final = "answer"
"""`event_id` of what we cannot do without; an error about it carries the id."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a session listens and speaks. Times in milliseconds; `threshold`, 0 to 1, is how loud speech must be."""

    voice: str = "alloy"
    speed: float = 0.9
    transcription_model: str = "gpt-4o-mini-transcribe"
    threshold: float = 0.5
    prefix_ms: int = 300
    silence_ms: int = 700
    most_tokens: int = 1_024


MANNER: Final = Manner()


def session_update(briefing: Briefing, manner: Manner) -> bytes:
    """The session's settings, once, before anything is said."""
    telephone = {"type": MULAW}
    session: dict[str, Any] = {
        "type": "realtime",
        "instructions": fill(briefing.instructions, briefing.variables),
        "output_modalities": ["audio"],
        "max_output_tokens": manner.most_tokens,
        "audio": {
            "input": {
                "format": telephone,
                "transcription": {"model": manner.transcription_model, "language": briefing.language},
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": manner.threshold,
                    "prefix_padding_ms": manner.prefix_ms,
                    "silence_duration_ms": manner.silence_ms,
                    "create_response": True,
                    "interrupt_response": True,
                },
            },
            "output": {"format": telephone, "voice": manner.voice, "speed": manner.speed},
        },
        "tools": [_tool(tool) for tool in briefing.tools],
        "tool_choice": "auto",
    }
    return orjson.dumps({"event_id": SETUP_ID, "type": "session.update", "session": session})


def fill(text: str, variables: Mapping[str, Scalar]) -> str:
    """The text with each `{{name}}` replaced by its value."""
    for name, value in variables.items():
        text = text.replace(f"{{{{{name}}}}}", str(value))
    return text


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": {
            "type": "object",
            "properties": {name: {"type": "string", "description": what} for name, what in tool.parameters.items()},
            "required": list(tool.parameters),
            "additionalProperties": False,
        },
    }


def append_audio(audio: bytes) -> bytes:
    """The caller's sound, mu-law at 8 kHz."""
    return b'{"type":"input_audio_buffer.append","audio":"' + b64encode(audio) + b'"}'


def say(text: str) -> bytes:
    """A response that speaks `text` as it is, and calls no tool."""
    return create_response({"instructions": f"Say exactly this and nothing else: {text}", "tool_choice": "none"})


def create_response(settings: Mapping[str, Any] | None = None) -> bytes:
    event: dict[str, Any] = {"event_id": RESPONSE_ID, "type": "response.create"}
    return orjson.dumps(event | {"response": settings} if settings else event)


CANCEL: Final = b'{"type":"response.cancel"}'


def truncate(item_id: str, *, audio_end_ms: int) -> bytes:
    """Of this item the caller heard so much."""
    return orjson.dumps(
        {"type": "conversation.item.truncate", "item_id": item_id, "content_index": 0, "audio_end_ms": audio_end_ms}
    )


def user_text(text: str) -> bytes:
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    return orjson.dumps({"type": "conversation.item.create", "item": item})


def function_output(call_id: str, output: Mapping[str, Any]) -> bytes:
    item = {"type": "function_call_output", "call_id": call_id, "output": orjson.dumps(output).decode()}
    return orjson.dumps({"type": "conversation.item.create", "item": item})


def read_arguments(arguments: str) -> dict[str, Scalar] | None:
    """A function's arguments; None when they are not what a tool can take."""
    try:
        value: object = orjson.loads(arguments or "{}")
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    fields = cast(dict[str, object], value)
    if not all(isinstance(field, str | int | float | bool) for field in fields.values()):
        return None
    return cast(dict[str, Scalar], fields)
