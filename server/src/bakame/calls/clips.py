"""Clips: sentences that were spoken before, kept ready in telephone format.

Most of what a tutor says is said to everybody ("Is that right? For yes, press 1"), so a second caller hears it without
synthesis and without resampling. The cache is bounded in bytes and lives in memory only: sentences hold names.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.audio.transcode import converter
from bakame.errors import Unavailable
from bakame.ports.speech import SpeechChunk, Synthesiser, Voice

_QUIET: Final = bytes((*range(0xF8, 0x100), *range(0x78, 0x80)))
"""Mu-law under −60 dBov."""

_log = structlog.get_logger(__name__)


class ClipCache:
    """A `Synthesiser` in telephone format on top of another one, which remembers whole sentences."""

    def __init__(self, synthesiser: Synthesiser, *, capacity_bytes: int = 48 * 1024 * 1024) -> None:
        self._synthesiser = synthesiser
        self._capacity = capacity_bytes
        self._size = 0
        self._clips: OrderedDict[tuple[str, Voice], tuple[SpeechChunk, ...]] = OrderedDict()

    @property
    def name(self) -> str:
        return self._synthesiser.name

    @property
    def format(self) -> AudioFormat:
        return TELEPHONE

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        """As `Synthesiser.speak`; a sentence that is abandoned half-way is not kept."""
        clip = self._clips.get((text, voice))
        if clip is not None:
            self._clips.move_to_end((text, voice))
            for chunk in clip:
                yield chunk
            return
        convert = converter(self._synthesiser.format, TELEPHONE)
        made: list[SpeechChunk] = []
        async for chunk in self._synthesiser.speak(text, voice=voice):
            made.append(SpeechChunk(convert.push(chunk.audio), chunk.words))
            yield made[-1]
        if tail := convert.flush():
            made.append(SpeechChunk(tail))
            yield made[-1]
        self._keep((text, voice), tuple(made))

    async def prepare(self, text: str, *, voice: Voice) -> tuple[SpeechChunk, ...]:
        """Makes the clip now, so that the first caller does not wait for it. Raises as `speak`."""
        return tuple([chunk async for chunk in self.speak(text, voice=voice)])

    def _keep(self, key: tuple[str, Voice], clip: tuple[SpeechChunk, ...]) -> None:
        size = sum(len(chunk.audio) for chunk in clip)
        if key in self._clips or size > self._capacity:
            return
        self._clips[key] = clip
        self._size += size
        while self._size > self._capacity:
            _, dropped = self._clips.popitem(last=False)
            self._size -= sum(len(chunk.audio) for chunk in dropped)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A phrase that needs no engine: its sound in telephone format, and its words."""

    text: str
    chunks: tuple[SpeechChunk, ...]


class Recordings:
    """The phrases that must be there when nothing else is, by name and language, recorded once at start."""

    def __init__(self, voice: ClipCache, *, words_per_minute: int = 130) -> None:
        self._voice = voice
        self._words_per_minute = words_per_minute
        self._made: dict[tuple[str, str], Recorded] = {}

    async def record(self, phrases: Mapping[str, str], language: str) -> None:
        """Records phrases (name → words) in a language. One that cannot be spoken is left out."""
        voice = Voice(language, self._words_per_minute)
        for name, words in phrases.items():
            try:
                self._made[name, language] = Recorded(
                    words, _without_tail(await self._voice.prepare(words, voice=voice))
                )
            except Unavailable as error:
                _log.warning("clips.not_recorded", phrase=name, language=language, error=str(error))

    def get(self, phrase: str, language: str) -> Recorded | None:
        """The phrase in this language, else in English; None while there is no recording."""
        return self._made.get((phrase, language)) or self._made.get((phrase, "en"))


def _without_tail(clip: tuple[SpeechChunk, ...]) -> tuple[SpeechChunk, ...]:
    """A clip without the silence at its end, which would be counted as something to hear."""
    chunks = list(clip)
    while chunks:
        sound = chunks[-1].audio.rstrip(_QUIET)
        chunks[-1] = SpeechChunk(sound, chunks[-1].words)
        if sound or chunks[-1].words:
            break
        chunks.pop()
    return tuple(chunks)
