"""From characters with times to words with times, over the pieces of one utterance. Sans-I/O.

The vendor's times start anew with each piece, and its pieces end anywhere, also within a word.
"""

from typing import Final

from bakame.ports.speech import WordTime
from bakame.providers.elevenlabs.events import Characters

_WORD_ENDS: Final = frozenset(".?!,;:…")


class Words:
    """The words of one utterance, in order; their times count from its first sample and never go back."""

    def __init__(self) -> None:
        self._sound_ms = 0.0
        self._aligned_ms = 0.0
        self._word = ""
        self._start_ms = 0
        self._text: list[str] = []

    @property
    def text(self) -> str:
        """All characters so far, as they came."""
        return "".join(self._text)

    @property
    def ends_ms(self) -> float:
        """When the last character so far ends."""
        return self._aligned_ms

    def push(self, characters: Characters | None, *, sound_ms: float) -> tuple[WordTime, ...]:
        """The words that are whole after a piece of `sound_ms`.

        A piece starts where the sound so far ends, or the characters so far: some servers cut the two apart.
        """
        base = max(self._sound_ms, self._aligned_ms)
        self._sound_ms += sound_ms
        if characters is None:
            return ()
        words: list[WordTime] = []
        for char, start, duration in zip(characters.chars, characters.starts_ms, characters.durations_ms, strict=True):
            self._text.append(char)
            self._aligned_ms = max(self._aligned_ms, base + start + duration)
            if char.isspace() or not char:
                words += self.flush()
                continue
            if not self._word:
                self._start_ms = max(self._start_ms, round(base + start))
            self._word += char
        if self._word and self._word[-1] in _WORD_ENDS:
            words += self.flush()
        return tuple(words)

    def flush(self) -> tuple[WordTime, ...]:
        """The word that no space has ended yet, when there is one."""
        word, self._word = self._word, ""
        return (WordTime(word, self._start_ms),) if word else ()
