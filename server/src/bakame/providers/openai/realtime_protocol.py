"""What OpenAI Realtime tells us, sans-I/O: JSON in, events out.

Source: OpenAI API reference, "Realtime", client events and server events, and the package `openai` 3.54,
`types/realtime`. The beta's names are known too, because gateways and older servers still use them.
"""

from binascii import a2b_base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson

from bakame.wire.completions import error_code

MULAW: Final = "audio/pcmu"
_MULAW_NAMES: Final = frozenset({MULAW, "g711_ulaw"})


class Malformed(ValueError):
    """A message that is no server event. The text says what is wrong with it and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class SessionCreated:
    """The first event: the session takes settings now."""


@dataclass(frozen=True, slots=True)
class SessionUpdated:
    """The settings hold. `telephone`: sound goes in mu-law at 8 kHz both ways, as far as the event says."""

    telephone: bool


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller speaks."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The caller finished; an answer is on its way."""


@dataclass(frozen=True, slots=True)
class CallerTranscribed:
    """What the caller said; nothing when that could not be made out."""

    text: str


@dataclass(frozen=True, slots=True)
class ResponseCreated:
    response_id: str


@dataclass(frozen=True, slots=True)
class AudioDelta:
    """Sound, mu-law at 8 kHz."""

    response_id: str
    item_id: str
    audio: bytes


@dataclass(frozen=True, slots=True)
class AudioDone:
    response_id: str
    item_id: str


@dataclass(frozen=True, slots=True)
class TranscriptDelta:
    response_id: str
    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class TranscriptDone:
    """The whole text of an item."""

    response_id: str
    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class FunctionCalled:
    """`name` may be empty when an older server names the function only in the item. `arguments` is JSON, unread."""

    response_id: str
    item_id: str
    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class FunctionNamed:
    """An item that will be a call of this function."""

    item_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ResponseDone:
    """`status`: completed, cancelled, failed or incomplete. `reason` is of the last three, `code` of a failure."""

    response_id: str
    status: str
    reason: str
    code: str


@dataclass(frozen=True, slots=True)
class ErrorTold:
    """An error; most leave the session as it is. `event_id` is that of the message of ours that it is about."""

    code: str
    kind: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Other:
    """An event that changes nothing for us."""

    kind: str


ServerEvent = (
    SessionCreated
    | SessionUpdated
    | SpeechStarted
    | SpeechStopped
    | CallerTranscribed
    | ResponseCreated
    | AudioDelta
    | AudioDone
    | TranscriptDelta
    | TranscriptDone
    | FunctionCalled
    | FunctionNamed
    | ResponseDone
    | ErrorTold
    | Other
)

_Fields = Mapping[str, Any]


def decode(message: bytes) -> ServerEvent:
    """The event in a message. Raises `Malformed`."""
    try:
        value: object = orjson.loads(message)
    except ValueError:
        raise Malformed("not JSON") from None
    fields = _mapping(value)
    kind = fields.get("type")
    if not isinstance(kind, str):
        raise Malformed("no type")
    read = _READERS.get(kind)
    return Other(kind[:80]) if read is None else read(fields)


def _session_updated(fields: _Fields) -> SessionUpdated:
    session = _mapping(fields.get("session"))
    audio = _mapping(session.get("audio"))
    told = [
        _mapping(_mapping(audio.get("input")).get("format")).get("type"),
        _mapping(_mapping(audio.get("output")).get("format")).get("type"),
        session.get("input_audio_format"),
        session.get("output_audio_format"),
    ]
    return SessionUpdated(all(name in _MULAW_NAMES for name in told if name is not None))


def _audio_delta(fields: _Fields) -> AudioDelta:
    try:
        audio = a2b_base64(_text(fields, "delta"), strict_mode=True)
    except ValueError:
        raise Malformed("audio that is not base64") from None
    return AudioDelta(_loose(fields, "response_id"), _text(fields, "item_id"), audio)


def _item(fields: _Fields) -> ServerEvent:
    """An item that was added or is done: of interest when it is a call of a function."""
    item = _mapping(fields.get("item"))
    if item.get("type") != "function_call":
        return Other("item")
    if fields["type"] == "response.output_item.done" and item.get("status") != "incomplete":
        call_id, name = _text(item, "call_id"), _text(item, "name")
        return FunctionCalled(
            _loose(fields, "response_id"), _loose(item, "id"), call_id, name, _loose(item, "arguments")
        )
    return FunctionNamed(_loose(item, "id"), _loose(item, "name"))


def _function_called(fields: _Fields) -> FunctionCalled:
    return FunctionCalled(
        _loose(fields, "response_id"),
        _loose(fields, "item_id"),
        _text(fields, "call_id"),
        _loose(fields, "name"),
        _loose(fields, "arguments"),
    )


def _response_done(fields: _Fields) -> ResponseDone:
    response = _mapping(fields.get("response"))
    details = _mapping(response.get("status_details"))
    return ResponseDone(
        _loose(response, "id"),
        _loose(response, "status") or "completed",
        _loose(details, "reason"),
        error_code(details),
    )


def _error(fields: _Fields) -> ErrorTold:
    error = _mapping(fields.get("error"))
    return ErrorTold(error_code(fields), _loose(error, "type")[:60], _loose(error, "event_id"))


def _audio_done(fields: _Fields) -> AudioDone:
    return AudioDone(_loose(fields, "response_id"), _text(fields, "item_id"))


def _transcript_delta(fields: _Fields) -> TranscriptDelta:
    return TranscriptDelta(_loose(fields, "response_id"), _text(fields, "item_id"), _loose(fields, "delta"))


def _transcript_done(fields: _Fields) -> TranscriptDone:
    return TranscriptDone(_loose(fields, "response_id"), _text(fields, "item_id"), _loose(fields, "transcript"))


_READERS: Final[Mapping[str, Callable[[_Fields], ServerEvent]]] = {
    "session.created": lambda _: SessionCreated(),
    "session.updated": _session_updated,
    "input_audio_buffer.speech_started": lambda _: SpeechStarted(),
    "input_audio_buffer.speech_stopped": lambda _: SpeechStopped(),
    "conversation.item.input_audio_transcription.completed": lambda fields: CallerTranscribed(
        _loose(fields, "transcript").strip()
    ),
    "conversation.item.input_audio_transcription.failed": lambda _: CallerTranscribed(""),
    "response.created": lambda fields: ResponseCreated(_loose(_mapping(fields.get("response")), "id")),
    "response.output_audio.delta": _audio_delta,
    "response.audio.delta": _audio_delta,
    "response.output_audio.done": _audio_done,
    "response.audio.done": _audio_done,
    "response.output_audio_transcript.delta": _transcript_delta,
    "response.audio_transcript.delta": _transcript_delta,
    "response.output_audio_transcript.done": _transcript_done,
    "response.audio_transcript.done": _transcript_done,
    "response.output_item.added": _item,
    "response.output_item.done": _item,
    "response.function_call_arguments.done": _function_called,
    "response.done": _response_done,
    "error": _error,
}


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}


def _text(fields: _Fields, key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str):
        raise Malformed(f"no {key}")
    return value


def _loose(fields: _Fields, key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""
