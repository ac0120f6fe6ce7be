"""An engine built from parts: voice activity, recogniser, tutor, synthesiser.

A session is a loop of exchanges. In each, the tutor's sentences go to the line while the caller may already speak or
press keys; the first thing that makes sense ends the exchange and is the next thing the tutor hears.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

import structlog

from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.calls.clips import ClipCache
from bakame.calls.keys import Entry, KeyedCommand, KeyPad
from bakame.calls.turns import Endpointer, Floor
from bakame.errors import BakameError, Unavailable
from bakame.learning.expect import NOTHING
from bakame.ports.clock import Clock
from bakame.ports.speech import Recogniser, Voice, VoiceActivity
from bakame.ports.voice import CallContext, CallerSaid, CallNotes, Finished, Heard, Interrupt, Speech, VoiceEvent
from bakame.tutor.turn import Act, Channel, Reply, Said

MEANT_MS: Final = 400
"""Speech shorter than this that fits nothing was a cough, not an answer."""
COUGH_GRACE_S: Final = 2.0
"""After a cough the caller gets at least this long."""
GOODBYE_S: Final = 30.0
"""The longest that a goodbye is waited for, when the carrier loses its marks."""

_log = structlog.get_logger(__name__)


Teach = Callable[[CallContext, Said], Awaitable[Reply]]
"""One turn of the tutor's. Raises `BakameError` when it cannot be had, for instance because the database is locked."""


@dataclass(slots=True)
class _Spoken:
    """One reply on its way to the ear, sentence by sentence."""

    reply: Reply
    heard: list[str] = field(default_factory=list[str])
    done: list[bool] = field(default_factory=list[bool])

    def __post_init__(self) -> None:
        self.heard = [""] * len(self.reply.sentences)
        self.done = [False] * len(self.reply.sentences)

    @property
    def complete(self) -> bool:
        return all(self.done)

    @property
    def next_sentence(self) -> int:
        return self.done.index(False)


@dataclass(frozen=True, slots=True)
class _Pressed:
    digit: str


@dataclass(frozen=True, slots=True)
class _SpeechBegan:
    at: float


@dataclass(frozen=True, slots=True)
class _Utterance:
    audio: bytes
    speech_ms: int


@dataclass(frozen=True, slots=True)
class _HeardAll:
    pass


@dataclass(frozen=True, slots=True)
class _VoiceFailed:
    error: BaseException


