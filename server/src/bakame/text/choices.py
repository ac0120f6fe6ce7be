"""Which of a few options was chosen: by key, letter, place, word, part of its words, or nearly its words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from bakame.text.compare import likeness, normalise
from bakame.text.numbers import ReadNumber, read_number, unit_named
from bakame.text.talk import is_aside, is_hedged

LIKE: Final = 0.8
"""How alike a word and an option's word must be to be taken for it."""
_CLEARLY: Final = 0.1
"""By how much it must be more like it than like any other option's."""
_MAX_CHARS: Final = 500
_MOST_KEY_WORDS: Final = 3
_MOST_SLIPPERY: Final = 5
"""Letters of a word that one slip makes another of: "event" is not "even"."""

_PLACES: Final = {
    word: place
    for place, row in enumerate(
        (
            "first 1st mbere premier premiere kwanza",
            "second 2nd deuxieme pili",
            "third 3rd troisieme",
            "fourth 4th quatrieme",
        )
    )
    for word in row.split()
}
_COUNTED_PLACES: Final = {"kabiri": 1, "gatatu": 2, "kane": 3, "mbili": 1, "tatu": 2, "nne": 3}
"""Numbers that name a place after "iya", "icya", "ya": "iya kabiri" is the second."""
_PLACE_MARKERS: Final = frozenset("iya icya uwa ya cya nimero namba".split())
_LAST: Final = frozenset("last nyuma derniere dernier mwisho".split())
_BESIDE_A_PLACE: Final = _PLACE_MARKERS | frozenset(
    "the la le number no numero option choice answer one fraction word sentence line "
    "bigger greater larger smaller less more higher lower heavier lighter longer shorter correct right".split()
)
_KEY: Final = re.compile(
    r"(?:(?:press|key|option|number|no|answer|letter|choice|namba|nimero|numero|reponse|lettre|jibu|opt)\s+)?"
    r"([1-9]|[a-d]|bee|cee|dee)",
    re.ASCII,
)
_LABELLED: Final = re.compile(r"^(?:option\s+)?\(?([1-4]|[a-d])(?:[).:]+\s*|\s+)(?=\S)", re.ASCII)
_LETTERS: Final = {"bee": "b", "cee": "c", "dee": "d"}
_WRAPPING: Final = frozenset(
    (
        *("um", "uh", "er", "hmm", "mm", "so", "well", "ok", "okay", "please", "pls", "sir", "madam", "teacher", "yes"),
        *("it", "is", "its", "was", "the", "answer", "my", "i", "think", "that", "thats", "say", "choose", "pick"),
        *("chose", "guess", "believe", "heard", "hear", "ni", "cest", "jibu", "igisubizo", "thank", "you", "thanks"),
        *("murakoze", "la", "le", "reponse", "est"),
    )
)
"""Around an answer, and no part of it."""
_FILLERS: Final = _WRAPPING | frozenset(("a", "an", "in", "be", "one", "of", "number", "word"))
_SMALL: Final = frozenset(
    "from to with her his him she he they them we at on by for and this their our your".split()
)
"""Words that tell no option from another."""
_ALWAYS_SMALL: Final = frozenset("a an the is it its was of in be my i that one you la le ni est".split())
_CORRECTED: Final = re.compile(r"\b(?:no|sorry|wait|oops|i mean|actually|rather|oya|non|hapana|but)\b")
_REFUSED: Final = re.compile(r"\bnot\s+(.+?)(?:\s*,\s*|\s+but\s+|$)")
_OPEN: Final = re.compile(
    r"\b(?:or|and|both|neither|either|all|any|cyangwa|ou|au|not|isnt|nor|none|sometimes|half|partly|almost)\b"
)
_SIGNS: Final = {
    ">": ("greater than", "greater", "bigger than", "bigger", "more than", "more", "larger than", "larger"),
    "<": ("less than", "less", "smaller than", "smaller", "fewer than", "fewer"),
    "=": ("equal", "equals", "equal to", "the same", "same", "they are equal", "is equal to"),
    "+": ("plus", "add", "addition"),
    "-": ("minus", "subtract", "take away"),
}


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

    @property
    def values(self) -> tuple[Fraction | None, ...]:
        """The numbers that the options are, where all of them are numbers."""
        read = [read_number(each) for each in self.offers or self.options]
        return tuple(each.amount if each else None for each in read) if all(read) else ()


