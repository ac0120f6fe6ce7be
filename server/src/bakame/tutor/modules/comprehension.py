"""Comprehension: the level is found, then passages are read in parts, with questions from what is said to a summary."""

import random
from dataclasses import replace
from typing import Final

from bakame.learning.exercises import Exercise
from bakame.learning.expect import YES_NO
from bakame.learning.grading import Verdict
from bakame.learning.lesson import Item, Phase
from bakame.learning.marking import mark
from bakame.learning.mood import Sign
from bakame.learning.passages import MOST_SMS, Readings
from bakame.learning.policy import Adaptive, Policy
from bakame.learning.reading import difficulty
from bakame.learning.skills import Curriculum
from bakame.text.commands import Command
from bakame.text.gsm import parts as parts_of
from bakame.text.gsm import septets
from bakame.tutor.empathy import report_in
from bakame.tutor.intake import yes_or_no
from bakame.tutor.module import Ask, Step, View
from bakame.tutor.practice import Practice
from bakame.tutor.reading import ReadingGuide, Stage, listed, model_answer, told_points, words_of
from bakame.tutor.reading_course import AGAIN_PER_MINUTE, Course, introduced, offer
from bakame.tutor.reading_placement import ReadingPlacement
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line, Part, Written, line
from bakame.tutor.working import Work

ALONE: Final = 150
"""Septets of a question beside which there is room for "Right." in one text."""


