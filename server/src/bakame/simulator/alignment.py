"""What a caller heard, held against what was sent: gaps, missing beginnings, lost and repeated sound, waits.

Both sounds are mu-law at 8 kHz. The heard one is a time line from the moment the call was answered; the sent one has no
time, only order, and `cuts`, behind which what was not played yet was dropped on purpose (`tracking.align`).

Lengths follow from how far one sound is behind the other before and after, so they are exact to the sample wherever the
sound on both sides is recognised; `at_ms` is as coarse as 5 ms. What is shorter than a packet of 20 ms may be missed:
underruns of the carrier's buffer are exact in `Playout.gaps`. Exact repetitions in the sent sound cannot be told apart,
and are taken in order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from bakame.simulator.tracking import FINE, PER_MS, Run, SentSound, Sound, align

NEAR_TALK: Final = 100 * PER_MS
EDGE: Final = 2 * FINE
FULL_VOICE: Final = 16.0
"""At full voice an edge has at least this part of the power around it: 12 dB less."""
CONTINUOUS: Final = 400 * PER_MS
"""Silence of up to 400 ms between two sounds that follow each other is a gap; longer, a pause, unless it splits one."""
UTTERANCE_PAUSE: Final = 300 * PER_MS
"""Sent silence behind which an utterance begins."""
SLIGHT: Final = PER_MS
"""What is shorter than a millisecond is the rounding of clocks."""
LEAST_LOST: Final = 2
"""Blocks of 5 ms: one alone may be the same sound, only badly coded."""
BREATH: Final = 200 * PER_MS
"""A shorter silence does not end a spell of talk."""
TAIL_MS: Final = 1500.0
"""A voice that is cut off may still be heard for so long while the caller waits."""
STOPPED_MS: Final = 5000.0
"""A voice that goes on for longer after the caller began was not stopped by that."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something the caller did that wants an answer, in milliseconds since the call was answered."""

    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of time: when it began, since the call was answered, and how long it was, in milliseconds."""

    at_ms: float
    length_ms: float


@dataclass(frozen=True, slots=True)
class BargeIn:
    """The caller began something while the tutor spoke. `silent_after_ms`: until the voice stopped; None: never."""

    at_ms: float
    silent_after_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardReport:
    """What one caller heard of what was sent. All times in milliseconds, since the call was answered.

    `talk_ms`: sound of the tutor's, pauses left out. `gaps`: silence put into talk. `clipped_starts`: what was missing
    at the beginning of an utterance. `lost`: sent sound in whose place was something else, silence or concealment.
    `skipped`: sent sound that was left out, so that what follows came earlier. `repeated`: sound that was heard again.
    `silences`: all stretches of 200 ms and more between two sounds. `waits`: after each act of the caller's, the
    silence until the tutor's next sound. `barge_ins`: acts of the caller's while the tutor spoke.
    """

    heard_ms: float
    talk_ms: float
    gaps: tuple[Spell, ...] = ()
    clipped_starts: tuple[Spell, ...] = ()
    lost: tuple[Spell, ...] = ()
    skipped: tuple[Spell, ...] = ()
    repeated: tuple[Spell, ...] = ()
    silences: tuple[Spell, ...] = ()
    waits: tuple[Spell, ...] = ()
    barge_ins: tuple[BargeIn, ...] = ()

    @property
    def gaps_ms(self) -> float:
        """All gaps together."""
        return _total_ms(self.gaps)

    @property
    def gap_share(self) -> float:
        """Gaps as a part of speech, 0 to 1."""
        return self.gaps_ms / (self.talk_ms + self.gaps_ms) if self.gaps else 0.0

    @property
    def lost_share(self) -> float:
        """What was lost, skipped or clipped as a part of speech, 0 to 1."""
        missing_ms = _total_ms(self.lost) + _total_ms(self.skipped) + _total_ms(self.clipped_starts)
        return missing_ms / (self.talk_ms + missing_ms) if missing_ms else 0.0

    @property
    def longest_wait_ms(self) -> float:
        """The longest silence while the tutor owed an answer."""
        return max((wait.length_ms for wait in self.waits), default=0.0)

    @property
    def longest_silence_ms(self) -> float:
        """The longest silence between two sounds, the caller's time to think included."""
        return max((silence.length_ms for silence in self.silences), default=0.0)

    def as_json(self) -> dict[str, object]:
        """All fields, and what follows from them, for one line of JSON."""
        return {
            **asdict(self),
            "gaps_ms": self.gaps_ms,
            "gap_share": round(self.gap_share, 5),
            "lost_share": round(self.lost_share, 5),
            "longest_wait_ms": self.longest_wait_ms,
            "longest_silence_ms": self.longest_silence_ms,
        }

    def summary(self) -> str:
        """One line for a person."""
        return (
            f"Heard {self.talk_ms / 1000:.1f} s of talk in {self.heard_ms / 1000:.1f} s: {len(self.gaps)} gaps "
            f"({self.gap_share:.2%} of it), {self.lost_share:.2%} lost, {len(self.clipped_starts)} clipped beginnings; "
            f"longest wait for an answer {self.longest_wait_ms / 1000:.1f} s."
        )


