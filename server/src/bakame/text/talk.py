"""What a sentence does beside giving an answer: it doubts, asks, orders, or tells of something else."""

import re
from typing import Final

from bakame.text.compare import normalise

_HEDGED: Final = re.compile(
    r"""
    \b(?: maybe | may\ be | perhaps | possibly | might\ be | (?:just|only)\ guessing | (?:not|un)\ ?sure
      | (?:dont|do\ not)\ know | no\ idea | simbizi | sinzi | je\ ne\ sais\ pas | sijui
      | wenda | ahari | peut\ etre | labda | huenda | pengine )\b
    """,
    re.VERBOSE,
)
_OPENING: Final = r"(?:(?:um|uh|er|so|and|but|ok|okay|well|please|sorry|teacher|sir|madam|hello|hi|yes|no)\s+)*"
_ASIDE: Final = re.compile(
    rf"""
    ^{_OPENING}(?:
        (?:what(?!\ about)s?|why|how(?!\ about)|who|whos|where|when|whose)\b
      | (?:kuki|gute|pourquoi|comment|kwa\ nini|nini)\b
      | which\ (?:one|is|of|number|option|letter)\b
      | (?:can|could|may|would)\ (?:you|i|we)\b | (?:do|does|did)\ | are\ (?:you|we)\b
      | is\ it\ .*\bor\b
      | (?:tell|explain|show|call|send|lend|help|repeat|wait|hold|skip|let|buy|ask|give)\ (?:me|us|it|a|this)\b
      | (?:send|lend|wait|tell|call)[ ]
      | (?:divide|multiply|add|subtract|count|share)\ (?!.*\b(?:is|get|gives|makes|equals|got)\b)
      | you\ (?:must|should|choose|tell)\b
      | i\ (?:need|wake|live|am\ in|am\ at|go\ to|want\ to\ go)\b
      | (?:go\ away|lets\ go|let\ us\ go|shut\ up|buy)\b
    )
    | \byou\ said\b | \b(?:not|never|dont|wont)\ (?:say|be|get|make)\b
    | \bone\ day\ (?:i|we|you)\b | \bone\ by\ one\b | \bof\ what$
    | \b(?:call|text|phone|send|beep)\ me\b | \bairtime\b | \bpercent\ sure\b | \bhigh\ five\b
    | ^(?:i\ am|im|my\ .+\ is|my\ .+\ has)\ .*\byears?\ old\b
    | ^my\ (?:father|mother|brother|sister|friend|uncle|aunt|grandmother|grandfather|teacher|dog|phone|age|house)\b
    | ^i\ (?:have|had)\ (?:no|nothing|.+\ (?:questions?|brothers?|sisters?|hints?|exams?|tests?))\b
    | ^i\ (?:want|need)\ .*\b(?:hint|hints|help|minutes?|time|stop|question|questions|play|sleep|eat)\b
    | ^i\ am\ a\b | ^we\ are\ .*\bhere\b
    | (?:^|\b(?:in|at|on|from|see)\ )(?:the\ )?(?:room|page|primary|class|chapter|grade|form|verse|psalm)\ \w+$
    | \bi\ am\ in\ (?:p|s)?\s?\d
    """,
    re.VERBOSE,
)
_PAUSE: Final = re.compile(
    r"^(?:just |wait |only )?(?:one|1) (?:minute|min|second|moment)$"
    r"|\b(?:minutes?|min|seconds?|moments?|hints?)\ (?:please|more|teacher|sir)\b|\bmore\ minutes?\b"
)
_TIME_OF_DAY: Final = re.compile(r"\bo ?clock\b|\b\w+ (?:am|pm)$")
_COMPARED: Final = re.compile(
    r"^(?:it is |its )?(?:below|under|above|over|at least|at most|nearly|almost) (?!half\b)"
    r"|(?:less|more|greater|smaller|bigger|fewer|lower|higher) than \S+(?: \S+)?$"
)
_EITHER: Final = re.compile(r"\b(?:or|cyangwa|ou|au|either)\b")


def is_hedged(text: str) -> bool:
    """Whether an answer is given as a guess that its speaker does not hold to: "maybe 5", "wenda ni gatanu"."""
    return _HEDGED.search(normalise(text)) is not None


def is_aside(text: str) -> bool:
    """Whether `text` asks or orders something, or tells of its speaker: a number or word in it is no answer."""
    return _ASIDE.search(normalise(text)) is not None


def is_bound(text: str) -> bool:
    """Whether a number is only said to be more or less: "less than 5", "below zero"."""
    return _COMPARED.search(normalise(text)) is not None


def is_time(text: str) -> bool:
    """Whether the numbers in `text` are a pause ("one minute please") or a time of day."""
    plain = normalise(text)
    return bool(_PAUSE.search(plain) or _TIME_OF_DAY.search(plain))


def alternatives(text: str) -> list[str]:
    """The sides of "5 or 6"; one when there is no "or"."""
    return [side for side in _EITHER.split(normalise(text)) if side.strip()]
