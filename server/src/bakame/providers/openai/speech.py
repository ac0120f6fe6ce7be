"""Speech by OpenAI: a voice (`/audio/speech`) and an ear for whole utterances (`/audio/transcriptions`).

Source: OpenAI API reference, "Create speech" and "Create transcription". `pcm` is 24 kHz, 16 bits, little endian, mono,
without a header.
"""

import asyncio
import io
import math
import re
import wave
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import aclosing
from typing import Any, Final, cast

import httpx
import numpy as np
import orjson

from bakame.audio import g711
from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.audio.level import level_of_mulaw
from bakame.errors import Unavailable
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.speech import Hypothesis, SpeechChunk, Voice, WordTime
from bakame.providers.openai.chat import BASE_URL, WHO
from bakame.wire.streams import Patience, answer_to, whole

PCM_24K: Final = AudioFormat("pcm16", 24_000)
PLAIN_WORDS_PER_MINUTE: Final = 160
"""What the voices speak at speed 1, near enough; the words a minute that are asked for are told as a part of it."""
MOST_CHARS: Final = 4_000
"""OpenAI takes 4,096 characters a request."""
LONGEST_MS_A_LETTER: Final = 1_000
"""A voice that takes longer than this for each letter does not say our text."""
LETTER_MS: Final = 70.0
CONFIDENCE: Final = 0.7
"""What a transcript is worth when nothing is said of it. OpenAI's ears mishear a lone number now and then without a
sign, so this is under what the tutor asks for before it marks an answer wrong, and over what it asks for to take it."""
SOFTEST_DB: Final = -55.0
"""An utterance whose peak is softer than this holds no speech, and these ears make up words for silence."""
_LEAST_MS: Final = 100.0
_CONTAINERS: Final = (b"RIFF", b"OggS", b"fLaC", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\x1aE\xdf\xa3", b"<", b"{")
_ANSWER_BYTES: Final = 256 * 1024
_ENDING: Final = re.compile(r"[.!?…,;:\s]+$")
_NUMBER_PROMPT: Final = "The answer is a number, such as 7, 12 or 350."


class OpenAISynthesiser:
    """A `ports.speech.Synthesiser`: pcm16 at 24 kHz. The HTTP client belongs to whoever passes it in.

    OpenAI gives no times of words: they are spread over the sound by their letters, at a pace that is learnt from what
    the voice said before, and corrected when a text has ended. `instructions` say how to speak, for models that listen.
    """

    def __init__(
        self,
        *,
        key: str,
        model: str,
        http: httpx.AsyncClient,
        voice: str = "alloy",
        instructions: str = "",
        languages: Collection[str] = ("en", "fr", "sw"),
        base_url: str = BASE_URL,
        connect_s: float = 1.5,
        first_s: float = 1.5,
        next_s: float = 3.0,
    ) -> None:
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        self._model = model
        self._http = http
        self._voice = voice
        self._instructions = instructions
        self._languages = frozenset(languages)
        self._url = f"{base_url.rstrip('/')}/audio/speech"
        self._patience = Patience(connect_s, first_s, next_s)
        self._letter_ms = LETTER_MS
        """Milliseconds a letter takes at speed 1; follows what the voice does."""

    @property
    def name(self) -> str:
        return "openai"

    @property
    def format(self) -> AudioFormat:
        return PCM_24K

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        """The sound of `text` while it is made. Raises `Unavailable`, also for a language it is not to speak."""
        language = re.split("[-_]", voice.language)[0].lower()
        if language not in self._languages:
            raise Unavailable(f"{WHO} is not to speak {language[:8]!r}", retryable=False)
        speed = min(4.0, max(0.25, voice.words_per_minute / PLAIN_WORDS_PER_MINUTE))
        offset_ms = 0.0
        for part in _parts(text):
            spread = _Spread(part.split(), start_ms=offset_ms, letter_ms=self._letter_ms / speed)
            async with aclosing(self._sound(part, speed=speed)) as sound:
                async for audio in sound:
                    yield SpeechChunk(audio, spread.words_in(PCM_24K.ms_for(len(audio))))
            offset_ms += spread.spoken_ms
            if rest := spread.rest():
                yield SpeechChunk(b"", rest)
            self._letter_ms += (spread.real_letter_ms * speed - self._letter_ms) / 2

    async def _sound(self, text: str, *, speed: float) -> AsyncGenerator[bytes]:
        """Whole samples, in pieces as they come."""
        body: dict[str, Any] = {
            "model": self._model,
            "voice": self._voice,
            "input": text,
            "response_format": "pcm",
            "speed": round(speed, 2),
        }
        if self._instructions:
            body["instructions"] = self._instructions
        request = self._http.build_request("POST", self._url, headers=self._headers, content=orjson.dumps(body))
        now = asyncio.get_running_loop().time
        due = now() + self._patience.first_s
        carried, total = b"", 0
        most = PCM_24K.bytes_for(LONGEST_MS_A_LETTER * (len(text) + 10))
        async with answer_to(self._http, request, who=WHO, by=due, patience=self._patience) as arrivals:
            if arrivals.kind.startswith("text/") or arrivals.kind == "application/json":
                raise Unavailable(f"{WHO} sent something else than sound", retryable=False)
            while True:
                try:
                    chunk = await arrivals.next(by=due)
                except TimeoutError:
                    raise Unavailable(f"{WHO}'s voice stalled") from None
                if chunk is None:
                    break
                if not total and chunk.startswith(_CONTAINERS):
                    raise Unavailable(f"{WHO} sent sound in another format", retryable=False)
                total += len(chunk)
                if total > most:
                    raise Unavailable(f"{WHO}'s voice does not end", retryable=False)
                chunk = carried + chunk
                whole_bytes = len(chunk) & ~1
                carried = chunk[whole_bytes:]
                if whole_bytes:
                    yield chunk[:whole_bytes]
                due = now() + self._patience.next_s
        if total < 2 and any(map(str.isalnum, text)):
            raise Unavailable(f"{WHO} sent no sound")


class _Spread:
    """The words of one text over sound that is still coming. Milliseconds count from the utterance's first sample."""

    def __init__(self, words: Sequence[str], *, start_ms: float, letter_ms: float) -> None:
        self._words = words
        self._letter_ms = letter_ms
        self._start_ms = start_ms
        self._next_ms = start_ms
        self._next = 0
        self.spoken_ms = 0.0

    def words_in(self, ms: float) -> tuple[WordTime, ...]:
        """The words that begin in the next `ms` of sound."""
        self.spoken_ms += ms
        times: list[WordTime] = []
        while self._next < len(self._words) and self._next_ms < self._start_ms + self.spoken_ms:
            word = self._words[self._next]
            times.append(WordTime(word, int(self._next_ms)))
            self._next_ms += self._letter_ms * (len(word) + 1)
            self._next += 1
        return tuple(times)

    def rest(self) -> tuple[WordTime, ...]:
        """The words that the sound has not reached at its end, over what is left of it."""
        words = self._words[self._next :]
        end_ms = self._start_ms + self.spoken_ms
        at = min(self._next_ms, end_ms)
        letters = sum(len(word) + 1 for word in words)
        times: list[WordTime] = []
        for word in words:
            times.append(WordTime(word, int(at)))
            at += (end_ms - at) * (len(word) + 1) / letters
            letters -= len(word) + 1
        return tuple(times)

    @property
    def real_letter_ms(self) -> float:
        """How long a letter took; the estimate when there was no sound to tell by."""
        letters = sum(len(word) + 1 for word in self._words)
        return self.spoken_ms / letters if self.spoken_ms and letters else self._letter_ms


class OpenAIRecogniser:
    """A `ports.speech.Recogniser` for whole utterances. The HTTP client belongs to whoever passes it in.

    Confidence is `CONFIDENCE` for whatever was heard: the interface says nothing of it. With `logprobs`, which newer
    models know and whisper-1 refuses, it is the geometric mean of the probabilities of the words' tokens.
    """

    def __init__(
        self,
        *,
        key: str,
        model: str,
        http: httpx.AsyncClient,
        language: str = "en",
        logprobs: bool = False,
        base_url: str = BASE_URL,
        connect_s: float = 1.5,
        timeout_s: float = 4.0,
    ) -> None:
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._http = http
        self._fields = {"model": model, "language": language, "response_format": "json", "temperature": "0"}
        if logprobs:
            self._fields["include[]"] = "logprobs"
        self._url = f"{base_url.rstrip('/')}/audio/transcriptions"
        self._patience = Patience(connect_s=connect_s, first_s=timeout_s)

    @property
    def name(self) -> str:
        return "openai"

    async def recognise(self, audio: bytes, *, expect: Expect) -> Hypothesis:
        """What was said, in small letters and without closing punctuation. Raises `Unavailable`."""
        if TELEPHONE.ms_for(len(audio)) < _LEAST_MS or level_of_mulaw(audio).peak_db < SOFTEST_DB:
            return Hypothesis("", 0.0)
        fields = dict(self._fields)
        if prompt := prompt_for(expect):
            fields["prompt"] = prompt
        request = self._http.build_request(
            "POST",
            self._url,
            headers=self._headers,
            data=fields,
            files={"file": ("speech.wav", wav_of(audio), "audio/wav")},
        )
        by = asyncio.get_running_loop().time() + self._patience.first_s
        body = await whole(self._http, request, who=WHO, by=by, largest=_ANSWER_BYTES, patience=self._patience)
        return hypothesis_in(body)


def wav_of(audio: bytes) -> bytes:
    """Telephone sound as a WAV file, 16 bits at 8 kHz, which every decoder reads; mu-law in WAV not every one does."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(TELEPHONE.rate_hz)
        file.writeframes(g711.decode(audio).astype(np.dtype("<i2"), copy=False).tobytes())
    return out.getvalue()


def prompt_for(expect: Expect) -> str:
    """What leads the ear to the words that may come. It takes a prompt for what was said just before, so it is one."""
    if expect.kind.is_number:
        return _NUMBER_PROMPT
    options = [" ".join(option.split()) for option in expect.options if option.strip()]
    if not options:
        return ""
    asked = "My name is one of these" if expect.kind is AnswerKind.NAME else "The answer is one of these"
    return f"{asked}: {', '.join(options[:100])}."


def hypothesis_in(body: bytes) -> Hypothesis:
    """What a transcription says. Raises `Unavailable` for what is none."""
    try:
        answer: object = orjson.loads(body)
    except ValueError:
        raise Unavailable(f"{WHO} sent what is no transcript") from None
    fields = cast(dict[str, Any], answer) if isinstance(answer, dict) else {}
    said = fields.get("text")
    if not isinstance(said, str):
        raise Unavailable(f"{WHO} sent a transcript without text", retryable=False)
    text = _ENDING.sub("", " ".join(said.lower().split()))
    return Hypothesis(text, _confidence(fields.get("logprobs")) if text else 0.0)


def _confidence(logprobs: object) -> float:
    tokens = cast(Sequence[object], logprobs) if isinstance(logprobs, list) else ()
    values = [cast(dict[str, Any], token).get("logprob") for token in tokens if isinstance(token, dict)]
    numbers = [float(value) for value in values if isinstance(value, int | float) and math.isfinite(value)]
    return min(1.0, math.exp(sum(numbers) / len(numbers))) if numbers else CONFIDENCE


def _parts(text: str) -> list[str]:
    """The text in parts that OpenAI takes, each ending with a sentence where it can. Words stay whole."""
    words = [word[start : start + MOST_CHARS] for word in text.split() for start in range(0, len(word), MOST_CHARS)]
    parts: list[str] = []
    while words:
        size, fits, ends = -1, 0, 0
        for index, word in enumerate(words, start=1):
            size += len(word) + 1
            if size > MOST_CHARS:
                break
            fits = index
            if word.endswith((".", "?", "!")):
                ends = index
        taken = fits if fits == len(words) or not ends else ends
        parts.append(" ".join(words[:taken]))
        words = words[taken:]
    return parts
