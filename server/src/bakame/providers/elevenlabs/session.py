"""One conversation with an ElevenLabs agent, as the bridge sees it.

Every message is dealt with in the callback that brought it, so a ping is answered before anything else can happen. Only
the tutor's tools take time, each in a task of its own.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from bakame.audio.format import AudioFormat
from bakame.errors import Unavailable
from bakame.ports.clock import Clock
from bakame.ports.voice import (
    Alive,
    CallerSaid,
    CallNotes,
    Finished,
    Heard,
    Interrupt,
    Teacher,
    ToolAnswer,
    VoiceEvent,
)
from bakame.providers.elevenlabs import messages
from bakame.providers.elevenlabs.events import (
    AgentCorrection,
    AgentText,
    AgentThinks,
    Began,
    CallerSpeaks,
    CallerText,
    Failed,
    Interruption,
    Malformed,
    Ping,
    ServerEvent,
    Sound,
    ToolNews,
    ToolUse,
)
from bakame.providers.elevenlabs.failures import failure_of_close, failure_of_event
from bakame.providers.elevenlabs.keys import PAUSE_S, KeyEntry
from bakame.providers.elevenlabs.limits import (
    CORRECTION_S,
    GOODBYE_BEGINS_S,
    GOODBYE_MARKS_S,
    MOST_MALFORMED,
    Limits,
)
from bakame.providers.elevenlabs.protocol import Conversation
from bakame.providers.elevenlabs.timers import Timers
from bakame.providers.elevenlabs.tools import Tools
from bakame.providers.elevenlabs.uplink import Uplink
from bakame.providers.elevenlabs.utterances import Settled, Utterances
from bakame.wire.sockets import Socket

_SPEAKING: Final = 0.5
_ALIVE_EVERY_S: Final = 1.0
"""A tool of ours that takes long is no fault of the vendor's."""
_POOR_LINE_NOTE: Final = (
    "The line is bad. Speak in short, slow sentences, and offer the telephone's keys for the next answers."
)
_KEYS_NOTE: Final = "The learner now answers with the telephone's keys. Treat what was typed as what was said."


