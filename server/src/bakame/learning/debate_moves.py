"""Whether a debate move is there: 0 not at all, 1 in part, 2 whole, with the reason as a code of `debate.REASONS`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from bakame.learning.debate_content import SIDES, Side
from bakame.learning.debate_words import Heard
from bakame.learning.phrases import Span, stem
from bakame.text.compare import likeness, normalise

Presence = tuple[int, str]

WHOLE: Final = "whole"
PART: Final = "part"
ABSENT: Final = "absent"
MARKER_ALONE: Final = "marker_alone"

_CLAUSE_WORDS: Final = 3
"""Words with which one word of the learner's own makes a clause: "it is cheap"."""
_POINT_WORDS: Final = 4
_BARE: Final = frozenset({"yes", "yeah", "no", "nope"})
"""With which alone nothing is claimed, however often they are said."""
_SAME: Final = 0.9
"""Likeness from which a claim is the motion said again."""


def presence(heard: Heard, move: str, side: Side) -> Presence:
    """How far `move` is made. `side` is the side to be argued, which only the move "perspective" looks at."""
    if move == "perspective":
        return _perspective(heard, side)
    return _MOVES[move](heard)


def _substance(heard: Heard, start: int, end: int, *, but: Iterable[Span], least: int) -> int:
    """What is said between two places: 2 for two own words or one in a clause of `least` words, 1 for less, 0."""
    skipped = {at for span in but for at in range(span.start, span.end)}
    own = heard.own(start, end, but=but)
    size = sum(at not in skipped for at in range(start, end))
    if len(own) >= 2 or (own and size >= least):
        return 2
    if own:
        return 1
    named = {heard.stems[at] for at in range(start, end) if at not in skipped} & heard.motion.words
    vague = any(heard.stems[at] in _weak(heard) for at in range(start, end) if at not in skipped)
    return int(size >= _CLAUSE_WORDS and (vague or 0 < len(named) < _CLAUSE_WORDS) and not heard.copied)


def _weak(heard: Heard) -> frozenset[str]:
    lists = heard.content.words
    return lists["vague"] - lists["agree"] - lists["disagree"]


def _graded(level: int) -> Presence:
    return level, (MARKER_ALONE, PART, WHOLE)[level]


def _claim(heard: Heard) -> Presence:
    stated = heard.find("agree", "disagree")
    if heard.copied and likeness(heard.said, heard.motion.motion) >= _SAME:
        return 1, "copied"
    if heard.side is not None:
        one_word = all(span.end - span.start == 1 for span in stated)
        bare = len(heard.words) <= 2 or set(heard.words) <= _BARE
        return (1, PART) if one_word and bare else (2, WHOLE)
    if not heard.find("claim"):
        wished = heard.topic_words and heard.find("modal", "prefer")
        return (1, PART) if heard.argument or wished else (0, ABSENT)
    if heard.argument:
        return 2, WHOLE
    return (1, "side_unclear") if heard.own(but=heard.find("claim")) else (0, "side_unclear")


def _reason(heard: Heard) -> Presence:
    opinion = heard.find("claim", "agree", "disagree")
    marks, after = heard.find("reason"), heard.find("reason_after")
    skipped = (*opinion, *marks, *after)
    levels = [
        _substance(heard, mark.end, len(heard.words), but=skipped, least=_CLAUSE_WORDS)
        for mark in marks[:1]
        if not _says_yes(heard, mark.end)
    ]
    levels += [_substance(heard, 0, mark.start, but=skipped, least=_CLAUSE_WORDS) for mark in after[-1:]]
    if levels:
        return _graded(max(levels))
    if marks:
        return 0, MARKER_ALONE
    return (1, "no_marker") if heard.argument and len(heard.words) >= _CLAUSE_WORDS else (0, ABSENT)


def _says_yes(heard: Heard, start: int) -> bool:
    """Whether only "yes", "I agree" and the like come after a place."""
    spans = heard.find("claim", "agree", "disagree")
    covered = {at for span in spans for at in range(span.start, span.end)}
    return all(at in covered for at in range(start, len(heard.words)))


def _marked(name: str, *, alone: str = "", after: bool = False) -> Callable[[Heard], Presence]:
    """A move known by a phrase and something said with it; `alone`: phrases that are a part of it without more."""

    def look(heard: Heard) -> Presence:
        marks = heard.find(name)
        if not marks:
            return 0, ABSENT
        start = min(mark.end for mark in marks) if after else 0
        level = _substance(heard, start, len(heard.words), but=marks, least=_POINT_WORDS)
        if level == 0 and alone and heard.find(alone):
            return 1, MARKER_ALONE
        return _graded(level)

    return look


def _evidence(heard: Heard) -> Presence:
    sources = heard.find("source")
    marks = (*sources, *heard.find("evidence", "reason"))
    level = _substance(heard, 0, len(heard.words), but=marks, least=_POINT_WORDS)
    if sources:
        return _graded(level)
    counted = any(any(map(str.isdigit, word)) for word in heard.words) or any(
        word in heard.content.words["number"] for word in heard.stems
    )
    return (1, "no_source") if level and (counted or heard.find("evidence")) else (0, ABSENT)


def _fallacy(heard: Heard) -> Presence:
    marks = heard.find("fallacy")
    level, why = _marked("fallacy", alone="fallacy")(heard)
    return (2, WHOLE) if level == 1 and len(marks) >= 2 else (level, why)


