"""What content says to a learner's question: an answer, a topic to tell of, who else can help, or nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bakame.learning.exercises import Exercise
from bakame.learning.notes import Notes
from bakame.learning.question_words import plain, stem
from bakame.learning.search import Document, Hit, Index
from bakame.learning.skills import Curriculum
from bakame.learning.topics import MAX_WORDS, LeftToPeople, Topics
from bakame.text.compare import normalise
from bakame.tutor.guard import Banned, Guard, holds
from bakame.tutor.wording import Line, Part, Written, line

LONGEST: Final = 400
"""Characters of a question that are looked at."""
NEAR: Final = 0.35
"""Likeness from which a topic is worth offering to somebody whose question content does not answer."""
MOST_NEAR: Final = 2
MOST_BARE: Final = 3
"""Words of a subject that is only named: "volcanoes", "savings groups"."""
LEAST_TELLING: Final = 4
"""Letters of a word of an answer that would tell it."""

_ABOUT: Final = re.compile(
    r"""
    ^(?:(?:please|teacher|ok|okay|hello|hi)\ )*
    (?:(?:can|could|will)\ (?:you|we|i)\ |i\ (?:want|would\ like|need|wish)\ (?:you\ )?to\ |lets\ |let\ us\ )?
    (?:please\ )?
    (?:(?:tell|teach|show|inform)\ (?:me|us)\ (?:something\ |more\ |all\ |everything\ )?about
      |(?:learn|hear|know|talk|speak|read|study)\ (?:something\ |more\ )?about|explain(?:\ to\ me)?|lesson\ (?:on|about)
      |what\ (?:do|can)\ you\ (?:know|tell\ me)\ about|(?:the\ )?topic(?:\ of)?|about)\ (?:the\ |a\ |an\ )?(?P<what>.+)$
    """,
    re.VERBOSE,
)
_ASKS: Final = re.compile(r"^(?:what|why|how|who|whose|where|when|which|is|are|do|does|did|can|could|should|will)\b")
_NUMBER: Final = (
    r"(?:-?\d[\d.,/]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|a\ hundred|hundred)"
)
_MATHS: Final = re.compile(
    rf"""
    {_NUMBER}\ *(?:x|\*|\+|-|times|plus|minus|divided\ by|multiplied\ by|take\ away)\ *{_NUMBER}
    | \b(?:add|subtract|multiply|divide)\ {_NUMBER} | \bpercent(?:age)?\ of\b | %\ of\b | \bhalf\ of\ {_NUMBER}
    | \b(?:square\ root|prime\ numbers?|perimeter|equations?|algebra|geometry|multiplication|fractions?|decimals?
       |denominator|numerator|even\ numbers?|odd\ numbers?|area\ of\ an?|angles?\ of\ an?|triangle|times\ table)\b
    """,
    re.VERBOSE,
)
_ENGLISH: Final = re.compile(
    r"""
    \bpast\ (?:tense|form|participle|simple)\b | \bthe\ past\ of\b | \bplural\ (?:form\ )?of\b | \bopposite\ of\b
    | \bsynonyms?\b | \bhow\ (?:do|does|can|to)?\ ?(?:you\ |i\ |we\ |one\ )?(?:spell|pronounce)\ (?!better|well)\w+$
    | \b(?:spell|pronounce)\ the\ word\b | \bmeaning\ of\ the\ word\b | \b(?:verbs?|nouns?|adjectives?|adverbs?)\b
    | \bgrammar\b | \bprepositions?\b | \b(?:present|future)\ (?:tense|continuous|perfect|simple)\b
    | \bhow\ do\ (?:you|i|we)\ say\ .+\ in\ english\b | \bis\ it\ correct\ to\ say\b
    """,
    re.VERBOSE,
)
_ABOUT_TUTOR: Final = re.compile(
    r"""
    \b(?:who|what)\ are\ you\b | \b(?:what\ is|whats)\ your\ name\b | \bhow\ old\ are\ you\b | \bhow\ are\ you\b
    | \bwhere\ (?:do\ you\ live|are\ you)\b | ^do\ you\ (?:love|like|eat|sleep|have|go|want|feel|dream|know\ me)\b
    | \bare\ you\ (?:married|a\ (?:real|man|woman|girl|boy)|real|alive|there|ok)\b
    | ^can\ you\ (?:sing|dance|eat|cook|play|see\ me|hear\ me|feel|love)\b | \bwhat\ (?:colour|food)\ do\ you\ like\b
    | \bwho\ (?:made|created|built)\ you\b
    """,
    re.VERBOSE,
)


class Kind(StrEnum):
    """What a question comes to."""

    ANSWER = "answer"
    TOPIC = "topic"
    PEOPLE = "people"
    """It is left to people; `name` says the matter."""
    MATHS = "maths"
    ENGLISH = "english"
    TUTOR = "tutor"
    """It asks who the tutor is."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `name`: the id of an answer, or the matter; `topic`: its topic; `near`: topics to offer."""

    kind: Kind
    name: str = ""
    text: str = ""
    topic: str | None = None
    near: tuple[str, ...] = ()