class ElevenLabsSession:
    """Implements `ports.voice.VoiceSession`, and `wire.sockets.Peer` at our end of the socket."""

    def __init__(self, *, socket: Socket, teacher: Teacher, notes: CallNotes, clock: Clock, limits: Limits) -> None:
        self._socket = socket
        self._teacher = teacher
        self._notes = notes
        self._clock = clock
        self._limits = limits
        self._conversation = Conversation()
        loop = asyncio.get_running_loop()
        self._began: asyncio.Future[Began | Unavailable] = loop.create_future()
        self._over: asyncio.Future[str | Unavailable] = loop.create_future()
        self._emit: Callable[[VoiceEvent], None] | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._early: list[ServerEvent] = []
        self._timers = Timers()
        self._malformed = 0
        self._last_at = clock.monotonic()
        self._keys = KeyEntry()
        self._keys_told = False
        self._poor_line_told = False
        self._echo = ""
        self._tools = Tools(teacher=teacher, patience_s=limits.tool_s, send=socket.send, answered=self._tool_answered)
        self._ending = False
        self._goodbye_came = False

    # Beginning

    async def begin(self, initiation: bytes, *, first_message: str = "") -> None:
        """Says what the conversation is about and waits for its formats. Raises `Unavailable`."""
        self._socket.attach(self)
        self._socket.send(initiation)
        if not self._socket.is_open:
            raise Unavailable("ElevenLabs closed the socket before the conversation began")
        try:
            async with asyncio.timeout(self._limits.metadata_s):
                began = await asyncio.shield(self._began)
        except TimeoutError:
            raise Unavailable("ElevenLabs did not begin the conversation in time") from None
        if isinstance(began, Unavailable):
            raise began
        self._hears, self._speaks = began.hears, began.speaks
        self._uplink = Uplink(self._socket, size=began.hears.bytes_for(self._limits.uplink_ms))
        self._utterances = Utterances(began.speaks)
        self._utterances.given = first_message

    @property
    def hears(self) -> AudioFormat:
        return self._hears

    @property
    def speaks(self) -> AudioFormat:
        return self._speaks

    # What the bridge tells

    def send_audio(self, audio: bytes) -> None:
        self._uplink.push(audio)

    def send_key(self, digit: str) -> None:
        """Silences the agent at the first key; the entry goes out when it is finished (`keys`)."""
        if self._emit is None or self._over.done():
            return
        if not self._keys.typed and self._utterances.unheard:
            self._conversation.void(self._utterances.last_event)
            self._interrupt()
        finished = self._keys.press(digit)
        self._socket.send(messages.USER_ACTIVITY)
        if finished:
            self._typed(by_hash=digit == "#")
        elif self._keys.typed:
            self._timers.after(PAUSE_S, "keys", lambda: self._typed(by_hash=False))

    def ear_moved(self, heard: Heard) -> None:
        settled = self._utterances.heard(heard)
        if settled is not None:
            self._settle([settled])
        if self._tasks is None:
            self._settle(self._utterances.settle_cut())
        self._finish_when_heard()

    # The conversation

    async def run(self, emit: Callable[[VoiceEvent], None]) -> None:
        self._emit = emit
        try:
            async with asyncio.TaskGroup() as self._tasks:
                early, self._early = self._early, []
                for event in early:
                    self._take(event)
                try:
                    over = await self._over
                finally:
                    self._tools.cancel()
        finally:
            self._release()
        if isinstance(over, Unavailable):
            raise over
        emit(Finished(over))

    def _release(self) -> None:
        self._tasks = None
        self._timers.clear()
        self._end(Unavailable("the conversation was let go"))
        if self._socket.unsent:
            self._socket.abort()
        else:
            self._socket.close(1000, "call ended")
        if self._emit is not None:
            self._settle(self._utterances.settle_cut())

    # What the socket tells

    def received(self, message: bytes) -> None:
        self._last_at = self._clock.monotonic()
        if self._over.done():
            return
        try:
            event = self._conversation.decode(message)
        except Malformed:
            self._broken()
            return
        if event is None:
            return
        if isinstance(event, Ping):
            self._socket.send(messages.pong(event.event_id))
            if "silence" not in self._timers:
                self._timers.after(self._limits.silence_s, "silence", self._listen_for_silence)
        elif isinstance(event, Began):
            self._began.set_result(event)
        elif isinstance(event, Failed):
            self._end(failure_of_event(event.code, event.kind))
        elif self._emit is None:
            self._early.append(event)
        else:
            self._take(event)

    def received_binary(self, message: bytes) -> None:
        self._broken()

    def lost(self, code: int, reason: str) -> None:
        if code == 1000 and self._ending and self._goodbye_came:
            self._emit_all(self._utterances.turn_over())
            self._end("goodbye")
        else:
            self._end(failure_of_close(code))

    def _broken(self) -> None:
        self._malformed += 1
        if self._malformed > MOST_MALFORMED:
            self._end(Unavailable("ElevenLabs sends messages that cannot be read"))

    def _end(self, over: str | Unavailable) -> None:
        if not self._over.done():
            self._over.set_result(over)
        if not self._began.done() and isinstance(over, Unavailable):
            self._began.set_result(over)

    def _take(self, event: ServerEvent) -> None:
        now = self._clock.monotonic()
        match event:
            case Sound():
                self._sound(event, now)
            case AgentText(_, event_id):
                self._emit_all(self._utterances.text(event, void=self._conversation.is_void(event_id)))
            case Interruption():
                self._interrupt()
            case AgentCorrection():
                self._settle(self._utterances.corrected(event))
            case CallerText(text, tentative):
                self._caller_text(text.strip(), tentative=tentative)
            case ToolUse():
                self._tool_called(event)
            case CallerSpeaks(score) if score >= _SPEAKING:
                self._emit_all((Alive(),))
            case ToolNews() | AgentThinks():
                self._emit_all((Alive(),))
            case _:
                pass

    def _sound(self, sound: Sound, now: float) -> None:
        if self._keys.typed:
            # The rest of a turn that a key has stopped.
            self._conversation.void(sound.event_id)
            return
        if self._ending and sound.audio:
            self._goodbye_came = True
        self._echo = ""
        self._emit_all(self._utterances.sound(sound, now))
        if "close" not in self._timers:
            self._close_when_dry()

    def _caller_text(self, text: str, *, tentative: bool) -> None:
        if not text:
            return
        if not tentative:
            self._emit_all(self._utterances.turn_over())
            self._heard_caller(text)
        self._emit_all((Alive(),))

    def _heard_caller(self, text: str) -> None:
        echo, self._echo = self._echo, ""
        if self._notes.line_is_poor and not self._poor_line_told:
            self._poor_line_told = True
            self._socket.send(messages.contextual_update(_POOR_LINE_NOTE))
        if not any(char.isalnum() for char in text):
            # The vendor writes dots for a caller who said nothing that it understood.
            self._notes.not_understood()
        elif text != echo:
            self._emit_all((CallerSaid(text, "speech"),))
            self._teacher.caller_said(text)

    def _interrupt(self) -> None:
        self._emit_all(self._utterances.interrupted(self._clock.monotonic()))
        self._emit_all((Interrupt(),))
        self._timers.after(CORRECTION_S, "correction", lambda: self._settle(self._utterances.settle_cut()))

    def _typed(self, *, by_hash: bool) -> None:
        self._timers.cancel("keys")
        keys, text = self._keys.take(by_hash=by_hash)
        self._emit_all((CallerSaid(keys, "keys"), Alive()))
        self._teacher.caller_said(text)
        self._echo = text
        if not self._keys_told:
            self._keys_told = True
            self._socket.send(messages.contextual_update(_KEYS_NOTE))
        self._socket.send(messages.user_message(text))

    # Tools

    def _tool_called(self, use: ToolUse) -> None:
        self._emit_all((Alive(),))
        if self._tasks is not None and self._tools.use(use, self._tasks):
            self._utterances.tool_called(use.event_id)
            self._timers.after(_ALIVE_EVERY_S, "tool", self._tool_works)

    def _tool_works(self) -> None:
        if self._tools.busy:
            self._emit_all((Alive(),))
            self._timers.after(_ALIVE_EVERY_S, "tool", self._tool_works)

    def _tool_answered(self, answer: ToolAnswer | None) -> None:
        self._utterances.tool_answered(answer.say if answer is not None else "")
        self._emit_all((Alive(),))
        if answer is None:
            return
        self._keys.expects = answer.expects
        if answer.ends and not self._ending:
            self._ending = True
            self._timers.after(GOODBYE_BEGINS_S, "goodbye", self._no_goodbye)

    # The end

    def _no_goodbye(self) -> None:
        if self._goodbye_came:
            left_s = max(0.0, self._utterances.line_free_at - self._clock.monotonic())
            self._timers.after(left_s + GOODBYE_MARKS_S, "goodbye", lambda: self._end("goodbye"))
        else:
            self._end(Unavailable("ElevenLabs did not say goodbye"))

    def _finish_when_heard(self) -> None:
        if self._goodbye_came and not self._utterances.unheard:
            self._end("goodbye")

    # Time

    def _close_when_dry(self) -> None:
        now = self._clock.monotonic()
        self._emit_all(self._utterances.run_dry(now))
        if (closes_at := self._utterances.closes_at) is not None:
            self._timers.after(closes_at - now, "close", self._close_when_dry)

    def _listen_for_silence(self) -> None:
        left_s = self._last_at + self._limits.silence_s - self._clock.monotonic()
        if left_s <= 0:
            self._end(Unavailable("ElevenLabs has fallen silent"))
        else:
            self._timers.after(left_s, "silence", self._listen_for_silence)

    def _emit_all(self, events: Iterable[VoiceEvent]) -> None:
        if self._emit is not None and not self._over.done():
            for event in events:
                self._emit(event)

    def _settle(self, settled: Iterable[Settled]) -> None:
        for utterance in settled:
            if utterance.text:
                self._teacher.tutor_said(utterance.text, heard=utterance.heard, complete=utterance.complete)
