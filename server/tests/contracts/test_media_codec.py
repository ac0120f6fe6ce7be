"""What every `MediaCodec` promises, run over each gateway's codec. A new gateway is one line in `WIRES`."""

import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Invalid
from bakame.ports.telephony import Connected, Key, Malformed, MarkEcho, Media, MediaCodec, Started, Stopped
from bakame.providers.twilio.media import TwilioMedia


class Wire(Protocol):
    """The carrier's side of a stream, as the tests need it."""

    def codec(self) -> MediaCodec: ...
    def opening(self) -> list[str]:
        """Messages before `start`."""
        ...

    def start(self, *, stream_id: str, call_id: str, parameters: Mapping[str, str]) -> str: ...
    def media(self, audio: bytes, *, stream_id: str, sequence: int, timestamp_ms: int) -> str: ...
    def key(self, digit: str, *, stream_id: str) -> str: ...
    def mark(self, name: str, *, stream_id: str) -> str: ...
    def stop(self, *, stream_id: str) -> str: ...
    def read(self, message: bytes, *, stream_id: str) -> bytes | str | None:
        """What the carrier takes from our message: sound, a mark's name, or None for a clear."""
        ...


class TwilioWire:
    def codec(self) -> MediaCodec:
        return TwilioMedia()

    def opening(self) -> list[str]:
        return ['{"event":"connected","protocol":"Call","version":"1.0.0"}']

    def start(self, *, stream_id: str, call_id: str, parameters: Mapping[str, str]) -> str:
        start = {"streamSid": stream_id, "callSid": call_id, "customParameters": dict(parameters)}
        return self._message("start", stream_id, start=start)

    def media(self, audio: bytes, *, stream_id: str, sequence: int, timestamp_ms: int) -> str:
        media = {"track": "inbound", "timestamp": str(timestamp_ms), "payload": _base64(audio)}
        return self._message("media", stream_id, sequenceNumber=str(sequence), media=media)

    def key(self, digit: str, *, stream_id: str) -> str:
        return self._message("dtmf", stream_id, dtmf={"track": "inbound_track", "digit": digit})

    def mark(self, name: str, *, stream_id: str) -> str:
        return self._message("mark", stream_id, mark={"name": name})

    def stop(self, *, stream_id: str) -> str:
        return self._message("stop", stream_id, stop={})

    def read(self, message: bytes, *, stream_id: str) -> bytes | str | None:
        fields = json.loads(message)
        assert fields.pop("streamSid") == stream_id
        match fields:
            case {"event": "media", "media": {"payload": str(payload)}}:
                return base64.b64decode(payload, validate=True)
            case {"event": "mark", "mark": {"name": str(name)}}:
                return name
            case _:
                assert fields == {"event": "clear"}
                return None

    def _message(self, event: str, stream_id: str, **fields: Any) -> str:
        return json.dumps({"event": event, "streamSid": stream_id, "sequenceNumber": "1", **fields})


def _base64(audio: bytes) -> str:
    return base64.b64encode(audio).decode()


WIRES: list[Wire] = [TwilioWire()]

every_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: type(wire).__name__)


def started(wire: Wire) -> MediaCodec:
    codec = wire.codec()
    for message in wire.opening():
        codec.decode(message)
    codec.decode(wire.start(stream_id="S1", call_id="C1", parameters={}))
    return codec


@every_wire
def test_a_stream_from_its_opening_to_its_end(wire: Wire) -> None:
    codec = wire.codec()
    assert all(codec.decode(message) in (Connected(), None) for message in wire.opening())
    start = wire.start(stream_id="S1", call_id="C1", parameters={"token": "a b"})
    assert codec.decode(start) == Started("S1", "C1", {"token": "a b"})
    media = wire.media(b"\xff" * 160, stream_id="S1", sequence=2, timestamp_ms=20)
    assert codec.decode(media) == Media(b"\xff" * 160, 2, 20)
    assert [codec.decode(wire.key(digit, stream_id="S1")) for digit in "0123456789*#"] == list(map(Key, "0123456789*#"))
    assert codec.decode(wire.mark("m1", stream_id="S1")) == MarkEcho("m1")
    assert codec.decode(wire.stop(stream_id="S1")) == Stopped()


@every_wire
@given(audio=st.binary(min_size=1, max_size=800), name=st.text(min_size=1, max_size=40))
def test_the_carrier_reads_what_we_send(wire: Wire, audio: bytes, name: str) -> None:
    codec = started(wire)
    assert wire.read(codec.media(audio), stream_id="S1") == audio
    assert wire.read(codec.mark(name), stream_id="S1") == name
    assert wire.read(codec.clear(), stream_id="S1") is None


@every_wire
def test_nothing_can_be_sent_before_the_stream_is_ready(wire: Wire) -> None:
    codec = wire.codec()
    for message in wire.opening():
        codec.decode(message)
    for send in (lambda: codec.media(b"\xff"), lambda: codec.mark("m"), codec.clear):
        with pytest.raises(Invalid):
            send()


@every_wire
def test_sound_before_start_and_of_another_stream_is_malformed(wire: Wire) -> None:
    media = wire.media(b"\xff", stream_id="S2", sequence=2, timestamp_ms=0)
    with pytest.raises(Malformed):
        wire.codec().decode(media)
    with pytest.raises(Malformed):
        started(wire).decode(media)


@every_wire
@pytest.mark.parametrize("message", [b"\x00\x01", "", "{", "[]", "null", "x" * 100_000])
def test_what_breaks_the_protocol_is_malformed_and_the_stream_goes_on(wire: Wire, message: str | bytes) -> None:
    codec = started(wire)
    with pytest.raises(Malformed):
        codec.decode(message)
    assert codec.decode(wire.key("5", stream_id="S1")) == Key("5")


@every_wire
@given(message=st.text(max_size=100) | st.binary(max_size=100))
def test_no_message_raises_anything_else(wire: Wire, message: str | bytes) -> None:
    with suppress(Malformed):
        started(wire).decode(message)


@every_wire
def test_codecs_share_nothing(wire: Wire) -> None:
    started(wire)
    with pytest.raises(Invalid):
        wire.codec().clear()
