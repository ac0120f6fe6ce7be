"""The mapping of failures to HTTP, and what machines may ask."""

import asyncio

import httpx
import pytest
from fastapi import APIRouter

from bakame.app.http.app import make_app
from bakame.errors import BakameError, Busy, Conflict, Denied, Invalid, Missing, Unavailable


async def _fails() -> None:
    raise Unavailable("the database is locked")


async def _works() -> None:
    pass


def _get(path: str, *, error: BakameError | None = None, **checks: bool) -> httpx.Response:
    router = APIRouter()

    @router.get("/try")
    async def attempt() -> None:
        if error is not None:
            raise error

    app = make_app(routers=[router], checks={name: _works if good else _fails for name, good in checks.items()})

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            return await http.get(path)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Missing("no such learner"), 404),
        (Conflict("it changed"), 409),
        (Denied("not allowed"), 403),
        (Invalid("not a number"), 422),
        (Busy("too many calls"), 429),
        (Unavailable("no database"), 503),
        (BakameError("of no kind"), 500),
    ],
)
def test_each_kind_of_failure_has_its_status_and_says_what_is_wrong(error: BakameError, status: int) -> None:
    answer = _get("/try", error=error)
    assert answer.status_code == status
    assert answer.json()["message"] == str(error)
    assert ("Retry-After" in answer.headers) is error.retryable


def test_the_process_lives_even_when_a_part_is_down() -> None:
    assert _get("/health", database=False).json() == {"status": "ok"}


def test_readiness_says_which_part_is_down() -> None:
    assert _get("/ready", database=True, redis=True).json()["ready"] is True
    down = _get("/ready", database=False, redis=True)
    assert down.status_code == 503
    assert down.json() == {"ready": False, "parts": {"database": "the database is locked", "redis": "ok"}}


def test_metrics_are_for_prometheus() -> None:
    answer = _get("/metrics")
    assert "bakame_calls_live" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
