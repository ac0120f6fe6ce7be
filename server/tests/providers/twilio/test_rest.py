"""REST requests against a Twilio of our own on the loopback: what it is asked, and what becomes of its answers."""

import asyncio
import base64
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qsl

import httpx
import pytest

from bakame.errors import BakameError, Invalid, Missing, Unavailable
from bakame.ports.messaging import SentText
from bakame.providers.twilio.rest import TwilioRest

Answer = TypeVar("Answer")

TLS = ssl.create_default_context()
"""Unused on the loopback, and slow to make for every client."""

ACCOUNT = "AC00000000000000000000000000000001"
LEARNER = "+250788123456"
MESSAGE = {
    "sid": "SM00000000000000000000000000000001",
    "account_sid": ACCOUNT,
    "body": "Muraho",
    "error_code": None,
    "num_segments": "1",
    "status": "queued",
    "to": LEARNER,
}
CALL = {"sid": "CA00000000000000000000000000000001", "status": "queued", "to": LEARNER}


def error(code: int, status: int = 400) -> bytes:
    """Twilio's error document, with the number quoted as Twilio does."""
    return json.dumps(
        {
            "code": code,
            "message": f"The 'To' number {LEARNER} is not valid",
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        }
    ).encode()


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    form: list[tuple[str, str]]


