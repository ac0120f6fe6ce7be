"""The way through passages: which one comes next, its parts and questions in order, its end, and the end of a call."""

import random
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from bakame.learning import mood, selection
from bakame.learning.expect import YES_NO
from bakame.learning.lesson import Item, Lesson, Phase, Place
from bakame.learning.passages import Reading, Readings, fits_text, question_skills
from bakame.learning.policy import Leave, Policy, Situation
from bakame.learning.reading import (
    Planned,
    check_of,
    choose_reading,
    exercise_of,
    level_for,
    plan_of,
    proves,
    slot_of,
    wanted,
)
from bakame.learning.skills import Curriculum
from bakame.learning.stuck import Reason
from bakame.tutor.empathy import remark, words_per_minute
from bakame.tutor.module import Step
from bakame.tutor.reading import Scene, Stage, listed, passage, words_of
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line, Part, line
from bakame.tutor.working import Work

LAST_AFTER_MS: Final = 8 * 60_000 + 30_000
"""Of a call; no passage is begun any more, and of one that was read to its end only the summary is still asked."""
CLOSE_AFTER_MS: Final = 10 * 60_000
WORDS_PER_MINUTE: Final = MappingProxyType({"A1": 105, "A2": 115, "B1": 125, "B2": 130})
"""Speed of a passage when it is read the first time."""
AGAIN_PER_MINUTE: Final = 95
"""Speed when it is read again."""
STUCK_KEPT: Final = 3
"""Skills that a lesson leaves alone at a time."""
TOLD_BEFORE_AGAIN: Final = 2
"""Answers in a row that were told, before the next question's part is read again."""