def _definition(heard: Heard) -> Presence:
    terms = [tuple(map(stem, normalise(term).split())) for term in (*heard.motion.terms, *sorted(heard.motion.words))]
    poles = (span for side in SIDES for span in heard.motion.poles[side].find(heard.stems))
    named = {word for term in terms for word in term} & set(heard.stems)
    named |= {heard.stems[at] for span in poles for at in range(span.start, span.end)}
    marks = heard.find("definition")
    own = heard.own(but=marks)
    if marks:
        said = own - named
        if not said:
            return 0, MARKER_ALONE
        return (2, WHOLE) if named else (1, "no_term")
    for term, meaning in heard.motion.terms.items():
        first = tuple(map(stem, normalise(term).split()))
        place = _after(heard.stems, first)
        if place < len(heard.words) - 2 and heard.words[place] in ("is", "are"):
            same = {stem(word) for word in normalise(meaning).split()} - heard.content.words["function"] - set(first)
            shared = same.intersection(heard.stems[place + 1 :])
            described = heard.words[place + 1] in ("a", "an", "the", "when", "something", "someone", "where", "what")
            if shared or (described and len(heard.own(place + 1)) >= 1):
                return (2, WHOLE) if shared else (1, PART)
    return 0, ABSENT


def _after(words: Sequence[str], phrase: Sequence[str]) -> int:
    """The place after the first `phrase` in `words`; past the end when it is not there."""
    size = len(phrase)
    for at in range(len(words) - size + 1):
        if tuple(words[at : at + size]) == tuple(phrase):
            return at + size
    return len(words)


def _rebuttal(heard: Heard) -> Presence:
    marks = heard.find("rebuttal")
    if not marks:
        return 0, ABSENT
    skipped = (*marks, *heard.find("claim", "agree", "disagree", "reason"))
    tail = _substance(heard, marks[0].end, len(heard.words), but=skipped, least=_POINT_WORDS)
    if tail:
        return _graded(tail)
    return (1, MARKER_ALONE) if heard.find("rebuttal_alone") else (0, MARKER_ALONE)


def _signpost(heard: Heard) -> Presence:
    marks = {span.text: span for span in heard.find("signpost")}
    if not marks:
        return 0, ABSENT
    level = _substance(heard, 0, len(heard.words), but=marks.values(), least=_POINT_WORDS)
    if level == 0:
        return 0, MARKER_ALONE
    return (2, WHOLE) if len(marks) >= 2 and level == 2 else (1, "one_signpost" if len(marks) == 1 else PART)


def _concession(heard: Heard) -> Presence:
    accepts, keeps = heard.find("concession"), heard.find("keep_side")
    if not accepts:
        return 0, ABSENT
    skipped = (*accepts, *keeps)
    level = _substance(heard, 0, len(heard.words), but=skipped, least=_POINT_WORDS)
    turns = [span for span in keeps if span.start >= accepts[0].end] or [
        span for span in keeps if span.start == accepts[0].start
    ]
    if not turns:
        return (1, "side_not_kept") if level == 2 or heard.find("concession_alone") else (0, MARKER_ALONE)
    if level == 0:
        return (1, PART) if heard.find("concession_alone") else (0, MARKER_ALONE)
    return _graded(level)


def _conclusion(heard: Heard) -> Presence:
    marks = heard.find("conclusion")
    skipped = (*marks, *heard.find("claim", "agree", "disagree"))
    level = _substance(heard, 0, len(heard.words), but=skipped, least=_POINT_WORDS)
    if not marks:
        return (1, "no_marker") if heard.side and heard.find("reason", "reason_after") and level == 2 else (0, ABSENT)
    if heard.side and level == 0:
        return 1, PART
    return _graded(level)


def _perspective(heard: Heard, side: Side) -> Presence:
    marks = heard.find("perspective")
    reasons = heard.find("reason")
    level = _substance(heard, 0, len(heard.words), but=(*marks, *reasons), least=_POINT_WORDS)
    argued = heard.argument.side if heard.argument else heard.side
    if level and argued is not None and argued != side:
        return 1 if marks else 0, "own_side_again"
    if marks:
        return _graded(level)
    if level and argued == side:
        return (2, WHOLE) if reasons and level == 2 else (1, "no_marker")
    return 0, ABSENT


def _respect(heard: Heard) -> Presence:
    if heard.respect[0] == 0:
        return 0, heard.respect[1]
    polite, differs = heard.find("polite"), heard.find("respect")
    apart = any(a.end <= b.start or b.end <= a.start for a in polite for b in differs)
    if apart or any(span.text.endswith(" but") and span.end + 1 < len(heard.words) for span in polite):
        return 2, WHOLE
    if polite:
        return 1, "no_disagreement"
    return (1, "not_polite") if differs and len(heard.words) > 1 else (0, ABSENT)


_MOVES: Final[Mapping[str, Callable[[Heard], Presence]]] = {
    "claim": _claim,
    "reason": _reason,
    "example": _marked("example"),
    "evidence": _evidence,
    "definition": _definition,
    "restate": _marked("restate"),
    "rebuttal": _rebuttal,
    "signpost": _signpost,
    "fallacy": _fallacy,
    "weighing": _marked("weighing"),
    "concession": _concession,
    "conclusion": _conclusion,
    "respect": _respect,
}
