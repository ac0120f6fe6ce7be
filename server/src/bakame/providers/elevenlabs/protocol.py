"""ElevenLabs Conversational AI, sans-I/O: reading the text messages of one conversation.

What the agent says. Source: reference/elevenlabs-convai.md (AsyncAPI `convai`, `@elevenlabs/types`, the vendor's
Python client). Fields that we do not know are ignored, and so are kinds of message that we do not know.
"""

from binascii import a2b_base64
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import orjson

from bakame.audio.format import AudioFormat
from bakame.providers.elevenlabs.events import (
    AgentCorrection,
    AgentText,
    AgentThinks,
    Began,
    CallerSpeaks,
    CallerText,
    Characters,
    Connections,
    Failed,
    Interruption,
    Malformed,
    Ping,
    ServerEvent,
    Sound,
    ToolNews,
    ToolUse,
    TurnOver,
)
from bakame.providers.elevenlabs.failures import ERROR_TYPES

FORMATS: Final[Mapping[str, AudioFormat]] = {
    "ulaw_8000": AudioFormat("mulaw", 8000),
    **{f"pcm_{rate_hz}": AudioFormat("pcm16", rate_hz) for rate_hz in (8000, 16_000, 22_050, 24_000, 44_100, 48_000)},
}
"""The vendor's names of sound formats."""
_Fields = Mapping[str, Any]


class Conversation:
    """Reads one conversation: it knows whether it has begun, and which sound an interruption made void."""

    def __init__(self) -> None:
        self._begun = False
        self._void_up_to: int | None = None
        self.late_sounds = 0
        """Pieces of sound that came after the interruption that made them void."""

    def decode(self, message: bytes) -> ServerEvent | None:
        """The event in a text message; None for one that means nothing to us, such as void sound.

        Raises `Malformed`.
        """
        try:
            fields: object = orjson.loads(message)
        except ValueError:
            raise Malformed("message is not JSON") from None
        if not isinstance(fields, dict):
            raise Malformed("message is not an object")
        known = cast(_Fields, fields)
        kind = known.get("type")
        if kind == "audio":
            return self._sound(_object(known, "audio_event"))
        if not isinstance(kind, str):
            raise Malformed("type is missing or is not text")
        read = _READERS.get(kind)
        if read is None:
            return None
        payload, reader = read
        event = reader(_object(known, payload))
        if isinstance(event, Began):
            if self._begun:
                raise Malformed("the conversation begins twice")
            self._begun = True
        elif isinstance(event, Interruption):
            self.void(event.event_id)
        return event

    def void(self, event_id: int) -> None:
        """Sound of this event and of earlier ones is not wanted any more.

        The vendor's Python client drops what is not newer than the interruption, its JavaScript client plays what is
        equally old; sound that comes back after it was cut is worse on a telephone than a lost piece.
        """
        self._void_up_to = max(event_id, self._void_up_to or 0)

    def is_void(self, event_id: int | None) -> bool:
        return event_id is not None and self._void_up_to is not None and event_id <= self._void_up_to

    def _sound(self, fields: _Fields) -> Sound | None:
        event_id = _integer(fields, "event_id")
        if self._void_up_to is not None and event_id <= self._void_up_to:
            self.late_sounds += 1
            return None
        encoded = fields.get("audio_base_64")
        if not isinstance(encoded, str):
            raise Malformed("audio_base_64 is missing or is not text")
        try:
            audio = a2b_base64(encoded, strict_mode=True) if encoded else b""
        except ValueError:
            raise Malformed("audio_base_64 is not base64") from None
        return Sound(event_id, audio, _alignment(fields.get("alignment")))


def audio_format(name: str) -> AudioFormat:
    """The format that the vendor calls so. Raises `Malformed`."""
    found = FORMATS.get(name)
    if found is None:
        raise Malformed("the sound's format is not one that we know")
    return found


def characters(
    alignment: object,
    *,
    starts: str = "char_start_times_ms",
    durations: tuple[str, ...] = ("char_durations_ms",),
) -> Characters:
    """The characters of an alignment whose fields have these names. Raises `Malformed`."""
    if not isinstance(alignment, dict):
        raise Malformed("alignment is not an object")
    fields = cast(_Fields, alignment)
    chars, begins = fields.get("chars"), fields.get(starts)
    spans = next((fields[name] for name in durations if name in fields), None)
    if not isinstance(chars, list) or not isinstance(begins, list) or not isinstance(spans, list):
        raise Malformed("alignment has no lists")
    letters, times, lengths = cast(list[Any], chars), cast(list[Any], begins), cast(list[Any], spans)
    if not len(letters) == len(times) == len(lengths):
        raise Malformed("alignment's lists differ in length")
    if not all(isinstance(letter, str) for letter in letters) or not all(map(_is_time, (*times, *lengths))):
        raise Malformed("alignment holds something else than characters and times")
    return Characters(letters, times, lengths)


def _alignment(alignment: object) -> Characters | None:
    """Sound whose characters cannot be read is still worth hearing."""
    if alignment is None:
        return None
    try:
        return characters(alignment)
    except Malformed:
        return None


