"""What is asked next in practice, and how it is brought in: named, shown, half done, or alone."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bakame.learning import mood, selection
from bakame.learning.exercises import Exercise
from bakame.learning.hints import HintStep
from bakame.learning.lesson import Item, Lesson
from bakame.learning.plan import Slot, Support
from bakame.learning.policy import Choice, Leave, Policy, Situation
from bakame.learning.skills import Curriculum, Skill
from bakame.learning.stuck import Reason, Way, way_on
from bakame.tutor.guidance import Guide, Maker
from bakame.tutor.module import Step
from bakame.tutor.wording import Part, Written, line
from bakame.tutor.working import Work

SHOW_BELOW: Final = 0.7
"""Belief under which a skill that was never practised is shown by an example first."""
HALF_BELOW: Final = 0.5
"""Belief under which the first exercise after the example is half done."""
DOUBTED: Final = 0.6
"""What is left of a belief from placement in a skill, when a learner is stuck on what needs it."""
STUCK_KEPT: Final = 3
"""Skills that a lesson leaves alone at a time; the oldest has another chance."""
STORY_EVERY: Final = 3
"""Exercises, of which one is told as a story."""
_DRAWS: Final = 8


class Choosing:
    """The next question of one module, by a policy."""

    def __init__(
        self,
        *,
        curriculum: Curriculum,
        module: str,
        guidance: Guide,
        make: Maker,
        policy: Policy,
        reword: Callable[[Exercise, random.Random], Exercise | None] | None = None,
    ) -> None:
        self._curriculum = curriculum
        self._module = module
        self._guidance = guidance
        self._make = make
        self._policy = policy
        self._reword = reword
        self._entries = selection.entries(curriculum, module)

    def go_on(self, work: Work, *, rng: random.Random) -> Step:
        """The next question; see `Practice`."""
        present = self._present(work.lesson)
        situation = self._situation(work, present)
        if present is not None:
            reason = self._policy.leaving(situation, present)
            if reason is Leave.TOLD:
                return self._unstuck(work, present, Reason.TOLD, rng)
            if reason is Leave.SPINNING:
                return self._unstuck(work, present, Reason.SPINNING, rng)
            if reason is not None:
                situation = replace(situation, present=None, excluded=situation.excluded | {present.id})
                present = None
        if work.told and present is not None:
            return self._asked(work.saying(line("similar", spare=True)), Choice(present, Slot.LEVEL), rng)
        return self._next(work, situation, rng)

    def challenge(self, work: Work, *, rng: random.Random) -> Step | None:
        """A harder question than those at level, the last of a sitting; None when there is none."""
        present = self._present(work.lesson)
        harder_than = self._difficulty(work, present) if present else None
        skill = selection.choose(
            self._curriculum,
            self._module,
            work.knowledge,
            stuck=work.lesson.stuck,
            target="challenge",
            ability=work.profile.ability(self._module),
            ratings=work.ratings,
            harder_than=harder_than,
        )
        # Nothing is begun in the last minute: a skill that was never met needs an example first.
        if skill is None or not (known := work.knowledge.get(skill.id)) or known.items == 0:
            skill = present
        if skill is None or (mood.target(work.profile.mood) == "after_frustration"):
            return None
        choice = Choice(skill, Slot.STRETCH)
        return self._asked(work.saying(line("challenge", spare=True)), choice, rng, last=True)

    def harder(self, work: Work, *, rng: random.Random) -> Step:
        """Something above the present skill, for somebody who asked for it."""
        present = self._present(work.lesson)
        skill = selection.choose(
            self._curriculum,
            self._module,
            work.knowledge,
            stuck=work.lesson.stuck,
            target="challenge",
            ability=work.profile.ability(self._module),
            ratings=work.ratings,
            harder_than=self._difficulty(work, present) if present else None,
        )
        if skill is None:
            return self.go_on(work, rng=rng)
        work = self._introduced(self._taken_up(work, skill), skill, rng)
        return self._asked(work, Choice(skill, Slot.LEVEL), rng)

    def elsewhere(self, work: Work, *, rng: random.Random) -> Step:
        """Something of another strand."""
        present = self._present(work.lesson)
        situation = self._situation(work, None)
        if present is not None:
            excluded = situation.excluded | {present.id}
            situation = replace(situation, away_from=present.strand, excluded=excluded)
        return self._next(work, situation, rng)

    def next_title(self, work: Work) -> str | None:
        """The title of what would be practised next."""
        present = self._present(work.lesson)
        situation = self._situation(work, present)
        if present is not None and self._policy.leaving(situation, present) is None:
            return present.title
        choice = self._policy.next(replace(situation, present=None), rng=random.Random(0))
        return choice.skill.title if choice else None

    def help(self, item: Item) -> tuple[Part, ...]:
        """What is done of a question for the learner: its first step, or nothing."""
        if item.support is Support.SOLO:
            return ()
        found = self._guidance.hint(item.exercise, above=HintStep.STRATEGY)
        if found is None:
            return ()
        # One part: a text that is too short for the step does not announce it either.
        step = found[1]
        return (line("half", step=step.say, spare=True) if isinstance(step, Written) else step,)

    def _present(self, lesson: Lesson) -> Skill | None:
        if not lesson.recent or lesson.recent[-1] in lesson.stuck:
            return None
        entry = self._entries.get(lesson.recent[-1])
        return entry.skill if entry else None

    def _difficulty(self, work: Work, skill: Skill) -> float:
        return (work.ratings.get(skill.id) or self._entries[skill.id].prior).logit

    def _situation(self, work: Work, present: Skill | None) -> Situation:
        lesson = work.lesson
        excluded: frozenset[str] = frozenset()
        if work.done is not None and (lesson.skipped or work.slot is not Slot.LEVEL):
            known = work.knowledge.get(work.done.skill_id)
            # A review that failed is practised at once.
            lapsed = work.slot is Slot.REVIEW and not lesson.skipped and known is not None and not known.mastered
            excluded = frozenset() if lapsed else frozenset((work.done.skill_id,))
        return Situation(
            self._curriculum,
            self._module,
            work.knowledge,
            lesson.profile,
            work.now,
            ratings=work.ratings,
            recent=lesson.recent,
            stuck=lesson.stuck,
            sitting=lesson.sitting,
            present=present.id if present else None,
            on_skill=lesson.on_skill,
            missed=lesson.missed,
            skipped=lesson.skipped,
            target=mood.target(lesson.profile.mood),
            excluded=excluded,
        )

    def _next(self, work: Work, situation: Situation, rng: random.Random) -> Step:
        choice = self._policy.next(situation, rng=rng)
        if choice is None and situation.excluded:
            choice = self._policy.next(replace(situation, excluded=frozenset()), rng=rng)
        if choice is None:
            return self._all_done(work, rng)
        match choice.slot:
            case Slot.REVIEW:
                work = work.saying(line("review", spare=True))
            case Slot.STRETCH:
                work = self._introduced(work.saying(line("stretch", spare=True)), choice.skill, rng, named=False)
            case Slot.LEVEL if choice.skill.id == situation.present:
                work = work.saying(line("another", spare=True))
            case Slot.LEVEL:
                work = self._introduced(self._taken_up(work, choice.skill), choice.skill, rng)
        return self._asked(work, choice, rng)

    def _unstuck(self, work: Work, skill: Skill, reason: Reason, rng: random.Random) -> Step:
        """The way on from a skill with which the learner does not get on; a teacher can see it."""
        way = way_on(skill, entries=self._entries, knowledge=work.knowledge, now=work.now)
        known = work.knowledge.get(skill.id) or self._entries[skill.id].first
        work = work.knowing(skill.id, replace(known, stuck=reason.value))
        if way.way is Way.EXAMPLE:
            shown = tuple(each for each in work.lesson.shown if each != skill.id)
            work = work.having(replace(work.lesson, shown=shown, on_skill=0, missed=0, skipped=0))
            work = self._shown(work.saying(line("stuck.example", spare=True)), skill, rng)
            return self._asked(work, Choice(skill, Slot.LEVEL), rng)
        others = tuple(each for each in work.lesson.stuck if each != skill.id)
        lesson = replace(work.lesson, stuck=(*others, skill.id)[-STUCK_KEPT:], on_skill=0, missed=0, skipped=0)
        work = work.having(lesson).saying(line("stuck", spare=True))
        if way.skill is None:
            situation = replace(self._situation(work, None), away_from=skill.strand)
            return self._next(work, replace(situation, excluded=situation.excluded | {skill.id}), rng)
        needed = way.skill
        work = work.saying(line("stuck.before", topic=needed.title))
        before = work.knowledge.get(needed.id) or self._entries[needed.id].first
        if before.mastered:
            return self._asked(work, Choice(needed, Slot.REVIEW), rng)
        if before.items == 0 and before.p_known > DOUBTED:
            work = work.knowing(needed.id, replace(before, p_known=DOUBTED))
        work = self._introduced(self._taken_up(work, needed), needed, rng, named=False)
        return self._asked(work, Choice(needed, Slot.LEVEL), rng)

    def _taken_up(self, work: Work, skill: Skill) -> Work:
        lesson = work.lesson
        stuck = tuple(each for each in lesson.stuck if each != skill.id)
        return work.having(replace(lesson.having_recent(skill.id), stuck=stuck, on_skill=0, missed=0, skipped=0))

    def _introduced(self, work: Work, skill: Skill, rng: random.Random, *, named: bool = True) -> Work:
        """A new skill is named and shown by an example worked aloud; one that was met before is only named."""
        known = work.knowledge.get(skill.id) or self._entries[skill.id].first
        if skill.id in work.lesson.shown or known.items > 0 or known.p_known >= SHOW_BELOW:
            return work.saying(line("topic.again", topic=skill.title, spare=True)) if named else work
        if named:
            work = work.saying(line("topic.new", topic=skill.title, spare=True))
        return self._shown(work, skill, rng)

    def _shown(self, work: Work, skill: Skill, rng: random.Random) -> Work:
        example = self._guidance.example(skill, rng=rng)
        if example is None:
            return work
        lesson = replace(work.lesson, shown=(*work.lesson.shown, skill.id))
        return replace(work, lesson=lesson, shown=skill.id, parts=(*work.parts, example))

    def _asked(self, work: Work, choice: Choice, rng: random.Random, *, last: bool = False) -> Step:
        skill = choice.skill
        exercise = self._make(skill, rng=rng)
        for _ in range(_DRAWS):
            if work.done is None or exercise.say != work.done.say:
                break
            exercise = self._make(skill, rng=rng)
        item = Item(exercise, slot=choice.slot, last=last)
        if work.shown == skill.id and self._is_new(work, skill):
            # The example was given in this very turn.
            found = self._guidance.hint(exercise, above=HintStep.STRATEGY)
            if found is not None:
                half = replace(item, support=Support.HALF, rung=found[0])
                return work.asking(half, *self.help(half))
        if self._reword is not None and work.lesson.sitting.asked % STORY_EVERY == STORY_EVERY - 1:
            item = replace(item, exercise=self._reword(exercise, rng) or exercise)
        return work.asking(item)

    def _is_new(self, work: Work, skill: Skill) -> bool:
        known = work.knowledge.get(skill.id) or self._entries[skill.id].first
        return known.p_known < HALF_BELOW

    def _all_done(self, work: Work, rng: random.Random) -> Step:
        """Everything is mastered: any skill again, to keep it."""
        entry = rng.choice([*self._entries.values()])
        return self._asked(work.saying(line("all_done", spare=True)), Choice(entry.skill, Slot.REVIEW), rng)
