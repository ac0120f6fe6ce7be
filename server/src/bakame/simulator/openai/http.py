"""What the stand-in's HTTP answers have in common: keys, error documents, bodies that are poured and may break off."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any, Final, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

BREAK: Final = b""
"""In a poured body: here the connection is lost."""


def error(
    status: int, message: str, *, kind: str | None = None, code: str | None = None, retry_after: str = ""
) -> JSONResponse:
    """An error as OpenAI words it."""
    kind = kind or ("server_error" if status >= 500 else "invalid_request_error")
    document = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return JSONResponse(document, status, {"retry-after": retry_after} if retry_after else {})


def refused(request: Request, key: str | None) -> JSONResponse | None:
    """The answer to a request without the right key; None when the key is right, or none is needed."""
    if key is None or request.headers.get("authorization") == f"Bearer {key}":
        return None
    return error(401, "Incorrect API key provided.", code="invalid_api_key")


async def json_object(request: Request) -> dict[str, Any] | JSONResponse:
    """The request's JSON object, or the answer that there is none."""
    try:
        body: Any = await request.json()
    except ValueError:
        return error(400, "We could not parse the JSON body of your request.")
    return cast(dict[str, Any], body) if isinstance(body, dict) else error(400, "The body is not a JSON object.")


class Never(Response):
    """No answer at all, for as long as the client waits."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _until_gone(receive)


class Poured(Response):
    """A body that is sent while it is made. `cut` is told when the client leaves before its end."""

    def __init__(
        self,
        pieces: AsyncGenerator[bytes],
        *,
        media_type: str,
        headers: Mapping[str, str] | None = None,
        cut: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(headers=headers, media_type=media_type)
        del self.headers["content-length"]
        self._pieces = pieces
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_until_gone(receive))
        pouring = asyncio.create_task(self._pour(send))
        try:
            await asyncio.wait({gone, pouring}, return_when=asyncio.FIRST_COMPLETED)
            if not pouring.done():
                self._cut()
        finally:
            for task in (gone, pouring):
                task.cancel()
            await asyncio.wait({gone, pouring})
        if not pouring.cancelled():
            pouring.result()

    async def _pour(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self._pieces) as pieces:
            async for piece in pieces:
                if piece == BREAK:
                    return
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
