"""An engine built from parts: voice activity, recogniser, tutor, synthesiser.

A session is a loop of exchanges. In each, the tutor's sentences go to the line (`calls.speaking`) while the caller may
already speak (`calls.listening`) or press keys; the first thing that makes sense (`calls.answering`) ends the exchange
and is the next thing the tutor hears.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

import structlog

from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.calls.answering import Answering, Failed, HeardAll, Input, Pressed, SpeechBegan
from bakame.calls.echo import EarTape
from bakame.calls.listening import Listener
from bakame.calls.speaking import Explain, Speaker
from bakame.calls.turns import Pace
from bakame.calls.understanding import Understanding, Utterance
from bakame.errors import BakameError, Invalid
from bakame.learning.expect import NOTHING
from bakame.ports.clock import Clock
from bakame.ports.speech import LiveRecogniser, Recogniser, Synthesiser, VoiceActivity
from bakame.ports.voice import Alive, CallContext, CallNotes, Finished, Heard, VoiceEvent
from bakame.tutor.turn import Act, Channel, Reply, Said

GOODBYE_S: Final = 30.0
"""The longest that a goodbye is waited for, when the carrier loses its marks."""

_log = structlog.get_logger(__name__)


Teach = Callable[[CallContext, Said], Awaitable[Reply]]
"""One turn of the tutor's. Raises `BakameError` when it cannot be had, for instance because the database is locked."""


@asynccontextmanager
async def _alongside(
    work: Coroutine[Any, Any, None], ended: Callable[[asyncio.Task[None]], None]
) -> AsyncGenerator[asyncio.Task[None], None]:
    """Runs `work` for as long as the block lasts, and no longer; `ended` learns how it went."""
    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


