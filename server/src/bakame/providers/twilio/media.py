"""Twilio Media Streams, sans-I/O: the text messages of one bidirectional stream.

Source: Twilio Docs, "Media Streams - WebSocket Messages". Numbers arrive as strings; fields that we do not know are
ignored; what we send has no field that Twilio does not name, because an extra one makes it ignore the message.
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from typing import Any, Final, cast

import orjson

from bakame.audio.format import TELEPHONE
from bakame.errors import Invalid
from bakame.ports.telephony import Connected, Key, Malformed, MarkEcho, Media, Started, Stopped, StreamEvent

MAX_MESSAGE: Final = 64 * 1024
"""Bytes of the longest message we read; a frame of sound takes about 400."""

_KEYS: Final = frozenset("0123456789*#")
_MAX_ID: Final = 128
_MAX_DIGITS: Final = 18

_Fields = Mapping[str, Any]


class TwilioMedia:
    """The codec of one stream. It knows the stream's id from its `start` message on."""

    def __init__(self) -> None:
        self._stream_id: str | None = None
        self._stopped = False
        self._media_head = self._mark_head = self._clear = b""

    def decode(self, message: str | bytes) -> StreamEvent | None:
        """The event in a text message (bytes are UTF-8); None for one that means nothing to us. Raises `Malformed`."""
        if len(message) > MAX_MESSAGE:
            raise Malformed("message too large")
        try:
            fields: object = orjson.loads(message)
        except ValueError:
            raise Malformed("message is not JSON") from None
        if not isinstance(fields, dict):
            raise Malformed("message is not an object")
        known = cast(_Fields, fields)
        if not self._stopped and known.get("event") == "media" and known.get("streamSid") == self._stream_id:
            # Fifty of these a second and call: what is as it should be takes the short way.
            return _plain_media(known) or _media(known)
        return self._event(known)

    def media(self, audio: bytes) -> bytes:
        """A message that queues `audio` (mu-law at 8 kHz, any length). Raises `Invalid` before the stream started."""
        self._must_have_started()
        return self._media_head + b2a_base64(audio, newline=False) + b'"}}'

    def mark(self, name: str) -> bytes:
        """A message that comes back when all sound before it was played or dropped. Raises `Invalid` as `media`."""
        self._must_have_started()
        return self._mark_head + orjson.dumps(name) + b"}}"

    def clear(self) -> bytes:
        """A message that drops all queued sound and sends all marks back. Raises `Invalid` as `media`."""
        self._must_have_started()
        return self._clear

    def _must_have_started(self) -> None:
        if self._stream_id is None:
            raise Invalid("the media stream has not started")

    def _event(self, fields: _Fields) -> StreamEvent | None:
        event = _text(fields, "event")
        if self._stopped:
            raise Malformed("message after stop")
        match event:
            case "media":
                return _media(self._of_this_stream(fields, event))
            case "mark":
                return MarkEcho(_text(_object(self._of_this_stream(fields, event), "mark"), "name"))
            case "dtmf":
                return _key(self._of_this_stream(fields, event))
            case "connected":
                if self._stream_id is not None:
                    raise Malformed("connected after start")
                return Connected()
            case "start":
                return self._start(fields)
            case "stop":
                self._of_this_stream(fields, event)
                self._stopped = True
                return Stopped()
            case _:
                return None

    def _of_this_stream(self, fields: _Fields, event: str) -> _Fields:
        if self._stream_id is None:
            raise Malformed(f"{event} before start")
        if fields.get("streamSid") != self._stream_id:
            raise Malformed("streamSid of another stream")
        return fields

    def _start(self, fields: _Fields) -> Started:
        if self._stream_id is not None:
            raise Malformed("second start")
        start = _object(fields, "start")
        stream_id = _identifier(fields, "streamSid")
        if start.get("streamSid", stream_id) != stream_id:
            raise Malformed("start names two streams")
        _must_be_telephone(start.get("mediaFormat"))
        started = Started(stream_id, _identifier(start, "callSid"), _parameters(start.get("customParameters")))

        self._stream_id = stream_id
        stream = b'"streamSid":' + orjson.dumps(stream_id)
        self._media_head = b'{"event":"media",' + stream + b',"media":{"payload":"'
        self._mark_head = b'{"event":"mark",' + stream + b',"mark":{"name":'
        self._clear = b'{"event":"clear",' + stream + b"}"
        return started


def _plain_media(fields: _Fields) -> Media | None:
    """The sound of a message as Twilio sends it; None for any other, which is read with care."""
    try:
        media = fields["media"]
        sequence, timestamp = fields["sequenceNumber"], media["timestamp"]
        if media["track"] == "inbound" and _is_count(sequence) and _is_count(timestamp):
            return Media(a2b_base64(media["payload"], strict_mode=True), int(sequence), int(timestamp))
    except (KeyError, TypeError, ValueError):
        pass
    return None


def _is_count(value: object) -> bool:
    return type(value) is str and value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS


def _media(fields: _Fields) -> Media | None:
    media = _object(fields, "media")
    track = media.get("track", "inbound")
    if track != "inbound":
        if track == "outbound":
            return None
        raise Malformed("media of an unknown track")
    payload = media.get("payload")
    if not isinstance(payload, str):
        raise Malformed("payload is missing or is not text")
    try:
        audio = a2b_base64(payload, strict_mode=True)
    except ValueError:
        raise Malformed("payload is not base64") from None
    return Media(audio, _number(fields, "sequenceNumber"), _number(media, "timestamp"))


def _key(fields: _Fields) -> Key:
    digit = _text(_object(fields, "dtmf"), "digit")
    if digit not in _KEYS:
        raise Malformed("digit is not a key")
    return Key(digit)


def _must_be_telephone(media_format: object) -> None:
    """Twilio has one format today; another one would be heard as noise."""
    if media_format is None:
        return
    if not isinstance(media_format, dict):
        raise Malformed("mediaFormat is not an object")
    fields = cast(_Fields, media_format)
    rate, channels = _number(fields, "sampleRate"), _number(fields, "channels")
    if (fields.get("encoding"), rate, channels) != ("audio/x-mulaw", TELEPHONE.rate_hz, 1):
        raise Malformed("mediaFormat is not mu-law at 8 kHz")


def _parameters(parameters: object) -> dict[str, str]:
    if parameters is None:
        return {}
    if not isinstance(parameters, dict):
        raise Malformed("customParameters is not an object")
    pairs = cast(dict[str, object], parameters)
    texts = {name: value for name, value in pairs.items() if isinstance(value, str)}
    if len(texts) != len(pairs):
        raise Malformed("a custom parameter is not text")
    return texts


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


def _identifier(fields: _Fields, name: str) -> str:
    value = _text(fields, name)
    if not 0 < len(value) <= _MAX_ID:
        raise Malformed(f"{name} is empty or too long")
    return value


def _number(fields: _Fields, name: str) -> int:
    """A count, which Twilio writes as a string and others as a number."""
    value = fields.get(name)
    if type(value) is int and value >= 0:
        return value
    if _is_count(value):
        return int(cast(str, value))
    raise Malformed(f"{name} is missing or is not a number")
