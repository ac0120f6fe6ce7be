"""Full-text search of questions that content answers: which one is meant, or none of them.

Okapi BM25 over wordings, keywords and body finds candidates (S. Robertson, H. Zaragoza: The Probabilistic Relevance
Framework: BM25 and Beyond, 2009). What decides is how far the question and one wording of a candidate are of the same
words, each weighed by how rare it is: a wrong answer is worse than none.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from math import log
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bakame.learning.question_words import kind_of, near_kinds, plain, stem, tells, terms_in, terms_of

SURE: Final = 0.65
"""Likeness (0 to 1) from which a document is what was asked for."""
MOST_TERMS: Final = 24
"""Words of a question that are looked at."""
LONGEST: Final = 400
"""Characters of a question that are looked at."""
CANDIDATES: Final = 24

_K1: Final = 1.2
_B: Final = 0.6
_WORDING, _KEYWORD, _BODY = 3.0, 2.0, 1.0
"""How much a word counts by where it stands."""
_IN_KEYWORDS: Final = 0.6
_IN_OTHERS: Final = 0.5
_IN_BODY: Final = 0.2
"""How much of a question's word is answered by one that is not in the wording itself."""
_SLIP: Final = 0.9
"""How much a misspelt word counts."""
_OF_QUESTION: Final = 0.6
"""How much it matters that the question's words are answered, the rest being that the wording's words are asked."""
_NEAR_KIND: Final = 0.97
_OTHER_KIND: Final = 0.6
"""What is left of a likeness when one asks what and the other how; when one asks who and the other why."""
_LEAST_SAID: Final = 0.5
"""The share of a question's words that a document must have anywhere, weighed by where."""
_LEAST_ASKED: Final = 0.35
"""The share of a wording's words that a question must have."""
_LEAST_ANSWERED: Final = 0.3
"""The share of a question's words that a wording must have."""
_ORDER: Final = 0.08
"""How much the letters in their order matter, small words among them."""
_UNKNOWN: Final = 1.0
"""Weight of a word that is nowhere in the content, as a share of the heaviest."""
_LEAST_MISSPELT: Final = 6
"""Letters of a word that is taken for a misspelt one; shorter ones are near too many others."""


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that can be found. `wordings`: ways of asking for it; `keywords`: words that people use for it."""

    id: str
    wordings: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found. `likeness`, from 0 to 1: how far it is what was asked for."""

    id: str
    likeness: float

    @property
    def sure(self) -> bool:
        """Whether it may be told as the answer."""
        return self.likeness >= SURE


@dataclass(frozen=True, slots=True)
class _Wording:
    text: str
    terms: frozenset[str]
    weight: float
    kind: str | None


@dataclass(frozen=True, slots=True)
class _Entry:
    id: str
    wordings: tuple[_Wording, ...]
    keywords: frozenset[str]
    others: frozenset[str]
    body: frozenset[str]