class Course:
    """The way through the passages of a module."""

    def __init__(self, *, curriculum: Curriculum, module: str, readings: Readings, policy: Policy) -> None:
        self._curriculum = curriculum
        self._module = module
        self._readings = readings
        self._policy = policy
        self._skills = {skill.id: skill for skill in curriculum.of_module(module)}
        self._by_type = question_skills(curriculum)

    def go_on(self, work: Work, said: Said, rng: random.Random) -> Step:
        """With nothing open: the next question, the next part, the next passage, or goodbye."""
        if work.done is not None:
            feeling, words = remark(work.profile.mood, work.now, on_call=work.on_call)
            if words is not None:
                work = work.being(replace(work.profile, mood=feeling)).saying(words)
            work = replace(work, words_per_minute=words_per_minute(work.lesson, work.now))
        work = self._audible(work, said)
        scene = self.scene(work.lesson)
        reading = self.reading(scene)
        ending = said.channel is Channel.VOICE and said.elapsed_ms >= LAST_AFTER_MS
        if reading is None:
            if scene.passage:
                work = self.seen(work, scene.over()).saying(line("reading.changed", spare=True))
            return self._closing(work) if ending else self.begin(work, said, rng)
        if scene.stage is not Stage.READING:
            return self._offered(work, scene, reading)
        if ending:
            return self._ending(work, scene, reading, said, rng)
        if not scene.steps:
            return self._finish(work, scene, reading, said, rng)
        if work.done is None and said.act is Act.OPEN:
            work = work.saying(line("reading.back", title=reading.title))
        by_text = said.channel is not Channel.VOICE
        if by_text and scene.steps[0].part > scene.read and any(not part.spare for part in work.parts):
            return self._offered(work, replace(scene, stage=Stage.MORE), reading)
        return self.read_on(work, said, rng)

    def begin(self, work: Work, said: Said, rng: random.Random, *, harder: bool = False) -> Step:
        """A passage that was not read lately, at the learner's level, with questions of the types that are due."""
        reading, scene = self._chosen(work, said, rng, harder=harder)
        if reading is None:
            return work.closing(line("reading.none"))
        work = work.having(replace(work.lesson, phase=Phase.PRACTICE, item=None, on_skill=0, missed=0, skipped=0))
        if said.channel is Channel.VOICE:
            work = work.saying(*introduced(reading))
            return self._offered(work, replace(scene, stage=Stage.WORDS), reading)
        if self.scene(work.lesson).lately and work.done is not None:
            return self._offered(work, replace(scene, stage=Stage.NEXT), reading)
        work = self.seen(work, replace(scene, stage=Stage.READING))
        return self.read_on(work.saying(*introduced(reading), *words_of(reading)), said, rng)

    def farewell(self, lesson: Lesson) -> tuple[Part, ...]:
        """What improved in this sitting, and what comes next."""
        sitting = lesson.sitting
        parts: list[Part] = []
        if sitting.asked == 1:
            parts.append(line("close.one"))
        elif sitting.asked:
            parts.append(line("close.counts", asked=str(sitting.asked), right=str(sitting.right)))
        if titles := [self._skills[skill].title for skill in sitting.mastered if skill in self._skills]:
            parts.append(line("close.mastered", topics=listed(titles)))
        scene = self.scene(lesson)
        if (reading := self.reading(scene)) is not None and lesson.phase is not Phase.PLACEMENT:
            parts.append(line("reading.kept", title=reading.title, spare=True))
        elif lesson.item is not None:
            parts.append(line("close.kept", spare=True))
        return tuple(parts)

    # what is known

    def scene(self, lesson: Lesson) -> Scene:
        """The scene of this lesson, or that which an earlier one left."""
        kept = lesson.places.get(self._module)
        return Scene.from_state(lesson.scene or (kept.scene if kept else {}))

    def seen(self, work: Work, scene: Scene) -> Work:
        return work.having(replace(work.lesson, scene=scene.to_state()))

    def reading(self, scene: Scene) -> Reading | None:
        """The passage of a scene; None when there is none, or it is not what it was."""
        reading = self._readings.get(scene.passage)
        if reading is None or reading.print != scene.print:
            return None
        return reading if all(0 <= each.index < len(reading.questions) for each in scene.steps) else None

    def situation(self, work: Work) -> Situation:
        lesson = work.lesson
        return Situation(
            self._curriculum,
            self._module,
            work.knowledge,
            lesson.profile,
            work.now,
            ratings=work.ratings,
            stuck=lesson.stuck,
            sitting=lesson.sitting,
            target=mood.target(lesson.profile.mood),
        )

    def left_alone(self, work: Work, skill_id: str) -> Work:
        """A skill on which many answers led nowhere is left for a while; a teacher can see it."""
        skill, known = self._skills.get(skill_id), work.knowledge.get(skill_id)
        if skill is None or known is None:
            return work
        situation = replace(self.situation(work), present=skill_id, on_skill=1)
        if self._policy.leaving(situation, skill) is not Leave.SPINNING:
            return work
        others = tuple(each for each in work.lesson.stuck if each != skill_id)
        work = work.knowing(skill_id, replace(known, stuck=Reason.SPINNING.value))
        return work.having(replace(work.lesson, stuck=(*others, skill_id)[-STUCK_KEPT:]))

    # one passage

    def read_on(self, work: Work, said: Said, rng: random.Random) -> Step:
        """Reads the next part where one is due, and asks."""
        work = self._audible(work, said)
        scene = self.scene(work.lesson)
        reading = self.reading(scene)
        if reading is None or not scene.steps:
            return self.go_on(work, said, rng)
        planned, *rest = scene.steps
        by_text = said.channel is not Channel.VOICE
        planned = _fitting(reading, planned, scene.read, by_text=by_text, rng=rng)
        question = reading.questions[planned.index]
        skill_id = self._by_type[question.type]
        exercise = exercise_of(reading, planned.index, skill_id=skill_id, rng=rng)
        item = Item(
            exercise,
            slot=slot_of(self.situation(work), skill_id),
            # A text far below a skill cannot show it; the question is asked for the sake of the text.
            counted=not proves(self._curriculum, reading, skill_id),
        )
        if planned.part > scene.read:
            work = self._read(work, reading, range(scene.read + 1, planned.part + 1))
        elif work.lesson.missed >= TOLD_BEFORE_AGAIN and question.part:
            text = reading.text(question.part)
            if not by_text or fits_text(text, question):
                work = replace(work.saying(line("reading.once_more"), passage(text)), words_per_minute=AGAIN_PER_MINUTE)
            work = work.having(replace(work.lesson, missed=0))
        elif planned.part and len(reading.parts) == scene.read:
            work = work.saying(line("reading.questions", spare=True))
        scene = replace(scene, stage=Stage.READING, read=max(scene.read, planned.part), steps=tuple(rest))
        return self.seen(work, scene).asking(item)

    def _audible(self, work: Work, said: Said) -> Work:
        """Without an open question, where only words that a question lists can be heard."""
        scene = self.scene(work.lesson)
        reading = self.reading(scene)
        if said.free_speech or said.channel is not Channel.VOICE or reading is None:
            return work
        steps = tuple(each for each in scene.steps if not reading.questions[each.index].is_open)
        return work if steps == scene.steps else self.seen(work, replace(scene, steps=steps))

    def _chosen(self, work: Work, said: Said, rng: random.Random, *, harder: bool) -> tuple[Reading | None, Scene]:
        before = self.scene(work.lesson)
        situation = self.situation(work)
        order = wanted(situation, self._policy, rng=rng)
        ability = work.profile.ability(self._module) or selection.first_ability(
            self._curriculum, self._module, work.knowledge
        )
        level = level_for(self._curriculum, ability, target=situation.target)
        if harder:
            levels = self._curriculum.cefr_levels
            level = levels[min(len(levels) - 1, levels.index(level) + 1)]
        reading = choose_reading(
            self._readings, curriculum=self._curriculum, level=level, order=order, lately=before.lately, rng=rng
        )
        if reading is None:
            return None, before
        by_text = said.channel is not Channel.VOICE
        steps = plan_of(reading, curriculum=self._curriculum, order=order, by_text=by_text, rng=rng)
        return reading, replace(before.over(), passage=reading.id, print=reading.print, steps=steps)

    def _offered(self, work: Work, scene: Scene, reading: Reading) -> Step:
        """Waits for a yes or a no before reading."""
        work = self.seen(work, scene)
        return replace(work.silent(), parts=(*work.parts, offer(reading, scene)), expect=YES_NO)

    def _read(self, work: Work, reading: Reading, parts: range) -> Work:
        for part in parts:
            last = part == len(reading.parts)
            number = line("reading.last_part" if last else "reading.part", number=str(part), spare=True)
            work = work.saying(number, passage(reading.text(part)))
        speed = WORDS_PER_MINUTE.get(reading.level, AGAIN_PER_MINUTE)
        if work.lesson.slow:
            speed = AGAIN_PER_MINUTE
        return replace(work, words_per_minute=min(speed, work.words_per_minute or speed))

    def _finish(self, work: Work, scene: Scene, reading: Reading, said: Said, rng: random.Random) -> Step:
        """The passage is done."""
        if scene.asked:
            right, asked = str(scene.right), str(scene.asked)
            work = work.saying(line("reading.done", title=reading.title, right=right, asked=asked, spare=True))
        return self.begin(self.seen(work, scene.over()), said, rng)

    def _ending(self, work: Work, scene: Scene, reading: Reading, said: Said, rng: random.Random) -> Step:
        """Of a text that was read to its end the summary is the last question; else it is kept, and goodbye."""
        if said.elapsed_ms < CLOSE_AFTER_MS and scene.steps:
            if scene.read < len(reading.parts):
                return self.read_on(work, said, rng)
            if not work.lesson.sitting.challenged and reading.questions[scene.steps[-1].index].is_open:
                work = self.seen(work, replace(scene, steps=scene.steps[-1:])).saying(line("reading.last_question"))
                step = self.read_on(work, said, rng)
                item = step.lesson.item
                return replace(step, lesson=replace(step.lesson, item=replace(item, last=True))) if item else step
        if not scene.steps:
            work = self.seen(work, scene.over())
        return self._closing(work)

    def _closing(self, work: Work) -> Step:
        """Goodbye. What was read lately, and a text that is not finished, is kept for the next lesson."""
        lesson = work.lesson
        place = Place(phase=Phase.PRACTICE, scene=self.scene(lesson).to_state())
        parts = self.farewell(lesson)
        lesson = replace(lesson, phase=Phase.CLOSED, places={**lesson.places, self._module: place})
        return work.having(lesson).closing(*parts)


def introduced(reading: Reading) -> tuple[Part, ...]:
    """The title and what it is."""
    return (line("reading.title", title=reading.title, kind=reading.kind, topic=reading.topic),)


def offer(reading: Reading, scene: Scene) -> Line:
    """What is asked before it is read on."""
    match scene.stage:
        case Stage.WORDS:
            return line("reading.words", count=str(len(reading.words)))
        case Stage.MORE:
            return line("reading.more", number=str(scene.read + 1))
        case _:
            return line("reading.next", title=reading.title)


def _fitting(reading: Reading, planned: Planned, read: int, *, by_text: bool, rng: random.Random) -> Planned:
    """A check that goes into one message with its part, when the learner went on by text."""
    if not by_text or planned.part <= read:
        return planned
    if fits_text(reading.text(planned.part), reading.questions[planned.index]):
        return planned
    index = check_of(reading, planned.part, by_text=True, rng=rng)
    return planned if index is None else replace(planned, index=index)
