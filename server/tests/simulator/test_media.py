"""The frames of a media stream: what the carrier sends, and what it takes."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.simulator.media import CarrierStream, ClearAudio, PlaceMark, PlayAudio, Refused

MZ, CA, AC = "MZ" + "0" * 31 + "1", "CA" + "0" * 31 + "1", "AC" + "0" * 31 + "1"


def stream() -> CarrierStream:
    return CarrierStream(stream_sid=MZ, call_sid=CA, account_sid=AC)


def test_frames_are_those_of_the_reference() -> None:
    carrier = stream()
    assert json.loads(carrier.connected()) == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert json.loads(carrier.start({"lang": "rw"})) == {
        "event": "start",
        "sequenceNumber": "1",
        "start": {
            "accountSid": AC,
            "streamSid": MZ,
            "callSid": CA,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"lang": "rw"},
        },
        "streamSid": MZ,
    }
    assert json.loads(carrier.media(b"\xff" * 160, timestamp_ms=20)) == {
        "event": "media",
        "sequenceNumber": "2",
        "media": {"track": "inbound", "chunk": "1", "timestamp": "20", "payload": "/" * 213 + "w=="},
        "streamSid": MZ,
    }
    assert json.loads(carrier.dtmf("1")) == {
        "event": "dtmf",
        "streamSid": MZ,
        "sequenceNumber": "3",
        "dtmf": {"track": "inbound_track", "digit": "1"},
    }
    assert json.loads(carrier.mark("utt-7"))["mark"] == {"name": "utt-7"}
    assert json.loads(carrier.stop()) == {
        "event": "stop",
        "sequenceNumber": "5",
        "stop": {"accountSid": AC, "callSid": CA},
        "streamSid": MZ,
    }


def message(event: str, **fields: object) -> str:
    return json.dumps({"event": event, "streamSid": MZ, **fields})


@given(st.binary(min_size=1, max_size=2000))
def test_sound_of_any_length_is_taken(sound: bytes) -> None:
    payload = base64.b64encode(sound).decode()
    assert stream().receive(message("media", media={"payload": payload})) == PlayAudio(sound)


def test_marks_and_clears_are_taken() -> None:
    assert stream().receive(message("mark", mark={"name": "utt-7"})) == PlaceMark("utt-7")
    assert stream().receive(message("clear")) == ClearAudio()


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "null",
        "[]",
        "[" * 100_000,
        "{}",
        '{"event":"clear"}',
        '{"event":"clear","streamSid":"MZ2"}',
        json.dumps({"event": "clear", "stream_sid": MZ}),
        message("clear", sequenceNumber="1"),
        message("hangup"),
        message("media"),
        message("media", media=None),
        message("media", media={"payload": ""}),
        message("media", media={"payload": 5}),
        message("media", media={"payload": "a-_b"}),
        message("media", media={"payload": "YQ"}),
        message("media", media={"payload": "YQ==\n"}),
        message("media", media={"payload": "YQ==", "track": "outbound"}),
        message("media", media={"payload": "YQ=="}, sequenceNumber="1"),
        message("mark", mark={}),
        message("mark", mark={"name": ""}),
        message("mark", mark="utt-7"),
    ],
)
def test_what_breaks_the_protocol_is_reported_once_and_ignored(bad: str) -> None:
    carrier = stream()
    first, again = carrier.receive(bad), carrier.receive(bad)
    assert isinstance(first, Refused)
    assert isinstance(again, Refused)
    assert (first.code, first.first, again.first) == (31951, True, False)
    assert carrier.receive(message("clear")) == ClearAudio()


def test_a_binary_frame_has_a_code_of_its_own() -> None:
    carrier = stream()
    carrier.receive("bad")
    assert carrier.receive(b"\x00") == Refused(31950, "a binary frame", True)


names = st.sampled_from(["event", "streamSid", "media", "mark", "payload", "name"])
objects = st.recursive(st.none() | st.text(), lambda inner: st.dictionaries(names, inner))


@given(st.one_of(st.text(), st.binary(), objects.map(json.dumps)))
def test_no_message_breaks_the_carrier(anything: str | bytes) -> None:
    carrier = stream()
    assert isinstance(carrier.receive(anything), Refused)
    assert carrier.receive(message("clear")) == ClearAudio()