class Index:
    """Documents, ready to be searched. A search takes bounded time for any text."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """Raises `ValueError` when an id is there twice."""
        if len({document.id for document in documents}) < len(documents):
            raise ValueError("two documents of one id")
        counts = [_counts(document) for document in documents]
        asked = Counter(term for document in documents for term in set(terms_of(document.wordings)))
        anywhere = Counter(term for each in counts for term in each)
        total = max(1, len(documents))
        self._weights = {
            term: log(1 + (total - found + 0.5) / (found + 0.5))
            for term, many in anywhere.items()
            if (found := asked.get(term, 0) or min(many, 2))
        }
        self._unknown = _UNKNOWN * max(self._weights.values(), default=1.0)
        self._entries = tuple(self._entry(document) for document in documents)
        self._postings = self._weighed(counts, anywhere, total)
        self._by_first = _by_first({word: term for each in documents for term, word in _words_of(each)})

    def find(self, question: str, *, most: int = 3) -> tuple[Hit, ...]:
        """The documents most like a question, the best first; none when no word of it is known."""
        text = plain(question[:LONGEST])
        wanted = self._known(dict(islice(terms_in(text).items(), MOST_TERMS)))
        if not wanted:
            return ()
        kind = kind_of(text)
        scores: defaultdict[int, float] = defaultdict(float)
        for term, (known, worth) in wanted.items():
            for number, score in self._postings.get(known or term, ()):
                scores[number] += score * worth
        best = nlargest(CANDIDATES, scores.items(), key=lambda each: (each[1], -each[0]))
        hits = [(self._likeness(wanted, text, kind, self._entries[number]), score, number) for number, score in best]
        hits.sort(key=lambda hit: (-round(hit[0], 4), -hit[1], hit[2]))
        return tuple(Hit(self._entries[number].id, min(1.0, likeness)) for likeness, _, number in hits[:most])

    def _known(self, words: Mapping[str, str]) -> dict[str, tuple[str | None, float]]:
        """Each word of a question with the word of the content that it is (None for none), and its worth."""
        found: dict[str, tuple[str | None, float]] = {}
        for term, word in words.items():
            if term in self._weights:
                found[term] = (term, 1.0)
            else:
                meant = self._meant(word)
                found[term] = (meant, _SLIP if meant else 0.0)
        return found

    def _meant(self, word: str) -> str | None:
        """The word of the content that a misspelt one is, the rarest of the nearest; None when there is none."""
        if len(word) < _LEAST_MISSPELT or not word.isalpha():
            return None
        most = 1 if len(word) < 8 else 2
        best: tuple[int, float, str] | None = None
        for known, term in self._by_first.get(word[0], ()):
            if abs(len(known) - len(word)) > most:
                continue
            distance = OSA.distance(word, known, score_cutoff=most)
            if distance <= most and (best is None or (distance, -self._weights[term], term) < best):
                best = (distance, -self._weights[term], term)
        return best[2] if best else None

    def _likeness(
        self, wanted: Mapping[str, tuple[str | None, float]], text: str, kind: str | None, entry: _Entry
    ) -> float:
        best = 0.0
        whole = sum(self._weight(known) for known, _ in wanted.values())
        for wording in entry.wordings:
            said, shared = 0.0, 0.0
            for known, worth in wanted.values():
                if known is None:
                    continue
                weight = self._weights[known] * worth
                if known in wording.terms:
                    said += weight
                    shared += weight
                elif known in entry.keywords:
                    said += weight * _IN_KEYWORDS
                elif known in entry.others:
                    said += weight * _IN_OTHERS
                elif known in entry.body:
                    said += weight * _IN_BODY
            if said < _LEAST_SAID * whole or shared < _LEAST_ASKED * wording.weight or shared < _LEAST_ANSWERED * whole:
                continue
            likeness = (said / whole) ** _OF_QUESTION * min(1.0, shared / wording.weight) ** (1 - _OF_QUESTION)
            if kind and wording.kind and kind != wording.kind:
                likeness *= _NEAR_KIND if near_kinds(kind, wording.kind) else _OTHER_KIND
            best = max(best, likeness * (1 - _ORDER + _ORDER * fuzz.ratio(text, wording.text) / 100))
        return best

    def _weight(self, known: str | None) -> float:
        return self._unknown if known is None else self._weights[known]

    def _entry(self, document: Document) -> _Entry:
        wordings: list[_Wording] = []
        for each in document.wordings:
            text = plain(each)
            terms = frozenset(terms_in(text))
            wordings.append(_Wording(text, terms, sum(self._weights[term] for term in terms), kind_of(text)))
        return _Entry(
            document.id,
            tuple(wordings),
            frozenset(terms_of(document.keywords)),
            frozenset(term for wording in wordings for term in wording.terms),
            frozenset(terms_of(document.body)),
        )

    def _weighed(
        self, counts: Sequence[Mapping[str, float]], anywhere: Mapping[str, int], total: int
    ) -> Mapping[str, tuple[tuple[int, float], ...]]:
        """What each word adds to the score of each document."""
        lengths = [sum(each.values()) for each in counts]
        usual = max(1.0, sum(lengths) / total)
        postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, each in enumerate(counts):
            damped = _K1 * (1 - _B + _B * lengths[number] / usual)
            for term, count in each.items():
                rare = log(1 + (total - anywhere[term] + 0.5) / (anywhere[term] + 0.5))
                postings[term].append((number, rare * count * (_K1 + 1) / (count + damped)))
        return {term: tuple(listed) for term, listed in postings.items()}


def _words_of(document: Document) -> Iterator[tuple[str, str]]:
    """All words of a document that tell something, each after its stem."""
    for text in (*document.wordings, *document.keywords, *document.body):
        for word in plain(text).split():
            if tells(word):
                yield stem(word), word


def _counts(document: Document) -> Counter[str]:
    """How often each word stands in a document, weighed by where."""
    counts: Counter[str] = Counter()
    for share, terms in (
        (_WORDING, terms_of(document.wordings)),
        (_KEYWORD, terms_of(document.keywords)),
        (_BODY, terms_of(document.body)),
    ):
        for term in terms:
            counts[term] += share  # pyright: ignore[reportArgumentType]  # a Counter of weights
    return counts


def _by_first(words: Mapping[str, str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Words that can be misspelt and their stems, by first letter, which is seldom mistaken."""
    listed: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for word, term in sorted(words.items()):
        if len(word) >= _LEAST_MISSPELT and word.isalpha():
            listed[word[0]].append((word, term))
    return {first: tuple(each) for first, each in listed.items()}
