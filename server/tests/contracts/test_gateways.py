"""What every `CallGateway` and `TextGateway` promises, run over each carrier. A new one is one line in `CARRIERS`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar
from urllib.parse import parse_qs
from xml.etree import ElementTree

import httpx
import pytest
from twilio.request_validator import RequestValidator

from bakame.errors import BakameError, Invalid, Missing, Unavailable
from bakame.ports.messaging import InboundText, SentText, TextGateway
from bakame.ports.telephony import CallGateway, CallProgress, InboundCall
from bakame.providers.twilio.gateway import TwilioGateway

Answer = TypeVar("Answer")

LEARNER, OURS = "+250788123456", "+15005550006"
URL, SOCKET = "https://tutor.example.org/hook?x=1", "wss://tutor.example.org/stream"


class Gateway(CallGateway, TextGateway, Protocol):
    """Both, as one carrier gives them."""


class Carrier(Protocol):
    """The other side of a gateway, as the tests need it. `state`: `well`, `busy`, `refusing` or `away`."""

    def gateway(self, http: httpx.AsyncClient) -> Gateway: ...
    def answer(self, request: httpx.Request, *, state: str) -> httpx.Response: ...
    def sign(self, url: str, form: Mapping[str, str]) -> dict[str, str]: ...
    def call_form(self, *, call_id: str, line: str, called: str, outbound: bool = False) -> dict[str, str]: ...
    def ended_form(self, *, call_id: str, seconds: int) -> dict[str, str]: ...
    def text_form(self, *, message_id: str, line: str, to: str, body: str) -> dict[str, str]: ...
    def read_reply(self, document: str) -> str | None: ...
    def read_stream(self, document: str) -> tuple[str, dict[str, str], str]:
        """The socket, the parameters and the address to ask afterwards."""
        ...

    def ends_call(self, document: str) -> bool: ...


class TwilioCarrier:
    _token = "carrier-token"
    _states: Mapping[str, tuple[int, dict[str, object]]] = {
        "well": (201, {"sid": "X1", "status": "queued", "num_segments": "1"}),
        "busy": (429, {"code": 20429, "message": LEARNER}),
        "refusing": (400, {"code": 21211, "message": LEARNER}),
    }

    def gateway(self, http: httpx.AsyncClient) -> Gateway:
        return TwilioGateway(account_sid="AC1", auth_token=self._token, number=OURS, http=http)

    def answer(self, request: httpx.Request, *, state: str) -> httpx.Response:
        if state == "away":
            raise httpx.ConnectError("nobody there", request=request)
        if "/Calls/gone" in request.url.path:
            return httpx.Response(404, json={"code": 20404})
        form = parse_qs(request.content.decode())
        assert form.get("To", [LEARNER]) == [LEARNER]
        status, fields = self._states[state]
        return httpx.Response(status, json=fields)

    def sign(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        return {"X-Twilio-Signature": RequestValidator(self._token).compute_signature(url, dict(form))}

    def call_form(self, *, call_id: str, line: str, called: str, outbound: bool = False) -> dict[str, str]:
        caller, called = (called, line) if outbound else (line, called)
        direction = "outbound-api" if outbound else "inbound"
        return {"CallSid": call_id, "From": caller, "To": called, "Direction": direction, "CallStatus": "ringing"}

    def ended_form(self, *, call_id: str, seconds: int) -> dict[str, str]:
        return {"CallSid": call_id, "CallStatus": "completed", "CallDuration": str(seconds)}

    def text_form(self, *, message_id: str, line: str, to: str, body: str) -> dict[str, str]:
        return {"MessageSid": message_id, "From": line, "To": to, "Body": body}

    def read_reply(self, document: str) -> str | None:
        return _xml(document).findtext("Message")

    def read_stream(self, document: str) -> tuple[str, dict[str, str], str]:
        connect = _xml(document).find("Connect")
        stream = connect.find("Stream") if connect is not None else None
        assert connect is not None
        assert stream is not None
        parameters = {each.attrib["name"]: each.attrib["value"] for each in stream.findall("Parameter")}
        return stream.attrib["url"], parameters, connect.attrib["action"]

    def ends_call(self, document: str) -> bool:
        return _xml(document).find("Hangup") is not None


def _xml(document: str) -> ElementTree.Element:
    return ElementTree.fromstring(document)  # noqa: S314 our own document, not untrusted data


CARRIERS: list[Carrier] = [TwilioCarrier()]

every_carrier = pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: type(carrier).__name__)


def ask(carrier: Carrier, request: Callable[[Gateway], Awaitable[Answer]], *, state: str = "well") -> Answer:
    """Makes one request while the carrier is in a state."""

    async def asking() -> Answer:
        transport = httpx.MockTransport(lambda asked: carrier.answer(asked, state=state))
        async with httpx.AsyncClient(transport=transport) as http:
            return await request(carrier.gateway(http))

    return asyncio.run(asking())


def look(carrier: Carrier, at: Callable[[Gateway], Answer]) -> Answer:
    """Uses a gateway where nothing is sent."""

    async def looking(gateway: Gateway) -> Answer:
        return at(gateway)

    return ask(carrier, looking)


def place(gateway: Gateway) -> Awaitable[str]:
    return gateway.place_call(to=LEARNER, answer_url=URL, status_url=URL)


def send(gateway: Gateway) -> Awaitable[SentText]:
    return gateway.send_text(to=LEARNER, body="7 x 8 = ?")


@every_carrier
def test_it_has_a_name(carrier: Carrier) -> None:
    assert look(carrier, lambda gateway: gateway.name).isidentifier()


@every_carrier
def test_only_what_the_carrier_signed_is_authentic(carrier: Carrier) -> None:
    form = carrier.text_form(message_id="M1", line=LEARNER, to=OURS, body="Muraho")
    headers = carrier.sign(URL, form)

    def authentic(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        return look(carrier, lambda gateway: gateway.is_authentic(url=url, form=form, headers=headers))

    assert authentic(URL, form, headers)
    assert authentic(URL, form, {name.lower(): value for name, value in headers.items()})
    assert not authentic(URL, form, {})
    assert not authentic(URL, {**form, "x": "1"}, headers)
    assert not authentic(f"{URL}1", form, headers)
    assert not authentic(URL, form, {name: f"{value}x" for name, value in headers.items()})


@every_carrier
def test_only_a_socket_that_the_carrier_signed_is_authentic(carrier: Carrier) -> None:
    headers = carrier.sign(SOCKET, {})

    def authentic(url: str, headers: Mapping[str, str]) -> bool:
        return look(carrier, lambda gateway: gateway.is_authentic_stream(url=url, headers=headers))

    assert authentic(SOCKET, headers)
    assert not authentic(SOCKET, {})
    assert not authentic(f"{SOCKET}2", headers)


@every_carrier
@pytest.mark.parametrize("outbound", [False, True])
def test_a_call_s_line_is_the_learner_s_whoever_called(carrier: Carrier, outbound: bool) -> None:
    form = carrier.call_form(call_id="C1", line=LEARNER, called=OURS, outbound=outbound)
    call = look(carrier, lambda gateway: gateway.inbound_call(form))
    assert call == InboundCall("C1", LEARNER, OURS, call.direction, call.status)
    assert call.direction.startswith("outbound") is outbound


@every_carrier
def test_an_ended_call_says_how_long_it_was(carrier: Carrier) -> None:
    form = carrier.ended_form(call_id="C1", seconds=49)
    assert look(carrier, lambda gateway: gateway.call_progress(form)) == CallProgress("C1", "completed", 49)


@every_carrier
def test_a_text_is_read_and_answered(carrier: Carrier) -> None:
    form = carrier.text_form(message_id="M1", line=LEARNER, to=OURS, body="Muraho <3 & é")
    assert look(carrier, lambda gateway: gateway.inbound_text(form)) == InboundText(
        "M1", LEARNER, OURS, "Muraho <3 & é"
    )
    assert carrier.read_reply(look(carrier, lambda gateway: gateway.reply("5 < 7 & 9"))) == "5 < 7 & 9"
    assert carrier.read_reply(look(carrier, lambda gateway: gateway.reply(None))) is None


@every_carrier
def test_an_empty_form_is_invalid_everywhere(carrier: Carrier) -> None:
    def read_nothing(gateway: Gateway) -> None:
        for read in (gateway.inbound_call, gateway.call_progress, gateway.inbound_text):
            with pytest.raises(Invalid):
                read({})

    look(carrier, read_nothing)


@every_carrier
def test_a_call_is_connected_to_our_socket(carrier: Carrier) -> None:
    after = "https://tutor.example.org/after?a=1&b=2"
    document = look(
        carrier,
        lambda gateway: gateway.open_stream(stream_url=SOCKET, parameters={"token": "a&b"}, after_url=after),
    )
    assert carrier.read_stream(document) == (SOCKET, {"token": "a&b"}, after)


@every_carrier
def test_a_line_is_spoken_and_the_call_ended_or_not(carrier: Carrier) -> None:
    assert "All lines are busy." in look(carrier, lambda gateway: gateway.say("All lines are busy."))
    assert carrier.ends_call(look(carrier, lambda gateway: gateway.say("Goodbye.")))
    assert not carrier.ends_call(look(carrier, lambda gateway: gateway.say("One moment.", hang_up=False)))
    assert carrier.ends_call(look(carrier, lambda gateway: gateway.hang_up()))


@every_carrier
def test_each_call_has_a_codec_of_its_own(carrier: Carrier) -> None:
    assert look(carrier, lambda gateway: gateway.codec() is not gateway.codec())


@every_carrier
def test_calls_and_texts_go_out(carrier: Carrier) -> None:
    assert ask(carrier, place)
    assert ask(carrier, send).message_id
    ask(carrier, lambda gateway: gateway.end_call("C1"))


@every_carrier
@pytest.mark.parametrize("request_", [place, send])
@pytest.mark.parametrize(("state", "kind"), [("busy", Unavailable), ("away", Unavailable), ("refusing", Invalid)])
def test_a_failure_is_of_a_kind_we_know_and_tells_no_number(
    carrier: Carrier, request_: Callable[[Gateway], Awaitable[object]], state: str, kind: type[BakameError]
) -> None:
    with pytest.raises(kind) as caught:
        ask(carrier, request_, state=state)
    assert caught.value.retryable is (kind is Unavailable)
    assert LEARNER not in str(caught.value)


@every_carrier
def test_a_call_that_is_gone_is_missing(carrier: Carrier) -> None:
    with pytest.raises(Missing):
        ask(carrier, lambda gateway: gateway.end_call("gone"))


@every_carrier
@pytest.mark.parametrize("body", ["", "   ", "x" * 1601])
def test_a_text_that_cannot_be_sent_is_invalid_before_anything_is_asked(carrier: Carrier, body: str) -> None:
    with pytest.raises(Invalid):
        ask(carrier, lambda gateway: gateway.send_text(to=LEARNER, body=body), state="away")
