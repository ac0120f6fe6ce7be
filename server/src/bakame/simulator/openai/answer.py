"""How the stand-in's Realtime agent speaks and calls functions: items of a response, event by event."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from bakame.audio.format import AudioFormat
from bakame.audio.transcode import converter
from bakame.ports.speech import Synthesiser, Voice
from bakame.simulator.openai.agent import Call

DELTA_MS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeFaults:
    """How the Realtime side misbehaves. `after`: server events before `then`; times in seconds.

    `refuse` is an HTTP status; `voice` what the sound is instead of speech; `answer` how each response after
    `good_answers` ends; `error` an event that follows the settings; `taken` the format that the settings are said to
    have; `beta` gives events their older names; `deaf` answers no ping.
    """

    refuse: int | None = None
    hangs_at_connect: bool = False
    starts: bool = True
    after: int | None = None
    then: Literal["close", "drop", "stall", "garbage", "binary"] = "drop"
    close_code: int = 1011
    deaf: bool = False
    beta: bool = False
    taken: str | None = None
    error: str | None = None
    voice: Literal["speech", "none", "empty", "endless", "garbled"] = "speech"
    answer: Literal["completed", "failed", "incomplete", "never"] = "completed"
    good_answers: int = 0
    reason: str = "content_filter"
    speed: float = 5.0
    """How much faster than it is played sound is made."""
    think_s: float = 0.3


@dataclass(slots=True)
class Item:
    """A part of the conversation. `audio_ms` is how much sound of it was made."""

    id: str
    role: str
    audio_ms: float = 0.0
    text: str = ""
    truncated_ms: int | None = None


class Tell(Protocol):
    """Sends a server event."""

    def __call__(self, kind: str, **fields: Any) -> None: ...


class Speaker:
    """Speaks on one session. `items` is the session's conversation; `new_id` gives ids of a kind."""

    def __init__(
        self,
        *,
        tell: Tell,
        new_id: Callable[[str], str],
        items: dict[str, Item],
        synthesiser: Synthesiser,
        faults: RealtimeFaults,
    ) -> None:
        self._tell = tell
        self._id = new_id
        self._items = items
        self._synthesiser = synthesiser
        self._faults = faults
        self.spoke = False
        """Sound was sent, so that the voice cannot be changed any more."""

    async def say(self, response_id: str, text: str, *, output: AudioFormat) -> None:
        """Makes an item of speech, in deltas, faster than it is played."""
        item = Item(self._id("item"), "assistant")
        self._items[item.id] = item
        where = {"response_id": response_id, "item_id": item.id, "output_index": 0, "content_index": 0}
        told: dict[str, Any] = {
            "id": item.id,
            "type": "message",
            "role": "assistant",
            "status": "in_progress",
            "content": [],
        }
        self._tell("response.output_item.added", response_id=response_id, output_index=0, item=told)
        self._tell("conversation.item.added", item=told)
        self._tell("response.content_part.added", **where, part={"type": "audio", "transcript": ""})
        audio = await self._sound_of(text, output)
        size = output.bytes_for(DELTA_MS)
        words = text.split(" ")
        count = max(1, -(-len(audio) // size))
        for number in range(count):
            some = words[-(-len(words) * number // count) : -(-len(words) * (number + 1) // count)]
            if some:
                delta = " ".join(some) if not item.text else f" {' '.join(some)}"
                item.text += delta
                self._tell("response.output_audio_transcript.delta", **where, delta=delta)
            await self._sound(item, audio[number * size : (number + 1) * size], where, output)
        self._tell("response.output_audio.done", **where)
        self._tell("response.output_audio_transcript.done", **where, transcript=item.text)
        self._tell("response.content_part.done", **where, part={"type": "audio", "transcript": item.text})
        self._tell("response.output_item.done", response_id=response_id, output_index=0, item=told)

    async def _sound(self, item: Item, audio: bytes, where: Mapping[str, Any], output: AudioFormat) -> None:
        if audio:
            delta = "!not base64!" if self._faults.voice == "garbled" else b64encode(audio).decode()
            ms = output.ms_for(len(audio))
            item.audio_ms += ms
            self.spoke = True
            self._tell("response.output_audio.delta", **where, delta=delta)
            await asyncio.sleep(ms / 1000 / self._faults.speed)
        elif self._faults.voice == "empty":
            self._tell("response.output_audio.delta", **where, delta="")

    async def _sound_of(self, text: str, output: AudioFormat) -> bytes:
        if self._faults.voice in ("none", "empty"):
            return b""
        line = converter(self._synthesiser.format, output)
        sound = bytearray()
        async for chunk in self._synthesiser.speak(text, voice=Voice()):
            sound += line.push(chunk.audio)
        sound += line.flush()
        if self._faults.voice == "endless":
            sound *= 1 + output.bytes_for(400_000) // max(1, len(sound))
        return bytes(sound)

    def call(self, response_id: str, call: Call) -> None:
        """Makes an item that calls a function."""
        item_id, call_id = self._id("item"), self._id("call")
        item = {"id": item_id, "type": "function_call", "call_id": call_id, "name": call.name, "arguments": ""}
        self._tell("response.output_item.added", response_id=response_id, output_index=0, item=item)
        where = {"response_id": response_id, "item_id": item_id, "output_index": 0, "call_id": call_id}
        half = len(call.arguments) // 2
        for part in (call.arguments[:half], call.arguments[half:]):
            self._tell("response.function_call_arguments.delta", **where, delta=part)
        named = {} if self._faults.beta else {"name": call.name}
        self._tell("response.function_call_arguments.done", **where, **named, arguments=call.arguments)
        done = {**item, "arguments": call.arguments, "status": "completed"}
        self._tell("response.output_item.done", response_id=response_id, output_index=0, item=done)
