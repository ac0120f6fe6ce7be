"""One Realtime session of the stand-in: settings, buffer, items, responses, as OpenAI keeps them.

Source: OpenAI API reference, "Realtime". Sound is made faster than it is played, and the session does not know what was
played: who interrupts it has to say so (`conversation.item.truncate`), and is told when that cannot be true.
"""

import asyncio
import json
from base64 import b64decode
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.audio.transcode import converter
from bakame.ports.speech import Synthesiser
from bakame.simulator.openai.agent import Ear, Say, Situation, Think, Turn
from bakame.simulator.openai.answer import Item, RealtimeFaults, Speaker
from bakame.simulator.openai.settings import FORMATS, Wrong, check_event, check_response, check_session
from bakame.simulator.openai.speech import Understand
from bakame.wire.sockets import Socket

LARGEST_APPEND: Final = 15 * 1024 * 1024
_BETA: Final = {
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "conversation.item.added": "conversation.item.created",
}


@dataclass(slots=True)
class _Response:
    id: str
    settings: Mapping[str, Any]
    task: asyncio.Task[None] | None = None


class RealtimeSession:
    """A `wire.sockets.Peer`. `events` keeps what the client sent, `items` the conversation, `heard` what was said."""

    def __init__(
        self,
        socket: Socket,
        *,
        synthesiser: Synthesiser,
        understand: Understand,
        think: Think,
        faults: RealtimeFaults,
    ) -> None:
        self._socket = socket
        self._understand = understand
        self._think = think
        self._faults = faults
        self._settings: dict[str, Any] = {"type": "realtime", "instructions": "", "tools": []}
        self._ear = Ear()
        self._input: AudioFormat = FORMATS["audio/pcm"]
        self._output: AudioFormat = FORMATS["audio/pcm"]
        self._line = converter(self._input, TELEPHONE)
        self._response: _Response | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._hearing: asyncio.Task[None] | None = None
        self._turn_item = ""
        self._user = ""
        self._outputs: list[str] = []
        self._numbers: dict[str, int] = {}
        self._answers = 0
        self._told = 0
        self._stalled = False
        self.events: list[dict[str, Any]] = []
        self.items: dict[str, Item] = {}
        self.heard: list[str] = []
        self.errors: list[str] = []
        self.lost_code: int | None = None
        self._speaker = Speaker(
            tell=self._tell, new_id=self._id, items=self.items, synthesiser=synthesiser, faults=faults
        )

    def begin(self) -> None:
        """The socket is open."""
        if self._faults.starts:
            self._tell("session.created", session=self._settings)

    async def close(self) -> None:
        """Ends all that it does."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    # What the client sends

    def received(self, message: bytes) -> None:
        if self._stalled:
            return
        event: dict[str, Any] = {}
        try:
            try:
                parsed: object = json.loads(message)
            except ValueError:
                raise Wrong("invalid_json") from None
            if isinstance(parsed, dict):
                event = cast(dict[str, Any], parsed)
            check_event(cast(object, parsed))
            self.events.append(event)
            self._take(event)
        except Wrong as wrong:
            self.errors.append(wrong.code)
            self.tell_error(wrong.code, param=wrong.param, event_id=event.get("event_id"))

    def _take(self, event: dict[str, Any]) -> None:
        takers: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "session.update": self._update,
            "input_audio_buffer.append": self._append,
            "input_audio_buffer.commit": self._commit,
            "input_audio_buffer.clear": self._clear,
            "conversation.item.create": self._create_item,
            "conversation.item.truncate": self._truncate,
            "conversation.item.delete": self._delete,
            "conversation.item.retrieve": self._retrieve,
            "response.create": self._create_response,
            "response.cancel": self._cancel,
        }
        takers[event["type"]](event)

    def received_binary(self, message: bytes) -> None:
        self.tell_error("invalid_json")

    def lost(self, code: int, reason: str) -> None:
        self.lost_code = code
        for task in self._tasks:
            task.cancel()

    def _update(self, event: dict[str, Any]) -> None:
        audio: dict[str, Any] = self._settings.get("audio", {})
        voice = audio.get("output", {}).get("voice", "alloy") if self._speaker.spoke else None
        self._settings |= check_session(event["session"], voice_used=voice)
        audio = self._settings.get("audio", {})
        self._input = FORMATS[audio.get("input", {}).get("format", {}).get("type", "audio/pcm")]
        self._output = FORMATS[audio.get("output", {}).get("format", {}).get("type", "audio/pcm")]
        self._line = converter(self._input, TELEPHONE)
        detection = self._detection
        self._ear = Ear(
            threshold=detection.get("threshold", 0.5),
            prefix_ms=detection.get("prefix_padding_ms", 300),
            silence_ms=detection.get("silence_duration_ms", 500),
        )
        if self._faults.error is not None:
            return self.tell_error(self._faults.error, event_id=event.get("event_id"))
        told = self._settings
        if self._faults.taken is not None:
            told = {**told, "audio": {"output": {"format": {"type": self._faults.taken}}}}
        return self._tell("session.updated", session=told)

    def _append(self, event: dict[str, Any]) -> None:
        try:
            audio = b64decode(event["audio"], validate=True)
        except (ValueError, TypeError):
            raise Wrong("invalid_value", "audio") from None
        if len(audio) > LARGEST_APPEND:
            raise Wrong("invalid_value", "audio")
        for turn in self._ear.push(self._line.push(audio)):
            if turn is Turn.STARTED:
                self._turn_item = self._id("item")
                self._tell(
                    "input_audio_buffer.speech_started", audio_start_ms=self._ear.started_ms, item_id=self._turn_item
                )
                if self._response is not None and self._detection.get("interrupt_response", True):
                    self._cancel_response("turn_detected")
            else:
                self._tell(
                    "input_audio_buffer.speech_stopped", audio_end_ms=self._ear.heard_ms, item_id=self._turn_item
                )
                self._commit({})
                if self._detection.get("create_response", True):
                    self._create_response({})

    def _commit(self, event: dict[str, Any]) -> None:
        if self._ear.is_empty:
            raise Wrong("input_audio_buffer_commit_empty")
        item = Item(self._turn_item or self._id("item"), "user")
        self._turn_item = ""
        self.items[item.id] = item
        self._tell("input_audio_buffer.committed", item_id=item.id, previous_item_id=None)
        self._tell("conversation.item.added", item={"id": item.id, "type": "message", "role": "user"})
        self._hearing = self._start(self._hear(item, self._ear.take()))

    def _clear(self, event: dict[str, Any]) -> None:
        self._ear.take()
        self._tell("input_audio_buffer.cleared")

    def _create_item(self, event: dict[str, Any]) -> None:
        item = cast(dict[str, Any], event["item"])
        match item:
            case {"type": "function_call_output", "call_id": str(), "output": str(output)}:
                self._outputs.append(output)
            case {"type": "message", "role": "user", "content": [{"type": "input_text", "text": str(text)}]}:
                self._user = text
            case _:
                raise Wrong("invalid_value", "item")
        item_id = self._id("item")
        self.items[item_id] = Item(item_id, str(item.get("role", "function")))
        self._tell("conversation.item.added", item={"id": item_id, **item})

    def _truncate(self, event: dict[str, Any]) -> None:
        item = self.items.get(event["item_id"])
        if item is None or item.role != "assistant":
            raise Wrong("item_truncate_invalid_item_id", "item_id")
        end_ms = event["audio_end_ms"]
        if not isinstance(end_ms, int) or not 0 <= end_ms <= item.audio_ms:
            raise Wrong("invalid_value", "audio_end_ms")
        item.truncated_ms = end_ms
        self._tell("conversation.item.truncated", item_id=item.id, content_index=0, audio_end_ms=end_ms)

    def _delete(self, event: dict[str, Any]) -> None:
        if self.items.pop(event["item_id"], None) is None:
            raise Wrong("item_delete_invalid_item_id", "item_id")
        self._tell("conversation.item.deleted", item_id=event["item_id"])

    def _retrieve(self, event: dict[str, Any]) -> None:
        if event["item_id"] not in self.items:
            raise Wrong("item_retrieve_invalid_item_id", "item_id")
        self._tell("conversation.item.retrieved", item={"id": event["item_id"]})

    def _create_response(self, event: dict[str, Any]) -> None:
        if self._response is not None:
            raise Wrong("conversation_already_has_active_response")
        settings = check_response(event.get("response", {}))
        response = self._response = _Response(self._id("resp"), settings)
        response.task = self._start(self._answer(response))

    def _cancel(self, event: dict[str, Any]) -> None:
        if self._response is None:
            raise Wrong("response_cancel_not_active")
        self._cancel_response("client_cancelled")

    # What the agent does

    async def _hear(self, item: Item, audio: bytes) -> None:
        text = await self._understand(audio)
        item.text = self._user = text
        self.heard.append(text)
        self._tell("conversation.item.input_audio_transcription.completed", item_id=item.id, transcript=text)

    async def _answer(self, response: _Response) -> None:
        self._tell("response.created", response={"id": response.id, "status": "in_progress", "output": []})
        limit = {"name": "tokens", "limit": 40_000, "remaining": 39_000, "reset_seconds": 1.5}
        self._tell("rate_limits.updated", rate_limits=[limit])
        await asyncio.sleep(self._faults.think_s)
        if self._hearing is not None:
            await asyncio.wait([self._hearing])
        self._answers += 1
        if self._answers > self._faults.good_answers and self._faults.answer != "completed":
            if self._faults.answer == "never":
                await asyncio.get_running_loop().create_future()
            return self._finish(response, self._faults.answer, self._faults.reason)
        instructions = str(response.settings.get("instructions") or self._settings["instructions"])
        tools = tuple(cast(list[dict[str, Any]], self._settings["tools"]))
        situation = Situation(instructions, tools, self._user, tuple(self._outputs))
        if not response.settings.get("instructions"):
            # What was only told to say something has answered nobody.
            self._user = ""
            self._outputs.clear()
        for move in self._think(situation):
            if isinstance(move, Say):
                await self._speaker.say(response.id, move.text, output=self._output)
            else:
                self._speaker.call(response.id, move)
        return self._finish(response, "completed")

    def _cancel_response(self, reason: str) -> None:
        response = self._response
        if response is not None and response.task is not None:
            response.task.cancel()
            self._finish(response, "cancelled", reason)

    def _finish(self, response: _Response, status: str, reason: str = "") -> None:
        self._response = None
        details: dict[str, Any] | None = {"type": status, "reason": reason} if reason else None
        if status == "failed":
            details = {"type": "failed", "error": {"type": "server_error", "code": reason}}
        told: dict[str, Any] = {
            "id": response.id,
            "status": status,
            "status_details": details,
            "output": [],
            "usage": {},
        }
        self._tell("response.done", response=told)

    @property
    def _detection(self) -> dict[str, Any]:
        audio: dict[str, Any] = self._settings.get("audio", {})
        return audio.get("input", {}).get("turn_detection") or {}

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _id(self, kind: str) -> str:
        self._numbers[kind] = number = self._numbers.get(kind, 0) + 1
        return f"{kind}_{number}"

    def tell_error(self, code: str, *, param: str = "", event_id: object = None) -> None:
        """Sends an error event, as after something that went wrong inside."""
        kind = "server_error" if code == "server_error" else "invalid_request_error"
        error = {"type": kind, "code": code, "message": "secret words", "param": param or None, "event_id": event_id}
        self._tell("error", error=error)

    def _tell(self, kind: str, **fields: Any) -> None:
        if self._stalled:
            return None
        if self._told == self._faults.after:
            return self._misbehave()
        self._told += 1
        name = _BETA.get(kind, kind) if self._faults.beta else kind
        self._socket.send(json.dumps({"type": name, "event_id": self._id("event"), **fields}))
        return None

    def _misbehave(self) -> None:
        self._stalled = True
        match self._faults.then:
            case "close":
                self._socket.close(self._faults.close_code, "secret words")
            case "drop":
                self._socket.abort()
            case "garbage":
                for message in (b"{half of", b"[]", b"7", b'{"type":5}') * 5:
                    self._socket.send(message)
            case "binary":
                for _ in range(20):
                    self._socket.send_binary(b"\x00\xff")
            case "stall":
                pass
