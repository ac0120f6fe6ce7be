"""The bridge between a carrier's media socket and an engine's conversation: a frame up, a frame down.

It knows the wire, the playout queue, the ear and the session, and nothing of lessons, storage or HTTP.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final, Protocol

from bakame.audio.format import FRAME_BYTES, FRAME_MS, TELEPHONE
from bakame.audio.framing import Framer
from bakame.audio.playout import Playout
from bakame.audio.transcode import converter
from bakame.calls.heard import Ear, spread
from bakame.calls.pacer import Pacer
from bakame.errors import Unavailable
from bakame.ports.clock import Clock
from bakame.ports.telephony import Key, Malformed, MarkEcho, Media, MediaCodec, Started, Stopped
from bakame.ports.voice import CallerSaid, Finished, Heard, Interrupt, Speech, VoiceEvent, VoiceSession

MOST_MALFORMED: Final = 100
"""A peer that breaks the protocol more often than this is not a carrier."""
LAST_WORDS_S: Final = 5.0
"""How long the line is held after the last words were sent when their marks do not come back."""


class Wire(Protocol):
    """A socket that carries text messages."""

    async def receive(self) -> str | bytes | None:
        """The next message; None when the peer is gone."""
        ...

    async def send(self, message: str) -> None:
        """Sends, or does nothing when the peer is gone."""
        ...


class Watch(Protocol):
    """Whoever follows a call: the scribe, and people who look on. Each method returns at once."""

    def heard(self, heard: Heard) -> None: ...

    def said(self, said: CallerSaid) -> None: ...

    def malformed(self, reason: str) -> None: ...

    def late(self, seconds: float) -> None: ...


@dataclass(slots=True)
class CallCounts:
    """What a call amounted to. Frames are 20 ms."""

    frames_in: int = 0
    frames_out: int = 0
    frames_played: int = 0
    sequence_gaps: int = 0
    malformed: int = 0
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
    """One call's bridge, from the moment its stream is ready."""

    def __init__(
        self,
        *,
        wire: Wire,
        codec: MediaCodec,
        session: VoiceSession,
        watch: Watch,
        clock: Clock,
        lead_ms: int,
    ) -> None:
        self._wire = wire
        self._codec = codec
        self._session = session
        self._watch = watch
        self._clock = clock
        self._up = converter(TELEPHONE, session.hears)
        self._up_identical = session.hears == TELEPHONE
        self._up_framer = Framer()
        self._down = converter(session.speaks, TELEPHONE)
        self._down_framer = Framer()
        self._down_frames: dict[int, int] = {}
        self._playout = Playout()
        self._ear = Ear()
        self._pacer = Pacer(
            send=wire.send,
            codec=codec,
            playout=self._playout,
            ear=self._ear,
            clock=clock,
            lead_ms=lead_ms,
            late=watch.late,
        )
        self._sequence: int | None = None
        self._finishing: str | None = None
        self._over: asyncio.Future[str] | None = None
        self.counts = CallCounts()

    async def run(self) -> Outcome:
        """Bridges until either side ends the call; everything it started is gone when it returns."""
        self._over = asyncio.get_running_loop().create_future()
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(self._uplink(), name="uplink"),
                tasks.create_task(self._pacer.run(), name="pacer"),
                tasks.create_task(self._converse(), name="converse"),
            ]
            try:
                reason = await self._over
            finally:
                for task in running:
                    task.cancel()
        self._drop_unheard()
        self.counts.frames_out = self._pacer.frames_sent
        self.counts.frames_played = self._ear.frames_played
        return Outcome(reason, self.counts, self._pacer.first_sent_at)

    # Up: the caller's sound and keys

    async def _uplink(self) -> None:
        while (message := await self._wire.receive()) is not None:
            try:
                event = self._codec.decode(message)
            except Malformed as error:
                self.counts.malformed += 1
                self._watch.malformed(str(error))
                if self.counts.malformed > MOST_MALFORMED:
                    return self._end("protocol")
                continue
            match event:
                case Media():
                    await self._hear(event)
                case MarkEcho(name):
                    for heard in self._ear.echoed(name, self._clock.monotonic()):
                        self._tell(heard)
                    self._finish_when_heard()
                case Key(digit):
                    self.counts.keys += 1
                    await self._session.send_key(digit)
                case Stopped():
                    return self._end("caller_hung_up")
                case Started():
                    self.counts.malformed += 1
                    self._watch.malformed("second start")
                case _:
                    pass
        return self._end("connection_lost")

    async def _hear(self, media: Media) -> None:
        if self._sequence is not None and media.sequence != self._sequence + 1:
            self.counts.sequence_gaps += 1
        self._sequence = media.sequence
        if self._up_identical and len(media.audio) == FRAME_BYTES:
            self.counts.frames_in += 1
            return await self._session.send_audio(media.audio)
        for frame in self._up_framer.push(media.audio):
            self.counts.frames_in += 1
            await self._session.send_audio(frame if self._up_identical else self._up.push(frame))
        return None

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
            case Interrupt():
                self.counts.barge_ins += 1
                self._drop_unheard()
                self._pacer.cleared()
            case CallerSaid():
                self._watch.said(event)
            case Finished(reason):
                self._finishing = reason
                self._finish_when_heard()

    def _queue(self, speech: Speech) -> None:
        number = speech.utterance
        sound = self._down.push(speech.audio) if speech.audio else b""
        if speech.last:
            sound += self._down.flush()
        frames = self._down_framer.push(sound)
        if speech.last and (tail := self._down_framer.flush()) is not None:
            frames.append(tail)
        before = self._down_frames.get(number, 0)
        words = speech.words or spread(speech.text, start_ms=before * FRAME_MS, total_ms=len(frames) * FRAME_MS)
        self._ear.words(number, words)
        total = self._down_frames[number] = before + len(frames)
        self._playout.push(number, frames)
        if speech.last:
            del self._down_frames[number]
            mark = self._ear.closed(number, total, self._clock.monotonic())
            if mark is not None:
                self._pacer.now(self._codec.mark(mark))
        self._pacer.wake()

    def _drop_unheard(self) -> None:
        """Empties the queue and says of each utterance that loses something how far the ear came."""
        self._playout.clear()
        self._down.flush()
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
