"""What we say on the socket of an ElevenLabs conversation. Sans-I/O.

Source: reference/elevenlabs-convai.md, sections 2 and 3. Fields that are not set are left out, because the vendor takes
a null for a value.
"""

from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

import orjson

from bakame.errors import Invalid
from bakame.ports.voice import Scalar

_RESERVED: Final = "system__"


@dataclass(frozen=True, slots=True)
class Initiation:
    """What a conversation is begun with. Empty texts are not sent: the agent's own are used."""

    instructions: str = ""
    first_message: str = ""
    language: str = ""
    voice_id: str = ""
    variables: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])

    def encode(self) -> bytes:
        """The first message of a conversation. Raises `Invalid` for a variable that the vendor would refuse."""
        for name, value in self.variables.items():
            if not name or name.startswith(_RESERVED):
                raise Invalid("a dynamic variable has a reserved or an empty name")
            if isinstance(value, float) and not isfinite(value):
                raise Invalid("a dynamic variable is not a finite number")
        agent = _set(prompt=_set(prompt=self.instructions), first_message=self.first_message, language=self.language)
        override = _set(agent=agent, tts=_set(voice_id=self.voice_id))
        return _json(
            {
                "type": "conversation_initiation_client_data",
                **_set(conversation_config_override=override, dynamic_variables=dict(self.variables)),
            }
        )


def user_audio(audio: bytes | bytearray) -> bytes:
    """The caller's sound, in the format that the conversation hears. The only message without a type."""
    return b'{"user_audio_chunk":"' + b2a_base64(audio, newline=False) + b'"}'


def pong(event_id: int) -> bytes:
    """The answer to a ping."""
    return b'{"type":"pong","event_id":%d}' % event_id


def tool_result(tool_call_id: str, result: Mapping[str, Scalar] | str, *, is_error: bool = False) -> bytes:
    """What a tool came to; objects travel as JSON within a text. Raises `Invalid` for what JSON cannot say."""
    text = result if isinstance(result, str) else _json(dict(result)).decode()
    return _json({"type": "client_tool_result", "tool_call_id": tool_call_id, "result": text, "is_error": is_error})


def contextual_update(text: str) -> bytes:
    """Something that the agent should know; it interrupts nothing."""
    return _json({"type": "contextual_update", "text": text})


def user_message(text: str) -> bytes:
    """Text that counts as spoken by the caller, and asks for an answer."""
    return _json({"type": "user_message", "text": text})


USER_ACTIVITY: Final = b'{"type":"user_activity"}'
"""The caller does something: the agent waits."""


def _set(**fields: object) -> dict[str, object]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value not in ("", None) and value != {}}


def _json(fields: Mapping[str, object]) -> bytes:
    try:
        return orjson.dumps(fields)
    except TypeError:
        raise Invalid("this cannot be written as JSON") from None
