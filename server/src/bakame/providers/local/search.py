"""The sentences of a grammar that fit a piece of sound best: a Viterbi search forwards and backwards. Pure.

Forwards and backwards together give the best sentence through every word of the grammar, and so the alternatives.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bakame.providers.local.acoustics import Floats
from bakame.providers.local.automaton import Lattice, Sentences, lattice, reversed_sentences

_TOLERANCE: Final = 1e-2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence, its log likelihood, how many phones it has, and the frames where the first begins, the last ends."""

    words: tuple[str, ...]
    score: float
    phones: int
    begins: int
    ends: int

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Scores of all states and gates after each frame, walked in one direction."""

    states: NDArray[np.float32]
    gates: NDArray[np.float32]


class Searchable:
    """A grammar, ready to be searched in."""

    def __init__(self, sentences: Sentences) -> None:
        self._arcs = sentences.arcs
        self._forwards = lattice(sentences)
        self._backwards = lattice(reversed_sentences(sentences))

    @property
    def size(self) -> int:
        return self._forwards.states

    def best(self, scores: Floats, *, count: int) -> list[Candidate]:
        """The best sentence and the best ones with another word in them, best first; empty when nothing fits.

        `scores`: log probabilities, frames by columns.
        """
        ahead = _walk(self._forwards, scores)
        back = _walk(self._backwards, scores[::-1])
        firsts, lasts = self._forwards.arc_starts, self._backwards.arc_ends
        columns = self._forwards.columns[firsts]
        through = ahead.states[:, firsts] + back.states[::-1][:, lasts] - scores[:, columns]
        peaks = through.argmax(axis=0)
        best = through[peaks, np.arange(peaks.size)]
        found: dict[tuple[str, ...], Candidate] = {}
        for arc in np.argsort(-best, kind="stable"):
            if len(found) == count or best[arc] == -np.inf:
                break
            frame = int(peaks[arc])
            before, begin = _trace(self._forwards, ahead, scores, frame, int(firsts[arc]))
            after, end = _trace(self._backwards, back, scores[::-1], len(scores) - 1 - frame, int(lasts[arc]))
            path = (*before[::-1], int(arc), *after)
            words = tuple(self._arcs[one].word for one in path)
            phones = sum(len(self._arcs[one].phones) for one in path)
            found.setdefault(words, Candidate(words, float(best[arc]), phones, begin, len(scores) - 1 - end))
        return list(found.values())


def _walk(graph: Lattice, scores: Floats) -> _Walk:
    states = np.empty((len(scores), graph.states), np.float32)
    gates = np.empty((len(scores), graph.gates), np.float32)
    pauses = slice(graph.states - graph.gates, graph.states)
    left = np.full(graph.exit_starts.size + 1, -np.inf, np.float32)
    last = np.full(graph.states, -np.inf, np.float32)
    open_ = graph.opening
    came = np.empty_like(last)
    jumped = np.empty_like(last[2:])
    for frame in range(len(scores)):
        now = states[frame]
        came[1:] = last[:-1]
        came[graph.entered] = open_[graph.entered_from]
        np.maximum(came, last, out=now)
        np.add(last[:-2], graph.jumps[2:], out=jumped)
        np.maximum(now[2:], jumped, out=now[2:])
        now += scores[frame][graph.columns]
        left[:-1] = np.maximum.reduceat(now[graph.exits], graph.exit_starts)
        opened = np.maximum.reduceat(left[graph.entries] + graph.entry_weights, graph.entry_starts)
        open_ = gates[frame] = np.maximum(opened, now[pauses])
        last = now
    return _Walk(states, gates)


def _trace(graph: Lattice, walk: _Walk, scores: Floats, frame: int, state: int) -> tuple[list[int], int]:
    """The arcs before a state that was reached, nearest first, and the frame in which the earliest began."""
    arcs: list[int] = []
    earliest = frame
    pauses = graph.states - graph.gates
    while True:
        if state < pauses:
            earliest = frame
        if frame == 0:
            return arcs, earliest
        options = graph.before[:, state]
        reached = [_known(graph, walk, frame - 1, int(option)) for option in options]
        came = int(options[int(np.argmax(reached))])
        frame -= 1
        if came < graph.states:
            state = came
            continue
        gate = came - graph.states
        if walk.gates[frame, gate] <= walk.states[frame, pauses + gate] + 1e-6:
            state = pauses + gate
            continue
        found = _entered(graph, walk, frame, gate)
        if found is None:
            return arcs, earliest
        arc, state = found
        arcs.append(arc)


def _known(graph: Lattice, walk: _Walk, frame: int, option: int) -> float:
    if option < graph.states:
        return float(walk.states[frame, option])
    gate = option - graph.states
    return float(walk.gates[frame, gate]) if gate < graph.gates else -np.inf


def _entered(graph: Lattice, walk: _Walk, frame: int, gate: int) -> tuple[int, int] | None:
    """The arc whose end opened a gate in a frame."""
    begin = int(graph.entry_starts[gate])
    end = int(graph.entry_starts[gate + 1]) if gate + 1 < graph.gates else graph.entries.size
    for place, weight in zip(graph.entries[begin:end], graph.entry_weights[begin:end], strict=True):
        if place == graph.exit_starts.size:
            continue
        low = int(graph.exit_starts[place])
        high = int(graph.exit_starts[place + 1]) if place + 1 < graph.exit_starts.size else graph.exits.size
        states = graph.exits[low:high]
        reached = walk.states[frame, states] + weight
        if reached.max() >= walk.gates[frame, gate] - _TOLERANCE:
            state = int(states[int(reached.argmax())])
            return int(np.searchsorted(graph.arc_starts, state, side="right")) - 1, state
    return None