_LONGEST_MS: Final = 86_400_000


def _is_time(value: object) -> bool:
    return type(value) in (int, float) and 0 <= cast(float, value) <= _LONGEST_MS


def _began(fields: _Fields) -> Began:
    return Began(
        _text(fields, "conversation_id"),
        hears=audio_format(_text(fields, "user_input_audio_format")),
        speaks=audio_format(_text(fields, "agent_output_audio_format")),
    )


def _tool_use(fields: _Fields) -> ToolUse:
    arguments = fields.get("parameters")
    if arguments is not None and not isinstance(arguments, dict):
        raise Malformed("parameters is not an object")
    return ToolUse(
        _text(fields, "tool_call_id"), _text(fields, "tool_name"), cast(_Fields, arguments or {}), _event_id(fields)
    )


def _mcp_connections(fields: _Fields) -> Connections:
    integrations = fields.get("integrations")
    if not isinstance(integrations, list):
        raise Malformed("integrations is missing or is not a list")
    rows = [cast(_Fields, row) for row in cast(list[object], integrations) if isinstance(row, dict)]
    return Connections(sum(row.get("is_connected") is True for row in rows), len(rows))


def _tool_response(fields: _Fields) -> ToolNews:
    return ToolNews(_text(fields, "tool_name"), "failure" if fields.get("is_error") else "success", _event_id(fields))


def _failed(fields: _Fields) -> Failed:
    kind = fields.get("error_type")
    return Failed(_integer(fields, "code"), kind if isinstance(kind, str) and kind in ERROR_TYPES else "unknown")


def _ping(fields: _Fields) -> Ping:
    estimate = fields.get("ping_ms")
    if estimate is not None and not _is_time(estimate):
        raise Malformed("ping_ms is not a time")
    return Ping(_integer(fields, "event_id"), estimate)


_READERS: Final[Mapping[str, tuple[str, Callable[[_Fields], ServerEvent]]]] = {
    "conversation_initiation_metadata": ("conversation_initiation_metadata_event", _began),
    "ping": ("ping_event", _ping),
    "interruption": ("interruption_event", lambda f: Interruption(_integer(f, "event_id"))),
    "agent_response": ("agent_response_event", lambda f: AgentText(_text(f, "agent_response"), _event_id(f))),
    "agent_response_correction": (
        "agent_response_correction_event",
        lambda f: AgentCorrection(
            _text(f, "original_agent_response"), _text(f, "corrected_agent_response"), _event_id(f)
        ),
    ),
    "user_transcript": (
        "user_transcription_event",
        lambda f: CallerText(_text(f, "user_transcript"), event_id=_event_id(f)),
    ),
    "tentative_user_transcript": (
        "tentative_user_transcription_event",
        lambda f: CallerText(_text(f, "user_transcript"), tentative=True, event_id=_event_id(f)),
    ),
    "client_tool_call": ("client_tool_call", _tool_use),
    "agent_tool_request": (
        "agent_tool_request",
        lambda f: ToolNews(_text(f, "tool_name"), "request", _event_id(f)),
    ),
    "agent_tool_response": ("agent_tool_response", _tool_response),
    "agent_tool_response_full_payload": ("agent_tool_response_full_payload", _tool_response),
    "mcp_tool_call": ("mcp_tool_call", lambda f: ToolNews(_text(f, "tool_name"), _text(f, "state"))),
    "mcp_connection_status": ("mcp_connection_status", _mcp_connections),
    "vad_score": ("vad_score_event", lambda f: CallerSpeaks(_share(f, "vad_score"))),
    "agent_chat_response_part": (
        "text_response_part",
        lambda f: AgentThinks(_text(f, "text"), _event_id(f)),
    ),
    "internal_tentative_agent_response": (
        "tentative_agent_response_internal_event",
        lambda f: AgentThinks(_text(f, "tentative_agent_response")),
    ),
    "internal_turn_probability": (
        "turn_probability_internal_event",
        lambda f: TurnOver(_share(f, "turn_probability")),
    ),
    "error": ("error_event", _failed),
}
"""How each kind of message is read: its payload's name, and what its fields mean."""


def _object(fields: _Fields, name: str) -> _Fields:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise Malformed(f"{name} is missing or is not an object")
    return cast(_Fields, value)


def _text(fields: _Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise Malformed(f"{name} is missing or is not text")
    return value


def _integer(fields: _Fields, name: str) -> int:
    value = fields.get(name)
    if type(value) is not int or value < 0:
        raise Malformed(f"{name} is missing or is not a number")
    return value


def _event_id(fields: _Fields) -> int | None:
    return None if fields.get("event_id") is None else _integer(fields, "event_id")


def _share(fields: _Fields, name: str) -> float:
    value = fields.get(name)
    if type(value) not in (int, float) or not 0 <= cast(float, value) <= 1:
        raise Malformed(f"{name} is missing or is not between 0 and 1")
    return cast(float, value)
