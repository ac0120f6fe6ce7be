"""A voice, an ear and a detector whose sound is easy to reason about: a letter is 60 ms long, and says which it is."""

from collections.abc import AsyncIterator

from bakame.audio.format import SILENCE_FRAME, TELEPHONE, AudioFormat
from bakame.errors import Unavailable
from bakame.learning.expect import Expect
from bakame.ports.speech import Hypothesis, SpeechChunk, Voice, WordTime

LETTER_MS = 60


class LetterVoice:
    """Implements `ports.speech.Synthesiser`. `broken` makes it fail."""

    name = "letters"
    format: AudioFormat = TELEPHONE

    def __init__(self) -> None:
        self.said: list[tuple[str, Voice]] = []
        self.broken = False

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        if self.broken:
            raise Unavailable("the voice is gone")
        self.said.append((text, voice))
        at = 0
        for word in text.split():
            size = (len(word) + 1) * LETTER_MS
            yield SpeechChunk(word_sound(word), (WordTime(word, at),))
            at += size


def word_sound(word: str) -> bytes:
    """The word's sound in telephone format; loud throughout."""
    return b"".join(bytes([0x10 + ord(letter) % 96]) * TELEPHONE.bytes_for(LETTER_MS) for letter in word + " ")


class LoudActivity:
    """Implements `ports.speech.VoiceActivity`: whatever is not silence is speech."""

    def is_speech(self, frame: bytes) -> bool:
        return frame != SILENCE_FRAME


class ScriptedEar:
    """Implements `ports.speech.Recogniser`: hears what it was told, in order; afterwards nothing but noise."""

    name = "script"

    def __init__(self, *hypotheses: Hypothesis | str) -> None:
        self._next = [one if isinstance(one, Hypothesis) else Hypothesis(one, 0.9) for one in hypotheses]
        self.asked: list[tuple[bytes, Expect]] = []
        self.broken = False

    async def recognise(self, audio: bytes, *, expect: Expect) -> Hypothesis:
        self.asked.append((audio, expect))
        if self.broken:
            raise Unavailable("the ear is gone")
        return self._next.pop(0) if self._next else Hypothesis("", 0.0)
