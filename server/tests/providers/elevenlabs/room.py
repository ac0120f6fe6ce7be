"""A caller and a line around one session, on the loop's time: sound is played, and the ear is told of it."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from bakame.audio.format import FRAME_MS, SILENCE_FRAME, TELEPHONE
from bakame.audio.transcode import converter
from bakame.errors import BakameError, Invalid
from bakame.ports.speech import WordTime
from bakame.ports.voice import (
    Briefing,
    CallContext,
    CallerSaid,
    Finished,
    Heard,
    Interrupt,
    Speech,
    Tool,
    ToolAnswer,
    ToolCall,
    VoiceEvent,
    VoiceSession,
    Wording,
)
from bakame.providers.elevenlabs.engine import ElevenLabsEngine
from bakame.providers.elevenlabs.limits import Limits
from bakame.providers.elevenlabs.session import ElevenLabsSession
from bakame.simulator.convai.record import Record
from bakame.simulator.convai.settings import AgentSettings, ConvaiFaults
from bakame.simulator.convai.stand_in import ConvaiStandIn
from bakame.simulator.virtual_time import run_virtual
from fakes.clock import LoopClock
from fakes.speech import LetterVoice, word_sound

KEY = "xi-test-key"
CALL = CallContext(call_id="CA1", learner_id=7, language="en")
FIRST = "What is three plus four?"


@dataclass
class FakeNotes:
    """Implements `ports.voice.CallNotes`."""

    line_is_poor: bool = False
    missed: int = 0

    def turn_heard(self, turn_id: int, text: str, *, complete: bool) -> None: ...

    def engine_took(self, engine: str) -> None: ...

    def engine_left(self, engine: str, why: str) -> None: ...

    def not_understood(self) -> None:
        self.missed += 1


@dataclass
class FakeTeacher:
    """Implements `ports.voice.Teacher`: asks one question, takes `seven`, says goodbye to `stop`."""

    briefing: Briefing = field(
        default_factory=lambda: Briefing(
            instructions="Teach mathematics with your tools.",
            first_message=FIRST,
            variables={"grade": 4, "level": "easy"},
            tools=(Tool("submit_answer", "the learner's answer", {"answer": "as said"}),),
        )
    )
    failure: BakameError | None = None
    slow_s: float = 0.0
    brief_s: float = 0.0
    expects: str = "integer"
    used: list[ToolCall] = field(default_factory=list[ToolCall])
    heard_of_caller: list[str] = field(default_factory=list[str])
    told: list[tuple[str, str, bool]] = field(default_factory=list[tuple[str, str, bool]])
    brief_failure: BakameError | None = None

    async def brief(self) -> Briefing:
        await asyncio.sleep(self.brief_s)
        if self.brief_failure is not None:
            raise self.brief_failure
        return self.briefing

    async def use(self, call: ToolCall) -> ToolAnswer:
        self.used.append(call)
        await asyncio.sleep(self.slow_s)
        if self.failure is not None:
            raise self.failure
        if call.name == "end_lesson":
            return ToolAnswer("Goodbye until tomorrow.", "nothing", ends=True)
        if call.name != "submit_answer":
            raise Invalid("there is no such tool")
        right = call.arguments.get("answer") in ("seven", "7")
        return ToolAnswer("Right. Two plus two?" if right else "Not quite. Try again.", self.expects)

    def caller_said(self, text: str) -> None:
        self.heard_of_caller.append(text)

    def tutor_said(self, text: str, *, heard: str, complete: bool) -> None:
        self.told.append((text, heard, complete))


@dataclass
class _Playing:
    words: list[WordTime] = field(default_factory=list[WordTime])
    text: str = ""
    sound_ms: float = 0.0
    played_ms: float = 0.0
    last: bool = False


class Line:
    """The telephone: plays what it is given, 20 ms at a time, and speaks the caller's part."""

    def __init__(self, session: VoiceSession) -> None:
        self.session = session
        self.events: list[tuple[float, VoiceEvent]] = []
        self.sound = bytearray()
        """What was played to the caller, as the agent made it."""
        self.marks = True
        """Whether the carrier tells what was played."""
        self._utterances: dict[int, _Playing] = {}
        self._queue: deque[tuple[int, bytes]] = deque()
        self._mouth: deque[bytes] = deque()
        self._up = converter(TELEPHONE, session.hears)

    def emit(self, event: VoiceEvent) -> None:
        self.events.append((asyncio.get_running_loop().time(), event))
        match event:
            case Speech():
                playing = self._utterances.setdefault(event.utterance, _Playing())
                assert not playing.last, "an utterance goes on after its end"
                playing.words += event.words
                playing.last = event.last
                playing.sound_ms += self.session.speaks.ms_for(len(event.audio))
                if event.audio:
                    self._queue.append((event.utterance, event.audio))
            case Wording():
                self._utterances.setdefault(event.utterance, _Playing()).text = event.text
            case Interrupt():
                self._queue.clear()
                for number in list(self._utterances):
                    self._tell(number, cut=True)
            case _:
                pass

    async def run(self) -> None:
        """Plays and speaks until it is cancelled."""
        while True:
            await asyncio.sleep(FRAME_MS / 1000)
            self.session.send_audio(self._up.push(self._mouth.popleft() if self._mouth else SILENCE_FRAME))
            self._play()

    def say(self, words: str) -> None:
        """The caller speaks."""
        self.speak(b"".join(word_sound(word) for word in words.split()))

    def speak(self, sound: bytes) -> None:
        """The caller makes this sound."""
        self._mouth += [sound[at : at + 160].ljust(160, b"\xff") for at in range(0, len(sound), 160)]

    def of(self, kind: type[VoiceEvent]) -> list[VoiceEvent]:
        return [event for _, event in self.events if isinstance(event, kind)]

    def said(self) -> list[str]:
        """What the caller was understood to say."""
        return [event.text for _, event in self.events if isinstance(event, CallerSaid)]

    def _play(self) -> None:
        left = self.session.speaks.bytes_for(FRAME_MS)
        while self._queue and left:
            number, audio = self._queue.popleft()
            piece, rest = audio[:left], audio[left:]
            self.sound += piece
            left -= len(piece)
            self._utterances[number].played_ms += self.session.speaks.ms_for(len(piece))
            if rest:
                self._queue.appendleft((number, rest))
        for number, playing in list(self._utterances.items()):
            if self.marks and playing.last and playing.played_ms >= playing.sound_ms - 0.01:
                self._tell(number, cut=False)

    def _tell(self, number: int, *, cut: bool) -> None:
        playing = self._utterances.pop(number)
        complete = playing.last and playing.played_ms >= playing.sound_ms - 0.01
        words = [word.word for word in playing.words if complete or word.start_ms < playing.played_ms]
        text = " ".join(words) if playing.words else (playing.text if complete else "")
        self.session.ear_moved(Heard(number, round(playing.played_ms), text, complete, cut and not complete))


