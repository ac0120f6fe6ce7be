"""Patterns over words, written so that people who are no programmers can read and correct them.

    beats           the word; `*` stands for any ending, `s?` for an s or none, `bull(y|ies)` for one of several
    (at|in|next to) one of several words or phrases
    [very]          these words, or none
    <class>         any phrase of a named class
    ..  ...         up to 3, up to 6 words between, none of which is of the class `no`
    ^  $            the beginning and the end

They are matched over plain text (`text.compare.normalise`) whose every word is followed by one space. Repetitions are
bounded, so that matching takes bounded time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bakame.errors import Invalid

NO: Final = "no"
"""The class of words that deny."""
_GAPS: Final = {"..": 3, "...": 6}
_TOKEN: Final = re.compile(r"\.{2,3}(?=\s|$)|<\w+>|[\^$()|\[\]?*~]|[a-z0-9]+|\s+")
_ENDING: Final = r"\w{0,12}"
_CLOSES: Final = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row, compiled. `needs`: the classes, as `<class>`, and words without which it cannot match."""

    regex: re.Pattern[str]
    needs: frozenset[str]


class Grammar:
    """Compiles patterns that may use the classes of one language."""

    def __init__(self, classes: Mapping[str, Sequence[str]]) -> None:
        """Raises `Invalid` for a class that cannot be read, is empty, or is made of itself."""
        self._classes = classes
        self._bodies: dict[str, str] = {}
        self._open: list[str] = []
        self._gap = r"\w+ "
        if NO in classes:
            self._gap = rf"(?!{self.body_of(NO)})\w+ "
        for name in classes:
            self.body_of(name)

    def body_of(self, name: str) -> str:
        """The expression for any phrase of a class, longest first."""
        if name in self._bodies:
            return self._bodies[name]
        if name not in self._classes:
            raise Invalid(f"there is no class {name}")
        if name in self._open:
            raise Invalid(f"the class {name} is made of itself")
        if not self._classes[name]:
            raise Invalid(f"the class {name} is empty")
        self._open.append(name)
        phrases = sorted(self._classes[name], key=len, reverse=True)
        body = f"(?:{'|'.join(self._read(phrase)[0] for phrase in phrases)})"
        self._open.pop()
        self._bodies[name] = body
        return body

    def compile(self, pattern: str) -> Pattern:
        """Raises `Invalid`, which says what cannot be read."""
        body, needs = self._read(pattern)
        return Pattern(re.compile(rf"(?:^|(?<= )){body}"), needs)

    def _read(self, pattern: str) -> tuple[str, frozenset[str]]:
        tokens: list[str] = []
        at = 0
        while at < len(pattern):
            match = _TOKEN.match(pattern, at)
            if match is None:
                raise Invalid(f"{pattern!r}: {pattern[at]!r} means nothing")
            tokens.append(" " if match[0].isspace() else match[0])
            at = match.end()
        reader = _Reader(pattern, tokens, self)
        return reader.whole()

    @property
    def gap(self) -> str:
        """The expression for a word that may stand between."""
        return self._gap


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str, tokens: list[str], grammar: Grammar) -> None:
        self._pattern, self._tokens, self._grammar = pattern, tokens, grammar
        self._at = 0
        self._depth = 0
        self._needs: set[str] = set()

    def whole(self) -> tuple[str, frozenset[str]]:
        body = self._row(ends=())
        if not self._needs and "\\w" not in body and not body:
            raise self._wrong("it is empty")
        return body, frozenset(self._needs)

    def _row(self, *, ends: tuple[str, ...]) -> str:
        made: list[str] = []
        gap_before = True
        while (piece := self._peek()) is not None and piece not in ends:
            if piece == " ":
                self._at += 1
                continue
            if piece in _GAPS:
                if gap_before:
                    raise self._wrong("a gap is between words")
                gap_before = True
                self._at += 1
                made.append(f"(?:{self._grammar.gap}){{0,{_GAPS[piece]}}}")
                continue
            gap_before = False
            made.append(self._element(piece))
        if not made or gap_before:
            raise self._wrong("words are missing")
        return "".join(made)

    def _element(self, piece: str) -> str:
        if piece in ("^", "$"):
            self._at += 1
            return piece
        if piece.startswith("<"):
            self._at += 1
            if not self._depth:
                self._needs.add(piece)
            return self._grammar.body_of(piece[1:-1])
        if piece == "[":
            return f"{self._phrases()}?"
        if piece == "(" and self._stands_alone():
            return self._phrases()
        return self._word()

    def _phrases(self) -> str:
        closing = _CLOSES[self._tokens[self._at]]
        self._depth += 1
        rows: list[str] = []
        while True:
            self._at += 1
            rows.append(self._row(ends=("|", closing)))
            if self._peek() != "|":
                break
        if self._peek() != closing:
            raise self._wrong(f"{closing} is missing")
        self._at += 1
        self._depth -= 1
        return f"(?:{'|'.join(rows)})"

    def _stands_alone(self) -> bool:
        """Whether the group that begins here is no part of a word."""
        depth = 0
        for index in range(self._at, len(self._tokens)):
            depth += {"(": 1, ")": -1}.get(self._tokens[index], 0)
            if depth == 0:
                after = self._tokens[index + 1] if index + 1 < len(self._tokens) else " "
                return after in (" ", "|", ")", "]")
        raise self._wrong(") is missing")

    def _word(self) -> str:
        made: list[str] = []
        plain = True
        groups = 0
        while (piece := self._peek()) is not None and piece != " ":
            if piece in (")", "|", "]") and not groups:
                break
            if piece in ("<", ">", "[", "]", "^", "$") or piece.startswith("<") or piece in _GAPS:
                raise self._wrong(f"{piece} inside a word")
            self._at += 1
            groups += {"(": 1, ")": -1}.get(piece, 0)
            plain = plain and (piece.isalnum() or piece == "~")
            made.append({"(": "(?:", "*": _ENDING, "~": ""}.get(piece, piece))
        word = "".join(made)
        try:
            re.compile(word)
        except re.error:
            raise self._wrong(f"{word} is no word") from None
        if groups or not any(part[0].isalnum() or part == "(?:" for part in made):
            raise self._wrong("a word cannot be read")
        if plain and not self._depth:
            self._needs.add(word)
        return f"(?:{word}) "

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _wrong(self, what: str) -> Invalid:
        return Invalid(f"{self._pattern!r}: {what}")
