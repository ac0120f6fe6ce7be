"""Debates: how good a move is, which topics are not debated, and what the tutor says for its side.

Nothing here asks a model. Words are compared whole, after `bakame.text.compare.normalise`, never by parts of words.
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bakame.errors import Missing
from bakame.learning.debate_content import (
    MOVES,
    SIDES,
    Argument,
    DebateContent,
    MotionContent,
    MoveGuide,
    Side,
)
from bakame.learning.debate_moves import presence
from bakame.learning.debate_reader import parse_debate
from bakame.learning.debate_words import Heard
from bakame.text.compare import normalise

__all__ = [
    "MOVES",
    "REASONS",
    "SIDES",
    "Argument",
    "DebateContent",
    "MotionContent",
    "MoveGuide",
    "MoveScore",
    "Reason",
    "Reply",
    "Side",
    "banned_topic",
    "next_argument",
    "parse_debate",
    "rebuttal",
    "score_move",
]

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nothing_said": "No words were said.",
        "other_script": "The words are not in Latin letters.",
        "whole": "The move is there.",
        "part": "The move is begun, with little in it.",
        "absent": "Nothing shows the move.",
        "marker_alone": "There is a word that begins the move, and nothing after it.",
        "no_marker": "The point is there without the words that show the move.",
        "side_unclear": "It does not say a side.",
        "no_source": "There is a fact and no source.",
        "no_term": "It explains a word that is not in the motion.",
        "one_signpost": "Only one point is marked.",
        "side_not_kept": "It accepts the point and does not return to its side.",
        "own_side_again": "It argues for the learner's own side.",
        "no_disagreement": "It is polite and does not disagree.",
        "not_polite": "It disagrees without a polite phrase.",
        "copied": "It repeats the motion and adds nothing.",
        "stuffed": "It is a list of words, not a sentence.",
        "argument": "It makes a point about the motion.",
        "topic_words": "It speaks about the motion's subject.",
        "refers": "It refers to the discussion, not to its subject.",
        "off_topic": "It does not speak about the motion.",
        "polite": "It uses a polite phrase.",
        "civil": "It is civil, without a polite phrase.",
        "rude": "It uses a rude word.",
        "rude_but_polite": "It uses a rude word and a polite phrase.",
        "attacks_person": "It attacks a person.",
        "other_side": "The point helps the other side.",
        "banned": "The topic is not debated here.",
    }
)
"""What each code says, for people who read scores."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a mark was given. `about`: move, link, respect, side or topic; `code`: a key of `REASONS`.

    `detail` names the banned topic when `about` is "topic"; else it is empty.
    """

    about: str
    code: str
    detail: str = ""

    @property
    def text(self) -> str:
        return REASONS[self.code]


@dataclass(frozen=True, slots=True)
class MoveScore:
    """Marks from 0 to 2 each. `reasons`: move, link and respect in this order, then side and topic where they matter.

    `argument`: the point of the content that was made. `side`: what was said outright, else the side of the argument.
    """

    move: int
    link: int
    respect: int
    reasons: tuple[Reason, ...]
    argument: Argument | None
    side: Side | None

    @property
    def total(self) -> int:
        """0 to 6."""
        return self.move + self.link + self.respect


@dataclass(frozen=True, slots=True)
class Reply:
    """What the tutor answers. `key` goes into `used` once it was said; `argument` is the one it answers or makes."""

    key: str
    text: str
    argument: Argument


def score_move(content: DebateContent, motion_id: str, *, side: Side, move: str, said: str) -> MoveScore:
    """Marks one contribution. `side` is the side that the learner argues now.

    Raises `Missing` for a motion or a move that does not exist; whatever was said has a score.
    """
    motion = _motion(content, motion_id)
    if move not in MOVES:
        raise Missing(f"there is no debate move {move!r}")
    heard = Heard(content, motion, said)
    if not heard.words or heard.other_script:
        code = "other_script" if heard.words else "nothing_said"
        reasons = (Reason("move", code), Reason("link", code), Reason("respect", "civil"))
        return MoveScore(0, 0, 1, reasons, None, None)
    level, why = presence(heard, move, side)
    stuffed = heard.stuffed
    if stuffed:
        level, why = min(level, 1 if len(set(heard.words)) > _FEW else 0), "stuffed"
    argument = None if stuffed or heard.copied else heard.argument
    link, link_why = _link(heard, move, argument, stuffed=stuffed)
    respect, respect_why = heard.respect
    reasons = [Reason("move", why), Reason("link", link_why), Reason("respect", respect_why)]
    if argument is not None and argument.side != side and move not in _MAY_NAME_OTHER_SIDE:
        reasons.append(Reason("side", "other_side"))
    if (topic := banned_topic(content, said)) is not None:
        reasons.append(Reason("topic", "banned", topic))
    return MoveScore(
        level, link, respect, tuple(reasons), argument, heard.side or (argument.side if argument else None)
    )


_FEW: Final = 2
"""Different words of a list that is only noise."""
_MAY_NAME_OTHER_SIDE: Final = ("restate", "rebuttal", "concession", "weighing", "fallacy", "definition", "respect")
_ABOUT_A_POINT: Final = ("claim", "respect", "restate", "concession", "rebuttal", "fallacy", "conclusion", "weighing")


def _link(heard: Heard, move: str, argument: Argument | None, *, stuffed: bool) -> tuple[int, str]:
    if stuffed:
        return (1, "stuffed") if heard.topic_words else (0, "stuffed")
    stated = heard.find("agree", "disagree")
    if heard.copied:
        return (2, "topic_words") if move == "claim" and stated else (1, "copied")
    if argument is not None:
        return 2, "argument"
    if heard.topic_words:
        whole = move in ("claim", "definition") or len(heard.topic_words) >= 3
        return (2 if whole else 1), "topic_words"
    discourse = heard.content.words["discourse"].intersection(heard.stems)
    if move in _ABOUT_A_POINT and (discourse or (move == "claim" and stated)):
        return 1, "refers"
    return 0, "off_topic"


def banned_topic(content: DebateContent, said: str) -> str | None:
    """The name of the topic for which a debate is refused, such as "politics"; None when there is none.

    Looks at all of `said`, however long.
    """
    pieces = said.split()
    for start in range(0, max(1, len(pieces)), _PIECE - _OVERLAP):
        words = normalise(" ".join(pieces[start : start + _PIECE])).split()
        for span in reversed(content.harmless.find(words)):
            words[span.start : span.end] = [_BLANK] * (span.end - span.start)
        for name, combinations in content.banned.items():
            if any(each.is_in(words) for each in combinations):
                return name
    return None


_PIECE: Final = 80
_OVERLAP: Final = 10
_BLANK: Final = "_"


def next_argument(
    content: DebateContent, motion_id: str, *, side: Side, used: Collection[str], rng: random.Random
) -> Argument:
    """An argument for `side` whose id is not in `used`; when all are, any. Raises `Missing` for an unknown motion."""
    arguments = _motion(content, motion_id).arguments[side]
    return rng.choice([each for each in arguments if each.id not in used] or arguments)


def rebuttal(
    content: DebateContent,
    motion_id: str,
    *,
    to: Argument | None,
    rng: random.Random,
    used: Collection[str],
    side: Side = "disagree",
) -> Reply:
    """The tutor's answer to a point: the reply written for it, else (none, or used) an argument of the tutor's side.

    `side` is the tutor's side when `to` is None. Raises `Missing` for an unknown motion.
    """
    if to is not None:
        key = f"{to.id}.reply"
        if key not in used:
            return Reply(key, to.reply, to)
        side = SIDES[1 - SIDES.index(to.side)]
    argument = next_argument(content, motion_id, side=side, used=used, rng=rng)
    return Reply(argument.id, argument.line, argument)


def _motion(content: DebateContent, motion_id: str) -> MotionContent:
    motion = content.motions.get(motion_id)
    if motion is None:
        raise Missing(f"there is no motion {motion_id!r}")
    return motion