class ContentLibrary:
    """Topics and notes that can be asked; a `Library`."""

    def __init__(
        self, *, curriculum: Curriculum, topics: Topics, notes: Notes, left: LeftToPeople, banned: Banned
    ) -> None:
        """`notes`: those of the skills of general knowledge; their items are answers too."""
        self._topics = topics
        self._left = left
        self._banned = banned
        self._texts: dict[str, str] = {}
        documents: list[Document] = []
        for topic in topics.values():
            for answer in topic.answers:
                self._texts[answer.id] = answer.text
                documents.append(Document(answer.id, answer.wordings, (topic.title, *topic.keywords), (answer.text,)))
        for skill_id, each in notes.items():
            skill = curriculum.skills.get(skill_id)
            for number, (question, answer, *_) in enumerate(each.rows, start=1):
                answer_id = f"{skill_id}#{number}"
                self._texts[answer_id] = _as_answer(answer, each.teach)
                title = (skill.title,) if skill else ()
                documents.append(Document(answer_id, (question,), title, (answer, each.teach)))
        self._answers = Index(documents)
        self._subjects = Index(
            [Document(each.id, (each.title, *each.keywords), (), each.paragraphs) for each in topics.values()]
        )

    def answer(self, question: str, exercise: Exercise | None) -> Part | None:
        """What content says to a question in mid-lesson; None when it says nothing or would tell the answer."""
        found = self.look(question)
        match found.kind:
            case Kind.PEOPLE:
                return refusal(found.name)
            case Kind.TUTOR:
                return line("general.tutor")
            case Kind.ANSWER:
                text = found.text
            case Kind.TOPIC if found.topic:
                text = self._topics[found.topic].paragraphs[0]
            case _:
                return None
        if exercise is not None and self._tells(text, exercise):
            return None
        return Written(text, text, whole=True)

    def look(self, question: str) -> Found:
        """What a question comes to. What is left to people comes before anything that is looked up."""
        question = question[:LONGEST]
        if matter := self._left.matter_of(question):
            return Found(Kind.PEOPLE, matter)
        if holds(question, self._banned.topics):
            return Found(Kind.PEOPLE, "banned")
        text = plain(question)
        about = _ABOUT.match(text)
        if about is None or _ASKS.match(about["what"]):
            if _ABOUT_TUTOR.search(text):
                return Found(Kind.TUTOR)
            if _MATHS.search(text):
                return Found(Kind.MATHS)
            if _ENGLISH.search(text):
                return Found(Kind.ENGLISH)
        return self._found(text, about["what"] if about else text, named=about is not None)

    def _found(self, text: str, subject: str, *, named: bool) -> Found:
        bare = len(subject.split()) <= MOST_BARE and not _ASKS.match(subject)
        subjects = self._subjects.find(subject, most=MOST_NEAR + 1)
        if (named or bare) and not _ASKS.match(subject) and subjects and subjects[0].sure:
            return Found(Kind.TOPIC, subjects[0].id, topic=subjects[0].id)
        for words in dict.fromkeys((text, subject)):
            answers = self._answers.find(words)
            if answers and answers[0].sure:
                topic = answers[0].id.partition("#")[0]
                return Found(
                    Kind.ANSWER, answers[0].id, self._texts[answers[0].id], topic if topic in self._topics else None
                )
        return Found(Kind.UNKNOWN, near=self._near((*subjects, *self._answers.find(subject))))

    def _near(self, hits: Iterable[Hit]) -> tuple[str, ...]:
        likely = sorted((hit for hit in hits if hit.likeness >= NEAR), key=lambda hit: -hit.likeness)
        topics = dict.fromkeys(hit.id.partition("#")[0] for hit in likely)
        return tuple(topic for topic in topics if topic in self._topics)[:MOST_NEAR]

    def _tells(self, text: str, exercise: Exercise) -> bool:
        """Whether a text holds the open question's answer: word for word, as a number, or in other forms of it."""
        if Guard(exercise, banned=Banned()).reveals(text):
            return True
        words = {stem(word) for word in normalise(text).split()}
        answers = [exercise.answer]
        if exercise.offers:
            answers.append(exercise.offers[exercise.options.index(exercise.answer)])
        told = [{stem(w) for w in normalise(answer).split() if len(w) >= LEAST_TELLING} for answer in answers]
        return any(each and each <= words for each in told)


def refusal(matter: str) -> Line:
    """Who can help with what no machine answers alone."""
    match matter:
        case "medicine":
            return line("general.people.medicine")
        case "self_harm":
            return line("general.people.self_harm")
        case "abuse":
            return line("general.people.abuse")
        case "dispute":
            return line("general.people.dispute")
        case "pregnancy":
            return line("general.people.pregnancy")
        case _:
            return line("aside.person")


def _as_answer(answer: str, teach: str) -> str:
    """An item's answer as a sentence, with what explains it as long as it can be listened to."""
    told = answer[:1].upper() + answer[1:]
    told = told if told.endswith((".", "?", "!")) else f"{told}."
    for sentence in re.split(r"(?<=[.?!])\s+", teach):
        longer = f"{told} {sentence}"
        if len(longer.split()) > MAX_WORDS:
            break
        told = longer
    return told
