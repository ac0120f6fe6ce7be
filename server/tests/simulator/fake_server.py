"""A server for the carrier to call: it answers webhooks with the documents a test gives it, and keeps what it got."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from twilio.request_validator import RequestValidator

TOKEN = "test_auth_token_0123456789abcdef"

Talk = Callable[["Stream"], Awaitable[None]]


class Stream:
    """The server's end of one media stream."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []

    @property
    def sid(self) -> str:
        return next(frame["streamSid"] for frame in self.frames if frame["event"] == "start")

    async def receive(self) -> dict[str, Any] | None:
        """The next frame; None when the carrier is gone."""
        message = await self.socket.receive()
        if message["type"] != "websocket.receive":
            self.frames.append({"event": "closed", "code": message["code"]})
            return None
        frame = orjson.loads(message["text"])
        self.frames.append(frame)
        return frame

    async def until(self, event: str) -> dict[str, Any]:
        """The next frame of this kind."""
        while (frame := await self.receive()) is not None:
            if frame["event"] == event:
                return frame
        raise AssertionError(f"the carrier left before {event}")

    async def drain(self) -> None:
        """Takes all frames until the carrier is gone."""
        while await self.receive() is not None:
            pass

    async def send(self, event: str, **fields: object) -> None:
        await self.socket.send_text(orjson.dumps({"event": event, "streamSid": self.sid, **fields}).decode())

    def of(self, event: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["event"] == event]


async def _listen(stream: Stream) -> None:
    await stream.drain()


@dataclass
class FakeServer:
    """`documents`: by path, the TwiML each next request to it is answered with; the last one stays."""

    documents: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    talk: Talk = _listen
    words: list[bytes] | None = None
    forms: list[tuple[str, dict[str, str]]] = field(default_factory=list[tuple[str, dict[str, str]]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    streams: list[Stream] = field(default_factory=list[Stream])
    token: str = TOKEN

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                WebSocketRoute("/stream", self._stream),
                Route("/calls/{sid}/live", self._live),
                Route("/{path:path}", self._webhook, methods=["POST", "GET"]),
            ]
        )

    def got(self, path: str) -> list[dict[str, str]]:
        return [form for where, form in self.forms if where == path]

    async def _webhook(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        if not self._signed(str(request.url), form, request.headers.get("x-twilio-signature", "")):
            return Response(status_code=403)
        path = request.url.path
        self.forms.append((path, form))
        self.headers.append(dict(request.headers))
        answers = self.documents.get(path)
        if answers is None:
            return Response(status_code=204)
        document = answers.pop(0) if len(answers) > 1 else answers[0]
        host = request.url.netloc
        return Response(document.replace("HOST", host), media_type="text/xml")

    async def _stream(self, socket: WebSocket) -> None:
        if not self._signed(str(socket.url), {}, socket.headers.get("x-twilio-signature", "")):
            await socket.close(1008)
            return
        await socket.accept()
        stream = Stream(socket)
        self.streams.append(stream)
        await self.talk(stream)

    async def _live(self, request: Request) -> Response:
        if self.words is None:
            return Response(status_code=404)
        words = list(self.words)

        async def told() -> AsyncIterator[bytes]:
            for word in words:
                yield word

        return StreamingResponse(told(), media_type="text/event-stream")

    def _signed(self, url: str, form: dict[str, str], signature: str) -> bool:
        expected: str = RequestValidator(self.token).compute_signature(url, form)
        return expected == signature
