"""Three sentences of which one is the move, for people who debate by keys."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations, product
from typing import Final

from bakame.errors import Missing
from bakame.learning.debate_content import Argument, DebateContent, MotionContent, Side
from bakame.learning.debate_plan import other_side
from bakame.text.gsm import septets

ROOM: Final = 130
"""Septets that the three sentences may take in a text, so that what is asked of them fits into it too."""
_SHORT: Final = (("off_topic", "I like tea."), ("rude", "Be quiet, fool."))
"""Wrong sentences for a text that has no room for better ones."""
_TERM: Final = 4
"""Letters of a word that is worth explaining."""
_NUMBERED: Final = 3
"""Septets before and after each sentence."""
_STATED: Final = {"agree": "I agree", "disagree": "I disagree"}


@dataclass(frozen=True, slots=True)
class Three:
    """`codes`: the fault of each sentence, "" for the right one. `argument`: id of what the right one argues."""

    sentences: tuple[str, ...]
    codes: tuple[str, ...]
    argument: str = ""

    @property
    def right(self) -> int:
        return self.codes.index("")

    @property
    def model(self) -> str:
        """The sentence that is the move."""
        return self.sentences[self.right]

    @property
    def fits(self) -> bool:
        """Whether all three can stand in one text with a question."""
        return sum(septets(each) + _NUMBERED for each in self.sentences) <= ROOM


def three_ways(
    content: DebateContent,
    motion: MotionContent,
    move: str,
    *,
    side: Side,
    seed: int,
    point: Argument | None = None,
    written: bool = False,
) -> Three:
    """The choice for a move; the same for the same arguments. `side` is the learner's, `point` what the tutor said.

    `written`: for a text; arguments are taken with which all fits, and a wrong sentence gives way when none are short
    enough. Raises `Missing` for a move that does not exist.
    """
    rng = random.Random(f"{motion.id} {move} {side} {seed}")
    if move == "fallacy":
        return _weak(content, rng, seed)
    guide = content.guide_for(move)
    if not guide.right:
        raise Missing(f"there is no choice for the debate move {move!r}")
    pieces = (("", guide.right), *((wrong.code, wrong.text) for wrong in guide.wrong))
    order = rng.sample(pieces, len(pieces))
    own = any(field in guide.right for field in ("{claim}", "{reason}", "{example}"))
    made: list[Three] = []
    for fields, argument in _fillings(motion, side, point, rng):
        three = Three(
            tuple(text.format_map(fields) for _, text in order),
            tuple(code for code, _ in order),
            argument.id if own else "",
        )
        if three.fits or not written:
            return three
        made.append(three)
    return _shortened(min(made, key=lambda each: sum(map(septets, each.sentences))))


def _shortened(three: Three) -> Three:
    """With the longest wrong sentences in a few words."""
    wrong = [n for n, code in enumerate(three.codes) if code]
    for code, text in _SHORT:
        longest = max(wrong, key=lambda n: septets(three.sentences[n]))
        wrong.remove(longest)
        three = replace(
            three,
            sentences=tuple(text if n == longest else each for n, each in enumerate(three.sentences)),
            codes=tuple(code if n == longest else each for n, each in enumerate(three.codes)),
        )
        if three.fits:
            break
    return three


def weak_point(content: DebateContent, seed: int) -> str:
    """The weak reasoning that the tutor puts forward in a debate."""
    return content.weak[seed % len(content.weak)].text


def term_of(motion: MotionContent) -> tuple[str, str]:
    """The word that the learner explains: not the first one, which the tutor explains, where there is a long one."""
    first, *others = motion.terms.items()
    return max((each for each in others if len(each[0]) >= _TERM), key=lambda each: len(each[0]), default=first)


def _weak(content: DebateContent, rng: random.Random, seed: int) -> Three:
    at = seed % len(content.weak)
    answers = [(("" if n == at else "absent"), each.answer) for n, each in enumerate(content.weak)]
    wrong = [each for each in answers if each[0]][:2]
    order = rng.sample([answers[at], *wrong], 3)
    return Three(tuple(text for _, text in order), tuple(code for code, _ in order))


def _fillings(
    motion: MotionContent, side: Side, point: Argument | None, rng: random.Random
) -> Iterator[tuple[dict[str, str], Argument]]:
    mine = rng.sample(motion.arguments[side], len(motion.arguments[side]))
    theirs = rng.sample(motion.arguments[other_side(side)], len(motion.arguments[other_side(side)]))
    term, meaning = term_of(motion)
    for (one, other), against in product(permutations(mine, 2), theirs):
        answered = point or against
        for answer in (answered.reply, _last_sentence(answered.reply)):
            yield (
                {
                    "side": _STATED[side],
                    "claim": one.claim,
                    "claim2": other.claim,
                    "reason": one.reason.rstrip("."),
                    "example": one.example,
                    "other_claim": against.claim,
                    "other_reason": against.reason.rstrip("."),
                    "point": answered.claim,
                    "answer": answer,
                    "term": term[:1].upper() + term[1:],
                    "meaning": meaning,
                },
                one,
            )


def _last_sentence(text: str) -> str:
    return text.rstrip(".").rpartition(". ")[2] + "."
