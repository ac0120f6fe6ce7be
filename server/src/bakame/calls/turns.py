"""Who has the floor: where the caller's speech begins and ends, frame by frame, without a clock.

One `Endpointer` a call. It is fed the verdict of the voice activity detector for each 20 ms frame of the caller's
sound; time is the count of frames, so late or bunched frames change nothing.
"""

from collections import deque
from enum import Enum, auto
from typing import Final

from bakame.audio.format import FRAME_MS
from bakame.learning.expect import AnswerKind, Expect

PREROLL_MS: Final = 300
"""Sound kept from before the speech was noticed, so that no first consonant is clipped."""
LONGEST_MS: Final = 12_000
"""An utterance is cut here; a room that never falls silent must not hold the floor for ever."""

_WINDOW_FRAMES: Final = 15
"""The last 300 ms, in which enough frames must be speech for it to count as begun."""
_END_MS: Final = {
    AnswerKind.YES_NO: 500,
    AnswerKind.CHOICE: 600,
    AnswerKind.INTEGER: 800,
    AnswerKind.DECIMAL: 900,
    AnswerKind.FRACTION: 900,
    AnswerKind.NAME: 700,
    AnswerKind.OPEN: 1_200,
    AnswerKind.NOTHING: 600,
}
"""Silence that ends an utterance. Numbers are said in pieces ("fifty … six"), so they wait longer than a yes."""


class Floor(Enum):
    """What a frame changed."""

    SAME = auto()
    TAKEN = auto()
    """The caller began to speak; the sound began up to `PREROLL_MS` earlier."""
    YIELDED = auto()
    """The caller finished; `Endpointer.take` has the utterance."""


class Endpointer:
    """Cuts the caller's sound into utterances.

    The onset is so much speech within 300 ms: a little in the tutor's silence, more while the tutor speaks, where
    a cough or an "mm" must not stop it.
    """

    def __init__(self, *, quiet_onset_ms: int = 100, barge_onset_ms: int = 220) -> None:
        self._quiet_onset_ms = quiet_onset_ms
        self._barge_onset_ms = barge_onset_ms
        self._end_frames = _END_MS[AnswerKind.OPEN] // FRAME_MS
        self._recent: deque[bool] = deque(maxlen=_WINDOW_FRAMES)
        self._preroll: deque[bytes] = deque(maxlen=(PREROLL_MS + 300) // FRAME_MS)
        self._utterance: list[bytes] = []
        self._silent_run = 0
        self._speech_frames = 0
        self.speaking = False

    def expect(self, expect: Expect) -> None:
        """How long a pause may be inside the answer to this question."""
        self._end_frames = _END_MS[expect.kind] // FRAME_MS

    def feed(self, frame: bytes, *, speech: bool, tutor_speaks: bool) -> Floor:
        """One frame of the caller's sound and whether it holds speech."""
        if not self.speaking:
            self._preroll.append(frame)
            self._recent.append(speech)
            onset_ms = self._barge_onset_ms if tutor_speaks else self._quiet_onset_ms
            if not speech or sum(self._recent) * FRAME_MS < onset_ms:
                return Floor.SAME
            self.speaking = True
            self._utterance = list(self._preroll)
            self._speech_frames = sum(self._recent)
            self._silent_run = 0
            return Floor.TAKEN
        self._utterance.append(frame)
        self._silent_run = 0 if speech else self._silent_run + 1
        self._speech_frames += speech
        if self._silent_run < self._end_frames and len(self._utterance) * FRAME_MS < LONGEST_MS:
            return Floor.SAME
        self.speaking = False
        self._recent.clear()
        self._preroll.clear()
        return Floor.YIELDED

    def take(self) -> tuple[bytes, int]:
        """The finished utterance in telephone format, and how much of it was speech, in milliseconds."""
        audio, speech_ms = b"".join(self._utterance), self._speech_frames * FRAME_MS
        self._utterance, self._speech_frames = [], 0
        return audio, speech_ms
