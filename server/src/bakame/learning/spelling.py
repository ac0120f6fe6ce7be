"""Spelled words: letters by name, typed, or by the keys of a telephone."""

import re
from typing import Final

from rapidfuzz.distance import Levenshtein

from bakame.learning.grading import MAX_SAID, Grade, Verdict
from bakame.text.compare import normalise


def grade_spelling(word: str, said: str) -> Grade:
    """Marks a spelled word: "g o a t", "goat", "G-O-A-T", "gee oh ay tee", or the keys that carry its letters ("4628").

    `value` is the spelling that was understood.
    """
    spelled = read_spelling(said)
    wanted = re.sub(r"[^a-z]", "", normalise(word))
    if spelled is None:
        return Grade(Verdict.UNCLEAR, None, None, "no letters in it")
    if spelled.isdigit():
        right = spelled == keys_of(wanted)
        return Grade(Verdict.RIGHT if right else Verdict.WRONG, word if right else None, None, "by the keys")
    if spelled == wanted:
        return Grade(Verdict.RIGHT, spelled, None, "the letters of the word")
    near = Levenshtein.distance(spelled, wanted) == 1
    return Grade(Verdict.WRONG, spelled, "one_letter" if near else None, "one letter off" if near else "other letters")


_LETTERS_OF: Final = ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")
"""The letters of the keys 2 to 9 (ITU-T E.161)."""
_KEYS: Final = {letter: str(key) for key, letters in enumerate(_LETTERS_OF, start=2) for letter in letters}
_NAMES: Final = (
    *("ay a", "bee b", "be b", "see c", "sea c", "cee c", "dee d", "ee e", "ef f", "eff f", "gee g", "jee g"),
    *("aitch h", "haitch h", "eye i", "jay j", "kay k", "okay k", "el l", "ell l", "em m", "en n", "oh o", "owe o"),
    *("pee p", "pea p", "cue q", "queue q", "ar r", "are r", "es s", "ess s", "tee t", "tea t", "you u", "yu u"),
    *("vee v", "ve v", "ex x", "why y", "wye y", "zed z", "zee z"),
)
_LETTERS: Final = dict(name.split() for name in _NAMES)
"""The names of letters as a recogniser writes them."""


def read_spelling(said: str) -> str | None:
    """Letters in what was said, or the digits of keys; None when there is neither."""
    text = normalise(said[:MAX_SAID]).replace("double u", "w").replace("double you", "w")
    digits = re.sub(r"[\s#]", "", text)
    if digits.isascii() and digits.isdigit():
        return digits
    letters = ""
    twice = False
    words = text.replace("-", " ").split()
    for word in words:
        if word == "double":
            twice = True
            continue
        letter = word if len(word) == 1 and word.isalpha() else _LETTERS.get(word) if len(words) > 1 else None
        if letter is None:
            # A whole word among letters: "goat, g o a t" says it twice; alone it is the spelling itself.
            letter = word if len(words) == 1 and word.isalpha() else ""
        letters += letter * (2 if twice and len(letter) == 1 else 1)
        twice = False
    return letters or None


def keys_of(word: str) -> str:
    """The keys of a telephone that carry the letters of `word` (ITU-T E.161)."""
    return "".join(_KEYS.get(letter, "") for letter in word)
