"""The carrier's side of one media stream, sans-I/O: frames to the server are built, frames from it are checked.

Source: Twilio, "Media Streams: WebSocket messages". Counters and times are strings; `sequenceNumber` counts all frames
after `connected`, `chunk` the pieces of the caller's sound, those that never came included. Binary frames are reported
as 31950, anything else that is not exactly a media, mark or clear message of this stream as 31951; each is reported
once a stream and ignored.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from bakame.audio.format import TELEPHONE

UNDECODABLE: Final = 31950
INVALID_MESSAGE: Final = 31951


@dataclass(frozen=True, slots=True)
class PlayAudio:
    """Sound for the playout buffer, mu-law at 8 kHz."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class PlaceMark:
    """A mark behind the sound sent so far."""

    name: str


@dataclass(frozen=True, slots=True)
class ClearAudio:
    """All queued sound is dropped."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that was ignored. `first`: the first of its code on this stream, the one the carrier reports."""

    code: int
    reason: str
    first: bool


ServerMessage = PlayAudio | PlaceMark | ClearAudio | Refused


class CarrierStream:
    """One stream, from `connected` to `stop`."""

    def __init__(self, *, stream_sid: str, call_sid: str, account_sid: str) -> None:
        self.stream_sid = stream_sid
        self._call = {"accountSid": account_sid, "callSid": call_sid}
        self._sequence = 0
        self._chunk = 0
        self._reported: set[int] = set()

    def connected(self) -> str:
        """The first frame."""
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        """The second frame; from here on the server may send."""
        start = {
            **self._call,
            "streamSid": self.stream_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": TELEPHONE.rate_hz, "channels": 1},
            "customParameters": dict(parameters),
        }
        return self._frame("start", start)

    def media(self, audio: bytes, *, timestamp_ms: int) -> str:
        """The caller's sound; `timestamp_ms` from the start of the stream."""
        self._chunk += 1
        payload = base64.b64encode(audio).decode()
        media = {"track": "inbound", "chunk": str(self._chunk), "timestamp": str(timestamp_ms), "payload": payload}
        return self._frame("media", media)

    def hole(self) -> None:
        """20 ms of the caller's sound that never came: no message, and the next `chunk` is one higher."""
        self._chunk += 1

    def dtmf(self, digit: str) -> str:
        """One key."""
        return self._frame("dtmf", {"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> str:
        """A mark of the server's, reached or cleared."""
        return self._frame("mark", {"name": name})

    def stop(self) -> str:
        """The last frame."""
        return self._frame("stop", self._call)

    def _frame(self, event: str, content: Mapping[str, object]) -> str:
        self._sequence += 1
        frame = {"event": event, "sequenceNumber": str(self._sequence), event: content, "streamSid": self.stream_sid}
        return json.dumps(frame, separators=(",", ":"))

    def receive(self, message: str | bytes) -> ServerMessage:
        """What the server's message means. Never raises: a bad one is `Refused`."""
        if isinstance(message, bytes):
            return self._refuse(UNDECODABLE, "a binary frame")
        try:
            return self._read(json.loads(message))
        except (ValueError, RecursionError) as error:
            return self._refuse(INVALID_MESSAGE, str(error) if isinstance(error, _MessageError) else "not JSON")

    def _read(self, message: object) -> ServerMessage:
        fields = _object(message, "the message")
        event = fields.pop("event", None)
        if fields.pop("streamSid", None) != self.stream_sid:
            raise _MessageError("streamSid is missing or not this stream's")
        if event == "clear":
            _nothing_but(fields)
            return ClearAudio()
        if event not in ("media", "mark"):
            raise _MessageError("event is missing or unknown")
        content = _object(fields.pop(event, None), event)
        value = content.pop("payload" if event == "media" else "name", None)
        _nothing_but(fields)
        _nothing_but(content)
        if not isinstance(value, str) or not value:
            raise _MessageError(f"the {event} is empty or no string")
        return PlaceMark(value) if event == "mark" else PlayAudio(_decoded(value))

    def _refuse(self, code: int, reason: str) -> Refused:
        first = code not in self._reported
        self._reported.add(code)
        return Refused(code, reason, first)


class _MessageError(ValueError):
    """How a message breaks the protocol."""


def _object(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _MessageError(f"{what} is missing or no object")
    return cast(dict[str, object], value)


def _nothing_but(rest: Mapping[str, object]) -> None:
    """Refuses fields that are left when all known ones were taken."""
    if rest:
        raise _MessageError(f"field {min(rest)[:20]!r} does not belong there")


def _decoded(payload: str) -> bytes:
    try:
        return base64.b64decode(payload, validate=True)
    except binascii.Error as error:
        raise _MessageError("payload is not base64") from error
