"""OpenAI's stand-in with a voice and an ear of letters, an HTTP client, a tutor, and a telephone line."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from bakame.audio.format import FRAME_BYTES, SILENCE_BYTE, SILENCE_FRAME, TELEPHONE
from bakame.errors import BakameError, Invalid
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
    VoiceEngine,
    VoiceEvent,
    VoiceSession,
    Wording,
)
from bakame.providers.openai.realtime import OpenAIRealtimeEngine, Pace
from bakame.providers.openai.realtime_link import Limits
from bakame.simulator.openai import MODEL, OpenAIStandIn
from bakame.simulator.virtual_time import run_virtual
from fakes.speech import LETTER_MS, LetterVoice, word_sound

T = TypeVar("T")

TLS = ssl.create_default_context()
"""Unused on the loopback, and slow to make for every client."""
CALL = CallContext("CA1", 1, "en")
LETTERS = {word_sound(letter)[0]: letter for letter in "abcdefghijklmnopqrstuvwxyz0123456789 "}


async def letters(audio: bytes) -> str:
    """What a `LetterVoice` said."""
    size = TELEPHONE.bytes_for(LETTER_MS)
    text, at = "", 0
    while at < len(audio):
        run = next((i for i in range(at, len(audio)) if audio[i] != audio[at]), len(audio)) - at
        text += LETTERS.get(audio[at], "") * round(run / size)
        at += run
    return " ".join(text.split())


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, verify=TLS)


def stand_in(**options: Any) -> OpenAIStandIn:
    return OpenAIStandIn(synthesiser=LetterVoice(), understand=letters, **options)


def visit(work: Callable[[OpenAIStandIn, httpx.AsyncClient], Awaitable[T]], **options: Any) -> tuple[T, OpenAIStandIn]:
    """What comes of work with a stand-in and a client, in virtual time; nothing is left running."""

    async def visiting() -> tuple[T, OpenAIStandIn]:
        before = asyncio.all_tasks()
        async with stand_in(**options) as openai, client() as http:
            result = await work(openai, http)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before
        return result, openai

    return run_virtual(visiting(), limit_s=600)


@contextmanager
def timed(at_most_s: float, *, at_least_s: float = 0.0) -> Generator[None]:
    """The block takes so long, on the loop's clock."""
    now = asyncio.get_running_loop().time
    began = now()
    try:
        yield
    finally:
        assert at_least_s - 1e-6 <= now() - began <= at_most_s + 1e-6, f"took {now() - began:.3f} s"


@dataclass
class Tutor:
    """A `ports.voice.Teacher` with one tool."""

    first_message: str = "what is six times nine"
    replies: list[ToolAnswer] = field(default_factory=list[ToolAnswer])
    fails: BakameError | None = None
    slow_s: float = 0.0
    used: list[ToolCall] = field(default_factory=list[ToolCall])
    caller: list[str] = field(default_factory=list[str])
    said: list[tuple[str, str, bool]] = field(default_factory=list[tuple[str, str, bool]])
    given_up: int = 0

    async def brief(self) -> Briefing:
        tool = Tool("submit_answer", "Marks the caller's answer.", {"answer": "What the caller said."})
        return Briefing("You teach {{module}}.", self.first_message, variables={"module": "mathematics"}, tools=(tool,))

    async def use(self, call: ToolCall) -> ToolAnswer:
        self.used.append(call)
        try:
            await asyncio.sleep(self.slow_s)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if self.fails is not None:
            raise self.fails
        if call.name != "submit_answer":
            raise Invalid(f"there is no tool called {call.name}")
        return self.replies.pop(0) if self.replies else ToolAnswer("right", "integer")

    def caller_said(self, text: str) -> None:
        self.caller.append(text)

    def tutor_said(self, text: str, *, heard: str, complete: bool) -> None:
        self.said.append((text, heard, complete))


async def until(true: Callable[[], object], *, within_s: float = 30.0) -> None:
    """Until something is true, looked at each 10 ms."""
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110  # nobody tells when it becomes true
            await asyncio.sleep(0.01)


