"""The six kinds of failure become HTTP here, and nowhere else."""

from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from bakame.errors import BakameError, Busy, Conflict, Denied, Invalid, Missing, Unavailable

STATUS: Final[dict[type[BakameError], int]] = {
    Missing: 404,
    Conflict: 409,
    Denied: 403,
    Invalid: 422,
    Busy: 429,
    Unavailable: 503,
}

_log = structlog.get_logger(__name__)


def status_of(error: BakameError) -> int:
    """The HTTP status of an error's kind; 500 for an error that is of no kind."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


async def _answer(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BakameError)  # noqa: S101  # registered for this type only
    status = status_of(error)
    _log.warning("http.refused", path=request.scope["path"], status=status, kind=type(error).__name__)
    headers = {"Retry-After": "1"} if error.retryable else None
    return JSONResponse({"error": type(error).__name__.lower(), "message": str(error)}, status, headers)


def handle_errors(app: FastAPI) -> None:
    """Registers the mapping."""
    app.add_exception_handler(BakameError, _answer)
