"""Parts that survive their vendor: several recognisers or voices of which the first that works is used.

Each has a circuit (`calls.circuit`), shared by all calls: one that failed often is rested and then probed by one call.
The last one is asked whatever its circuit says, because there is nothing after it.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import structlog

from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.audio.transcode import converter
from bakame.errors import BakameError, Invalid, Unavailable
from bakame.learning.expect import Expect
from bakame.ports.circuit import Circuit
from bakame.ports.clock import Clock
from bakame.ports.speech import Hypothesis, Recogniser, SpeechChunk, Synthesiser, Voice, WordTime

RECOGNISE_S: Final = 2.5
LAST_RECOGNISE_S: Final = 6.0
"""For the one after which there is none."""
CHUNK_S: Final = 1.0
"""For a voice's first sound, and between two pieces of it."""
LAST_CHUNK_S: Final = 4.0

LEAST_ROOM_MS: Final = 5_000
MOST_ROOM: Final = 4
"""A voice that says so many times more than its words can take, and that much, does not come to an end."""

_LETTERS_PER_WORD: Final = 6
"""The space included: what `words_per_minute` means where a voice gives no times."""
_NEARLY: Final = 0.7
"""A word of which so much was said counts as said."""

_log = structlog.get_logger(__name__)

P = TypeVar("P", Recogniser, Synthesiser)


@dataclass(frozen=True, slots=True)
class _Part(Generic[P]):
    part: P
    circuit: Circuit
    last: bool


class _Chain(Generic[P]):
    """Parts in the operator's order."""

    def __init__(self, parts: Sequence[P], clock: Clock) -> None:
        if not parts:
            raise Invalid("a chain needs at least one part")
        self._parts = [_Part(part, Circuit(), index == len(parts)) for index, part in enumerate(parts, 1)]
        self._clock = clock
        self.name = "+".join(part.name for part in parts)

    def usable(self) -> Iterator[_Part[P]]:
        """Those that may be asked now, in order, the last one always."""
        for part in self._parts:
            if part.circuit.allows(self._clock.monotonic()) or part.last:
                yield part

    def failed(self, part: _Part[P], error: BaseException) -> None:
        part.circuit.failed(self._clock.monotonic())
        _log.warning("part.failed", part=part.part.name, why=str(error) or "it does not answer")


class RecogniserChain:
    """A `Recogniser` over several: each utterance is asked of the first that answers in time."""

    def __init__(self, recognisers: Sequence[Recogniser], *, clock: Clock, patience_s: float = RECOGNISE_S) -> None:
        """Raises `Invalid` for none."""
        self._chain = _Chain(recognisers, clock)
        self._patience_s = patience_s

    @property
    def name(self) -> str:
        return self._chain.name

    async def recognise(self, audio: bytes, *, expect: Expect) -> Hypothesis:
        """As `Recogniser.recognise`; raises `Unavailable` when none of them can tell."""
        for part in self._chain.usable():
            patience_s = max(self._patience_s, LAST_RECOGNISE_S) if part.last else self._patience_s
            try:
                async with asyncio.timeout(patience_s):
                    heard = await part.part.recognise(audio, expect=expect)
            except (BakameError, TimeoutError) as error:
                self._chain.failed(part, error)
            else:
                part.circuit.succeeded()
                return heard
        raise Unavailable("no recogniser answers")


