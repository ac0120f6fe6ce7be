"""What comes back through the door for texts, byte for byte as a carrier posts it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI
from structlog.testing import capture_logs

from bakame.app.http.errors import handle_errors
from bakame.errors import Invalid, Unavailable
from bakame.ports.messaging import InboundText, SentText
from bakame.security.guards import MOST_FORM_BYTES
from bakame.sms.routes import APOLOGY, text_routes

PUBLIC_URL = "https://tutor.example.org"
FORM = {"MessageSid": "SM1", "From": "+250788123456", "To": "+15005550006", "Body": "56", "Empty": ""}


class Carrier:
    """A gateway that signs with the word `genuine` and keeps what it was asked to check."""

    name = "carrier"

    def __init__(self) -> None:
        self.checked: list[tuple[str, Mapping[str, str]]] = []

    def is_authentic(self, *, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        self.checked.append((url, form))
        return headers.get("X-Signature") == "genuine"

    def inbound_text(self, form: Mapping[str, str]) -> InboundText:
        if "MessageSid" not in form:
            raise Invalid("MessageSid is missing")
        return InboundText(message_id=form["MessageSid"], line=form["From"], to=form["To"], body=form["Body"])

    def reply(self, text: str | None) -> str:
        return "<Response/>" if text is None else f"<Response>{text}</Response>"

    async def send_text(self, *, to: str, body: str) -> SentText:
        raise AssertionError("a route never sends by REST")


class Door:
    def __init__(self, answer: Callable[[InboundText], Awaitable[str | None]], *, answer_within_s: float = 8.0) -> None:
        self.carrier = Carrier()
        self.counts: Counter[str] = Counter()
        self._app = FastAPI()
        handle_errors(self._app)
        routes = text_routes(
            self.carrier,
            answer,
            public_url=PUBLIC_URL + "/",
            count=lambda name: self.counts.update([name]),
            answer_within_s=answer_within_s,
        )
        self._app.include_router(routes)

    def post(self, body: bytes, *, signature: str = "genuine", path: str = "/sms") -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://inside:8000") as client:
                headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Signature": signature}
                return await client.post(path, content=body, headers=headers)

        return asyncio.run(send())


def encoded(**changes: str) -> bytes:
    return urlencode({**FORM, **changes}).encode()


async def echo(text: InboundText) -> str | None:
    return f"you said {text.body}"


def test_a_signed_text_is_answered_in_a_document() -> None:
    door = Door(echo)
    response = door.post(encoded())
    assert (response.status_code, response.text) == (200, "<Response>you said 56</Response>")
    assert response.headers["content-type"].startswith("text/xml")
    assert door.counts == {"text.answered": 1}


def test_no_reply_is_an_empty_document() -> None:
    async def nothing(text: InboundText) -> str | None:
        return None

    assert Door(nothing).post(encoded()).text == "<Response/>"


def test_the_signature_covers_the_public_address_and_every_parameter() -> None:
    door = Door(echo)
    door.post(encoded(Body="Muraho & é") + b"&Twice=a&Twice=b", path="/sms?campaign=1")
    ((url, form),) = door.carrier.checked
    assert url == "https://tutor.example.org/sms?campaign=1"
    assert form["Body"] == "Muraho & é"
    assert form["Empty"] == ""
    assert form.getlist("Twice") == ["a", "b"]  # pyright: ignore[reportAttributeAccessIssue]  # as the SDK asks


def test_a_wrong_signature_is_refused_and_nothing_is_answered() -> None:
    async def never(text: InboundText) -> str | None:
        raise AssertionError("an unsigned text came through")

    door = Door(never)
    assert door.post(encoded(), signature="forged").status_code == 403
    assert door.post(b"\xff\xfe\x00", signature="").status_code == 403
    assert door.counts == {"text.refused": 2}


def test_a_body_that_is_too_large_is_refused_unread() -> None:
    door = Door(echo)
    assert door.post(b"Body=" + b"x" * MOST_FORM_BYTES).status_code == 422
    assert door.post(b"&".join([b"a=1"] * 1_000)).status_code == 422
    assert door.carrier.checked == []


def test_a_genuine_request_without_what_a_text_needs_says_what_is_missing() -> None:
    response = Door(echo).post(b"From=%2B250788123456")
    assert (response.status_code, response.json()["message"]) == (422, "MessageSid is missing")


def test_a_failure_is_answered_with_an_apology_and_logged_without_the_text() -> None:
    async def locked(text: InboundText) -> str | None:
        raise Unavailable("the database is locked")

    async def broken(text: InboundText) -> str | None:
        raise KeyError(text.body)

    for answer in (locked, broken):
        door = Door(answer)
        with capture_logs() as logs:
            response = door.post(encoded(Body="my secret"))
        assert (response.status_code, response.text) == (200, f"<Response>{APOLOGY}</Response>")
        assert door.counts == {"text.failed": 1}
        assert [log["event"] for log in logs] == ["text.failed"]
        assert "secret" not in str(logs)
        assert "788123456" not in str(logs)


def test_an_answer_that_is_late_leaves_the_document_empty() -> None:
    async def never_ready(text: InboundText) -> str | None:
        return await asyncio.get_running_loop().create_future()

    door = Door(never_ready, answer_within_s=0.0)
    assert door.post(encoded()).text == "<Response/>"
    assert door.counts == {"text.late": 1}
