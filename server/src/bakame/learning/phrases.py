"""Finding phrases among words: whole words, the longest phrase first, never part of a word."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from types import MappingProxyType

from bakame.text.compare import normalise


@dataclass(frozen=True, slots=True)
class Span:
    """Words from `start` up to and without `end` that are the phrase `text`."""

    start: int
    end: int
    text: str


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """The word without its English endings, so that "judges", "judged" and "judging" are one.

    It need not be a word itself. Words of three letters or fewer are left alone.
    """
    if len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ing") and len(word) > 5:
        word = _single(word[:-3])
    elif word.endswith("ied"):
        word = word[:-3] + "y"
    elif word.endswith("ed") and not word.endswith("eed") and len(word) > 4:
        word = _single(word[:-2])
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _single(word: str) -> str:
    return word[:-1] if re.search(r"([bdgmnprt])\1$", word) else word


def stems(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(stem(word) for word in words)


@dataclass(frozen=True, slots=True)
class Phrases:
    """A set of phrases to be found, by their first word, the longest first."""

    by_first: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]

    @classmethod
    def of(cls, texts: Iterable[str], *, stemmed: bool = False) -> "Phrases":
        """`stemmed`: to be looked for among stems instead of words."""
        found: dict[str, dict[tuple[str, ...], str]] = {}
        for text in texts:
            words = tuple(normalise(text).split())
            if words:
                key = stems(words) if stemmed else words
                found.setdefault(key[0], {}).setdefault(key, " ".join(words))
        return cls(
            MappingProxyType(
                {first: tuple(sorted(of.items(), key=lambda each: -len(each[0]))) for first, of in found.items()}
            )
        )

    def find(self, words: Sequence[str]) -> tuple[Span, ...]:
        """Every phrase in `words`, from left to right; none overlaps another."""
        found: list[Span] = []
        at = 0
        while at < len(words):
            span = self.at(words, at)
            if span is not None:
                found.append(span)
            at = span.end if span else at + 1
        return tuple(found)

    def at(self, words: Sequence[str], start: int) -> Span | None:
        """The longest phrase that begins at word `start`."""
        for phrase, text in self.by_first.get(words[start], ()):
            if tuple(words[start : start + len(phrase)]) == phrase:
                return Span(start, start + len(phrase), text)
        return None


@dataclass(frozen=True, slots=True)
class Together:
    """Groups of phrases of which one each must stand within `within` words, in any order, none on another."""

    groups: tuple[Phrases, ...]
    within: int

    @classmethod
    def parse(cls, text: str, *, within: int) -> "Together":
        """Reads "first|other first + second|other second"."""
        return cls(tuple(Phrases.of(group.split("|")) for group in text.split("+")), within)

    def is_in(self, words: Sequence[str]) -> bool:
        present = frozenset(words)
        if not all(any(first in present for first in group.by_first) for group in self.groups):
            return False
        each = [group.find(words) for group in self.groups]
        return any(self._near(spans) for spans in product(*each))

    def _near(self, spans: Sequence[Span]) -> bool:
        ordered = sorted(spans, key=lambda span: span.start)
        apart = all(a.end <= b.start for a, b in pairwise(ordered))
        return apart and max(span.end for span in spans) - ordered[0].start <= self.within
