"""Whose turn it is: where the caller's speech begins and ends, and how long this caller wants to be waited for.

One `Endpointer` and one `Pace` a call, without a clock. The endpointer is fed the verdict of the voice activity
detector for each 20 ms frame of the caller's sound; time is the count of frames, so late or bunched frames change
nothing.
"""

from collections import deque
from enum import Enum, auto
from statistics import median
from typing import Final

from bakame.audio.format import FRAME_MS
from bakame.calls.answers import Progress
from bakame.learning.expect import AnswerKind, Expect

PREROLL_MS: Final = 300
"""Sound kept from before the speech was noticed, so that no first consonant is clipped."""
BARGE_ONSET_MS: Final = 120
"""So much speech over the tutor is noticed."""
LONGEST_MS: Final = 12_000
"""An utterance is cut here; a room that never falls silent must not hold the floor for ever."""

_WINDOW_FRAMES: Final = 15
"""The last 300 ms, in which enough frames must be speech for it to count as begun."""
END_MS: Final = {
    AnswerKind.YES_NO: 500,
    AnswerKind.CHOICE: 600,
    AnswerKind.INTEGER: 800,
    AnswerKind.DECIMAL: 900,
    AnswerKind.FRACTION: 900,
    AnswerKind.NAME: 700,
    AnswerKind.OPEN: 1_200,
    AnswerKind.SPELLING: 1_400,
    AnswerKind.DICTATION: 1_200,
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

    The onset is so much speech within 300 ms: a little in the tutor's silence, a little more while the tutor speaks.
    `end_ms`: so much silence ends the utterance; it and `barge_onset_ms` may be changed at any frame.
    """

    def __init__(self, *, quiet_onset_ms: int = 100, barge_onset_ms: int = BARGE_ONSET_MS) -> None:
        self._quiet_onset_ms = quiet_onset_ms
        self.barge_onset_ms = barge_onset_ms
        self._recent: deque[bool] = deque(maxlen=_WINDOW_FRAMES)
        self._preroll: deque[bytes] = deque(maxlen=(PREROLL_MS + 300) // FRAME_MS)
        self._utterance: list[bytes] = []
        self._silent_run = 0
        self._longest_run = 0
        self._speech_frames = 0
        self.speaking = False
        self.end_ms = END_MS[AnswerKind.OPEN]

    @property
    def speech_ms(self) -> int:
        """How much of the utterance so far was speech."""
        return self._speech_frames * FRAME_MS

    @property
    def silence_ms(self) -> int:
        """How long the caller has been silent within the utterance."""
        return self._silent_run * FRAME_MS

    @property
    def longest_pause_ms(self) -> int:
        """The longest silence after which the caller went on, in this utterance or the one that just ended."""
        return self._longest_run * FRAME_MS

    def expect(self, expect: Expect) -> None:
        """The usual pause inside the answer to this question."""
        self.end_ms = END_MS[expect.kind]

    def feed(self, frame: bytes, *, speech: bool, tutor_speaks: bool) -> Floor:
        """One frame of the caller's sound and whether it holds speech."""
        if not self.speaking:
            self._preroll.append(frame)
            self._recent.append(speech)
            onset_ms = self.barge_onset_ms if tutor_speaks else self._quiet_onset_ms
            if not speech or sum(self._recent) * FRAME_MS < onset_ms:
                return Floor.SAME
            self.speaking = True
            self._utterance = list(self._preroll)
            self._speech_frames = sum(self._recent)
            self._silent_run = self._longest_run = 0
            return Floor.TAKEN
        self._utterance.append(frame)
        if speech:
            self._longest_run = max(self._longest_run, self._silent_run)
        self._silent_run = 0 if speech else self._silent_run + 1
        self._speech_frames += speech
        if self._silent_run * FRAME_MS < self.end_ms and len(self._utterance) * FRAME_MS < LONGEST_MS:
            return Floor.SAME
        self._rest()
        return Floor.YIELDED

    def take(self) -> tuple[bytes, int]:
        """The utterance in telephone format, and how much of it was speech, in milliseconds.

        One that has not ended ends here.
        """
        audio, speech_ms = b"".join(self._utterance), self.speech_ms
        self._utterance, self._speech_frames = [], 0
        if self.speaking:
            self._rest()
        return audio, speech_ms

    def _rest(self) -> None:
        self.speaking = False
        self._recent.clear()
        self._preroll.clear()


class _Habit:
    """The median and the spread of the last few of something, told as parts of what is usual (1.0)."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=12)

    def add(self, part: float) -> None:
        self._seen.append(part)

    def enough(self, *, spreads: float, spare: float) -> float:
        """What covers nearly all of them, drawn to 1.0 while little is known."""
        if not self._seen:
            return 1.0
        middle = median(self._seen)
        spread = median(abs(part - middle) for part in self._seen)
        wanted = middle + spreads * 1.48 * spread + spare
        return (_DOUBT + len(self._seen) * wanted) / (_DOUBT + len(self._seen))


_DOUBT: Final = 4
"""So many observations weigh as much as what is usual."""
_LEAST: Final = 0.75
_MOST: Final = 1.8
_MOST_PATIENCE: Final = 2.0
_GOES_ON: Final = 1.5
_COMPLETE: Final = 0.6
SHORTEST_END_MS: Final = 260
LONGEST_END_MS: Final = 2_400
LONGEST_PATIENCE_MS: Final = 12_000
"""A longer patience than this was asked for ("let me think"), and is not ours to change."""


class Pace:
    """How long this caller wants to be waited for: learnt from their own pauses and response times in this call."""

    def __init__(self) -> None:
        self._pauses = _Habit()
        self._responses = _Habit()

    def answered(self, expect: Expect, *, longest_pause_ms: int, response_ms: int | None) -> None:
        """The caller answered `expect` aloud, with no longer pause than that in the answer.

        `response_ms`: from the end of the question to the first sound of the answer, where that is known.
        """
        self._pauses.add(max(0, longest_pause_ms) / END_MS[expect.kind])
        if response_ms is not None and expect.patience_ms <= LONGEST_PATIENCE_MS:
            self._responses.add(min(2.0, max(0, response_ms) / max(1, expect.patience_ms)))

    def cut_short(self, expect: Expect) -> None:
        """The caller went on after we took the answer for finished."""
        self._pauses.add(1.5 * self.end_ms(expect) / END_MS[expect.kind])

    def silent(self, expect: Expect) -> None:
        """The caller did not answer in time."""
        if expect.patience_ms <= LONGEST_PATIENCE_MS:
            self._responses.add(1.0)

    def end_ms(self, expect: Expect, progress: Progress = Progress.UNKNOWN) -> int:
        """The silence that ends an answer to `expect` of which so much is known."""
        habit = min(_MOST, max(_LEAST, self._pauses.enough(spreads=2, spare=0.35)))
        part = {Progress.UNKNOWN: 1.0, Progress.GOES_ON: _GOES_ON, Progress.COMPLETE: _COMPLETE}[progress]
        return min(LONGEST_END_MS, max(SHORTEST_END_MS, round(END_MS[expect.kind] * habit * part)))

    def patience_s(self, expect: Expect) -> float:
        """How long a caller who says nothing is left in peace after the question was heard."""
        if expect.patience_ms > LONGEST_PATIENCE_MS:
            return expect.patience_ms / 1000
        habit = min(_MOST_PATIENCE, max(_LEAST, self._responses.enough(spreads=3, spare=0.2)))
        return min(LONGEST_PATIENCE_MS, expect.patience_ms * habit) / 1000
