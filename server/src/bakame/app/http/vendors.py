"""What vendors tell us unasked: reports of conversations that are over."""

from typing import Final

import structlog
from fastapi import APIRouter, Request
from prometheus_client import Counter

from bakame.errors import Invalid
from bakame.ports.clock import Clock
from bakame.providers.elevenlabs.webhook import SIGNATURE_HEADER, PostCallWebhooks

LARGEST_REPORT: Final = 8 * 1024 * 1024
"""A report holds the whole transcript; the recorded sound comes in another webhook, which we don't ask for."""

conversations = Counter("bakame_vendor_conversations", "Conversations that a vendor reported.", ["vendor", "status"])
seconds = Counter("bakame_vendor_conversation_seconds", "How long those lasted, by the vendor's account.", ["vendor"])
credits_spent = Counter("bakame_vendor_credits", "What those cost, in the vendor's credits.", ["vendor"])

_log = structlog.get_logger(__name__)


def elevenlabs_routes(webhooks: PostCallWebhooks, *, clock: Clock) -> APIRouter:
    """`POST /elevenlabs/post-call`, for the agent's post-call webhook. A report that comes twice is counted once."""
    router = APIRouter(tags=["vendors"])
    reported: dict[str, None] = {}

    @router.post("/elevenlabs/post-call", status_code=204)
    async def post_call(request: Request) -> None:
        """A conversation is over, and what it cost."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_REPORT:
                raise Invalid("the report is too large")
        signature = request.headers.get(SIGNATURE_HEADER, "")
        report = webhooks.read(body=bytes(body), signature=signature, now=clock.now())
        if report is None or report.conversation_id in reported:
            return
        reported[report.conversation_id] = None
        if len(reported) > 10_000:
            del reported[next(iter(reported))]
        conversations.labels("elevenlabs", "done" if report.status == "done" else "failed").inc()
        seconds.labels("elevenlabs").inc(report.duration_s)
        credits_spent.labels("elevenlabs").inc(report.cost)
        _log.info(
            "vendor.reported", vendor="elevenlabs", status=report.status, seconds=report.duration_s, cost=report.cost
        )

    return router
