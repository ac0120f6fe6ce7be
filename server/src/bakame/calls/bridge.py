"""The bridge between a carrier's media socket and an engine's conversation: a frame up, a frame down.

It knows the wire, the playout queue, the ear and the session, and nothing of lessons, storage or HTTP.
"""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, Protocol

from bakame.audio.format import FRAME_BYTES, FRAME_MS, TELEPHONE
from bakame.audio.framing import Framer
from bakame.audio.pacing import Lead
from bakame.audio.playout import Playout
from bakame.calls.heard import Ear, spread
from bakame.calls.pacer import Outlet, Pacer
from bakame.calls.quality import LineQuality
from bakame.calls.state import Stage, Stages
from bakame.calls.ticker import Ticker
from bakame.errors import Invalid, Unavailable
from bakame.ports.clock import Clock
from bakame.ports.telephony import Key, Malformed, MarkEcho, Media, MediaCodec, Started, Stopped
from bakame.ports.voice import (
    Alive,
    CallerSaid,
    Finished,
    Heard,
    Hold,
    Interrupt,
    Listening,
    Resume,
    Speech,
    VoiceEvent,
    VoiceSession,
    Wording,
)
from bakame.wire.sockets import Peer

MOST_MALFORMED: Final = 100
"""A peer that breaks the protocol more often than this is not a carrier."""
LAST_WORDS_S: Final = 5.0
"""How long the line is held after the last words were sent when their marks do not come back."""


class Wire(Outlet, Protocol):
    """A carrier's socket."""

    def attach(self, peer: Peer) -> None:
        """What the carrier sends goes to `peer` from now on, what has come already first."""
        ...


class Watch(Protocol):
    """Whoever follows a call: the scribe, and people who look on. Each method returns at once."""

    def heard(self, heard: Heard) -> None: ...

    def said(self, said: CallerSaid) -> None: ...

    def malformed(self, reason: str) -> None: ...


@dataclass(slots=True)
class CallCounts:
    """What a call amounted to. Frames are 20 ms."""

    frames_in: int = 0
    frames_out: int = 0
    frames_played: int = 0
    sequence_gaps: int = 0
    malformed: int = 0
    marks_lost: int = 0
    keys: int = 0
    barge_ins: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the bridging ended: `caller_hung_up`, `connection_lost`, `finished:<why>`, `engine_failed`, `protocol`."""

    reason: str
    counts: CallCounts = field(default_factory=CallCounts)
    first_sound_at: float | None = None
    """When the first frame went out, on the call's monotonic clock."""


