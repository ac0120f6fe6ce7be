"""A live recogniser that understands a word each quarter of a second of the caller's sound, as it was told to."""

import asyncio

from bakame.audio.format import FRAME_MS, SILENCE_FRAME
from bakame.errors import Unavailable
from bakame.learning.expect import Expect
from bakame.ports.speech import Hypothesis

WORD_MS = 240


class LiveWords:
    """Implements `ports.speech.LiveHearing`. `dead` makes it fail, `hung` never answer."""

    def __init__(self, *utterances: str) -> None:
        self._utterances = list(utterances)
        self._loud_ms = 0
        self.frames: list[bytes] = []
        self.finished = 0
        self.dead = False
        self.hung = False
        self.closed = False

    def hears(self, frame: bytes) -> None:
        self.frames.append(frame)
        self._loud_ms += FRAME_MS * (frame != SILENCE_FRAME)

    @property
    def interim(self) -> str:
        if self.dead or not self._utterances:
            return ""
        return " ".join(self._utterances[0].split()[: self._loud_ms // WORD_MS])

    async def finish(self, *, expect: Expect) -> Hypothesis:
        self.finished += 1
        if self.hung:
            await asyncio.Event().wait()
        if self.dead:
            raise Unavailable("the live ear is gone")
        await asyncio.sleep(0.1)
        heard, self._loud_ms = self.interim, 0
        if self._utterances and heard:
            self._utterances.pop(0)
        return Hypothesis(heard, 0.95 if heard else 0.0)

    async def close(self) -> None:
        self.closed = True


class LiveEar:
    """Implements `ports.speech.LiveRecogniser`, for one call."""

    name = "live"

    def __init__(self, words: LiveWords) -> None:
        self.words = words

    def listen(self, *, language: str, hints: tuple[str, ...] = ()) -> LiveWords:
        return self.words