class Line:
    """A telephone line in front of a session: it plays in real time, vouches for what it played, carries the caller."""

    def __init__(self, session: VoiceSession) -> None:
        self._session = session
        self._now = asyncio.get_running_loop().time
        self._queue: deque[tuple[int, int]] = deque()  # an utterance, and bytes of it
        self._mouth = bytearray()
        self._played: dict[int, int] = {}
        self._queued: dict[int, int] = {}
        self._closed: set[int] = set()
        self.events: list[tuple[float, VoiceEvent]] = []
        self.texts: dict[int, str] = {}
        self.cuts: list[Heard] = []
        self.sound = bytearray()

    def emit(self, event: VoiceEvent) -> None:
        self.events.append((self._now(), event))
        match event:
            case Speech(number, audio, last=last):
                self._queue.append((number, len(audio)))
                self._queued[number] = self._queued.get(number, 0) + len(audio)
                self.sound += audio
                if last:
                    self._closed.add(number)
            case Wording(number, text):
                self.texts[number] = text
            case Interrupt():
                self._queue.clear()
                for number in [n for n, size in self._queued.items() if self._played.get(n, 0) < size]:
                    heard = Heard(number, self._played_ms(number), "some", complete=False, cut=True)
                    self._queued.pop(number)
                    self.cuts.append(heard)
                    self._session.ear_moved(heard)
            case _:
                pass

    def of(self, kind: type[T]) -> list[T]:
        """The events of one kind."""
        return [event for _, event in self.events if isinstance(event, kind)]

    def when(self, kind: type[VoiceEvent]) -> list[float]:
        return [at for at, event in self.events if isinstance(event, kind)]

    @property
    def quiet(self) -> bool:
        return not self._queue and not self._mouth

    def say(self, text: str) -> None:
        """The caller says this in letters."""
        self.hear(b"".join(word_sound(word) for word in text.split()))

    def hear(self, sound: bytes) -> None:
        """The caller's sound, in telephone format."""
        self._mouth += sound

    async def run(self) -> None:
        """A frame each way every 20 ms."""
        while True:
            frame = bytes(self._mouth[:FRAME_BYTES]).ljust(FRAME_BYTES, bytes([SILENCE_BYTE])) or SILENCE_FRAME
            del self._mouth[:FRAME_BYTES]
            self._session.send_audio(frame)
            self._play(FRAME_BYTES)
            await asyncio.sleep(0.02)

    async def until_quiet(self, *, quiet_s: float = 1.0) -> None:
        """Until nobody has spoken for so long."""
        quiet = 0.0
        while quiet < quiet_s:
            await asyncio.sleep(0.02)
            quiet = quiet + 0.02 if self.quiet else 0.0

    def _play(self, size: int) -> None:
        while self._queue and size:
            number, left = self._queue.popleft()
            taken = min(size, left)
            size -= taken
            self._played[number] = self._played.get(number, 0) + taken
            if taken < left:
                self._queue.appendleft((number, left - taken))
            elif number in self._closed and self._played[number] == self._queued.get(number):
                self._closed.discard(number)
                self._queued.pop(number)
                self._session.ear_moved(
                    Heard(number, self._played_ms(number), self.texts.get(number, ""), complete=True)
                )

    def _played_ms(self, number: int) -> int:
        return int(TELEPHONE.ms_for(self._played.get(number, 0))) // 20 * 20


class Notes:
    """`ports.voice.CallNotes`."""

    def __init__(self) -> None:
        self.misunderstood = 0

    line_is_poor = False

    def turn_heard(self, turn_id: int, text: str, *, complete: bool) -> None:
        raise AssertionError("this engine has no turns of the tutor's")

    def engine_took(self, engine: str) -> None:
        raise AssertionError("an engine does not know of others")

    def engine_left(self, engine: str, why: str) -> None:
        raise AssertionError("an engine does not know of others")

    def not_understood(self) -> None:
        self.misunderstood += 1


@dataclass
class Talk:
    """A conversation that is going on."""

    line: Line
    session: VoiceSession
    running: asyncio.Task[None]
    notes: Notes

    async def goes_on(self, *, quiet_s: float = 1.0) -> None:
        """Until the line is quiet, or the conversation over."""
        waiting = asyncio.create_task(self.line.until_quiet(quiet_s=quiet_s))
        await asyncio.wait([waiting, self.running], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        await asyncio.wait([waiting])

    @property
    def caller_said(self) -> list[str]:
        return [said.text for said in self.line.of(CallerSaid)]

    @property
    def finished(self) -> bool:
        return bool(self.line.of(Finished))


def engine_for(openai: OpenAIStandIn, tutor: Tutor, **options: Any) -> OpenAIRealtimeEngine:
    return OpenAIRealtimeEngine(
        key=openai.key,
        model=MODEL,
        url=openai.realtime.url,
        teacher=lambda _: tutor,
        pace=options.pop("pace", Pace()),
        limits=options.pop("limits", Limits()),
        **options,
    )


@asynccontextmanager
async def talking(openai: OpenAIStandIn, tutor: Tutor, **options: Any) -> AsyncGenerator[Talk]:
    """A conversation on a line; what ends it is raised by `talk.running`."""
    notes = Notes()
    engine: VoiceEngine = engine_for(openai, tutor, **options)
    session = await engine.converse(CALL, notes=notes)
    line = Line(session)
    running = asyncio.create_task(session.run(line.emit))
    carrying = asyncio.create_task(line.run())
    try:
        yield Talk(line, session, running, notes)
    finally:
        for task in (carrying, running):
            task.cancel()
        await asyncio.wait([carrying, running])


def converse(
    work: Callable[[Talk, OpenAIStandIn], Coroutine[Any, Any, T]], *, tutor: Tutor | None = None, **options: Any
) -> tuple[T, OpenAIStandIn]:
    """What comes of a conversation with a stand-in that has these options."""
    engine = {name: options.pop(name) for name in ("pace", "limits", "manner") if name in options}

    async def with_line(openai: OpenAIStandIn, http: httpx.AsyncClient) -> T:
        async with talking(openai, tutor or Tutor(), **engine) as talk:
            return await work(talk, openai)

    return visit(with_line, **options)
