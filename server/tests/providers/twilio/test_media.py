"""Media Streams messages, word for word as Twilio documents them, and everything that could come instead."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import SILENCE_FRAME
from bakame.errors import Invalid
from bakame.ports.telephony import Connected, Key, Malformed, MarkEcho, Media, Started, Stopped
from bakame.providers.twilio.media import MAX_MESSAGE, TwilioMedia

STREAM = "MZ00000000000000000000000000000001"
CALL = "CA00000000000000000000000000000001"
CONNECTED = '{"event":"connected","protocol":"Call","version":"1.0.0"}'
START = (
    '{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC00000000000000000000000000000001",'
    '"streamSid":"MZ00000000000000000000000000000001","callSid":"CA00000000000000000000000000000001",'
    '"tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},'
    '"customParameters":{"lang":"rw"}},"streamSid":"MZ00000000000000000000000000000001"}'
)
MEDIA = (
    '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"20",'
    '"payload":"//////8="},"streamSid":"MZ00000000000000000000000000000001"}'
)
DTMF = (
    '{"event":"dtmf","streamSid":"MZ00000000000000000000000000000001","sequenceNumber":"5",'
    '"dtmf":{"track":"inbound_track","digit":"1"}}'
)
MARK = '{"event":"mark","sequenceNumber":"9","streamSid":"MZ00000000000000000000000000000001","mark":{"name":"utt-7"}}'
STOP = (
    '{"event":"stop","sequenceNumber":"88","stop":{"accountSid":"AC00000000000000000000000000000001",'
    '"callSid":"CA00000000000000000000000000000001"},"streamSid":"MZ00000000000000000000000000000001"}'
)


def changed(message: str, **fields: Any) -> str:
    """A message with fields replaced, at the top (`event`) or inside (`media__payload`); None removes one."""
    document = json.loads(message)
    for path, value in fields.items():
        *outer, name = path.split("__")
        place = document
        for step in outer:
            place = place[step]
        if value is None:
            del place[name]
        else:
            place[name] = value
    return json.dumps(document)


def started() -> TwilioMedia:
    codec = TwilioMedia()
    codec.decode(CONNECTED)
    codec.decode(START)
    return codec


def test_a_whole_stream_as_documented() -> None:
    codec = TwilioMedia()
    assert [codec.decode(message) for message in (CONNECTED, START, MEDIA, DTMF, MARK, STOP)] == [
        Connected(),
        Started(STREAM, CALL, {"lang": "rw"}),
        Media(b"\xff" * 5, sequence=2, timestamp_ms=20),
        Key("1"),
        MarkEcho("utt-7"),
        Stopped(),
    ]


def test_what_we_send_has_the_documented_fields_and_no_other() -> None:
    codec = started()
    assert codec.media(b"\xff" * 5) == (
        b'{"event":"media","streamSid":"MZ00000000000000000000000000000001","media":{"payload":"//////8="}}'
    )
    assert codec.mark("utt-7") == (
        b'{"event":"mark","streamSid":"MZ00000000000000000000000000000001","mark":{"name":"utt-7"}}'
    )
    assert codec.clear() == b'{"event":"clear","streamSid":"MZ00000000000000000000000000000001"}'


def test_a_frame_of_silence_is_216_characters() -> None:
    payload = json.loads(started().media(SILENCE_FRAME))["media"]["payload"]
    assert payload == "/" * 213 + "w=="


@given(audio=st.binary(max_size=1000))
def test_sound_goes_through_both_ways_unchanged(audio: bytes) -> None:
    codec = started()
    payload = json.loads(codec.media(audio))["media"]["payload"]
    assert base64.b64decode(payload, validate=True) == audio
    assert codec.decode(changed(MEDIA, media__payload=payload)) == Media(audio, 2, 20)


@given(name=st.text(max_size=50))
def test_any_mark_name_comes_back_as_it_was(name: str) -> None:
    codec = started()
    sent = json.loads(codec.mark(name))
    assert sent == {"event": "mark", "streamSid": STREAM, "mark": {"name": name}}
    assert codec.decode(changed(MARK, mark__name=name)) == MarkEcho(name)


def test_a_stream_id_is_quoted() -> None:
    codec = TwilioMedia()
    odd = 'MZ"\\1'
    codec.decode(changed(START, streamSid=odd, start__streamSid=odd))
    assert json.loads(codec.clear()) == {"event": "clear", "streamSid": odd}


@pytest.mark.parametrize(
    "message",
    [
        changed(MEDIA, sequenceNumber=2, media__timestamp=20),
        changed(MEDIA, media__chunk=None),
        changed(MEDIA, media__track=None),
        changed(MEDIA, later="new field", media__loudness=3),
    ],
)
def test_sound_is_taken_in_every_form_the_protocol_allows(message: str) -> None:
    assert started().decode(message) == Media(b"\xff" * 5, 2, 20)


def test_out_of_order_sound_keeps_its_numbers() -> None:
    codec = started()
    events = [codec.decode(changed(MEDIA, sequenceNumber=number)) for number in ("9", "3")]
    assert [event.sequence for event in events if isinstance(event, Media)] == [9, 3]


@pytest.mark.parametrize(
    "message",
    [
        changed(START, start__customParameters=None),
        changed(START, start__mediaFormat=None, start__customParameters={}),
        changed(START, start__mediaFormat__sampleRate="8000", start__customParameters={}),
        changed(START, start__streamSid=None, start__tracks=None, start__customParameters={}),
    ],
)
def test_a_start_with_less_is_a_start(message: str) -> None:
    assert TwilioMedia().decode(message) == Started(STREAM, CALL, {})


@pytest.mark.parametrize(
    "message",
    [
        changed(MEDIA, media__track="outbound"),
        changed(MEDIA, event="transcription"),
        '{"event":"something-new"}',
    ],
)
def test_what_does_not_concern_us_is_passed_over(message: str) -> None:
    assert started().decode(message) is None


@pytest.mark.parametrize("digit", list("0123456789*#"))
def test_every_key_is_heard(digit: str) -> None:
    assert started().decode(changed(DTMF, dtmf__digit=digit)) == Key(digit)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"\x00\xff", "not JSON"),
        ("", "not JSON"),
        ("{", "not JSON"),
        ("\ud800", "not JSON"),
        ("[" * 20_000, "not JSON"),
        (MEDIA + MEDIA, "not JSON"),
        ("null", "not an object"),
        ("[]", "not an object"),
        ('"media"', "not an object"),
        ("{}", "event is missing"),
        ('{"event":7}', "event is missing"),
        (" " * (MAX_MESSAGE + 1), "too large"),
        (changed(MEDIA, media__payload="A" * MAX_MESSAGE), "too large"),
        (changed(MEDIA, streamSid=None), "another stream"),
        (changed(MEDIA, streamSid="MZ2"), "another stream"),
        (changed(STOP, streamSid="MZ2"), "another stream"),
        (changed(MEDIA, media=None), "media is missing"),
        (changed(MEDIA, media=[1]), "media is missing"),
        (changed(MEDIA, media__payload=None), "payload is missing"),
        (changed(MEDIA, media__payload=5), "payload is missing"),
        (changed(MEDIA, media__payload="secret!"), "not base64"),
        (changed(MEDIA, media__payload="//////8"), "not base64"),
        (changed(MEDIA, media__payload="__8="), "not base64"),
        (changed(MEDIA, media__payload="//////8=\n"), "not base64"),
        (changed(MEDIA, media__payload="é==="), "not base64"),
        (changed(MEDIA, media__track="secret"), "unknown track"),
        (changed(MEDIA, media__track=[]), "unknown track"),
        (changed(MEDIA, sequenceNumber=None), "sequenceNumber is missing"),
        (changed(MEDIA, sequenceNumber="two"), "sequenceNumber is missing or is not a number"),
        (changed(MEDIA, sequenceNumber="9" * 5000), "sequenceNumber"),
        (changed(MEDIA, sequenceNumber="²"), "sequenceNumber"),
        (changed(MEDIA, sequenceNumber=True), "sequenceNumber"),
        (changed(MEDIA, media__timestamp=-20), "timestamp"),
        (changed(MEDIA, media__timestamp=1e300), "timestamp"),
        (changed(DTMF, dtmf__digit="12"), "not a key"),
        (changed(DTMF, dtmf__digit=""), "not a key"),
        (changed(DTMF, dtmf__digit="A"), "not a key"),
        (changed(DTMF, dtmf__digit=1), "digit is missing"),
        (changed(DTMF, dtmf=None), "dtmf is missing"),
        (changed(MARK, mark__name=None), "name is missing"),
        (changed(MARK, mark="utt-7"), "mark is missing"),
        (START, "second start"),
        (CONNECTED, "connected after start"),
    ],
)
def test_a_broken_message_is_named_and_the_stream_goes_on(message: str | bytes, reason: str) -> None:
    codec = started()
    with pytest.raises(Malformed, match=reason) as caught:
        codec.decode(message)
    assert "secret" not in str(caught.value)
    assert codec.decode(MEDIA) == Media(b"\xff" * 5, 2, 20)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (changed(START, start=None), "start is missing"),
        (changed(START, streamSid=None), "streamSid is missing"),
        (changed(START, streamSid="", start__streamSid=""), "streamSid is empty"),
        (changed(START, streamSid="M" * 129, start__streamSid=None), "streamSid is empty or too long"),
        (changed(START, streamSid="MZ2"), "two streams"),
        (changed(START, start__callSid=None), "callSid is missing"),
        (changed(START, start__callSid=""), "callSid is empty"),
        (changed(START, start__customParameters=["secret"]), "customParameters"),
        (changed(START, start__customParameters={"token": 5}), "custom parameter is not text"),
        (changed(START, start__mediaFormat="audio/x-mulaw"), "mediaFormat is not an object"),
        (changed(START, start__mediaFormat__encoding="audio/l16"), "not mu-law"),
        (changed(START, start__mediaFormat__sampleRate=16000), "not mu-law"),
        (changed(START, start__mediaFormat__channels=2), "not mu-law"),
        (changed(START, start__mediaFormat__channels=None), "channels is missing"),
    ],
)
def test_a_broken_start_starts_nothing(message: str, reason: str) -> None:
    codec = TwilioMedia()
    with pytest.raises(Malformed, match=reason):
        codec.decode(message)
    with pytest.raises(Invalid, match="not started"):
        codec.clear()
    assert codec.decode(START) == Started(STREAM, CALL, {"lang": "rw"})


@pytest.mark.parametrize("message", [MEDIA, DTMF, MARK, STOP])
def test_nothing_comes_before_start(message: str) -> None:
    codec = TwilioMedia()
    codec.decode(CONNECTED)
    with pytest.raises(Malformed, match="before start"):
        codec.decode(message)


def test_nothing_comes_after_stop() -> None:
    codec = started()
    codec.decode(STOP)
    with pytest.raises(Malformed, match="after stop"):
        codec.decode(MEDIA)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
NAMES = ["event", "streamSid", "sequenceNumber", "media", "start", "mark", "dtmf", "stop"]


@given(
    event=st.sampled_from(["connected", "start", "media", "dtmf", "mark", "stop", "x"]),
    fields=st.dictionaries(st.sampled_from(NAMES[1:]), JSON),
)
def test_whatever_the_fields_hold_a_message_is_understood_or_named(event: str, fields: dict[str, Any]) -> None:
    codec = started()
    with suppress(Malformed):
        codec.decode(json.dumps({"streamSid": STREAM, **fields, "event": event}))
    if event != "stop":
        assert codec.decode(MEDIA) == Media(b"\xff" * 5, 2, 20)


@given(message=st.text(max_size=200))
def test_no_text_at_all_breaks_the_codec(message: str) -> None:
    codec = started()
    with suppress(Malformed):
        assert codec.decode(message) is None
    assert codec.decode(MEDIA) == Media(b"\xff" * 5, 2, 20)
