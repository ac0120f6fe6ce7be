"""English: its level is found, then it is practised: sounds, grammar and words, talk, and short writing."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final, cast

from bakame.learning import placement
from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import Verdict
from bakame.learning.items import PAIR, asked_of, kinds_here, made_as, make_from_notes
from bakame.learning.lesson import Item, Lesson, Phase
from bakame.learning.marking import mark
from bakame.learning.notes import Notes, well_spelled
from bakame.learning.policy import Policy
from bakame.learning.skills import Curriculum, Skill
from bakame.text.commands import Command
from bakame.text.compare import same_words
from bakame.text.gsm import SINGLE, septets
from bakame.tutor.gains import gains
from bakame.tutor.guidance import Maker
from bakame.tutor.module import Ask, Step, View
from bakame.tutor.notes_guide import EXAMPLE, NotesGuide
from bakame.tutor.placing import Placing
from bakame.tutor.practice import Practice
from bakame.tutor.replying import POINTS, formed, listed, understood
from bakame.tutor.talking import Talking
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line, Part, Written, line
from bakame.tutor.working import Work

CHALLENGE_AFTER_MS: Final = 8 * 60_000 + 30_000
"""Of a call; the challenge is its last question."""
CLOSE_AFTER_MS: Final = 10 * 60_000
ROWS_KEPT: Final = 40
"""Items that a lesson remembers, so that none comes again while others are left."""
_LEVELS: Final = {
    "A1": line("english.level.a1"),
    "A2": line("english.level.a2"),
    "B1": line("english.level.b1"),
    "B2": line("english.level.b2"),
}
"""The level that was found, in plain words."""
_ROWS: Final = "rows"
_AROUND_POINTS: Final = 40
"""Septets of what is said around the points of an answer."""
_LETTERS: Final = "letters"
"""In the scene: the word of which the letters were asked for, after it was said whole."""


class EnglishModule:
    """The English of the curriculum, as a `TutorModule`.

    What can be taught differs between the ear and the eye, so there is a curriculum for each: on a call without
    capitals and long writing, in a text without sounds.
    """

    def __init__(self, *, curriculum: Curriculum, notes: Notes, policy: Policy | None = None) -> None:
        """`notes`: of every skill of the module."""
        self._curriculum = curriculum
        self._notes = notes
        self._policy = policy
        self._skills = {skill.id: skill for skill in curriculum.of_module(self.name)}
        self._guide = NotesGuide(notes)
        self._known = well_spelled(notes)
        self._heard = _of_channel(curriculum, self._skills, notes, by_ear=True)
        self._read = _of_channel(curriculum, self._skills, notes, by_ear=False)
        self._talking = Talking(notes=notes, skills=self._skills, known=self._known)

    @property
    def name(self) -> str:
        return "english"

    def brief(self, view: View) -> str:
        """Instructions for an engine that converses by itself."""
        lines = [
            "You teach English by phone, in simple English, at most 35 words at a time. Speak slowly and clearly.",
            "Ask only questions that next_exercise gives; pass every answer to submit_answer; never mark one yourself.",
            "Meaning first: answer what was meant, then say the learner's words back in good English.",
            "Praise the strategy, never the person. Offer a hint before an answer.",
            f"The learner is called {view.name}." if view.name else "The learner has not given a name.",
        ]
        if topic := self.topic(view):
            lines.append(f"The present topic is: {topic}.")
        if view.lesson.item is not None:
            lines.append(f"An open question comes first: {view.lesson.item.exercise.say}")
        return "\n".join(lines)

    def topic(self, view: View) -> str | None:
        """The title of the skill that is being practised."""
        lesson = view.lesson
        if lesson.phase is not Phase.PRACTICE or not lesson.recent:
            return None
        skill = self._skills.get(lesson.recent[-1])
        return skill.title if skill else None

    def ask(self, view: View) -> Ask | None:
        """The open question, word for word."""
        item = view.lesson.item
        practice = self._practice(view.lesson, by_ear=view.channel is Channel.VOICE)
        return Ask(practice.words(item), item.exercise.expect) if item else None

    def respond(self, view: View, said: Said, *, rng: random.Random) -> Step:
        """One turn; see `TutorModule`."""
        work = Work.at(view, said)
        by_ear = said.channel is Channel.VOICE
        item = work.lesson.item
        if item is not None and said.act is Act.OPEN and not self._askable(item.exercise, by_ear=by_ear):
            work = work.having(replace(work.lesson, item=None)).saying(line("english.other_way", spare=True))
            item = None
        if item is None:
            step = self._go_on(self._placed(work), said, rng)
        elif said.act is Act.OPEN:
            step = self._again(work, item, by_ear=by_ear)
        else:
            after = self._after(work, item, said, rng)
            step = after if isinstance(after, Step) else self._go_on(after, said, rng)
        step = step if by_ear else _acknowledged(_taught(step))
        return self._remembering(view.lesson, self._talking.begun(step))

    def observe(self, view: View, said: Said) -> Step:
        """Grades an answer that another engine heard; nothing is said."""
        work = Work.at(view, said)
        item = view.lesson.item
        if item is None or mark(item.exercise, said.text).verdict is Verdict.UNCLEAR:
            return work.silent()
        after = self._after(work, item, replace(said, act=Act.ANSWER), random.Random(0))
        if isinstance(after, Step):
            return replace(after, parts=())
        return replace(after, parts=()).silent()

    def farewell(self, view: View) -> tuple[Part, ...]:
        """What improved in this sitting, and what comes next."""
        sitting = view.lesson.sitting
        parts: list[Part] = []
        if sitting.asked == 1:
            parts.append(line("close.one"))
        elif sitting.asked:
            parts.append(line("close.counts", asked=str(sitting.asked), right=str(sitting.right)))
        if titles := [self._skills[skill].title for skill in sitting.mastered if skill in self._skills]:
            parts.append(line("close.mastered", topics=listed(titles)))
        parts += gains(view.lesson)
        practice = self._practice(view.lesson, by_ear=view.channel is Channel.VOICE)
        if view.lesson.item is not None:
            parts.append(line("close.kept", spare=True))
        elif view.lesson.phase is Phase.PRACTICE and (title := practice.next_title(Work.at(view))):
            parts.append(line("close.next", topic=title, spare=True))
        return tuple(parts)

    # what the learner does

    def _after(self, work: Work, item: Item, said: Said, rng: random.Random) -> Step | Work:
        """What an act at the open question comes to."""
        by_ear = said.channel is Channel.VOICE
        practice = self._practice(work.lesson, by_ear=by_ear)
        if work.lesson.phase is Phase.PLACEMENT:
            return self._placing(work.lesson, by_ear=by_ear).answer(work, item, said)
        if self._talking.is_on(item):
            return self._talking.answer(work, item, said, practice, rng=rng)
        match said.command if said.act is Act.COMMAND else None:
            case Command.HINT:
                after = practice.hint(work, item)
            case Command.DONT_KNOW:
                after = practice.dont_know(work, item)
            case Command.SKIP:
                return practice.skip(work, item)
            case _ if self._said_whole(work.lesson, item, said):
                scene = {**work.lesson.scene, _LETTERS: asked_of(item.exercise)}
                work = work.having(replace(work.lesson, scene=scene))
                return practice.again(work.saying(line("english.letters")), item)
            case _:
                after = practice.mark(work, item, said, rng=rng)
        return after if isinstance(after, Step) else self._reworded(work, after, item, said)

    def _reworded(self, before: Work, after: Work, item: Item, said: Said) -> Work:
        """Of free words that were right: what was understood, and one point of form; of others, a model alone."""
        exercise = item.exercise
        if exercise.kind is not AnswerKind.OPEN or exercise.rubric is None:
            return after
        new = [part for part in after.parts[len(before.parts) :] if not (isinstance(part, Line) and part.key == "told")]
        right = mark(exercise, said.text).verdict is Verdict.RIGHT
        if right and said.act is Act.ANSWER and not exercise.rubric.exact:
            spoken = said.channel is Channel.VOICE
            form = formed(exercise, said.text, known=self._known, spoken=spoken)
            new = [part for part in new if not (isinstance(part, Line) and part.key.startswith("right."))]
            new = [understood(exercise, said.text), *((form,) if form else ()), *new]
        return replace(after, parts=(*before.parts, *new))

    def _said_whole(self, lesson: Lesson, item: Item, said: Said) -> bool:
        """Whether a word was said where its letters were asked for; the second time it is taken."""
        exercise = item.exercise
        whole = said.by == "speech" and exercise.kind is AnswerKind.SPELLING and same_words(said.text, exercise.answer)
        return whole and lesson.scene.get(_LETTERS) != asked_of(exercise)

    # what comes next

    def _placed(self, work: Work) -> Work:
        """Placement is for those of whom nothing is known yet."""
        lesson = work.lesson
        if lesson.placement is None and any(skill in self._skills for skill in work.knowledge):
            return work.having(replace(lesson, phase=Phase.PRACTICE))
        return work

    def _go_on(self, work: Work, said: Said, rng: random.Random) -> Step:
        """With nothing open: goodbye when a call has been long enough, else the next question."""
        by_ear = said.channel is Channel.VOICE
        if work.lesson.phase is Phase.PLACEMENT:
            placed = work.lesson.placement
            after = self._placing(work.lesson, by_ear=by_ear).go_on(work, rng=rng)
            if isinstance(after, Step):
                return after
            work = self._levelled(after, placed) if placed else after
        if by_ear and said.elapsed_ms >= CHALLENGE_AFTER_MS:
            return self._ending(work, said, rng)
        return self._practice(work.lesson, by_ear=by_ear, talks=not work.told).go_on(work, rng=rng)

    def _levelled(self, work: Work, placed: placement.Placement) -> Work:
        """Tells the level that was found, and takes over what it says of skills that wait for another channel."""
        found = placement.result(placed, self._curriculum)
        more = {skill_id: known for skill_id, known in found.items() if skill_id not in work.learnt}
        work = replace(work, knowledge={**work.knowledge, **more}, learnt={**work.learnt, **more})
        level = self._level(placement.ability(placed, self._curriculum).logit)
        return work.saying(_LEVELS.get(level, line("placement.done", spare=True)))

    def _level(self, logit: float) -> str:
        """The CEFR level at which somebody of this ability is at work."""
        first, *others = self._curriculum.cefr_levels
        reached = [level for level in others if self._curriculum.model.difficulty[level] <= logit]
        return reached[-1] if reached else first

    def _ending(self, work: Work, said: Said, rng: random.Random) -> Step:
        """One challenge, and then goodbye."""
        sitting = work.lesson.sitting
        if sitting.asked and not sitting.challenged and said.elapsed_ms < CLOSE_AFTER_MS:
            step = self._practice(work.lesson, by_ear=True).challenge(work, rng=rng)
            if step is not None:
                return step
        parts = self.farewell(View(lesson=work.lesson, knowledge=work.knowledge, now=work.now, ratings=work.ratings))
        return work.having(replace(work.lesson, phase=Phase.CLOSED)).closing(*parts)

    # how it is made

    def _again(self, work: Work, item: Item, *, by_ear: bool) -> Step:
        practice = self._practice(work.lesson, by_ear=by_ear)
        if self._talking.is_on(item):
            return self._talking.again(work, item, practice)
        return practice.again(work.saying(line("resume.question")), item)

    def _askable(self, exercise: Exercise, *, by_ear: bool) -> bool:
        """Whether an open question can be answered the way the learner came back."""
        if exercise.rubric is not None and exercise.rubric.exact:
            return not by_ear
        return by_ear or made_as(exercise) != PAIR

    def _practice(self, lesson: Lesson, *, by_ear: bool, talks: bool = False) -> Practice:
        return Practice(
            curriculum=self._heard if by_ear else self._read,
            module=self.name,
            guidance=self._guide,
            make=self._maker(lesson, by_ear=by_ear, talks=talks),
            policy=self._policy,
        )

    def _placing(self, lesson: Lesson, *, by_ear: bool) -> Placing:
        return Placing(
            curriculum=self._heard if by_ear else self._read,
            module=self.name,
            make=self._maker(lesson, by_ear=by_ear),
        )

    def _maker(self, lesson: Lesson, *, by_ear: bool, talks: bool = False) -> Maker:
        """Makes items that were not asked lately; after a first task of a skill, a conversation (`talks`)."""
        rows = _rows(lesson)

        def make(skill: Skill, *, rng: random.Random) -> Exercise:
            notes = self._notes[skill.id]
            if talks and notes.talks and any(task.ask in rows for task in notes.tasks):
                opening = self._talking.opening(skill, rows)
                if opening is not None:
                    return opening
            kinds = kinds_here(skill, notes, by_ear=by_ear)
            return make_from_notes(skill, notes, rng=rng, by_ear=by_ear, kinds=kinds, avoid=rows)

        return make

    def _remembering(self, before: Lesson, step: Step) -> Step:
        """With the new question among those that were asked lately."""
        item = step.lesson.item
        if item is None or (before.item is not None and item.exercise is before.item.exercise):
            return step
        asked = asked_of(item.exercise)
        rows = (*(row for row in _rows(step.lesson) if row != asked), asked)[-ROWS_KEPT:]
        return replace(step, lesson=replace(step.lesson, scene={**step.lesson.scene, _ROWS: list(rows)}))


def _taught(step: Step) -> Step:
    """In a text a new skill comes with its rule, in a second part if need be; what is only friendly makes room."""
    rule = next((part for part in step.parts if isinstance(part, Line) and part.key == EXAMPLE), None)
    if rule is None:
        return step
    brief = rule.fields["brief"]
    kept = (Written(brief, brief, whole=True) if part is rule else part for part in step.parts)
    return replace(step, parts=tuple(part for part in kept if not part.spare))


def _acknowledged(step: Step) -> Step:
    """In a text that has no room for the points of a right answer: that it was understood, which is never left out."""
    question = step.parts[-1] if step.parts else None
    if not isinstance(question, Written) or any(isinstance(part, Written) and part.whole for part in step.parts):
        return step
    room = SINGLE - septets(question.sms) - _AROUND_POINTS
    kept = (
        line("reply.understood")
        if isinstance(part, Line) and part.key == POINTS and septets(part.fields["points"]) > room
        else part
        for part in step.parts
    )
    return replace(step, parts=tuple(kept))


def _rows(lesson: Lesson) -> Sequence[str]:
    kept = lesson.scene.get(_ROWS)
    return [row for row in cast("list[object]", kept) if isinstance(row, str)] if isinstance(kept, list) else []


def _of_channel(curriculum: Curriculum, skills: Mapping[str, Skill], notes: Notes, *, by_ear: bool) -> Curriculum:
    """The curriculum without the skills of the module that cannot be asked by ear (or by eye)."""
    away = {
        skill_id
        for skill_id, skill in skills.items()
        if skill_id not in notes or not kinds_here(skill, notes[skill_id], by_ear=by_ear)
    }
    left = {skill_id: skill for skill_id, skill in curriculum.skills.items() if skill_id not in away}
    return replace(curriculum, skills=MappingProxyType(left))
