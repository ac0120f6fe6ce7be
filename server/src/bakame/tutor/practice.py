"""Practising: a worked example on a new skill, exercises, named mistakes, the hint ladder, and on to the next skill."""

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bakame.learning import mastery, selection
from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import Grade, Verdict, grade
from bakame.learning.hints import HintStep
from bakame.learning.lesson import Item, Lesson, Sitting
from bakame.learning.skills import Curriculum, Skill
from bakame.tutor.guidance import Guidance
from bakame.tutor.module import Step
from bakame.tutor.turn import Said
from bakame.tutor.wording import Part, line
from bakame.tutor.working import Work, answer_line

ON_ONE_SKILL: Final = 6
"""Questions in a row on a skill that is not mastered, before something else is tried."""
REVIEW_EVERY: Final = 5
TOLD_BEFORE_STUCK: Final = 2
SKIPS_BEFORE_MOVING: Final = 2
IN_A_ROW: Final = 3
_DRAWS: Final = 8


class Practice:
    """Practice in one module."""

    def __init__(self, *, curriculum: Curriculum, module: str, guidance: Guidance) -> None:
        self._curriculum = curriculum
        self._module = module
        self._guidance = guidance
        self._skills: Mapping[str, Skill] = {skill.id: skill for skill in curriculum.of_module(module)}

    # what the learner does

    def mark(self, work: Work, item: Item, said: Said, *, rng: random.Random) -> Step | Work:
        """Grades an answer: the work with the question finished, or a step that asks it again."""
        graded = grade(item.exercise, said.text)
        if graded.verdict is Verdict.UNCLEAR:
            return work.asking(item)
        work = work.recording(item, said.text, graded)
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
            return work.saying(line("try_again", spare=True)).asking(item)
        return self.hint(work.saying(line("not_yet", spare=True)), item, above=HintStep.READ_AGAIN)

    def hint(self, work: Work, item: Item, *, above: int = 0) -> Step | Work:
        """The next rung of the ladder, and higher than `above`; past the last one, the answer."""
        found = self._guidance.hint(item.exercise, above=max(item.rung, above))
        if found is None:
            return self._told(work, item)
        rung, words = found
        if rung == HintStep.READ_AGAIN:
            words = line("hint.read_again")
        item = replace(item, rung=rung)
        return work.saying(words).asking(item)

    def dont_know(self, work: Work, item: Item) -> Step | Work:
        """A way to do it; when that was given already, the answer."""
        work = work.saying(line("dont_know", spare=True))
        if item.rung >= HintStep.STRATEGY:
            return self._told(work, item)
        return self.hint(work, item, above=HintStep.NUDGE)

    def skip(self, work: Work, item: Item) -> Work:
        """Leaves a question without counting it."""
        lesson = replace(work.lesson, item=None, skipped=work.lesson.skipped + 1)
        return replace(work, lesson=lesson, done=item.exercise).saying(line("skipped", spare=True))

    # what comes next

    def go_on(self, work: Work, *, rng: random.Random) -> Step:
        """The next question, never the same twice in a row; a similar one when the answer had to be told."""
        lesson = work.lesson
        skill = self._present(lesson)
        if skill is not None and self._is_time_to_move(work, skill):
            work = self._moved(work, skill)
            skill = None
        elif not work.told and (due := self._review(work, rng)):
            return self._asked(work.saying(line("review", spare=True)), due, rng, review=True)
        if skill is not None:
            work = work.saying(line("similar" if work.told else "another", spare=True))
        else:
            skill = self._chosen(work)
            if skill is None:
                return self._all_done(work, rng)
            work = work.having(replace(work.lesson.having_recent(skill.id), on_skill=0, missed=0, skipped=0))
            work = self._introduced(work, skill, rng)
        return self._asked(work, skill, rng)

    def next_title(self, work: Work) -> str | None:
        """The title of what would be practised next."""
        skill = self._present(work.lesson)
        if skill is None or self._is_time_to_move(work, skill):
            skill = self._chosen(work)
        return skill.title if skill else None

    def _present(self, lesson: Lesson) -> Skill | None:
        return self._skills.get(lesson.recent[-1]) if lesson.recent else None

    def _is_time_to_move(self, work: Work, skill: Skill) -> bool:
        lesson = work.lesson
        known = work.knowledge.get(skill.id)
        return (
            (known is not None and known.mastered)
            or lesson.on_skill >= ON_ONE_SKILL
            or lesson.missed >= TOLD_BEFORE_STUCK
            or lesson.skipped >= SKIPS_BEFORE_MOVING
        )

    def _moved(self, work: Work, skill: Skill) -> Work:
        """Leaves a skill; one whose answers had to be told waits until easier ones are practised."""
        lesson = work.lesson
        if lesson.missed >= TOLD_BEFORE_STUCK:
            lesson = replace(lesson, stuck=(*(one for one in lesson.stuck if one != skill.id), skill.id))
            work = work.saying(line("stuck", spare=True))
        return work.having(lesson)

    def _chosen(self, work: Work) -> Skill | None:
        lesson = work.lesson
        return selection.choose(
            self._curriculum, self._module, work.knowledge, recent=lesson.recent, stuck=lesson.stuck, mixed=True
        )

    def _review(self, work: Work, rng: random.Random) -> Skill | None:
        """Now and then a skill mastered before, so that a sitting is not all new."""
        lesson = work.lesson
        if not lesson.sitting.asked or lesson.sitting.asked % REVIEW_EVERY or not lesson.on_skill or lesson.skipped:
            return None
        mastered = [
            self._skills[skill]
            for skill, known in sorted(work.knowledge.items())
            if known.mastered and known.items and skill in self._skills and skill not in lesson.recent[-1:]
        ]
        return rng.choice(mastered) if mastered else None

    def _introduced(self, work: Work, skill: Skill, rng: random.Random) -> Work:
        """A new skill is named and shown by an example worked aloud; one that was met before is only named."""
        lesson = work.lesson
        known = work.knowledge.get(skill.id)
        if skill.id in lesson.shown or (known is not None and known.items > 0):
            return work.saying(line("topic.again", topic=skill.title, spare=True))
        lesson = replace(lesson, shown=(*lesson.shown, skill.id))
        example = self._guidance.example(skill, rng=rng)
        return work.having(lesson).saying(line("topic.new", topic=skill.title, spare=True), example)

    def _asked(self, work: Work, skill: Skill, rng: random.Random, *, review: bool = False) -> Step:
        exercise = make_exercise(skill, rng=rng)
        for _ in range(_DRAWS):
            if work.done is None or exercise.say != work.done.say:
                break
            exercise = make_exercise(skill, rng=rng)
        return work.asking(Item(exercise, review=review))

    def _all_done(self, work: Work, rng: random.Random) -> Step:
        """Everything is mastered: any skill again, to keep it."""
        skill = rng.choice([*self._skills.values()])
        return self._asked(work.saying(line("all_done", spare=True)), skill, rng, review=True)

    # what a question comes to

    def _counted(self, work: Work, item: Item, *, right: bool) -> tuple[Work, Item]:
        """Mastery learns once from each question: from its first answer; one that needed a hint counts as wrong."""
        if item.counted:
            return work, item
        exercise, model = item.exercise, self._curriculum.model
        known = work.knowledge.get(exercise.skill_id) or mastery.start(format=exercise.format, model=model)
        known = mastery.observe(
            known,
            right=right,
            hinted=item.rung > 0,
            format=exercise.format,
            model=model,
            later_session=known.mastered and exercise.skill_id not in work.lesson.sitting.mastered,
        )
        return work.knowing(exercise.skill_id, known), replace(item, counted=True)

    def _told(self, work: Work, item: Item) -> Work:
        """Tells the answer and how to get it."""
        work, item = self._counted(work, item, right=False)
        told = answer_line("told", item.exercise, item.exercise.answer)
        return self._finished(work.saying(told, self._guidance.solution(item.exercise)), item)

    def _finished(self, work: Work, item: Item, *, praise: Part | None = None) -> Work:
        """Counts a question that is over. `praise` is for a right answer; when its skill is mastered by it, that is
        said instead.
        """
        lesson, skill = work.lesson, self._skills.get(item.exercise.skill_id)
        told = praise is None
        right_away = praise is not None and item.tries == 0 and item.rung == 0
        mastered = skill is not None and self._is_new(work, item)
        sitting = Sitting(
            asked=lesson.sitting.asked + 1,
            right=lesson.sitting.right + right_away,
            streak=lesson.sitting.streak + 1 if right_away else 0,
            mastered=(*lesson.sitting.mastered, skill.id) if skill and mastered else lesson.sitting.mastered,
        )
        lesson = replace(
            lesson,
            item=None,
            sitting=sitting,
            on_skill=lesson.on_skill + (not item.review),
            missed=lesson.missed if item.review else lesson.missed + 1 if told else 0,
            skipped=0,
        )
        if skill and mastered:
            work = work.saying(line("mastered", topic=skill.title))
        elif praise:
            work = work.saying(praise)
        return replace(work, lesson=lesson, done=item.exercise, told=told and not item.review)

    def _is_new(self, work: Work, item: Item) -> bool:
        """Whether the skill of a question was mastered by it."""
        known = work.learnt.get(item.exercise.skill_id)
        in_sitting = item.exercise.skill_id in work.lesson.sitting.mastered
        return known is not None and known.mastered and not item.review and not in_sitting

    def _praise(self, lesson: Lesson, item: Item, graded: Grade, rng: random.Random) -> Part:
        """Of what was done, never of who did it."""
        if item.rung > 0:
            return line("right.hinted", spare=True)
        if item.tries > 0:
            return line("right.retried", spare=True)
        if (lesson.sitting.streak + 1) % IN_A_ROW == 0:
            return self._guidance.on_right(item.exercise, rng=rng)
        return answer_line("right.first", item.exercise, graded.value or item.exercise.answer, spare=True)


def _tries_allowed(exercise: Exercise) -> int:
    """Guessing through a choice is not trying again: of two options, one try; of more, two."""
    if exercise.kind is AnswerKind.CHOICE:
        return 1 if len(exercise.options) <= 2 else 2
    return 3
