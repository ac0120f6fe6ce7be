"""Twilio's REST interface, the few requests that we make.

Source: Twilio Docs, "Call Resource", "Messages resource", and the error dictionary. Twilio's own error messages quote
phone numbers, so ours are made from the code alone.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import quote

import httpx
import orjson

from bakame.errors import BakameError, Invalid, Missing, Unavailable
from bakame.ports.messaging import SentText

BASE_URL: Final = "https://api.twilio.com"
TIMEOUT_S: Final = 10.0

_Form = Mapping[str, str | Sequence[str]]

_CALL_EVENTS: Final = ("initiated", "ringing", "answered", "completed")

_BAD_INPUT: Final = {
    13224: "the number is not valid",
    13225: "the number is blocked",
    21211: "the number is not valid",
    21216: "the number is blocked",
    21610: "the recipient has opted out",
    21614: "the number cannot receive texts",
    21617: "the text is too long",
    21635: "the number is a landline",
    30005: "the number is unknown",
    30006: "the number cannot be reached by text",
    63003: "the recipient is not on this channel",
    63024: "the recipient is not on this channel",
}
_LATER: Final = {
    20429: "too many requests",
    21611: "the sender's queue is full",
    30001: "the sender's queue is full",
    30003: "the phone is unreachable",
    30008: "unknown delivery failure",
    30017: "the network is congested",
    30410: "the network did not answer",
    30500: "internal failure",
    63018: "too many messages on this channel",
}
_OPERATOR: Final = {
    13227: "calls to this destination are not permitted",
    20003: "credentials refused",
    21212: "the sender's number is not valid",
    21408: "this destination is not permitted",
    21603: "the sender's number is missing",
    21606: "the sender's number is not ours",
    21612: "no route from this sender to this destination",
    30004: "the message was blocked",
    30007: "the message was filtered",
    30018: "this destination wants a registered sender",
    30024: "this destination wants a registered sender",
    30034: "the sender is not registered",
    30036: "the message expired",
    30039: "message loop",
    30450: "sending was stopped as a fraud risk",
    63016: "outside the channel's reply window",
}
_GONE: Final = frozenset({20404, 21220})
_RETRIED: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class TwilioRest:
    """Requests on behalf of one account. The HTTP client belongs to whoever passes it in."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        number: str,
        http: httpx.AsyncClient,
        base_url: str = BASE_URL,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """`number` is ours, the sender of texts and calls, in E.164."""
        self._account_url = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{quote(account_sid, safe='')}"
        self._auth = httpx.BasicAuth(account_sid, auth_token)
        self._number = number
        self._http = http
        self._timeout_s = timeout_s

    async def send_text(self, *, to: str, body: str) -> SentText:
        """Hands a text to Twilio. Raises `Unavailable` or `Invalid`.

        `retryable` is false when Twilio may have taken the text although its answer was lost: it has no idempotency
        key, and sending again could deliver twice.
        """
        message = await self._post("Messages.json", {"To": to, "From": self._number, "Body": body})
        parts = message.get("num_segments")
        return SentText(
            message_id=_sid(message),
            status=str(message.get("status", "")),
            parts=int(parts) if isinstance(parts, str) and parts.isdecimal() and parts != "0" else None,
        )

    async def place_call(self, *, to: str, answer_url: str, status_url: str) -> str:
        """Calls a number; the call's id. Raises as `send_text`."""
        form: _Form = {
            "To": to,
            "From": self._number,
            "Url": answer_url,
            "Method": "POST",
            "StatusCallback": status_url,
            "StatusCallbackMethod": "POST",
            "StatusCallbackEvent": _CALL_EVENTS,
        }
        return _sid(await self._post("Calls.json", form))

    async def move_call(self, call_id: str, *, answer_url: str) -> None:
        """Redirects a live call to another document. Raises as `end_call`."""
        form: _Form = {"Url": answer_url, "Method": "POST"}
        await self._post(f"Calls/{quote(call_id, safe='')}.json", form, updates=True)

    async def end_call(self, call_id: str) -> None:
        """Hangs up. Raises `Missing` when there is no such live call, else `Unavailable`; may be tried again."""
        form: _Form = {"Status": "completed"}
        await self._post(f"Calls/{quote(call_id, safe='')}.json", form, updates=True)

    async def _post(self, path: str, form: _Form, *, updates: bool = False) -> Mapping[str, Any]:
        """The answer's fields. What `updates` a thing that exists may find it gone, and may be done twice."""
        try:
            response = await self._http.post(
                f"{self._account_url}/{path}", data=dict(form), auth=self._auth, timeout=self._timeout_s
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unavailable("Twilio cannot be reached") from error
        except httpx.HTTPError as error:
            raise Unavailable("Twilio did not answer", retryable=updates) from error
        fields = _fields(response)
        if response.is_success:
            return fields
        raise _failure(response.status_code, fields.get("code"), updates=updates)


def _fields(response: httpx.Response) -> Mapping[str, Any]:
    """The answer's JSON object; empty when it is something else, as from a proxy on the way."""
    try:
        answer: object = orjson.loads(response.content)
    except ValueError:
        return {}
    return cast(Mapping[str, Any], answer) if isinstance(answer, dict) else {}


def _sid(fields: Mapping[str, Any]) -> str:
    sid = fields.get("sid")
    if not isinstance(sid, str) or not sid:
        raise Unavailable("Twilio's answer has no sid", retryable=False)
    return sid


def _failure(status: int, code: object, *, updates: bool) -> BakameError:
    """The error of an answer, by Twilio's code where there is one we know, else by HTTP status."""
    if isinstance(code, int):
        if code in _BAD_INPUT:
            return Invalid(f"Twilio {code}: {_BAD_INPUT[code]}")
        if code in _LATER:
            return Unavailable(f"Twilio {code}: {_LATER[code]}")
        if code in _OPERATOR:
            return Unavailable(f"Twilio {code}: {_OPERATOR[code]}", retryable=False)
    if updates and (status == HTTPStatus.NOT_FOUND or code in _GONE):
        return Missing("Twilio has nothing live with this id")
    reason = f"Twilio answered {status}" + (f", code {code}" if isinstance(code, int) else "")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _RETRIED:
        return Unavailable(reason)
    return Invalid(reason) if status == HTTPStatus.BAD_REQUEST else Unavailable(reason, retryable=False)
