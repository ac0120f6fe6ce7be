"""The media sockets: each open one is a call's life, from the carrier's `start` to the last note.

A process that is told to stop lets calls end, then hands those that go on to another replica: the carrier is asked to
fetch the call's document again, which opens a new stream, and the lesson is taken up there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import structlog

from bakame.audio.pacing import Lead
from bakame.calls import meters
from bakame.calls.admission import Admission
from bakame.calls.bridge import Bridge, Outcome
from bakame.calls.desk import HANDED_OVER, STOPPED, CallDesk
from bakame.calls.live import LiveCalls
from bakame.calls.scribe import Scribe
from bakame.calls.state import CallState
from bakame.calls.ticker import Ticker
from bakame.errors import BakameError
from bakame.ports.clock import Clock
from bakame.ports.telephony import CallGateway, Malformed, Started, Stopped
from bakame.ports.voice import VoiceEngine
from bakame.security.tokens import StreamTokens
from bakame.store.database import Database
from bakame.wire.sockets import Peer, Socket

START_S: Final = 5.0
"""A socket without a valid start is closed after this long."""
MOST_BEFORE_START: Final = 10
"""Messages that a peer may send before its start."""
MOST_WAITING: Final = 500
"""Messages that wait while a call is looked up: ten seconds of sound."""
LEAVE_S: Final = 5.0
"""How long the carrier may take to close the stream of a call that was handed over."""

_log = structlog.get_logger(__name__)


class _Inbox:
    """A carrier's socket, as the bridge wants it. What comes before somebody is attached waits, up to a bound."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._waiting: list[bytes] = []
        self._came = asyncio.Event()
        self._gone: tuple[int, str] | None = None

    @property
    def congested(self) -> bool:
        return self._socket.congested

    def send_together(self, messages: Sequence[bytes]) -> None:
        self._socket.send_together(messages)

    def attach(self, peer: Peer) -> None:
        waiting, self._waiting = self._waiting, []
        self._socket.attach(peer)
        for message in waiting:
            peer.received(message)
        if self._gone is not None:
            peer.lost(*self._gone)

    async def first(self) -> bytes | None:
        """The next message, before anybody is attached; None when the peer is gone."""
        while not self._waiting:
            if self._gone is not None:
                return None
            self._came.clear()
            await self._came.wait()
        return self._waiting.pop(0)

    def close(self, code: int) -> None:
        self._socket.close(code)

    def received(self, message: bytes) -> None:
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(message)
            self._came.set()
        else:
            self._socket.close(1008)

    def received_binary(self, message: bytes) -> None:
        self._socket.close(1008)

    def lost(self, code: int, reason: str) -> None:
        self._gone = (code, reason)
        self._came.set()


