"""The front door: one FastAPI application with every route."""

from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from bakame.app.http.errors import handle_errors
from bakame.app.http.health import health_routes


def make_app(*, routers: Sequence[APIRouter], checks: dict[str, Callable[[], Awaitable[None]]]) -> FastAPI:
    """The application with the routes of every room; `checks` are the parts that `/ready` asks."""
    app = FastAPI(title="BAKAME", version=version("bakame"), docs_url=None, redoc_url=None)
    app.include_router(health_routes(checks))
    for router in routers:
        app.include_router(router)
    handle_errors(app)
    return app
