"""OpenAI's voice and ear for whole utterances: real speech of a synthesiser, understood by whoever is passed in.

Source: OpenAI API reference, "Create speech" and "Create transcription".
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Literal

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bakame.audio.format import AudioFormat
from bakame.audio.transcode import converter
from bakame.errors import Invalid
from bakame.ports.speech import Synthesiser, Voice
from bakame.simulator.openai.http import BREAK, Never, Poured, error, json_object, refused
from bakame.simulator.pictures import words_in_note
from bakame.simulator.speech import sound_of

PCM_24K: Final = AudioFormat("pcm16", 24_000)
_VOICES: Final = frozenset(
    {"alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage"}
)
_EXTENSIONS: Final = ("flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm")
_CHUNK: Final = 4_801
"""Bytes of one write: an odd number, so that samples are cut in two."""
_PLAIN_WPM: Final = 160

Understand = Callable[[bytes], Awaitable[str]]
"""What is said in a piece of sound, mu-law at 8 kHz; nothing for silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechFaults:
    """How voice and ear misbehave. `after`: bytes of sound before `then`; times in seconds."""

    status: int | None = None
    code: str | None = None
    retry_after: str = ""
    hangs: bool = False
    first_s: float = 0.05
    between_s: float = 0.01
    after: int | None = None
    then: Literal["break", "stall", "end"] = "break"
    sound: Literal["speech", "none", "endless", "wav", "page"] = "speech"
    transcript: Literal["json", "nothing", "garbage", "huge"] = "json"


class SpeechDesk:
    """`POST /v1/audio/speech` and `/v1/audio/transcriptions`. `spoken` keeps bodies, `fields` those of uploads."""

    def __init__(
        self, *, synthesiser: Synthesiser, understand: Understand, key: str | None, faults: SpeechFaults
    ) -> None:
        self._synthesiser = synthesiser
        self._understand = understand
        self._key = key
        self.faults = faults
        self.spoken: list[dict[str, Any]] = []
        self.fields: list[dict[str, str]] = []
        self.cut_off = 0

    async def speak(self, request: Request) -> Response:
        if (no := self._unwilling(request)) is not None:
            return no
        body = await json_object(request)
        if isinstance(body, Response):
            return body
        if (problem := _speech_problem(body)) is not None:
            return error(400, problem, code="invalid_value")
        self.spoken.append(body)
        if self.faults.sound == "page":
            return PlainTextResponse("<html>maintenance</html>")
        return Poured(self._sound(body), media_type="audio/pcm", cut=self._left)

    async def transcribe(self, request: Request) -> Response:
        if (no := self._unwilling(request)) is not None:
            return no
        async with request.form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not (file.filename or "").lower().endswith(_EXTENSIONS):
                return error(400, "Unrecognized file format.", code="unsupported_format")
            if not form.get("model"):
                return error(400, "you must provide a model parameter")
            sound = await file.read()
            self.fields.append({name: value for name, value in form.items() if isinstance(value, str)})
        if (words := words_in_note(sound)) is not None:
            return self._transcript(words)
        try:
            heard = sound_of(sound)
        except Invalid:
            return error(400, "Audio file might be corrupted or unsupported", code="invalid_value")
        return self._transcript(await self._understand(heard))

    def _transcript(self, text: str) -> Response:
        match self.faults.transcript:
            case "nothing":
                return JSONResponse({"usage": {"type": "duration", "seconds": 1}})
            case "garbage":
                return PlainTextResponse("{half of")
            case "huge":
                return JSONResponse({"text": "word " * 200_000})
            case "json":
                pass
        said = f"{text[:1].upper()}{text[1:]}." if text else ""
        answer: dict[str, Any] = {"text": said, "usage": {"type": "duration", "seconds": 1}}
        if self.fields[-1].get("include[]") == "logprobs":
            answer["logprobs"] = [{"token": word, "logprob": -0.1, "bytes": None} for word in text.split()]
        return JSONResponse(answer)

    def _unwilling(self, request: Request) -> Response | None:
        faults = self.faults
        if (no := refused(request, self._key)) is not None:
            return no
        if faults.hangs:
            return Never()
        if faults.status is not None:
            return error(faults.status, "No.", code=faults.code, retry_after=faults.retry_after)
        return None

    def _left(self) -> None:
        self.cut_off += 1

    async def _sound(self, body: dict[str, Any]) -> AsyncGenerator[bytes]:
        faults = self.faults
        await asyncio.sleep(faults.first_s)
        if faults.sound == "none":
            return
        while faults.sound == "endless":
            yield bytes(480_000)
            await asyncio.sleep(0.01)
        speed = body.get("speed", 1.0)
        sent = 0
        async with aclosing(self._spoken(body["input"], words_per_minute=int(_PLAIN_WPM * speed))) as chunks:
            async for chunk in chunks:
                if faults.after is not None and sent + len(chunk) > faults.after:
                    yield chunk[: max(1, faults.after - sent)]
                    if faults.then == "break":
                        yield BREAK
                    if faults.then == "stall":
                        await asyncio.get_running_loop().create_future()
                    return
                sent += len(chunk)
                yield chunk
                await asyncio.sleep(faults.between_s)

    async def _spoken(self, text: str, *, words_per_minute: int) -> AsyncGenerator[bytes]:
        """The sound as it is made, in writes of `_CHUNK` bytes."""
        line = converter(self._synthesiser.format, PCM_24K)
        sound = b"RIFF" if self.faults.sound == "wav" else b""
        async for chunk in self._synthesiser.speak(text, voice=Voice(words_per_minute=words_per_minute)):
            sound += line.push(chunk.audio)
            while len(sound) >= _CHUNK:
                yield sound[:_CHUNK]
                sound = sound[_CHUNK:]
        sound += line.flush()
        for start in range(0, len(sound), _CHUNK):
            yield sound[start : start + _CHUNK]


def _speech_problem(body: dict[str, Any]) -> str | None:
    text, speed = body.get("input"), body.get("speed", 1.0)
    if not isinstance(text, str) or not 0 < len(text) <= 4096:
        return "input: should have 1 to 4096 characters"
    if not body.get("model") or body.get("voice") not in _VOICES:
        return "model and voice are required, and the voice must be one of ours"
    if body.get("response_format") != "pcm":
        return "response_format: this stand-in speaks pcm only"
    return None if isinstance(speed, int | float) and 0.25 <= speed <= 4 else "speed: should be 0.25 to 4"
