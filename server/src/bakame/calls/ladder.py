"""Never silent: engines in the operator's order, and what is said between them.

A call goes down the ladder in the middle of a conversation when its engine fails or owes speech too long. What was
received is played out, a recorded phrase covers the gap, and the next engine takes up the lesson where it is. The
ladder itself is an engine to the bridge.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bakame.audio.format import FRAME_MS, TELEPHONE, AudioFormat
from bakame.audio.shaping import Shaper
from bakame.calls.clips import Recordings
from bakame.calls.floor import Debt, FloorWatch
from bakame.calls.formats import in_telephone_format
from bakame.calls.state import Stages
from bakame.errors import BakameError, Invalid, Unavailable
from bakame.ports.circuit import Circuit
from bakame.ports.clock import Clock
from bakame.ports.speech import VoiceActivity
from bakame.ports.voice import (
    Alive,
    CallContext,
    CallNotes,
    Finished,
    Heard,
    Interrupt,
    Listening,
    Speech,
    VoiceEngine,
    VoiceEvent,
    VoiceSession,
    Wording,
)

OPEN_S: Final = 2.0
"""How long an engine may take to begin a conversation; the recorded phrase is heard meanwhile."""
PROVEN_S: Final = 20.0
"""A conversation that lasted so long may be begun again with the same engine when its connection drops."""
LONGEST_S: Final = 15 * 60.0
WARN_S: Final = 14 * 60.0
FAREWELL_S: Final = 8.0
"""For the last words of a call that is too long."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rung:
    """One engine on the ladder. `remote`: it hears by itself, far away, so we watch who has the floor."""

    engine: VoiceEngine
    circuit: Circuit
    remote: bool = True


class Ladder:
    """Makes conversations that survive their engine. An engine by itself, for `app.wiring` to put in place of one."""

    name = "ladder"

    def __init__(
        self,
        rungs: Sequence[Rung],
        *,
        recordings: Recordings,
        activity: Callable[[], VoiceActivity],
        clock: Clock,
        stages: Stages,
        shaped: bool = False,
    ) -> None:
        """`shaped`: sound is shaped for cheap earpieces (`audio.shaping`)."""
        if not rungs:
            raise Invalid("a ladder needs at least one engine")
        self._rungs = tuple(rungs)
        self._recordings = recordings
        self._activity = activity
        self._clock = clock
        self._stages = stages
        self._shaped = shaped

    def expect_call(self, call_id: str) -> None:
        for rung in self._rungs:
            if rung.circuit.state(self._clock.monotonic()) == "closed":
                return rung.engine.expect_call(call_id)
        return None

    async def converse(self, call: CallContext, *, notes: CallNotes) -> "LadderSession":
        return LadderSession(
            call,
            notes,
            self._rungs,
            recordings=self._recordings,
            activity=self._activity,
            clock=self._clock,
            stages=self._stages,
            shaped=self._shaped,
        )


@dataclass(slots=True)
class _Utterance:
    """One utterance as the bridge knows it: whose it is, under which number, and how much of it there is."""

    session: VoiceSession | None
    number: int
    frames_ms: float = 0.0
    heard_ms: float = 0.0
    closed: bool = False

    @property
    def is_played_out(self) -> bool:
        """All that came was heard, but for a piece of a frame that waits for the rest."""
        return self.heard_ms > self.frames_ms - FRAME_MS


