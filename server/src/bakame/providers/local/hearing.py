"""One utterance of telephone sound to words, by closed grammars. Blocking; runs in a worker process."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bakame.audio import g711
from bakame.audio.format import SILENCE_BYTE
from bakame.audio.level import level
from bakame.providers.local.acoustics import BLANK, AcousticModel, Floats, spoken_frames
from bakame.providers.local.automaton import sentences_of
from bakame.providers.local.certainty import Evidence, certainty, meaning
from bakame.providers.local.dictionary import ways_to_say
from bakame.providers.local.search import Candidate, Searchable
from bakame.providers.local.second import SecondEar

_GRAMMARS: Final = 64
_PAD: Final = bytes([SILENCE_BYTE]) * 800
"""100 ms: the model wants some silence on both sides, and an endpointer leaves little."""
_CANDIDATES: Final = 8
_BLANK_COST: Final = 2.0
"""Taken from the blank's log probability: without it short words, which leave sound unexplained, win too often."""
_LEAST_FRAMES: Final = 1.5
"""Frames of 30 ms in which the model hears a phone: a decoder that knows only sentences finds one in any noise."""
_SOFTEST_DB: Final = -60.0
_CLOSE: Final = 4.0
"""Log likelihood within which another sentence is worth a second opinion."""
_COMPARED: Final = 3
_SECOND_SHARE: Final = 50.0


@dataclass(frozen=True, slots=True)
class Heard:
    """Words in lower case, empty for none, how likely they are right (0 to 1), and what else it may have been."""

    text: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()


NOTHING: Final = Heard("", 0.0)


class Ear:
    """The acoustic model with the grammars it was asked for, the last 64 of them kept compiled."""

    def __init__(self, *, second: bool = True, weights: Path | None = None) -> None:
        self._model = AcousticModel(weights)
        self._second = SecondEar() if second else None
        self._searches: OrderedDict[str, Searchable] = OrderedDict()

    def hear(self, audio: bytes, *, grammar: str) -> Heard:
        """What was said in `audio` (mu-law at 8 kHz), of the sentences of a grammar made by `grammar.jsgf`.

        Raises `ValueError` or `KeyError` for another grammar.
        """
        search = self.search(grammar)
        found, scores = self.candidates(audio, search)
        if not found:
            return NOTHING
        ways = self.evidence(audio, found, scores)
        sure = [certainty(one) for one in ways]
        others = tuple((one.text, float(each)) for one, each in zip(ways[1:], sure[1:], strict=True))
        return Heard(ways[0].text, float(sure[0]), others)

    def candidates(self, audio: bytes, search: Searchable) -> tuple[list[Candidate], Floats]:
        """The sentences that fit best, best first, and the scores of the sound; no sentence when nobody speaks."""
        pcm = g711.decode(_PAD + audio + _PAD)
        scores = self._model.scores(pcm)
        if spoken_frames(scores) < _LEAST_FRAMES or level(pcm).rms_db < _SOFTEST_DB:
            return [], scores
        scores[:, BLANK] -= _BLANK_COST
        return search.best(scores, count=_CANDIDATES), scores

    def evidence(self, audio: bytes, found: list[Candidate], scores: Floats) -> list[Evidence]:
        """What speaks for the best sentence of each meaning, with a second opinion on those that are close."""
        ways = self._compared(audio, _different(found))
        return [Evidence.of(candidate, ways, scores) for candidate in ways]

    def _compared(self, audio: bytes, ways: list[Candidate]) -> list[Candidate]:
        close = [way for way in ways[:_COMPARED] if way.score > ways[0].score - _CLOSE]
        if self._second is None or len(close) < 2:
            return ways
        opinions = self._second.compare(_PAD + audio + _PAD, [way.text for way in close])
        best = max(opinions)
        moved = [
            replace(way, score=way.score + _SECOND_SHARE * (opinion - best))
            for way, opinion in zip(close, opinions, strict=True)
        ]
        lost = _SECOND_SHARE * (min(opinions) - best)
        rest = [replace(way, score=way.score + lost) for way in ways[len(close) :]]
        return sorted((*moved, *rest), key=lambda way: -way.score)

    def search(self, grammar: str) -> Searchable:
        """The compiled form of a grammar, made now unless it was. Raises as `hear` does."""
        search = self._searches.get(grammar)
        if search is None:
            search = self._searches[grammar] = Searchable(sentences_of(grammar, ways_to_say))
            if len(self._searches) > _GRAMMARS:
                self._searches.popitem(last=False)
        self._searches.move_to_end(grammar)
        return search


def _different(found: list[Candidate]) -> list[Candidate]:
    """The best of each meaning."""
    best: dict[str, Candidate] = {}
    for candidate in found:
        best.setdefault(meaning(candidate.text), candidate)
    return list(best.values())