def read_choice(text: str, choices: Choices, *, language: str = "en") -> int | None:
    """The place of the one option that `text` chooses; None when it chooses none, or more than one.

    What an option says beats what its key is: of 2, 3 and 4 the answer "3" is the second. Corrections count ("odd, no,
    even"). Never raises; takes bounded time for any text.
    """
    if len(text) > _MAX_CHARS or is_hedged(text):
        return None
    exact = _said_wholly(normalise(text), choices)
    if exact is not None:
        return exact
    return None if is_aside(text) else _corrected(text.casefold(), choices, language)


def read_key(text: str, choices: Choices) -> int | None:
    """The place of the option whose key, letter or place `text` is, and nothing more."""
    plain = normalise(text[:_MAX_CHARS])
    found = _by_key(plain, choices)
    return _by_place(plain, choices) if found is None else found


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
    whole = _by_key(normalise(text), choices)  # "no 2" is number two
    return _one(last[-1] if last else text, choices, language) if whole is None else whole


def _is_filler(text: str) -> bool:
    return _FILLERS.issuperset(normalise(text).split())


def _one(text: str, choices: Choices, language: str) -> int | None:
    plain = normalise(text)
    for reader in (_said_wholly, _by_key, _by_place):
        found = reader(plain, choices)
        if found is not None:
            return found
    by_value = _by_value(text, choices, language)
    if by_value is not None:
        return None if _OPEN.search(plain) else by_value
    labelled = _LABELLED.match(text.strip())
    if labelled and (labelled[1] != "a" or "a " not in f"{text.strip()} "[:2]):
        key = _by_key(labelled[1], choices)
        words = _by_words(text.strip()[labelled.end() :], choices, language)
        if key is not None and words is not None:
            return key if key == words else None
    return _by_words(text, choices, language)


def _said_wholly(plain: str, choices: Choices) -> int | None:
    """The option that the whole text is: its words, its sign, its unit; with or without what wraps an answer."""
    rows = [*enumerate(choices.texts), *enumerate(map(normalise, choices.options))]
    rows += [(place, normalise(alias)) for alias, place in choices.aliases]
    if all(each in _SIGNS for each in choices.options):
        rows += [(place, word) for place, each in enumerate(choices.options) for word in _SIGNS[each]]
    units = [unit_named(each) for each in choices.options]
    for wanted in (plain, _bare(plain)):
        joined = wanted.replace(" ", "")
        places = {place for place, each in rows if each and each.replace(" ", "") == joined}
        if len(places) == 1:
            return places.pop()
        if all(units) and (unit := unit_named(wanted)) and units.count(unit) == 1:
            return units.index(unit)
    return None


def _bare(plain: str) -> str:
    """Without the words that only wrap an answer."""
    words = plain.split()
    while len(words) > 1 and words[0] in _WRAPPING:
        words = words[1:]
    while len(words) > 1 and words[-1] in _WRAPPING:
        words = words[:-1]
    return " ".join(words)


def _by_key(plain: str, choices: Choices) -> int | None:
    match = _KEY.fullmatch(_bare(plain)) or _KEY.fullmatch(plain)
    if match is None:
        return None
    key = _LETTERS.get(match[1], match[1])
    if key.isdigit() and not _has_digit_keys(choices):
        return None
    index = int(key) - 1 if key.isdigit() else ord(key) - ord("a")
    return index if index < len(choices.options) else None


def _has_digit_keys(choices: Choices) -> bool:
    """Whether a small number can only be a key: no option has such a value."""
    return not any(
        value is not None and value.denominator == 1 and 0 <= value <= len(choices.options) for value in choices.values
    )


def _by_place(plain: str, choices: Choices) -> int | None:
    """ "The second one", "iya kabiri", "la deuxième", "the last"."""
    words = plain.split()
    is_marked = not _PLACE_MARKERS.isdisjoint(words)
    names = {**_PLACES, **_COUNTED_PLACES} if is_marked else _PLACES
    places = {names[word] for word in words if word in names}
    places |= {len(choices.options) - 1 for word in words if word in _LAST}
    rest = {word for word in words if word not in names and word not in _LAST}
    if len(places) != 1 or not rest <= _BESIDE_A_PLACE | _FILLERS:
        return None
    index = places.pop()
    return index if index < len(choices.options) else None


