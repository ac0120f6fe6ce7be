"""General topics as authors write them: a short lesson, answers to questions, a quiz; and what is left to people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bakame.learning.content import Topic
from bakame.learning.fields import Fields, Problems, load_document
from bakame.learning.open_answers import made_in
from bakame.learning.question_words import stem
from bakame.learning.rubric import Point
from bakame.learning.skills import Curriculum
from bakame.text.compare import normalise
from bakame.text.gsm import is_gsm, septets

LEAST_PARAGRAPHS: Final = 4
MOST_PARAGRAPHS: Final = 7
LEAST_ANSWERS: Final = 6
LEAST_WORDINGS: Final = 2
LEAST_QUIZ: Final = 5
MAX_WORDS: Final = 35
"""Words of a paragraph or an answer that can be listened to at once."""
MAX_SEPTETS: Final = 160
"""A question of a quiz with its options, in one text."""
_OF_LESSON: Final = 0.25
"""How much less a paragraph of the lesson needs to show an answer than another text does."""
MAX_ASKED: Final = 1_000
"""Characters of a question in which something that is left to people is looked for."""


@dataclass(frozen=True, slots=True)
class TopicAnswer:
    """What content says to a question that people ask. `wordings`: ways of asking it, the plainest first."""

    id: str
    wordings: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class QuizRow:
    """A question about a topic. `about`: the paragraph of the lesson, from 0, that shows its answer; None when none
    does. `shown`: the words that show it, of the lesson or else of an answer.
    """

    question: str
    answer: str
    wrong: tuple[str, ...]
    about: int | None
    shown: str


@dataclass(frozen=True, slots=True)
class TopicLesson:
    """All that is taught of one topic."""

    id: str
    area: str
    title: str
    level: str
    keywords: tuple[str, ...]
    paragraphs: tuple[str, ...]
    answers: tuple[TopicAnswer, ...]
    quiz: tuple[QuizRow, ...]


Topics = Mapping[str, TopicLesson]
"""By topic id, in the order of the curriculum."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """A matter that is left to people. `name`: a short key; `ways`: phrases that show it, as words near one another."""

    name: str
    matter: str
    ways: Point


@dataclass(frozen=True, slots=True)
class LeftToPeople:
    """The matters that no machine answers alone."""

    matters: tuple[Reserved, ...] = ()

    def matter_of(self, question: str) -> str | None:
        """The name of the matter that a question is about; None for one that may be answered."""
        words = normalise(question[:MAX_ASKED]).split()
        return next((each.name for each in self.matters if made_in(each.ways, words)), None)


def parse_topics(text: str, *, source: str, curriculum: Curriculum) -> Topics:
    """Reads the `topics` of one file and checks all of it. Raises `CurriculumError` with every problem found."""
    problems = Problems(source)
    fields = Fields(load_document(text, source=source), problems=problems)
    fields.integer("version", low=1, high=1)
    found: dict[str, TopicLesson] = {}
    for n, item in enumerate(fields.items("topics", least=1)):
        each = Fields(item, problems=problems, path=f"topics.{n}")
        topic_id = each.text("id")
        each.skill = topic_id
        topic = curriculum.topics.get(topic_id)
        if topic is None:
            each.note("id", "there is no topic of this name")
            continue
        if topic_id in found:
            each.note("id", "is there twice")
        found[topic_id] = _read_topic(each, topic)
    fields.close()
    problems.check()
    return MappingProxyType(found)


def all_topics(files: Sequence[Topics], *, curriculum: Curriculum) -> Topics:
    """The topics of several files as one.

    Raises `CurriculumError` when a topic of the curriculum is in none of them or in two, and when one wording asks for
    two answers.
    """
    problems = Problems("topics")
    found: dict[str, TopicLesson] = {}
    for each in files:
        for topic_id in found.keys() & each.keys():
            problems.add(topic_id, "", "is written in two files")
        found.update(each)
    asked: dict[str, str] = {}
    for topic in found.values():
        for answer in topic.answers:
            for wording in answer.wordings:
                other = asked.setdefault(normalise(wording), answer.id)
                if other != answer.id:
                    problems.add(topic.id, "answers", f"{wording!r} is asked in {other} already")
    for topic_id in curriculum.topics:
        if topic_id not in found:
            problems.add(topic_id, "", "has no lesson")
    problems.check()
    return MappingProxyType({topic_id: found[topic_id] for topic_id in curriculum.topics})


def parse_left_to_people(text: str, *, source: str, curriculum: Curriculum) -> LeftToPeople:
    """Reads what is left to people. Raises `CurriculumError`; every matter that the curriculum names must be there."""
    problems = Problems(source)
    fields = Fields(load_document(text, source=source), problems=problems)
    fields.integer("version", low=1, high=1)
    found: list[Reserved] = []
    for n, item in enumerate(fields.items("left_to_people", least=1)):
        each = Fields(item, problems=problems, path=f"left_to_people.{n}")
        name, matter = each.text("name"), each.word("matter", curriculum.never_answer_alone)
        ways = tuple(way for phrase in each.texts("any", least=1) if (way := normalise(phrase)))
        each.close()
        found.append(Reserved(name, matter, Point(name, ways)))
    for matter in curriculum.never_answer_alone:
        if matter not in {each.matter for each in found}:
            problems.add("", "left_to_people", f"does not say how {matter!r} is recognised")
    fields.close()
    problems.check()
    return LeftToPeople(tuple(found))


def _read_topic(fields: Fields, topic: Topic) -> TopicLesson:
    keywords = fields.texts("keywords", least=3)
    paragraphs = fields.texts("lesson", least=LEAST_PARAGRAPHS)
    if len(paragraphs) > MOST_PARAGRAPHS:
        fields.note("lesson", f"has {len(paragraphs)} paragraphs; at most {MOST_PARAGRAPHS} are allowed")
    for n, paragraph in enumerate(paragraphs):
        _check(fields, f"lesson.{n}", paragraph)
    answers = tuple(
        _read_answer(Fields(item, problems=fields.problems, skill=topic.id, path=f"answers.{n}"), f"{topic.id}#{n + 1}")
        for n, item in enumerate(fields.items("answers", least=LEAST_ANSWERS))
    )
    quiz = tuple(
        _read_row(fields, f"quiz.{n}", item, paragraphs, answers)
        for n, item in enumerate(fields.items("quiz", least=LEAST_QUIZ))
    )
    fields.close()
    return TopicLesson(topic.id, topic.area, topic.title, topic.level, keywords, paragraphs, answers, quiz)


def _read_answer(fields: Fields, answer_id: str) -> TopicAnswer:
    wordings, text = fields.texts("q", least=LEAST_WORDINGS), fields.text("a")
    _check(fields, "a", text)
    fields.close()
    return TopicAnswer(answer_id, wordings, text)


def _read_row(
    fields: Fields, key: str, item: object, paragraphs: Sequence[str], answers: Sequence[TopicAnswer]
) -> QuizRow:
    texts: list[str] = []
    if isinstance(item, list):
        texts = [each for each in item if isinstance(each, str)]  # pyright: ignore[reportUnknownVariableType]  # checked
    if len(texts) < 3 or not isinstance(item, list) or len(texts) < len(item):  # pyright: ignore[reportUnknownArgumentType]
        fields.note(key, "must be a question, its answer and at least one wrong answer, all texts in quotes")
        return QuizRow("", "", (), None, "")
    question, answer, *wrong = texts
    if len({option.lower() for option in texts[1:]}) < len(texts) - 1:
        fields.note(key, "two options are the same")
    written = f"{question} {' '.join(f'{n} {option}' for n, option in enumerate(texts[1:], start=1))}"
    if septets(written) > MAX_SEPTETS:
        fields.note(key, f"takes {septets(written)} septets; one text holds {MAX_SEPTETS}")
    _check(fields, key, written, words=False)
    about, shown = _shown(question, answer, paragraphs, [each.text for each in answers])
    return QuizRow(question, answer, tuple(wrong), about, shown)


def _shown(question: str, answer: str, paragraphs: Sequence[str], texts: Sequence[str]) -> tuple[int | None, str]:
    """What has most of the words of a question and, above all, of its answer: a paragraph rather than another text."""
    asked, told = _stems(question), _stems(answer)

    def shared(text: str) -> float:
        words = _stems(text)
        return 2 * len(words & told) / max(1, len(told)) + len(words & asked) / max(1, len(asked))

    found = [(shared(text) + _OF_LESSON * (n < len(paragraphs)), -n) for n, text in enumerate((*paragraphs, *texts))]
    n = -max(found, default=(0.0, 0))[1]
    return (n, paragraphs[n]) if n < len(paragraphs) else (None, texts[n - len(paragraphs)] if texts else "")


def _stems(text: str) -> set[str]:
    return {stem(word) for word in normalise(text).split() if len(word) > 2 or word.isdigit()}


def _check(fields: Fields, key: str, text: str, *, words: bool = True) -> None:
    count = len(text.split())
    if words and count > MAX_WORDS:
        fields.note(key, f"has {count} words; at most {MAX_WORDS} can be listened to")
    if not is_gsm(text):
        fields.note(key, "holds a letter that a text cannot carry")
