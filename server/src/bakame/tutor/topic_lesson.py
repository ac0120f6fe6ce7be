"""A topic told in short paragraphs, with a question after each two, and its quiz."""

import random
from dataclasses import replace
from typing import Final

from bakame.learning.exercises import Exercise
from bakame.learning.grading import Verdict
from bakame.learning.items import asked_of, choice
from bakame.learning.lesson import Item
from bakame.learning.marking import mark
from bakame.learning.mood import Sign
from bakame.learning.rewards import Event
from bakame.learning.rubric import rubric
from bakame.learning.skills import Curriculum
from bakame.learning.topics import QuizRow, TopicLesson, Topics
from bakame.tutor.module import Step
from bakame.tutor.topic_scene import Doing, Scene
from bakame.tutor.turn import Channel, Said
from bakame.tutor.wording import Written, line
from bakame.tutor.working import Work, answer_line

BLOCK: Final = 2
"""Paragraphs that are told before a question."""
QUIZ_MOST: Final = 5
"""Questions of a quiz that was asked for."""
QUIZ_AFTER: Final = 2
"""Questions of the quiz at the end of a topic, after those in between."""


class TopicLessons:
    """Tells topics. A question about one is an item whose skill is the topic's id; it changes no mastery."""

    def __init__(self, topics: Topics, *, curriculum: Curriculum) -> None:
        self._topics = topics
        self._share = curriculum.model.hinted_xp_share

    def begin(self, work: Work, scene: Scene, topic_id: str) -> Work:
        """A topic from its beginning."""
        return _at(work, scene.apart(Doing.LESSON, topic_id))

    def quiz(self, work: Work, scene: Scene, topic_id: str) -> Work:
        """The questions of a topic; those that were asked already come again only when none is left."""
        if topic_id != scene.topic or len(scene.asked) >= len(self._topics[topic_id].quiz):
            scene = scene.apart(Doing.QUIZ, topic_id)
        return _at(work.saying(line("general.quiz", spare=True)), replace(scene, doing=Doing.QUIZ, left=QUIZ_MOST))

    def go_on(self, work: Work, scene: Scene, said: Said, *, rng: random.Random) -> Step | Work:
        """The next paragraphs or question; the work, when a text waits for "more" or the topic is finished."""
        topic = self._topics[scene.topic or ""]
        size = BLOCK if said.channel is Channel.VOICE else 1
        while scene.doing is Doing.LESSON and scene.at < len(topic.paragraphs):
            told = topic.paragraphs[scene.at : scene.at + size]
            work = work.saying(*(Written(each, each, whole=True) for each in told))
            scene = replace(scene, at=scene.at + len(told))
            pauses = scene.at % BLOCK == 0 or scene.at >= len(topic.paragraphs)
            row = _row_about(topic, scene) if pauses else None
            if row is not None:
                return self._asked(work, scene, topic, row, rng)
            if said.channel is not Channel.VOICE:
                return _at(work, scene)
        if scene.doing is Doing.LESSON:
            scene = replace(scene, doing=Doing.QUIZ, left=QUIZ_AFTER)
        fresh = [n for n in range(len(topic.quiz)) if n not in scene.asked]
        if fresh and scene.left > 0:
            return self._asked(work, replace(scene, left=scene.left - 1), topic, fresh[0], rng)
        work = work.saying(
            line("general.done", right=str(scene.right), asked=str(len(scene.asked)))
            if scene.asked
            else line("general.told")
        )
        return _at(work, scene.finished())

    def answer(self, work: Work, scene: Scene, item: Item, said: Said) -> Step | Work:
        """What an answer comes to: the question finished, or asked again after its paragraph."""
        graded = mark(item.exercise, said.text)
        if graded.verdict is Verdict.UNCLEAR:
            return work.asking(item)
        work = work.recording(item, said.text, graded)
        if graded.verdict is Verdict.RIGHT:
            first = item.tries == 0 and item.rung == 0
            event = Event.RIGHT if first else Event.RETRIED if item.tries else Event.HELPED
            work = work.feeling(Sign.RIGHT if first else Sign.RETRIED).earning(event, share=self._share)
            work = work.saying(line("general.right" if first else "general.right_again", spare=True))
            return _finished(work, scene, right=first)
        work = work.feeling(Sign.WRONG)
        item = replace(item, tries=item.tries + 1)
        if item.tries > 1 or len(item.exercise.options) <= 2 or item.rung > 0:
            return self._told(work.earning(Event.TRIED, share=self._share), scene, item.exercise)
        return work.saying(line("general.not_yet"), _evidence(item.exercise)).asking(item)

    def hint(self, work: Work, scene: Scene, item: Item) -> Step | Work:
        """The paragraph that shows the answer; the second time, the answer."""
        if item.rung > 0 or item.tries > 0:
            return self._told(work.feeling(Sign.HINT), scene, item.exercise)
        work = work.feeling(Sign.HINT).saying(line("general.listen", spare=True), _evidence(item.exercise))
        return work.asking(replace(item, rung=1))

    def skip(self, work: Work, scene: Scene) -> Work:
        """Leaves a question without counting it."""
        return replace(work.feeling(Sign.SKIP), lesson=replace(work.lesson, item=None)).saying(
            line("skipped", spare=True)
        )

    def _told(self, work: Work, scene: Scene, exercise: Exercise) -> Work:
        answer = answer_line("general.answer", exercise, exercise.answer)
        return _finished(work.saying(answer), scene, right=False)

    def _asked(self, work: Work, scene: Scene, topic: TopicLesson, number: int, rng: random.Random) -> Step:
        row = topic.quiz[number]
        scene = replace(scene, asked=(*scene.asked, number))
        return _at(work, scene).asking(Item(question_of(topic, row, rng=rng)))


def question_of(topic: TopicLesson, row: QuizRow, *, rng: random.Random) -> Exercise:
    """A row of a topic's quiz as an exercise; its answer may also be given in its own words."""
    return choice(
        topic.id,
        row.question,
        row.answer,
        row.wrong,
        hint=row.shown,
        rng=rng,
        rubric=rubric(accept=[row.answer]),
        evidence=row.shown,
    )


def is_open(topic: TopicLesson, exercise: Exercise) -> bool:
    """Whether an exercise is still a question of the topic, as it is written now."""
    return any(row.question == asked_of(exercise) and row.answer == exercise.answer for row in topic.quiz)


def _row_about(topic: TopicLesson, scene: Scene) -> int | None:
    """The question that the last paragraphs answer; else one that an earlier one does; None when none is left."""
    told = {
        n: row.about
        for n, row in enumerate(topic.quiz)
        if n not in scene.asked and row.about is not None and row.about < scene.at
    }
    return max(told, key=lambda n: (told[n], -n), default=None)


def _evidence(exercise: Exercise) -> Written:
    paragraph = str(exercise.variables.get("evidence", ""))
    return Written(paragraph, paragraph, whole=True)


def _finished(work: Work, scene: Scene, *, right: bool) -> Work:
    """Counts a question that is over."""
    before = work.lesson.sitting
    sitting = replace(
        before,
        asked=before.asked + 1,
        right=before.right + right,
        streak=before.streak + 1 if right else 0,
    )
    lesson = replace(work.lesson, item=None, sitting=sitting)
    return _at(replace(work, lesson=lesson), replace(scene, right=scene.right + right))


def _at(work: Work, scene: Scene) -> Work:
    return work.having(replace(work.lesson, scene=scene.to_state()))
