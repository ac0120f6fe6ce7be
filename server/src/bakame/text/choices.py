"""Which of a few options was chosen: by key, letter, place, word, part of its words, or nearly its words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bakame.text.compare import likeness, normalise
from bakame.text.numbers import ReadNumber, read_number
from bakame.text.talk import is_aside, is_hedged

LIKE: Final = 0.8
"""How alike a word and an option's word must be to be taken for it."""
_CLEARLY: Final = 0.1
"""By how much it must be more like it than like any other option's."""

_FIRST: Final = "first 1st mbere premier premiere kwanza"
_SECOND: Final = "second 2nd kabiri deuxieme pili mbili"
_THIRD: Final = "third 3rd gatatu troisieme tatu"
_FOURTH: Final = "fourth 4th kane quatrieme nne"
_PLACES: Final = {word: place for place, row in enumerate((_FIRST, _SECOND, _THIRD, _FOURTH)) for word in row.split()}
_LAST: Final = frozenset("last nyuma derniere dernier mwisho".split())
_ORDINAL_BEFORE: Final = frozenset("the iya icya uwa ya cya la le number no namba nimero numero option choice".split())
_ORDINAL_AFTER: Final = frozenset("one option answer choice fraction number word sentence place line".split())
_KEY: Final = re.compile(
    r"(?:(?:press|key|option|number|no|answer|letter|choice|namba|nimero|numero|reponse|lettre|jibu|opt)\s+)?"
    r"([1-9]|[a-d]|bee|cee|dee)",
    re.ASCII,
)
_LABELLED: Final = re.compile(r"^(?:option\s+)?\(?([1-4]|[a-d])(?:[).:]+\s*|\s+)(?=\S)", re.ASCII)
_LETTERS: Final = {"bee": "b", "cee": "c", "dee": "d"}
_FILLERS: Final = frozenset(
    (
        *("um", "uh", "er", "hmm", "mm", "so", "well", "ok", "okay", "please", "pls", "sir", "madam", "teacher", "yes"),
        *("it", "is", "its", "was", "the", "a", "an", "answer", "my", "i", "think", "that", "thats", "say", "choose"),
        *("pick", "chose", "guess", "believe", "heard", "hear", "in", "be", "ni", "i", "cest", "jibu", "igisubizo"),
        *("thank", "you", "thanks", "murakoze", "la", "le", "reponse", "est", "one", "of", "number", "word"),
    )
)
_CORRECTED: Final = re.compile(r"\b(?:no|sorry|wait|oops|i mean|actually|rather|oya|non|hapana|but)\b")
_REFUSED: Final = re.compile(r"\bnot\s+(.+?)(?:\s*,\s*|\s+but\s+|$)")
_OPEN: Final = re.compile(r"\b(?:or|and|both|neither|either|all|any|cyangwa|ou|au|not|isnt|nor|none|sometimes)\b")
_POLARITY: Final = frozenset("yes no yego oya oui non ndiyo hapana".split())


