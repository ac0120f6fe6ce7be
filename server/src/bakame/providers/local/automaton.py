"""A grammar made by `grammar.jsgf` as a network of phones that a search can walk. Pure.

The sentences become arcs, each one way to say one word, between nodes; steps without a word are worked out beforehand.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bakame.providers.local.acoustics import BLANK, PHONES, Floats

Indices = NDArray[np.intp]
Say = Callable[[str], Iterable[str]]
"""How a word may be said: phones with spaces between them."""

_COLUMN: Final = {phone: number + 1 for number, phone in enumerate(PHONES)}
_TOKEN: Final = re.compile(r"<\w+>|/[\d.]+/|[\[\]()|]|[a-z']+")


@dataclass(frozen=True, slots=True)
class Arc:
    """One way to say one word: columns of the acoustic scores."""

    start: int
    end: int
    word: str
    phones: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sentences:
    """Nodes are numbered; `skips` are (start, end, log weight) without a word."""

    arcs: tuple[Arc, ...]
    skips: tuple[tuple[int, int, float], ...]
    first: int
    last: int
    nodes: int


class _Builder:
    def __init__(self, grammar: str, say: Say) -> None:
        self._rules = {name: _TOKEN.findall(body) for name, body in re.findall(r"<(\w+)> = (.*);", grammar)}
        self._ways = {
            word: [tuple(_COLUMN[phone] for phone in way.split()) for way in say(word)]
            for tokens in self._rules.values()
            for word in tokens
            if word[0] not in "</[]()|"
        }
        self._arcs: list[Arc] = []
        self._skips: list[tuple[int, int, float]] = []
        self._nodes = 0

    def build(self) -> Sentences:
        first, last = self._node(), self._node()
        self._rule("said", first, last)
        return Sentences(tuple(self._arcs), tuple(self._skips), first, last, self._nodes)

    def _node(self) -> int:
        self._nodes += 1
        return self._nodes - 1

    def _rule(self, name: str, start: int, end: int) -> None:
        tokens = self._rules[name]
        at = self._alternatives(tokens, 0, start, end)
        if at != len(tokens):
            raise ValueError(f"rule {name} has too many brackets")

    def _alternatives(self, tokens: Sequence[str], at: int, start: int, end: int) -> int:
        """Reads `a | /0.1/ b` until a closing bracket; where it stopped."""
        while True:
            at = self._sequence(tokens, at, start, end)
            if at == len(tokens) or tokens[at] != "|":
                return at
            at += 1

    def _sequence(self, tokens: Sequence[str], at: int, start: int, end: int) -> int:
        here = start
        if at < len(tokens) and tokens[at][0] == "/":
            here = self._node()
            self._skips.append((start, here, math.log(float(tokens[at][1:-1]))))
            at += 1
        while at < len(tokens) and tokens[at] not in {"|", ")", "]"}:
            there = self._node()
            at = self._item(tokens, at, here, there)
            here = there
        self._skips.append((here, end, 0.0))
        return at

    def _item(self, tokens: Sequence[str], at: int, start: int, end: int) -> int:
        sign = tokens[at]
        if sign in {"(", "["}:
            if sign[0] == "[":
                self._skips.append((start, end, 0.0))
            at = self._alternatives(tokens, at + 1, start, end)
        elif sign[0] == "<":
            self._rule(sign[1:-1], start, end)
        else:
            self._arcs += (Arc(start, end, sign, way) for way in self._ways[sign])
        return at + 1


def sentences_of(grammar: str, say: Say) -> Sentences:
    """Raises `ValueError` or `KeyError` for a text that `grammar.jsgf` did not make."""
    return _Builder(grammar, say).build()


def reversed_sentences(sentences: Sentences) -> Sentences:
    """The same sentences from the end to the beginning; arcs keep their places."""
    return Sentences(
        tuple(Arc(arc.end, arc.start, arc.word, arc.phones[::-1]) for arc in sentences.arcs),
        tuple((end, start, weight) for start, end, weight in sentences.skips),
        sentences.last,
        sentences.first,
        sentences.nodes,
    )


@dataclass(frozen=True, slots=True)
class Lattice:
    """States for a search frame by frame: first those of arcs (phone, blank, phone, ...), then a pause for each gate.

    A gate is a node where an arc starts, the last gate the end of all sentences. `before` are the three states from
    which each may come: numbers from `states` on are gates, the highest number is nowhere. They are always the state
    itself, the state of the number before (for the `entered` states the gate `entered_from`), and the one before that
    or nowhere (`jumps`: 0 or minus infinity); moves along whole arrays are many times faster than looking up.
    """

    columns: Indices
    before: Indices
    entered: Indices
    entered_from: Indices
    jumps: Floats
    arc_starts: Indices
    arc_ends: Indices
    exits: Indices
    exit_starts: Indices
    entries: Indices
    entry_weights: Floats
    entry_starts: Indices
    opening: Floats
    """Score of each gate before any sound."""

    @property
    def states(self) -> int:
        return self.columns.size

    @property
    def gates(self) -> int:
        return self.opening.size


def _closures(sentences: Sentences) -> list[dict[int, float]]:
    """For each node, the best weight of every node that can be reached from it without a word."""
    steps: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for start, end, weight in sentences.skips:
        steps[start].append((end, weight))
    reached: list[dict[int, float]] = []
    for node in range(sentences.nodes):
        best, todo = {node: 0.0}, [node]
        while todo:
            here = todo.pop()
            for there, weight in steps[here]:
                if best[here] + weight > best.get(there, -math.inf):
                    best[there] = best[here] + weight
                    todo.append(there)
        reached.append(best)
    return reached


def _states(sentences: Sentences, gate_of: dict[int, int]) -> tuple[list[int], list[tuple[int, int, int]], list[int]]:
    """Columns and predecessors of the states of arcs, and where each arc starts. Gates count down from −2 here."""
    columns: list[int] = []
    before: list[tuple[int, int, int]] = []
    starts: list[int] = []
    for arc in sentences.arcs:
        starts.append(len(columns))
        columns.append(arc.phones[0])
        before.append((len(before), -2 - gate_of[arc.start], -1))
        for last, phone in pairwise(arc.phones):
            here = len(columns)
            columns += (BLANK, phone)
            before += ((here, here - 1, -1), (here + 1, here, here - 1 if phone != last else -1))
    return columns, before, starts


def lattice(sentences: Sentences) -> Lattice:
    gate_nodes = [*dict.fromkeys(arc.start for arc in sentences.arcs), sentences.last]
    gate_of = {node: gate for gate, node in enumerate(gate_nodes)}
    columns, before, starts = _states(sentences, gate_of)
    count, gates = len(columns) + len(gate_nodes), len(gate_nodes)
    before += ((len(columns) + gate, -2 - gate, -1) for gate in range(gates))
    columns += [BLANK] * gates
    table = np.array(before, np.intp).T
    table = np.where(table < -1, count - 2 - table, np.where(table == -1, count + gates, table))
    closures = _closures(sentences)
    end_nodes = list(dict.fromkeys(arc.end for arc in sentences.arcs))
    ends = [start + 2 * len(arc.phones) - 2 for start, arc in zip(starts, sentences.arcs, strict=True)]
    by_end: dict[int, list[int]] = defaultdict(list)
    for arc, state in zip(sentences.arcs, ends, strict=True):
        by_end[arc.end].append(state)
    entries: list[list[tuple[int, float]]] = [[] for _ in gate_nodes]
    for place, node in enumerate(end_nodes):
        for reached, weight in closures[node].items():
            if reached in gate_of:
                entries[gate_of[reached]].append((place, weight))
    nowhere = (len(end_nodes), -math.inf)
    filled = [found or [nowhere] for found in entries]
    flat = [pair for found in filled for pair in found]
    arc_gates = [gate_of[arc.start] for arc in sentences.arcs]
    opening = np.array([closures[sentences.first].get(node, -math.inf) for node in gate_nodes], np.float32)
    return Lattice(
        columns=np.array(columns, np.intp),
        before=table,
        entered=np.array([*starts, *range(count - gates, count)], np.intp),
        entered_from=np.array([*arc_gates, *range(gates)], np.intp),
        jumps=np.where(table[2] < count, 0, -np.inf).astype(np.float32),
        arc_starts=np.array(starts, np.intp),
        arc_ends=np.array(ends, np.intp),
        exits=np.array([state for node in end_nodes for state in by_end[node]], np.intp),
        exit_starts=_starts([by_end[node] for node in end_nodes]),
        entries=np.array([place for place, _ in flat], np.intp),
        entry_weights=np.array([weight for _, weight in flat], np.float32),
        entry_starts=_starts(filled),
        opening=opening,
    )


def _starts(groups: Sequence[Sequence[object]]) -> Indices:
    return np.cumsum([0, *(len(group) for group in groups[:-1])]).astype(np.intp)
