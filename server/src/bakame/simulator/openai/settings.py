"""What the stand-in takes of a client: settings and events, checked as strictly as OpenAI checks them. Sans-I/O."""

from collections.abc import Mapping
from typing import Any, Final, cast

from bakame.audio.format import TELEPHONE, AudioFormat

FORMATS: Final[Mapping[str, AudioFormat]] = {"audio/pcmu": TELEPHONE, "audio/pcm": AudioFormat("pcm16", 24_000)}
EVENTS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    kind: (frozenset(required), frozenset(optional))
    for kind, required, optional in (
        ("session.update", ("session",), ()),
        ("input_audio_buffer.append", ("audio",), ()),
        ("input_audio_buffer.commit", (), ()),
        ("input_audio_buffer.clear", (), ()),
        ("conversation.item.create", ("item",), ("previous_item_id",)),
        ("conversation.item.truncate", ("item_id", "content_index", "audio_end_ms"), ()),
        ("conversation.item.delete", ("item_id",), ()),
        ("conversation.item.retrieve", ("item_id",), ()),
        ("response.create", (), ("response",)),
        ("response.cancel", (), ("response_id",)),
    )
}
"""A client event's required and optional fields, besides `type` and `event_id`."""
_SESSION: Final = frozenset(
    [
        "type",
        "instructions",
        "output_modalities",
        "max_output_tokens",
        "audio",
        "tools",
        "tool_choice",
        "model",
        "tracing",
        "include",
        "prompt",
        "truncation",
    ]
)
_RESPONSE: Final = frozenset(
    [
        "instructions",
        "tools",
        "tool_choice",
        "conversation",
        "metadata",
        "output_modalities",
        "max_output_tokens",
        "input",
        "audio",
        "prompt",
    ]
)
_DETECTION: Final = frozenset(
    [
        "type",
        "threshold",
        "prefix_padding_ms",
        "silence_duration_ms",
        "create_response",
        "interrupt_response",
        "idle_timeout_ms",
        "eagerness",
    ]
)


class Wrong(Exception):
    """A client event that cannot be taken: OpenAI's code for it, and the parameter."""

    def __init__(self, code: str, param: str = "") -> None:
        super().__init__(f"{code}: {param}")
        self.code = code
        self.param = param


def check_event(event: object) -> dict[str, Any]:
    """The event, once it has a known type and the fields of that type, and no other. Raises `Wrong`."""
    if not isinstance(event, dict):
        raise Wrong("invalid_json")
    fields = cast(dict[str, Any], event)
    kind = fields.get("type")
    if not isinstance(kind, str) or kind not in EVENTS:
        raise Wrong("invalid_value", "type")
    required, optional = EVENTS[kind]
    for name in required - fields.keys():
        raise Wrong("missing_required_parameter", name)
    for name in fields.keys() - required - optional - {"type", "event_id"}:
        raise Wrong("unknown_parameter", name)
    return fields


def check_session(session: object, *, voice_used: str | None) -> dict[str, Any]:
    """A session's settings. `voice_used`: the voice that has spoken and can be changed no more. Raises `Wrong`."""
    fields = _object(session, "session")
    if fields.get("type") != "realtime":
        raise Wrong("missing_required_parameter", "session.type")
    _known(fields, _SESSION, "session")
    if fields.get("output_modalities", ["audio"]) not in (["audio"], ["text"]):
        raise Wrong("invalid_value", "session.output_modalities")
    audio = _object(fields.get("audio", {}), "session.audio")
    for side in ("input", "output"):
        sound = _object(_object(audio.get(side, {}), side).get("format", {"type": "audio/pcm"}), f"{side}.format")
        if sound.get("type") not in FORMATS:
            raise Wrong("invalid_value", f"session.audio.{side}.format")
    detection = _object(audio.get("input", {}), "input").get("turn_detection")
    if detection is not None:
        _known(_object(detection, "turn_detection"), _DETECTION, "session.audio.input.turn_detection")
    voice = _object(audio.get("output", {}), "output").get("voice", "alloy")
    if voice_used is not None and voice != voice_used:
        raise Wrong("cannot_update_voice", "session.audio.output.voice")
    for tool in cast(list[object], fields.get("tools", [])):
        if _object(tool, "tool").get("type") != "function" or not _object(tool, "tool").get("name"):
            raise Wrong("invalid_value", "session.tools")
    return fields


def check_response(response: object) -> dict[str, Any]:
    """A response's own settings. Raises `Wrong`."""
    fields = _object(response, "response")
    _known(fields, _RESPONSE, "response")
    return fields


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Wrong("invalid_type", where)
    return cast(dict[str, Any], value)


def _known(fields: Mapping[str, Any], names: frozenset[str], where: str) -> None:
    for name in fields.keys() - names:
        raise Wrong("unknown_parameter", f"{where}.{name}")