@dataclass
class Carrier:
    """Twilio's side: answers every request with `status` and `answer`, or with silence when `answer` is None."""

    status: int = 201
    answer: bytes | None = b"{}"
    requests: list[Request] = field(default_factory=list[Request])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        body = (await reader.readexactly(int(headers["content-length"]))).decode()
        self.requests.append(Request(method, path, headers, parse_qsl(body, keep_blank_values=True)))
        if self.answer is not None:
            writer.write(b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n" % (self.status, len(self.answer)) + self.answer)
            await writer.drain()
        writer.close()
        await writer.wait_closed()


def ask(request: Callable[[TwilioRest], Awaitable[Answer]], carrier: Carrier, *, listening: bool = True) -> Answer:
    """Makes one request of a carrier; `listening` false: nobody is there any more."""

    async def asking() -> Answer:
        server = await asyncio.start_server(carrier.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        if not listening:
            server.close()
            await server.wait_closed()
        async with server, httpx.AsyncClient(trust_env=False, verify=TLS) as http:
            rest = TwilioRest(
                account_sid=ACCOUNT,
                auth_token="secret-token",
                number="+15005550006",
                http=http,
                base_url=f"http://127.0.0.1:{port}/",
                timeout_s=5,
            )
            return await request(rest)

    return asyncio.run(asking())


def send(rest: TwilioRest) -> Awaitable[SentText]:
    return rest.send_text(to=LEARNER, body="7 × 8 & 9 = ?")


def call(rest: TwilioRest) -> Awaitable[str]:
    return rest.place_call(to=LEARNER, answer_url="https://x.org/call?a=1", status_url="https://x.org/call/status")


def end(rest: TwilioRest) -> Awaitable[None]:
    return rest.end_call("CA1")


REQUESTS = [send, call, end]


def test_a_text_is_posted_with_the_account_s_credentials() -> None:
    carrier = Carrier(answer=json.dumps(MESSAGE).encode())
    sent = ask(send, carrier)
    assert sent == SentText("SM00000000000000000000000000000001", "queued", 1)
    (request,) = carrier.requests
    assert (request.method, request.path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (
        base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == f"{ACCOUNT}:secret-token".encode()
    )
    assert request.form == [("To", LEARNER), ("From", "+15005550006"), ("Body", "7 × 8 & 9 = ?")]


@pytest.mark.parametrize(("segments", "parts"), [("3", 3), ("0", None), (None, None), ("many", None), (2, None)])
def test_parts_are_told_when_twilio_knows_them(segments: object, parts: int | None) -> None:
    carrier = Carrier(answer=json.dumps({**MESSAGE, "num_segments": segments}).encode())
    assert ask(send, carrier).parts == parts


def test_a_call_is_placed_with_its_webhooks() -> None:
    carrier = Carrier(answer=json.dumps(CALL).encode())
    assert ask(call, carrier) == "CA00000000000000000000000000000001"
    (request,) = carrier.requests
    assert (request.method, request.path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json")
    assert request.form == [
        ("To", LEARNER),
        ("From", "+15005550006"),
        ("Url", "https://x.org/call?a=1"),
        ("Method", "POST"),
        ("StatusCallback", "https://x.org/call/status"),
        ("StatusCallbackMethod", "POST"),
        ("StatusCallbackEvent", "initiated"),
        ("StatusCallbackEvent", "ringing"),
        ("StatusCallbackEvent", "answered"),
        ("StatusCallbackEvent", "completed"),
    ]


def test_a_call_is_ended() -> None:
    carrier = Carrier(status=200, answer=json.dumps({**CALL, "status": "completed"}).encode())
    ask(lambda rest: rest.end_call("CA1/../x"), carrier)
    (request,) = carrier.requests
    assert request.path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls/CA1%2F..%2Fx.json"
    assert request.form == [("Status", "completed")]


@pytest.mark.parametrize(
    ("status", "code", "kind", "retryable"),
    [
        (400, 21211, Invalid, False),
        (400, 21614, Invalid, False),
        (400, 21635, Invalid, False),
        (400, 21610, Invalid, False),
        (400, 21617, Invalid, False),
        (400, 13224, Invalid, False),
        (400, 30005, Invalid, False),
        (400, 99999, Invalid, False),
        (400, 21212, Unavailable, False),
        (400, 21606, Unavailable, False),
        (400, 21603, Unavailable, False),
        (400, 21408, Unavailable, False),
        (400, 21612, Unavailable, False),
        (400, 30007, Unavailable, False),
        (400, 30018, Unavailable, False),
        (400, 63016, Unavailable, False),
        (401, 20003, Unavailable, False),
        (403, 99999, Unavailable, False),
        (404, 20404, Unavailable, False),
        (429, 20429, Unavailable, True),
        (400, 21611, Unavailable, True),
        (400, 30003, Unavailable, True),
        (400, 30008, Unavailable, True),
        (400, 30017, Unavailable, True),
        (500, 20500, Unavailable, True),
        (503, 99999, Unavailable, True),
    ],
)
@pytest.mark.parametrize("request_", [send, call])
def test_an_error_says_whose_fault_it_is_and_never_the_number(
    request_: Callable[[TwilioRest], Awaitable[object]],
    status: int,
    code: int,
    kind: type[BakameError],
    retryable: bool,
) -> None:
    with pytest.raises(BakameError) as caught:
        ask(request_, Carrier(status=status, answer=error(code, status)))
    assert type(caught.value) is kind
    assert caught.value.retryable is retryable
    assert str(code) in str(caught.value)
    assert "250788" not in str(caught.value)


@pytest.mark.parametrize(("status", "code"), [(404, 20404), (400, 21220), (404, 99999)])
def test_ending_a_call_that_is_over_says_it_is_missing(status: int, code: int) -> None:
    with pytest.raises(Missing):
        ask(end, Carrier(status=status, answer=error(code, status)))


@pytest.mark.parametrize(
    ("status", "answer", "retryable"),
    [
        (502, b"<html>Bad gateway</html>", True),
        (429, b"", True),
        (408, b"[]", True),
        (302, b"", False),
        (401, b"\xff\xfe", False),
    ],
)
@pytest.mark.parametrize("request_", REQUESTS)
def test_an_answer_that_is_not_twilio_s_is_judged_by_its_status(
    request_: Callable[[TwilioRest], Awaitable[object]], status: int, answer: bytes, retryable: bool
) -> None:
    with pytest.raises(Unavailable, match=str(status)) as caught:
        ask(request_, Carrier(status=status, answer=answer))
    assert caught.value.retryable is retryable


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"sid":""}', b'{"sid":7}', b"<html></html>"])
@pytest.mark.parametrize("request_", [send, call])
def test_success_without_a_sid_is_not_tried_again(
    request_: Callable[[TwilioRest], Awaitable[object]], answer: bytes
) -> None:
    with pytest.raises(Unavailable, match="no sid") as caught:
        ask(request_, Carrier(answer=answer))
    assert not caught.value.retryable


@pytest.mark.parametrize(("request_", "retryable"), [(send, False), (call, False), (end, True)])
def test_a_lost_answer_is_tried_again_only_where_twice_is_the_same_as_once(
    request_: Callable[[TwilioRest], Awaitable[object]], retryable: bool
) -> None:
    carrier = Carrier(answer=None)
    with pytest.raises(Unavailable, match="did not answer") as caught:
        ask(request_, carrier)
    assert caught.value.retryable is retryable
    assert len(carrier.requests) == 1


@pytest.mark.parametrize("request_", REQUESTS)
def test_when_nobody_listens_nothing_was_sent_and_it_may_be_tried_again(
    request_: Callable[[TwilioRest], Awaitable[object]],
) -> None:
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        ask(request_, Carrier(), listening=False)
    assert caught.value.retryable
