"""What a move of a debate is worth: for mastery, for the ratings, for points; as practice counts any other answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bakame.learning import difficulty, selection
from bakame.learning.debate import MoveScore
from bakame.learning.debate_choices import Three
from bakame.learning.debate_plan import first_ability
from bakame.learning.difficulty import Rating
from bakame.learning.grading import Grade, Verdict
from bakame.learning.mastery import Knowledge
from bakame.learning.mood import Sign, felt
from bakame.learning.plan import Slot, counted
from bakame.learning.policy import Answer, Policy
from bakame.learning.profile import Profile
from bakame.learning.rewards import Event
from bakame.learning.skills import Curriculum
from bakame.tutor.debate_scene import Marks, Scene
from bakame.tutor.module import Tried
from bakame.tutor.working import Work, gained

MODULE: Final = "debate"
_WHOLE: Final = 2
_CIVIL: Final = 1
_BEST: Final = (_WHOLE, 2, 2)
_OF_WRONG: Final[Mapping[str, tuple[int, int, int]]] = {
    "rude": (1, 1, 0),
    "off_topic": (1, 0, _CIVIL),
    "other_side": (1, 2, _CIVIL),
    "own_side_again": (1, 2, _CIVIL),
}
"""Marks for the choice of a sentence with a fault: move, link, respect."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A move that was made: its marks, its fault ("" when it is right), and how it is told to those who look into it.

    `argument`: id of the argument in it; "" when none is known. `format`: a key of the model's parameters. `remark`: a
    code of feedback for a move that is right.
    """

    marks: Marks
    fault: str
    grade: Grade
    argument: str
    format: str
    said: str
    remark: str = ""

    @property
    def right(self) -> bool:
        return self.grade.verdict is Verdict.RIGHT


def judged(score: MoveScore, *, skill_id: str, said: str, format: str) -> Judged:  # noqa: A002  # the model's word
    """What a move in the learner's own words comes to: right when whole, about the motion, and civil."""
    right = score.move >= _WHOLE and score.link >= 1 and score.respect >= 1
    fault = "" if right else _fault(score)
    reason = " ".join(each.text for each in score.reasons)
    grade = Grade(Verdict.RIGHT if right else Verdict.WRONG, None, fault or None, reason)
    argument = score.argument.id if score.argument else ""
    remark = "other_side" if any(each.about == "side" for each in score.reasons) else ""
    return Judged(Marks(skill_id, score.move, score.link, score.respect), fault, grade, argument, format, said, remark)


def chosen_way(three: Three, index: int, *, skill_id: str, said: str) -> Judged:
    """What the choice of a sentence comes to."""
    code, sentence = three.codes[index], three.sentences[index]
    move, link, respect = _BEST if not code else _OF_WRONG.get(code, (0, 1, _CIVIL))
    verdict = Verdict.WRONG if code else Verdict.RIGHT
    grade = Grade(verdict, sentence, code or None, "another sentence" if code else "the right sentence")
    argument = "" if code else three.argument
    return Judged(Marks(skill_id, move, link, respect), code, grade, argument, f"choice{len(three.sentences)}", said)


def _fault(score: MoveScore) -> str:
    """The fault to speak of first: an insult, then no sentence of one's own, then the move, then the motion."""
    codes = {each.about: each.code for each in score.reasons}
    if score.respect == 0:
        return codes["respect"]
    for code in ("copied", "stuffed"):
        if code in (codes["move"], codes["link"]) and score.move < _WHOLE:
            return code
    if score.move < _WHOLE:
        return "other_side" if "side" in codes and score.move == 0 else codes["move"]
    return "off_topic"


class Counting:
    """Keeps count of moves, by the same model as practice."""

    def __init__(self, *, curriculum: Curriculum, policy: Policy) -> None:
        self._curriculum = curriculum
        self._policy = policy
        self._entries = selection.entries(curriculum, MODULE)

    def ability(self, work: Work) -> Rating:
        """The learner's ability in debates; before the first one, as their English lets expect."""
        return work.profile.ability(MODULE) or first_ability(self._curriculum, work.knowledge)

    def recorded(self, work: Work, scene: Scene, made: Judged, *, prompt: str, expected: str) -> tuple[Work, Scene]:
        """With an answer kept for the record, and mastery told of it when it is the first at this move."""
        first = not scene.counted and scene.rung == 0
        tried = Tried(
            made.marks.skill_id,
            prompt,
            expected,
            made.said,
            made.grade,
            hinted=scene.rung > 0,
            ability=self.ability(work).logit if first else None,
        )
        work = replace(work, tried=(*work.tried, tried))
        return self.counted(work, scene, made.marks.skill_id, right=made.right, format=made.format)

    def counted(
        self,
        work: Work,
        scene: Scene,
        skill_id: str,
        *,
        right: bool,
        format: str,  # noqa: A002  # the model's word
    ) -> tuple[Work, Scene]:
        """Mastery learns once from each move: from its first answer; one that needed a hint counts as wrong."""
        pace = work.profile.pace(format)
        deviation = pace.deviation(work.took_ms) if scene.tries == 0 else 0.0
        sign = Sign.WRONG if not right else Sign.RETRIED if scene.tries else Sign.RIGHT
        entry = self._entries.get(skill_id)
        if scene.counted or entry is None:
            return work.feeling(sign, deviation=deviation), replace(scene, counted=True)
        before = work.profile
        hinted = scene.rung > 0
        known = work.knowledge.get(skill_id) or entry.first
        answer = Answer(right, hinted, format, work.now, deviation=deviation)
        after = self._policy.learnt(known, answer, model=self._curriculum.model)
        rating = work.ratings.get(skill_id) or entry.prior
        ability, _ = difficulty.observe(self.ability(work), rating, right=right and not hinted, format=format)
        paces = before.paces
        if work.took_ms is not None and scene.rung == 0 and scene.tries == 0:
            paces = {**paces, format: pace.after(work.took_ms)}
        mood = felt(before.mood, sign, now=work.now, deviation=deviation)
        profile = Profile({**before.abilities, MODULE: ability}, paces, mood, before.rewards)
        work = work.learning(skill_id, after, profile)
        if after.confirmed and not known.confirmed:
            work = replace(work, proved=True)
        return work, replace(scene, counted=True)

    def finished(self, work: Work, scene: Scene, skill_id: str, *, right: bool, was: Knowledge | None) -> Work:
        """Counts a move that is over. `was`: what was known of its skill when it was asked for."""
        entry = self._entries.get(skill_id)
        right_away = right and scene.tries == 0 and scene.rung == 0
        review = was is not None and was.mastered
        known = work.learnt.get(skill_id)
        mastered = entry is not None and known is not None and known.mastered and not review
        events: list[Event] = []
        if right_away:
            events.append(Event.KEPT if review else Event.RIGHT)
        elif right:
            events.append(Event.HELPED if scene.rung else Event.RETRIED)
        elif scene.tries:
            events.append(Event.TRIED)
        if mastered:
            events.append(Event.MASTERED)
        if work.proved:
            events.append(Event.CONFIRMED)
        before = work.lesson.sitting
        lesson, points = gained(
            work.lesson,
            events,
            now=work.now,
            share=self._curriculum.model.hinted_xp_share,
            sitting={
                "asked": before.asked + 1,
                "right": before.right + right_away,
                "streak": before.streak + 1 if right_away else 0,
                "mastered": (*before.mastered, skill_id) if mastered else before.mastered,
                "slots": counted(before.slots, Slot.REVIEW if review else Slot.LEVEL),
            },
            place={"skipped": 0},
        )
        return replace(work, lesson=lesson, tried=work.worth(points))