class ComprehensionModule:
    """Reading comprehension over graded passages, as a `TutorModule`."""

    def __init__(self, *, curriculum: Curriculum, readings: Readings, policy: Policy | None = None) -> None:
        chosen: Policy = policy or Adaptive()
        self._curriculum = curriculum
        self._readings = readings
        self._guide = ReadingGuide(readings)
        self._placement = ReadingPlacement(
            curriculum=curriculum, module=self.name, readings=readings, guide=self._guide
        )
        self._course = Course(curriculum=curriculum, module=self.name, readings=readings, policy=chosen)
        self._practice = Practice(
            curriculum=curriculum,
            module=self.name,
            guidance=self._guide,
            make=self._placement.maker((), by_text=False),
            policy=chosen,
        )

    @property
    def name(self) -> str:
        return "comprehension"

    def brief(self, view: View) -> str:
        """Instructions for an engine that converses by itself."""
        lines = [
            "You read short texts aloud by phone and ask about them, in simple English, at most 35 words at a time.",
            "Read a part word for word and slowly, then ask what is open.",
            "Ask only questions that next_exercise gives; pass every answer to submit_answer; never mark one yourself.",
            "After a wrong answer read the part again before you offer another try. Praise the way of reading.",
            f"The learner is called {view.name}." if view.name else "The learner has not given a name.",
        ]
        if (reading := self._course.reading(self._course.scene(view.lesson))) is not None:
            lines.append(f"The text is called: {reading.title}.")
        item = view.lesson.item
        if item is not None:
            part = self._guide.part(item.exercise)
            lines += [f"The part that is being read: {part.say}"] if part else []
            lines.append(f"An open question comes first: {item.exercise.say}")
        return "\n".join(lines)

    def topic(self, view: View) -> str | None:
        """The title of the passage that is being read."""
        reading = self._course.reading(self._course.scene(view.lesson))
        return reading.title if reading and view.lesson.phase is Phase.PRACTICE else None

    def ask(self, view: View) -> Ask | None:
        """The open question, word for word, without what was read before it."""
        item = view.lesson.item
        if item is not None:
            return Ask(self._practice.words(item), item.exercise.expect)
        scene = self._course.scene(view.lesson)
        reading = self._course.reading(scene)
        if reading is None or view.lesson.phase is not Phase.PRACTICE:
            return None
        return None if scene.stage is Stage.READING else Ask((offer(reading, scene),), YES_NO)

    def reread(self, view: View) -> Step | None:
        """What is heard when the learner asks to hear it again: the part, slower, and the question; None: as `ask`."""
        item = view.lesson.item
        part = self._guide.part(item.exercise) if item else None
        if item is None or part is None:
            return None
        work = Work.at(view)
        words = self._practice.words(item)
        question = words[-1]
        by_text = view.channel is not Channel.VOICE
        fits = not by_text or not isinstance(question, Written) or _fits(part, question)
        step = replace(work.silent(), parts=(part, *words) if fits else (part,), expect=item.exercise.expect)
        return replace(step, words_per_minute=AGAIN_PER_MINUTE)

    def respond(self, view: View, said: Said, *, rng: random.Random) -> Step:
        """One turn; see `TutorModule`."""
        return _dressed(self._turn(view, said, rng))

    def farewell(self, view: View) -> tuple[Part, ...]:
        """What improved in this sitting, and what comes next."""
        return self._course.farewell(view.lesson)

    def observe(self, view: View, said: Said) -> Step:
        """Grades an answer that another engine heard; nothing is said."""
        work = Work.at(view, said)
        item = view.lesson.item
        if item is None or mark(item.exercise, said.text, made=said.made).verdict is Verdict.UNCLEAR:
            return work.silent()
        after = self._after(work, item, replace(said, act=Act.ANSWER, command=None), random.Random(0))
        return replace(after, parts=()) if isinstance(after, Step) else replace(after, parts=()).silent()

    # one turn

    def _turn(self, view: View, said: Said, rng: random.Random) -> Step:
        work = self._placement.needed(Work.at(view, said))
        item = view.lesson.item
        if item is None:
            return self._without_question(work, said, rng)
        if said.act is Act.OPEN:
            return self._resumed(work, item, said)
        if said.act is Act.COMMAND and said.command is Command.REPEAT:
            return self.reread(view) or self._practice.again(work, item)
        if (sign := self._fed_up(work, item, said)) is not None:
            return self._another(work, said, sign, rng)
        after = self._after(work, item, said, rng)
        return after if isinstance(after, Step) else self._go_on(after, said, rng)

    def _after(self, work: Work, item: Item, said: Said, rng: random.Random) -> Step | Work:
        """What an act at the open question comes to."""
        if work.lesson.phase is Phase.PLACEMENT:
            return self._placement.answer(work, item, said)
        before = work.lesson.sitting
        after = self._practised(work, item, said, rng)
        if isinstance(after, Step):
            return after
        scene = self._course.scene(after.lesson)
        sitting = after.lesson.sitting
        scene = replace(
            scene, asked=scene.asked + sitting.asked - before.asked, right=scene.right + sitting.right - before.right
        )
        return self._course.seen(self._course.left_alone(after, item.exercise.skill_id), scene)

    def _practised(self, work: Work, item: Item, said: Said, rng: random.Random) -> Step | Work:
        match said.command if said.act is Act.COMMAND else None:
            case Command.HINT:
                return self._practice.hint(work, item)
            case Command.DONT_KNOW:
                return self._practice.dont_know(work, item)
            case Command.SKIP:
                return self._practice.skip(work, item)
            case _:
                pass
        exercise = item.exercise
        ratings = work.ratings
        reading = self._readings.get(str(exercise.variables.get("passage", "")))
        if reading is not None and exercise.skill_id in self._curriculum.skills:
            # A question is as hard as its text, not only as its type.
            hard = difficulty(self._curriculum, reading, exercise.skill_id)
            work = replace(work, ratings={**ratings, exercise.skill_id: hard})
        after = self._practice.mark(work, item, said, rng=rng)
        if isinstance(after, Step):
            return after
        after = replace(after, ratings=ratings)
        return after if exercise.options else _summed_up(after, exercise, said)

    def _without_question(self, work: Work, said: Said, rng: random.Random) -> Step:
        """With nothing open, or with an offer open."""
        scene = self._course.scene(work.lesson)
        reading = self._course.reading(scene)
        if work.lesson.phase is Phase.PRACTICE and reading is not None and said.act is not Act.OPEN:
            if scene.stage in (Stage.WORDS, Stage.MORE):
                wants = said.act is Act.COMMAND and said.command is not Command.SKIP
                wants = wants or (said.act is Act.ANSWER and yes_or_no(said.text) is True)
                if wants and scene.stage is Stage.WORDS:
                    work = work.saying(*words_of(reading))
                return self._go_on(self._course.seen(work, replace(scene, stage=Stage.READING)), said, rng)
            if scene.stage is Stage.NEXT:
                if said.act is Act.ANSWER and yes_or_no(said.text) is False:
                    return replace(work.silent(), parts=(line("reading.later"),), expect=YES_NO)
                work = self._course.seen(work, replace(scene, stage=Stage.READING))
                return self._course.read_on(work.saying(*introduced(reading)), said, rng)
        return self._go_on(work, said, rng)

    def _resumed(self, work: Work, item: Item, said: Said) -> Step:
        """The open question after a pause, with the part that it is about."""
        reading = self._readings.get(str(item.exercise.variables.get("passage", "")))
        part = self._guide.part(item.exercise)
        work = work.saying(line("reading.back", title=reading.title) if reading else line("resume.question"))
        if part is not None and (said.channel is Channel.VOICE or _fits(part, self._practice.words(item)[-1])):
            work = replace(work.saying(part), words_per_minute=AGAIN_PER_MINUTE)
        return self._practice.again(work, item)

    def _fed_up(self, work: Work, item: Item, said: Said) -> Sign | None:
        """Whether they say that this text is too easy or dull, instead of answering."""
        if said.act is not Act.ANSWER or work.lesson.phase is not Phase.PRACTICE:
            return None
        sign = report_in(said.text)
        if (
            sign not in (Sign.TOO_EASY, Sign.BORED)
            or mark(item.exercise, said.text, made=said.made).verdict is not Verdict.UNCLEAR
        ):
            return None
        return sign

    def _another(self, work: Work, said: Said, sign: Sign, rng: random.Random) -> Step:
        """Another passage, a harder one when this one was too easy; nothing is counted."""
        work = work.feeling(sign).saying(line(f"mood.{sign.value}"))
        work = work.having(replace(work.lesson, item=None))
        scene = self._course.scene(work.lesson).over()
        return self._course.begin(self._course.seen(work, scene), said, rng, harder=sign is Sign.TOO_EASY)

    def _go_on(self, work: Work, said: Said, rng: random.Random) -> Step:
        """With nothing open: the level is found, or the way through the passages goes on."""
        if work.lesson.phase is Phase.PLACEMENT:
            after = self._placement.go_on(work, said, rng)
            if isinstance(after, Step):
                return after
            work = after
        return self._course.go_on(work, said, rng)


def _summed_up(work: Work, exercise: Exercise, said: Said) -> Work:
    """After a good summary: what it says and what a longer one would have, in place of other praise."""
    if work.told or work.done is None or said.act is not Act.ANSWER:
        return work
    made, missing = told_points(exercise, said.text, also=said.made)
    parts = tuple(part for part in work.parts if not (isinstance(part, Line) and part.key.startswith("right.")))
    told: list[Part] = [line("reading.summary_right", made=listed(made)) if made else line("reading.summary_good")]
    if missing:
        told.append(line("reading.summary_more", missing=listed(missing)))
    return replace(work, parts=(*parts, *told, model_answer(exercise)))


def _fits(part: Written, question: Part) -> bool:
    return isinstance(question, Written) and parts_of(f"{part.sms}\n{question.sms}") <= MOST_SMS


def _dressed(step: Step) -> Step:
    """With a question that may take a second text, where something must be read before it, or it is long itself."""
    *before, last = step.parts or (None,)
    if not isinstance(last, Written) or last.whole:
        return step
    if septets(last.sms) > ALONE or any(part and not part.spare for part in before):
        return replace(step, parts=(*step.parts[:-1], replace(last, whole=True)))
    return step
