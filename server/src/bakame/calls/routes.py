"""The doors of the voice channel: the call webhooks, the media socket, and the way to follow a call."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import orjson
import structlog
from fastapi import APIRouter, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from bakame.calls import meters
from bakame.calls.bridge import Bridge, Outcome
from bakame.calls.desk import After, CallDesk
from bakame.calls.live import LiveCall, LiveCalls
from bakame.calls.scribe import Scribe
from bakame.calls.state import CallMachine, CallState
from bakame.errors import BakameError, Denied
from bakame.ports.clock import Clock
from bakame.ports.telephony import CallGateway, InboundCall, Malformed, MediaCodec, Started, Stopped
from bakame.ports.voice import VoiceEngine
from bakame.security.guards import signed_form
from bakame.security.tokens import StreamTokens
from bakame.store.database import Database

START_S: Final = 5.0
"""A socket without a valid start is closed after this long."""
MOST_BEFORE_START: Final = 10
"""Messages that a peer may send before its start."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is said with the carrier's own voice, when ours is not there."""

    apology: str
    number_needed: str


@dataclass(frozen=True, slots=True)
class VoiceChannel:
    """All that the voice channel needs, put together in `app.wiring`."""

    gateway: CallGateway
    engine: VoiceEngine
    desk: CallDesk
    database: Database
    tokens: StreamTokens
    live: LiveCalls
    clock: Clock
    public_url: str
    phrases: Phrases
    lead_ms: int = 160

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


class SocketWire:
    """A WebSocket as the bridge wants it. A peer that is gone makes sends vanish and ends `receive`."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._gone = False

    async def receive(self) -> str | bytes | None:
        if self._gone:
            return None
        message = await self._socket.receive()
        if message["type"] != "websocket.receive":
            self._gone = True
            return None
        text = message.get("text")
        return text if text is not None else message.get("bytes") or b""

    async def send(self, message: str) -> None:
        if self._gone:
            return
        try:
            await self._socket.send_text(message)
        except (WebSocketDisconnect, RuntimeError):
            # The server says so in two ways, depending on who noticed the lost peer first.
            self._gone = True

    async def close(self, code: int) -> None:
        if self._gone:
            return
        self._gone = True
        with suppress(WebSocketDisconnect, RuntimeError):
            await self._socket.close(code)


def call_routes(channel: VoiceChannel) -> APIRouter:
    """`POST /call`, `/call/after`, `/call/status`, `GET /calls/{call_id}/live` and `WS /twilio-stream`."""
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
        if channel.desk.number(offered) is None:
            return _document(gateway.say(channel.phrases.number_needed))
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
            case After.APOLOGISE:
                return _document(gateway.say(channel.phrases.apology))

    @router.post("/call/status", status_code=204)
    async def status(request: Request) -> None:
        """How a call fares on the carrier's side."""
        progress = gateway.call_progress(await form_of(request, "/call/status"))
        await channel.desk.progressed(progress)
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

    @router.websocket("/twilio-stream")
    async def stream(socket: WebSocket) -> None:
        """The media stream of one call."""
        if not gateway.is_authentic_stream(url=channel.stream_url, headers=socket.headers):
            meters.calls_refused.labels("/twilio-stream", "denied").inc()
            _log.warning("call.upgrade_denied")
            return await socket.close(1008)
        await socket.accept()
        return await _Call(channel, SocketWire(socket)).run()

    return router


class _Call:
    """One call's life behind its socket: start, bridge, end."""

    def __init__(self, channel: VoiceChannel, wire: SocketWire) -> None:
        self._channel = channel
        self._wire = wire
        self._codec: MediaCodec = channel.gateway.codec()

    async def run(self) -> None:
        started = await self._started()
        if started is None:
            await self._wire.close(1008)
        else:
            await self._live(started)

    async def _live(self, started: Started) -> None:
        channel, call_id = self._channel, started.call_id
        live = channel.live.open(call_id)
        scribe = Scribe(call_id=call_id, database=channel.database, live=live)
        machine = CallMachine(on_move=lambda _, after: scribe.state(after), on_illegal=_count_illegal)
        machine.move(CallState.CONNECTING)
        machine.move(CallState.CONNECTED)
        machine.move(CallState.STREAM_READY)
        with meters.calls_live.track_inprogress():
            outcome = await self._converse(started, scribe, machine)
        machine.move(CallState.CLEANUP)
        meters.calls_ended.labels(outcome.reason).inc()
        await scribe.finish()
        try:
            await channel.desk.ended(call_id, outcome)
        except BakameError as error:
            _log.error("call.end_not_noted", call=call_id, kind=type(error).__name__)
        machine.move(CallState.IDLE)
        _log.info("call.ended", call=call_id, reason=outcome.reason, frames=outcome.counts.frames_out)
        channel.live.close(call_id)
        await self._wire.close(1000)

    async def _converse(self, started: Started, scribe: Scribe, machine: CallMachine) -> Outcome:
        channel = self._channel
        began = channel.clock.monotonic()
        try:
            context = await channel.desk.answered(
                started.call_id, stream_id=started.stream_id, engine=channel.engine.name
            )
            session = await channel.engine.converse(context, notes=scribe)
            bridge = Bridge(
                wire=self._wire,
                codec=self._codec,
                session=session,
                watch=scribe,
                clock=channel.clock,
                lead_ms=channel.lead_ms,
            )
            machine.move(CallState.PROCESSING)
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(scribe.run(), name="scribe")
                outcome = await bridge.run()
                writing.cancel()
        except BakameError as error:
            _log.error("call.failed", call=started.call_id, kind=type(error).__name__, error=str(error))
            machine.move(CallState.FAILED)
            return Outcome("refused")
        except BaseExceptionGroup as group:
            _log.error("call.failed", call=started.call_id, exc_info=group)
            machine.move(CallState.FAILED)
            return Outcome("fault")
        if outcome.first_sound_at is not None:
            meters.first_sound.observe(outcome.first_sound_at - began)
        machine.move(CallState.STOPPING)
        return outcome

    async def _started(self) -> Started | None:
        """The stream's start with a good token, or None when it does not come in time."""
        try:
            async with asyncio.timeout(START_S):
                for _ in range(MOST_BEFORE_START):
                    message = await self._wire.receive()
                    if message is None:
                        return self._refuse("gone")
                    try:
                        event = self._codec.decode(message)
                    except Malformed as error:
                        _log.warning("call.malformed_start", reason=str(error))
                        meters.stream_malformed.inc()
                        continue
                    if isinstance(event, Stopped):
                        return self._refuse("stopped")
                    if isinstance(event, Started):
                        token = event.parameters.get("token", "")
                        if await self._channel.tokens.accept(token, event.call_id):
                            return event
                        return self._refuse("token")
        except TimeoutError:
            return self._refuse("no_start")
        return self._refuse("no_start")

    @staticmethod
    def _refuse(why: str) -> None:
        meters.calls_refused.labels("/twilio-stream", why).inc()
        _log.warning("call.stream_refused", why=why)


def _count_illegal(before: CallState, after: CallState) -> None:
    meters.call_moves_illegal.labels(before.value, after.value).inc()


def _document(xml: str) -> Response:
    return Response(xml, media_type="text/xml")


async def _events(followed: LiveCall) -> AsyncIterator[bytes]:
    async for event in followed.follow():
        yield b"event: %s\ndata: %s\n\n" % (event.kind.encode(), orjson.dumps(event.data))
