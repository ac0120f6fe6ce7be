"""The door for texts: what a carrier posts is checked, understood and answered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request, Response
from starlette.datastructures import ImmutableMultiDict

from bakame.errors import Invalid, Unavailable
from bakame.ports.messaging import InboundText, TextGateway

MAX_BODY_BYTES: Final = 64 * 1024
MAX_FIELDS: Final = 500
ANSWER_WITHIN_S: Final = 8.0
"""A carrier gives up after 15 s; what is not ready well before goes out by its REST side."""
APOLOGY: Final = "Sorry, BAKAME cannot answer just now. Please send it again in a few minutes."

_log = structlog.get_logger(__name__)


def text_routes(
    gateway: TextGateway,
    answer: Callable[[InboundText], Awaitable[str | None]],
    *,
    public_url: str,
    count: Callable[[str], None],
    answer_within_s: float = ANSWER_WITHIN_S,
) -> APIRouter:
    """`POST /sms` for one gateway.

    `public_url` is the address under which the carrier knows us, without a path. `answer` gives the reply to a text,
    or None for none; it is cancelled when it takes longer than `answer_within_s`, so what it waits for must go on by
    itself. `count` counts outcomes by name: `text.refused`, `text.invalid`, `text.answered`, `text.late`,
    `text.failed`. A text that fails is answered with an apology, never with an error that the sender would not see.
    """
    router = APIRouter()

    @router.post("/sms", response_class=Response)
    async def receive(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            count("text.invalid")
            return _plain("The request is too large.", 413)
        form = _form(body)
        url = public_url.rstrip("/") + request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if form is None or not gateway.is_authentic(url=url, form=form, headers=request.headers):
            count("text.refused")
            return _plain("The signature does not match.", 403)
        try:
            text = gateway.inbound_text(form)
        except Invalid as error:
            count("text.invalid")
            return _plain(str(error), 400)
        return Response(gateway.reply(await _reply(text)), media_type="text/xml")

    async def _reply(text: InboundText) -> str | None:
        try:
            async with asyncio.timeout(answer_within_s):
                reply = await answer(text)
        except TimeoutError:
            count("text.late")
            _log.warning("text.late", gateway=gateway.name, within_s=answer_within_s)
            return None
        except Unavailable as error:
            count("text.failed")
            _log.error("text.failed", gateway=gateway.name, error="Unavailable", reason=str(error))
            return APOLOGY
        except Exception as error:  # noqa: BLE001 - the sender gets an apology whatever broke; a trace could hold the text
            count("text.failed")
            _log.error("text.failed", gateway=gateway.name, error=type(error).__name__)
            return APOLOGY
        count("text.answered")
        return reply

    return router


async def _body(request: Request) -> bytes | None:
    """The body; None when it is larger than it may be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


def _form(body: bytes) -> ImmutableMultiDict[str, str] | None:
    """All parameters as they were signed, empty and repeated ones too; None when there are absurdly many."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, encoding="utf-8", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        return None
    return ImmutableMultiDict(pairs)


def _plain(message: str, status: int) -> Response:
    return Response(message, status_code=status, media_type="text/plain")
