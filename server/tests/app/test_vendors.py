"""Reports of vendors: whose they are, and what is counted of them."""

import asyncio
import hmac

import httpx
import orjson
import pytest
from prometheus_client import REGISTRY

from bakame.app.http.app import make_app
from bakame.app.http.vendors import LARGEST_REPORT, elevenlabs_routes
from bakame.providers.elevenlabs.webhook import SIGNATURE_HEADER, PostCallWebhooks
from fakes.clock import HandClock

SECRET = "a-webhook-secret-for-tests"


def _report(conversation: str) -> bytes:
    metadata = {"call_duration_secs": 90, "cost": 120}
    data = {"conversation_id": conversation, "agent_id": "a", "status": "done", "metadata": metadata}
    return orjson.dumps({"type": "post_call_transcription", "event_timestamp": 1, "data": data})


def _post(body: bytes, *, times: int = 1, secret: str = SECRET) -> httpx.Response:
    clock = HandClock()
    app = make_app(routers=[elevenlabs_routes(PostCallWebhooks(SECRET), clock=clock)], checks={})
    stamp = str(int(clock.now().timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            headers = {SIGNATURE_HEADER: f"t={stamp},v0={digest}"}
            for _ in range(times - 1):
                await http.post("/elevenlabs/post-call", content=body, headers=headers)
            return await http.post("/elevenlabs/post-call", content=body, headers=headers)

    return asyncio.run(ask())


def _seconds() -> float:
    return REGISTRY.get_sample_value("bakame_vendor_conversation_seconds_total", {"vendor": "elevenlabs"}) or 0.0


def test_a_report_is_counted_once_however_often_it_comes() -> None:
    before = _seconds()
    assert _post(_report("conv_once"), times=3).status_code == 204
    assert _seconds() == before + 90


@pytest.mark.parametrize(
    ("body", "secret", "status"),
    [
        (_report("conv_forged"), "another secret", 403),
        (b"{", SECRET, 422),
        (b"x" * (LARGEST_REPORT + 1), SECRET, 422),
    ],
)
def test_a_report_that_is_forged_broken_or_huge_is_refused_and_not_counted(
    body: bytes, secret: str, status: int
) -> None:
    before = _seconds()
    assert _post(body, secret=secret).status_code == status
    assert _seconds() == before
