"""A turn while it is worked out: the lesson so far, with all that is to be said and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from bakame.learning.difficulty import Rating
from bakame.learning.exercises import Exercise
from bakame.learning.expect import NOTHING, Expect
from bakame.learning.grading import Grade
from bakame.learning.lesson import Item, Lesson
from bakame.learning.mastery import Knowledge
from bakame.learning.mood import Sign, felt
from bakame.learning.plan import Slot
from bakame.learning.profile import Profile
from bakame.learning.review import LATER
from bakame.learning.rewards import Event, earned
from bakame.learning.sitting import Sitting
from bakame.learning.spoken import to_speech
from bakame.tutor.module import LONG_AGO, Step, Tried, View
from bakame.tutor.turn import Channel, Said
from bakame.tutor.wording import Line, Part, Written, line

NO_CHANGES: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Work:
    """Immutable; each method gives the work with one thing more.

    `took_ms`: how long the answer of this turn took. `done` is the exercise that was finished in this turn, what for
    `slot` says, and `told` whether its answer had to be told. `shown`: the skill whose example is given in this turn.
    `proved`: a skill was shown again in a later session. `on_call`: the learner listens.
    """

    lesson: Lesson
    knowledge: Mapping[str, Knowledge]
    parts: tuple[Part, ...] = ()
    tried: tuple[Tried, ...] = ()
    learnt: Mapping[str, Knowledge] = field(default_factory=dict[str, Knowledge])
    done: Exercise | None = None
    told: bool = False
    slot: Slot = Slot.LEVEL
    now: datetime = LONG_AGO
    ratings: Mapping[str, Rating] = field(default_factory=dict[str, Rating])
    took_ms: int | None = None
    words_per_minute: int | None = None
    shown: str | None = None
    proved: bool = False
    on_call: bool = False

    @classmethod
    def at(cls, view: View, said: Said | None = None) -> "Work":
        """The work of a turn as it begins. Texts have no hello: after some hours they begin a new sitting, too."""
        lesson = view.lesson
        known = lesson.profile
        # What earns nothing, such as a hint, is a sign of somebody who is here all the same.
        seen_at = max(filter(None, (known.rewards.seen_at, known.mood.at)), default=None)
        if said is not None and seen_at is not None and view.now - seen_at >= LATER:
            lesson = replace(lesson, sitting=Sitting(), stuck=())
        return cls(
            lesson,
            view.knowledge,
            now=view.now,
            ratings=view.ratings,
            took_ms=said.took_ms if said else None,
            on_call=said is not None and said.channel is Channel.VOICE,
        )

    @property
    def profile(self) -> Profile:
        return self.lesson.profile

    def saying(self, *parts: Part) -> "Work":
        """More words, after those that are there."""
        return replace(self, parts=(*self.parts, *parts))

    def knowing(self, skill_id: str, known: Knowledge) -> "Work":
        """New knowledge of one skill."""
        return replace(self, knowledge={**self.knowledge, skill_id: known}, learnt={**self.learnt, skill_id: known})

    def learning(self, skill_id: str, known: Knowledge, profile: Profile) -> "Work":
        """New knowledge of one skill, and more known of the learner."""
        return replace(
            self,
            knowledge={**self.knowledge, skill_id: known},
            learnt={**self.learnt, skill_id: known},
            lesson=replace(self.lesson, profile=profile),
        )

    def recording(self, item: Item, text: str, graded: Grade, *, ability: float | None = None) -> "Work":
        """One more graded answer for the record."""
        exercise = item.exercise
        tried = Tried(
            exercise.skill_id,
            exercise.sms,
            exercise.answer,
            text,
            graded,
            hinted=item.rung > 0,
            ability=ability,
        )
        return replace(self, tried=(*self.tried, tried))

    def having(self, lesson: Lesson) -> "Work":
        """With the lesson moved on."""
        return replace(self, lesson=lesson)

    def being(self, profile: Profile) -> "Work":
        """With more known of the learner."""
        return replace(self, lesson=replace(self.lesson, profile=profile))

    def feeling(self, sign: Sign, *, deviation: float = 0.0) -> "Work":
        """With one more sign of how it is going."""
        profile = self.lesson.profile
        mood = felt(profile.mood, sign, now=self.now, deviation=deviation)
        return self.being(Profile(profile.abilities, profile.paces, mood, profile.rewards))

    def earning(self, *events: Event, share: float, count: int = 1) -> "Work":
        """With what events earn; the answer of this turn carries their points."""
        lesson, points = gained(self.lesson, events, now=self.now, share=share, count=count)
        return replace(self, lesson=lesson, tried=self.worth(points)) if points else self

    def worth(self, points: int) -> tuple[Tried, ...]:
        """What was tried in this turn, the last of it with so many points more."""
        if not points or not self.tried:
            return self.tried
        return (*self.tried[:-1], replace(self.tried[-1], points=self.tried[-1].points + points))

    def asking(self, item: Item, *before: Part) -> Step:
        """The step that leaves `item` open and asks it, last of all, after what helps with it."""
        parts = (*self.parts, *before, question(item.exercise))
        return self._step(replace(self.lesson, item=item), parts, item.exercise.expect)

    def silent(self) -> Step:
        """The step that says nothing."""
        return self._step(self.lesson, ())

    def closing(self, *parts: Part) -> Step:
        """The step that finishes the lesson."""
        return replace(self._step(self.lesson, (*self.parts, *parts)), ends=True, closes=True)

    def _step(self, lesson: Lesson, parts: tuple[Part, ...], expect: Expect = NOTHING) -> Step:
        return Step(
            lesson,
            parts,
            expect,
            tried=self.tried,
            learnt=self.learnt,
            words_per_minute=self.words_per_minute,
        )


def gained(
    lesson: Lesson,
    events: Sequence[Event],
    *,
    now: datetime,
    share: float,
    count: int = 1,
    sitting: Mapping[str, Any] = NO_CHANGES,
    place: Mapping[str, Any] = NO_CHANGES,
) -> tuple[Lesson, int]:
    """The lesson with what events earn, and their points. `sitting`, `place`: what else changes in it, by field."""
    profile, news, points = lesson.profile, lesson.sitting.news, 0
    rewards = profile.rewards
    for event in events:
        rewards, more, new = earned(rewards, event, now=now, module=lesson.module, hinted_share=share, count=count)
        points += more
        if new:
            news = (*news, *((each.kind, each.name) for each in new))
    after = replace(lesson.sitting, points=lesson.sitting.points + points, news=news, **sitting)
    known = Profile(profile.abilities, profile.paces, profile.mood, rewards)
    return replace(lesson, sitting=after, profile=known, **place), points


def question(exercise: Exercise) -> Written:
    """The words of an exercise."""
    return Written(exercise.say, exercise.sms)


def answer_line(key: str, exercise: Exercise, value: str, *, spare: bool = False) -> Line:
    """A line about an answer: `{answer}` for the ear, `{written}` for the eye. `value` is exact text or an option."""
    written = value
    if exercise.offers and value in exercise.options:
        written = exercise.offers[exercise.options.index(value)]
    elif value.removeprefix("-").isdecimal():
        written = f"{int(value):,}"
    return line(key, spare=spare, answer=to_speech(written), written=written)