@dataclass(slots=True)
class _Said:
    """How far one voice has come with its words."""

    words: list[str]
    words_per_minute: int
    started: list[WordTime] = field(default_factory=list[WordTime])
    sound_ms: float = 0.0

    def add(self, sound: bytes, words: Sequence[WordTime]) -> None:
        """More of its sound, in telephone format. Raises `Unavailable` for more than the words can take."""
        self.started.extend(words)
        self.sound_ms += TELEPHONE.ms_for(len(sound))
        letters = sum(len(word) + 1 for word in self.words)
        if self.sound_ms > LEAST_ROOM_MS + MOST_ROOM * letters * self._asked_letter_ms():
            raise Unavailable("the voice does not come to an end")

    def left(self) -> list[str]:
        """The words that were not said: the one that was cut off in its middle is among them."""
        return self.words[self._done() :]

    def told_of(self, words: Sequence[str]) -> int:
        """How many of the words at its end were told already."""
        return max(0, len(self.started) + len(words) - len(self.words))

    def _done(self) -> int:
        if not self.started:
            return self._by_length(self.words, self.sound_ms, self._letter_ms())
        begun = min(len(self.started), len(self.words))
        at_ms = self.started[begun - 1].start_ms
        return begun - 1 + self._by_length(self.words[begun - 1 : begun], self.sound_ms - at_ms, self._letter_ms())

    def _letter_ms(self) -> float:
        """How long this voice takes for a letter: by its finished words, else by the pace that was asked for."""
        begun = min(len(self.started), len(self.words))
        letters = sum(len(word) + 1 for word in self.words[: begun - 1]) if begun > 1 else 0
        if letters:
            return max(1.0, (self.started[begun - 1].start_ms - self.started[0].start_ms) / letters)
        return self._asked_letter_ms()

    def _asked_letter_ms(self) -> float:
        return 60_000 / (max(1, self.words_per_minute) * _LETTERS_PER_WORD)

    @staticmethod
    def _by_length(words: Sequence[str], ms: float, letter_ms: float) -> int:
        done = 0
        for word in words:
            takes_ms = (len(word) + 1) * letter_ms
            if ms < takes_ms * _NEARLY:
                break
            ms -= takes_ms
            done += 1
        return done


class SynthesiserChain:
    """A `Synthesiser` over several, in telephone format. One that fails in mid-sentence is followed by the next at the
    word: what was not said yet is said in the other voice.

    Put a cache of clips under it, around each voice, not above: a sentence in two voices is not worth keeping.
    """

    def __init__(self, voices: Sequence[Synthesiser], *, clock: Clock, chunk_s: float = CHUNK_S) -> None:
        """Raises `Invalid` for none, and for one whose format we cannot convert."""
        self._chain = _Chain(voices, clock)
        self._chunk_s = chunk_s
        for voice in voices:
            converter(voice.format, TELEPHONE)

    @property
    def name(self) -> str:
        return self._chain.name

    @property
    def format(self) -> AudioFormat:
        return TELEPHONE

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        """As `Synthesiser.speak`; raises `Unavailable` when none of them can say the rest."""
        words, before_ms, told = text.split(), 0.0, 0
        if not words:
            return
        for part in self._chain.usable():
            said = _Said(words, voice.words_per_minute)
            spoken = self._spoken(part, " ".join(words) if before_ms else text, voice, said)
            failed = False
            try:
                async for chunk in spoken:
                    # The word that was cut off is said again, and told once.
                    fresh, told = chunk.words[told:], max(0, told - len(chunk.words))
                    yield _later(SpeechChunk(chunk.audio, fresh), before_ms)
            except (BakameError, TimeoutError) as error:
                failed = True
                self._chain.failed(part, error)
            finally:
                await spoken.aclose()
                if said.sound_ms and not failed:
                    part.circuit.succeeded()
            words, before_ms = said.left(), before_ms + said.sound_ms
            told = max(0, told - len(said.words) + len(words)) + said.told_of(words)
            if not (failed and words):
                return
        raise Unavailable("no voice can speak")

    async def _spoken(
        self, part: _Part[Synthesiser], text: str, voice: Voice, said: _Said
    ) -> AsyncGenerator[SpeechChunk, None]:
        """One voice's sound in telephone format. Raises `TimeoutError` for a stall, `Unavailable` for none at all."""
        convert = converter(part.part.format, TELEPHONE)
        patience_s = max(self._chunk_s, LAST_CHUNK_S) if part.last else self._chunk_s
        chunks = part.part.speak(text, voice=voice)
        try:
            while True:
                try:
                    async with asyncio.timeout(patience_s):
                        chunk = await anext(chunks)
                except StopAsyncIteration:
                    break
                sound = convert.push(chunk.audio)
                said.add(sound, chunk.words)
                yield SpeechChunk(sound, chunk.words)
            if tail := convert.flush():
                said.add(tail, ())
                yield SpeechChunk(tail)
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()
        if not said.sound_ms:
            raise Unavailable("the voice said nothing")


def _later(chunk: SpeechChunk, ms: float) -> SpeechChunk:
    """The chunk as part of an utterance in which so much was said before."""
    if not ms:
        return chunk
    return SpeechChunk(chunk.audio, tuple(WordTime(word.word, word.start_ms + round(ms)) for word in chunk.words))
