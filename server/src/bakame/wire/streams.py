"""One HTTP request whose answer is taken while it comes, with the impatience of a telephone call.

Failures of any kind are `Unavailable`; an error that the server states is `Declined`.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

import httpx
import orjson

from bakame.errors import Unavailable
from bakame.wire.completions import Declined, error_code

ERROR_BYTES: Final = 64 * 1024
"""An error document longer than this is not read."""
ERROR_S: Final = 1.0
TAIL_S: Final = 0.25
"""How long the end of a stream is waited for when all was said: a connection that ends well is used again."""
_LONGEST_WAIT_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for a connection, for the first piece since asking, for each one after it."""

    connect_s: float = 1.5
    first_s: float = 2.5
    next_s: float = 3.0


PATIENCE: Final = Patience()
"""What a caller bears."""


class Arrivals:
    """The pieces of one answer's body. Not for two readers."""

    def __init__(self, response: httpx.Response, *, who: str) -> None:
        self._chunks = cast(AsyncGenerator[bytes], response.aiter_bytes())
        self._who = who
        self.kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()

    async def next(self, *, by: float) -> bytes | None:
        """The next piece, None at the end. `by`: on the loop's clock. Raises `TimeoutError` and `Unavailable`."""
        try:
            async with asyncio.timeout_at(by):
                return await anext(self._chunks, None)
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._who} was cut off: {type(error).__name__}") from None

    async def close(self) -> None:
        """Nothing more is taken."""
        await self._chunks.aclose()


@asynccontextmanager
async def answer_to(
    http: httpx.AsyncClient, request: httpx.Request, *, who: str, by: float, patience: Patience
) -> AsyncGenerator[Arrivals]:
    """The answer to a request, once its head says success; `by` is when the head must be here, on the loop's clock.

    Leaving the block ends the request. Raises `Declined` and `Unavailable`.
    """
    request.extensions["timeout"] = httpx.Timeout(None, connect=patience.connect_s, pool=patience.connect_s).as_dict()
    try:
        async with asyncio.timeout_at(by):
            response = await http.send(request, stream=True)
    except TimeoutError:
        raise Unavailable(f"{who} did not answer in time") from None
    except httpx.HTTPError as error:
        raise Unavailable(f"{who} cannot be reached: {type(error).__name__}") from None
    arrivals = Arrivals(response, who=who)
    try:
        if not response.is_success:
            raise await _declined(response, arrivals, who=who)
        yield arrivals
    finally:
        await arrivals.close()
        await response.aclose()


async def whole(
    http: httpx.AsyncClient, request: httpx.Request, *, who: str, by: float, largest: int, patience: Patience
) -> bytes:
    """The whole body of an answer. Raises `Unavailable`, also when it has more than `largest` bytes."""
    body = bytearray()
    async with answer_to(http, request, who=who, by=by, patience=patience) as arrivals:
        try:
            while (chunk := await arrivals.next(by=by)) is not None:
                body += chunk
                if len(body) > largest:
                    raise Unavailable(f"{who} sent too much", retryable=False)
        except TimeoutError:
            raise Unavailable(f"{who} did not answer in time") from None
    return bytes(body)


async def _declined(response: httpx.Response, arrivals: Arrivals, *, who: str) -> Declined:
    body = bytearray()
    by = asyncio.get_running_loop().time() + ERROR_S
    try:
        while len(body) <= ERROR_BYTES and (chunk := await arrivals.next(by=by)) is not None:
            body += chunk
    except (TimeoutError, Unavailable):
        body.clear()
    again = {"true": True, "false": False}.get(response.headers.get("x-should-retry", "").lower())
    return Declined(
        who,
        status=response.status_code,
        code=error_code(_json(bytes(body))),
        retryable=again,
        retry_after_s=_retry_after(response.headers),
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; a date is not read, because it means nothing without the server's clock."""
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            wait_s = float(headers.get(name, "")) / scale
        except ValueError:
            continue
        if 0 <= wait_s <= _LONGEST_WAIT_S:
            return wait_s
    return None


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        return None
