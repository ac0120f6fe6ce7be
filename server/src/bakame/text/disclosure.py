"""Whether somebody says that they, or people close to them, are hurt or in danger.

Patterns of words (`text.word_patterns`) are looked for, each language's in its own way; people mix languages, so
all are tried. Phrases that only look alike are taken out first. What follows right after a word that says no ("never
beats me") does not count. Some words are known with one letter wrong.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bakame.errors import Invalid
from bakame.text.compare import normalise
from bakame.text.word_patterns import NO, Grammar, Pattern

LONGEST: Final = 6_000
"""Characters that are looked at."""
_PIECE: Final = 500
_OVERLAP: Final = 100
"""Characters. A text without full stops is looked at in pieces that overlap, so that no pattern is cut in two."""
_LONG_ENOUGH: Final = 5
"""Letters of a word in which one may be wrong."""
_ENDS: Final = re.compile(r"[.!?;:]+(?=\s|$)|[\n\r]+")
_DRAWN_OUT: Final = re.compile(r"([a-z])\1{2,}")
_MARKED: Final = re.compile(r"([a-z]+)~")
_TAKEN: Final = "# "


@dataclass(frozen=True, slots=True)
class Rules:
    """What one language looks for. `words`: phrases by class; `no` are those that deny; words marked `~` are known with
    one letter wrong, unless they are in `plain`. `spellings`: what is written for other words. `innocent` patterns are
    taken out. `signs` are patterns by category.
    """

    language: str
    words: Mapping[str, Sequence[str]]
    signs: Mapping[str, Sequence[str]]
    innocent: Sequence[str] = ()
    spellings: Mapping[str, str] = field(default_factory=dict[str, str])
    plain: Sequence[str] = ()


class Detector:
    """Looks for the patterns of all languages. The time it takes is bounded for any text."""

    def __init__(self, rules: Sequence[Rules]) -> None:
        """Raises `Invalid`, which names language and pattern of all that is wrong."""
        faults: list[str] = []
        self._languages = tuple(_Language(each, faults) for each in rules)
        if faults:
            raise Invalid("\n".join(faults))

    def signs(self, text: str) -> frozenset[str]:
        """The categories that are seen in `text`; none for ordinary words."""
        found: set[str] = set()
        for piece in pieces(text[:LONGEST]):
            for language in self._languages:
                found |= language.signs(piece)
        return frozenset(found)


class _Language:
    def __init__(self, rules: Rules, faults: list[str]) -> None:
        self._spellings = rules.spellings
        self._plain = frozenset(rules.plain)
        self._marked = sorted(
            {word for phrases in rules.words.values() for phrase in phrases for word in _MARKED.findall(phrase)}
        )
        self._innocent: list[Pattern] = []
        self._signs: list[tuple[str, Pattern]] = []
        self._present: dict[str, re.Pattern[str]] = {}
        self._denies = self._denied = re.compile(r"(?!)")
        try:
            grammar = Grammar(rules.words)
        except Invalid as error:
            faults.append(f"{rules.language}: words: {error}")
            return
        for sign, pattern in [("", each) for each in rules.innocent] + [
            (sign, each) for sign, patterns in rules.signs.items() for each in patterns
        ]:
            try:
                compiled = grammar.compile(pattern)
            except Invalid as error:
                faults.append(f"{rules.language}: {sign or 'innocent'}: {error}")
                continue
            if sign:
                self._signs.append((sign, compiled))
            else:
                self._innocent.append(compiled)
        self._present = {f"<{name}>": re.compile(rf"(?:^|(?<= )){grammar.body_of(name)}") for name in rules.words}
        if NO in rules.words:
            self._denies = re.compile(grammar.body_of(NO))
            self._denied = re.compile(rf"(?:^|(?<= )){grammar.body_of(NO)}$")

    def signs(self, plain: str) -> set[str]:
        """The categories seen in one piece of plain text."""
        words = self._respelt(plain).split()
        text = " ".join(words) + " "
        has = {name for name, regex in self._present.items() if regex.search(text)} | set(words)
        for pattern in self._innocent:
            if pattern.needs <= has:
                text = pattern.regex.sub(_TAKEN, text)
        found: set[str] = set()
        for sign, pattern in self._signs:
            if sign not in found and pattern.needs <= has and self._holds(pattern, text):
                found.add(sign)
        return found

    def _holds(self, pattern: Pattern, text: str) -> bool:
        """Whether it matches and is not denied; what begins with a "no" of its own is not denied by another one."""
        return any(
            self._denies.match(text, match.start()) or not self._denied.search(text, 0, match.start())
            for match in pattern.regex.finditer(text)
        )

    def _respelt(self, plain: str) -> str:
        """The words as they are usually written."""
        return " ".join(self._right(self._spellings.get(word, word)) for word in plain.split())

    def _right(self, word: str) -> str:
        if len(word) < _LONG_ENOUGH or word in self._plain or not word.isalpha():
            return word
        near = process.extractOne(word, self._marked, scorer=OSA.distance, score_cutoff=1)
        return near[0] if near else word


def pieces(text: str) -> Iterator[str]:
    """What is said between full stops, in plain letters; a long one in pieces that overlap."""
    for sentence in _ENDS.split(text):
        for at in range(0, max(1, len(sentence) - _OVERLAP), _PIECE):
            plain = _DRAWN_OUT.sub(r"\1", normalise(sentence[at : at + _PIECE + _OVERLAP]))
            if plain := " ".join(re.sub(r"[^\w ]+", " ", plain).split()):
                yield plain