def heard_report(*, sent: SentSound, heard: bytes, acts: Sequence[Act] = ()) -> HeardReport:
    """The report of one call, or of the part of it that has passed."""
    sounds = (Sound(sent.audio), Sound(heard))
    reading = _Reading(*sounds, sent.cuts)
    reading.read(align(sent, heard))
    talk = _Talk(sounds[1])
    return HeardReport(
        heard_ms=len(heard) / PER_MS,
        talk_ms=reading.talk_ms,
        gaps=tuple(reading.gaps),
        clipped_starts=tuple(reading.clipped),
        lost=tuple(reading.lost),
        skipped=tuple(reading.skipped),
        repeated=tuple(reading.repeated),
        silences=tuple(talk.silences()),
        waits=tuple(talk.waits(acts)),
        barge_ins=tuple(talk.barge_ins(acts, reading.stops)),
    )


def _total_ms(spells: Sequence[Spell]) -> float:
    return sum(spell.length_ms for spell in spells)


def _spell(start: int, length: int) -> Spell:
    return Spell(start / PER_MS, length / PER_MS)


class _Reading:
    """Reads from the runs what happened between them. Positions and lengths are samples."""

    def __init__(self, sent: Sound, heard: Sound, cuts: Sequence[int]) -> None:
        self._sent = sent
        self._heard = heard
        self._cuts = cuts
        self.talk_ms = 0.0
        self.gaps: list[Spell] = []
        self.clipped: list[Spell] = []
        self.lost: list[Spell] = []
        self.skipped: list[Spell] = []
        self.repeated: list[Spell] = []
        self.stops: list[float] = []
        """When a voice was stopped by a cut, in milliseconds."""

    def read(self, runs: Sequence[Run]) -> None:
        for before, after in pairwise([Run(0, 0, 0), *runs]):
            self._between(before, after)
            loud = self._heard.loud_blocks(after.heard, after.heard_end)
            self.talk_ms += int(np.count_nonzero(loud)) * FINE / PER_MS
        if runs:
            self._stopped(runs[-1], [cut for cut in self._cuts if cut > runs[-1].sent_end])

    def _between(self, before: Run, after: Run) -> None:
        if after.sent < before.sent_end - LEAST_LOST * FINE:
            self.repeated.append(_spell(after.heard, before.sent_end - after.sent))
            return
        cuts = [cut for cut in self._cuts if before.sent_end - FINE <= cut <= after.sent + FINE]
        if cuts:
            self._stopped(before, cuts)
            self._begins(max(cuts[-1], before.sent_end), after)
            return
        border = self._border(before, after)
        if border is not None:
            self._lose(before, border - before.sent_end)
            self._begins(border, after)
            return
        silence, missing = after.heard - before.heard_end, after.sent - before.sent_end
        self._lose(before, min(silence, missing))
        if missing - silence >= SLIGHT:
            self.skipped.append(_spell(after.heard, missing - silence))
        if silence - missing >= SLIGHT:
            self.gaps.append(_spell(before.heard_end, silence - missing))

    def _stopped(self, before: Run, cuts: Sequence[int]) -> None:
        if cuts and self._sent.has_sound(before.sent_end, cuts[0]):
            self.stops.append(before.heard_end / PER_MS)

    def _begins(self, border: int, after: Run) -> None:
        """An utterance whose sound begins behind `border` is heard from `after` on."""
        onset = self._sent.next_sound(border)
        # A click that stands alone is no beginning of a word.
        while onset < after.sent and np.count_nonzero(self._sent.loud_blocks(onset, onset + 4 * FINE)) < LEAST_LOST:
            onset = self._sent.next_sound(onset + FINE)
        if after.sent - onset >= LEAST_LOST * FINE:
            self.clipped.append(_spell(after.heard, after.sent - onset))

    def _lose(self, before: Run, length: int) -> None:
        """Of a missing length, what lies between its first and its last sound."""
        at = np.flatnonzero(self._sent.loud_blocks(before.sent_end, before.sent_end + length))
        if at.size >= LEAST_LOST:
            first, last = int(at[0]), int(at[-1]) + 1
            whole = last == length // FINE and first == 0
            self.lost.append(_spell(before.heard_end + first * FINE, length if whole else (last - first) * FINE))

    def _border(self, before: Run, after: Run) -> int | None:
        """Where, in what was sent between two runs, a new utterance begins; None when none does.

        It begins behind a long silence; also with what comes so late that it must be something new.
        """
        if not before.length:
            return 0
        start, end = before.sent_end, after.sent
        loud = np.concatenate(([True], self._sent.loud_blocks(start, end), [True]))
        edges = np.flatnonzero(loud)
        pauses = [right for left, right in pairwise(edges) if (right - left - 1) * FINE >= UTTERANCE_PAUSE]
        if pauses:
            return min(end, start + (int(pauses[-1]) - 1) * FINE)
        late = after.lag - before.lag
        return start if late > CONTINUOUS and not self._splits(start, end) else None

    def _splits(self, end: int, start: int) -> bool:
        """Whether the sound was broken off at full voice and goes on at full voice: words end and begin softly."""
        if start - end > NEAR_TALK:
            return False
        whole = max(self._sent.energy(end - NEAR_TALK, end), self._sent.energy(start, start + NEAR_TALK)) / NEAR_TALK
        ends = self._sent.energy(end - EDGE, end) / EDGE
        begins = self._sent.energy(start, start + EDGE) / EDGE
        return min(ends, begins) * FULL_VOICE > whole


