"""The tutor's own voice, come back from the caller's handset, told from the caller's voice.

A handset on loudspeaker sends back what it plays, a little later and a little fainter. Two parts, one of each a call,
sans-I/O: `EarTape` knows how loud the sound is that is at the ear now, and `EchoGuard` learns from it and the caller's
frames how much of it comes back and when, and asks for more than that before a frame counts as the caller's. Levels are
in dBov, one for each 20 ms frame.
"""

from collections import deque
from dataclasses import dataclass, field
from math import log10
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bakame.audio import g711
from bakame.audio.format import FRAME_BYTES, FRAME_MS

FLOOR_DB: Final = -66.0
"""What stands for everything softer: line noise, and silence."""
SOUND_DB: Final = -50.0
"""The tutor's sound is heard at all from here on."""
FIRST_COUPLING_DB: Final = -10.0
"""So much of the tutor's sound may come back while nothing is known: the worst handsets."""
MARGIN_DB: Final = 5.0
"""The caller is that much louder than the echo that is predicted."""
MOST_EXTRA_DB: Final = 9.0
MOST_LAG: Final = 32
"""Frames: 640 ms, for the way there, the room and the way back."""

_OVERLOAD_DB: Final = 20 * log10(32768.0)
_SLACK_FRAMES: Final = 2
_MARKS: Final = 6
"""So many marks in a row, over 700 ms."""
_WINDOW: Final = 75
"""Frames: 1.5 s, in which an echo shows as a likeness of envelopes."""
_LEARN_EVERY: Final = 20
_LIKE: Final = 0.72
_LEAST_LOUD: Final = 25
_BOUND_FRAMES: Final = 20
_KEPT: Final = 2 * (_WINDOW + MOST_LAG)
_RISE_DB: Final = 0.4
"""How fast the bound is forgotten, each time it is looked at: somebody may have put the handset down."""

_Levels = NDArray[np.float64]
_LINEAR: Final = g711.decode(bytes(range(256))).astype(np.float32)


def levels(audio: bytes) -> list[float]:
    """The level of each whole telephone frame in mu-law."""
    whole = len(audio) // FRAME_BYTES
    if not whole:
        return []
    sound = _LINEAR[np.frombuffer(audio, np.uint8, whole * FRAME_BYTES)].reshape(whole, FRAME_BYTES)
    power = np.vecdot(sound, sound) / FRAME_BYTES
    found: _Levels = np.maximum(FLOOR_DB, 10 * np.log10(np.maximum(power, 1e-3)) - _OVERLOAD_DB)
    return found.tolist()


def level_db(frame: bytes) -> float:
    """The level of one frame of mu-law; of none, silence."""
    sound = _LINEAR.take(np.frombuffer(frame, np.uint8))
    power = float(sound.dot(sound)) / len(frame) if frame else 0.0
    return max(FLOOR_DB, 10 * log10(power) - _OVERLOAD_DB) if power else FLOOR_DB


@dataclass(slots=True)
class _Reel:
    """One utterance's levels, and its sound that fills no frame yet."""

    utterance: int
    levels: list[float] = field(default_factory=list[float])
    carried: bytes = b""
    played: int = 0


class EarTape:
    """What is at the caller's ear now, by what was sent and by where the ear was last known to be.

    Sound runs evenly; marks come back late, now more and now less. So the tape runs by itself and believes the fastest
    marks: one that is ahead of it at once, those that are behind it when all of the last few were.
    """

    def __init__(self) -> None:
        self._reels: deque[_Reel] = deque()
        self._held = False
        self._idle = True
        self._wait = 0
        self._late = 0
        self._ahead: deque[int] = deque(maxlen=_MARKS)

    def sent(self, utterance: int, audio: bytes) -> None:
        """More of the tutor's sound, in telephone format."""
        if not self._reels or self._reels[-1].utterance != utterance:
            self._reels.append(_Reel(utterance))
        reel = self._reels[-1]
        sound = reel.carried + audio if reel.carried else audio
        whole = len(sound) - len(sound) % FRAME_BYTES
        reel.levels.extend(levels(sound[:whole]))
        reel.carried = sound[whole:]

    def moved(self, utterance: int, played_ms: int) -> None:
        """So much of this utterance was heard by now; all utterances before it were heard."""
        if not any(reel.utterance == utterance for reel in self._reels):
            return
        while self._reels[0].utterance != utterance:
            self._reels.popleft()
        reel = self._reels[0]
        ahead = reel.played - played_ms // FRAME_MS
        self._ahead.append(ahead)
        if ahead < 0:
            self._shift(reel, ahead)
        elif len(self._ahead) == _MARKS and min(self._ahead) >= _SLACK_FRAMES:
            self._shift(reel, min(self._ahead))

    def hold(self) -> None:
        """The ear hears nothing more."""
        self._held = True

    def resume(self) -> None:
        """It goes on where it was."""
        self._held, self._idle = False, True

    def clear(self) -> None:
        """All that was not heard is dropped."""
        self._held, self._idle = False, True
        self._reels.clear()
        self._ahead.clear()

    def next(self) -> float:
        """The level at the ear in the next 20 ms."""
        if self._held:
            return FLOOR_DB
        reels = self._reels
        while len(reels) > 1 and reels[0].played >= len(reels[0].levels):
            reels.popleft()
            self._ahead.clear()
        if not reels or reels[0].played >= len(reels[0].levels):
            # More of it may come; marks say where the ear is meanwhile.
            self._idle = True
            return FLOOR_DB
        if self._idle:
            self._idle, self._wait = False, self._late
        if self._wait:
            self._wait -= 1
            return FLOOR_DB
        reel = reels[0]
        reel.played += 1
        return reel.levels[reel.played - 1]

    def _shift(self, reel: _Reel, frames: int) -> None:
        """The ear is so many frames behind; and as late will be what is said after a silence."""
        reel.played = max(0, reel.played - frames)
        self._late = min(MOST_LAG, max(0, self._late + frames))
        self._ahead.clear()


