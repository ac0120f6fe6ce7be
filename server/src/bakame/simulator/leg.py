"""The carrier's side of one call: it rings, documents are carried out, streams are opened, progress is reported."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from bakame.errors import Unavailable
from bakame.simulator.conditions import Conditions
from bakame.simulator.degrade import QUIET_ROOM, Room
from bakame.simulator.dialling import DialError, dial
from bakame.simulator.events import (
    CallerUnderstood,
    CallState,
    CarrierSaid,
    Ended,
    EndReason,
    StateChanged,
    StreamClosed,
    StreamOpened,
    TutorHeard,
    TutorState,
    WordsUnavailable,
)
from bakame.simulator.exchange import CallEnd, Exchange, StatusCallback
from bakame.simulator.identity import API_VERSION, legacy_parties, new_sid, parties
from bakame.simulator.line import Line
from bakame.simulator.live import Moved, WordsHeard, WordsSaid
from bakame.simulator.media import CarrierStream
from bakame.simulator.mouth import Mouth
from bakame.simulator.network import IDEAL, Network
from bakame.simulator.record import CallRecord
from bakame.simulator.script import Script, ScriptEnd, Source, Stage
from bakame.simulator.twiml import Connect, Document, TwimlError
from bakame.simulator.webhook import WebhookError

WORDS_GRACE_S: Final = 1.0
"""How long the last words may come after the call."""
APPLICATION_ERROR: Final = "We are sorry, an application error has occurred. Goodbye."
"""What a carrier says when a webhook fails."""
_NORMAL_CLOSURES: Final = (1000, 1001, 1005)
_SCRIPT_ENDS: Final[Mapping[ScriptEnd, CallEnd]] = {
    ScriptEnd.FINISHED: CallEnd(EndReason.SERVER, CallState.COMPLETED),
    ScriptEnd.REJECTED: CallEnd(EndReason.REJECTED, CallState.FAILED),
    ScriptEnd.BUSY: CallEnd(EndReason.REJECTED, CallState.BUSY),
}


class Leg:
    """One call as the carrier runs it."""

    def __init__(
        self,
        *,
        exchange: Exchange,
        from_: str,
        to: str,
        direction: str,
        status: StatusCallback | None = None,
        network: Network = IDEAL,
        room: Room = QUIET_ROOM,
    ) -> None:
        self.sid = new_sid("CA", exchange.rng)
        self.from_ = from_
        self.to = to
        self.direction = direction
        self.now = asyncio.get_running_loop().time
        self.record = CallRecord(now=self.now)
        self.conditions = Conditions(network, room, seed=self.sid)
        self.ear = self.conditions.ear(now=self.now())
        self.mouth = Mouth()
        self.state = CallState.QUEUED
        self.answered_at: float | None = None
        self.failure: WebhookError | TwimlError | None = None
        self._exchange = exchange
        self._status = status
        self._callbacks = 0
        self._picked_up: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._script: asyncio.Task[CallEnd] | None = None
        self._next: Source | Document | None = None
        self._end: CallEnd | None = None
        self._line: Line | None = None
        self._words: asyncio.Task[None] | None = None
        self._ended_at: float | None = None

    async def run(self, program: Source | Document, *, ring_s: float) -> None:
        """Lives the call from its first ring to its last callback. An outgoing call rings for `ring_s` at most."""
        async with asyncio.TaskGroup() as tasks:
            try:
                end = await self._live(program, ring_s, tasks)
            finally:
                self.mouth.close()
            self._ended_at = self.now()
            self._move(end.state)
            if end.reason is not EndReason.CABLE:
                await self._report("completed")
            if self._words is not None:
                await asyncio.wait({self._words}, timeout=WORDS_GRACE_S)
                self._words.cancel()
        self.record.add(Ended(at_ms=self.record.at_ms, reason=end.reason, state=end.state, message=end.message))

    @property
    def talked_s(self) -> float:
        """Seconds from the answer until the end, or until now."""
        return 0.0 if self.answered_at is None else (self._ended_at or self.now()) - self.answered_at

    def pick_up(self) -> None:
        """The phone is answered; only a call to the phone waits for it."""
        if not self._picked_up.done():
            self._picked_up.set_result(True)

    def leave(self, end: CallEnd) -> None:
        """Ends the call; the first to do so wins."""
        if self._end is None and not self.state.is_over:
            self._end = end
            self._interrupt()

    def pull_cable(self) -> None:
        """The line is gone without a word."""
        if self._line is not None:
            self._line.cut()
        self.leave(CallEnd(EndReason.CABLE, CallState.FAILED))

    def drop_socket(self) -> None:
        """The media socket breaks; the call goes on."""
        if self._line is not None:
            self._line.cut()

    def stall(self, for_s: float) -> None:
        """The media socket stands still."""
        if self._line is not None:
            self._line.stall(for_s)

    def replace(self, program: Source | Document) -> None:
        """Another document takes over, which ends a stream."""
        if self._end is None:
            self._next = program
            self._interrupt()

    def form(self, **more: str) -> dict[str, str]:
        """The fields of a webhook about this call, as of now."""
        return {
            "CallSid": self.sid,
            "AccountSid": self._exchange.account_sid,
            "ApiVersion": API_VERSION,
            "CallStatus": self.state.value,
            "Direction": self.direction,
            "CallToken": '{"parentCallInfoToken":"simulated"}',
            **parties(self.from_, self.to),
            **legacy_parties(self.from_, self.to),
            **more,
        }

    def _interrupt(self) -> None:
        if self._script is not None:
            self._script.cancel()
        if self._end is not None and not self._picked_up.done():
            self._picked_up.set_result(False)

    async def _live(self, program: Source | Document, ring_s: float, tasks: asyncio.TaskGroup) -> CallEnd:
        await self._report("initiated")
        self._move(CallState.RINGING)
        if self.direction != "inbound":
            await self._report("ringing")
            if not await self._is_picked_up(ring_s):
                return self._end or CallEnd(EndReason.UNANSWERED, CallState.NO_ANSWER)
            await self._answer()
        coming: Source | Document | None = program
        while coming is not None and self._end is None:
            self._next = None
            self._script = tasks.create_task(self._perform(coming, tasks))
            await asyncio.wait({self._script})
            if not self._script.cancelled():
                return self._end or self._script.result()
            coming = self._next
        return self._end or _SCRIPT_ENDS[ScriptEnd.FINISHED]

    async def _is_picked_up(self, ring_s: float) -> bool:
        try:
            async with asyncio.timeout(ring_s):
                return await self._picked_up
        except TimeoutError:
            return False

    async def _perform(self, program: Source | Document, tasks: asyncio.TaskGroup) -> CallEnd:
        async def stream(verb: Connect) -> None:
            await self._stream(verb, tasks)

        stage = Stage(
            answer=self._answer, voice=self._voice, sound=self._sound, stream=stream, warned=self.record.warned
        )
        script = Script(webhooks=self._exchange.webhooks, form=self.form, stage=stage)
        try:
            return _SCRIPT_ENDS[await script.run(program, base=self._exchange.base_url)]
        except (WebhookError, TwimlError) as error:
            self.failure = error
            self.record.warned(error.code, str(error))
            await self._voice(APPLICATION_ERROR)
            return CallEnd(EndReason.FAILED, CallState.FAILED, str(error))

    async def _answer(self) -> None:
        if self.answered_at is None:
            self.answered_at = self.now()
            self.ear = self.conditions.ear(now=self.answered_at)
            self.record.answered()
            self._move(CallState.IN_PROGRESS)
            await self._report("answered")

    async def _voice(self, text: str) -> None:
        self.record.add(CarrierSaid(at_ms=self.record.at_ms, text=text))
        await self._hear(await self._exchange.voice(text))

    async def _sound(self, url: str) -> None:
        try:
            await self._hear(await self._exchange.sound(url))
        except Unavailable as error:
            self.record.warned(12400, str(error))

    async def _hear(self, audio: bytes) -> None:
        """Plays a sound of the carrier's own to its end."""
        self.ear.play(audio, now=self.now())
        self.record.received(audio)
        await asyncio.sleep(self.ear.queued_ms / 1000)
        self.ear.advance(now=self.now())

    async def _stream(self, verb: Connect, tasks: asyncio.TaskGroup) -> None:
        try:
            socket = await dial(verb, signer=self._exchange.signer)
        except DialError as error:
            self.record.warned(error.code, str(error))
            await self._report_stream(verb, "", "stream-error", StreamError=str(error))
            return
        account, stream_sid = self._exchange.account_sid, new_sid("MZ", self._exchange.rng)
        stream = CarrierStream(stream_sid=stream_sid, call_sid=self.sid, account_sid=account)
        self._line = Line(
            socket=socket,
            stream=stream,
            ear=self.ear,
            mouth=self.mouth,
            watch=self.record,
            conditions=self.conditions,
            answered_at=self.answered_at or 0.0,
        )
        if self._words is None:
            self._words = tasks.create_task(self._follow_words())
        self.record.stream_opened()
        self.record.add(StreamOpened(at_ms=self.record.at_ms, stream_sid=stream_sid))
        await self._report_stream(verb, stream_sid, "stream-started")
        code: int | None = None
        try:
            code = await self._line.run(verb.parameters)
        except asyncio.CancelledError:
            if self._end is None or self._end.reason is not EndReason.CABLE:
                await self._line.stop()
            raise
        finally:
            self._line = None
            self.ear.clear(now=self.now())
            self.record.cut()
            self.record.add(StreamClosed(at_ms=self.record.at_ms, code=code))
        if code not in _NORMAL_CLOSURES:
            self.record.warned(31903 if code is None else 31921, f"the server closed the stream with {code}")
        await self._report_stream(verb, stream_sid, "stream-stopped")

    async def _follow_words(self) -> None:
        try:
            async for event in self._exchange.words(self.sid):
                at_ms = self.record.at_ms
                match event:
                    case WordsHeard(utterance, text):
                        self.record.add(TutorHeard(at_ms=at_ms, utterance=utterance, text=text))
                    case WordsSaid(text, by):
                        self.record.add(CallerUnderstood(at_ms=at_ms, text=text, by=by))
                    case Moved(state):
                        self.record.add(TutorState(at_ms=at_ms, state=state))
        except Unavailable as error:
            self.record.add(WordsUnavailable(at_ms=self.record.at_ms, message=str(error)))

    def _move(self, state: CallState) -> None:
        if state is not self.state:
            self.state = state
            self.record.add(StateChanged(at_ms=self.record.at_ms, state=state))

    async def _report(self, event: str) -> None:
        """A status callback, when that event is wanted."""
        if self._status is None or event not in self._status.events:
            return
        more = {
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self._callbacks),
            "Timestamp": _now_2822(),
        }
        self._callbacks += 1
        if event == "completed":
            talked_s = round(self.talked_s)
            more |= {"CallDuration": str(talked_s), "Duration": str(-(-talked_s // 60))}
        await self._tell(self._status.url, self.form(**more))

    async def _report_stream(self, verb: Connect, stream_sid: str, event: str, **more: str) -> None:
        if verb.status_url is None:
            return
        form = {
            "AccountSid": self._exchange.account_sid,
            "CallSid": self.sid,
            "StreamSid": stream_sid,
            "StreamName": verb.name or stream_sid,
            "StreamEvent": event,
            "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            **more,
        }
        await self._tell(verb.status_url, form)

    async def _tell(self, url: str, form: Mapping[str, str]) -> None:
        try:
            await self._exchange.webhooks.tell(url, form)
        except WebhookError as error:
            self.record.warned(error.code, str(error))


def _now_2822() -> str:
    return format_datetime(datetime.now(UTC))