class LadderSession:
    """One call's conversation, over as many engines as it takes."""

    def __init__(
        self,
        call: CallContext,
        notes: CallNotes,
        rungs: Sequence[Rung],
        *,
        recordings: Recordings,
        activity: Callable[[], VoiceActivity],
        clock: Clock,
        stages: Stages,
        shaped: bool,
    ) -> None:
        self._call = call
        self._notes = notes
        self._rungs = rungs
        self._recordings = recordings
        self._clock = clock
        self._stages = stages
        self._shaped = shaped
        self._emit: Callable[[VoiceEvent], None] = lambda _: None
        self._inner: VoiceSession | None = None
        self._remote = False
        self._utterances: dict[int, _Utterance] = {}
        self._numbers: dict[int, int] = {}
        self._last = 0
        self._stalled: asyncio.Future[None] | None = None
        self._debt = Debt(phrase=self._phrase, stalled=self._stall, playing=self._plays)
        self._floor = FloorWatch(activity())

    @property
    def hears(self) -> AudioFormat:
        return TELEPHONE

    @property
    def speaks(self) -> AudioFormat:
        return TELEPHONE

    # What the bridge tells

    def send_audio(self, audio: bytes) -> None:
        inner = self._inner
        if inner is not None:
            inner.send_audio(audio)
        if self._remote:
            moved = self._floor.feed(audio, tutor_speaks=bool(self._utterances))
            if moved is True:
                self._debt.caller_speaks()
            elif moved is False:
                self._debt.owe()

    def send_key(self, digit: str) -> None:
        if self._inner is not None:
            self._inner.send_key(digit)
        if self._remote:
            self._debt.owe()

    def ear_moved(self, heard: Heard) -> None:
        utterance = self._utterances.get(heard.utterance)
        if utterance is None:
            return
        utterance.heard_ms = heard.played_ms
        if utterance.session is not None:
            utterance.session.ear_moved(replace(heard, utterance=utterance.number))
        if heard.complete or heard.cut:
            del self._utterances[heard.utterance]
            if not self._utterances:
                self._debt.spoken_out()
        elif not utterance.closed and utterance.is_played_out:
            # All that came was heard, and more is to come: a gap in the middle of a word has begun.
            self._debt.owe(starved=True)

    # The conversation

    async def run(self, emit: Callable[[VoiceEvent], None]) -> None:
        self._emit = emit
        self._debt.owe(greeting=True)
        ending = asyncio.create_task(self._keep_time(), name="time of the call")
        conversing = asyncio.create_task(self._descend(), name="conversation")
        try:
            await asyncio.wait({ending, conversing}, return_when=asyncio.FIRST_COMPLETED)
            if conversing.done():
                conversing.result()
        finally:
            self._debt.close()
            self._inner = None
            for task in (ending, conversing):
                task.cancel()
            await asyncio.wait({ending, conversing})

    async def _descend(self) -> None:
        """Down the ladder, until a conversation comes to its end."""
        why = "no engine may be used now"
        for index, rung in enumerate(self._rungs):
            last = index == len(self._rungs) - 1
            again = 1
            while again >= 0 and (rung.circuit.allows(self._clock.monotonic()) or last):
                again -= 1
                began = self._clock.monotonic()
                try:
                    await self._converse(rung)
                except Unavailable as error:
                    why = str(error)
                    self._left(rung, why)
                    if not error.retryable or self._clock.monotonic() - began < PROVEN_S:
                        break
                else:
                    rung.circuit.succeeded()
                    return
        raise Unavailable(f"no engine could go on: {why}")

    async def _converse(self, rung: Rung) -> None:
        """One conversation with one engine. Raises `Unavailable` when it is lost."""
        try:
            async with asyncio.timeout(OPEN_S):
                session = await rung.engine.converse(self._call, notes=self._notes)
        except TimeoutError:
            raise Unavailable("it did not begin in time") from None
        try:
            inner = in_telephone_format(session, stages=self._stages, shaper=Shaper() if self._shaped else None)
        except Invalid as error:
            raise Unavailable(str(error), retryable=False) from None
        self._numbers.clear()
        self._inner, self._remote = inner, rung.remote
        self._debt.patient = not rung.remote
        self._notes.engine_took(rung.engine.name)
        self._stalled = asyncio.get_running_loop().create_future()
        self._debt.owe()
        running = asyncio.create_task(inner.run(self._pass_on), name=f"conversing with {rung.engine.name}")
        try:
            await asyncio.wait({running, self._stalled}, return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                raise Unavailable("it owes an answer and does not speak")
            try:
                running.result()
            except Unavailable:
                raise
            except BakameError as error:
                raise Unavailable(str(error), retryable=False) from error
            rung.circuit.succeeded()
        finally:
            self._stalled = None
            running.cancel()
            await asyncio.wait({running})

    def _pass_on(self, event: VoiceEvent) -> None:
        """An event of the engine's, with our number in place of its own."""
        match event:
            case Speech():
                number = self._number(event.utterance)
                utterance = self._utterances.get(number)
                if utterance is None:
                    return  # it was cut off; what is still said of it is not for the ear
                utterance.frames_ms += TELEPHONE.ms_for(len(event.audio))
                utterance.closed = utterance.closed or event.last
                if event.audio:
                    self._debt.paid()
                elif event.last:
                    self._debt.closed()
                self._emit(replace(event, utterance=number))
            case Wording():
                self._emit(replace(event, utterance=self._number(event.utterance)))
            case Interrupt():
                self._debt.caller_speaks()
                self._emit(event)
            case Alive():
                self._debt.alive()
            case Listening():
                self._debt.waits()
            case Finished():
                self._debt.close()
                self._emit(event)
            case _:
                self._emit(event)

    def _number(self, inner: int) -> int:
        number = self._numbers.get(inner)
        if number is None:
            self._last += 1
            number = self._numbers[inner] = self._last
            self._utterances[number] = _Utterance(self._inner, inner)
        return number

    def _left(self, rung: Rung, why: str) -> None:
        """An engine is left: what came of its last utterance is all there is of it."""
        now = self._clock.monotonic()
        rung.circuit.failed(now)
        self._inner, self._remote = None, False
        _log.warning("call.engine_left", call=self._call.call_id, engine=rung.engine.name, why=why)
        self._notes.engine_left(rung.engine.name, why)
        for number, utterance in list(self._utterances.items()):
            if not utterance.closed:
                utterance.closed = True
                self._emit(Speech(number, b"", last=True))
        if not self._utterances:
            self._debt.owe()

    # Small things

    def _plays(self) -> bool:
        """Whether something that was said is still to be heard."""
        return any(not utterance.is_played_out for utterance in self._utterances.values())

    def _stall(self) -> None:
        if self._stalled is not None and not self._stalled.done():
            self._stalled.set_result(None)

    def _phrase(self, name: str) -> None:
        """Says a recorded phrase, when there is one."""
        recorded = self._recordings.get(name, self._call.language)
        if recorded is None:
            return
        self._last += 1
        number = self._last
        size = sum(len(chunk.audio) for chunk in recorded.chunks)
        self._utterances[number] = _Utterance(None, 0, frames_ms=TELEPHONE.ms_for(size), closed=True)
        text = recorded.text
        for chunk in recorded.chunks:
            self._emit(Speech(number, chunk.audio, text, chunk.words))
            text = ""
        self._emit(Speech(number, b"", last=True))

    async def _keep_time(self) -> None:
        """A call may last so long: warned before, and ended with a goodbye."""
        now = asyncio.get_running_loop().time
        began = now() - self._call.elapsed_s
        await asyncio.sleep(began + WARN_S - now())
        self._phrase("time_warning")
        await asyncio.sleep(began + LONGEST_S - now())
        self._phrase("time_up")
        self._debt.close()
        self._emit(Finished("too_long"))
        await asyncio.sleep(FAREWELL_S)
