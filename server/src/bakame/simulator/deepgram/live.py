"""Deepgram's end of one live recognition.

Source: Deepgram, "Live streaming" (`/v1/listen`) and the guides on endpointing, interim results, utterance end,
keep-alive, finalize and closing codes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import orjson

from bakame.audio.format import TELEPHONE
from bakame.errors import BakameError
from bakame.simulator.deepgram.faults import Faults
from bakame.simulator.deepgram.segments import Began, Fell, Segmenter, Step, Stretch
from bakame.wire.sockets import Socket

Understand = Callable[[bytes], Awaitable[Sequence[tuple[str, float]] | str]]
"""What is said in mu-law at 8 kHz: words with a confidence from 0 to 1, or a text."""

PATIENCE_S: Final = 10.0
_SURE: Final = 0.95
_NOTHING: Final[Mapping[str, Any]] = {}
_NONSENSE: Final = (
    "not json",
    "[]",
    "{}",
    '{"type":"Weather"}',
    '{"type":"Results"}',
    '{"type":"Results","is_final":true,"start":"x","duration":null,"channel":{"alternatives":[{"transcript":7}]}}',
    '{"type":"Results","is_final":true,"start":0,"duration":0,"channel":{"alternatives":{}}}',
    "\x00\x7f",
)


@dataclass(slots=True)
class Record:
    """What one connection was sent."""

    query: Mapping[str, Sequence[str]]
    audio: bytearray = field(default_factory=bytearray)
    messages: list[str] = field(default_factory=list[str])
    sizes: list[int] = field(default_factory=list[int])
    closed: tuple[int, str] | None = None


async def words_of(understand: Understand, sound: bytes) -> list[tuple[str, float]]:
    said = await understand(sound)
    return [(word, _SURE) for word in said.split()] if isinstance(said, str) else list(said)


def alternative(words: Sequence[tuple[str, float]], *, start_s: float, duration_s: float) -> dict[str, Any]:
    """One reading of a stretch of sound, its words spread evenly."""
    each = duration_s / max(len(words), 1)
    return {
        "transcript": " ".join(word for word, _ in words),
        "confidence": sum(sure for _, sure in words) / len(words) if words else 0.0,
        "words": [
            {"word": word, "start": start_s + each * at, "end": start_s + each * (at + 1), "confidence": sure}
            for at, (word, sure) in enumerate(words)
        ],
    }


class LiveSocket:
    """One connection, the peer of its socket; `run` answers it until it is closed."""

    def __init__(
        self,
        socket: Socket,
        *,
        record: Record,
        understand: Understand,
        faults: Faults,
        request_id: str,
        freeze: Callable[[], None],
    ) -> None:
        self._socket = socket
        self._record = record
        self._understand = understand
        self._faults = faults
        self._request_id = request_id
        self._freeze = freeze
        self._inbox: asyncio.Queue[bytes | str | None] = asyncio.Queue()
        self._mute = False
        query = {name: values[-1] for name, values in record.query.items()}
        endpointing = query.get("endpointing", "10")
        utterance_end = query.get("utterance_end_ms")
        self._vad_events = query.get("vad_events") == "true"
        self._model = query.get("model", "")
        self._segments = Segmenter(
            endpointing_ms=None if endpointing == "false" else int(endpointing),
            utterance_end_ms=int(utterance_end) if utterance_end else None,
            interim=query.get("interim_results") == "true",
        )

    # What the socket tells

    def received(self, message: bytes) -> None:
        self._inbox.put_nowait(message.decode())

    def received_binary(self, message: bytes) -> None:
        self._inbox.put_nowait(message)

    def lost(self, code: int, reason: str) -> None:
        self._record.closed = self._record.closed or (code, reason)
        self._inbox.put_nowait(None)

    # What Deepgram does

    async def run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    message = await self._inbox.get()
            except TimeoutError:
                if not self._mute:
                    self._close(1011, "NET-0001 no data was received")
                    return
                continue
            if message is None:
                return
            if isinstance(message, bytes) and message:
                await self._hear(message)
            elif isinstance(message, str):
                self._record.messages.append(message)
                await self._obey(message)
            else:
                # An empty binary message has always meant the end of the stream.
                await self._say_goodbye()
            if not self._socket.is_open:
                return

    async def _hear(self, audio: bytes) -> None:
        self._record.audio += audio
        self._record.sizes.append(len(audio))
        for step in self._segments.push(audio):
            await self._tell(step)
        await self._break(len(self._record.audio) / TELEPHONE.rate_hz)

    async def _break(self, heard_s: float) -> None:
        faults = self._faults
        if _is_due(faults.fails_after_s, heard_s):
            await self._send({"type": "Error", "variant": "InternalError", "description": "something went wrong"})
            self._mute = True
        if _is_due(faults.dies_after_s, heard_s):
            if faults.closes is None:
                self._socket.abort()
            else:
                self._close(*faults.closes)
        self._mute = self._mute or _is_due(faults.mute_after_s, heard_s)
        if _is_due(faults.freezes_after_s, heard_s) and not self._mute:
            self._mute = True
            self._freeze()

    async def _obey(self, message: str) -> None:
        try:
            command: object = orjson.loads(message)
        except ValueError:
            command = None
        fields: Mapping[str, Any] = cast(dict[str, Any], command) if isinstance(command, dict) else _NOTHING
        match fields.get("type"):
            case "KeepAlive":
                pass
            case "Finalize":
                stretch = self._segments.flush()
                # Where nothing is pending, the real one often stays silent.
                if stretch.sound and not self._faults.ignores_finalize:
                    await self._tell(stretch)
            case "CloseStream":
                await self._say_goodbye()
            case "Configure" if self._model.startswith("nova-3"):
                settled = {"request_id": self._request_id, "keyterms": fields.get("keyterms", [])}
                await self._send({"type": "ConfigureSuccess", **settled})
            case _:
                await self._send({"type": "Error", "variant": "SchemaError", "description": "unknown message"})
                self._close(1008, "DATA-0000 the message was not understood")

    async def _tell(self, step: Step) -> None:
        match step:
            case Began():
                if self._vad_events:
                    await self._send({"type": "SpeechStarted", "channel": [0, 1], "timestamp": _seconds(step.position)})
            case Fell():
                end = {"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": _seconds(step.position)}
                for _ in range(1 + self._faults.repeats_utterance_end):
                    await self._send(end)
            case Stretch():
                await self._say_results(step)

    async def _say_results(self, stretch: Stretch) -> None:
        if self._faults.garbage:
            for nonsense in _NONSENSE:
                await self._send(nonsense)
            if self._socket.is_open:
                self._socket.send_binary(b"\xff\x00" * 40)
        try:
            words = await words_of(self._understand, stretch.sound) if stretch.has_voice else []
        except BakameError:
            self._close(1011, "NET-0000 no result in time")
            return
        start_s, duration_s = _seconds(stretch.start), _seconds(len(stretch.sound))
        await self._send(
            {
                "type": "Results",
                "channel_index": [0, 1],
                "start": start_s,
                "duration": duration_s,
                "is_final": stretch.settled,
                "speech_final": stretch.ends_speech and not self._faults.misses_speech_final,
                "from_finalize": stretch.asked_for,
                "channel": {"alternatives": [alternative(words, start_s=start_s, duration_s=duration_s)]},
                "metadata": {
                    "request_id": self._request_id,
                    "model_uuid": "00000000-0000-0000-0000-000000000000",
                    "model_info": {"name": self._model, "version": "0", "arch": self._model},
                },
            }
        )

    async def _say_goodbye(self) -> None:
        stretch = self._segments.flush()
        if stretch.sound:
            await self._tell(stretch)
        await self._send(
            {
                "type": "Metadata",
                "transaction_key": "deprecated",
                "request_id": self._request_id,
                "sha256": "0" * 64,
                "created": "2026-01-01T00:00:00.000Z",
                "duration": _seconds(self._segments.position),
                "channels": 1,
            }
        )
        self._close(1000, "")

    async def _send(self, message: Mapping[str, Any] | str) -> None:
        if self._faults.late_s:
            await asyncio.sleep(self._faults.late_s)
        if not self._mute:
            self._socket.send(message if isinstance(message, str) else orjson.dumps(message))

    def _close(self, code: int, reason: str) -> None:
        if not self._mute:
            self._record.closed = (code, reason)
            self._socket.close(code, reason)


def _seconds(size: int) -> float:
    return round(TELEPHONE.ms_for(size) / 1000, 6)


def _is_due(after_s: float | None, now_s: float) -> bool:
    return after_s is not None and now_s >= after_s
