"""Webhooks: who sent them, what they say, and the TwiML that answers."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Invalid
from bakame.ports.messaging import InboundText, MediaItem
from bakame.ports.telephony import CallProgress, InboundCall
from bakame.providers.twilio import webhook
from bakame.providers.twilio.webhook import Signatures

TOKEN = "test_auth_token_0123456789abcdef"
SMS = {
    "MessageSid": "SM00000000000000000000000000000001",
    "AccountSid": "AC00000000000000000000000000000001",
    "From": "+250788123456",
    "To": "+15005550006",
    "Body": "Muraho, math please",
    "NumMedia": "0",
    "NumSegments": "1",
}
CALL = {
    "AccountSid": "AC00000000000000000000000000000001",
    "ApiVersion": "2010-04-01",
    "CallSid": "CA00000000000000000000000000000001",
    "CallStatus": "ringing",
    "Direction": "inbound",
    "From": "+250788123456",
    "To": "+15005550006",
    "FromCountry": "RW",
    "FromCity": "",
}


def read(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 our own document, not untrusted data


def signed(signature: str) -> dict[str, str]:
    return {"X-Twilio-Signature": signature}


@pytest.mark.parametrize(
    ("token", "url", "form", "signature"),
    [
        (
            "12345",
            "https://example.com/myapp.php?foo=1&bar=2",
            {
                "CallSid": "CA1234567890ABCDE",
                "Caller": "+14158675310",
                "Digits": "1234",
                "From": "+14158675310",
                "To": "+18005551212",
            },
            "L/OH5YylLD5NRKLltdqwSvS0BnU=",
        ),
        (
            "12345",
            "https://mycompany.com/myapp.php?foo=1&bar=2",
            {
                "CallSid": "CA1234567890ABCDE",
                "Caller": "+12349013030",
                "Digits": "1234",
                "From": "+12349013030",
                "To": "+18005551212",
            },
            "0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
        ),
        (TOKEN, "https://tutor.example.org/sms", SMS, "l1+0cSF+UbJzcrxOamUTvOniymQ="),
        (TOKEN, "https://tutor.example.org/sms", SMS, "jYaOXfqg7f/CaaWNpeqAZcA/8q0="),
        (
            TOKEN,
            "https://tutor.example.org/call?CallSid=CA1&From=%2B250788123456",
            {},
            "e+aFZrX1Uf9+SxjAau0FEsrJG5Q=",
        ),
    ],
)
def test_what_twilio_signed_is_authentic(token: str, url: str, form: dict[str, str], signature: str) -> None:
    signatures = Signatures(token)
    assert signatures.is_authentic(url=url, form=form, headers=signed(signature))
    assert signatures.is_authentic(url=url, form=form, headers={"x-twilio-signature": signature})
    assert not signatures.is_authentic(url=url, form={**form, "Added": "1"}, headers=signed(signature))
    assert not signatures.is_authentic(url=f"{url}x", form=form, headers=signed(signature))
    assert not Signatures(token + "x").is_authentic(url=url, form=form, headers=signed(signature))


@pytest.mark.parametrize("headers", [{}, signed(""), signed("é"), signed("l1+0cSF+UbJzcrxOamUTvOniymQ"), {"Host": "x"}])
def test_no_signature_or_another_is_not_authentic(headers: dict[str, str]) -> None:
    assert not Signatures(TOKEN).is_authentic(url="https://tutor.example.org/sms", form=SMS, headers=headers)


def test_text_that_cannot_be_signed_is_not_authentic() -> None:
    signatures = Signatures(TOKEN)
    assert not signatures.is_authentic(url="https://x.org/sms", form={"Body": "\ud800"}, headers=signed("x"))
    assert not signatures.is_authentic(url="https://x.org:port/sms", form=SMS, headers=signed("x"))


def test_the_media_socket_is_signed_over_its_wss_url_and_nothing_else() -> None:
    signatures = Signatures(TOKEN)
    headers = signed("y7xzg9X2ywQSY4It+XOPTrp7wDo=")
    assert signatures.is_authentic_stream(url="wss://tutor.example.org/twilio-stream", headers=headers)
    assert not signatures.is_authentic_stream(url="https://tutor.example.org/twilio-stream", headers=headers)
    assert not signatures.is_authentic_stream(url="wss://other.example.org/twilio-stream", headers=headers)
    https = signed("wnGPJtstp61VuWHPKfscnCnscOE=")
    assert not signatures.is_authentic_stream(url="wss://tutor.example.org/twilio-stream", headers=https)


def test_a_media_socket_signed_with_a_slash_behind_its_url_is_authentic() -> None:
    # HMAC-SHA1 of "wss://tutor.example.org/twilio-stream/" with TOKEN, by openssl.
    headers = signed("KM5XHGNO/C39X4f3fJsQxDtDeKc=")
    assert Signatures(TOKEN).is_authentic_stream(url="wss://tutor.example.org/twilio-stream", headers=headers)
    assert not Signatures(TOKEN).is_authentic(url="wss://tutor.example.org/twilio-stream", form={}, headers=headers)


def test_an_inbound_call() -> None:
    assert webhook.inbound_call(CALL) == InboundCall(
        call_id="CA00000000000000000000000000000001",
        line="+250788123456",
        called="+15005550006",
        direction="inbound",
        status="ringing",
    )


def test_in_a_call_that_we_placed_the_line_is_who_was_called() -> None:
    form = {**CALL, "Direction": "outbound-api", "From": "+15005550006", "To": "+250788123456"}
    call = webhook.inbound_call(form)
    assert (call.line, call.called, call.direction) == ("+250788123456", "+15005550006", "outbound-api")


def test_a_caller_without_a_number_still_calls() -> None:
    assert webhook.inbound_call({**CALL, "From": ""}).line == ""


@pytest.mark.parametrize("name", ["CallSid", "From", "To", "CallStatus"])
def test_a_call_without_a_field_that_must_be_there_is_invalid(name: str) -> None:
    with pytest.raises(Invalid, match=name):
        webhook.inbound_call({key: value for key, value in CALL.items() if key != name})


def test_call_progress_has_a_duration_at_the_end_only() -> None:
    call_id = CALL["CallSid"]
    assert webhook.call_progress(CALL) == CallProgress(call_id, "ringing", None)
    ended = {**CALL, "CallStatus": "completed", "CallDuration": "49", "Duration": "1"}
    assert webhook.call_progress(ended) == CallProgress(call_id, "completed", 49)


@pytest.mark.parametrize("duration", ["", "-1", "4.9", "soon", "²", "9" * 5000])
def test_a_duration_that_is_no_number_is_invalid(duration: str) -> None:
    with pytest.raises(Invalid, match="CallDuration"):
        webhook.call_progress({**CALL, "CallDuration": duration})


@pytest.mark.parametrize("name", ["CallSid", "CallStatus"])
def test_call_progress_needs_its_fields(name: str) -> None:
    with pytest.raises(Invalid, match=name):
        webhook.call_progress({**CALL, name: ""} if name == "CallSid" else {"CallSid": "CA1"})


def test_an_inbound_text() -> None:
    assert webhook.inbound_text(SMS) == InboundText(
        message_id="SM00000000000000000000000000000001",
        line="+250788123456",
        to="+15005550006",
        body="Muraho, math please",
    )


@pytest.mark.parametrize(("opted", "expected"), [("STOP", "STOP"), ("START", "START"), ("HELP", "HELP"), ("X", None)])
def test_a_keyword_that_twilio_answered_is_marked(opted: str, expected: str | None) -> None:
    assert webhook.inbound_text({**SMS, "OptOutType": opted}).opted == expected


def test_a_picture_without_words_has_an_empty_body() -> None:
    form = {key: value for key, value in SMS.items() if key != "Body"}
    assert webhook.inbound_text(form).body == ""


def with_media(count: str, *, addresses: int = 3) -> dict[str, str]:
    media = {f"MediaUrl{n}": f"https://api.twilio.com/{n}" for n in range(addresses)}
    return {**SMS, "NumMedia": count, **media, "MediaContentType0": "image/jpeg", "MediaContentType1": "audio/ogg"}


def test_pictures_and_voice_notes_come_with_their_addresses_and_types() -> None:
    text = webhook.inbound_text(with_media("2"))
    assert text.media == (
        MediaItem("https://api.twilio.com/0", "image/jpeg"),
        MediaItem("https://api.twilio.com/1", "audio/ogg"),
    )
    assert "api.twilio.com" not in repr(text), "who has the address may have the picture"


def test_only_the_first_three_are_looked_at_and_the_rest_is_counted() -> None:
    text = webhook.inbound_text(with_media("10", addresses=10))
    assert (len(text.media), text.media_left_out) == (3, 7)


@pytest.mark.parametrize("count", ["", "0", "-1", "two", "²", "9" * 5000, "1.5"])
def test_a_number_of_media_that_is_none_is_no_media(count: str) -> None:
    text = webhook.inbound_text(with_media(count))
    assert (text.media, text.body) == ((), SMS["Body"])


def test_media_without_an_address_or_with_an_endless_one_are_left_out() -> None:
    text = webhook.inbound_text({**with_media("99"), "MediaUrl0": "", "MediaUrl1": "https://x/" + "x" * 3_000})
    assert [item.url for item in text.media] == ["https://api.twilio.com/2"]


@pytest.mark.parametrize("name", ["MessageSid", "From", "To"])
def test_a_text_without_a_field_that_must_be_there_is_invalid(name: str) -> None:
    with pytest.raises(Invalid, match=name) as caught:
        webhook.inbound_text({key: value for key, value in SMS.items() if key != name})
    assert "250788" not in str(caught.value)


def test_the_call_is_connected_to_our_socket_with_its_token_as_a_parameter() -> None:
    document = webhook.open_stream(
        stream_url="wss://tutor.example.org/twilio-stream",
        parameters={"token": "a&b", "lang": "rw"},
        after_url="https://tutor.example.org/call/after",
    )
    response = read(document)
    assert [child.tag for child in response] == ["Connect"]
    connect = response[0]
    assert connect.attrib == {"action": "https://tutor.example.org/call/after", "method": "POST"}
    stream = connect[0]
    assert (stream.tag, stream.attrib) == ("Stream", {"url": "wss://tutor.example.org/twilio-stream"})
    assert [(child.tag, child.attrib) for child in stream] == [
        ("Parameter", {"name": "token", "value": "a&b"}),
        ("Parameter", {"name": "lang", "value": "rw"}),
    ]


@pytest.mark.parametrize("url", ["https://x.org/s", "wss://x.org/s?token=1", "wss://x.org/s#a", ""])
def test_a_url_that_twilio_would_not_open_is_refused_here(url: str) -> None:
    with pytest.raises(Invalid, match="stream URL"):
        webhook.open_stream(stream_url=url, parameters={}, after_url="https://x.org/after")


def test_a_parameter_has_fewer_than_500_characters() -> None:
    def document(value: str) -> str:
        return webhook.open_stream(stream_url="wss://x.org/s", parameters={"token": value}, after_url="https://x.org")

    assert "x" * 494 in document("x" * 494)
    with pytest.raises(Invalid, match="499 characters"):
        document("x" * 495)


def test_saying_hanging_up_and_answering_a_text() -> None:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    assert webhook.say("All lines are busy.", hang_up=True) == (
        f"{head}<Response><Say>All lines are busy.</Say><Hangup /></Response>"
    )
    assert webhook.say("One moment.", hang_up=False) == f"{head}<Response><Say>One moment.</Say></Response>"
    assert webhook.hang_up() == f"{head}<Response><Hangup /></Response>"
    assert webhook.reply("7 x 8 = ?") == f"{head}<Response><Message>7 x 8 = ?</Message></Response>"
    assert webhook.reply(None) == webhook.reply("") == f"{head}<Response />"


def writable(char: str) -> bool:
    """Whether XML 1.0 has a way to write a character (section 2.2)."""
    return char in "\t\n\r" or " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char > "\uffff"


@given(text=st.text(st.characters(exclude_categories=()), max_size=200))
def test_whatever_the_text_it_is_read_as_it_was_written(text: str) -> None:
    said = read(webhook.say(text, hang_up=True))[0].text or ""
    # XML readers take every line end for a newline (section 2.11).
    assert said == "".join(filter(writable, text)).replace("\r\n", "\n").replace("\r", "\n")


def test_characters_that_xml_cannot_write_are_left_out() -> None:
    assert "<Say>5 &lt; 7 &amp; 9</Say>" in webhook.say("5 <\x00 7 & \ud8009\ufffe", hang_up=False)


@pytest.mark.parametrize("text", [" ", "\n", "\x00", "x" * 1601])
def test_a_text_that_twilio_would_refuse_is_refused_here(text: str) -> None:
    with pytest.raises(Invalid, match="1 to 1600"):
        webhook.reply(text)
