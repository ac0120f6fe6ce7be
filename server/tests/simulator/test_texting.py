"""Texts over real HTTP: the fields the server gets, and the replies the learner reads."""

import pytest

from bakame.simulator.carrier import Carrier
from bakame.simulator.hosting import hosted
from bakame.simulator.texting import TextReply
from bakame.simulator.virtual_time import run_virtual
from bakame.simulator.webhook import WebhookError
from simulator.fake_server import TOKEN, FakeServer

LEARNER, TUTOR = "+250788000001", "+250788000000"


def texted(server: FakeServer, *bodies: str, message_sid: str | None = None) -> list[TextReply]:
    async def main() -> list[TextReply]:
        async with hosted(server.app()) as url, Carrier(url, auth_token=TOKEN) as carrier:
            return [await carrier.send_text(LEARNER, TUTOR, body, message_sid=message_sid) for body in bodies]

    return run_virtual(main())


def test_a_text_carries_its_fields_and_brings_the_reply() -> None:
    server = FakeServer(documents={"/sms": ["<Response><Message>7 x 8 = ?</Message></Response>"]})
    (reply,) = texted(server, "MATH")
    (text,) = reply.texts
    assert (text.to, text.from_, text.body, text.parts, text.encoding) == (LEARNER, TUTOR, "7 x 8 = ?", 1, "GSM-7")
    (form,) = server.got("/sms")
    assert form["MessageSid"] == form["SmsSid"] == reply.message_sid
    assert (form["Body"], form["NumMedia"], form["NumSegments"], form["FromCountry"]) == ("MATH", "0", "1", "RW")


@pytest.mark.parametrize(
    ("body", "parts"),
    [("", "1"), ("a" * 161, "2"), ("€" * 81, "2"), ("ê" * 71, "2"), ("😀" * 35, "1"), ("😀" * 36, "2")],
)
def test_parts_are_counted_as_the_network_does(body: str, parts: str) -> None:
    server = FakeServer(documents={"/sms": ["<Response/>"]})
    (reply,) = texted(server, body)
    assert reply.texts == ()
    assert server.got("/sms")[0]["NumSegments"] == parts


def test_the_same_message_twice_has_one_id() -> None:
    server = FakeServer(documents={"/sms": ["<Response/>"]})
    texted(server, "56", "56", message_sid="SM" + "1" * 32)
    assert {form["MessageSid"] for form in server.got("/sms")} == {"SM" + "1" * 32}


def test_replies_that_the_network_would_not_carry_are_reported() -> None:
    document = f"<Response><Message/><Message>{'x' * 1601}</Message><Hangup/><Message>ok</Message></Response>"
    (reply,) = texted(FakeServer(documents={"/sms": [document]}), "MATH")
    assert [text.body for text in reply.texts] == ["ok"]
    assert [warning.code for warning in reply.warnings] == [14103, 14103, 12200]


def test_a_server_that_refuses_is_an_error_with_a_cure() -> None:
    with pytest.raises(WebhookError) as refused:
        texted(FakeServer(token="another"), "MATH")
    assert refused.value.status == 403
    assert "auth token" in refused.value.cure
