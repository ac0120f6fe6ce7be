"""From the pieces of a text to its sentences, each as soon as it is complete. Sans-I/O.

For text that is written by a model while it is already being spoken. Everything is decided word by word, so how the
text was cut into pieces changes nothing. Markdown and emoji are taken off; letters, digits and signs stay.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

MOST_WORDS: Final = 35
"""Words that can be listened to at once."""
_LONGEST_WORD: Final = 80
"""Characters after which a run without a space is cut, so that nothing is held for ever."""

_CLOSERS: Final = "\"'”’»)]}"
_ENDING: Final = re.compile(rf"(?P<marks>[.!?…]+)(?P<closers>[{re.escape(_CLOSERS)}]*)$")
_NEVER_LAST: Final = frozenset(
    ("mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "e.g", "eg", "i.e", "ie", "cf", "approx", "ca", "viz")
)
"""Abbreviations that something always follows."""
_BEFORE_NUMBER: Final = frozenset(("no", "nr", "fig", "p", "pp", "vol", "ch"))
"""Abbreviations before a number, and else words like others."""
_MAYBE_LAST: Final = frozenset(("etc", "inc", "ltd", "al", "a.m", "p.m", "am", "pm"))
_DOTTED: Final = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_INITIAL: Final = re.compile(r"[^\W\d_a-z]")
_ITEM_NUMBER: Final = re.compile(r"\d{1,2}[.)]")

_RULE: Final = re.compile(r"[-*_=]{3,}|\|?[-:|]{3,}\|?|#{1,6}|>+|\|")
_BULLETS: Final = frozenset("-*+•‣·–—")
_FENCE: Final = re.compile(r"`{3,}[\w+-]*|~{3,}[\w+-]*")
_LINK_TARGET: Final = re.compile(r"\]\([^)\s]*\)?")
_MARKS_OF_MARKDOWN: Final = (
    (_LINK_TARGET, ""),
    (re.compile(r"!?\[(?!\s)|\](?!\w)"), ""),
    (re.compile(r"`+|~~+|(?<!\d)\*\*+|\*\*+(?!\d)"), ""),
    (re.compile(r"(?<![^\W_])(?<!\*)\*(?=[^\s*])|(?<=[^\s*])\*(?![^\W_]|\*)"), ""),
    (re.compile(r"(?<![^\W_])_+|_+(?![^\W_])"), ""),
    (re.compile(r"_+"), " "),
    (re.compile(r"^\|+|\|+$"), ""),
)
_MARKS_ALONE: Final = re.compile(rf"[.!?…,;:]+[{re.escape(_CLOSERS)}]*")
_CLAUSE_END: Final = re.compile(rf"[,;:—–][{re.escape(_CLOSERS)}]*$")
_CLAUSE_STARTS: Final = frozenset(("and", "but", "because", "so", "which", "when", "while", "if", "or", "then"))
_KEPT_PICTURES: Final = frozenset("°")

_Next = Callable[[str], bool]
"""Whether the sentence ends there, told from the next word."""


class Sentences:
    """The sentences of one text. `most_words`: a longer sentence is given in parts, split after a clause."""

    def __init__(self, *, most_words: int = MOST_WORDS) -> None:
        self._most_words = most_words
        self._raw = ""
        self._words: list[str] = []
        self._ends_if: _Next | None = None
        self._line_starts = True

    def push(self, text: str) -> list[str]:
        """The sentences that are complete with this piece."""
        return list(self._push(text))

    def end(self) -> list[str]:
        """What is left when the text is over."""
        return [*self._take_raw(), *self._flush()]

    def _push(self, text: str) -> Iterator[str]:
        for char in text:
            if not char.isspace():
                self._raw += char
                if len(self._raw) >= _LONGEST_WORD:
                    yield from self._take_raw()
                continue
            yield from self._take_raw()
            if char in "\n\r\v\f\u2028\u2029":
                yield from self._flush()
                self._line_starts = True

    def _take_raw(self) -> Iterator[str]:
        raw, self._raw = self._raw, ""
        if not raw:
            return
        starts, self._line_starts = self._line_starts, False
        if starts and (raw in _BULLETS or _RULE.fullmatch(raw) or _FENCE.fullmatch(raw)):
            # More marks may follow: "> - one".
            self._line_starts = True
            return
        for word in spoken(raw).split():
            if self._words and _MARKS_ALONE.fullmatch(word):
                # What stood before the mark was taken off, or it is written the French way.
                word = self._words.pop() + word
            yield from self._take(word, item_number=starts and _ITEM_NUMBER.fullmatch(word) is not None)

    def _take(self, word: str, *, item_number: bool) -> Iterator[str]:
        if self._ends_if is not None and self._ends_if(word):
            yield from self._flush()
        self._ends_if = None
        if len(self._words) >= self._most_words:
            yield self._first_part()
        is_first = not self._words or (len(self._words) == 1 and _INITIAL.fullmatch(self._words[0].rstrip(".")))
        self._words.append(word)
        if item_number:
            return
        ends = _ends(word, is_first=bool(is_first))
        if ends is True:
            yield from self._flush()
        elif ends is not False:
            self._ends_if = ends

    def _first_part(self) -> str:
        """Takes the words up to the last clause that does not leave much too little; all of them when there is none."""
        words = self._words
        for count in range(len(words), len(words) // 3, -1):
            follows = words[count].strip(_CLOSERS).lower() if count < len(words) else ""
            if _CLAUSE_END.search(words[count - 1]) or follows in _CLAUSE_STARTS:
                break
        else:
            count = len(words)
        self._words = words[count:]
        return " ".join(words[:count])

    def _flush(self) -> Iterator[str]:
        words, self._words, self._ends_if = self._words, [], None
        if any(map(str.isalnum, sentence := " ".join(words))):
            yield sentence


def sentences_of(text: str, *, most_words: int = MOST_WORDS) -> list[str]:
    """The sentences of a whole text."""
    splitter = Sentences(most_words=most_words)
    return [*splitter.push(text), *splitter.end()]


def spoken(word: str) -> str:
    """A word without the marks of Markdown and without pictures. May be empty, or two words."""
    word = "".join(map(_sound, word))
    for pattern, replacement in _MARKS_OF_MARKDOWN:
        word = pattern.sub(replacement, word)
    return word


def _sound(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Cs", "Co", "Cn", "Me") or 0xFE00 <= ord(char) <= 0xFE0F:
        return ""
    is_picture = category == "So" or 0x1F3FB <= ord(char) <= 0x1F3FF
    return "" if is_picture and char not in _KEPT_PICTURES else char


def _ends(word: str, *, is_first: bool) -> bool | _Next:
    """Whether a sentence ends with this word, or how the next word tells."""
    ending = _ENDING.search(word)
    if ending is None:
        return False
    marks = ending["marks"]
    stem = word[: ending.start()].lstrip("\"'“‘«([{")
    if marks != ".":
        trails_off = "?" not in marks and "!" not in marks
        return _begins_sentence if trails_off or ending["closers"] else True
    lowered = stem.lower()
    if lowered in _NEVER_LAST:
        return False
    if lowered in _BEFORE_NUMBER:
        return lambda following: not following[:1].isdigit()
    if is_first and _INITIAL.fullmatch(stem) and stem != "I":
        return False
    if lowered in _MAYBE_LAST or _DOTTED.fullmatch(stem) or ending["closers"]:
        return _begins_sentence
    return True


def _begins_sentence(word: str) -> bool:
    """Whether a word looks like the first of a sentence: it does not begin with a small letter or a comma."""
    first = word.lstrip("\"'“‘«([{¿¡")[:1]
    return bool(first) and not first.islower() and first not in ",;:)"
