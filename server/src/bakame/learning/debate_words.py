"""What was said in a debate, taken apart: its words, its side, the argument it makes, and how kind it is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from bakame.learning.debate_content import SIDES, Argument, DebateContent, MotionContent, Side
from bakame.learning.phrases import Span, stems
from bakame.text.compare import normalise

_VOWELS: Final = frozenset("aeiouy")
_LONGEST_WORD: Final = 20
STUFFED_RUN: Final = 5
"""Keywords in a row, with no other word between, that no sentence has."""
_BARE_WORDS: Final = 6
"""Words without one function word among them that are a list and not a sentence."""
_OPENING: Final = 40
"""Words in which repetition is looked for: a long text repeats its words anyway."""
_BUT: Final = frozenset({"but", "however", "still"})


@dataclass(frozen=True)
class Heard:
    """One contribution, read against a motion. Indexes are word positions."""

    content: DebateContent
    motion: MotionContent
    said: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(normalise(self.said).split())

    @cached_property
    def stems(self) -> tuple[str, ...]:
        return stems(self.words)

    @cached_property
    def other_script(self) -> bool:
        """Whether most of the words are in letters other than Latin ones."""
        foreign = sum(not word.isascii() for word in self.words)
        return foreign * 2 > len(self.words)

    def find(self, *lists: str) -> tuple[Span, ...]:
        """All phrases of the marker lists, in order; those of different lists may overlap."""
        spans = (span for name in lists for span in self.content.markers[name].find(self.words))
        return tuple(sorted(spans, key=lambda span: (span.start, -span.end)))

    def own(self, start: int = 0, end: int | None = None, *, but: Iterable[Span] = ()) -> frozenset[str]:
        """Stems of the words that say something, between `start` and `end`: the learner's own or a keyword.

        Left out: function words, words such as "good" that fit everything, words of the motion, `but`, and noise.
        """
        end = len(self.words) if end is None else end
        covered = {at for span in but for at in range(span.start, span.end)}
        lists = self.content.words
        return frozenset(
            self.stems[at]
            for at in range(start, end)
            if at not in covered
            and self.stems[at] not in self.motion.words
            and self.stems[at] not in lists["function"]
            and (self.stems[at] not in lists["vague"] or at in self._keyword_places)
            and is_word(self.words[at])
        )

    @cached_property
    def keyword_spans(self) -> tuple[Span, ...]:
        """Keywords that were said, but not the "think" of "I think"."""
        opinion = {at for span in self.find("claim", "agree", "disagree") for at in range(span.start, span.end)}
        found = self.motion.keywords.find(self.stems)
        return tuple(span for span in found if not opinion.issuperset(range(span.start, span.end)))

    @cached_property
    def _keyword_places(self) -> frozenset[int]:
        return frozenset(at for span in self.keyword_spans for at in range(span.start, span.end))

    @cached_property
    def topic_words(self) -> frozenset[str]:
        return self.motion.topic.intersection(self.stems)

    @cached_property
    def stuffed(self) -> bool:
        """A list of words in place of a sentence, or one word again and again."""
        words, function = self.words, self.content.words["function"]
        first = words[:_OPENING]
        if len(first) >= 4 and max(Counter(first).values()) * 2 > len(first):
            return True
        if len(first) >= 12 and len(set(first)) * 3 < len(first):
            return True
        markers = {at for span in self.find("claim", "reason") for at in range(span.start, span.end)}
        rest = [at for at in range(len(words)) if at not in markers]
        bare = len(rest) >= _BARE_WORDS and not any(self.stems[at] in function for at in rest)
        run = longest = 0
        for at in rest:
            is_keyword = at in self._keyword_places and self.stems[at] not in function
            run = run + 1 if is_keyword else 0
            longest = max(longest, run)
        return bare or longest >= STUFFED_RUN

    @cached_property
    def copied(self) -> bool:
        """Whether it is the motion again, with nothing added."""
        lists, names, stems_said = self.content.words, self.motion.words, set(self.stems)
        judged = stems_said & (lists["value_good"] | lists["value_bad"]) - names
        if judged or stems_said & lists["negation"] or _praised_side(self) == "disagree":
            return False
        added = self.own(but=self.find("claim", "agree", "disagree"))
        return not added and len(names & stems_said) * 5 >= len(names) * 3

    @cached_property
    def side(self) -> Side | None:
        """The side that was said outright, by agreeing, by "should" or "should not", or by praising a thing."""
        return _explicit_side(self) or _praised_side(self) or _modal_side(self)

    @cached_property
    def argument(self) -> Argument | None:
        """The argument of the content that was made, by its keywords; one for the stated side goes first."""
        scores: dict[str, float] = {}
        found: dict[str, Argument] = {}
        spans = (*self.motion.line_words.find(self.stems), *self.keyword_spans)
        for key, span in {" ".join(self.stems[each.start : each.end]): each for each in spans}.items():
            if _denied(self, span):
                continue
            for argument, weight in self.motion.weights.get(key, ()):
                found[argument.id] = argument
                weight *= 1 + 0.25 * (span.end - span.start - 1)
                scores[argument.id] = scores.get(argument.id, 0.0) + weight
        scores = {key: score for key, score in scores.items() if score >= 0.5}
        if not scores:
            return None
        stated = self.side
        return found[max(scores, key=lambda key: (scores[key] + (found[key].side == stated) * 0.6, scores[key]))]

    @cached_property
    def respect(self) -> tuple[int, str]:
        """0 to 2, and why: attacks_person, rude, rude_but_polite, polite or civil."""
        words = self.content.words
        polite = bool(self.find("polite"))
        rude = [span for span in self.find("rude") if not self._near(span.start, words["negation"], 3)]
        named = [span for span in self.find("rude_to_you") if self._near(span.start, _YOU, 4)]
        named = [span for span in named if not self._near(span.start, words["negation"], 3)]
        attack = any(
            span.text in self._always_attack or self._near(span.start, words["attack"], 3) for span in (*rude, *named)
        )
        if attack:
            return 0, "attacks_person"
        if rude or named:
            return (1, "rude_but_polite") if polite else (0, "rude")
        return (2, "polite") if polite else (1, "civil")

    @property
    def _always_attack(self) -> frozenset[str]:
        return frozenset(span.text for span in self.find("always_attack"))

    def _near(self, at: int, words: frozenset[str], back: int) -> bool:
        return any(stem in words for stem in self.stems[max(0, at - back) : at])


_YOU: Final = frozenset({"you", "your", "youre", "u"})


def is_word(word: str) -> bool:
    """Whether it may be a word or a number at all."""
    if any(char.isdigit() for char in word):
        return len(word) <= _LONGEST_WORD
    odd = len(word) > _LONGEST_WORD or any(char * 3 in word for char in set(word))
    return not odd and word.isascii() and bool(_VOWELS.intersection(word)) and len(word) > 1


def _other(side: Side) -> Side:
    return SIDES[1 - SIDES.index(side)]


def _explicit_side(heard: Heard) -> Side | None:
    """From "I agree", "I am against" or a first "yes" or "no"; both at once, as in "agree or disagree", is neither."""
    content, words = heard.content, heard.words
    found: list[tuple[Span, Side]] = []
    at = 0
    while at < len(words):
        spans: list[tuple[Span, Side]] = [
            (span, side) for side in SIDES if (span := content.markers[side].at(words, at)) is not None
        ]
        best = max(spans, key=lambda each: each[0].end, default=None)
        at = best[0].end if best else at + 1
        if best and not (best[0].text in _SHORT and not _stands_alone(heard, best[0])):
            found.append(best)
    if not found:
        return None
    sides = {side for _, side in found}
    if len(sides) == 1:
        return found[0][1]
    (first, side), (last, last_side) = found[0], found[-1]
    between = words[first.end : last.start]
    if "or" in between:
        return None
    return last_side if _BUT.intersection(between) else side


_SHORT: Final = frozenset({"yes", "yeah", "no", "nope"})


def _stands_alone(heard: Heard, span: Span) -> bool:
    """Whether a "yes" or "no" is an answer, and not a part of "no one" or "no light"."""
    if span.start > 0:
        return False
    following = heard.words[span.end] if span.end < len(heard.words) else ""
    return not following or (following in heard.content.words["function"] and following not in ("one", "more"))


def _praised_side(heard: Heard) -> Side | None:
    """From "hens are better", "I prefer hens", "a city is not good": what a good thing is good for."""
    votes: dict[Side, int] = dict.fromkeys(SIDES, 0)
    poles = {side: heard.motion.poles[side].find(heard.stems) for side in SIDES}
    for side in SIDES:
        for span in poles[side]:
            rivals = [each.start for each in poles[_other(side)] if each.start >= span.end]
            limit = min([*rivals, span.end + 6, len(heard.words), *_clause_ends(heard, span.end)])
            verdict = _judgement(heard, range(span.end, limit))
            before = heard.words[max(0, span.start - 5) : span.start]
            wishes = heard.content.markers["prefer"].find(before)
            if verdict == 0 and wishes and not {"than", "because"}.intersection(before[wishes[0].end :]):
                verdict = -1 if _denials(heard, range(max(0, span.start - 7), span.start)) % 2 else 1
            if verdict == 0 and "it is" in " ".join(heard.words[max(0, span.start - 9) : span.start]):
                verdict = _it_is_better(heard, span)
            votes[side] += verdict
    score = votes["agree"] - votes["disagree"]
    return None if score == 0 else SIDES[score < 0]


def _it_is_better(heard: Heard, span: Span) -> int:
    """From "it is better to live in a village than ...": what comes after "than" is not what is praised."""
    start = max(0, span.start - 7)
    before = heard.words[start : span.start]
    return 0 if "than" in before else _judgement(heard, range(start, span.start))


def _clause_ends(heard: Heard, start: int) -> list[int]:
    return [at for at in range(start, len(heard.words)) if heard.words[at] in ("because", "than", "but", "and", "or")][
        :1
    ]


def _judgement(heard: Heard, places: range) -> int:
    """1 for a good word among these places, -1 for a bad one, turned round by "not"; 0 for none."""
    words = heard.content.words
    for at in places:
        good, bad = heard.stems[at] in words["value_good"], heard.stems[at] in words["value_bad"]
        if good or bad:
            turned = _denials(heard, range(max(0, places.start - 2), at)) % 2 == 1
            return 1 if good != turned else -1
    return 0


def _denials(heard: Heard, places: range) -> int:
    return sum(heard.stems[at] in heard.content.words["negation"] for at in places if at < len(heard.stems))


def _modal_side(heard: Heard) -> Side | None:
    """From the motion said again with "should" or "should not"."""
    names = heard.motion.words
    for span in heard.find("doubt"):
        if len(names & set(heard.stems[span.end : span.end + _REACH + 2])) * 2 >= len(names):
            return "disagree"
    if not heard.content.markers["modal"].find(tuple(normalise(heard.motion.motion).split())):
        return None
    for modal in heard.find("modal"):
        near = heard.stems[max(0, modal.start - _REACH) : modal.end + _REACH]
        denials = _denials(heard, range(max(0, modal.start - 6), modal.end + 1))
        side: Side = "disagree" if denials % 2 else "agree"
        if len(names & set(near)) * 2 + (side == "disagree") <= len(names):
            continue
        poles = heard.motion.poles
        rival_only = poles["disagree"].find(near) and poles["agree"].by_first and not poles["agree"].find(near)
        return _other(side) if rival_only else side
    return None


_REACH: Final = 8
"""Words on either side of "should" that belong to it."""


def _denied(heard: Heard, span: Span) -> bool:
    """Whether a keyword is turned round: "is not expensive", "do not cost"."""
    words = heard.content.words
    back = span.start - 1
    while back >= 0 and heard.words[back] in ("very", "so", "too", "really", "that", "a", "the", "much"):
        back -= 1
    if back < 0 or heard.stems[back] not in words["negation"]:
        return False
    before = heard.words[back - 1] if back else ""
    is_state = before in ("is", "are", "was", "were", "be") or heard.words[back] in ("isnt", "arent", "wasnt", "werent")
    return is_state or heard.stems[span.start] in words["deniable"]