@dataclass
class Room:
    """A stand-in, an engine and a teacher."""

    stand_in: ConvaiStandIn
    engine: ElevenLabsEngine
    teacher: FakeTeacher
    notes: FakeNotes = field(default_factory=FakeNotes)

    @property
    def record(self) -> Record:
        return self.stand_in.records[-1]

    async def converse(self) -> ElevenLabsSession:
        return await self.engine.converse(CALL, notes=self.notes)

    @asynccontextmanager
    async def call(self) -> AsyncGenerator["OnCall"]:
        """A call that is hung up at the end of the block."""
        line = Line(await self.converse())
        playing = asyncio.create_task(line.run())
        conversation = asyncio.create_task(line.session.run(line.emit))
        try:
            yield OnCall(self, line, conversation)
        finally:
            for task in (conversation, playing):
                task.cancel()
            await asyncio.wait([conversation, playing])
            assert playing.cancelled(), playing.exception()


@dataclass
class OnCall:
    room: Room
    line: Line
    conversation: asyncio.Task[None]

    async def until(self, event: type[VoiceEvent], *, more: int = 1, limit_s: float = 60.0) -> None:
        """Waits for `more` further events of a kind."""
        wanted = len(self.line.of(event)) + more
        await self.when(lambda: len(self.line.of(event)) >= wanted, limit_s=limit_s)

    async def when(self, happened: Callable[[], bool], *, limit_s: float = 60.0) -> None:
        until = asyncio.get_running_loop().time() + limit_s
        while not happened():
            await asyncio.sleep(0.01)
            assert asyncio.get_running_loop().time() < until, "it did not happen"

    async def told(self, count: int) -> None:
        """Waits until the teacher was told of so many utterances."""
        await self.when(lambda: len(self.room.teacher.told) >= count)

    @property
    def finished(self) -> str:
        (event,) = self.line.of(Finished)
        assert isinstance(event, Finished)
        return event.reason


def visit(
    scene: Callable[[Room], Awaitable[None]],
    *,
    hears: tuple[str, ...] = ("seven",),
    settings: AgentSettings | None = None,
    faults: ConvaiFaults | None = None,
    teacher: FakeTeacher | None = None,
    limits: Limits | None = None,
) -> None:
    """Runs a scene on virtual time. `hears`: what the agent understands, turn by turn; nothing afterwards."""
    understood = deque(hears)

    async def understand(_: bytes) -> str:
        return understood.popleft() if understood else ""

    async def scenario() -> None:
        before = asyncio.all_tasks()
        async with (
            ConvaiStandIn(
                synthesiser=LetterVoice(), understand=understand, settings=settings, faults=faults, api_key=KEY
            ) as stand_in,
            httpx.AsyncClient() as http,
        ):
            lesson = teacher or FakeTeacher()
            engine = ElevenLabsEngine(
                api_key=KEY,
                agent_id=stand_in.settings.agent_id,
                http=http,
                teacher=lambda _: lesson,
                clock=LoopClock(),
                base_url=stand_in.base_url,
                limits=limits,
            )
            await scene(Room(stand_in, engine, lesson))
            await engine.close()
        await asyncio.sleep(0.1)
        assert asyncio.all_tasks() == before, "a task outlived its call"

    run_virtual(scenario())
