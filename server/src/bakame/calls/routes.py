"""The doors of the voice channel: the call webhooks, and the way to follow a call. Its socket is `calls.streams`."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import orjson
import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from bakame.calls import meters
from bakame.calls.admission import Admission
from bakame.calls.desk import After, CallDesk
from bakame.calls.live import LiveCall, LiveCalls
from bakame.errors import BakameError, Denied
from bakame.ports.clock import Clock
from bakame.ports.messaging import TextGateway
from bakame.ports.telephony import CallGateway, InboundCall
from bakame.ports.voice import VoiceEngine
from bakame.security.guards import signed_form
from bakame.security.tokens import StreamTokens

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is said with the carrier's own voice, when ours is not there."""

    apology: str
    number_needed: str
    full: str
    full_text: str
    call_again: str
    call_again_text: str


@dataclass(frozen=True, slots=True)
class VoiceChannel:
    """All that the doors of the voice channel need, put together in `app.wiring`."""

    gateway: CallGateway
    texts: TextGateway
    engine: VoiceEngine
    desk: CallDesk
    admission: Admission
    tokens: StreamTokens
    live: LiveCalls
    clock: Clock
    public_url: str
    phrases: Phrases

    @property
    def stream_url(self) -> str:
        scheme, host, path, *_ = urlsplit(self.public_url)
        ws = "wss" if scheme == "https" else "ws"
        return urlunsplit((ws, host, path.rstrip("/") + "/twilio-stream", "", ""))

    def url(self, path: str) -> str:
        return self.public_url.rstrip("/") + path

    def open_stream(self, call_id: str) -> str:
        return self.gateway.open_stream(
            stream_url=self.stream_url,
            parameters={"token": self.tokens.issue(call_id)},
            after_url=self.url("/call/after"),
        )

    async def tell(self, number: str, text: str) -> None:
        """Texts somebody whose call could not be taken, or not go on, unless they asked us not to."""
        try:
            if await self.desk.may_be_texted(number):
                await self.texts.send_text(to=number, body=text)
        except BakameError as error:
            _log.warning("call.not_told", kind=type(error).__name__)

    async def tell_stopped(self, call_id: str) -> None:
        """Texts the caller of a call that nobody could take over."""
        try:
            number = await self.desk.number_of(call_id)
        except BakameError as error:
            _log.warning("call.not_told", kind=type(error).__name__)
            return
        if number is not None:
            await self.tell(number, self.phrases.call_again_text)


def call_routes(channel: VoiceChannel) -> APIRouter:
    """`POST /call`, `/call/after`, `/call/status` and `GET /calls/{call_id}/live`."""
    router = APIRouter(tags=["calls"])
    gateway = channel.gateway

    async def form_of(request: Request, door: str) -> Mapping[str, str]:
        try:
            return await signed_form(request, public_url=channel.public_url, is_authentic=gateway.is_authentic)
        except BakameError as error:
            meters.calls_refused.labels(door, type(error).__name__.lower()).inc()
            raise

    async def note(offered: InboundCall) -> None:
        try:
            await channel.desk.offered(offered)
        except BakameError as error:
            _log.error("call.not_noted", call=offered.call_id, kind=type(error).__name__, error=str(error))

    @router.post("/call")
    async def call(request: Request) -> Response:
        """A call is offered: who it may be is noted, and the gateway is told to open the stream."""
        began = channel.clock.monotonic()
        form = await form_of(request, "/call")
        offered = gateway.inbound_call(form)
        number = channel.desk.number(offered)
        if number is None:
            return _document(gateway.say(channel.phrases.number_needed))
        if not channel.admission.admit(offered.call_id):
            meters.calls_over_capacity.inc()
            document = _document(gateway.say(channel.phrases.full))
            if channel.admission.may_text(number):
                document.background = BackgroundTask(channel.tell, number, channel.phrases.full_text)
            return document
        channel.engine.expect_call(offered.call_id)
        channel.live.open(offered.call_id)
        document = _document(channel.open_stream(offered.call_id))
        # Written down once the answer is out: the stream waits for it, the carrier need not.
        document.background = BackgroundTask(note, offered)
        meters.call_answer.observe(channel.clock.monotonic() - began)
        return document

    @router.post("/call/after")
    async def after(request: Request) -> Response:
        """Our socket closed: the call is over, or goes on where it stopped."""
        call_id = gateway.call_progress(await form_of(request, "/call/after")).call_id
        try:
            step = await channel.desk.after(call_id)
        except BakameError as error:
            _log.error("call.after_unknown", call=call_id, kind=type(error).__name__)
            step = After.APOLOGISE
        match step:
            case After.AGAIN:
                return _document(channel.open_stream(call_id))
            case After.HANG_UP:
                return _document(gateway.hang_up())
            case After.CALL_AGAIN:
                return _document(gateway.say(channel.phrases.call_again))
            case After.APOLOGISE:
                return _document(gateway.say(channel.phrases.apology))

    @router.post("/call/status", status_code=204)
    async def status(request: Request) -> None:
        """How a call fares on the carrier's side."""
        progress = gateway.call_progress(await form_of(request, "/call/status"))
        await channel.desk.progressed(progress)
        if progress.is_over:
            channel.admission.ended(progress.call_id)
            channel.live.close(progress.call_id)

    @router.get("/calls/{call_id}/live")
    async def live(request: Request, call_id: str) -> Response:
        """Follows a call as server-sent events; for whoever holds the gateway's secret."""
        if not gateway.is_authentic(url=channel.url(f"/calls/{call_id}/live"), form={}, headers=request.headers):
            meters.calls_refused.labels("/calls/live", "denied").inc()
            raise Denied("the signature does not fit")
        followed = channel.live.get(call_id)
        if followed is None:
            return Response(status_code=404)
        return StreamingResponse(_events(followed), media_type="text/event-stream")

    return router


def _document(xml: str) -> Response:
    return Response(xml, media_type="text/xml")


async def _events(followed: LiveCall) -> AsyncIterator[bytes]:
    async for event in followed.follow():
        yield b"event: %s\ndata: %s\n\n" % (event.kind.encode(), orjson.dumps(event.data))
