"""A stand-in for the carrier's REST API: what the server sends by it reaches the simulated phone.

Source: Twilio, "Messages resource", "Call resource" and its error dictionary. Serve it with `hosting.hosted`, and give
its address to the server as `TWILIO_API_BASE_URL`.
"""

import base64
import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bakame.simulator.carrier import Carrier
from bakame.simulator.events import CallState, EndReason
from bakame.simulator.exchange import CallEnd, StatusCallback
from bakame.simulator.identity import API_VERSION, new_sid
from bakame.simulator.leg import Leg
from bakame.simulator.script import Source
from bakame.simulator.storage import STORAGE
from bakame.simulator.texting import MAX_BODY_CHARS, ReceivedText
from bakame.simulator.twiml import Document, TwimlError, parse_twiml

ACCOUNTS: Final = f"/{API_VERSION}/Accounts"
MAX_TWIML_CHARS: Final = 4000
_STATUS_EVENTS: Final = frozenset({"initiated", "ringing", "answered", "completed"})


_Handler = Callable[[Request, FormData], Awaitable[Response]]


class RestError(Exception):
    """An answer other than success, as the carrier words it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self) -> JSONResponse:
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        body = {"code": self.code, "message": str(self), "more_info": more, "status": self.status}
        return JSONResponse(body, status_code=self.status)


class RestApi:
    """The REST side of one carrier."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route(f"{ACCOUNTS}/{{account}}/Messages.json", self._door(self._send_text), methods=["POST"]),
                Route(f"{ACCOUNTS}/{{account}}/Calls.json", self._door(self._place_call), methods=["POST"]),
                Route(f"{ACCOUNTS}/{{account}}/Calls/{{sid}}.json", self._door(self._call), methods=["GET", "POST"]),
                Route(f"{ACCOUNTS}/{{account}}/Messages/{{message}}/Media/{{sid}}", self._door(self._media)),
                Route(f"{STORAGE}/{{sid}}", self._carrier.storage.at_storage),
            ]
        )

    def _door(
        self, handle: Callable[[Request, FormData], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Checks who asks, and words errors."""

        async def checked(request: Request) -> Response:
            try:
                self._check(request)
                async with request.form() as form:
                    return await handle(request, form)
            except RestError as error:
                return error.response()

        return checked

    def _check(self, request: Request) -> None:
        account = self._carrier.account_sid
        expected = "Basic " + base64.b64encode(f"{account}:{self._carrier.auth_token}".encode()).decode()
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise RestError(401, 20003, "Authenticate")
        if request.path_params["account"] != account:
            raise RestError(404, 20404, f"The requested resource {request.url.path} was not found")

    async def _send_text(self, _: Request, form: FormData) -> Response:
        to, body = _number(form, "To", 21211), _text(form, "Body")
        sender = _text(form, "From") or _text(form, "MessagingServiceSid")
        if not sender:
            raise RestError(400, 21603, "A 'From' phone number is required.")
        if not body:
            raise RestError(400, 21602, "Message body is required.")
        if len(body) > MAX_BODY_CHARS:
            raise RestError(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if self._carrier.texting.is_opted_out(learner=to, sender=sender):
            raise RestError(400, 21610, "Attempt to send to unsubscribed recipient")
        received = ReceivedText(to=to, from_=sender, body=body, sid=new_sid("SM", self._carrier.rng))
        self._carrier.incoming.put_nowait(received)
        return JSONResponse(self._message(received), status_code=201)

    async def _place_call(self, _: Request, form: FormData) -> Response:
        to, from_ = _number(form, "To", 21211), _number(form, "From", 21212)
        program = _program(form)
        if program is None:
            raise RestError(400, 21205, "Url parameter is required.")
        status = None
        if url := _text(form, "StatusCallback"):
            wanted = frozenset(str(event) for event in form.getlist("StatusCallbackEvent")) & _STATUS_EVENTS
            status = StatusCallback(url, wanted or frozenset({"completed"}))
        timeout = _text(form, "Timeout") or "60"
        if not timeout.isdecimal() or not 0 < int(timeout) <= 600:
            raise RestError(400, 21224, "Timeout is not a number of seconds up to 600.")
        leg = await self._carrier.ring(to, from_=from_, program=program, status=status, ring_s=float(timeout))
        return JSONResponse(self._describe(leg), status_code=201)

    async def _media(self, request: Request, _: FormData) -> Response:
        return self._carrier.storage.at_api(request)

    async def _call(self, request: Request, form: FormData) -> Response:
        leg = self._carrier.leg(request.path_params["sid"])
        if leg is None:
            raise RestError(404, 20404, f"The requested resource {request.url.path} was not found")
        if request.method == "POST":
            self._update(leg, form)
        return JSONResponse(self._describe(leg))

    def _update(self, leg: Leg, form: FormData) -> None:
        if leg.state.is_over:
            raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
        answered = leg.answered_at is not None
        match _text(form, "Status"):
            case "completed":
                leg.leave(CallEnd(EndReason.SERVER, CallState.COMPLETED if answered else CallState.CANCELED))
            case "canceled":
                if not answered:
                    leg.leave(CallEnd(EndReason.SERVER, CallState.CANCELED))
            case "":
                program = _program(form)
                if program is None:
                    raise RestError(400, 21218, "Status, Url or Twiml is required.")
                leg.replace(program)
            case _:
                raise RestError(400, 21219, "Status is neither completed nor canceled.")

    def _message(self, text: ReceivedText) -> Mapping[str, object]:
        uri = f"{ACCOUNTS}/{self._carrier.account_sid}/Messages/{text.sid}"
        now = _rfc_2822()
        return {
            "sid": text.sid,
            "account_sid": self._carrier.account_sid,
            "api_version": API_VERSION,
            "body": text.body,
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": text.from_,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": str(text.parts),
            "price": None,
            "price_unit": "USD",
            "status": "queued",
            "to": text.to,
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }

    def _describe(self, leg: Leg) -> Mapping[str, object]:
        return {
            "sid": leg.sid,
            "account_sid": self._carrier.account_sid,
            "api_version": API_VERSION,
            "direction": leg.direction,
            "status": leg.state.value,
            "from": leg.from_,
            "to": leg.to,
            "answered_by": None,
            "duration": str(round(leg.talked_s)) if leg.state.is_over else None,
            "start_time": None,
            "end_time": None,
            "price": None,
            "price_unit": "USD",
            "parent_call_sid": None,
            "date_created": None,
            "date_updated": None,
            "queue_time": "0",
            "uri": f"{ACCOUNTS}/{self._carrier.account_sid}/Calls/{leg.sid}.json",
        }


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _number(form: FormData, name: str, code: int) -> str:
    """A field that must be a number in E.164."""
    value = _text(form, name)
    digits = value.removeprefix("+")
    if digits == value or not (digits.isascii() and digits.isdigit()) or not 7 <= len(digits) <= 15:
        raise RestError(400, code, f"Invalid '{name}' Phone Number")
    return value


def _program(form: FormData) -> Source | Document | None:
    """What a call is to do: the URL wins over a document."""
    if url := _text(form, "Url"):
        method = _text(form, "Method") or "POST"
        if method not in ("GET", "POST"):
            raise RestError(400, 21403, "Method is neither GET nor POST.")
        return Source(url, method)
    twiml = _text(form, "Twiml")
    if not twiml:
        return None
    if len(twiml) > MAX_TWIML_CHARS:
        raise RestError(400, 21494, "Twiml is longer than 4,000 characters.")
    try:
        return parse_twiml(twiml.encode())
    except TwimlError as error:
        raise RestError(400, error.code, str(error)) from error


def _rfc_2822() -> str:
    return format_datetime(datetime.now(UTC))
