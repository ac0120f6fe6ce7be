"""Where a learner stands in general knowledge beside an open question, and what they wish for in a few words."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, cast

from bakame.text.compare import normalise

REMEMBERED: Final = 12
"""Topics that were told and are not offered again for a while."""
MOST_AT: Final = 100


class Doing(StrEnum):
    """What is going on."""

    NOTHING = "nothing"
    OFFER = "offer"
    """A topic was offered."""
    ANSWERED = "answered"
    """A question was answered; there may be more on its topic."""
    NEAR = "near"
    """A question was not answered; topics near it were offered."""
    LESSON = "lesson"
    QUIZ = "quiz"
    PRACTICE = "practice"


class Wish(StrEnum):
    """What a learner wants next, in words that are no question."""

    MORE = "more"
    QUIZ = "quiz"
    PRACTICE = "practice"
    ANOTHER = "another"
    TOPICS = "topics"


_WISHES: Final[Mapping[Wish, tuple[str, ...]]] = {
    Wish.MORE: (
        *("more", "tell me more", "say more", "go on", "continue", "carry on", "and then", "more please", "read on"),
        *("yes", "yes please", "yes more", "ok", "okay", "sure", "tell me", "i want to hear it", "hear it", "yego"),
        *("komeza", "continuez", "encore", "oui", "ndiyo", "endelea"),
    ),
    Wish.QUIZ: (
        *("quiz", "quiz me", "a quiz", "test me", "ask me", "ask me questions", "ask me a question", "give me a quiz"),
        *("i want a quiz", "start the quiz", "start quiz", "question me"),
    ),
    Wish.PRACTICE: (
        *("practise", "practice", "lets practise", "lets practice", "i want to practise", "i want to practice"),
        *("exercise", "exercises", "give me exercises", "i want exercises", "to practise", "to practice", "train me"),
    ),
    Wish.ANOTHER: (
        *("another", "another topic", "other topic", "something else", "a different topic", "different topic"),
        *("change topic", "change the topic", "new topic", "next topic", "no", "not this", "not this one", "no thanks"),
        *("another one please", "oya", "non", "hapana"),
    ),
    Wish.TOPICS: (
        *("topics", "what topics", "which topics", "what topics do you have", "what can i ask", "what can i learn"),
        *("what do you know", "what can you teach me", "list topics", "list", "which topics are there"),
    ),
}
_BY_PHRASE: Final = {phrase: wish for wish, phrases in _WISHES.items() for phrase in phrases}
_BY_KEY: Final = {"1": Wish.MORE, "2": Wish.ANOTHER, "3": Wish.PRACTICE}


@dataclass(frozen=True, slots=True)
class Scene:
    """Beside the open question. `topic` is told or offered; `at`: its paragraphs that were told.

    `asked`: rows of its quiz that were asked; `right` of them right away; `left`: questions of the quiz that may still
    come. `offers`: topics that a number chooses; `done`: topics that were told to their end, the latest last. `lately`:
    questions of practice that were asked lately.
    """

    doing: Doing = Doing.NOTHING
    topic: str | None = None
    at: int = 0
    asked: tuple[int, ...] = ()
    right: int = 0
    left: int = 0
    offers: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    lately: tuple[str, ...] = ()

    def to_state(self) -> dict[str, object]:
        """As JSON-able values."""
        return {
            "doing": self.doing.value,
            "topic": self.topic,
            "at": self.at,
            "asked": list(self.asked),
            "right": self.right,
            "left": self.left,
            "offers": list(self.offers),
            "done": list(self.done),
            "lately": list(self.lately),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, object], *, topics: Container[str]) -> "Scene":
        """What `to_state` wrote. What is not understood, or no topic any more, is as if it had not been there."""
        doing, topic = state.get("doing"), state.get("topic")
        read = cls(
            doing=Doing(doing) if isinstance(doing, str) and doing in set(Doing) else Doing.NOTHING,
            topic=topic if isinstance(topic, str) and topic in topics else None,
            at=_count(state.get("at")),
            asked=tuple(_count(each) for each in _listed(state.get("asked"))),
            right=_count(state.get("right")),
            left=_count(state.get("left")),
            offers=tuple(each for each in _listed(state.get("offers")) if isinstance(each, str) and each in topics),
            done=tuple(each for each in _listed(state.get("done")) if isinstance(each, str) and each in topics),
            lately=tuple(each for each in _listed(state.get("lately")) if isinstance(each, str)),
        )
        lost = read.topic is None and read.doing in (Doing.OFFER, Doing.LESSON, Doing.QUIZ)
        lost = lost or (read.doing is Doing.NEAR and not read.offers)
        return replace(read, doing=Doing.NOTHING) if lost else read

    def finished(self) -> "Scene":
        """With the present topic told to its end."""
        if self.topic is None:
            return self
        others = tuple(each for each in self.done if each != self.topic)
        return replace(self.apart(Doing.NOTHING), done=(*others, self.topic)[-REMEMBERED:])

    def apart(self, doing: Doing, topic: str | None = None) -> "Scene":
        """At something else, with what was told and asked remembered."""
        return Scene(doing, topic, done=self.done, lately=self.lately)

    def practised(self, question: str) -> "Scene":
        """With one more question of practice asked."""
        return replace(self, lately=(*self.lately, question)[-REMEMBERED:])

    @property
    def quizzed(self) -> str | None:
        """The topic of a quiz that is asked for now: the one that is told, else the one that was told last."""
        if self.doing is Doing.OFFER and self.done:
            return self.done[-1]
        return self.topic or (self.done[-1] if self.done else None)


def wish_in(text: str, scene: Scene) -> Wish | None:
    """What is wished for by the whole of `text`, or by a key; None for anything else."""
    words = normalise(text).strip(" #")
    if scene.doing is not Doing.NEAR and words in _BY_KEY:
        return _BY_KEY[words]
    for polite in ("please ", "teacher ", "ok "):
        words = words.removeprefix(polite)
    return _BY_PHRASE.get(words) or _BY_PHRASE.get(words.removesuffix(" please").removesuffix(" teacher"))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_AT else 0


def _listed(value: object) -> list[object]:
    return cast("list[object]", value)[:MOST_AT] if isinstance(value, list) else []
