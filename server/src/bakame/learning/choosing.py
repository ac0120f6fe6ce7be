"""Which of several worded options was meant: by its words, its key, its letter, its place, or a part of it."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from bakame.learning.likeness import same_word
from bakame.learning.spelling import read_spelling
from bakame.text.compare import likeness, normalise
from bakame.text.numbers import read_number

LIKE: Final = 0.84
"""How alike what was said and an option must be to be taken for it."""
CLEARER: Final = 0.08
"""How much more alike than any other option."""
_WORD_LIKE: Final = 0.8
"""How alike a word of five letters or more must be to a word that only one option has."""
_KIN: Final = 0.6
"""How alike each word of an answer must be to some word of an option that is like it on the whole."""
_LONG_WORD: Final = 5
_MORE: Final = 2
"""Words beside those of an option that an answer may hold."""
_PLACES: Final = {
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "last": -1,
    "uwa mbere": 0,
    "uwa kabiri": 1,
    "uwa gatatu": 2,
    "premier": 0,
    "deuxieme": 1,
    "troisieme": 2,
}
_PLACE: Final = {word: re.compile(rf"\b{word}\b") for word in _PLACES}
_KEY: Final = re.compile(
    r"(?:(?:i (?:choose|pick|press|say)|press|key|option|number|answer|choice|letter|its|it is|the answer is|ni)\s+)*"
    r"(?:no\.?\s*)?([1-4]|[a-d])(?: please| teacher| sir| madam)?",
    re.ASCII,
)
_ABOUT: Final = re.compile(
    r"^(?:(?:um|uh|er|oh|ok|okay|teacher|maybe|i think|i guess|i say|i said|i heard|i choose|i pick|it must be|"
    r"it should be|the (?:right )?answer (?:is|was)|(?:my|the) choice is|it (?:is|was)|its|that is|"
    r"igisubizo ni|ni)\s+)+"
)
"""What people say before the answer."""
_FILLERS: Final = frozenset(
    (
        *("the", "a", "an", "is", "it", "its", "i", "think", "answer", "option", "one", "choose", "pick", "say"),
        *("maybe", "please", "teacher", "um", "uh", "er", "was", "press", "for", "guess", "said", "ni", "sir", "madam"),
    )
)
"""What people say around an answer."""
_LITTLE: Final = _FILLERS | {"they", "he", "she", "are", "were", "to", "of", "in", "on", "at", "and", "that", "this"}
"""Words that do not tell one option from another where other words do."""
_NOT: Final = frozenset(("not", "isnt", "neither", "never", "wrong", "arent", "dont", "or", "no", "without"))
_SAME: Final = {
    "true": ("yes", "correct", "right", "t", "its true", "it is true", "that is true", "yego", "nibyo", "vrai"),
    "false": ("no", "not true", "wrong", "f", "its false", "incorrect", "that is false", "oya", "faux", "untrue"),
    "yes": ("yeah", "yep", "yego", "oui", "ndiyo", "y", "true", "yes please", "yes it is"),
    "no": ("nope", "oya", "non", "hapana", "n", "false", "no it is not", "no teacher"),
    "asking": ("question", "a question", "asks"),
    "telling": ("a fact", "tells", "a sentence"),
}


def chosen(options: Sequence[str], said: str) -> int | None:
    """The index of the option that was meant; None when none was, or more than one could be."""
    if said.strip() in options:
        return list(options).index(said.strip())
    text = normalise(said)
    if not text:
        return None
    plain = [normalise(option) for option in options]
    about = _ABOUT.sub("", text)
    bare = _bare(about, plain)
    for candidate in dict.fromkeys((text, about, bare)):
        same = (n for n, option in enumerate(plain) if candidate and candidate in (option, _bare(option, plain)))
        if (found := _only(same)) is not None:
            return found
    synonyms = [n for n, option in enumerate(plain) if {text, about} & {*_SAME.get(option, ())}]
    if synonyms:
        return synonyms[0] if len(synonyms) == 1 else None
    if all(len(option) == 1 for option in plain):
        return _by_letter(plain, about)
    if (key := _key(text, plain)) is not None:
        return key
    return _by_words(plain, about, bare)


def _by_words(plain: Sequence[str], text: str, bare: str) -> int | None:
    own = {word for option in plain for word in option.split()}
    if not _NOT & own:
        text = _without_refused(plain, text)
    within = _within(plain, text)
    if within is not None or _NOT & set(text.split()) - own:
        return within
    if (found := _by_own_words(plain, text)) is not None:
        return found
    return _part(plain, bare) if bare else None


def _by_letter(options: Sequence[str], text: str) -> int | None:
    """Options that are letters, by the letter or its name; else by their number."""
    letter = read_spelling(f"{text} {text}") or ""
    spelled = set(letter) if letter.isalpha() and len(set(letter)) == 1 else set[str]()
    if spelled:
        return _only(n for n, option in enumerate(options) if option in spelled)
    if (place := _place(text, len(options))) is not None:
        return place
    number = read_number(text)
    return int(number.value) - 1 if number is not None and 1 <= number.value <= len(options) else None


def _key(text: str, options: Sequence[str]) -> int | None:
    count = len(options)
    if match := _KEY.fullmatch(text):
        key = match[1]
        index = int(key) - 1 if key.isdigit() else ord(key) - ord("a")
        if index < count:
            return index
    words = text.split()
    if (place := _place(text, count)) is not None:
        return place if place < count else None
    number = read_number(text) if len(words) <= 5 else None
    if number is None:
        return None
    amounts = [None if (read := _number(option)) is None else read for option in options]
    if number.value in amounts:
        return amounts.index(number.value) if amounts.count(number.value) == 1 else None
    if len(words) <= 3 and number.form == "integer":
        return int(number.value) - 1 if 1 <= number.value <= count else None
    return None


def _place(text: str, count: int) -> int | None:
    """The index that "the second one" names, and nothing else beside it; it may be one of no option."""
    words = text.split()
    places = {
        _PLACES[word] % count if _PLACES[word] < 0 else _PLACES[word] for word in _PLACE if _PLACE[word].search(text)
    }
    beside = {word for word in words if word not in _FILLERS and word not in _PLACES}
    return places.pop() if len(places) == 1 and (not beside or text in _PLACES) else None


@lru_cache(maxsize=1_024)
def _number(option: str) -> object:
    number = read_number(option)
    return number.value if number is not None else None


def _without_refused(options: Sequence[str], text: str) -> str:
    """ "not black white" is "white": what was refused is not meant, when something else is said beside it."""
    for option in sorted(options, key=len, reverse=True):
        rest = " ".join(f" {text} ".replace(f" not {option} ", " ", 1).split())
        if rest and rest != text and any(f" {other} " in f" {rest} " for other in options if other != option):
            return rest.removeprefix("but ").removeprefix("it is ")
    return text


def _within(options: Sequence[str], text: str) -> int | None:
    """The only option whose words stand in the text; of options inside one another the longest."""
    padded = f" {text} "
    found = [n for n, option in enumerate(options) if option and f" {option} " in padded]
    longest = [
        n for n in found if not any(other != n and f" {options[n]} " in f" {options[other]} " for other in found)
    ]
    if len(longest) != 1:
        return None
    before = padded[: padded.index(f" {options[longest[0]]} ")].split()
    return None if before and before[-1] in _NOT else longest[0]


def _by_own_words(options: Sequence[str], text: str) -> int | None:
    """The option of which words were said that no other has, with few others beside them."""
    said = [word for word in text.split() if word.isalpha()]
    split = [option.split() for option in options]
    hits: set[int] = set()
    left = len(said)
    own = [_own(words, [other for other in split if other is not words]) for words in split]
    for word in said:
        n = _owner(word, own)
        if n is not None:
            hits.add(n)
        if n is not None or word in _LITTLE or any(word in words for words in split):
            left -= 1
    return hits.pop() if len(hits) == 1 and left <= _MORE else None


def _own(words: Sequence[str], others: Sequence[Sequence[str]]) -> list[str]:
    """Words of one option alone; small ones only when it has no other."""
    everywhere = {word for other in others for word in other}
    own = [word for word in words if word not in everywhere]
    telling = [word for word in own if word not in _LITTLE | _NOT]
    return telling or ([] if len(words) > 1 and _NOT.intersection(own) else own)


def _owner(word: str, own: Sequence[Collection[str]]) -> int | None:
    exact = [n for n, words in enumerate(own) if word in words]
    if exact:
        return _only(exact)
    alike = [n for n, words in enumerate(own) if any(same_word(word, each) for each in words if each.isalpha())]
    if alike or len(word) < _LONG_WORD:
        return _only(alike)
    near = [
        n
        for n, words in enumerate(own)
        if any(len(each) >= _LONG_WORD and OSA.normalized_similarity(word, each) >= _WORD_LIKE for each in words)
    ]
    return _only(near)


def _part(options: Sequence[str], bare: str) -> int | None:
    """The option that a part of it, or a slip, belongs to, more clearly than to any other."""
    words = set(bare.split())
    parts = [n for n, option in enumerate(options) if words <= set(option.split())]
    if len(parts) == 1 and any(len(word) > 2 for word in words) and not words <= _LITTLE | _NOT:
        return parts[0]
    if parts:
        return None
    scores = sorted(((likeness(bare, _bare(option, options)), n) for n, option in enumerate(options)), reverse=True)
    best, index = scores[0]
    second = scores[1][0] if len(scores) > 1 else 0.0
    if best < LIKE or best - second < CLEARER:
        return None
    wanted = options[index].split()
    return index if all(any(OSA.normalized_similarity(a, b) >= _KIN for b in wanted) for a in words) else None


def _bare(text: str, options: Sequence[str]) -> str:
    """Without what is only said around an answer; what is an option by itself stays."""
    return " ".join(word for word in text.split() if word not in _FILLERS or word in options)


def _only(found: Iterable[int]) -> int | None:
    listed = list(found)
    return listed[0] if len(listed) == 1 else None
