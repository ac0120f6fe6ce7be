"""Spelled words: letters by name, typed, or by the keys of a telephone."""

import re
from typing import Final

from rapidfuzz.distance import OSA

from bakame.learning.grading import MAX_SAID, Grade, Verdict
from bakame.text.compare import normalise


def grade_spelling(word: str, said: str) -> Grade:
    """Marks a spelled word: "g o a t", "goat", "G-O-A-T", "gee oh ay tee", or the keys that carry its letters ("4628").

    Keys may also be pressed as in writing a text: 666 for o. `value` is the spelling that was understood.
    """
    wanted = re.sub(r"[^a-z]", "", normalise(word))
    spelled = read_spelling(said, word=wanted)
    if spelled is None:
        return Grade(Verdict.UNCLEAR, None, None, "no letters in it")
    if spelled.isdigit():
        right = spelled in (keys_of(wanted), presses_of(wanted))
        return Grade(Verdict.RIGHT if right else Verdict.WRONG, word if right else None, None, "by the keys")
    if spelled == wanted:
        return Grade(Verdict.RIGHT, spelled, None, "the letters of the word")
    near = OSA.distance(spelled, wanted, score_cutoff=1) == 1
    return Grade(Verdict.WRONG, spelled, "one_letter" if near else None, "one letter off" if near else "other letters")


_LETTERS_OF: Final = ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")
"""The letters of the keys 2 to 9 (ITU-T E.161)."""
_KEYS: Final = {letter: str(key) for key, letters in enumerate(_LETTERS_OF, start=2) for letter in letters}
_PRESSES: Final = {
    letter: str(key) * presses
    for key, letters in enumerate(_LETTERS_OF, start=2)
    for presses, letter in enumerate(letters, start=1)
}
_NAMES: Final = (
    *("ay a", "eh a", "bee b", "be b", "see c", "sea c", "cee c", "dee d", "the d", "ee e", "ef f", "eff f", "gee g"),
    *("jee g", "ji g", "aitch h", "haitch h", "age h", "eye i", "aye i", "jay j", "kay k", "okay k", "el l", "ell l"),
    *("em m", "en n", "an n", "and n", "oh o", "owe o", "pee p", "pea p", "cue q", "queue q", "ar r", "are r", "our r"),
    *("es s", "ess s", "tee t", "tea t", "ti t", "you u", "yu u", "vee v", "ve v", "we v", "ex x", "eks x", "why y"),
    *("wye y", "wai y", "zed z", "zet z", "zee z"),
)
_LETTERS: Final = dict(name.split() for name in _NAMES)
"""The names of letters as a recogniser writes them."""
_DOUBLE_U: Final = re.compile(r"\bdouble (?:u|you)\b(?= |$)")
_AS_IN: Final = re.compile(r"\b([a-z]) (?:for|as in|like|like in|is for|of) [a-z]{2,}\b")
"""A letter named by a word: "b for banana"."""
_CORRECTED: Final = re.compile(r"\b(?:no|sorry|wait|i mean)\b")
_LEADING: Final = frozenset(
    (
        *("it", "is", "its", "spelled", "spelt", "spell", "spelling", "word", "letters", "letter", "answer", "then"),
        *("capital", "small", "big", "i", "think", "um", "uh", "teacher", "we", "write", "you", "the", "and", "that"),
    )
)


def read_spelling(said: str, *, word: str = "") -> str | None:
    """Letters in what was said, or the digits of keys; None when there is neither.

    `word`: what was to be spelled, in small letters: it may be said before the letters, after them, or in two parts.
    """
    text = normalise(said[:MAX_SAID])
    digits = re.sub(r"[\s#*.,-]", "", text)
    if digits.isascii() and digits.isdigit():
        return digits
    text = _AS_IN.sub(r"\1", _DOUBLE_U.sub("w", re.sub(r"[-.,/]", " ", text)))
    *before, last = _CORRECTED.split(text)
    words = (last if before and len(last.split()) > 1 else text).split()
    if not any(character.isalpha() for character in text):
        return None
    if "".join(words) == word and word:
        return word
    letters = _spoken(words, word)
    if len(letters) > 1 or len(word) == 1:
        return letters or None
    # No letters one by one: a whole word is the spelling itself, alone or after a few words about it.
    whole = [each for each in words if each.isalpha() and each not in _LEADING]
    if word and word in words:
        return word
    return whole[0] if len(whole) == 1 else None


def keys_of(word: str) -> str:
    """The keys of a telephone that carry the letters of `word` (ITU-T E.161)."""
    return "".join(_KEYS.get(letter, "") for letter in word)


def presses_of(word: str) -> str:
    """The keys of `word` as they are pressed in writing a text: once for the first letter of a key, twice, ..."""
    return "".join(_PRESSES.get(letter, "") for letter in word)


def _spoken(words: list[str], word: str) -> str:
    """The letters that were said one by one; words about them are left out.

    A name that is also a word ("you", "are", "the") is a letter only beside others that can be letters.
    """
    letters = ""
    twice = False
    for place, each in enumerate(words):
        if each == "double":
            twice = True
            continue
        letter = _letter(each)
        if letter and len(each) > 1 and each in _LEADING and not _beside(words, place):
            letter = ""
        if letter and each == "i" and place == 0 and words[1:2] == ["think"]:
            letter = ""
        if not letter and len(each) == 2 and each[0] == each[1] and len(words) > 1:
            letter = each
        if not letter and each == "0" and len(words) > 1:
            letter = "o"
        letters += letter * (2 if twice and len(letter) == 1 else 1)
        twice = False
    return letters if sum(bool(_letter(each)) for each in words) > 1 or len(word) == 1 else ""


def _letter(word: str) -> str:
    return word if len(word) == 1 and word.isalpha() else _LETTERS.get(word, "")


def _beside(words: list[str], place: int) -> bool:
    """Whether a letter stands before and after, or at the end before."""
    before = place > 0 and bool(_letter(words[place - 1]) or words[place - 1] == "double")
    after = place + 1 < len(words) and bool(_letter(words[place + 1]))
    return (before and (after or place + 1 == len(words))) or (place == 0 and after and len(words) > 2)
