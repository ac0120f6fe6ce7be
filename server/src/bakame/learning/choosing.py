"""Which of several worded options was meant: by its words, its key, its letter, its place, or a part of it."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bakame.text.compare import likeness, normalise
from bakame.text.numbers import read_number

LIKE: Final = 0.84
"""How alike what was said and an option must be to be taken for it."""
CLEARER: Final = 0.08
"""How much more alike than any other option."""
_PLACES: Final = {
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "uwa mbere": 0,
    "uwa kabiri": 1,
    "uwa gatatu": 2,
    "premier": 0,
    "deuxieme": 1,
    "troisieme": 2,
}
_KEY: Final = re.compile(
    r"(?:(?:i (?:choose|pick|press|say)|press|key|option|number|answer|choice|letter|its|it is|the answer is|ni)\s+)*"
    r"(?:no\.?\s*)?([1-4]|[a-d])",
    re.ASCII,
)
_FILLERS: Final = frozenset(
    (
        *("the", "a", "an", "is", "it", "its", "i", "think", "answer", "option", "one", "choose", "pick", "say"),
        *("maybe", "please", "teacher", "um", "uh", "er", "was", "press", "for", "guess", "said", "ni"),
    )
)
_NOT: Final = frozenset(("not", "isnt", "neither", "never", "wrong", "arent", "dont", "or"))
_SAME: Final = {
    "true": ("yes", "correct", "right", "t", "its true", "it is true", "that is true", "yego", "nibyo", "vrai"),
    "false": ("no", "not true", "wrong", "f", "its false", "it is false", "incorrect", "that is false", "oya", "faux"),
    "yes": ("yeah", "yep", "yego", "oui", "ndiyo", "y", "true"),
    "no": ("nope", "oya", "non", "hapana", "n", "false"),
}


def chosen(options: Sequence[str], said: str) -> int | None:
    """The index of the option that was meant; None when none was, or more than one could be."""
    if said.strip() in options:
        return list(options).index(said.strip())
    text = normalise(said)
    if not text:
        return None
    plain = [normalise(option) for option in options]
    bare = _without_fillers(text)
    for candidate in dict.fromkeys((text, bare)):
        same = (n for n, option in enumerate(plain) if candidate and candidate in (option, _without_fillers(option)))
        if (found := _only(same)) is not None:
            return found
    synonyms = [n for n, option in enumerate(plain) if text in _SAME.get(option, ())]
    if len(synonyms) == 1:
        return synonyms[0]
    if (key := _key(text, len(options))) is not None:
        return key
    within = _within(plain, text)
    if within is not None or _NOT & set(text.split()) - {word for option in plain for word in option.split()}:
        return within
    return _part(plain, bare) if bare else None


def _key(text: str, count: int) -> int | None:
    if match := _KEY.fullmatch(text):
        key = match[1]
        index = int(key) - 1 if key.isdigit() else ord(key) - ord("a")
        return index if index < count else None
    places = {place for word, place in _PLACES.items() if re.search(rf"\b{word}\b", text)}
    if len(places) == 1 and len(text.split()) <= 5:
        place = places.pop()
        return place if place < count else None
    if len(text.split()) <= 3 and (number := read_number(text)) is not None and number.form == "integer":
        value = int(number.value)
        return value - 1 if 1 <= value <= count else None
    return None


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


def _part(options: Sequence[str], bare: str) -> int | None:
    """The option that a part of it, or a slip, belongs to, more clearly than to any other."""
    words = set(bare.split())
    parts = [n for n, option in enumerate(options) if words <= set(option.split())]
    if len(parts) == 1 and any(len(word) > 2 for word in words):
        return parts[0]
    if parts:
        return None
    scores = sorted(((likeness(bare, _without_fillers(option)), n) for n, option in enumerate(options)), reverse=True)
    best, index = scores[0]
    second = scores[1][0] if len(scores) > 1 else 0.0
    return index if best >= LIKE and best - second >= CLEARER else None


def _without_fillers(text: str) -> str:
    return " ".join(word for word in text.split() if word not in _FILLERS)


def _only(found: Iterable[int]) -> int | None:
    listed = list(found)
    return listed[0] if len(listed) == 1 else None