class Bridge:
    """One call's bridge, from the moment its stream is ready. The session hears and speaks telephone format.

    What the carrier sends is dealt with in the very callback that brought it: no task, no queue. `quality` follows the
    line; `lead` is how far ahead of the ear sound is sent.
    """

    def __init__(
        self,
        *,
        wire: Wire,
        codec: MediaCodec,
        session: VoiceSession,
        watch: Watch,
        clock: Clock,
        ticker: Ticker,
        lead: Lead,
        quality: LineQuality,
        stages: Stages,
    ) -> None:
        if not session.hears == session.speaks == TELEPHONE:
            raise Invalid("a session on a bridge hears and speaks telephone format")
        self._wire = wire
        self._codec = codec
        self._session = session
        self._watch = watch
        self._clock = clock
        self._lead = lead
        self._quality = quality
        self._stages = stages
        self._up_framer = Framer()
        self._down_framer = Framer()
        self._down_frames: dict[int, int] = {}
        self._playout = Playout()
        self._ear = Ear()
        self._pacer = Pacer(
            outlet=wire,
            codec=codec,
            playout=self._playout,
            ear=self._ear,
            clock=clock,
            ticker=ticker,
            lead=lead,
            stages=stages,
        )
        self._sequence: int | None = None
        self._finishing: str | None = None
        self._over: asyncio.Future[str] | None = None
        self.counts = CallCounts()

    async def run(self) -> Outcome:
        """Bridges until either side ends the call; everything it started is gone when it returns."""
        self._over = asyncio.get_running_loop().create_future()
        async with asyncio.TaskGroup() as tasks:
            conversing = tasks.create_task(self._converse(), name="converse")
            self._wire.attach(self)
            try:
                reason = await self._over
            finally:
                conversing.cancel()
                self._pacer.stop()
        self._drop_unheard()
        self.counts.frames_out = self._pacer.frames_sent
        self.counts.frames_played = self._ear.frames_played
        self.counts.marks_lost = self._ear.marks_lost
        return Outcome(reason, self.counts, self._pacer.first_sent_at)

    def end(self, reason: str) -> None:
        """Ends the bridging from outside: the call is handed over, or must not go on."""
        self._end(reason)

    # Up: the caller's sound and keys

    def received(self, message: bytes) -> None:
        if self._over is None or self._over.done():
            return
        try:
            self._take(message)
        except Exception as error:  # noqa: BLE001  # a callback of the socket's: the error belongs to this call's task
            self._over.set_exception(error)

    def received_binary(self, message: bytes) -> None:
        self._malformed("binary message")

    def lost(self, code: int, reason: str) -> None:
        self._end("connection_lost")

    def _take(self, message: bytes) -> None:
        try:
            event = self._codec.decode(message)
        except Malformed as error:
            self._malformed(str(error))
            return
        match event:
            case Media():
                self._hear(event)
            case MarkEcho(name):
                now = self._clock.monotonic()
                moved = self._ear.echoed(name, now)
                if moved:
                    self._lead.echoed(self._ear.echo_late_ms)
                    self._quality.round_trip_ms = self._lead.round_trip_ms
                for heard in moved:
                    self._tell(heard)
                self._finish_when_heard()
            case Key(digit):
                self.counts.keys += 1
                self._session.send_key(digit)
            case Stopped():
                self._end("caller_hung_up")
            case Started():
                self._malformed("second start")
            case _:
                pass

    def _malformed(self, reason: str) -> None:
        self.counts.malformed += 1
        self._watch.malformed(reason)
        if self.counts.malformed > MOST_MALFORMED:
            self._end("protocol")

    def _hear(self, media: Media) -> None:
        if self._sequence is not None and media.sequence != self._sequence + 1:
            self.counts.sequence_gaps += 1
        self._sequence = media.sequence
        audio = media.audio
        self._quality.arrived(self._clock.monotonic(), media.timestamp_ms, audio)
        if len(audio) == FRAME_BYTES:
            self.counts.frames_in += 1
            self._session.send_audio(audio)
            return
        for frame in self._up_framer.push(audio):
            self.counts.frames_in += 1
            self._session.send_audio(frame)

    # Down: the engine's sound

    async def _converse(self) -> None:
        try:
            await self._session.run(self._emit)
        except Unavailable:
            return self._end("engine_failed")
        if self._finishing is None:
            self._finishing = "ended"
        self._finish_when_heard()
        await asyncio.sleep(self._playout.waiting_ms / 1000 + LAST_WORDS_S)
        return self._end(f"finished:{self._finishing}")

    def _emit(self, event: VoiceEvent) -> None:
        match event:
            case Speech():
                self._queue(event)
            case Wording(utterance, text):
                self._ear.worded(utterance, text)
            case Hold():
                self._pacer.hold()
                self._playout.rewind(self._ear.rewound(self._clock.monotonic()))
            case Resume():
                self._pacer.resume()
            case Interrupt():
                self.counts.barge_ins += 1
                self._drop_unheard()
                self._pacer.cleared()
            case Alive() | Listening():
                pass
            case CallerSaid():
                self._watch.said(event)
            case Finished(reason):
                self._finishing = reason
                self._finish_when_heard()

    def _queue(self, speech: Speech) -> None:
        number = speech.utterance
        began = perf_counter()
        frames = self._down_framer.push(speech.audio)
        if speech.last and (tail := self._down_framer.flush()) is not None:
            frames.append(tail)
            self._stages.took(Stage.SILENCE_FRAMES, 0.0)
        before = self._down_frames.get(number, 0)
        words = speech.words or spread(speech.text, start_ms=before * FRAME_MS, total_ms=len(frames) * FRAME_MS)
        self._ear.queued(number, len(frames), words)
        total = self._down_frames[number] = before + len(frames)
        self._playout.push(number, frames)
        self._stages.took(Stage.FRAMING, perf_counter() - began)
        if speech.last:
            del self._down_frames[number]
            mark = self._ear.closed(number, total, self._clock.monotonic())
            if mark is not None:
                self._pacer.now(self._codec.mark(mark))
        if self._pacer.wake():
            self._stages.took(Stage.BUFFERING, perf_counter() - began)

    def _drop_unheard(self) -> None:
        """Empties the queue and says of each utterance that loses something how far the ear came."""
        self._playout.clear()
        self._down_framer.flush()
        self._down_frames.clear()
        for heard in self._ear.cleared(self._clock.monotonic()):
            self._tell(heard)

    def _tell(self, heard: Heard) -> None:
        self._session.ear_moved(heard)
        self._watch.heard(heard)

    def _finish_when_heard(self) -> None:
        if self._finishing is not None and not self._playout and not self._ear.playing:
            self._end(f"finished:{self._finishing}")

    def _end(self, reason: str) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_result(reason)
