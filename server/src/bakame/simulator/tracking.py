"""Following a heard sound along the sound that was sent: which stretch of the one is which stretch of the other.

Both are mu-law at 8 kHz, compared block by block of 20 ms by correlation after a pre-emphasis, so that a mobile codec,
which leaves the fine shape but not the bass, still counts as the same sound. Where they part, the heard sound is sought
in the sent one: first where it would be if something else had been heard in its place, if silence had been put in, or
if a cut had been made, then nearby, then far.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bakame.audio import g711
from bakame.audio.format import TELEPHONE

Samples = NDArray[np.float64]

PER_MS: Final = TELEPHONE.rate_hz // 1000
BLOCK: Final = 20 * PER_MS
FINE: Final = 5 * PER_MS
QUIET: Final = 24.0
"""Root mean square, after pre-emphasis, below which a block is silence, some -60 dBov: a line only hisses."""
ALIKE: Final = 0.6
"""Correlation from which two blocks are the same sound."""
CLEAR: Final = 0.75
"""Correlation of a template from which a place is taken that nothing but likeness speaks for."""
SURE: Final = 0.9
IN_PLACE_BONUS: Final = 0.1
"""Sound goes on in its place, after something was lost, far more often than anywhere else."""
MOST_CUTS: Final = 4
TEMPLATE: Final = 100 * PER_MS
"""Heard sound that is sought at once. With less, all vowels of one pitch would be the same."""
BURST: Final = 40 * PER_MS
BURST_SOUND: Final = 3
"""Blocks of 10 ms in the first 40 that must sound: less, as the rest of a word that was cut, is like many things."""
CHANCE_MS: Final = 10
CHANCE_SILENCE_MS: Final = 50
NEAR: Final = 1000 * PER_MS
FAR: Final = 60_000 * PER_MS
FAR_EVERY: Final = 1000 * PER_MS
_BATCH: Final = 50
_EMPHASIS: Final = np.convolve((1.0, -1.0), (0.25, 0.5, 0.25))
"""Less of what a mobile codec takes away or blurs: the bass, and what is above 3 kHz. Four samples
long, all of them past, so that sound hardly flows into silence and never into the silence before it."""


@dataclass(frozen=True, slots=True)
class SentSound:
    """Sound as it was sent, end to end; `cuts`: positions, in bytes, up to which what was not played was dropped."""

    audio: bytes
    cuts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """Heard sound that is sent sound: both positions and the length, in samples."""

    heard: int
    sent: int
    length: int

    @property
    def lag(self) -> int:
        return self.heard - self.sent

    @property
    def heard_end(self) -> int:
        return self.heard + self.length

    @property
    def sent_end(self) -> int:
        return self.sent + self.length


class Sound:
    """A sound that can be asked where it is silent."""

    def __init__(self, audio: bytes) -> None:
        plain = np.pad(g711.decode(audio).astype(np.float64), (len(_EMPHASIS) - 1, 0))
        self.samples = np.convolve(plain, _EMPHASIS, "valid") if audio else np.zeros(0)
        self._energy = np.concatenate(([0.0], np.cumsum(self.samples**2)))

    @property
    def size(self) -> int:
        return int(self.samples.size)

    def energy(self, start: int, end: int) -> float:
        return float(self._energy[min(end, self.size)] - self._energy[max(0, min(start, self.size))])

    def is_quiet(self, start: int, end: int) -> bool:
        """Whether there is no sound between two positions; what is not there is silent."""
        return self.energy(start, end) < QUIET**2 * max(1, end - start)

    def loud_blocks(self, start: int, end: int, size: int = FINE) -> NDArray[np.bool_]:
        """Of each block of `size` samples whether it sounds; a last part of a block is left out."""
        edges = self._energy[start : end + 1 : size]
        return np.diff(edges) >= QUIET**2 * size

    def next_sound(self, at: int) -> int:
        """Where a block of 5 ms sounds next; the end when none does."""
        while at < self.size:
            loud = self.loud_blocks(at, min(self.size, at + NEAR))
            if loud.any():
                return at + int(np.argmax(loud)) * FINE
            at += max(FINE, loud.size * FINE)
        return self.size

    def has_sound(self, start: int, end: int) -> bool:
        return self.next_sound(start) + FINE <= end


def align(sent: SentSound, heard: bytes) -> list[Run]:
    """The stretches of `heard` that are stretches of `sent`, in the order in which they were heard."""
    return _Follower(sent, heard).follow()


def _windows(places: list[int]) -> list[tuple[int, int]]:
    """The neighbourhoods of some places, those that overlap joined."""
    windows: list[tuple[int, int]] = []
    for place in sorted(places):
        start, end = place - NEAR // 2, place + NEAR
        if windows and start <= windows[-1][1]:
            start, end = windows.pop()[0], end
        windows.append((start, end))
    return windows


class _Follower:
    def __init__(self, sent: SentSound, heard: bytes) -> None:
        self._cuts = sent.cuts
        self._sent = Sound(sent.audio)
        self._heard = Sound(heard)
        self._runs: list[Run] = []
        self._far_again = 0
        self._clearest = SURE

    def follow(self) -> list[Run]:
        heard = 0
        while self._sent.size and (heard := self._heard.next_sound(heard)) < self._heard.size:
            place = self._find(heard)
            if place is not None and self._note(heard, place):
                heard = self._runs[-1].heard_end
            else:
                heard += FINE
        return self._runs

    @property
    def _last(self) -> Run:
        return self._runs[-1] if self._runs else Run(0, 0, 0)

    def _find(self, heard: int) -> int | None:
        """Where the sound that is heard here was sent; None when it was not.

        Where nothing is quite as much alike as this line's sound has been before, a natural place is taken before one
        that is a little more alike.
        """
        template = self._heard.samples[heard : heard + TEMPLATE]
        last = self._last
        next_cuts = [cut for cut in self._cuts if cut >= last.sent_end][:MOST_CUTS]
        starts = [last.sent_end, *next_cuts]
        onsets = [self._onset(start) for start in starts]
        in_place = heard - last.lag
        natural = [(self._score(template, place), place) for place in (in_place, *starts, *onsets)]
        best = max(natural, key=lambda found: found[0])
        clear = self._clearest - 0.02
        if best[0] < clear and np.count_nonzero(self._heard.loud_blocks(heard, heard + BURST, 2 * FINE)) < BURST_SOUND:
            return in_place if natural[0][0] >= CLEAR else None
        if best[0] < clear:
            for start, end in _windows([max(0, in_place), *onsets]):
                score, place = self._search(template, start, end)
                if score >= (CLEAR if place >= last.sent_end - FINE else SURE) and score > best[0] + 0.01:
                    best = score, place
        if best[0] < clear and natural[0][0] + IN_PLACE_BONUS >= max(best[0], ALIKE):
            return in_place
        if best[0] < CLEAR and heard >= self._far_again:
            self._far_again = heard + FAR_EVERY
            score, place = self._search(template, last.sent_end - FAR // 2, last.sent_end + FAR)
            if score >= SURE:
                best = score, place
        self._clearest = max(self._clearest, best[0])
        return best[1] if best[0] >= ALIKE else None

    def _onset(self, place: int) -> int:
        return self._sent.next_sound(max(0, place))

    def _score(self, template: Samples, place: int) -> float:
        """How much the sent sound at a place is like the template: its correlation."""
        if place < 0 or place + template.size > self._sent.size or template.size < FINE:
            return 0.0
        ours = self._sent.samples[place : place + template.size]
        floor = QUIET**2 * template.size
        return float(np.dot(ours, template) / np.sqrt(max(np.dot(ours, ours), floor) * np.dot(template, template)))

    def _search(self, template: Samples, start: int, end: int) -> tuple[float, int]:
        """The best place between two positions and its correlation."""
        start = max(0, start)
        piece = self._sent.samples[start : end + template.size]
        if template.size < FINE or piece.size < template.size:
            return 0.0, 0
        size = 1 << (piece.size - 1).bit_length()
        product = np.fft.irfft(np.fft.rfft(piece, size) * np.conj(np.fft.rfft(template, size)), size)
        energy = np.concatenate(([0.0], np.cumsum(piece**2)))
        energy = energy[template.size :] - energy[: -template.size]
        floor = QUIET**2 * template.size
        scores = product[: energy.size] / np.sqrt(np.maximum(energy, floor) * np.dot(template, template))
        best = int(np.argmax(scores))
        return float(scores[best]), start + best

    def _note(self, heard: int, sent: int) -> bool:
        """Notes the run through both positions, as far back and forth as both sound alike; False when they do not."""
        last = self._last
        length = self._trimmed(heard, self._extent(heard, sent))
        if length < (PER_MS if heard - sent == last.lag else BLOCK):
            return False
        # The end of a run may be a few samples too late: a beginning is clearer than an end.
        room = min(heard, sent, heard - last.heard_end + FINE)
        if sent >= last.sent_end:
            room = min(room, sent - last.sent_end + FINE)
        back = self._reach_back(heard, sent, min(room, TEMPLATE))
        run = Run(heard - back, sent - back, back + length)
        if self._runs and (late := last.heard_end - run.heard) > 0 and last.length > late:
            last = self._runs[-1] = Run(last.heard, last.sent, last.length - late)
        if self._runs and last.lag == run.lag and last.heard_end == run.heard:
            self._runs[-1] = Run(last.heard, last.sent, last.length + run.length)
        else:
            self._runs.append(run)
        return True

    def _trimmed(self, heard: int, length: int) -> int:
        """So much of a length as ends with a sound, to a millisecond: blocks that end in silence seem alike too."""
        at = np.flatnonzero(self._heard.loud_blocks(heard, heard + length, PER_MS))
        breaks = np.flatnonzero(np.diff(at) > CHANCE_SILENCE_MS)
        # A few milliseconds behind a silence are alike by chance: something else begins there.
        if breaks.size and at[-1] - at[breaks[-1]] - np.diff(at)[breaks[-1]] < CHANCE_MS:
            at = at[: breaks[-1] + 1]
        return (int(at[-1]) + 1) * PER_MS if at.size else 0

    def _reach_back(self, heard: int, sent: int, room: int) -> int:
        """How far back both are alike from here, to the first sound."""
        back = reach = 0
        while back + FINE <= room and self._alike(heard - back - FINE, sent - back - FINE, FINE, 1):
            back += FINE
            if not self._sent.is_quiet(sent - back, sent - back + FINE):
                reach = back
        return reach

    def _extent(self, heard: int, sent: int) -> int:
        """How long both are alike from here, to 5 ms."""
        most = min(self._heard.size - heard, self._sent.size - sent)
        length = 0
        for size in (BLOCK, FINE):
            while (blocks := min(_BATCH, (most - length) // size)) > 0:
                alike = self._alike(heard + length, sent + length, size, blocks)
                length += alike * size
                if alike < blocks:
                    break
        return length

    def _alike(self, heard: int, sent: int, size: int, blocks: int) -> int:
        """How many of so many blocks from here are alike until the first that is not."""
        ours = self._heard.samples[heard : heard + size * blocks].reshape(blocks, size)
        theirs = self._sent.samples[sent : sent + size * blocks].reshape(blocks, size)
        our_energy, their_energy = np.vecdot(ours, ours), np.vecdot(theirs, theirs)
        floor = QUIET**2 * size
        both_quiet = (our_energy < floor) & (their_energy < floor)
        # What is far fainter or louder is not the same sound, and what is quiet on one side neither.
        near_level = (our_energy < 30 * their_energy) & (their_energy < 30 * our_energy)
        alike = np.vecdot(ours, theirs) >= ALIKE * np.sqrt(our_energy * their_energy)
        unlike = ~(both_quiet | (alike & near_level & (our_energy > 0)))
        return int(np.argmax(unlike)) if unlike.any() else blocks
