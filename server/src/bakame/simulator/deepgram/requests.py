"""Deepgram's answers over HTTP: recordings heard, and texts spoken by Aura.

Source: Deepgram, "Pre-recorded" (`/v1/listen`) and "Text to speech" (`/v1/speak`) references.
"""

import asyncio
import re
import struct
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, Final, cast

import orjson

from bakame.audio.format import TELEPHONE, AudioFormat, Encoding
from bakame.audio.transcode import Transcoder, converter
from bakame.errors import BakameError
from bakame.ports.speech import SpeechChunk, Synthesiser, Voice
from bakame.simulator.deepgram.exchange import Exchange, Wrong
from bakame.simulator.deepgram.faults import Faults
from bakame.simulator.deepgram.live import Understand, alternative, words_of

MOST_CHARS: Final = 2_000
NATURAL_WORDS_PER_MINUTE: Final = 160
_ENCODINGS: Final[dict[str, tuple[Encoding, str, frozenset[int]]]] = {
    "mulaw": ("mulaw", "audio/mulaw", frozenset({8_000, 16_000})),
    "linear16": ("pcm16", "audio/l16", frozenset({8_000, 16_000, 24_000, 32_000, 48_000})),
}
_VOICE: Final = re.compile(r"^aura(?:-2)?-[a-z]+-([a-z]{2})$")
_SPEED: Final = re.compile(r"^\d+(\.\d+)?$")


class Requests:
    """Answers one request at a time; keeps nothing of them."""

    def __init__(self, *, understand: Understand, synthesiser: Synthesiser) -> None:
        self._understand = understand
        self._synthesiser = synthesiser

    async def listen(self, exchange: Exchange, faults: Faults) -> None:
        """A recording. Raises `Wrong`."""
        if not exchange.parameter("model"):
            raise Wrong(400, "model is missing")
        sound = _sound_of(exchange.body)
        if faults.garbage:
            await exchange.nonsense()
            return
        words = await words_of(self._understand, sound) if sound else []
        duration_s = TELEPHONE.ms_for(len(sound)) / 1000
        await exchange.answer(
            {
                "metadata": {"request_id": exchange.request_id, "duration": duration_s, "channels": 1},
                "results": {
                    "channels": [{"alternatives": [alternative(words, start_s=0.0, duration_s=duration_s)]}],
                },
            }
        )

    async def speak(self, exchange: Exchange, faults: Faults) -> None:
        """A text. Raises `Wrong`."""
        text, voice, sound, kind = _wish(exchange)
        if faults.garbage:
            await exchange.nonsense()
            return
        stream = self._synthesiser.speak(text, voice=voice)
        transcoder = converter(self._synthesiser.format, sound)
        out = _Out(exchange, faults, sound)
        await exchange.begin(
            kind=kind, fields={"dg-model-name": exchange.parameter("model"), "dg-char-count": str(len(text))}
        )
        if exchange.parameter("container", "wav") != "none":
            await exchange.piece(b"RIFF" + bytes(40))
        if not faults.silent:
            await _pour(stream, transcoder, out)
            while faults.endless and not out.is_over:
                await out.send(transcoder.push(bytes(self._synthesiser.format.bytes_for(1_000))))
        if not out.is_over:
            await exchange.piece(b"")


class _Out:
    """Sound on its way to who asked for it, until something breaks."""

    def __init__(self, exchange: Exchange, faults: Faults, sound: AudioFormat) -> None:
        self._exchange = exchange
        self._faults = faults
        self._sound = sound
        self._sent = 0
        self.is_over = False

    async def send(self, audio: bytes) -> None:
        if not audio or self.is_over:
            return
        await self._exchange.piece(audio)
        self._sent += len(audio)
        sent_s = self._sound.ms_for(self._sent) / 1000
        for after_s, do in self._ends():
            if after_s is not None and sent_s >= after_s and not self.is_over:
                self.is_over = True
                do()
        if self.is_over and self._faults.dies_after_s is None:
            await asyncio.get_running_loop().create_future()

    def _ends(self) -> tuple[tuple[float | None, Callable[[], None]], ...]:
        return (
            (self._faults.dies_after_s, self._exchange.abort),
            (self._faults.mute_after_s, _nothing),
            (self._faults.freezes_after_s, _nothing),
        )


def _nothing() -> None:
    """Nothing more is said."""


async def _pour(stream: Any, transcoder: Transcoder, out: _Out) -> None:
    async with aclosing(stream) as chunks:
        async for chunk in chunks:
            await out.send(transcoder.push(cast(SpeechChunk, chunk).audio))
            if out.is_over:
                return
    await out.send(transcoder.flush())


def _wish(exchange: Exchange) -> tuple[str, Voice, AudioFormat, str]:
    """The text, how it is to be said, in which format, and that format's media type."""
    model = _VOICE.match(exchange.parameter("model"))
    known = _ENCODINGS.get(exchange.parameter("encoding"))
    rate, speed = exchange.parameter("sample_rate"), exchange.parameter("speed", "1")
    if model is None or known is None or not rate.isdecimal() or int(rate) not in known[2]:
        raise Wrong(400, "unsupported model, encoding or sample rate")
    if not _SPEED.match(speed) or not 0.7 <= float(speed) <= 1.5:
        raise Wrong(400, "speed is between 0.7 and 1.5")
    try:
        body: object = orjson.loads(exchange.body)
    except ValueError:
        raise Wrong(400, "the body is not JSON") from None
    text = cast(dict[str, object], body).get("text") if isinstance(body, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise Wrong(400, "text is missing")
    if len(text) > MOST_CHARS:
        raise Wrong(413)
    encoding, kind, _ = known
    voice = Voice(language=model[1], words_per_minute=round(float(speed) * NATURAL_WORDS_PER_MINUTE))
    return text, voice, AudioFormat(encoding, int(rate)), f"{kind};rate={rate}"


def _sound_of(wav: bytes) -> bytes:
    """The telephone sound of a WAV file in mu-law or 16-bit PCM, mono. Raises `Wrong`."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise Wrong(400, "the recording is in no known container")
    at, form, sound = 12, b"", b""
    while at + 8 <= len(wav):
        name, size = wav[at : at + 4], int.from_bytes(wav[at + 4 : at + 8], "little")
        if name == b"fmt ":
            form = wav[at + 8 : at + 8 + size]
        elif name == b"data":
            sound = wav[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    if len(form) < 16:
        raise Wrong(400, "the recording has no format")
    coding, channels, rate = struct.unpack_from("<HHI", form)
    source: Encoding | None = {7: "mulaw", 1: "pcm16"}.get(coding)  # pyright: ignore[reportAssignmentType]
    if source is None or channels != 1:
        raise Wrong(400, "the recording is in an unsupported format")
    try:
        transcoder = converter(AudioFormat(source, rate), TELEPHONE)
    except BakameError:
        raise Wrong(400, "the recording has an unsupported rate") from None
    return transcoder.push(sound) + transcoder.flush()
