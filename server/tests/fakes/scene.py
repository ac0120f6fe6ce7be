"""One call of a cascade, on a real bridge and a fake carrier: a tutor with replies, an ear, a caller who acts."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bakame.audio.format import SILENCE_FRAME
from bakame.audio.pacing import Lead
from bakame.calls.bridge import Bridge, Outcome
from bakame.calls.cascade import CascadeEngine
from bakame.calls.clips import ClipCache
from bakame.calls.quality import LineQuality
from bakame.calls.speaking import Explain
from bakame.calls.state import Stage
from bakame.calls.ticker import Ticker
from bakame.errors import Unavailable
from bakame.ports.speech import LiveRecogniser, Synthesiser
from bakame.ports.voice import CallContext, CallerSaid, Heard, VoiceEvent, VoiceSession
from bakame.providers.twilio.media import TwilioMedia
from bakame.simulator.degrade import Echo, Microphone, Room
from bakame.simulator.virtual_time import run_virtual
from bakame.tutor.turn import Reply, Said
from fakes.carrier import FakeCarrier
from fakes.clock import LoopClock
from fakes.speech import LetterVoice, LoudActivity, ScriptedEar, word_sound

LOUD = b"\x10" * 160


class Tutor:
    """Answers with the replies it was given; the last one repeats. Keeps the notes of the call too."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.said: list[Said] = []
        self.said_at: list[float] = []
        self.heard_of: dict[int, tuple[str, bool]] = {}
        self.broken = False
        self.line_is_poor = False
        self.misses = 0

    async def turn(self, call: CallContext, said: Said) -> Reply:
        if self.broken:
            raise Unavailable("the database is locked")
        self.said.append(said)
        self.said_at.append(asyncio.get_running_loop().time())
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def turn_heard(self, turn_id: int, text: str, *, complete: bool) -> None:
        self.heard_of[turn_id] = (text, complete)

    def engine_took(self, engine: str) -> None: ...

    def engine_left(self, engine: str, why: str) -> None: ...

    def not_understood(self) -> None:
        self.misses += 1


class Watcher:
    """Implements `calls.bridge.Watch` and `calls.state.Stages`."""

    def __init__(self) -> None:
        self.caller: list[CallerSaid] = []

    def heard(self, heard: Heard) -> None: ...

    def said(self, said: CallerSaid) -> None:
        self.caller.append(said)

    def malformed(self, reason: str) -> None: ...

    def took(self, stage: Stage, seconds: float) -> None: ...


class _Watched:
    """A session whose events are kept, with their times."""

    def __init__(self, session: VoiceSession, events: list[tuple[float, VoiceEvent]]) -> None:
        self._session = session
        self._events = events
        self.hears = session.hears
        self.speaks = session.speaks
        self.send_audio = session.send_audio
        self.send_key = session.send_key
        self.ear_moved = session.ear_moved

    async def run(self, emit: Callable[[VoiceEvent], None]) -> None:
        def emitted(event: VoiceEvent) -> None:
            self._events.append((asyncio.get_running_loop().time(), event))
            emit(event)

        await self._session.run(emitted)


class Scene:
    """One call. `echo`: what the handset sends back of the tutor's voice."""

    def __init__(
        self,
        tutor: Tutor,
        ear: ScriptedEar | None = None,
        *,
        voice: Synthesiser | None = None,
        live: LiveRecogniser | None = None,
        explain: Explain | None = None,
        echo: Echo | None = None,
    ) -> None:
        self.tutor = tutor
        self.ear = ear or ScriptedEar()
        self.letters = LetterVoice()
        self.voice: Synthesiser = voice or self.letters
        self.live = live
        self.explain = explain
        self.carrier = FakeCarrier()
        self.watcher = Watcher()
        self.events: list[tuple[float, VoiceEvent]] = []
        self._microphone = Microphone(Room(echo=echo))
        self._speech: list[tuple[float, float]] = []

    def speaks(self, at_s: float, for_s: float = 0.6) -> None:
        self._speech.append((at_s, at_s + for_s))

    def presses(self, at_s: float, keys: str) -> None:
        for index, key in enumerate(keys):
            asyncio.get_running_loop().call_later(at_s + index * 0.3, self.carrier.press, key)

    def at(self, kind: type[VoiceEvent]) -> list[float]:
        """When events of this kind came."""
        return [at for at, event in self.events if isinstance(event, kind)]

    def hears(self, word: str) -> int:
        """How often the caller heard the whole of this word."""
        return self.carrier.ear.heard.count(word_sound(word))

    async def play(self, *, seconds: float = 120.0) -> Outcome:
        codec = TwilioMedia()
        codec.decode(self.carrier.stream.connected())
        codec.decode(self.carrier.stream.start({}))
        engine = CascadeEngine(
            teach=self.tutor.turn,
            voice=ClipCache(self.voice),
            recogniser=self.ear,
            activity=LoudActivity,
            clock=LoopClock(),
            apology="Sorry.",
            live=self.live,
            explain=self.explain,
        )
        session = await engine.converse(CallContext("CA1", 1, "en"), notes=self.tutor)
        bridge = Bridge(
            wire=self.carrier,
            codec=codec,
            session=_Watched(session, self.events),
            watch=self.watcher,
            clock=LoopClock(),
            ticker=Ticker(),
            lead=Lead(ms=160),
            quality=LineQuality(),
            stages=self.watcher,
        )
        async with asyncio.TaskGroup() as tasks:
            line = tasks.create_task(self.carrier.run(until_s=seconds, say=self._sound))
            line.add_done_callback(lambda _: self.carrier.inject(self.carrier.stream.stop()))
            outcome = await bridge.run()
            line.cancel()
        return outcome

    def _sound(self, now: float) -> bytes:
        frame = LOUD if any(start <= now < end for start, end in self._speech) else SILENCE_FRAME
        echoed = self.carrier.ear.recent(self._microphone.echo_from, len(frame))
        return self._microphone.push(frame, ear=echoed)


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """The scenario, in virtual time."""
    run_virtual(scenario())
