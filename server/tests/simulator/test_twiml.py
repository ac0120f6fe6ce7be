"""Documents are read as the carrier reads them, and hostile ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.messaging_response import Message as TwilioMessage
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Connect as TwilioConnect
from twilio.twiml.voice_response import Stream as TwilioStream
from twilio.twiml.voice_response import VoiceResponse

from bakame.simulator.twiml import (
    Connect,
    Hangup,
    Message,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    TwimlError,
    parse_twiml,
)


def test_what_the_official_sdk_writes_for_a_call_is_read() -> None:
    response = VoiceResponse()
    response.say("Muraho & welcome", language="en-GB")
    connect = TwilioConnect(action="/after", method="GET")
    stream = TwilioStream(url="wss://tutor.example.org/stream", name="lesson", status_callback="https://a.example/s")
    stream.parameter(name="token", value="a<b")
    connect.append(stream)
    response.append(connect)
    response.pause(length=3)
    response.play("https://a.example/hello.wav", loop=2)
    response.redirect("/again")
    response.reject(reason="busy")
    response.hangup()
    document = parse_twiml(str(response).encode())
    assert document.verbs == (
        Say("Muraho & welcome", "en-GB"),
        Connect(
            url="wss://tutor.example.org/stream",
            parameters={"token": "a<b"},
            name="lesson",
            status_url="https://a.example/s",
            action="/after",
            method="GET",
        ),
        Pause(3),
        Play("https://a.example/hello.wav", 2),
        Redirect("/again"),
        Reject("busy"),
        Hangup(),
    )
    assert document.warnings == ()


def test_what_the_official_sdk_writes_for_a_text_is_read() -> None:
    response = MessagingResponse()
    response.message("7 × 8 = ?")
    second = TwilioMessage()
    second.body("second")
    response.append(second)
    assert parse_twiml(str(response).encode()).verbs == (Message("7 × 8 = ?"), Message("second"))
    assert parse_twiml(b"<Response/>").verbs == ()


LONG = f"<Stream url='wss://a'><Parameter name='a' value='{'x' * 500}'/></Stream>"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("<Response><say>hi</say></Response>", "<say> is not understood"),
        ("<Response><Say pitch='low'>hi</Say></Response>", "pitch is not an attribute of <Say>"),
        ("<Response><Say> </Say></Response>", "<Say> is empty"),
        ("<Response><Pause length='long'/></Response>", "length of <Pause> is not a number"),
        ("<Response><Connect/></Response>", "<Connect> needs exactly one <Stream>"),
        ("<Response><Connect><Stream/></Connect></Response>", "<Stream> has no url"),
        (f"<Response><Connect>{LONG}</Connect></Response>", "parameter a is longer"),
        ("<Response><Redirect method='PUT'>/a</Redirect></Response>", "neither GET nor POST"),
    ],
)
def test_what_is_not_understood_is_skipped_and_reported(document: str, said: str) -> None:
    (warning,) = parse_twiml(document.encode()).warnings
    assert warning.code == 12200
    assert said in warning.message


BOMB = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><Response><Say>&b;</Say></Response>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (BOMB.encode(), 12100),
        (b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><Response/>', 12100),
        (b"<Response><Say>a & b</Say></Response>", 12100),
        (b"<Response>", 12100),
        (b"", 12100),
        (b"<Result/>", 12100),
        (b"<Response>" + b" " * 65_536 + b"</Response>", 11750),
    ],
)
def test_what_is_no_document_is_refused(body: bytes, code: int) -> None:
    with pytest.raises(TwimlError) as refused:
        parse_twiml(body)
    assert refused.value.code == code


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(body: bytes) -> None:
    with pytest.raises(TwimlError):
        parse_twiml(b"\x00" + body)


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1))
def test_words_arrive_as_they_were_written(words: str) -> None:
    response = MessagingResponse()
    response.message(words)
    (message,) = parse_twiml(str(response).encode()).verbs
    assert message == Message(words.strip())
