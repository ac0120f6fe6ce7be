"""`GET /health`, `GET /ready` and `GET /metrics`: what machines ask of the server."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bakame.errors import BakameError


def health_routes(checks: dict[str, Callable[[], Awaitable[None]]]) -> APIRouter:
    """`checks` are the parts without which no call can be taken; each raises a `BakameError` when it is down."""
    router = APIRouter(tags=["health"])

    @router.get("/health")
    async def health() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    @router.get("/ready")
    async def ready(response: Response) -> dict[str, object]:
        """Whether calls can be taken, part by part."""
        parts: dict[str, str] = {}
        for name, check in checks.items():
            try:
                await check()
                parts[name] = "ok"
            except BakameError as error:
                parts[name] = str(error)
                response.status_code = 503
        return {"ready": response.status_code != 503, "parts": parts}

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
