"""The plan of a sitting: two due reviews, one new thing with fading help, practice in shares, one challenge, close."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Slot(StrEnum):
    """What a question is for."""

    REVIEW = "review"
    """A skill that was mastered before, to keep it or to prove it."""
    LEVEL = "level"
    """The skill that is being learnt."""
    STRETCH = "stretch"
    """A harder one."""


class Support(StrEnum):
    """How much of a question is done for the learner; it fades."""

    HALF = "half"
    SOLO = "solo"


SHARES: Final[Mapping[Slot, float]] = MappingProxyType({Slot.LEVEL: 0.5, Slot.REVIEW: 0.3, Slot.STRETCH: 0.2})
"""Of the questions of a sitting."""
REVIEWS_FIRST: Final = 2
"""Due reviews with which a sitting opens."""
STRETCH_FROM: Final = 4
"""Questions at level before the first stretch: what is new gets a footing first."""

Counts = tuple[int, int, int]
"""Questions of a sitting by slot, in the order of `SLOTS`."""
SLOTS: Final = (Slot.REVIEW, Slot.LEVEL, Slot.STRETCH)


def counted(counts: Counts, slot: Slot) -> Counts:
    """With one more question in `slot`."""
    reviews, levels, stretches = counts
    match slot:
        case Slot.REVIEW:
            return reviews + 1, levels, stretches
        case Slot.LEVEL:
            return reviews, levels + 1, stretches
        case Slot.STRETCH:
            return reviews, levels, stretches + 1


def order(counts: Counts) -> tuple[Slot, ...]:
    """The slots for the next question, the one that is furthest behind its share first.

    A sitting opens with reviews, then the new thing is taught; a stretch has to wait for it.
    """
    reviews, levels, stretches = counts
    if levels == 0:
        return (Slot.REVIEW, Slot.LEVEL) if reviews < REVIEWS_FIRST else (Slot.LEVEL, Slot.REVIEW)
    if levels < STRETCH_FROM and stretches == 0:
        return (Slot.LEVEL, Slot.REVIEW)
    total = reviews + levels + stretches + 1
    behind = {slot: SHARES[slot] * total - count for slot, count in zip(SLOTS, counts, strict=True)}
    return tuple(sorted(SLOTS, key=lambda slot: -behind[slot]))
