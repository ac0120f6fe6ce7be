"""General knowledge: questions answered from content, topics told in short lessons, and skills practised."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.grading import Grade, Verdict
from bakame.learning.items import asked_of, make_from_notes
from bakame.learning.lesson import Item, Lesson, Phase
from bakame.learning.marking import mark
from bakame.learning.notes import Notes
from bakame.learning.policy import Policy
from bakame.learning.skills import Curriculum, Skill
from bakame.learning.topics import Topics
from bakame.text.commands import Command
from bakame.text.compare import normalise
from bakame.tutor.asides import Digression, question_in
from bakame.tutor.library import ContentLibrary, Found, Kind
from bakame.tutor.module import Ask, Step, View
from bakame.tutor.notes_guide import NotesGuide
from bakame.tutor.practice import Practice
from bakame.tutor.topic_lesson import TopicLessons, is_open
from bakame.tutor.topic_offers import TopicOffers, told
from bakame.tutor.topic_scene import Doing, Scene, Wish, wish_in
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Part, line
from bakame.tutor.working import Work

CHALLENGE_AFTER_MS: Final = 8 * 60_000 + 30_000
"""Of a call; the challenge is its last question."""
CLOSE_AFTER_MS: Final = 10 * 60_000
ANY: Final = Expect(AnswerKind.OPEN, options=("yes", "more", "quiz me", "another", "practise"), patience_ms=8_000)
"""A question, or a word of what comes next."""
_UNREAD: Final = Grade(Verdict.UNCLEAR, None, None, "nothing is open")


class GeneralModule:
    """The world at large, as a `TutorModule`."""

    def __init__(
        self,
        *,
        curriculum: Curriculum,
        topics: Topics,
        notes: Notes,
        library: ContentLibrary,
        asides: bool = False,
        policy: Policy | None = None,
    ) -> None:
        """`notes`: of the general skills. `asides`: there is a model that answers what content does not."""
        self._curriculum = curriculum
        self._topics = topics
        self._notes = notes
        self._library = library
        self._asides = asides
        self._skills = {skill.id: skill for skill in curriculum.of_module(self.name)}
        self._offers = TopicOffers(topics, curriculum=curriculum)
        self._lessons = TopicLessons(topics, curriculum=curriculum)
        self._guide = NotesGuide(notes)
        self._policy = policy
        self._practice = self._practising(())

    @property
    def name(self) -> str:
        return "general"

    def brief(self, view: View) -> str:
        """Instructions for an engine that converses by itself."""
        lines = [
            "You tell of the world and answer questions by phone, in simple English, at most 35 words at a time.",
            "Answer only what submit_answer gives. When it knows nothing, say: I don't know. Never invent a fact.",
            f"Never answer alone on: {'; '.join(self._curriculum.never_answer_alone)}. Name a person who can help.",
            "Ask only questions that next_exercise gives. Praise the strategy, never the person.",
            f"The learner is called {view.name}." if view.name else "The learner has not given a name.",
        ]
        if topic := self.topic(view):
            lines.append(f"The present topic is: {topic}.")
        if view.lesson.item is not None:
            lines.append(f"An open question comes first: {view.lesson.item.exercise.say}")
        return "\n".join(lines)

    def topic(self, view: View) -> str | None:
        """The title of the topic that is told, or of the skill that is practised."""
        scene = self._scene(view.lesson)
        if scene.topic is not None:
            return self._topics[scene.topic].title
        if view.lesson.item is None or (skill := self._skills.get(view.lesson.item.exercise.skill_id)) is None:
            return None
        return skill.title

    def ask(self, view: View) -> Ask | None:
        """The open question, or what can be said now."""
        item = view.lesson.item
        if item is not None:
            return Ask(self._practice.words(item), item.exercise.expect)
        return Ask(self._offers.words(self._scene(view.lesson)), ANY)

    def takes(self, view: View, said: Said) -> bool:
        """Whether words at an open question are no answer, but a wish or a question for this module itself."""
        item = view.lesson.item
        if item is None or said.by == "keys":
            return False
        graded = mark(item.exercise, said.text)
        if graded.verdict is not Verdict.UNCLEAR:
            return False
        scene = self._scene(view.lesson)
        return wish_in(said.text, scene) is not None or self._library.look(said.text).kind is Kind.TOPIC

    def question(self, view: View, said: Said) -> str | None:
        """What the learner asks that only a model could answer; None when content does, or nothing is asked."""
        if view.lesson.item is not None or wish_in(said.text, self._scene(view.lesson)):
            return None
        return self._unanswered(said, self._library.look(said.text))

    def respond(self, view: View, said: Said, *, rng: random.Random) -> Step:
        """One turn; see `TutorModule`."""
        work = Work.at(view, said)
        if work.lesson.phase is not Phase.PRACTICE:
            # Nobody is placed before they may ask; practice finds the level as it goes.
            work = work.having(replace(work.lesson, phase=Phase.PRACTICE, placement=None))
        item, scene = work.lesson.item, self._scene(work.lesson)
        if item is None:
            return self._without_item(work, scene, said, rng)
        if not self._known(item.exercise):
            work = work.having(replace(work.lesson, item=None)).saying(line("general.gone", spare=True))
            return self._offered(work, scene, rng)
        if said.act is Act.OPEN:
            return self._again(work.saying(line("resume.question")), item)
        return self._at_item(work, scene, item, said, rng)

    def observe(self, view: View, said: Said) -> Step:
        """Grades an answer that another engine heard; nothing is said."""
        work, item = Work.at(view, said), view.lesson.item
        if item is None or not self._known(item.exercise) or mark(item.exercise, said.text).verdict is Verdict.UNCLEAR:
            return work.silent()
        rng = random.Random(0)
        after = self._answered(work, self._scene(view.lesson), item, replace(said, act=Act.ANSWER), rng)
        return replace(after if isinstance(after, Step) else after.silent(), parts=())

    def farewell(self, view: View) -> tuple[Part, ...]:
        """What improved in this sitting, and what comes next."""
        sitting, scene = view.lesson.sitting, self._scene(view.lesson)
        parts: list[Part] = []
        if sitting.asked == 1:
            parts.append(line("close.one"))
        elif sitting.asked:
            parts.append(line("close.counts", asked=str(sitting.asked), right=str(sitting.right)))
        if titles := [self._skills[skill].title for skill in sitting.mastered if skill in self._skills]:
            parts.append(line("close.mastered", topics=_listed(titles)))
        if view.lesson.item is not None:
            parts.append(line("close.kept", spare=True))
        elif scene.topic is not None:
            parts.append(line("close.next", topic=self._topics[scene.topic].title.rstrip("?."), spare=True))
        return tuple(parts)

    # nothing is open

    def _without_item(self, work: Work, scene: Scene, said: Said, rng: random.Random) -> Step:
        if said.act is Act.OPEN:
            return self._opened(work, scene, said, rng)
        if said.act is Act.COMMAND:
            if said.command is Command.SKIP and scene.doing is not Doing.LESSON:
                return self._offered(work, scene, rng)
            return self._tell(work, scene, said, rng) if said.command is Command.SKIP else self._asking(work, scene)
        chosen = _numbered(said.text, scene)
        if chosen is not None:
            return self._tell(self._lessons.begin(work, scene, chosen), None, said, rng)
        wish = wish_in(said.text, scene)
        return self._wished(work, scene, wish, said, rng) if wish else self._asked(work, scene, said, rng)

    def _opened(self, work: Work, scene: Scene, said: Said, rng: random.Random) -> Step:
        due = any(
            known.due_at is not None and known.due_at <= work.now
            for skill_id, known in work.knowledge.items()
            if skill_id in self._skills
        )
        if scene.doing is Doing.PRACTICE or (due and scene.doing is Doing.NOTHING):
            return self._practise(work, scene, said, rng)
        if scene.doing in (Doing.LESSON, Doing.QUIZ) and scene.topic:
            return self._asking(work, replace(scene, doing=Doing.LESSON))
        return self._offered(work, scene, rng)

    def _wished(self, work: Work, scene: Scene, wish: Wish, said: Said, rng: random.Random) -> Step:
        match wish:
            case Wish.MORE if scene.doing in (Doing.LESSON, Doing.QUIZ):
                return self._tell(work, scene, said, rng)
            case Wish.MORE if scene.topic:
                return self._tell(self._lessons.begin(work, scene, scene.topic), None, said, rng)
            case Wish.QUIZ if scene.quizzed:
                return self._tell(self._lessons.quiz(work, scene, scene.quizzed), None, said, rng)
            case Wish.PRACTICE | Wish.QUIZ:
                return self._practise(work.saying(line("general.practise", spare=True)), scene, said, rng)
            case Wish.TOPICS:
                return self._asking(
                    work, replace(scene, doing=Doing.NEAR, offers=self._offers.near_level(work, scene, rng=rng))
                )
            case Wish.MORE | Wish.ANOTHER:
                return self._offered(work, scene, rng)

    def _asked(self, work: Work, scene: Scene, said: Said, rng: random.Random) -> Step:
        """A question, or something that is none."""
        found = self._library.look(said.text)
        if found.kind is Kind.TOPIC and found.topic:
            return self._tell(self._lessons.begin(work, scene, found.topic), None, said, rng)
        if found.kind is not Kind.UNKNOWN:
            # A lesson that is under way is taken up again, unless the question was of another topic.
            stays = scene.doing is Doing.LESSON and found.topic in (None, scene.topic)
            after = scene if stays else scene.apart(Doing.ANSWERED, found.topic)
            return self._asking(work.saying(told(found)), after)
        return self._unknown(work, scene, said, found)

    def _unknown(self, work: Work, scene: Scene, said: Said, found: Found) -> Step:
        """Content says nothing: so does the tutor, with what is near it, and how to ask a person."""
        spoken = said.channel is Channel.VOICE
        question = self._unanswered(said, found)
        # A text has room for one.
        offers = found.near if spoken else found.near[:1]
        stays = scene.doing is Doing.LESSON or (spoken and scene.doing is Doing.OFFER)
        after = replace(scene, doing=Doing.NEAR, offers=offers) if offers else scene
        after = after if offers or stays else scene.apart(Doing.NOTHING)
        if question is None:
            return self._asking(work.saying(line("general.no_question")), after)
        teacher = (line("teacher.how", spare=True),) if spoken else ()
        step = self._asking(work.saying(line("general.unknown"), *teacher), after)
        if not self._asides:
            return step
        back = self._asking(work, after).parts
        return Digression(step.lesson, back if spoken else step.parts, ANY, question=question, after=back)

    def _unanswered(self, said: Said, found: Found) -> str | None:
        return question_in(said, _UNREAD) if found.kind is Kind.UNKNOWN else None

    # a question is open

    def _at_item(self, work: Work, scene: Scene, item: Item, said: Said, rng: random.Random) -> Step:
        if said.act is Act.ANSWER:
            graded = mark(item.exercise, said.text)
            unread = graded.verdict is Verdict.UNCLEAR
            wish = wish_in(said.text, scene) if unread and said.by != "keys" else None
            if wish is not None:
                closed = work.having(replace(work.lesson, item=None))
                return self._wished(closed, scene, wish, said, rng)
            if said.command is Command.ASK or question_in(said, graded) or unread:
                return self._beside(work, scene, item, said, rng)
        after = self._answered(work, scene, item, said, rng)
        return after if isinstance(after, Step) else self._on(after, said, rng)

    def _beside(self, work: Work, scene: Scene, item: Item, said: Said, rng: random.Random) -> Step:
        """A question while one is open: what content says, without the answer, and the open one again."""
        found = self._library.look(said.text)
        if found.kind is Kind.TOPIC and found.topic and found.topic != scene.topic:
            closed = work.having(replace(work.lesson, item=None))
            return self._tell(self._lessons.begin(closed, scene, found.topic), None, said, rng)
        known = self._library.answer(said.text, item.exercise)
        if known is not None:
            return self._again(work.saying(known, line("aside.back", spare=True)), item)
        return self._again(work.saying(line("unclear.again", spare=True)), item)

    def _answered(self, work: Work, scene: Scene, item: Item, said: Said, rng: random.Random) -> Step | Work:
        """What an act at the open question comes to."""
        command = said.command if said.act is Act.COMMAND else None
        if item.exercise.skill_id in self._topics:
            match command:
                case Command.HINT | Command.DONT_KNOW:
                    return self._lessons.hint(work, scene, item)
                case Command.SKIP:
                    return self._lessons.skip(work, scene)
                case _:
                    return self._lessons.answer(work, scene, item, said)
        match command:
            case Command.HINT:
                return self._practice.hint(work, item)
            case Command.DONT_KNOW:
                return self._practice.dont_know(work, item)
            case Command.SKIP:
                return self._practice.skip(work, item)
            case _:
                return self._practice.mark(work, item, said, rng=rng)

    def _on(self, work: Work, said: Said, rng: random.Random) -> Step:
        """With nothing open any more: the next of a lesson, a quiz or practice."""
        scene = self._scene(work.lesson)
        if scene.doing in (Doing.LESSON, Doing.QUIZ):
            return self._tell(work, scene, said, rng)
        return self._practise(work, scene, said, rng)

    def _tell(self, work: Work, scene: Scene | None, said: Said, rng: random.Random) -> Step:
        if said.channel is Channel.VOICE and said.elapsed_ms >= CLOSE_AFTER_MS:
            return self._closing(work)
        after = self._lessons.go_on(work, scene or self._scene(work.lesson), said, rng=rng)
        if isinstance(after, Step):
            return after
        scene = self._scene(after.lesson)
        return self._asking(after, scene) if scene.doing is Doing.LESSON else self._offered(after, scene, rng)

    def _practise(self, work: Work, scene: Scene, said: Said, rng: random.Random) -> Step:
        scene = scene.apart(Doing.PRACTICE)
        work = _with(work, scene)
        practice = self._practising(scene.lately)
        if said.channel is Channel.VOICE and said.elapsed_ms >= CHALLENGE_AFTER_MS:
            sitting = work.lesson.sitting
            if sitting.asked and not sitting.challenged and said.elapsed_ms < CLOSE_AFTER_MS:
                step = practice.challenge(work, rng=rng)
                if step is not None:
                    return step
            return self._closing(work)
        step = practice.go_on(work, rng=rng)
        if step.lesson.item is None:
            return step
        scene = scene.practised(asked_of(step.lesson.item.exercise))
        return replace(step, lesson=replace(step.lesson, scene=scene.to_state()))

    def _closing(self, work: Work) -> Step:
        parts = self.farewell(View(lesson=work.lesson, knowledge=work.knowledge, now=work.now, ratings=work.ratings))
        return work.having(replace(work.lesson, phase=Phase.CLOSED)).closing(*parts)

    # what can be said now

    def _offered(self, work: Work, scene: Scene, rng: random.Random) -> Step:
        topic = next(iter(self._offers.near_level(work, scene, rng=rng)), None)
        return self._asking(work, scene.apart(Doing.OFFER if topic else Doing.NOTHING, topic))

    def _asking(self, work: Work, scene: Scene) -> Step:
        """The step that leaves nothing open but what can be said now."""
        step = _with(work, scene).silent()
        return replace(step, parts=(*work.parts, *self._offers.words(scene)), expect=ANY)

    def _again(self, work: Work, item: Item) -> Step:
        return self._practice.again(work, item)

    def _known(self, exercise: Exercise) -> bool:
        topic = self._topics.get(exercise.skill_id)
        return is_open(topic, exercise) if topic else exercise.skill_id in self._skills

    def _scene(self, lesson: Lesson) -> Scene:
        return Scene.from_state(lesson.scene, topics=self._topics)

    def _practising(self, lately: tuple[str, ...]) -> Practice:
        """Practice in which the questions that were asked lately do not come again at once."""

        def make(skill: Skill, *, rng: random.Random) -> Exercise:
            return make_from_notes(skill, self._notes[skill.id], rng=rng, avoid=lately)

        return Practice(
            curriculum=self._curriculum, module=self.name, guidance=self._guide, make=make, policy=self._policy
        )


def _numbered(text: str, scene: Scene) -> str | None:
    """The topic that a number chooses, where some were offered."""
    words = normalise(text).strip(" #")
    number = {"1": 1, "one": 1, "yes": 1, "the first": 1, "2": 2, "two": 2, "the second": 2}.get(words)
    if scene.doing is not Doing.NEAR or number is None or number > len(scene.offers):
        return None
    return scene.offers[number - 1]


def _with(work: Work, scene: Scene) -> Work:
    return work.having(replace(work.lesson, scene=scene.to_state()))


def _listed(titles: Sequence[str]) -> str:
    *others, last = titles
    return f"{', '.join(others)} and {last}" if others else last
