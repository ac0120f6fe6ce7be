"""One conversation of a stand-in agent: it speaks, hears, calls tools, and is interrupted.

Its turns are its own: it hears by how loud the caller is, has what it heard understood, asks the client's tool what to
say, and says that. Sound goes out faster than real time; what the caller can have heard is reckoned by the clock, as
the vendor must.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, cast

import orjson

from bakame.errors import BakameError
from bakame.ports.speech import Voice
from bakame.simulator.convai import messages
from bakame.simulator.convai.breakage import broken
from bakame.simulator.convai.ear import Ear
from bakame.simulator.convai.messages import Refusal
from bakame.simulator.convai.pings import Pings
from bakame.simulator.convai.record import Record
from bakame.simulator.convai.settings import FORMATS, AgentSettings, ConvaiFaults
from bakame.simulator.convai.speech import Mouth
from bakame.simulator.convai.talking import Talker
from bakame.wire.sockets import Socket


class ConvaiConversation:
    """Implements `wire.sockets.Peer` at the vendor's end."""

    def __init__(
        self,
        *,
        settings: AgentSettings,
        faults: ConvaiFaults,
        mouth: Mouth,
        understand: Callable[[bytes], Awaitable[str]],
        rng: random.Random,
        socket: Socket,
        freeze: Callable[[], None],
        conversation_id: str,
        ended: Callable[["ConvaiConversation"], None],
    ) -> None:
        self._settings = settings
        self._faults = faults
        self._understand = understand
        self._rng = rng
        self._socket = socket
        self._freeze = freeze
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._answering: asyncio.Task[None] | None = None
        self._voice = Voice()
        self._ear = Ear(FORMATS[settings.hears], silence_ms=settings.silence_after_ms)
        self._event = 0
        self._pings = Pings(
            every_s=settings.ping_every_s,
            patience_s=settings.pong_patience_s,
            next_event=self._next,
            send=self._send,
            lost=self._no_pong,
        )
        self._results: dict[str, asyncio.Future[tuple[str, bool]]] = {}
        self._sounds = 0
        self._mute = False
        self._talker = Talker(
            settings=settings,
            mouth=mouth,
            rng=rng,
            next_event=self._next,
            send=self._sent,
            tell=self._send,
            said=self._said,
        )
        self.record = Record(conversation_id, self._loop.time())
        self._spawn(self._insist_on_initiation())

    async def close(self) -> None:
        """Ends the conversation and all that it runs."""
        self._socket.abort()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    # What the client says

    def received(self, message: bytes) -> None:
        if self._mute:
            return
        try:
            fields = messages.fields_of(message)
            if self.record.initiation is None:
                self._begin(fields)
            elif (audio := messages.audio_of(fields)) is not None:
                self._hear(audio)
            else:
                self._take(messages.checked(fields), fields)
        except Refusal as refusal:
            self._refuse(refusal)

    def received_binary(self, message: bytes) -> None:
        self._refuse(Refusal(1002, "invalid_message", "binary messages are not taken"))

    def lost(self, code: int, reason: str) -> None:
        self._over("client", code)

    def _begin(self, fields: Mapping[str, Any]) -> None:
        wanted = self.record.initiation = messages.begun(fields, self._settings)
        self.record.received.append("conversation_initiation_client_data")
        if self._faults.hang == "start":
            self._mute = True
            return
        self._voice = Voice(language=str(wanted.overrides.get("agent.language", "en")))
        hears, speaks = self._faults.formats
        self._send(
            messages.metadata(
                self.record.conversation_id,
                hears=hears or self._settings.hears,
                speaks=speaks or self._settings.speaks,
            )
        )
        if self._faults.unknown_events:
            self._send(messages.event("context_usage", "context_usage_event", tokens=7))
            self._send(messages.event("from_the_future", "what", is_it=[None]))
        if not self._faults.no_pings:
            self._spawn(self._pings.run())
        self._spawn(self._end_at_last())
        self._say(str(wanted.overrides.get("agent.first_message", self._settings.first_message)))

    def _take(self, kind: str, fields: Mapping[str, Any]) -> None:
        self.record.received.append(kind)
        match kind:
            case "pong":
                self.record.pong_latencies_s.append(self._pings.answered(fields["event_id"]))
            case "client_tool_result":
                waiting = self._results.get(fields["tool_call_id"])
                if waiting is None:
                    raise Refusal(1002, "invalid_message", "a result of no tool call")
                self.record.tool_results.append((fields["result"], fields["is_error"]))
                if not waiting.done():
                    waiting.set_result((fields["result"], fields["is_error"]))
            case "contextual_update":
                self.record.updates.append(fields["text"])
            case "user_message":
                self._interrupt()
                self._answer(self._respond(fields["text"]))
            case _:
                pass

    def _hear(self, audio: bytes) -> None:
        self.record.audio += audio
        self.record.chunks += 1
        was_speaking = self._ear.speaking
        turns = self._ear.push(audio)
        if self._ear.speaking and not was_speaking:
            self._send(messages.event("vad_score", "vad_score_event", vad_score=0.95))
        playing = self._loop.time() < self._talker.plays_until
        if self._ear.speaking and playing and self._ear.voiced_ms >= self._settings.interrupts_after_ms:
            self._interrupt()
        for turn in turns:
            self._answer(self._listen(turn))

    # What the agent does

    async def _listen(self, turn: bytes) -> None:
        try:
            text = (await self._understand(turn)).strip()
        except BakameError:
            text = ""
        if text and not self._faults.never_answers:
            self._send(self._numbered("user_transcript", "user_transcription_event", user_transcript=text))
            await self._respond(text)

    async def _respond(self, text: str) -> None:
        self.record.transcript.append(("user", text))
        if self._faults.never_answers:
            return
        if self._faults.slow_s:
            await asyncio.sleep(self._faults.slow_s)
        if self._settings.announces_tools:
            self._say("Let me see.")
        tool = next((name for word, name in self._settings.tools.items() if word in text.lower().split()), None)
        arguments = {} if tool else {self._settings.answer_argument: text}
        result, is_error = await self._use(tool or self._settings.answer_tool, arguments)
        say, ends = self._settings.apology, False
        if not is_error:
            try:
                answer = cast(Mapping[str, Any], orjson.loads(result))
                say, ends = str(answer["say"]), answer.get("ends") is True
            except (ValueError, KeyError, TypeError):
                pass
        self._say(say, hangs_up=ends and self._settings.hangs_up)

    async def _use(self, name: str, arguments: Mapping[str, object]) -> tuple[str, bool]:
        """The result of a client tool; an error when none comes in time."""
        tool_call_id = f"tool_{self._rng.getrandbits(48):012x}"
        waiting = self._results[tool_call_id] = self._loop.create_future()
        call = self._numbered(
            "client_tool_call",
            "client_tool_call",
            tool_name=name,
            tool_call_id=tool_call_id,
            parameters=arguments,
        )
        for _ in range(1 + self._faults.repeats_tool_calls):
            self._send(call)
        try:
            async with asyncio.timeout(self._settings.tool_patience_s):
                result, is_error = await waiting
        except TimeoutError:
            result, is_error = "no answer", True
        self._send(
            self._numbered(
                "agent_tool_response",
                "agent_tool_response",
                tool_name=name,
                tool_call_id=tool_call_id,
                tool_type="client",
                is_error=is_error,
                is_called=True,
            )
        )
        return result, is_error

    def _say(self, text: str, *, hangs_up: bool = False) -> None:
        self._spawn(self._say_it(text, hangs_up=hangs_up))

    async def _say_it(self, text: str, *, hangs_up: bool) -> None:
        try:
            said = await self._talker.say(text, self._voice)
        except BakameError:
            return self._fail("tts_cascade_error", 1011, "the voice failed")
        if said and hangs_up:
            heard_s = max(0.0, self._talker.plays_until - self._loop.time())
            await asyncio.sleep(max(0.0, heard_s + self._settings.hangs_up_after_s))
            self._close(1000, "agent")
        return None

    def _interrupt(self) -> None:
        """The caller speaks over the agent."""
        cut = self._talker.cut(self._faults.late_sounds)
        if cut is None:
            return
        self.record.interruptions += 1
        self._send(self._numbered("interruption", "interruption_event"))
        for piece in cut.late:
            self._send(piece)
        if ("agent", cut.said) in self.record.transcript[-1:]:
            self.record.transcript[-1] = ("agent", cut.heard)
        if not self._faults.no_correction:
            self._send(
                self._numbered(
                    "agent_response_correction",
                    "agent_response_correction_event",
                    original_agent_response=cut.said,
                    corrected_agent_response=cut.heard,
                )
            )

    def _sent(self, message: bytes) -> bool:
        """Sends a piece of sound; whether the conversation goes on."""
        self._send(message)
        self._sounds += 1
        if self._faults.middle and self._sounds == self._faults.after_sounds:
            self._break()
        return self.record.ended_at is None

    def _answer(self, work: Coroutine[Any, Any, None]) -> None:
        """Only the caller's last words are answered."""
        if self._answering is not None:
            self._answering.cancel()
        self._answering = self._spawn(work)

    # What goes on beside

    async def _insist_on_initiation(self) -> None:
        await asyncio.sleep(self._settings.initiation_patience_s)
        if self.record.initiation is None:
            self._refuse(Refusal(1008, "transport_receive_timeout", "no initiation data"))

    def _no_pong(self) -> None:
        if not self._mute:
            self._refuse(Refusal(1008, "transport_receive_timeout", "no pong"))

    async def _end_at_last(self) -> None:
        await asyncio.sleep(self._settings.max_duration_s)
        self._close(1000, "max duration")

    def _break(self) -> None:
        """The fault amid a word."""
        faults = self._faults
        match faults.middle:
            case "hang":
                self._mute = True
            case "freeze":
                self._mute = True
                self._freeze()
            case "drop":
                self._socket.abort()
            case "close":
                self._close(faults.close_code, "stand-in")
            case "error":
                self._fail(faults.error_type, faults.close_code, "stand-in")
            case "binary":
                for _ in range(20):
                    self._socket.send_binary(b"\x00\xff")
            case _:
                speaks = FORMATS[self._settings.speaks]
                for message in broken(faults.middle, speaks=speaks, event_id=self._event, rng=self._rng):
                    self._send(message)

    def _refuse(self, refusal: Refusal) -> None:
        self.record.refusals.append(str(refusal))
        self._fail(refusal.kind, refusal.code, str(refusal))

    def _fail(self, kind: str, code: int, message: str) -> None:
        self._send(messages.event("error", "error_event", code=code, error_type=kind, message=message))
        self._close(code, message)

    def _close(self, code: int, reason: str) -> None:
        self._over("agent", code)
        self._socket.close(code, reason)

    def _over(self, by: str, code: int) -> None:
        if self.record.ended_at is not None:
            return
        self.record.ended_at = self._loop.time()
        self.record.ended_by, self.record.close_code = by, code
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()
        self._ended(self)

    def _said(self, text: str) -> None:
        self.record.transcript.append(("agent", text))

    def _next(self) -> int:
        self._event += 1
        return self._event

    def _numbered(self, kind: str, payload: str, **fields: object) -> bytes:
        return messages.event(kind, payload, **fields, event_id=self._next())

    def _send(self, message: bytes) -> None:
        if not self._mute:
            self._socket.send(message)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
