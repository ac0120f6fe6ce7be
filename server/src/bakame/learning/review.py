"""Spaced review of what was mastered, by FSRS: when recall would fall below the wanted share, it is asked again.

J. Ye, J. Su, Y. Cao: A stochastic shortest path algorithm for optimizing spaced repetition scheduling. KDD '22; the
scheduler is the `fsrs` library's, version 6. Every mastered skill is a card without learning steps and without fuzz.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from fsrs import Card, Rating, Scheduler, State

from bakame.learning.mastery import Knowledge
from bakame.learning.model import Review

__all__ = ["LATER", "Rating", "due", "proving", "rating_of", "retrievability", "reviewed"]

LATER: Final = timedelta(hours=6)
"""From this long after the last answer on it a mastered skill is met in another session, not in the same one."""
DEFAULT: Final = Review(desired_retention=0.9, maximum_interval_days=120)


def rating_of(*, right: bool, hinted: bool, slow: bool = False, fast: bool = False) -> Rating:
    """The rating of an answer: again when wrong, hard after a hint or very slow, easy when right and fast."""
    if not right:
        return Rating.Again
    if hinted or slow:
        return Rating.Hard
    return Rating.Easy if fast else Rating.Good


def reviewed(known: Knowledge, rating: Rating, now: datetime, *, review: Review = DEFAULT) -> Knowledge:
    """With the memory of it as it is after an answer, and the day on which it is due.

    The first call, when a skill was mastered, begins the memory.
    """
    now = now.astimezone(UTC)
    card = Card(card_id=0, due=now)
    if known.stability is not None and known.reviewed_at is not None:
        card.state, card.step = State.Review, None
        card.stability, card.difficulty = known.stability, known.ease
        # A clock that was set back must not give a time before the last answer.
        now = max(now, known.reviewed_at.astimezone(UTC))
        card.last_review = known.reviewed_at
    card, _ = _scheduler(review).review_card(card, rating, now)
    return replace(known, stability=card.stability, ease=card.difficulty, due_at=card.due, reviewed_at=now)


def due(known: Knowledge, now: datetime) -> bool:
    """Whether a mastered skill is to be asked again now."""
    return known.mastered and known.due_at is not None and known.due_at <= now


def proving(known: Knowledge, now: datetime) -> bool:
    """Whether a mastered skill still has to be shown in another session, and this is one."""
    if not known.mastered or known.confirmed:
        return False
    # Proof that was begun goes on in the session in which it was begun.
    return known.unhinted_streak > 0 or known.reviewed_at is None or now - known.reviewed_at >= LATER


def retrievability(known: Knowledge, now: datetime) -> float:
    """The chance that a mastered skill is remembered, 0 to 1; 1 while nothing is known of its memory."""
    if known.stability is None or known.reviewed_at is None:
        return 1.0
    elapsed_days = max(0.0, (now - known.reviewed_at).total_seconds() / 86_400)
    decay, factor = _curve()
    return (1 + factor * elapsed_days / known.stability) ** decay


@lru_cache(maxsize=8)
def _scheduler(review: Review) -> Scheduler:
    return Scheduler(
        desired_retention=review.desired_retention,
        maximum_interval=review.maximum_interval_days,
        enable_fuzzing=False,
        learning_steps=(),
        relearning_steps=(),
    )


@lru_cache(maxsize=1)
def _curve() -> tuple[float, float]:
    """Decay and factor of the forgetting curve, which is 0.9 when as many days have gone by as the stability has."""
    decay = -_scheduler(DEFAULT).parameters[20]
    return decay, 0.9 ** (1 / decay) - 1
