"""The engine that converses by OpenAI Realtime: one socket a call, G.711 mu-law both ways, nothing converted.

The socket is opened while the call is still being offered. A session that is lost cannot be taken up again; whoever
runs the engine opens another, or takes another engine.
"""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import structlog

from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.errors import BakameError, Invalid, Unavailable
from bakame.ports.voice import CallContext, CallNotes, Finished, Heard, Teacher, ToolAnswer, ToolCall, VoiceEvent
from bakame.providers.openai.realtime_dialogue import WHO, Dialogue
from bakame.providers.openai.realtime_link import Limits, Link
from bakame.providers.openai.realtime_protocol import FunctionCalled
from bakame.providers.openai.realtime_requests import MANNER, Manner, append_audio, read_arguments

URL: Final = "wss://api.openai.com/v1/realtime"
MOST_EARLY: Final = 64
"""Connections that wait for calls which were offered; past this a call waits for its own."""
_MOST_TOOL_FAILURES: Final = 3
_MOST_KEYS: Final = 16

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of a conversation. `uplink_ms`: sound that goes out in one message. `key_gap_s`: a pause that ends keying.

    `tool_s` is how long the tutor may take; `stall_s` how long OpenAI may send nothing when it is its turn.
    """

    uplink_ms: int = 60
    key_gap_s: float = 2.0
    tool_s: float = 4.0
    stall_s: float = 4.0


PACE: Final = Pace()
LIMITS: Final = Limits()


class OpenAIRealtimeEngine:
    """A `ports.voice.VoiceEngine`. `teacher` gives the tutor for one call. `close` lets go of what waits for calls."""

    def __init__(
        self,
        *,
        key: str,
        model: str,
        teacher: Callable[[CallContext], Teacher],
        url: str = URL,
        manner: Manner = MANNER,
        pace: Pace = PACE,
        limits: Limits = LIMITS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._url = f"{url}?model={quote(model, safe='')}"
        self._headers = {"authorization": f"Bearer {key}"}
        self._teacher = teacher
        self._manner = manner
        self._pace = pace
        self._limits = limits
        self._tls = tls
        self._early: dict[str, asyncio.Task[Link]] = {}

    @property
    def name(self) -> str:
        return "openai"

    def expect_call(self, call_id: str) -> None:
        if call_id in self._early or len(self._early) >= MOST_EARLY:
            return
        task = asyncio.create_task(self._open(), name="openai early")
        self._early[call_id] = task
        task.add_done_callback(lambda _: self._opened_early(call_id, task))

    async def converse(self, call: CallContext, *, notes: CallNotes) -> "RealtimeSession":
        early = self._early.pop(call.call_id, None)
        link = await (early or self._open())
        if early is not None and link.is_over:
            # OpenAI closed it while the telephone rang; that says nothing of a new one.
            link = await self._open()
        return RealtimeSession(
            link=link,
            teacher=self._teacher(call),
            notes=notes,
            manner=self._manner,
            pace=self._pace,
            call_id=call.call_id,
        )

    async def close(self) -> None:
        """Ends every connection that waits for a call."""
        tasks = list(self._early.values())
        self._early.clear()
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Link):
                await result.close()

    async def _open(self) -> Link:
        return await Link.open(self._url, headers=self._headers, limits=self._limits, tls=self._tls)

    def _opened_early(self, call_id: str, task: asyncio.Task[Link]) -> None:
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            self._early.pop(call_id, None)
            _log.warning("openai.not_ready_early", call=call_id, error=str(error))
            return
        task.result().when_unused(lambda: self._early.pop(call_id, None))


class RealtimeSession:
    """One conversation on an open link; a `ports.voice.VoiceSession`. It hears and speaks telephone format."""

    def __init__(
        self, *, link: Link, teacher: Teacher, notes: CallNotes, manner: Manner, pace: Pace, call_id: str
    ) -> None:
        self._link = link
        self._teacher = teacher
        self._notes = notes
        self._manner = manner
        self._pace = pace
        self._call_id = call_id
        self._dialogue: Dialogue | None = None
        self._emit: Callable[[VoiceEvent], None] = lambda _: None
        self._uplink = bytearray()
        self._batch = TELEPHONE.bytes_for(pace.uplink_ms)
        self._keys = ""
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tools: set[asyncio.Task[None]] = set()
        self._start_tool: Callable[[FunctionCalled], None] = lambda _: None
        self._tool_failures = 0

    @property
    def hears(self) -> AudioFormat:
        return TELEPHONE

    @property
    def speaks(self) -> AudioFormat:
        return TELEPHONE

    # What the bridge tells

    def send_audio(self, audio: bytes) -> None:
        if self._dialogue is None or not self._dialogue.ready:
            return
        self._uplink += audio
        if len(self._uplink) >= self._batch:
            self._link.send(append_audio(bytes(self._uplink)))
            self._uplink.clear()

    def send_key(self, digit: str) -> None:
        if self._dialogue is None or self._link.is_over:
            return None
        self._cancel_timer("keys")
        if digit == "#" and not self._keys and self._dialogue.busy:
            return None  # pressed once too often: what it would ask for is on its way
        self._dialogue.key_pressed()
        if digit == "#":
            return self._keyed(by_hash=True)
        if len(self._keys) < _MOST_KEYS:
            self._keys += digit
        if self._dialogue.one_key:
            return self._keyed()
        self._timers["keys"] = asyncio.get_running_loop().call_later(self._pace.key_gap_s, self._keyed)
        return None

    def ear_moved(self, heard: Heard) -> None:
        if self._dialogue is not None:
            self._dialogue.ear_moved(heard)

    # The conversation

    async def run(self, emit: Callable[[VoiceEvent], None]) -> None:
        link = self._link
        link.claim()
        self._emit = emit
        try:
            briefing = await self._teacher.brief()
            async with asyncio.TaskGroup() as tasks:
                self._start_tool = lambda call: self._tools.add(tasks.create_task(self._use(call), name="openai tool"))
                dialogue = self._dialogue = Dialogue(
                    briefing=briefing,
                    manner=self._manner,
                    send=link.ask,
                    emit=self._emitted,
                    use=lambda call: self._start_tool(call),
                    listener=self._teacher,
                    not_understood=self._notes.not_understood,
                )
                link.listen(lambda event: self._told(dialogue.take(event)))
                dialogue.begin()
                self._watch()
                await link.wait_over()
                for tool in self._tools:
                    tool.cancel()
        finally:
            for name in tuple(self._timers):
                self._cancel_timer(name)
            await link.close()
        if link.error is not None:
            raise link.error

    def _emitted(self, event: VoiceEvent) -> None:
        self._emit(event)
        if isinstance(event, Finished):
            self._link.end()

    def _told(self, code: str | None) -> None:
        if code is not None:
            _log.warning("openai.error_event", call=self._call_id, code=code)

    def _watch(self) -> None:
        """Looks after `stall_s` without a message whether one is owed."""
        loop = asyncio.get_running_loop()
        left_s = self._link.stirred_at + self._pace.stall_s - loop.time()
        if left_s <= 0:
            if self._dialogue is not None and self._dialogue.waiting:
                return self._link.end(Unavailable(f"{WHO} went silent"))
            left_s = self._pace.stall_s / 4
        self._timers["watch"] = loop.call_later(left_s, self._watch)
        return None

    def _keyed(self, *, by_hash: bool = False) -> None:
        keys, self._keys = self._keys, ""
        if self._dialogue is not None and not self._link.is_over:
            self._dialogue.keyed(keys or "#", by_hash=by_hash and bool(keys))

    async def _use(self, call: FunctionCalled) -> None:
        """Has the tutor carry out a tool and tells the model what it came to."""
        output: dict[str, Any]
        answer: ToolAnswer | None = None
        arguments = read_arguments(call.arguments)
        try:
            if arguments is None:
                raise Invalid("the arguments are not a JSON object of plain values")
            async with asyncio.timeout(self._pace.tool_s):
                answer = await self._teacher.use(ToolCall(call.name, arguments))
            output = {"say": answer.say, "expects": answer.expects, "ends": answer.ends}
            self._tool_failures = 0
        except Invalid as error:
            output = {"error": str(error)}
        except (BakameError, TimeoutError) as error:
            self._tool_failures += 1
            _log.warning("openai.tool_failed", call=self._call_id, tool=call.name[:40], kind=type(error).__name__)
            if self._tool_failures >= _MOST_TOOL_FAILURES:
                return self._link.end(Unavailable(f"the tutor did not answer {WHO}'s tools"))
            output = {"error": "The tutor did not answer. Ask the caller to wait a moment and use the tool once more."}
        if self._dialogue is not None:
            self._dialogue.tool_answered(call.call_id, output, answer)
        return None

    def _cancel_timer(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()
