"""What an agent says, made once for each text and cut into the vendor's pieces."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bakame.audio.format import AudioFormat
from bakame.audio.transcode import converter
from bakame.ports.speech import Synthesiser, Voice, WordTime
from bakame.simulator.convai.messages import Letters, letters_of

SHORTEST_MS: Final = 200
LONGEST_MS: Final = 1500


@dataclass(frozen=True, slots=True)
class Spoken:
    """One utterance, whole."""

    text: str
    audio: bytes
    words: tuple[WordTime, ...]
    letters: Letters
    format: AudioFormat

    @property
    def ms(self) -> float:
        return self.format.ms_for(len(self.audio))

    def heard(self, ms: float) -> str:
        """The words that had begun by then."""
        return " ".join(word.word for word in self.words if word.start_ms < ms)

    def pieces(self, rng: random.Random) -> Iterator[tuple[bytes, float, float]]:
        """Sound of uneven length, and from when to when it is; cut anywhere, also within a telephone frame."""
        at = 0
        while at < len(self.audio):
            size = self.format.bytes_for(rng.uniform(SHORTEST_MS, LONGEST_MS))
            piece = self.audio[at : at + size]
            yield piece, self.format.ms_for(at), self.format.ms_for(at + len(piece))
            at += size

    def alignment(self, begin_ms: float, end_ms: float, *, names: tuple[str, str, str]) -> Mapping[str, object]:
        """The characters of a piece, under the field names of this socket."""
        last = end_ms >= self.ms
        return dict(zip(names, self.letters.within(begin_ms, end_ms + 1 if last else end_ms), strict=True))


class Mouth:
    """Speaks with one synthesiser, in any of the vendor's formats."""

    def __init__(self, synthesiser: Synthesiser) -> None:
        self._synthesiser = synthesiser
        self._spoken: dict[tuple[str, AudioFormat, Voice], Spoken] = {}

    async def say(self, text: str, speaks: AudioFormat, voice: Voice) -> Spoken:
        """Raises `Unavailable` when the synthesiser fails."""
        known = self._spoken.get((text, speaks, voice))
        if known is not None:
            return known
        convert = converter(self._synthesiser.format, speaks)
        sound, words = bytearray(), list[WordTime]()
        async for chunk in self._synthesiser.speak(text, voice=voice):
            sound += convert.push(chunk.audio)
            words += chunk.words
        sound += convert.flush()
        letters = letters_of(words, total_ms=speaks.ms_for(len(sound)))
        spoken = self._spoken[text, speaks, voice] = Spoken(text, bytes(sound), tuple(words), letters, speaks)
        return spoken
