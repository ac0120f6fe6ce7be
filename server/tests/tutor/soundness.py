"""What must hold after every turn, whatever was said in it."""

import json
import random
from typing import Final

from bakame.learning.expect import AnswerKind
from bakame.learning.grading import Verdict
from bakame.learning.lesson import Lesson
from bakame.text.commands import Command
from bakame.text.gsm import is_gsm
from bakame.text.gsm import parts as sms_parts
from bakame.tutor.rendering import MOST_PARTS, sentences, text
from bakame.tutor.turn import Act, Said
from bakame.tutor.wording import Written
from classroom import english
from tutor.callers import Caller

MOST_WORDS: Final = 38
"""Of a spoken sentence: a prompt has 35, and a name or a title may come on top."""


def heard(caller: Caller) -> str:
    """A name for failures."""
    lesson = caller.lesson
    return f"{caller.channel} {lesson.module} {lesson.phase} {lesson.asking}: {caller.heard[-200:]!r}"


def is_sound(caller: Caller) -> None:
    """A next move, in bounds, and a lesson that can be taken up."""
    step = caller.step
    assert caller.heard.strip(), f"nothing is said: {heard(caller)}"
    assert step.ends or step.expect.kind is not AnswerKind.NOTHING, f"nothing is expected: {heard(caller)}"
    written = text(step.parts, wording=english(), language="en", rng=random.Random(1))
    whole = any(isinstance(part, Written) and part.whole for part in step.parts)
    assert is_gsm(written), f"not a text: {written!r}"
    assert sms_parts(written) <= (MOST_PARTS if whole else 1), f"too long a text: {written!r}"
    spoken = sentences(step.parts, wording=english(), language="en", rng=random.Random(1))
    for sentence in spoken:
        assert len(sentence.split()) <= MOST_WORDS, f"too long a sentence: {sentence!r}"
    state = step.lesson.to_state()
    assert Lesson.from_state(json.loads(json.dumps(state))).to_state() == state
    assert all(0 <= known.p_known <= 1 for known in step.learnt.values())
    if not step.ends and caller.lesson.greeted:
        asked = open_now(caller)
        assert asked == step.expect.kind, f"{asked} is open, {step.expect.kind} expected: {heard(caller)}"


def open_now(caller: Caller) -> AnswerKind:
    """The kind of answer that the lesson itself waits for: asking it again, as a learner can."""
    again = Said(caller.channel, Act.COMMAND, command=Command.REPEAT, by="keys")
    return caller.conversation.respond(caller.view, again, rng=random.Random(1)).expect.kind


def gives_nothing_away(caller: Caller, before: Lesson) -> None:
    """No answer of this turn was right."""
    assert not any(tried.grade.verdict is Verdict.RIGHT for tried in caller.step.tried), heard(caller)
    assert caller.step.lesson.sitting.right <= before.sitting.right, heard(caller)


def counts_nothing(caller: Caller, before: Lesson) -> None:
    """What was not understood is no answer: no points, no count, and the same question."""
    after = caller.step.lesson
    assert not caller.step.tried, heard(caller)
    assert after.profile.rewards.points == before.profile.rewards.points
    assert after.sitting.asked == before.sitting.asked
    assert not caller.step.learnt
    if before.item is not None:
        assert after.item is not None, heard(caller)
        assert after.item.exercise == before.item.exercise
        assert after.item.tries == before.item.tries
