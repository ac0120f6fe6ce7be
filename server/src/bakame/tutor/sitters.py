"""The people on a line as they were read, and what a turn takes of them."""

import asyncio
from dataclasses import replace
from datetime import datetime

import structlog

from bakame.learning.lesson import Lesson, restored
from bakame.records.progress.schemas import Seat, Sitter
from bakame.security.pins import pin_matches
from bakame.tutor.asides import Aside
from bakame.tutor.household import asked_for, pin_in
from bakame.tutor.module import Person, Step
from bakame.tutor.turn import Act, Said

_log = structlog.get_logger(__name__)


def lesson_of(who: Sitter) -> Lesson:
    """The open lesson; or a new one that begins with what the last one knew of the learner."""
    if who.lesson is None:
        return Lesson()
    lesson, broken = restored(who.lesson.state)
    if broken:
        _log.error("lesson.broken", learner_id=who.learner_id, lesson_id=who.lesson.id, reason=broken)
    return lesson if who.open_lesson is not None else lesson.afresh()


def aside_of(seat: Seat, question: str) -> Aside | None:
    """The question with the lesson around it; None when there is no lesson."""
    stored = seat.present.open_lesson
    if stored is None:
        return None
    item = restored(stored.state)[0].item
    names = tuple(one.name for one in seat.people if one.name)
    return Aside(item.exercise if item else None, question, names=names, language=seat.present.language)


def person_of(one: Sitter, now: datetime) -> Person:
    """Somebody on the line, as the conversation may know them."""
    locked = one.locked_until is not None and one.locked_until > now
    return Person(one.learner_id, one.name, guarded=one.pin_hash is not None, locked=locked)


def last_here(one: Sitter, *, present_id: int) -> tuple[float, bool, int]:
    """For an order in which who was here last comes last."""
    return (one.last_seen_at.timestamp() if one.last_seen_at else 0.0, one.learner_id == present_id, -one.learner_id)


async def pin_was_given(seat: Seat, lesson: Lesson, said: Said) -> bool:
    """Whether the PIN that is being asked for was given; hashing takes a moment, so it is done beside the loop."""
    whose, pin = asked_for(lesson), pin_in(said.text)
    hashed = next((one.pin_hash for one in seat.people if one.learner_id == whose), None)
    if hashed is None or pin is None or said.act is not Act.ANSWER:
        return False
    return await asyncio.to_thread(pin_matches, pin, hashed)


def as_shown(said: Said, step: Step) -> str:
    """What was said, as it may stand in a transcript: a PIN never does."""
    is_secret = step.pin is not None or step.pin_missed is not None or step.pin_right is not None
    return "PIN" if is_secret else said.text


def after_step(who: Sitter, step: Step) -> Sitter:
    """The learner as they are once a step is kept."""
    return replace(who, language=step.language) if step.language else who


def words_may_be_kept(who: Sitter, step: Step) -> bool:
    """Only the words of those who agreed are kept; a yes in this very turn counts already."""
    return who.consent is True if step.consent is None else step.consent