@dataclass(frozen=True, slots=True)
class Choices:
    """Options in the order in which they were offered.

    `offers`: what they stand for when they are only "first" and "second". `aliases`: other words for an option.
    """

    options: tuple[str, ...]
    offers: tuple[str, ...] = ()
    aliases: tuple[tuple[str, int], ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """What a learner reads: the offers where there are some."""
        return tuple(normalise(each) for each in self.offers or self.options)


def read_choice(text: str, choices: Choices, *, language: str = "en") -> int | None:
    """The place of the one option that `text` chooses; None when it chooses none, or more than one.

    What an option says beats what its key is: of 2, 3 and 4 the answer "3" is the second. Corrections count ("odd, no,
    even"). Never raises; takes bounded time for any text.
    """
    if is_hedged(text):
        return None
    exact = _said_wholly(normalise(text), choices)
    if exact is not None:
        return exact
    if is_aside(text):
        return None
    return _corrected(text.casefold(), choices, language)


def _corrected(text: str, choices: Choices, language: str) -> int | None:
    """What stands after "no", "sorry" and "not this one"."""
    if any(_CORRECTED.search(each) for each in choices.texts):
        return _one(text, choices, language)
    if refused := _REFUSED.search(text):
        rest = f"{text[: refused.start()]} , {text[refused.end() :]}"
        away = _one(refused[1], choices, language)
        found = None if away is None or _is_filler(rest) else _corrected(rest, choices, language)
        return found if found != away else None
    pieces = _CORRECTED.split(text)
    if len(pieces) > 1 and not normalise(pieces[-1]):
        return None
    last = [piece for piece in pieces if not _is_filler(piece)]
    return _one(last[-1] if last else text, choices, language)


def _is_filler(text: str) -> bool:
    return _FILLERS.issuperset(normalise(text).split())


def _one(text: str, choices: Choices, language: str) -> int | None:
    plain = normalise(text)
    for reader in (_said_wholly, _by_key, _by_place):
        found = reader(plain, choices)
        if found is not None:
            return found
    labelled = _LABELLED.match(text.strip())
    if labelled and labelled[1] != "a":
        key = _by_key(labelled[1], choices)
        words = _by_words(text.strip()[labelled.end() :], choices, language)
        if key is not None and words is not None:
            return key if key == words else None
    return _by_words(text, choices, language)


def _said_wholly(plain: str, choices: Choices) -> int | None:
    """The option that the whole text is, once; its sign too, which has no words."""
    bare = _bare(plain)
    for wanted in (plain, bare):
        places = {n for n, each in enumerate(choices.texts) if each and each == wanted}
        places |= {n for alias, n in choices.aliases if normalise(alias) == wanted and wanted}
        places |= {n for n, each in enumerate(choices.options) if wanted and normalise(each) == wanted}
        if len(places) == 1:
            return places.pop()
    return None


def _bare(plain: str) -> str:
    """Without the words that only wrap an answer."""
    words = plain.split()
    wrapping = _FILLERS - {"a", "an", "the", "i", "be", "in", "one", "word", "number"}
    while len(words) > 1 and words[0] in wrapping:
        words = words[1:]
    while len(words) > 1 and words[-1] in wrapping:
        words = words[:-1]
    return " ".join(words)


def _by_key(plain: str, choices: Choices) -> int | None:
    match = _KEY.fullmatch(_bare(plain)) or _KEY.fullmatch(plain)
    if match is None:
        return None
    key = _LETTERS.get(match[1], match[1])
    index = int(key) - 1 if key.isdigit() else ord(key) - ord("a")
    return index if index < len(choices.options) else None


def _by_place(plain: str, choices: Choices) -> int | None:
    """ "The second one", "iya kabiri", "la deuxième", "the last"."""
    words = [word for word in plain.split() if word not in _FILLERS or word in _ORDINAL_AFTER]
    places = {_PLACES[word] for word in words if word in _PLACES}
    places |= {len(choices.options) - 1 for word in words if word in _LAST}
    rest = [word for word in words if word not in _PLACES and word not in _LAST]
    if len(places) != 1 or not (_ORDINAL_BEFORE | _ORDINAL_AFTER).issuperset(rest):
        return None
    # "Kabiri" alone is the number two, "iya kabiri" the second: both are the same key.
    index = places.pop()
    return index if index < len(choices.options) else None


def _by_words(text: str, choices: Choices, language: str) -> int | None:
    plain = normalise(text)
    if not plain:
        return None
    sides = _OPEN.search(plain)
    if choices.offers or _are_numbers(choices):
        by_value = _by_value(text, choices, language)
        if by_value is not None:
            return None if sides else by_value
    words = plain.split()
    phrases = _phrases(plain, choices)
    if len(phrases) == 1 and not sides:
        return phrases.pop()
    number = read_number(plain, language=language)
    if number is not None:
        return None if phrases or sides else _by_number(choices, number, words)
    if sides and (len(choices.texts) == 2 or len(words) <= 3 or len(phrases) != 1):
        return None
    return None if len(phrases) > 1 else _by_parts(words, choices)


def _by_number(choices: Choices, number: ReadNumber, words: Sequence[str]) -> int | None:
    is_key = number.form == "integer" and 1 <= number.value <= len(choices.options) and number.unit is None
    return int(number.value) - 1 if is_key and len(words) <= 4 else None


def _are_numbers(choices: Choices) -> bool:
    return all(read_number(each) is not None for each in choices.options)


def _by_value(text: str, choices: Choices, language: str) -> int | None:
    """The option of the value that was said."""
    number = read_number(text, language=language)
    if number is None:
        return None
    offered = [read_number(each) for each in choices.offers or choices.options]
    same = [n for n, offer in enumerate(offered) if offer is not None and offer.amount == number.amount]
    return same[0] if len(same) == 1 else None


def _phrases(plain: str, choices: Choices) -> set[int]:
    """The options whose words stand in the text; of one inside another's words, the longer."""
    padded = f" {plain} "
    rows = [*enumerate(choices.texts), *((n, normalise(alias)) for alias, n in choices.aliases)]
    held = {(n, each) for n, each in rows if each and f" {each} " in padded and not _is_article(each, plain)}
    return {
        n for n, each in held if not any(f" {each} " in f" {other} " and each != other for m, other in held if m != n)
    }


def _is_article(option: str, plain: str) -> bool:
    """Whether the option is a little word that may only belong to the sentence around it."""
    return option in ("a", "an", "the", "i", "is", "it") and len(plain.split()) > len(option.split()) + 4


def _by_parts(words: Sequence[str], choices: Choices) -> int | None:
    """The one option that words of the text belong to, exactly or nearly, when most of them do."""
    content = [word for word in words if word not in _FILLERS]
    if not content:
        return None
    rows = [set(each.split()) for each in choices.texts]
    for alias, place in choices.aliases:
        rows[place] = rows[place] | set(normalise(alias).split())
    common = set[str]().union(*(rows[n] & rows[m] for n in range(len(rows)) for m in range(n)))
    chosen: set[int] = set()
    strange = 0
    for word in content:
        if word in common:
            continue
        place = _owner(word, [row - common for row in rows])
        if place is None:
            strange += 1
        else:
            chosen.add(place)
    matched = len(content) - strange
    return chosen.pop() if len(chosen) == 1 and strange < max(1, matched) else None


def _owner(word: str, rows: Sequence[set[str]]) -> int | None:
    """The row that a word belongs to: of the words in it, or like one and clearly less like any other."""
    exact = [n for n, row in enumerate(rows) if word in row]
    if exact:
        return exact[0]
    if word in _POLARITY:
        return None
    scores = [max((_alike(word, each) for each in row if each not in _FILLERS), default=0.0) for row in rows]
    best = max(range(len(rows)), key=scores.__getitem__)
    second = max((score for n, score in enumerate(scores) if n != best), default=0.0)
    return best if scores[best] >= LIKE and scores[best] - second >= _CLEARLY else None


def _alike(word: str, other: str) -> float:
    """Likeness of two words; endings count as one word ("sell" and "sells"), other short words as none."""
    if word.rstrip("s") == other.rstrip("s") and min(len(word), len(other)) > 2:
        return 0.95
    return likeness(word, other) if abs(len(word) - len(other)) <= 3 else 0.0
