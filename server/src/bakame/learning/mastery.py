"""What a learner knows of a skill: Bayesian knowledge tracing.

A. T. Corbett, J. R. Anderson: Knowledge tracing: Modeling the acquisition of procedural knowledge. User Modeling and
User-Adapted Interaction 4 (1995).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bakame.learning.model import BktParameters, ModelParameters


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is believed of one learner and one skill.

    `items` answers counted; `right` of them right and without a hint; `unhinted_streak` of those in a row, counted
    anew once mastered. `confirmed`: mastery was shown again in a later session; such a skill is left to review.

    Memory of it, None until it was mastered: `stability` in days and `ease` (1 to 10, 10 is hardest) are FSRS's,
    `reviewed_at` is when it was last asked and `due_at` when it is to be asked again. `stuck` says why the learner does
    not get on with it, for a teacher; None when they do. `last`: the latest answers, for a policy that looks at them.
    """

    p_known: float
    items: int = 0
    unhinted_streak: int = 0
    right: int = 0
    mastered: bool = False
    confirmed: bool = False
    stability: float | None = None
    ease: float | None = None
    reviewed_at: datetime | None = None
    due_at: datetime | None = None
    stuck: str | None = None
    last: tuple[bool, ...] = ()


def start(*, format: str, model: ModelParameters) -> Knowledge:  # noqa: A002  # the file's own word for it
    """What is believed before anything was seen."""
    return Knowledge(model.bkt[format].p_init)


def observe(
    knowledge: Knowledge,
    *,
    right: bool,
    hinted: bool,
    format: str,  # noqa: A002  # the file's own word for it
    model: ModelParameters,
    later_session: bool = False,
    remembered: float = 1.0,
) -> Knowledge:
    """Knowledge after one answer. A right answer after a hint counts as wrong.

    `format` is the exercise's, a key of `model.bkt`. `later_session`: the skill was mastered in an earlier session, so
    that right answers now confirm it. `remembered`: the chance that it was not forgotten since then, 0 to 1. A mastered
    skill lapses when `p_known` falls below the threshold after a wrong answer.
    """
    correct = right and not hinted
    p_known = _learnt(knowledge.p_known * remembered, correct=correct, parameters=model.bkt[format])
    answered = replace(
        knowledge,
        p_known=p_known,
        items=knowledge.items + 1,
        right=knowledge.right + correct,
        unhinted_streak=knowledge.unhinted_streak + 1 if correct else 0,
    )
    if not knowledge.mastered:
        proven = (
            p_known >= model.threshold
            and answered.items >= model.min_items[format]
            and answered.unhinted_streak >= model.last_unhinted_correct
        )
        return replace(answered, mastered=True, unhinted_streak=0, stuck=None) if proven else answered
    if not correct and p_known < model.threshold:
        return replace(answered, mastered=False, confirmed=False, due_at=None)
    if knowledge.confirmed:
        return answered
    if not later_session:
        return replace(answered, unhinted_streak=0)
    return replace(answered, confirmed=answered.unhinted_streak >= model.confirm_items)


def helped(knowledge: Knowledge, *, format: str, model: ModelParameters) -> Knowledge:  # noqa: A002  # the file's word
    """Knowledge after an exercise that was half done for the learner: a chance to learn, and no evidence."""
    p_known = knowledge.p_known
    return replace(knowledge, p_known=p_known + (1 - p_known) * model.bkt[format].p_learn)


def expected_success(p_known: float, *, format: str, model: ModelParameters) -> float:  # noqa: A002  # the file's word
    """The chance that the next answer is right."""
    parameters = model.bkt[format]
    return p_known * (1 - parameters.p_slip) + (1 - p_known) * parameters.p_guess


def revised(p_known: float, *, correct: bool, parameters: BktParameters) -> float:
    """The probability of knowing once an answer was seen (Bayes), before anything was learnt from it."""
    if correct:
        known, unknown = 1 - parameters.p_slip, parameters.p_guess
    else:
        known, unknown = parameters.p_slip, 1 - parameters.p_guess
    return p_known * known / (p_known * known + (1 - p_known) * unknown)


def _learnt(p_known: float, *, correct: bool, parameters: BktParameters) -> float:
    after = revised(p_known, correct=correct, parameters=parameters)
    return after + (1 - after) * parameters.p_learn
