"""Open answers, marked by rule: what they say first, how they say it second. A model never decides what this can.

An answer is right when it is like one of the accepted answers, or makes enough of the points that are asked for. Every
way of making a point is matched as whole words in their order, so that "hi" is not in "thirty".
"""

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import Levenshtein

from bakame.learning.grading import MAX_SAID, Grade, Verdict
from bakame.learning.likeness import LONGEST, Index, forms, plain, same_word
from bakame.learning.rubric import Point, Rubric
from bakame.text.compare import normalise

__all__ = ["LONGEST", "TOO_SHORT", "grade_dictation", "grade_open", "made_in", "points_made", "same_word"]

TOO_SHORT: Final = "too short to tell"
"""The reason of a mark for an answer that must say more."""
_GAP: Final = 2
"""Words that may stand between two words of a phrase: "I would really like"."""
_SMALL: Final = frozenset(
    (
        *("a", "an", "the", "is", "are", "am", "was", "were", "be", "been", "it", "its", "he", "she"),
        *("they", "this", "that", "there", "to", "of", "in", "on", "at", "by", "with", "from", "for", "my"),
        *("your", "his", "her", "their", "our", "i", "we", "you", "so", "just", "really", "very", "only"),
        *("then", "well", "um", "uh", "er", "please", "teacher", "because", "answer", "think"),
    )
)
_NOT: Final = frozenset(("not", "no", "never", "nobody", "nothing", "none", "neither", "without"))

_CORRECTED: Final = re.compile(r"(?:,\s*(?:no|wait|actually)\b[,\s]*|\bsorry\b[,\s]*|\bi mean\b[,\s]*)")
_SLIP_FROM: Final = 5
"""Letters of a word from which one may be off in dictation."""


def grade_open(rubric: Rubric, said: str, *, question: str = "") -> Grade:
    """Marks an open answer. `UNCLEAR` when nothing in it can be read or it is too short to say anything.

    `question`: what was asked; its words may be repeated in the answer. `misconception` names the first point that is
    missing; `value` is what was said, shortened.
    """
    text = plain(said[:LONGEST])
    value = " ".join(said[:MAX_SAID].split())
    if not any(character.isalnum() for character in text):
        return Grade(Verdict.UNCLEAR, None, None, "no words in it")
    if rubric.exact:
        return _grade_exact(rubric, said, value)
    if _accepted(rubric, said, text, question):
        return Grade(Verdict.RIGHT, value, None, "like an accepted answer")
    words = text.split()
    made = points_made(rubric, text)
    missing = next((point.name for point in rubric.points if point not in made), None)
    if rubric.points and len(made) >= rubric.needed > 0 and len(words) >= rubric.least_words:
        return Grade(Verdict.RIGHT, value, None, f"it says: {', '.join(point.name for point in made)}")
    if len(words) < rubric.least_words and rubric.points:
        return Grade(Verdict.UNCLEAR, value, missing, TOO_SHORT)
    if made:
        return Grade(Verdict.WRONG, value, missing, f"it does not say: {missing}")
    return Grade(
        Verdict.WRONG, value, missing, "not like an accepted answer" if rubric.accept else "none of the points"
    )


def points_made(rubric: Rubric, said: str) -> tuple[Point, ...]:
    """The points of a rubric that an answer makes, in the rubric's order."""
    index = Index(plain(said[:LONGEST]).split())
    return tuple(point for point in rubric.points if _made(point, index))


def made_in(point: Point, words: Sequence[str]) -> bool:
    """Whether one of the ways of making the point is in these words."""
    return _made(point, Index(words))


def grade_dictation(sentence: str, said: str) -> Grade:
    """Marks what was written down of a sentence: every word, in order; one small slip of spelling is let through."""
    wanted, given = plain(sentence).split(), plain(said[:LONGEST]).split()
    if not given:
        return Grade(Verdict.UNCLEAR, None, None, "no words in it")
    value = " ".join(given)[:MAX_SAID]
    if wanted == given:
        return Grade(Verdict.RIGHT, value, None, "every word")
    slips = Levenshtein.distance(wanted, given)
    small = len(wanted) == len(given) and slips == 1 and all(
        one == other or (len(one) >= _SLIP_FROM and Levenshtein.distance(one, other) == 1)
        for one, other in zip(wanted, given, strict=True)
    )  # fmt: skip
    if small:
        return Grade(Verdict.RIGHT, value, None, "every word, one letter off")
    missing = next((word for word in wanted if word not in given), None)
    return Grade(Verdict.WRONG, value, "missing_word" if missing else "word_order", f"{slips} words are not as said")


def _made(point: Point, index: Index) -> bool:
    return any(index.holds(plain(way).split(), gap=_GAP, breaks=_NOT) for way in point.any)


def _grade_exact(rubric: Rubric, said: str, value: str) -> Grade:
    given = " ".join(said[:LONGEST].split())
    if given == rubric.model:
        return Grade(Verdict.RIGHT, value, None, "letter for letter")
    if normalise(given) != normalise(rubric.model):
        return Grade(Verdict.WRONG, value, "words", "other words")
    if given.lower() == rubric.model.lower():
        return Grade(Verdict.WRONG, value, "capital letters", "capitals are missing")
    return Grade(Verdict.WRONG, value, "full stops", "stops are missing")


def _accepted(rubric: Rubric, said: str, text: str, question: str) -> bool:
    """Whether an answer is one of the accepted ones; of one that was corrected the last part counts."""
    if not rubric.accept:
        return False
    echoed = _echoed(question)
    listed = [plain(each) for each in rubric.accept]
    if any(_alike(text, each, echoed) for each in listed):
        return True
    *before, last = _CORRECTED.split(said[:LONGEST].lower())
    if before and (corrected := plain(last)):
        return any(_alike(corrected, each, echoed) for each in listed)
    parts = text.split(" and ")
    return len(parts) > 1 and all(any(_alike(part, each, echoed) for each in listed) for part in parts)


def _echoed(question: str) -> frozenset[str]:
    """The words of a question that say nothing new in an answer; of one that offers two things, none."""
    words = plain(question).split()
    return frozenset() if "or" in words else frozenset(form for word in words for form in forms(word))


def _alike(text: str, accepted: str, echoed: frozenset[str]) -> bool:
    """The same but for small words and slips, with a little more around it; never the opposite, never two answers."""
    if text == accepted:
        return True
    said, wanted = text.split(), accepted.split()
    if bool(_NOT.intersection(said)) != bool(_NOT.intersection(wanted)):
        return False
    if ("so" in said and "because" in wanted) or ("because" in said and "so" in wanted):
        return False
    one, other = _content(said), _content(wanted)
    if not other or ("or" in one and "or" not in other):
        return False
    if _same_words(one, other):
        return True
    if _numbers(one) != _numbers(other):
        return False
    if _same_words(_new(one, echoed), other):
        return True
    if "and" in one and "and" not in other:
        return False
    if "and" in one and sorted(one) == sorted(other) and len(one) <= 3:
        return True
    if len(other) < 2 or len(one) > 2 * len(other) + 4:
        return False
    return Index(one).holds(other, gap=_GAP, breaks=_NOT)


def _content(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _SMALL] or list(words)


def _new(words: Sequence[str], echoed: frozenset[str]) -> list[str]:
    """The words that were not in the question."""
    return [word for word in words if forms(word).isdisjoint(echoed)]


def _same_words(one: Sequence[str], other: Sequence[str]) -> bool:
    return bool(one) and len(one) == len(other) and all(map(same_word, one, other))


def _numbers(words: Sequence[str]) -> set[str]:
    return {word for word in words if any(character.isdigit() for character in word)}
