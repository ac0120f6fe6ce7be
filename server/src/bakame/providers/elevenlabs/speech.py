"""ElevenLabs' voices as a synthesiser, over the socket that takes text and gives sound with characters' times.

Source: reference/elevenlabs-convai.md, sections 10 and 14 (`stream-input`). One socket an utterance: the vendor counts
a socket only while it makes sound.
"""

import asyncio
import ssl
from binascii import a2b_base64
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, cast
from urllib.parse import quote, urlencode

import orjson

from bakame.audio.format import AudioFormat
from bakame.errors import Unavailable
from bakame.ports.speech import SpeechChunk, Voice, WordTime
from bakame.providers.elevenlabs.alignment import Words
from bakame.providers.elevenlabs.events import Characters, Malformed
from bakame.providers.elevenlabs.failures import failure_of_close, failure_of_status
from bakame.providers.elevenlabs.protocol import audio_format, characters
from bakame.wire.sockets import Refused, connect

BASE_URL: Final = "https://api.elevenlabs.io"
MODEL: Final = "eleven_flash_v2_5"
FIRST_SOUND_S: Final = 1.5
"""From the wish to speak to the first sound, connecting included."""
NEXT_SOUND_S: Final = 3.0
_USUAL_WORDS_PER_MINUTE: Final = 150
_SLOWEST, _FASTEST = 0.7, 1.2
"""Bounds of the vendor's `speed`."""
_REFUSALS: Final[Mapping[str, bool]] = {
    "too_many_concurrent_requests": True,
    "system_busy": True,
    "max_character_limit_exceeded": False,
    "invalid_api_key": False,
    "quota_exceeded": False,
    "voice_not_found": False,
}
"""The vendor's codes for refusing to speak, and whether asking later may help."""


class ElevenLabsSynthesiser:
    """Implements `ports.speech.Synthesiser`. `voices`: language → the vendor's voice id."""

    def __init__(
        self,
        *,
        api_key: str,
        voices: Mapping[str, str],
        output_format: str = "ulaw_8000",
        model: str = MODEL,
        base_url: str = BASE_URL,
        first_sound_s: float = FIRST_SOUND_S,
        next_sound_s: float = NEXT_SOUND_S,
    ) -> None:
        """`output_format` is the vendor's name of one, `ulaw_8000` or a `pcm_…`. Raises `Invalid` for another."""
        self._api_key = api_key
        self._voices = dict(voices)
        self._format = audio_format(output_format)
        self._query = urlencode({"model_id": model, "output_format": output_format, "sync_alignment": "true"})
        self._url = f"ws{base_url.rstrip('/').removeprefix('http')}/v1/text-to-speech"
        self._tls = ssl.create_default_context() if base_url.startswith("https") else None
        self._first_sound_s = first_sound_s
        self._next_sound_s = next_sound_s

    @property
    def name(self) -> str:
        return "elevenlabs"

    @property
    def format(self) -> AudioFormat:
        return self._format

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        """As the port says. Joined, the words are the words of `text`, each once.

        Raises `Unavailable` for a language without a voice, and when the sound does not begin within `first_sound_s`
        or stops for `next_sound_s`.
        """
        voice_id = self._voices.get(voice.language.lower().replace("_", "-").split("-")[0])
        if voice_id is None:
            raise Unavailable(f"ElevenLabs has no voice for the language {voice.language!r}", retryable=False)
        said = _Said(text.split(), self._format)
        if not said.left:
            return
        messages = _Messages()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._first_sound_s
        try:
            socket = await connect(
                f"{self._url}/{quote(voice_id, safe='')}/stream-input?{self._query}",
                messages,
                headers={"xi-api-key": self._api_key},
                open_s=self._first_sound_s,
                heartbeat_s=None,
                tls=self._tls,
            )
        except Refused as error:
            raise failure_of_status(error.status) from None
        try:
            for message in _requests(text, voice):
                socket.send(message)
            while True:
                try:
                    async with asyncio.timeout_at(deadline):
                        fields = _fields(await messages.next())
                except TimeoutError:
                    raise Unavailable("ElevenLabs' voice did not answer in time") from None
                chunk = said.chunk(fields)
                if chunk.audio:
                    deadline = loop.time() + self._next_sound_s
                if chunk.audio or chunk.words:
                    yield chunk
                if fields.get("isFinal") is True:
                    break
        finally:
            socket.close()
        if not said.sound_bytes:
            raise Unavailable("ElevenLabs' voice said nothing")
        if rest := said.rest():
            yield SpeechChunk(b"", rest)


