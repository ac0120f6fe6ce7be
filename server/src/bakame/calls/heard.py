"""Where the caller's ear is, to the word.

Every few frames a mark is sent behind the sound; the carrier echoes it when the sound before it was played. So the ear
is known from the caller's side of the wire, not from what was sent. After a clear the carrier echoes the marks that it
dropped: those mean nothing, and are told apart by name.

Sans-I/O: times are arguments, in seconds of one monotonic clock.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bakame.audio.format import FRAME_MS
from bakame.ports.speech import WordTime
from bakame.ports.voice import Heard

MARK_EVERY_FRAMES: Final = 6
"""A mark each 120 ms of sound."""


@dataclass(slots=True)
class _Utterance:
    number: int
    words: list[WordTime] = field(default_factory=list[WordTime])
    wording: str | None = None
    queued_frames: int = 0
    total_frames: int | None = None
    sent_frames: int = 0
    played_frames: int = 0
    _middles_of: tuple[int, str | None, int] = (0, None, -1)
    _middles: list[int] = field(default_factory=list[int])
    _said: list[WordTime] = field(default_factory=list[WordTime])

    @property
    def complete(self) -> bool:
        return self.total_frames is not None and self.played_frames >= self.total_frames

    def heard(self, *, cut: bool = False) -> Heard:
        played_ms = self.played_frames * FRAME_MS
        return Heard(self.number, played_ms, self.text(played_ms), self.complete, cut and not self.complete)

    def text(self, played_ms: int) -> str:
        """The words of which more than half was played; all of them when the utterance is complete."""
        if self.complete:
            return self.wording or " ".join(word.word for word in self.words)
        total_ms = FRAME_MS * self.queued_frames
        state = (len(self.words), self.wording, total_ms)
        if state != self._middles_of:
            self._middles_of = state
            self._said = self.words
            if self.wording is not None and not self.words:
                self._said = spread(self.wording, start_ms=0, total_ms=total_ms)
            ends = [*(word.start_ms for word in self._said[1:]), total_ms]
            self._middles = [
                (word.start_ms + max(end_ms, word.start_ms)) // 2
                for word, end_ms in zip(self._said, ends, strict=False)
            ]
        heard = bisect_left(self._middles, played_ms)
        return " ".join([word.word for word in self._said[:heard]])


def spread(text: str, *, start_ms: int, total_ms: int) -> list[WordTime]:
    """The words of `text` over `total_ms` of sound that begin at `start_ms`, each as long as its share of the letters.

    For engines that give no times.
    """
    words = text.split()
    letters = sum(len(word) + 1 for word in words)
    said = 0
    times: list[WordTime] = []
    for word in words:
        times.append(WordTime(word, start_ms + total_ms * said // letters))
        said += len(word) + 1
    return times


class _Mark(NamedTuple):
    name: str
    utterance: int
    frame: int
    ends_s: float


class Ear:
    """One stream's ledger of sound sent, played and dropped."""

    def __init__(self) -> None:
        self._utterances: dict[int, _Utterance] = {}
        self._outstanding: deque[_Mark] = deque()
        self._dropped: set[str] = set()
        self._marks = 0
        self._since_mark = 0
        self._last_echo_at = 0.0
        self._last = 0
        self._ends_s = 0.0
        self.echo_late_ms = 0.0
        """How much later than its sound the last mark came back."""
        self.marks_lost = 0
        self.frames_played = 0

    def queued(self, utterance: int, frames: int, words: Iterable[WordTime]) -> None:
        """So many frames more of this utterance wait to be sent; the words in them, with their places in it."""
        entry = self._utterance(utterance)
        entry.queued_frames += frames
        entry.words.extend(words)

    def worded(self, utterance: int, text: str) -> None:
        """The whole text of an utterance that comes without its words' times. Too late for one that was all heard."""
        if utterance in self._utterances or utterance > self._last:
            self._utterance(utterance).wording = text

    def closed(self, utterance: int, total_frames: int, now: float) -> str | None:
        """The utterance is `total_frames` long and no more will come.

        The name of a mark to send at once, when its last frame went out before this was known.
        """
        entry = self._utterance(utterance)
        entry.total_frames = total_frames
        # Behind sound that was played long ago the mark is due now, not when that sound ended.
        return self._mark(entry, now, max(now, self._ends_s)) if entry.sent_frames >= total_frames else None

    def sent(self, utterance: int, now: float, *, ends_s: float) -> str | None:
        """One frame of it went out, which ends in the ear at `ends_s` if the carrier plays without a break.

        The name of a mark to send behind it, when one is due.
        """
        self._ends_s = ends_s
        entry = self._utterance(utterance)
        entry.sent_frames += 1
        self._since_mark += 1
        last = entry.total_frames is not None and entry.sent_frames >= entry.total_frames
        if not last and self._since_mark < MARK_EVERY_FRAMES:
            return None
        return self._mark(entry, now, ends_s)

    def ran_dry(self, now: float) -> str | None:
        """Nothing more waits to be sent. The name of a mark to send, unless the last frame has one already."""
        if not self._since_mark:
            return None
        last = next((entry for entry in reversed(self._utterances.values()) if entry.sent_frames), None)
        return None if last is None else self._mark(last, now, self._ends_s)

    def echoed(self, name: str, now: float) -> list[Heard]:
        """A mark came back; what that tells, oldest first. Nothing for a dropped, unknown or repeated mark.

        The carrier plays in order, so a mark that overtakes a lost one vouches for that one too.
        """
        if name in self._dropped:
            self._dropped.discard(name)
            return []
        if not self._outstanding or (
            self._outstanding[0].name != name and not any(mark.name == name for mark in self._outstanding)
        ):
            return []
        moved: dict[int, _Utterance] = {}
        while self._outstanding:
            mark = self._outstanding.popleft()
            entry = self._utterance(mark.utterance)
            self.frames_played += mark.frame - entry.played_frames
            entry.played_frames = mark.frame
            moved[mark.utterance] = entry
            if mark.name == name:
                self.echo_late_ms = (now - mark.ends_s) * 1000
                break
            self.marks_lost += 1
        self._last_echo_at = now
        heard = [entry.heard() for entry in moved.values()]
        self._forget()
        return heard

    def cleared(self, now: float) -> list[Heard]:
        """All that was not played is dropped; for each utterance that loses something, how far the ear came.

        Between the last echo and now the carrier went on playing, in real time, what it had.
        """
        self._dropped.update(mark.name for mark in self._outstanding)
        self._outstanding.clear()
        self._since_mark = 0
        unheard = [entry for entry in self._utterances.values() if not entry.complete]
        self._play_on(now)
        self._utterances.clear()
        return [entry.heard(cut=True) for entry in unheard]

    def rewound(self, now: float) -> int:
        """What was sent and not played is taken back, to be sent again: how many frames that are."""
        self._dropped.update(mark.name for mark in self._outstanding)
        self._outstanding.clear()
        self._since_mark = 0
        self._play_on(now)
        back = 0
        for entry in self._utterances.values():
            back += entry.sent_frames - entry.played_frames
            entry.sent_frames = entry.played_frames
        return back

    def _play_on(self, now: float) -> None:
        """Counts what the carrier has played, in real time, since the last echo."""
        budget = max(0, int((now - self._last_echo_at) * 1000 / FRAME_MS + 1e-6))
        for entry in self._utterances.values():
            more = min(budget, entry.sent_frames - entry.played_frames)
            budget -= more
            entry.played_frames += more
            self.frames_played += more

    @property
    def playing(self) -> bool:
        """Whether sound that went out has not been vouched for yet."""
        return bool(self._outstanding)

    def _mark(self, entry: _Utterance, now: float, ends_s: float) -> str:
        self._since_mark = 0
        self._marks += 1
        name = f"m{self._marks}"
        if not self._outstanding:
            self._last_echo_at = now
        self._outstanding.append(_Mark(name, entry.number, entry.sent_frames, ends_s))
        return name

    def _utterance(self, number: int) -> _Utterance:
        entry = self._utterances.get(number)
        if entry is None:
            entry = self._utterances[number] = _Utterance(number)
            self._last = max(self._last, number)
        return entry

    def _forget(self) -> None:
        for number in [number for number, entry in self._utterances.items() if entry.complete]:
            del self._utterances[number]