class EchoGuard:
    """Says of each frame of the caller's whether there is more in it than the tutor's echo.

    While nothing is known the worst is assumed. How loud the caller's side was when the tutor was loud bounds the echo
    from above (`coupling_db`); where the two envelopes are alike, that tells its delay (`lag`) and its level exactly.
    """

    def __init__(self) -> None:
        self._tutor: list[float] = []
        self._caller: list[float] = []
        self._since_sound = MOST_LAG + 1
        self._since_learnt = 0
        self._doubted = 0
        self._bound_db = FIRST_COUPLING_DB
        self._locked_db: float | None = None
        self._extra_db = 0.0
        self._excess_db = self._noticed_db = 0.0
        self.lag: int | None = None
        """Frames from the ear to the echo; None while the envelopes were never alike."""

    @property
    def coupling_db(self) -> float:
        """How much fainter than the tutor's sound its echo is thought to be, at the loudest."""
        return self._bound_db if self._locked_db is None else min(self._bound_db, self._locked_db)

    def is_callers(self, frame: bytes, tutor_db: float, *, talking: bool = False) -> bool:
        """Whether `frame` (mu-law) is not just echo. `tutor_db`: the level at the ear now, `EarTape.next()`.

        `talking`: the caller is known to be speaking, so that softer syllables are theirs too.
        """
        self._since_sound = 0 if tutor_db > SOUND_DB else self._since_sound + 1
        if self._since_sound > MOST_LAG + 2:
            if self._tutor:
                self._tutor.clear()
                self._caller.clear()
            return True
        tutor, caller = self._tutor, self._caller
        caller_db = level_db(frame)
        tutor.append(tutor_db)
        caller.append(caller_db)
        if len(tutor) > _KEPT:
            del tutor[: _KEPT // 2], caller[: _KEPT // 2]
        self._doubted -= self._doubted > 0
        self._since_learnt += 1
        if self._since_learnt >= _LEARN_EVERY:
            self._since_learnt = 0
            self._bound()
            self._lock()
        self._excess_db = caller_db - self._loudest(tutor) - self.coupling_db
        return self._excess_db > (0.0 if talking else MARGIN_DB + self._extra_db)

    def noticed(self) -> None:
        """The newest frame made the tutor fall silent."""
        self._noticed_db = self._excess_db + self.coupling_db - FIRST_COUPLING_DB

    def mistaken(self) -> None:
        """What was noticed came to nothing. When the worst of handsets explains it, what was learnt is forgotten."""
        if self._noticed_db > 2 * MARGIN_DB:
            return
        self._extra_db = min(MOST_EXTRA_DB, self._extra_db + 3.0)
        self._bound_db, self._doubted = FIRST_COUPLING_DB, _BOUND_FRAMES + MOST_LAG
        self._locked_db = self.lag = None

    def confirmed(self) -> None:
        """It was the caller indeed."""
        self._extra_db = max(0.0, self._extra_db - 3.0)

    def _loudest(self, tutor: list[float]) -> float:
        """The loudest sound whose echo may be in the newest frame."""
        if self.lag is None:
            return max(tutor[-MOST_LAG - 1 :])
        newest = len(tutor) - max(0, self.lag - 2)
        return max(tutor[max(0, newest - 6) : newest], default=FLOOR_DB)

    def _bound(self) -> None:
        """An echo is never louder than all that came from the caller since its sound was at the ear."""
        self._bound_db = min(FIRST_COUPLING_DB, self._bound_db + _RISE_DB)
        if self._doubted or len(self._tutor) < _BOUND_FRAMES + MOST_LAG:
            # What was seen before a mistake does not count.
            return
        told = self._tutor[-_BOUND_FRAMES - MOST_LAG : -MOST_LAG]
        if sum(level > SOUND_DB for level in told) < _BOUND_FRAMES // 2:
            return
        back = max(self._caller[-_BOUND_FRAMES - MOST_LAG :])
        self._bound_db = min(self._bound_db, back - max(told) + 1.0)

    def _lock(self) -> None:
        """Learns delay and level where the last 1.5 s of the caller's side are like the tutor's, shifted."""
        if len(self._tutor) < _WINDOW + MOST_LAG:
            return
        told: _Levels = np.array(self._tutor[-_WINDOW - MOST_LAG :])
        back: _Levels = np.array(self._caller[-_WINDOW:])
        back -= back.mean()
        spread = float(np.dot(back, back))
        if spread < _WINDOW * 4.0:
            return
        shifted = np.lib.stride_tricks.sliding_window_view(told, _WINDOW)
        sums = shifted.sum(axis=1)
        squares = np.vecdot(shifted, shifted) - sums * sums / _WINDOW
        alike = shifted @ back / np.sqrt(np.maximum(squares, 1.0) * spread)
        best = int(alike.argmax())
        if alike[best] < _LIKE or squares[best] < _WINDOW * 9.0:
            return
        source = shifted[best]
        loud = source > SOUND_DB + 10
        if int(loud.sum()) < _LEAST_LOUD:
            return
        ratio = np.array(self._caller[-_WINDOW:])[loud] - source[loud]
        found_db = min(-3.0, float(np.percentile(ratio, 80)))
        lag = MOST_LAG - best
        if self._locked_db is None or self.lag is None or abs(lag - self.lag) > 2:
            self._locked_db = found_db
        else:
            self._locked_db += 0.3 * (found_db - self._locked_db)
        self.lag = lag