class _Talk:
    """When the caller's ear heard anything, and when nothing."""

    def __init__(self, heard: Sound) -> None:
        self._end_ms = heard.size / PER_MS
        loud = heard.loud_blocks(0, heard.size)
        at = np.flatnonzero(loud)
        breaks = np.flatnonzero(np.diff(at) * FINE > BREATH) if at.size else at
        starts = at[np.concatenate(([0], breaks + 1))] if at.size else at
        ends = at[np.concatenate((breaks, [at.size - 1]))] + 1 if at.size else at
        per_ms = FINE / PER_MS
        self._spells = [(int(a) * per_ms, int(b) * per_ms) for a, b in zip(starts, ends, strict=True)]

    def silences(self) -> Iterator[Spell]:
        for (_, end), (start, _) in pairwise(self._spells):
            yield Spell(end, start - end)

    def waits(self, acts: Sequence[Act]) -> Iterator[Spell]:
        for act, following in zip(acts, [*acts[1:], None], strict=False):
            latest_ms = following.from_ms if following is not None else self._end_ms
            from_ms = act.to_ms
            spell = self._spell_at(from_ms)
            if spell is not None:
                if spell[1] - from_ms > TAIL_MS:
                    continue
                from_ms = spell[1]
            answer_ms = next((start for start, _ in self._spells if start >= from_ms), latest_ms)
            yield Spell(from_ms, max(0.0, min(answer_ms, latest_ms) - from_ms))

    def barge_ins(self, acts: Sequence[Act], stops_ms: Sequence[float]) -> Iterator[BargeIn]:
        for act in acts:
            if self._spell_at(act.from_ms) is not None:
                stop_ms = next((stop for stop in stops_ms if stop >= act.from_ms), None)
                silent = stop_ms is not None and stop_ms - act.from_ms <= STOPPED_MS
                yield BargeIn(act.from_ms, stop_ms - act.from_ms if silent and stop_ms is not None else None)

    def _spell_at(self, ms: float) -> tuple[float, float] | None:
        return next(((start, end) for start, end in self._spells if start <= ms < end), None)