_Input = _Pressed | _SpeechBegan | _Utterance | _HeardAll | _VoiceFailed


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
        voice: ClipCache,
        recogniser: Recogniser,
        activity: VoiceActivity,
        clock: Clock,
        apology: str,
    ) -> None:
        self._call = call
        self._notes = notes
        self._teach = teach
        self._voice = voice
        self._recogniser = recogniser
        self._activity = activity
        self._clock = clock
        self._apology = Reply(sentences=(apology,), text=apology, expect=NOTHING, ends=True)
        self._endpointer = Endpointer()
        self._inbox: asyncio.Queue[_Input] = asyncio.Queue()
        self._emit: Callable[[VoiceEvent], None] = lambda _: None
        self._utterances = 0
        self._in_flight: dict[int, tuple[_Spoken, int]] = {}
        self._spoken: _Spoken | None = None
        self._speaking: asyncio.Task[None] | None = None
        self._open_to_speech = False
        self._cut = False
        self._silences = 0
        self._heard_at: float | None = None
        self._answer_began: float | None = None

    @property
    def hears(self) -> AudioFormat:
        return TELEPHONE

    @property
    def speaks(self) -> AudioFormat:
        return TELEPHONE

    # What the bridge tells

    def send_audio(self, audio: bytes) -> None:
        speech = self._activity.is_speech(audio)
        match self._endpointer.feed(audio, speech=speech, tutor_speaks=self._tutor_speaks):
            case Floor.TAKEN:
                self._inbox.put_nowait(_SpeechBegan(self._clock.monotonic()))
                self._interrupt()
            case Floor.YIELDED:
                self._inbox.put_nowait(_Utterance(*self._endpointer.take()))
            case Floor.SAME:
                pass

    def send_key(self, digit: str) -> None:
        self._inbox.put_nowait(_Pressed(digit))
        self._interrupt()

    def ear_moved(self, heard: Heard) -> None:
        spoken, index = self._in_flight[heard.utterance]
        spoken.heard[index] = heard.text
        spoken.done[index] = heard.complete
        if not (heard.complete or heard.cut):
            return
        del self._in_flight[heard.utterance]
        if spoken.reply.turn_id is not None:
            text = " ".join(filter(None, spoken.heard))
            self._notes.turn_heard(spoken.reply.turn_id, text, complete=spoken.complete)
        if spoken.complete and spoken is self._spoken:
            self._inbox.put_nowait(_HeardAll())

    # The conversation

    async def run(self, emit: Callable[[VoiceEvent], None]) -> None:
        self._emit = emit
        began = self._clock.monotonic()
        said: Said | None = self._said(act=Act.OPEN)
        while said is not None:
            elapsed_ms = int((self._clock.monotonic() - began) * 1000)
            said = await self._exchange(await self._answer(said, elapsed_ms))
        self._emit(Finished("goodbye"))

    async def _answer(self, said: Said, elapsed_ms: int) -> Reply:
        try:
            return await self._teach(self._call, replace(said, elapsed_ms=elapsed_ms))
        except BakameError as error:
            _log.error("call.turn_failed", call=self._call.call_id, kind=type(error).__name__, error=str(error))
            return self._apology

    async def _exchange(self, reply: Reply) -> Said | None:
        """Says `reply` and returns what the caller does about it; None when the reply was a goodbye."""
        spoken = self._spoken = _Spoken(reply)
        self._endpointer.expect(reply.expect)
        self._open_to_speech = not reply.ends
        self._cut, self._heard_at, self._answer_began = False, None, None
        said: Said | None = None
        start: int | None = 0
        while start is not None:
            async with _alongside(self._speak(spoken, start), self._spoke) as self._speaking:
                if reply.ends:
                    await self._goodbye_heard()
                    return None
                said = await self._listen(reply)
            # A noise stopped the tutor and meant nothing: it goes on where the ear was.
            start = spoken.next_sentence if said is None else None
            self._cut = False
        return said

    async def _speak(self, spoken: _Spoken, start: int) -> None:
        voice = Voice(self._call.language, spoken.reply.words_per_minute)
        for index, sentence in enumerate(spoken.reply.sentences[start:], start):
            self._utterances += 1
            number = self._utterances
            self._in_flight[number] = (spoken, index)
            text = sentence
            async for chunk in self._voice.speak(sentence, voice=voice):
                self._emit(Speech(number, chunk.audio, text, chunk.words))
                text = ""
            self._emit(Speech(number, b"", last=True))

    def _spoke(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._inbox.put_nowait(_VoiceFailed(error))

    async def _listen(self, reply: Reply) -> Said | None:
        """The caller's next act; None when the tutor should go on with what a noise cut off."""
        keypad = KeyPad(reply.expect)
        patience_s = reply.expect.patience_ms / 1000
        quiet_until: float | None = None
        if self._spoken is not None and self._spoken.complete:
            quiet_until = self._clock.monotonic() + patience_s
        while True:
            item = await self._next(keypad.due if keypad.due is not None else quiet_until)
            now = self._clock.monotonic()
            match item:
                case None:
                    if keypad.due is not None:
                        if entry := keypad.pause(keypad.due):
                            return self._keyed(entry)
                    elif not self._endpointer.speaking:
                        return self._silence()
                    quiet_until = now + COUGH_GRACE_S
                case _HeardAll():
                    self._heard_at = now
                    quiet_until = now + patience_s
                case _SpeechBegan(at):
                    self._answer_began = self._answer_began or at
                case _Pressed(digit):
                    self._answer_began = self._answer_began or now
                    if entry := keypad.press(digit, now):
                        return self._keyed(entry)
                    quiet_until = now + patience_s
                case _Utterance():
                    said = await self._understand(item, reply)
                    if said is not None:
                        return said
                    if self._cut and keypad.due is None and self._spoken is not None and not self._spoken.complete:
                        return None
                    quiet_until = self._clock.monotonic() + max(COUGH_GRACE_S, patience_s / 2)
                case _VoiceFailed(error):
                    raise error

    async def _understand(self, utterance: _Utterance, reply: Reply) -> Said | None:
        """What was said; None when it was only noise."""
        try:
            hypothesis = await self._recogniser.recognise(utterance.audio, expect=reply.expect)
        except Unavailable as error:
            # Keys still work, and the tutor offers them to somebody whom it does not understand.
            _log.warning("call.recogniser_failed", call=self._call.call_id, error=str(error))
            return self._said()
        if hypothesis.text:
            self._emit(CallerSaid(hypothesis.text, "speech"))
            return self._said(text=hypothesis.text, confidence=hypothesis.confidence)
        if utterance.speech_ms < MEANT_MS or self._cut:
            return None
        return self._said()

    async def _goodbye_heard(self) -> None:
        deadline = self._clock.monotonic() + GOODBYE_S
        while (item := await self._next(deadline)) is not None:
            match item:
                case _HeardAll():
                    return
                case _VoiceFailed(error):
                    raise error
                case _:
                    pass

    async def _next(self, deadline: float | None) -> _Input | None:
        """The next thing that happens; None when `deadline` comes first."""
        try:
            async with asyncio.timeout_at(deadline):
                return await self._inbox.get()
        except TimeoutError:
            return None

    # Small things

    @property
    def _tutor_speaks(self) -> bool:
        return bool(self._in_flight)

    def _interrupt(self) -> None:
        """The caller takes the floor: the voice stops now, not when the words are understood."""
        if not (self._open_to_speech and self._tutor_speaks):
            return
        self._cut = True
        if self._speaking is not None:
            self._speaking.cancel()
        self._emit(Interrupt())
        for spoken, _ in self._in_flight.values():
            # Announced but not yet on the line: nothing of it was heard.
            if spoken.reply.turn_id is not None:
                self._notes.turn_heard(spoken.reply.turn_id, " ".join(filter(None, spoken.heard)), complete=False)
        self._in_flight.clear()

    def _keyed(self, entry: Entry) -> Said:
        if isinstance(entry, KeyedCommand):
            self._emit(CallerSaid(entry.command.value, "keys"))
            return self._said(act=Act.COMMAND, by_keys=True, command=entry)
        self._emit(CallerSaid(entry.text, "keys"))
        return self._said(text=entry.text, by_keys=True)

    def _silence(self) -> Said:
        self._silences += 1
        return Said(Channel.VOICE, Act.SILENCE, by="speech", silences=self._silences, call_id=self._call.call_id)

    def _said(
        self,
        *,
        act: Act = Act.ANSWER,
        text: str = "",
        by_keys: bool = False,
        confidence: float = 1.0,
        command: KeyedCommand | None = None,
    ) -> Said:
        self._silences = 0
        took_ms = None
        if self._heard_at is not None and self._answer_began is not None:
            took_ms = max(0, int((self._answer_began - self._heard_at) * 1000))
        return Said(
            Channel.VOICE,
            act,
            text=text,
            by="keys" if by_keys else "speech",
            confidence=confidence,
            command=command.command if command is not None else None,
            took_ms=took_ms,
            call_id=self._call.call_id,
        )


class CascadeEngine:
    """Makes cascade sessions from parts that all calls share."""

    name = "cascade"

    def __init__(
        self,
        *,
        teach: Teach,
        voice: ClipCache,
        recogniser: Recogniser,
        activity: Callable[[], VoiceActivity],
        clock: Clock,
        apology: str,
    ) -> None:
        self._teach = teach
        self._voice = voice
        self._recogniser = recogniser
        self._activity = activity
        self._clock = clock
        self._apology = apology

    def expect_call(self, call_id: str) -> None:
        """Its parts are shared by all calls and are warm."""

    async def converse(self, call: CallContext, *, notes: CallNotes) -> CascadeSession:
        return CascadeSession(
            call=call,
            notes=notes,
            teach=self._teach,
            voice=self._voice,
            recogniser=self._recogniser,
            activity=self._activity(),
            clock=self._clock,
            apology=self._apology,
        )
