"""Open answers, marked by rule: what they say first, how they say it second. A model never decides what this can.

An answer is right when it is like one of the accepted answers, or makes enough of the points that are asked for. Every
way of making a point is matched as whole words in their order, so that "hi" is not in "thirty".
"""

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from bakame.learning.grading import MAX_SAID, Grade, Verdict
from bakame.learning.rubric import Point, Rubric
from bakame.text.compare import normalise

LONGEST: Final = 1_600
"""Characters of an open answer that are read: as much as a carrier delivers in one message."""
LIKE: Final = 88.0
"""Likeness (0 to 100) from which an answer is an accepted one."""
_SLIP: Final = 0.8
"""Likeness of two long words from which one is the other, misspelt or misheard."""
_LONG_WORD: Final = 5
_GAP: Final = 2
"""Words that may stand between two words of a phrase: "I would really like"."""
_SMALL: Final = frozenset(
    (
        *(
            "a",
            "an",
            "the",
            "is",
            "are",
            "was",
            "were",
            "be",
            "it",
            "its",
            "he",
            "she",
            "they",
            "this",
            "that",
            "to",
            "of",
        ),
        *("in", "on", "at", "and", "my", "your", "his", "her", "their", "our", "i", "we", "you"),
    )
)
_NOT: Final = frozenset(("not", "no", "never", "isnt", "dont", "doesnt", "didnt", "wasnt", "arent", "cannot", "cant"))
_STOP: Final = re.compile(r"[.!?]$")


def grade_open(rubric: Rubric, said: str) -> Grade:
    """Marks an open answer. `UNCLEAR` when nothing in it can be read or it is too short to say anything.

    `misconception` names the first point that is missing; `value` is what was said, shortened.
    """
    text = normalise(said[:LONGEST])
    words = text.split()
    value = " ".join(said[:MAX_SAID].split())
    if not any(character.isalnum() for character in text):
        return Grade(Verdict.UNCLEAR, None, None, "no words in it")
    if rubric.exact:
        return _grade_exact(rubric, said, value)
    if any(_alike(text, accepted) for accepted in rubric.accept):
        return Grade(Verdict.RIGHT, value, None, "like an accepted answer")
    made = [point for point in rubric.points if made_in(point, words)]
    missing = next((point.name for point in rubric.points if point not in made), None)
    if rubric.points and len(made) >= rubric.needed > 0 and len(words) >= rubric.least_words:
        return Grade(Verdict.RIGHT, value, None, f"it says: {', '.join(point.name for point in made)}")
    if len(words) < rubric.least_words and rubric.points:
        return Grade(Verdict.UNCLEAR, value, missing, "too short to tell")
    if made:
        return Grade(Verdict.WRONG, value, missing, f"it does not say: {missing}")
    return Grade(
        Verdict.WRONG, value, missing, "not like an accepted answer" if rubric.accept else "none of the points"
    )


def made_in(point: Point, words: Sequence[str]) -> bool:
    """Whether one of the ways of making the point is in these words."""
    return any(_holds(words, way.split()) for way in point.any)


def grade_dictation(sentence: str, said: str) -> Grade:
    """Marks what was written down of a sentence: every word, in order; one small slip of spelling is let through."""
    wanted, given = normalise(sentence).split(), normalise(said[:LONGEST]).split()
    if not given:
        return Grade(Verdict.UNCLEAR, None, None, "no words in it")
    value = " ".join(given)[:MAX_SAID]
    if wanted == given:
        return Grade(Verdict.RIGHT, value, None, "every word")
    slips = Levenshtein.distance(wanted, given)
    small = len(wanted) == len(given) and slips == 1 and all(
        one == other or (len(one) >= _LONG_WORD and Levenshtein.distance(one, other) == 1)
        for one, other in zip(wanted, given, strict=True)
    )  # fmt: skip
    if small:
        return Grade(Verdict.RIGHT, value, None, "every word, one letter off")
    missing = next((word for word in wanted if word not in given), None)
    return Grade(Verdict.WRONG, value, "missing_word" if missing else "word_order", f"{slips} words are not as said")


def _grade_exact(rubric: Rubric, said: str, value: str) -> Grade:
    given = " ".join(said[:LONGEST].split())
    if given == rubric.model:
        return Grade(Verdict.RIGHT, value, None, "letter for letter")
    if normalise(given) != normalise(rubric.model):
        return Grade(Verdict.WRONG, value, "words", "other words")
    if given.lower() == rubric.model.lower():
        return Grade(Verdict.WRONG, value, "capital letters", "capitals are missing")
    return Grade(Verdict.WRONG, value, "full stops", "stops are missing")


def _alike(text: str, accepted: str) -> bool:
    """The same but for small words, order of a phrase, and slips; never the opposite."""
    if text == accepted:
        return True
    one, other = _content(text), _content(accepted)
    if not other or (_NOT & set(text.split())) != (_NOT & set(accepted.split())):
        return False
    if one == other:
        return True
    if any(word.isdigit() for word in one + other) and {w for w in one if w.isdigit()} != {
        w for w in other if w.isdigit()
    }:
        return False
    if len(one) > 2 * len(other) + 4:
        return False
    if len(other) > 1 and _holds(one, other):
        return True
    if len(one) == len(other) and all(same_word(a, b) for a, b in zip(one, other, strict=True)):
        return True
    return (
        len(other) > 2
        and set(map(_stem, one)) == set(map(_stem, other))
        and fuzz.token_sort_ratio(text, accepted) >= LIKE
    )


def _content(text: str) -> list[str]:
    return [word for word in text.split() if word not in _SMALL]


def _holds(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether the words of `phrase` stand in `words` in their order, close together."""
    if not phrase:
        return False
    for start, word in enumerate(words):
        if not same_word(word, phrase[0]):
            continue
        at = start
        for wanted in phrase[1:]:
            near = range(at + 1, min(at + 2 + _GAP, len(words)))
            found = next((index for index in near if same_word(words[index], wanted)), None)
            if found is None or _NOT & set(words[at + 1 : found]) - set(phrase):
                break
            at = found
        else:
            return True
    return False


def same_word(said: str, wanted: str) -> bool:
    """The same word, in another form or with a slip in a long one."""
    if said == wanted:
        return True
    if not (said.isalpha() and wanted.isalpha()) or min(len(said), len(wanted)) < 4:
        return False
    if _stem(said) == _stem(wanted):
        return True
    return (
        min(len(said), len(wanted)) >= _LONG_WORD
        and Levenshtein.normalized_similarity(said, wanted) >= _SLIP
        and said[0] == wanted[0]
    )


def _stem(word: str) -> str:
    """Without the endings that grammar asks for: meaning counts here."""
    for ending in ("ing", "ies", "ied", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