class CascadeSession:
    """One conversation. It hears and speaks telephone format, so the bridge converts nothing."""

    def __init__(
        self,
        *,
        call: CallContext,
        notes: CallNotes,
        teach: Teach,
        voice: Synthesiser,
        understanding: Understanding,
        activity: VoiceActivity,
        clock: Clock,
        apology: str,
        explain: Explain | None = None,
    ) -> None:
        self._call = call
        self._notes = notes
        self._teach = teach
        self._clock = clock
        self._apology = Reply(sentences=(apology,), text=apology, expect=NOTHING, ends=True)
        self._inbox: asyncio.Queue[Input] = asyncio.Queue()
        self._understanding = understanding
        self._pace = Pace()
        tape = EarTape()
        self._speaker = Speaker(
            call=call,
            notes=notes,
            voice=voice,
            tape=tape,
            explain=explain,
            heard_all=lambda: self._inbox.put_nowait(HeardAll()),
        )
        self._listener = Listener(
            activity=activity,
            tape=tape,
            speaker=self._speaker,
            understanding=understanding,
            pace=self._pace,
            clock=clock,
            began=lambda at: self._inbox.put_nowait(SpeechBegan(at)),
            said=self._inbox.put_nowait,
        )
        self._emit: Callable[[VoiceEvent], None] = lambda _: None
        self._forgetting: asyncio.Task[None] | None = None
        self._silences = 0

    @property
    def hears(self) -> AudioFormat:
        return TELEPHONE

    @property
    def speaks(self) -> AudioFormat:
        return TELEPHONE

    # What the bridge tells

    def send_audio(self, audio: bytes) -> None:
        self._listener.hears(audio)

    def send_key(self, digit: str) -> None:
        self._inbox.put_nowait(Pressed(digit))
        self._listener.pressed()

    def ear_moved(self, heard: Heard) -> None:
        self._speaker.ear_moved(heard)

    # The conversation

    async def run(self, emit: Callable[[VoiceEvent], None]) -> None:
        self._emit = self._speaker.emit = emit
        began = self._clock.monotonic()
        said: Said | None = Said(Channel.VOICE, Act.OPEN, by="speech", call_id=self._call.call_id)
        try:
            while said is not None:
                elapsed_ms = int((self._clock.monotonic() - began + self._call.elapsed_s) * 1000)
                self._silences = said.silences
                said = await self._exchange(await self._answer(said, elapsed_ms))
        finally:
            await self._stop_forgetting()
            await self._understanding.close()
        self._emit(Finished("goodbye"))

    async def _answer(self, said: Said, elapsed_ms: int) -> Reply:
        if said.act is not Act.OPEN:
            self._emit(Alive())
        try:
            here = replace(
                said,
                elapsed_ms=elapsed_ms,
                line_poor=self._notes.line_is_poor,
                free_speech=self._understanding.live,
            )
            return await self._teach(self._call, here)
        except BakameError as error:
            _log.error("call.turn_failed", call=self._call.call_id, kind=type(error).__name__, error=str(error))
            return self._apology

    async def _exchange(self, reply: Reply) -> Said | None:
        """Says `reply` and returns what the caller does about it; None when the reply was a goodbye."""
        await self._clear_away(reply)
        spoken = self._speaker.begin(reply)
        async with _alongside(self._speaker.fill(spoken), self._ended):
            while True:
                async with _alongside(self._speaker.say(spoken), self._ended):
                    if reply.ends:
                        await self._goodbye_heard()
                        return None
                    said = await self._listen(reply)
                if said is not None:
                    return said
                self._listener.go_on()

    async def _listen(self, reply: Reply) -> Said | None:
        """The caller's next act; None when the tutor should go on with what a noise cut off."""
        answering = Answering(
            reply,
            call_id=self._call.call_id,
            notes=self._notes,
            speaker=self._speaker,
            listener=self._listener,
            understanding=self._understanding,
            pace=self._pace,
            clock=self._clock,
            silences=self._silences,
            emit=self._emit,
            post=self._inbox.put_nowait,
        )
        try:
            while True:
                item = await self._next(answering.deadline)
                outcome = answering.quiet() if item is None else answering.take(item)
                if outcome is not None:
                    break
        finally:
            await answering.close()
        if not isinstance(outcome, Said):
            return None
        if self._speaker.audible:
            self._listener.interrupt()
        return outcome

    async def _goodbye_heard(self) -> None:
        deadline = self._clock.monotonic() + GOODBYE_S
        while (item := await self._next(deadline)) is not None:
            match item:
                case HeardAll():
                    return
                case Failed(error):
                    raise error
                case _:
                    pass

    async def _next(self, deadline: float | None) -> Input | None:
        """The next thing that happens; None when `deadline` comes first."""
        try:
            async with asyncio.timeout_at(deadline):
                return await self._inbox.get()
        except TimeoutError:
            return None

    # Small things

    async def _clear_away(self, reply: Reply) -> None:
        """What the caller went on to say about the last question is no answer to this one. Keys wait for it."""
        await self._stop_forgetting()
        stale = self._listener.expect(reply.expect, open_=not reply.ends)
        kept: list[Input] = []
        while not self._inbox.empty():
            item = self._inbox.get_nowait()
            stale = stale or isinstance(item, Utterance)
            if isinstance(item, Pressed | Failed):
                kept.append(item)
        for item in kept:
            self._inbox.put_nowait(item)
        if stale:
            self._forgetting = asyncio.create_task(self._understanding.forget(expect=reply.expect))
            self._forgetting.add_done_callback(self._ended)

    async def _stop_forgetting(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()
            await asyncio.wait([self._forgetting])
            self._forgetting = None

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._inbox.put_nowait(Failed(error))


class CascadeEngine:
    """Makes cascade sessions from parts that all calls share.

    `live` hears while the caller speaks, where there is one, with `hints` to likely words. `explain` answers what the
    tutor leaves to a model.
    """

    def __init__(
        self,
        *,
        name: str = "cascade",
        teach: Teach,
        voice: Synthesiser,
        recogniser: Recogniser,
        activity: Callable[[], VoiceActivity],
        clock: Clock,
        apology: str,
        live: LiveRecogniser | None = None,
        hints: tuple[str, ...] = (),
        explain: Explain | None = None,
    ) -> None:
        """Raises `Invalid` for a voice that does not speak telephone format."""
        if voice.format != TELEPHONE:
            raise Invalid("a cascade's voice speaks telephone format")
        self._name = name
        self._teach = teach
        self._voice = voice
        self._recogniser = recogniser
        self._activity = activity
        self._clock = clock
        self._apology = apology
        self._live = live
        self._hints = hints
        self._explain = explain

    @property
    def name(self) -> str:
        return self._name

    def expect_call(self, call_id: str) -> None:
        """Its parts are shared by all calls and are warm."""

    async def converse(self, call: CallContext, *, notes: CallNotes) -> CascadeSession:
        hearing = self._live.listen(language=call.language, hints=self._hints) if self._live is not None else None
        return CascadeSession(
            call=call,
            notes=notes,
            teach=self._teach,
            voice=self._voice,
            understanding=Understanding(self._recogniser, hearing, call_id=call.call_id),
            activity=self._activity(),
            clock=self._clock,
            apology=self._apology,
            explain=self._explain,
        )