class _Said:
    """How far a text has been said."""

    def __init__(self, words: list[str], sound: AudioFormat) -> None:
        self._words = words
        self._format = sound
        self._aligned = Words()
        self.left = words
        self.sound_bytes = 0

    def chunk(self, fields: Mapping[str, Any]) -> SpeechChunk:
        encoded = fields.get("audio")
        try:
            audio = a2b_base64(encoded, strict_mode=True) if isinstance(encoded, str) else b""
        except ValueError:
            raise Unavailable("ElevenLabs' voice sent sound that cannot be read") from None
        self.sound_bytes += len(audio)
        heard = self._aligned.push(_characters(fields), sound_ms=self._format.ms_for(len(audio)))
        return SpeechChunk(audio, self._next(heard))

    def rest(self) -> tuple[WordTime, ...]:
        """The words that no characters told of, where the sound ends."""
        heard = self._next(self._aligned.flush())
        end_ms = round(self._format.ms_for(self.sound_bytes))
        left, self.left = self.left, []
        return heard + tuple(WordTime(word, end_ms) for word in left)

    def _next(self, heard: tuple[WordTime, ...]) -> tuple[WordTime, ...]:
        """Times for as many of the text's own words: the vendor may spell them otherwise."""
        words, self.left = self.left[: len(heard)], self.left[len(heard) :]
        return tuple(WordTime(word, time.start_ms) for word, time in zip(words, heard, strict=False))


class _Messages:
    """Our end of the socket: what came, in order, until it was lost."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes | Unavailable] = asyncio.Queue()

    async def next(self) -> bytes:
        """The next message. Raises `Unavailable` when the socket was lost before it came."""
        message = await self._queue.get()
        if isinstance(message, Unavailable):
            raise message
        return message

    def received(self, message: bytes) -> None:
        self._queue.put_nowait(message)

    def received_binary(self, message: bytes) -> None:
        self._queue.put_nowait(b"")

    def lost(self, code: int, reason: str) -> None:
        # The reason may begin with the vendor's code for a refusal; nothing else of it is kept.
        word = reason.partition(":")[0].strip()
        self._queue.put_nowait(_refusal(word) if word in _REFUSALS else failure_of_close(code))


def _requests(text: str, voice: Voice) -> tuple[bytes, bytes, bytes]:
    """How it is to be said, what, and that no more will come."""
    speed = min(max(voice.words_per_minute / _USUAL_WORDS_PER_MINUTE, _SLOWEST), _FASTEST)
    return (
        orjson.dumps({"text": " ", "voice_settings": {"speed": round(speed, 2)}}),
        orjson.dumps({"text": f"{text.strip()} ", "flush": True}),
        orjson.dumps({"text": ""}),
    )


def _fields(message: bytes) -> Mapping[str, Any]:
    """A message's fields. Raises `Unavailable` for an error and for what cannot be read."""
    try:
        fields: object = orjson.loads(message)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise Unavailable("ElevenLabs' voice sent a message that cannot be read")
    known = cast(Mapping[str, Any], fields)
    error = known.get("error")
    if error is not None:
        raise _refusal(error if isinstance(error, str) and error in _REFUSALS else "")
    return known


def _refusal(code: str) -> Unavailable:
    return Unavailable(f"ElevenLabs' voice refused: {code or 'unknown'}", retryable=_REFUSALS.get(code, True))


def _characters(fields: Mapping[str, Any]) -> Characters | None:
    """Sound whose characters cannot be read is still worth hearing."""
    alignment = fields.get("alignment")
    if alignment is None:
        return None
    names = ("charsDurationsMs", "charDurationsMs")
    try:
        return characters(alignment, starts="charStartTimesMs", durations=names)
    except Malformed:
        return None
