"""Words as learners write them: the same word in another form, or with a slip that keeps its sound.

Two real words are often one letter apart ("foods", "floods"), so a slip must look like one: a doubled letter, a silent
h or e, two letters that changed places, another vowel; any one letter only in long words.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from bakame.text.compare import normalise

LONGEST: Final = 1_000
"""Characters of an answer that are read: more than three parts of SMS."""
_LONG: Final = 7
"""Letters from which any one letter may be off."""
_MIDDLE: Final = 6
"""Letters from which a vowel may be another one."""
_SHORTEST: Final = 4
_VOWELS: Final = frozenset("aeiou")
_CONTRACTED: Final = {
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "werent": "were not",
    "wont": "will not",
    "wouldnt": "would not",
    "couldnt": "could not",
    "shouldnt": "should not",
    "mustnt": "must not",
    "hasnt": "has not",
    "havent": "have not",
    "hadnt": "had not",
    "cant": "can not",
    "cannot": "can not",
    "im": "i am",
    "ive": "i have",
    "youre": "you are",
    "theyre": "they are",
    "oclock": "",
}
_VERBS: Final = (
    *("be been being", "become became", "begin began begun", "break broke broken", "bring brought"),
    *("build built", "buy bought", "catch caught", "choose chose chosen", "come came", "do did done does"),
    *("drink drank drunk", "drive drove driven", "eat ate eaten", "fall fell", "feel felt", "find found"),
    *("forget forgot", "get got", "give gave given", "go went gone", "grow grew grown", "have had has"),
    *("hear heard", "keep kept", "know knew known", "leave left", "lose lost", "make made", "meet met"),
    *("pay paid", "ride rode", "ring rang rung", "run ran", "say said", "see saw seen", "sell sold", "send sent"),
    *("sing sang sung", "sleep slept", "speak spoke", "steal stole", "swim swam", "take took taken"),
    *("teach taught", "tell told", "think thought", "throw threw", "wake woke woken", "wear wore", "win won"),
    *("write wrote written"),
)
"""Verbs whose past has another shape: meaning counts here."""
_BASES: Final = {past: verb.split()[0] for verb in _VERBS for past in verb.split()[1:]}
_OCLOCK: Final = re.compile(r"\bo clock\b")


@lru_cache(maxsize=4_096)
def plain(text: str) -> str:
    """The words of a text, small, short forms written out: "don't" is "do not"."""
    words = _OCLOCK.sub("", normalise(text)[: 2 * LONGEST])
    return " ".join(filter(None, (_CONTRACTED.get(word, word) for word in words.split())))


@lru_cache(maxsize=16_384)
def forms(word: str) -> frozenset[str]:
    """The word and what it may be a form of: "running" is of "run", "stories" of "story"."""
    found = {word, _BASES.get(word, word)}
    if not (word.isascii() and word.isalpha()) or len(word) < _SHORTEST:
        return frozenset(found)
    for ending, others in (("ies", ("y",)), ("ied", ("y",)), ("es", ("", "e")), ("ed", ("", "e")), ("ing", ("", "e"))):
        base = word.removesuffix(ending)
        if base == word or len(base) < 2:
            continue
        found |= {base + other for other in others}
        if len(base) > 2 and base[-1] == base[-2] and ending in ("ed", "ing"):
            found.add(base[:-1])
    if word.endswith("s") and not word.endswith("ss"):
        found.add(word[:-1])
    return frozenset(found)


def same_word(said: str, wanted: str) -> bool:
    """The same word, in another form or with a slip in a long one."""
    return said == wanted or not forms(said).isdisjoint(forms(wanted)) or _slipped(said, wanted)


class Index:
    """The words of an answer, to be looked for quickly."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self._at: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            for form in forms(word):
                self._at.setdefault(form, []).append(place)
        self._found: dict[str, frozenset[int]] = {}
        self._starts: dict[str, set[str]] = {}
        for word in words:
            if len(word) >= _SHORTEST:
                self._starts.setdefault(word[0], set()).add(word)

    def places(self, wanted: str) -> frozenset[int]:
        """Where a word stands, in whatever form."""
        known = self._found.get(wanted)
        if known is None:
            known = self._found[wanted] = frozenset(self._places(wanted))
        return known

    def holds(self, phrase: Sequence[str], *, gap: int, breaks: frozenset[str]) -> bool:
        """Whether the words of `phrase` stand in their order with at most `gap` others between two of them.

        None of `breaks` may be among those others.
        """
        if not phrase or not all(map(self.places, phrase)):
            return False
        return any(self._follows(start, phrase, gap, breaks) for start in self.places(phrase[0]))

    def _follows(self, start: int, phrase: Sequence[str], gap: int, breaks: frozenset[str]) -> bool:
        at = start
        for wanted in phrase[1:]:
            places = self.places(wanted)
            found = next((place for place in range(at + 1, at + 2 + gap) if place in places), None)
            if found is None or breaks.intersection(self.words[at + 1 : found]):
                return False
            at = found
        return True

    def _places(self, wanted: str) -> Iterable[int]:
        for form in forms(wanted):
            yield from self._at.get(form, ())
        if len(wanted) < _SHORTEST:
            return
        for word in self._starts.get(wanted[0], ()):
            if _slipped(word, wanted):
                yield from self._at[word]


def _slipped(said: str, wanted: str) -> bool:
    """Whether `said` is `wanted` with one slip of the pen or the ear."""
    short, long = sorted((said, wanted), key=len)
    if len(short) < _SHORTEST or len(long) - len(short) > 1 or said[0] != wanted[0]:
        return False
    if not (said.isalpha() and wanted.isalpha()) or OSA.distance(said, wanted, score_cutoff=1) != 1:
        return False
    if len(short) >= _LONG:
        return True
    if len(short) < len(long):
        place = next((n for n, letter in enumerate(short) if letter != long[n]), len(short))
        extra = long[place]
        doubled = (place > 0 and long[place - 1] == extra) or (place + 1 < len(long) and long[place + 1] == extra)
        silent = extra == "h" or (extra == "e" and place == len(short)) or long[place : place + 2] == "ck"
        return doubled or silent or (extra in _VOWELS and len(long) >= _MIDDLE)
    changed = [n for n, letter in enumerate(short) if letter != long[n]]
    if len(changed) == 2:
        return len(short) > _SHORTEST
    return len(short) >= _MIDDLE and {short[changed[0]], long[changed[0]]} <= _VOWELS