def _by_words(text: str, choices: Choices, language: str) -> int | None:
    plain = normalise(text)
    if not plain:
        return None
    is_open = _OPEN.search(plain) is not None
    phrases = _phrases(plain, choices)
    if len(phrases) == 1 and not is_open:
        return phrases.pop()
    number = read_number(plain, language=language)
    words = plain.split()
    if number is not None and (phrases or is_open or len(_bare(plain).split()) <= _MOST_KEY_WORDS):
        return None if phrases or is_open else _by_number(choices, number)
    if len(phrases) > 1 or (is_open and (len(choices.texts) == 2 or len(words) <= 3 or not phrases)):
        return None
    joined = _by_joined(plain, choices)
    return _by_parts(words, choices) if joined is None else joined


def _by_number(choices: Choices, number: ReadNumber) -> int | None:
    is_key = number.form == "integer" and 1 <= number.value <= len(choices.options) and number.unit is None
    return int(number.value) - 1 if is_key and _has_digit_keys(choices) else None


def _by_value(text: str, choices: Choices, language: str) -> int | None:
    """The option of the value that was said."""
    values = choices.values
    number = read_number(text, language=language) if values else None
    if number is None:
        return None
    return values.index(number.amount) if values.count(number.amount) == 1 else None


def _phrases(plain: str, choices: Choices) -> set[int]:
    """The options whose words stand in the text; of one inside another's words, the longer."""
    rows = [*enumerate(choices.texts), *((place, normalise(alias)) for alias, place in choices.aliases)]
    held = {(place, each) for place, each in rows if each and f" {each} " in f" {plain} "}
    held = {(place, each) for place, each in held if each not in _ALWAYS_SMALL or len(plain.split()) <= 2}
    return {
        place
        for place, each in held
        if not any(f" {each} " in f" {other} " and each != other for at, other in held if at != place)
    }


def _by_joined(plain: str, choices: Choices) -> int | None:
    """The option of one word that the text nearly is but for a gap: "foto synthesis"."""
    said = _bare(plain).replace(" ", "")
    scores = [0.0 if " " in each else likeness(said, each) for each in choices.texts]
    best = max(range(len(scores)), key=scores.__getitem__)
    others = max((score for place, score in enumerate(scores) if place != best), default=0.0)
    is_long = len(said) > _MOST_SLIPPERY
    return best if is_long and scores[best] >= LIKE and scores[best] - others >= _CLEARLY else None


def _by_parts(words: Sequence[str], choices: Choices) -> int | None:
    """The one option that words of the text belong to, exactly or nearly, when most of them do."""
    rows = [set(each.split()) for each in choices.texts]
    for alias, place in choices.aliases:
        rows[place] = rows[place] | set(normalise(alias).split())
    fillers = _FILLERS - (set[str]().union(*rows) - _ALWAYS_SMALL)
    common = set[str]().union(*(rows[n] & rows[m] for n in range(len(rows)) for m in range(n)))
    content = [word for word in words if word not in fillers and word not in common and word not in _SMALL]
    owners = [_owner(word, [row - common - fillers for row in rows]) for word in content]
    chosen = {owner for owner in owners if owner is not None}
    strange = owners.count(None)
    return chosen.pop() if len(chosen) == 1 and strange < max(1, len(owners) - strange) else None


def _owner(word: str, rows: Sequence[set[str]]) -> int | None:
    """The row that a word belongs to: of the words in it, or like one and clearly less like any other."""
    exact = [place for place, row in enumerate(rows) if word in row]
    if exact:
        return exact[0]
    if read_number(word) is not None:
        return None
    scores = [max((_alike(word, each) for each in row), default=0.0) for row in rows]
    best = max(range(len(rows)), key=scores.__getitem__)
    second = max((score for place, score in enumerate(scores) if place != best), default=0.0)
    return best if scores[best] >= LIKE and scores[best] - second >= _CLEARLY else None


def _alike(word: str, other: str) -> float:
    """Likeness of two words; a plural is its singular."""
    if word.rstrip("s") == other.rstrip("s") and min(len(word), len(other)) > 2:
        return 0.95
    return likeness(word, other) if abs(len(word) - len(other)) <= 3 else 0.0
