"""Practising: a worked example on a new skill, exercises with fading help, named mistakes, the hint ladder.

What comes next and what an answer proves is decided by a `Policy`; this asks, marks, helps and keeps count.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bakame.learning import difficulty, selection
from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import Grade, Verdict
from bakame.learning.hints import HintStep
from bakame.learning.lesson import Item, Lesson
from bakame.learning.marking import mark
from bakame.learning.mastery import Knowledge
from bakame.learning.mood import Sign, felt
from bakame.learning.plan import Slot, Support, counted
from bakame.learning.policy import Adaptive, Answer, Policy
from bakame.learning.profile import Profile
from bakame.learning.rewards import Event
from bakame.learning.skills import Curriculum
from bakame.tutor.choosing import Choosing
from bakame.tutor.empathy import HEARD, remark, report_in, words_per_minute
from bakame.tutor.guidance import Guide, Maker
from bakame.tutor.module import Step
from bakame.tutor.turn import Said
from bakame.tutor.wording import Part, line
from bakame.tutor.working import Work, answer_line, gained, question

IN_A_ROW: Final = 3

Reword = Callable[[Exercise, random.Random], Exercise | None]
"""The same exercise in other words; None when there are none."""


class Practice:
    """Practice in one module.

    `make` makes the exercises; `guidance` explains them; `policy` decides; `reword` tells some of them as stories.
    """

    def __init__(
        self,
        *,
        curriculum: Curriculum,
        module: str,
        guidance: Guide,
        make: Maker = make_exercise,
        policy: Policy | None = None,
        reword: Reword | None = None,
    ) -> None:
        self._curriculum = curriculum
        self._module = module
        self._guidance = guidance
        self._policy: Policy = policy or Adaptive()
        self._entries = selection.entries(curriculum, module)
        self._choosing = Choosing(
            curriculum=curriculum, module=module, guidance=guidance, make=make, policy=self._policy, reword=reword
        )

    # what the learner does

    def mark(self, work: Work, item: Item, said: Said, *, rng: random.Random) -> Step | Work:
        """Grades an answer: the work with the question finished, or a step that asks it again."""
        graded = mark(item.exercise, said.text, made=said.made)
        if graded.verdict is Verdict.UNCLEAR:
            report = report_in(said.text)
            return self._reported(work, item, report, rng) if report else self.again(work, item)
        ability = self._ability(work).logit if not item.counted and item.rung == 0 else None
        work = work.recording(item, said.text, graded, ability=ability)
        right = graded.verdict is Verdict.RIGHT
        work, item = self._counted(work, item, right=right)
        if right:
            return self._finished(work, item, praise=self._praise(work.lesson, item, graded, rng))
        item = replace(item, tries=item.tries + 1)
        if item.tries == 1:
            work = work.saying(self._guidance.on_mistake(item.exercise, graded, rng=rng))
        if item.tries >= _tries_allowed(item.exercise):
            return self._told(work, item)
        if item.tries == 1:
            return self.again(work.saying(line("try_again", spare=True)), item)
        return self._hinted(work.saying(line("not_yet", spare=True)), item, above=HintStep.READ_AGAIN)

    def hint(self, work: Work, item: Item) -> Step | Work:
        """The next rung of the ladder; past the last one, the answer."""
        return self._hinted(work.feeling(Sign.HINT), item)

    def dont_know(self, work: Work, item: Item) -> Step | Work:
        """A way to do it; when that was given already, the answer."""
        work = work.feeling(Sign.DONT_KNOW).saying(line("dont_know", spare=True))
        if item.rung >= HintStep.STRATEGY:
            return self._told(work, item)
        return self._hinted(work, item, above=HintStep.NUDGE)

    def skip(self, work: Work, item: Item) -> Work:
        """Leaves a question without counting it."""
        lesson = replace(work.lesson, item=None, skipped=work.lesson.skipped + 1)
        lesson = replace(lesson, sitting=replace(lesson.sitting, challenged=lesson.sitting.challenged or item.last))
        work = replace(work, lesson=lesson, done=item.exercise, slot=item.slot).feeling(Sign.SKIP)
        return work.saying(line("skipped", spare=True))

    def again(self, work: Work, item: Item) -> Step:
        """The open question, with the help that belongs to it."""
        return work.asking(item, *self._choosing.help(item))

    def words(self, item: Item) -> tuple[Part, ...]:
        """The open question word for word."""
        return (*self._choosing.help(item), question(item.exercise))

    # what comes next

    def go_on(self, work: Work, *, rng: random.Random) -> Step:
        """The next question, never the same twice in a row; a similar one when the answer had to be told."""
        if work.done is not None:
            mood, said = remark(work.profile.mood, work.now, on_call=work.on_call)
            if said is not None:
                work = work.being(replace(work.profile, mood=mood)).saying(said)
            slowly = words_per_minute(work.lesson, work.now)
            work = replace(work, words_per_minute=slowly) if slowly else work
        return self._choosing.go_on(work, rng=rng)

    def challenge(self, work: Work, *, rng: random.Random) -> Step | None:
        """The last and harder question of a sitting; None when there is none."""
        return self._choosing.challenge(work, rng=rng)

    def next_title(self, work: Work) -> str | None:
        """The title of what would be practised next."""
        return self._choosing.next_title(work)

    # what a question comes to

    def _reported(self, work: Work, item: Item, sign: Sign, rng: random.Random) -> Step | Work:
        """What follows when the learner says how it is going: help, something harder, an end, something else."""
        work = work.feeling(sign)
        work = work.being(replace(work.profile, mood=replace(work.profile.mood, spoken_at=work.now)))
        work = work.saying(HEARD[sign])
        match sign:
            case Sign.TOO_HARD:
                return self._hinted(work, item, above=HintStep.NUDGE)
            case Sign.TOO_EASY:
                return self._choosing.harder(self._left(work, item), rng=rng)
            case Sign.BORED:
                return self._choosing.elsewhere(self._left(work, item), rng=rng)
            case _:
                return self.again(work, item)

    def _left(self, work: Work, item: Item) -> Work:
        """With the open question dropped, and not counted."""
        return replace(work, lesson=replace(work.lesson, item=None), done=item.exercise, slot=item.slot)

    def _hinted(self, work: Work, item: Item, *, above: int = 0) -> Step | Work:
        """The next rung of the ladder, and higher than `above`; past the last one, the answer."""
        found = self._guidance.hint(item.exercise, above=max(item.rung, above))
        if found is None:
            return self._told(work, item)
        rung, words = found
        return work.saying(words).asking(replace(item, rung=rung))

    def _ability(self, work: Work) -> difficulty.Rating:
        return work.profile.ability(self._module) or selection.first_ability(
            self._curriculum, self._module, work.knowledge
        )

    def _counted(self, work: Work, item: Item, *, right: bool) -> tuple[Work, Item]:
        """Mastery learns once from each question: from its first answer; one that needed a hint counts as wrong."""
        exercise = item.exercise
        pace = work.profile.pace(exercise.format)
        deviation = pace.deviation(work.took_ms) if item.tries == 0 else 0.0
        sign = Sign.WRONG if not right else Sign.RETRIED if item.tries else Sign.RIGHT
        if item.counted:
            return work.feeling(sign, deviation=deviation), item
        before = work.profile
        entry = self._entries.get(exercise.skill_id)
        helped = item.support is Support.HALF
        hinted = item.rung > 0 and not helped
        known = work.knowledge.get(exercise.skill_id) or (entry.first if entry else Knowledge(0.25))
        answer = Answer(right, hinted, exercise.format, work.now, helped, deviation)
        after = self._policy.learnt(known, answer, model=self._curriculum.model)
        abilities, paces = before.abilities, before.paces
        if entry is not None and not helped:
            rating = work.ratings.get(exercise.skill_id) or entry.prior
            ability, _ = difficulty.observe(
                self._ability(work), rating, right=right and not hinted, format=exercise.format
            )
            abilities = {**abilities, self._module: ability}
        if work.took_ms is not None and item.rung == 0 and item.tries == 0:
            paces = {**paces, exercise.format: pace.after(work.took_ms)}
        mood = felt(before.mood, sign, now=work.now, deviation=deviation)
        work = work.learning(exercise.skill_id, after, Profile(abilities, paces, mood, before.rewards))
        if after.confirmed and not known.confirmed:
            work = replace(work, proved=True)
        return work, replace(item, counted=True)

    def _told(self, work: Work, item: Item) -> Work:
        """Tells the answer and how to get it."""
        work, item = self._counted(work, item, right=False) if not item.counted else (work, item)
        told = answer_line("told", item.exercise, item.exercise.answer)
        return self._finished(work.saying(told, self._guidance.solution(item.exercise)), item)

    def _finished(self, work: Work, item: Item, *, praise: Part | None = None) -> Work:
        """Counts a question that is over. `praise` is for a right answer; when its skill is mastered by it, that is
        said instead.
        """
        skill_id = item.exercise.skill_id
        entry = self._entries.get(skill_id)
        right = praise is not None
        right_away = right and item.tries == 0 and item.rung == 0
        mastered = entry is not None and self._is_new(work, item)
        at_level = item.slot is Slot.LEVEL
        told = not right and at_level and not item.last
        before = work.lesson
        sitting = before.sitting
        lesson, points = gained(
            before,
            _events(work, item, right=right, right_away=right_away, mastered=mastered),
            now=work.now,
            share=self._curriculum.model.hinted_xp_share,
            sitting={
                "asked": sitting.asked + 1,
                "right": sitting.right + right_away,
                "streak": sitting.streak + 1 if right_away else 0,
                "mastered": (*sitting.mastered, skill_id) if mastered else sitting.mastered,
                "slots": counted(sitting.slots, item.slot),
                "challenged": sitting.challenged or item.last,
            },
            place={
                "item": None,
                "on_skill": before.on_skill + at_level,
                "missed": before.missed if not at_level else 0 if right else before.missed + 1,
                "skipped": 0,
                "stuck": self._still_stuck(before, item, right=right, freed=mastered or (item.review and right_away)),
            },
        )
        if entry is not None and mastered:
            praise = line("mastered", topic=entry.skill.title)
        return replace(
            work,
            lesson=lesson,
            tried=work.worth(points),
            parts=(*work.parts, praise) if praise else work.parts,
            done=item.exercise,
            slot=item.slot,
            told=told,
        )

    def _still_stuck(self, lesson: Lesson, item: Item, *, right: bool, freed: bool) -> tuple[str, ...]:
        """The skills to leave alone: a stretch that failed too, and no more what needs a skill that is now in place."""
        skill_id = item.exercise.skill_id
        if item.slot is Slot.STRETCH and not right and skill_id not in lesson.stuck:
            return (*lesson.stuck, skill_id)
        if freed and lesson.stuck:
            entries = self._entries
            return tuple(each for each in lesson.stuck if each in entries and skill_id not in entries[each].needs)
        return lesson.stuck

    def _is_new(self, work: Work, item: Item) -> bool:
        """Whether the skill of a question was mastered by it."""
        known = work.learnt.get(item.exercise.skill_id)
        in_sitting = item.exercise.skill_id in work.lesson.sitting.mastered
        return known is not None and known.mastered and not item.review and not in_sitting

    def _praise(self, lesson: Lesson, item: Item, graded: Grade, rng: random.Random) -> Part:
        """Of what was done, never of who did it."""
        if item.tries > 0:
            return line("right.retried", spare=True)
        if item.support is Support.HALF:
            return line("right.helped", spare=True)
        if item.rung > 0:
            return line("right.hinted", spare=True)
        if (lesson.sitting.streak + 1) % IN_A_ROW == 0:
            return self._guidance.on_right(item.exercise, rng=rng)
        return answer_line("right.first", item.exercise, graded.value or item.exercise.answer, spare=True)


def _events(work: Work, item: Item, *, right: bool, right_away: bool, mastered: bool) -> list[Event]:
    """What a finished question is worth."""
    events: list[Event] = []
    if right_away:
        events.append(Event.KEPT if item.review else Event.RIGHT)
    elif right:
        events.append(Event.HELPED if item.rung else Event.RETRIED)
    elif item.tries:
        events.append(Event.TRIED)
    if mastered:
        events.append(Event.MASTERED)
    if work.proved:
        events.append(Event.CONFIRMED)
    return events


def _tries_allowed(exercise: Exercise) -> int:
    """Guessing through a choice is not trying again: of two options, one try; of more, two."""
    if exercise.kind is AnswerKind.CHOICE:
        return 1 if len(exercise.options) <= 2 else 2
    return 3