class StreamDoor:
    """Lets media sockets in and runs their calls. Implements `wire.upgrade.Door`.

    `url` is the public address of the socket, over which the carrier signs; `moved_to` where a call's document is
    fetched again when it is handed over; `tell_stopped` texts a caller who could not be handed over.
    """

    def __init__(
        self,
        *,
        gateway: CallGateway,
        engine: VoiceEngine,
        desk: CallDesk,
        database: Database,
        tokens: StreamTokens,
        live: LiveCalls,
        clock: Clock,
        admission: Admission,
        url: str,
        moved_to: str,
        tell_stopped: Callable[[str], Awaitable[None]],
        lead_ms: int,
    ) -> None:
        self.gateway = gateway
        self.engine = engine
        self.desk = desk
        self.database = database
        self.tokens = tokens
        self.live = live
        self.clock = clock
        self.admission = admission
        self.lead_ms = lead_ms
        self.ticker = Ticker(late=meters.tick_lateness.observe)
        self._url = url
        self._moved_to = moved_to
        self._tell_stopped = tell_stopped
        self._calls: dict[_Call, asyncio.Task[None]] = {}

    # The door

    def admit(self, path: str, headers: Mapping[str, str]) -> int | None:
        if not path.partition("?")[0].endswith("/twilio-stream"):
            return 404
        if self.gateway.is_authentic_stream(url=self._url, headers=headers):
            return None
        meters.calls_refused.labels("/twilio-stream", "denied").inc()
        _log.warning("call.upgrade_denied")
        return 403

    def opened(self, socket: Socket) -> Peer:
        inbox = _Inbox(socket)
        call = _Call(self, inbox)
        task = asyncio.create_task(call.run(), name="call")
        self._calls[call] = task
        task.add_done_callback(lambda _: self._calls.pop(call, None))
        return inbox

    # The end

    @property
    def calls(self) -> int:
        """Streams that are open."""
        return len(self._calls)

    async def drain(self, *, grace_s: float) -> None:
        """Takes no call from now on; lets those that go on end for `grace_s`, then hands over what is left."""
        self.admission.closed = True
        if self._calls:
            await asyncio.wait(self._calls.values(), timeout=grace_s)
        leaving = [asyncio.create_task(self._hand_over(call, task)) for call, task in list(self._calls.items())]
        if leaving:
            await asyncio.wait(leaving)

    async def stop(self) -> None:
        """Ends whatever still runs."""
        self.admission.closed = True
        tasks = list(self._calls.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _hand_over(self, call: "_Call", task: asyncio.Task[None]) -> None:
        if call.call_id is None:
            task.cancel()
            return
        call.leaving = HANDED_OVER
        try:
            await self.gateway.move_call(call.call_id, answer_url=self._moved_to)
        except BakameError as error:
            _log.warning("call.not_handed_over", call=call.call_id, kind=type(error).__name__)
            meters.calls_handed_over.labels("told").inc()
            call.end(STOPPED)
            await self._tell_stopped(call.call_id)
        else:
            meters.calls_handed_over.labels("moved").inc()
        _, pending = await asyncio.wait({task}, timeout=LEAVE_S)
        if pending:
            call.end(call.leaving)
            await asyncio.wait({task}, timeout=LEAVE_S)


class _Call:
    """One stream's life: start, bridge, end."""

    def __init__(self, door: StreamDoor, inbox: _Inbox) -> None:
        self._door = door
        self._inbox = inbox
        self._codec = door.gateway.codec()
        self._bridge: Bridge | None = None
        self.call_id: str | None = None
        self.leaving: str | None = None

    def end(self, reason: str) -> None:
        """Ends it for this reason."""
        self.leaving = reason
        if self._bridge is not None:
            self._bridge.end(reason)

    async def run(self) -> None:
        started = await self._started()
        if started is None:
            self._inbox.close(1008)
            return
        self.call_id = started.call_id
        self._door.admission.began(started.call_id)
        try:
            with meters.calls_live.track_inprogress():
                await self._live(started)
        finally:
            self._door.admission.ended(started.call_id)

    async def _live(self, started: Started) -> None:
        door, call_id = self._door, started.call_id
        live = door.live.open(call_id)
        scribe = Scribe(call_id=call_id, database=door.database, live=live)
        machine = scribe.machine
        for state in (CallState.CONNECTING, CallState.CONNECTED, CallState.STREAM_READY):
            machine.move(state)
        outcome = await self._converse(started, scribe)
        machine.move(CallState.CLEANUP)
        meters.calls_ended.labels(outcome.reason).inc()
        line = scribe.quality.report()
        meters.line_quality.observe(line.score)
        await scribe.finish()
        try:
            await door.desk.ended(call_id, outcome, line=line)
        except BakameError as error:
            _log.error("call.end_not_noted", call=call_id, kind=type(error).__name__)
        machine.move(CallState.IDLE)
        _log.info(
            "call.ended",
            call=call_id,
            reason=outcome.reason,
            frames=outcome.counts.frames_out,
            quality=line.score,
        )
        door.live.close(call_id)
        self._inbox.close(1000)

    async def _converse(self, started: Started, scribe: Scribe) -> Outcome:
        door = self._door
        began = door.clock.monotonic()
        try:
            context = await door.desk.answered(started.call_id, stream_id=started.stream_id)
            session = await door.engine.converse(context, notes=scribe)
            self._bridge = Bridge(
                wire=self._inbox,
                codec=self._codec,
                session=session,
                watch=scribe,
                clock=door.clock,
                ticker=door.ticker,
                lead=Lead(ms=door.lead_ms),
                quality=scribe.quality,
                stages=meters.stages,
            )
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(scribe.run(), name="scribe")
                outcome = await self._bridge.run()
                writing.cancel()
        except BakameError as error:
            _log.error("call.failed", call=started.call_id, kind=type(error).__name__, error=str(error))
            scribe.machine.move(CallState.FAILED)
            return Outcome("refused")
        except BaseExceptionGroup as group:
            _log.error("call.failed", call=started.call_id, exc_info=group)
            scribe.machine.move(CallState.FAILED)
            return Outcome("fault")
        if outcome.first_sound_at is not None:
            meters.first_sound.observe(outcome.first_sound_at - began)
        scribe.machine.move(CallState.STOPPING)
        return outcome if self.leaving is None else Outcome(self.leaving, outcome.counts, outcome.first_sound_at)

    async def _started(self) -> Started | None:
        """The stream's start with a good token, or None when it does not come in time."""
        try:
            async with asyncio.timeout(START_S):
                for _ in range(MOST_BEFORE_START):
                    message = await self._inbox.first()
                    if message is None:
                        return _refuse("gone")
                    try:
                        event = self._codec.decode(message)
                    except Malformed as error:
                        _log.warning("call.malformed_start", reason=str(error))
                        meters.stream_malformed.inc()
                        continue
                    if isinstance(event, Stopped):
                        return _refuse("stopped")
                    if isinstance(event, Started):
                        token = event.parameters.get("token", "")
                        if await self._door.tokens.accept(token, event.call_id):
                            return event
                        return _refuse("token")
        except TimeoutError:
            return _refuse("no_start")
        return _refuse("no_start")


def _refuse(why: str) -> None:
    meters.calls_refused.labels("/twilio-stream", why).inc()
    _log.warning("call.stream_refused", why=why)
