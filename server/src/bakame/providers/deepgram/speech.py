"""Deepgram's voice: Aura over HTTP, streamed.

Why HTTP and not the Speak socket: a sentence is whole when it comes here, so nothing is gained by feeding words. On a
pooled connection the first byte takes one round trip, as on a socket that is open already; on a fresh one a request
needs a round trip less than an upgrade and a message. It has no limit of twenty flushes a minute, no sound that is
still in flight after `Clear`, tells 402 from 429, and speakers never wait for each other.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Final

import httpx

from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.errors import Unavailable
from bakame.ports.speech import SpeechChunk, Voice, WordTime
from bakame.providers.deepgram import protocol
from bakame.providers.deepgram.addresses import BASE_URL, authorization, speak_body, speak_url

VOICES: Final[Mapping[str, str]] = {"en": "aura-2-thalia-en"}
"""Aura's voice of each language; operators add others."""
PATIENCE_S: Final = 2.5
LONGEST_CHARS: Final = 1_800
"""Deepgram refuses more than 2,000 at once."""
NATURAL_WORDS_PER_MINUTE: Final = 160
"""What Aura speaks at `speed` 1."""

_FIRST_MS_A_CHAR: Final = 65.0
_LEARNING: Final = 0.3
_LONGEST_S: Final = 10.0
_LONGEST_S_A_CHAR: Final = 0.5
"""More sound than this for a text is not its sound."""


class DeepgramSynthesiser:
    """A `ports.speech.Synthesiser`. The HTTP client belongs to whoever passes it in; it should keep idle connections.

    Telephone format by default: made by the vendor from the full band, half the bytes of anything else, and nothing to
    convert on the way to the line. Aura tells no word times, so they are estimated from the letters, at a rate that
    follows what was heard before.
    """

    name = "deepgram"

    def __init__(
        self,
        *,
        api_key: str,
        http: httpx.AsyncClient,
        base_url: str = BASE_URL,
        voices: Mapping[str, str] = VOICES,
        sound: AudioFormat = TELEPHONE,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`patience_s`: for the first byte, and for each further piece. Raises `Invalid` for an unusable address."""
        speak_url(base_url, model="", sound=sound, speed=None)
        self._headers = {**authorization(api_key), "Content-Type": "application/json"}
        self._http = http
        self._base_url = base_url
        self._voices = voices
        self._format = sound
        self._patience_s = patience_s
        self._ms_a_char = _FIRST_MS_A_CHAR

    @property
    def format(self) -> AudioFormat:
        return self._format

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        """As the port promises, as the bytes come in. Joined, the words are those of `text`, each once.

        A text without a letter or a digit makes no sound. Raises `Unavailable`, `retryable` unless the request itself,
        the key or the credit is at fault; also for a language without a voice.
        """
        model = self._voices.get(voice.language.lower().replace("_", "-").split("-")[0])
        if model is None:
            raise Unavailable("Aura has no voice for this language", retryable=False)
        speed = voice.words_per_minute / NATURAL_WORDS_PER_MINUTE
        url = speak_url(self._base_url, model=model, sound=self._format, speed=speed)
        elapsed_ms = 0.0
        for words in _portions(text.split()):
            times = _Times(words, begin_ms=elapsed_ms, ms_a_char=self._ms_a_char / speed)
            said = " ".join(words)
            made_ms = 0.0
            if any(map(str.isalnum, said)):
                async with aclosing(self._sound(url, said)) as pieces:
                    async for audio in pieces:
                        made_ms += self._format.ms_for(len(audio))
                        yield SpeechChunk(audio, times.until(elapsed_ms + made_ms))
                self._learn(made_ms * speed / len(said))
            elapsed_ms += made_ms
            if rest := times.rest(elapsed_ms):
                yield SpeechChunk(b"", rest)

    async def _sound(self, url: str, text: str) -> AsyncGenerator[bytes]:
        """The sound of at most `LONGEST_CHARS` characters, in whole samples."""
        most = self._format.bytes_for(1000 * (_LONGEST_S + _LONGEST_S_A_CHAR * len(text)))
        carried, size = b"", 0
        async with self._answer(url, text) as response:
            pieces = response.aiter_raw()
            while (piece := await self._next(pieces)) is not None:
                sound = carried + piece
                whole = len(sound) - len(sound) % self._format.sample_bytes
                carried = sound[whole:]
                size += whole
                if size > most:
                    raise Unavailable("Deepgram sends more sound than the text can have")
                if whole:
                    yield sound[:whole]
        if not size:
            raise Unavailable("Deepgram sent no sound")

    @asynccontextmanager
    async def _answer(self, url: str, text: str) -> AsyncGenerator[httpx.Response]:
        request = self._http.build_request("POST", url, content=speak_body(text), headers=self._headers, timeout=None)
        try:
            async with asyncio.timeout(self._patience_s):
                response = await self._http.send(request, stream=True)
                if not response.is_success:
                    async with aclosing(response):
                        raise protocol.failure(response.status_code, await response.aread())
        except TimeoutError:
            raise Unavailable("Deepgram did not speak in time") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"Deepgram did not answer: {type(error).__name__}") from None
        async with aclosing(response):
            if not response.headers.get("content-type", "").startswith("audio/"):
                raise Unavailable("Deepgram's answer is not sound")
            yield response

    async def _next(self, pieces: AsyncIterator[bytes]) -> bytes | None:
        try:
            async with asyncio.timeout(self._patience_s):
                return await anext(pieces, None)
        except TimeoutError:
            raise Unavailable("Deepgram stopped in the middle of a word") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"Deepgram broke off: {type(error).__name__}") from None

    def _learn(self, ms_a_char: float) -> None:
        self._ms_a_char += _LEARNING * (min(max(ms_a_char, 20.0), 200.0) - self._ms_a_char)


class _Times:
    """When each word begins, by the letters before it."""

    def __init__(self, words: Sequence[str], *, begin_ms: float, ms_a_char: float) -> None:
        self._times: deque[WordTime] = deque()
        for word in words:
            self._times.append(WordTime(word, round(begin_ms)))
            begin_ms += (len(word) + 1) * ms_a_char

    def until(self, ms: float) -> tuple[WordTime, ...]:
        """The words that begin before this."""
        begun: list[WordTime] = []
        while self._times and self._times[0].start_ms < ms:
            begun.append(self._times.popleft())
        return tuple(begun)

    def rest(self, end_ms: float) -> tuple[WordTime, ...]:
        """Words that were said sooner than estimated, none later than the end."""
        rest = tuple(WordTime(time.word, min(time.start_ms, int(end_ms))) for time in self._times)
        self._times.clear()
        return rest


def _portions(words: Sequence[str]) -> list[list[str]]:
    """The words in texts that Deepgram takes, cut at the end of a sentence where there is one in the last half."""
    portions: list[list[str]] = []
    portion: list[str] = []
    size = 0
    for word in words:
        if portion and size + len(word) > LONGEST_CHARS:
            ends = [at + 1 for at, each in enumerate(portion) if each.endswith((".", "?", "!"))]
            cut = ends[-1] if ends and ends[-1] > len(portion) // 2 else len(portion)
            portions.append(portion[:cut])
            portion = portion[cut:]
            size = sum(len(each) + 1 for each in portion)
        portion.append(word)
        size += len(word) + 1
    return [*portions, portion] if portion else portions
