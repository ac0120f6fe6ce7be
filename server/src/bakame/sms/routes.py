"""The door for texts: what a carrier posts is checked, understood and answered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from fastapi import APIRouter, Request, Response

from bakame.errors import Denied, Invalid, Unavailable
from bakame.ports.messaging import InboundText, TextGateway
from bakame.security.guards import signed_form

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
    `text.failed`. The door raises `Denied` and `Invalid`; a text that was let in and fails is answered with an apology,
    never with an error that the sender would not see.
    """
    router = APIRouter()

    @router.post("/sms", response_class=Response)
    async def receive(request: Request) -> Response:
        try:
            form = await signed_form(request, public_url=public_url, is_authentic=gateway.is_authentic)
            text = gateway.inbound_text(form)
        except Denied:
            count("text.refused")
            raise
        except Invalid:
            count("text.invalid")
            raise
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
