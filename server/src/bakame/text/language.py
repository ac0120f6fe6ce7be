"""Which language a short text is in: Kinyarwanda, English, French or Swahili, by the pieces of its words.

Naive Bayes over pieces of one to five letters, the ends of words marked (pieces as in Cavnar and Trenkle, "N-gram-based
text categorization", 1994), learnt from our own sentences by `training/language.py`. Names are a class of their own,
since they say nothing of a language.
"""

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from bakame.text.compare import normalise

NAMES: Final = "names"
LEVELS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""How much less likely a piece is in a class than in the likeliest: A not at all, each further letter by `STEP`."""
STEP: Final = 0.25
"""Nats."""
TOP: Final = 5
"""Letters of the longest piece."""
SURE: Final = 0.9
"""The confidence from which a guess is worth a question to the learner."""
_LEAST: Final = 0.6
"""Under this confidence nothing is guessed."""
_TEMPER: Final = 0.22
"""Pieces of a word overlap, so their evidence is not independent: what they say together counts for less."""
_LEAST_WORDS, _LEAST_LETTERS = 2, 7
_MOST_WORDS: Final = 60
_WORD: Final = re.compile(r"[a-z]+")


def guess(text: str) -> tuple[str, float] | None:
    """The language ("rw", "en", "fr", "sw") and how sure that is, 0.6 to 1.

    None for what tells too little: numbers, names, one word, a few letters, or two languages alike. Never raises; of a
    long text the first sixty words count.
    """
    words = _words(text)
    if len(words) < _LEAST_WORDS or sum(map(len, words)) < _LEAST_LETTERS:
        return None
    scores = _scores(words)
    best = max(scores, key=lambda each: scores[each])
    total = sum(math.exp(_TEMPER * (score - scores[best])) for score in scores.values())
    confidence = 1 / total
    return None if best == NAMES or confidence < _LEAST else (best, confidence)


def pieces_of(text: str) -> Iterator[str]:
    """The pieces of each word of a text, as they are counted."""
    for word in _words(text):
        yield from _pieces(word)


def _words(text: str) -> list[str]:
    return _WORD.findall(" ".join(word for word in normalise(text).split() if not _has_digit(word)))[:_MOST_WORDS]


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _pieces(word: str) -> Iterator[str]:
    marked = f"_{word}_"
    for length in range(1, TOP + 1):
        for start in range(len(marked) - length + 1):
            piece = marked[start : start + length]
            if piece != "_":
                yield piece


def _scores(words: list[str]) -> dict[str, float]:
    """Log likelihood of the words in each class, beside the same constant."""
    classes, weights = _model()
    totals = [0.0] * len(classes)
    for word in words:
        for piece in _pieces(word):
            for place, weight in enumerate(weights.get(piece, ())):
                totals[place] -= weight
    return dict(zip(classes, totals, strict=True))


@cache
def _model() -> tuple[tuple[str, ...], Mapping[str, tuple[float, ...]]]:
    # Imported here because the script that writes this module of data imports ours.
    from bakame.text.language_weights import CLASSES, WEIGHTS

    size = len(CLASSES)
    return CLASSES, {
        entry[:-size]: tuple(LEVELS.index(letter) * STEP for letter in entry[-size:]) for entry in WEIGHTS.split()
    }
