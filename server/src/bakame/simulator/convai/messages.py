"""The vendor's side of the wire: reading what a client sends, as strictly as the vendor, and writing what it is told.

Source: reference/elevenlabs-convai.md, sections 2, 3, 4 and 9.
"""

from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson

from bakame.ports.speech import WordTime
from bakame.simulator.convai.settings import AgentSettings

_FIELDS: Final[Mapping[str, Mapping[str, type]]] = {
    "pong": {"event_id": int},
    "client_tool_result": {"tool_call_id": str, "result": str, "is_error": bool},
    "contextual_update": {"text": str},
    "user_message": {"text": str},
    "user_activity": {},
}
_OPTIONAL: Final[Mapping[str, Mapping[str, type]]] = {"contextual_update": {"context_id": str}}
_INITIATION: Final = frozenset(
    {"type", "conversation_config_override", "custom_llm_extra_body", "dynamic_variables", "user_id", "source_info"}
)
_OVERRIDES: Final = frozenset(
    {
        "agent.prompt.prompt",
        "agent.prompt.llm",
        "agent.first_message",
        "agent.language",
        "tts.voice_id",
        "tts.stability",
        "tts.speed",
        "tts.similarity_boost",
        "asr.keywords",
        "conversation.text_only",
    }
)
_LANGUAGES: Final = frozenset({"en", "fr", "sw", "de", "es", "pt", "ar", "hi", "zh", "ja"})


class Refusal(Exception):
    """A message that the vendor does not take: the conversation ends with this code and type."""

    def __init__(self, code: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Begun:
    """What a client wants of a conversation. `overrides`: dotted name → value."""

    overrides: Mapping[str, Any]
    variables: Mapping[str, Any]


def fields_of(message: bytes) -> Mapping[str, Any]:
    """A message's fields. Raises `Refusal`."""
    try:
        fields: object = orjson.loads(message)
    except ValueError:
        raise Refusal(1002, "invalid_message", "the message is not JSON") from None
    if not isinstance(fields, dict):
        raise Refusal(1002, "invalid_message", "the message is not an object")
    return cast(Mapping[str, Any], fields)


def begun(fields: Mapping[str, Any], settings: AgentSettings) -> Begun:
    """The first message of a conversation. Raises `Refusal` for anything the agent does not allow."""
    if fields.get("type") != "conversation_initiation_client_data":
        raise Refusal(1002, "invalid_message", "the first message is not the initiation data")
    if unknown := set(fields) - _INITIATION:
        raise Refusal(1002, "invalid_message", f"unknown fields: {', '.join(sorted(unknown))}")
    overrides = _flat(fields.get("conversation_config_override", {}))
    for name, value in overrides.items():
        if name not in _OVERRIDES:
            raise Refusal(1008, "override_error", f"{name} cannot be overridden")
        if name not in settings.overridable:
            raise Refusal(1008, "override_error", f"Override for field '{name}' is not allowed by config.")
        if value is None or value == "":
            raise Refusal(1008, "value_error", f"{name} is empty")
    if overrides.get("agent.language", "en") not in _LANGUAGES:
        raise Refusal(1008, "value_error", "agent.language is not a language")
    variables: object = fields.get("dynamic_variables", {})
    if not isinstance(variables, dict):
        raise Refusal(1008, "value_error", "dynamic_variables is not an object")
    named = cast(Mapping[str, Any], variables)
    for name, value in named.items():
        if name.startswith("system__") or not isinstance(value, str | int | float):
            raise Refusal(1008, "value_error", "a dynamic variable has a reserved name or is no plain value")
    if missing := settings.required_variables - set(named):
        raise Refusal(1008, "missing_dynamic_variable", f"Missing required: {', '.join(sorted(missing))}")
    return Begun(overrides, named)


def audio_of(fields: Mapping[str, Any]) -> bytes | None:
    """The caller's sound, when that is what the message holds. Raises `Refusal`."""
    if "user_audio_chunk" not in fields:
        return None
    chunk = fields["user_audio_chunk"]
    if len(fields) != 1 or not isinstance(chunk, str):
        raise Refusal(1002, "invalid_message", "user_audio_chunk is not alone, or not text")
    try:
        return a2b_base64(chunk, strict_mode=True) if chunk else b""
    except ValueError:
        raise Refusal(1002, "invalid_message", "user_audio_chunk is not base64") from None


def checked(fields: Mapping[str, Any]) -> str:
    """The kind of any other message, whose fields are as they must be. Raises `Refusal`."""
    kind = fields.get("type")
    expected = _FIELDS.get(kind) if isinstance(kind, str) else None
    if expected is None or not isinstance(kind, str):
        raise Refusal(1002, "invalid_message", "the message's type is unknown here")
    allowed = {**expected, **_OPTIONAL.get(kind, {})}
    if set(fields) - {"type"} - set(allowed) or set(expected) - set(fields):
        raise Refusal(1002, "missing_fields", f"{kind} has not the fields that it must have")
    for name, wanted in allowed.items():
        if name in fields and type(fields[name]) is not wanted:
            raise Refusal(1002, "value_error", f"{kind}.{name} is of the wrong type")
    return kind


def _flat(value: object, name: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        if name:
            return {name: value}
        raise Refusal(1008, "value_error", "conversation_config_override is not an object")
    flat: dict[str, Any] = {}
    for key, inner in cast(Mapping[str, object], value).items():
        flat |= _flat(inner, f"{name}.{key}" if name else key)
    return flat


# What the agent says


def event(kind: str, payload: str, **fields: object) -> bytes:
    """Any event: its payload's name differs from kind to kind."""
    return orjson.dumps({"type": kind, payload: fields})


def metadata(conversation_id: str, *, hears: str, speaks: str) -> bytes:
    return event(
        "conversation_initiation_metadata",
        "conversation_initiation_metadata_event",
        conversation_id=conversation_id,
        agent_output_audio_format=speaks,
        user_input_audio_format=hears,
    )


def sound(audio: bytes, event_id: int, alignment: Mapping[str, object] | None) -> bytes:
    fields: dict[str, object] = {"audio_base_64": b64encode(audio).decode(), "event_id": event_id}
    if alignment is not None:
        fields["alignment"] = alignment
    return event("audio", "audio_event", **fields)


@dataclass(frozen=True, slots=True)
class Letters:
    """All characters of an utterance with their times, to be cut into pieces."""

    chars: Sequence[str]
    starts_ms: Sequence[float]

    def within(self, begin_ms: float, end_ms: float) -> tuple[list[str], list[int], list[int]]:
        """The characters that begin in this stretch, their times and lengths from its start."""
        last = len(self.chars) - 1
        chars, starts, lengths = list[str](), list[int](), list[int]()
        for index, (char, start) in enumerate(zip(self.chars, self.starts_ms, strict=True)):
            if begin_ms <= start < end_ms:
                until = self.starts_ms[index + 1] if index < last else end_ms
                chars.append(char)
                starts.append(round(start - begin_ms))
                lengths.append(max(0, round(min(until, end_ms) - start)))
        return chars, starts, lengths


def letters_of(words: Sequence[WordTime], *, total_ms: float) -> Letters:
    """The characters of words, spread over each word's time, a space behind each but the last."""
    chars, starts = list[str](), list[float]()
    for index, word in enumerate(words):
        last = index == len(words) - 1
        until = total_ms if last else words[index + 1].start_ms
        spelled = word.word if last else f"{word.word} "
        begin = min(word.start_ms, total_ms - 1)
        for place, char in enumerate(spelled):
            chars.append(char)
            starts.append(begin + max(0.0, until - begin) * place / len(spelled))
    return Letters(chars, starts)
