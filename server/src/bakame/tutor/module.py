"""What teaches: a module has the same verbs on every channel, and none of them does any input or output."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol, runtime_checkable

from bakame.learning.difficulty import Rating
from bakame.learning.exercises import Exercise
from bakame.learning.expect import Expect
from bakame.learning.grading import Grade
from bakame.learning.lesson import Lesson
from bakame.learning.mastery import Knowledge
from bakame.tutor.turn import Channel, Said
from bakame.tutor.wording import Part

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The time of a view in which time plays no part."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Graded answers of a learner over all lessons, and those that were right."""

    asked: int = 0
    right: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a line. `guarded`: a PIN is asked before their lessons go on; `locked`: too many were wrong."""

    learner_id: int
    name: str | None
    guarded: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """All that one turn of teaching may know. `consent` is None until the learner was asked.

    `people`: everybody on this line, who was here last comes first. `channel`: how they are here;
    `free_speech`: any words can be understood there. `language_asked`:
    the learner chose the language. `pin_matches`: what was said is the PIN of the person who is being asked for it.
    `ratings`: how hard skills have proved to be for all learners.
    """

    lesson: Lesson
    knowledge: Mapping[str, Knowledge]
    name: str | None = None
    now: datetime = LONG_AGO
    channel: Channel = Channel.VOICE
    free_speech: bool = True
    language: str = "en"
    language_asked: bool = True
    people: tuple[Person, ...] = ()
    learner_id: int | None = None
    pin_matches: bool = False
    ratings: Mapping[str, Rating] = field(default_factory=dict[str, Rating])
    consent: bool | None = None
    standing: Standing = field(default_factory=Standing)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: its words and what may come back."""

    parts: tuple[Part, ...]
    expect: Expect


@dataclass(frozen=True, slots=True)
class Tried:
    """One graded answer, for the record. `points` it earned; `ability` of the learner before it, in logits."""

    skill_id: str
    prompt: str
    expected: str
    said: str
    grade: Grade
    hinted: bool
    points: int = 0
    ability: float | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """Something for a person to look at. `kind` is `disclosure` or `question`; `signs` are a detector's categories.

    `reply`: what the learner is told at once, in words that people wrote for it.
    """

    kind: str
    reply: Part
    urgent: bool = False
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What one turn comes to: the lesson after it, what is said, and what is to be kept.

    `learnt` holds the changed knowledge only. `closes`: the lesson is finished, the next one starts afresh. `ends`: the
    tutor said goodbye. `name`, `consent` and `language` are set when the learner gave them in this turn; `pin` when a
    new one is to guard the lessons ("" for none any more).

    `becomes`: another person on the line is here (0: somebody new), and the turn goes on with their lesson.
    `pin_missed`: for whom a wrong PIN was given, `pin_right`: for whom the right one. `matter` opens a case.
    """

    lesson: Lesson
    parts: tuple[Part, ...]
    expect: Expect
    tried: tuple[Tried, ...] = ()
    learnt: Mapping[str, Knowledge] = field(default_factory=dict[str, Knowledge])
    name: str | None = None
    consent: bool | None = None
    ends: bool = False
    closes: bool = False
    words_per_minute: int | None = None
    language: str | None = None
    pin: str | None = None
    pin_missed: int | None = None
    pin_right: int | None = None
    becomes: int | None = None
    matter: Matter | None = None


class Watch(Protocol):
    """Sees in a learner's words that somebody may be in danger."""

    def sees(self, text: str) -> Matter | None:
        """What a person must look at; None for ordinary words. Bounded time for any text."""
        ...


class Library(Protocol):
    """Answers questions from content."""

    def answer(self, question: str, exercise: Exercise | None) -> Part | None:
        """What content says to a question, without the open exercise's answer; None when it says nothing."""
        ...


@runtime_checkable
class Answering(Protocol):
    """What a module has besides, that can be asked anything."""

    def takes(self, view: View, said: Said) -> bool:
        """Whether words at an open question are no answer to it, but a wish or a question for the module."""
        ...

    def question(self, view: View, said: Said) -> str | None:
        """What is asked while nothing is open that only a model could answer; None when nothing is."""
        ...


@runtime_checkable
class Rereads(Protocol):
    """A module in which asking to hear it again brings more than the question."""

    def reread(self, view: View) -> Step | None:
        """What belongs to the open question, and the question; None when that is the question alone."""
        ...


class TutorModule(Protocol):
    """One subject."""

    @property
    def name(self) -> str: ...

    def brief(self, view: View) -> str:
        """What an engine that converses by itself is told at the start of a call: instructions, in English."""
        ...

    def topic(self, view: View) -> str | None:
        """The title of what is being practised; None before that."""
        ...

    def ask(self, view: View) -> Ask | None:
        """The open question again, word for word; None when nothing is open."""
        ...

    def respond(self, view: View, said: Said, *, rng: random.Random) -> Step:
        """One turn: `OPEN` goes on with the lesson, `ANSWER` is graded, `COMMAND` is HINT, SKIP or DONT_KNOW."""
        ...

    def observe(self, view: View, said: Said) -> Step:
        """Grades what was said to another engine; the step says nothing and keeps the question open."""
        ...

    def farewell(self, view: View) -> tuple[Part, ...]:
        """What improved in this sitting and what comes next."""
        ...
