"""One point of form in free words: what to look at next, after the meaning was understood.

Rules that are nearly sure, the most useful first; what they do not see is left alone. They never decide a mark.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import OSA

from bakame.learning.likeness import LONGEST, forms


class Slip(StrEnum):
    """What can be pointed out."""

    VERB = "verb"
    """A verb that does not go with its subject: "she have"."""
    SMALL_WORD = "small_word"
    """A small word that is missing: "want buy"."""
    SPELLING = "spelling"
    WORD_I = "word_i"
    CAPITAL = "capital"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class FormPoint:
    """A slip: the words as they were said, and as they are said; both are empty where they are not about words."""

    slip: Slip
    said: str = ""
    better: str = ""


_BE_HAVE_DO: Final = {
    **{key: {"have": "has", "do": "does", "are": "is", "am": "is", "were": "was"} for key in ("he", "she", "it")},
    "i": {"is": "am", "are": "am", "has": "have", "does": "do"},
    **{key: {"is": "are", "am": "are", "was": "were", "has": "have", "does": "do"} for key in ("we", "they", "you")},
}
_ACTIONS: Final = frozenset(
    (
        *("buy", "go", "eat", "see", "learn", "know", "read", "write", "speak", "get", "make", "take", "come", "sell"),
        *("visit", "ask", "tell", "find", "stay", "swim", "sing", "live", "want", "like", "teach", "play"),
    )
)
_NEEDS_TO: Final = ("want", "wants", "wanted", "need", "needs", "would like", "going")
_AFTER_HELPERS: Final = frozenset(
    (
        *("do", "does", "did", "can", "could", "will", "would", "should", "must", "may", "might", "let", "to", "make"),
        *("makes", "see", "saw", "help", "suggest", "and", "or", "than", "if", "wish"),
    )
)
"""Words after which a verb stands in its plain form, or before which its subject may not be the next word."""
_SMALL: Final = ("a", "an", "the", "to", "of", "in", "at", "on", "for", "is", "am", "are")
_WORD: Final = re.compile(r"[A-Za-z']+")
_LONE_I: Final = re.compile(r"(?<![A-Za-z'.])i(?![A-Za-z'.])")
_LEAST: Final = 3
"""Words of something that is a sentence."""
_SPELLED_FROM: Final = 5
"""Letters of a word that is looked up."""


def form_point(
    said: str, *, model: str = "", known: frozenset[str] = frozenset(), spoken: bool = False
) -> FormPoint | None:
    """The first thing to look at; None when nothing is seen.

    `model`: a good answer, to find small words that are missing. `known`: words in small letters that are spelled
    right. `spoken`: it was said, so that letters and stops are the recogniser's.
    """
    text = said[:LONGEST].strip()
    words = _WORD.findall(text)
    small = [word.lower() for word in words]
    point = _verb(small) or _missing(small, [word.lower() for word in _WORD.findall(model)])
    if point is not None or spoken or not words:
        return point
    if (point := _spelling(words, known)) is not None:
        return point
    if _LONE_I.search(text):
        return FormPoint(Slip.WORD_I, "i", "I")
    if len(words) < _LEAST:
        return None
    if words[0][0].islower():
        return FormPoint(Slip.CAPITAL)
    return None if text[-1] in ".!?" else FormPoint(Slip.STOP)


def recast(said: str, point: FormPoint) -> str:
    """The learner's own words with the slip put right, as a sentence; empty when it is not about words."""
    if not point.better or not point.said:
        return ""
    text = " ".join(said[:LONGEST].split())
    whole = re.sub(rf"\b{re.escape(point.said)}\b", point.better, text, count=1, flags=re.IGNORECASE)
    whole = _LONE_I.sub("I", whole[:1].upper() + whole[1:])
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."


def _verb(words: list[str]) -> FormPoint | None:
    for place, (subject, verb) in enumerate(pairwise(words)):
        before = words[place - 1] if place else ""
        if before in _AFTER_HELPERS or subject not in _BE_HAVE_DO:
            continue
        if better := _BE_HAVE_DO[subject].get(verb):
            return FormPoint(Slip.VERB, f"{subject} {verb}", _with_i(f"{subject} {better}"))
        if subject in ("he", "she") and verb in _ACTIONS:
            return FormPoint(Slip.VERB, f"{subject} {verb}", f"{subject} {_third(verb)}")
        after = words[place + 2] if place + 2 < len(words) else ""
        if verb in ("am", "is", "are") and after in _ACTIONS:
            plain = _third(after) if subject in ("he", "she", "it") else after
            return FormPoint(Slip.VERB, f"{subject} {verb} {after}", _with_i(f"{subject} {plain}"))
    return None


def _missing(words: list[str], model: list[str]) -> FormPoint | None:
    for place, word in enumerate(words[:-1]):
        after = words[place + 1]
        lead = " ".join(words[max(0, place - 1) : place + 1])
        if after in _ACTIONS and (word in _NEEDS_TO or lead in _NEEDS_TO):
            return FormPoint(Slip.SMALL_WORD, f"{word} {after}", f"{word} to {after}")
        if word in ("i", "we", "they", "he", "she") and after == "from":
            be = {"i": "am", "we": "are", "they": "are"}.get(word, "is")
            return FormPoint(Slip.SMALL_WORD, f"{word} from", _with_i(f"{word} {be} from"))
    said = set(pairwise(words))
    for before, small, after in zip(model, model[1:], model[2:], strict=False):
        telling = len(before) > 1 and len(after) > 1 and before not in _SMALL and after not in _SMALL
        if small in _SMALL and telling and (before, after) in said and f"{before} {small}" not in " ".join(words):
            return FormPoint(Slip.SMALL_WORD, f"{before} {after}", f"{before} {small} {after}")
    return None


def _spelling(words: list[str], known: frozenset[str]) -> FormPoint | None:
    if not known:
        return None
    listed = _by_first_letter(known)
    for word in dict.fromkeys(words):
        if len(word) < _SPELLED_FROM or not word.islower() or not word.isalpha() or not forms(word).isdisjoint(known):
            continue
        near = [each for each in listed.get(word[0], ()) if _one_off(word, each)]
        if len(near) == 1:
            return FormPoint(Slip.SPELLING, word, near[0])
    return None


@lru_cache(maxsize=8)
def _by_first_letter(known: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    listed: dict[str, list[str]] = {}
    for word in known:
        listed.setdefault(word[0], []).append(word)
    return {letter: tuple(sorted(words)) for letter, words in listed.items()}


def _one_off(word: str, known: str) -> bool:
    """Whether a word is another one with one letter off."""
    if abs(len(word) - len(known)) > 1 or len(known) < _SPELLED_FROM - 1:
        return False
    return OSA.distance(word, known, score_cutoff=1) == 1


def _third(verb: str) -> str:
    if verb.endswith(("o", "ch", "sh", "s", "x")):
        return f"{verb}es"
    return f"{verb}s"


def _with_i(phrase: str) -> str:
    return "I" + phrase[1:] if phrase.startswith("i ") else phrase
