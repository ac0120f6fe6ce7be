"""Where the carrier keeps pictures and voice notes of texts: its API redirects to storage, which wants no credentials.

Source: Twilio Docs, "Media Resource". Storage refuses a request that brings credentials of another house.
"""

import asyncio
import random
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from bakame.simulator.identity import API_VERSION, new_sid

STORAGE: Final = "/media-storage"
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or a voice note that goes with a text."""

    data: bytes = field(repr=False)
    media_type: str


@dataclass(slots=True, kw_only=True)
class StorageFaults:
    """How storage misbehaves. `hops`: redirects before the bytes; `told`: the content type it states instead.

    `elsewhere`: where it redirects to instead of to itself; `counted`: whether it states the length.
    """

    status: int | None = None
    hangs: bool = False
    hops: int = 1
    told: str | None = None
    elsewhere: str = ""
    counted: bool = True


class Storage:
    """One account's media. `base_url` is the public address of the carrier's REST side, set once it is served."""

    def __init__(self, *, account_sid: str, rng: random.Random) -> None:
        self._account = account_sid
        self._rng = rng
        self._kept: dict[str, Attachment] = {}
        self.base_url = ""
        self.faults = StorageFaults()
        self.asked: list[str] = []
        """Paths that were asked for, redirects included."""

    def keep(self, attachment: Attachment, *, message_sid: str) -> str:
        """Keeps it; the address at which the server may fetch it."""
        sid = new_sid("ME", self._rng)
        self._kept[sid] = attachment
        account = f"{self.base_url}/{API_VERSION}/Accounts/{self._account}"
        return f"{account}/Messages/{message_sid}/Media/{sid}"

    def at_api(self, request: Request) -> Response:
        """The API's answer to a request that was let in."""
        self.asked.append(request.url.path)
        sid = request.path_params["sid"]
        if self.faults.status is not None:
            return PlainTextResponse("No.", self.faults.status)
        if sid not in self._kept:
            return PlainTextResponse("Not found", 404)
        if not self.faults.hops:
            return self._poured(sid)
        return RedirectResponse(self.faults.elsewhere or f"{STORAGE}/{sid}?hop=1&signature=1", 307)

    async def at_storage(self, request: Request) -> Response:
        """Storage's answer."""
        self.asked.append(request.url.path)
        sid = request.path_params["sid"]
        if "authorization" in request.headers:
            return PlainTextResponse("Only one auth mechanism allowed", 400)
        if self.faults.hangs:
            await asyncio.sleep(3600)
        hop = int(request.query_params.get("hop", "1"))
        if hop < self.faults.hops:
            return RedirectResponse(f"{STORAGE}/{sid}?hop={hop + 1}&signature=1", 302)
        return self._poured(sid) if sid in self._kept else PlainTextResponse("Not found", 404)

    def _poured(self, sid: str) -> Response:
        kept = self._kept[sid]
        told = kept.media_type if self.faults.told is None else self.faults.told
        headers = {"content-length": str(len(kept.data))} if self.faults.counted else {}
        return StreamingResponse(_pieces(kept.data), media_type=told or None, headers=headers)


async def _pieces(data: bytes) -> AsyncGenerator[bytes]:
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]
