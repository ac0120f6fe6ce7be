"""Graded passages: texts to be heard or read in parts, with their words and questions, read from files and checked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from zlib import crc32

from bakame.learning.fields import CurriculumError, Fields, Problem, Problems, load_document
from bakame.learning.generators import PassageQuestion
from bakame.learning.notes import read_points
from bakame.learning.rubric import Rubric, rubric
from bakame.learning.skills import MAX_SEPTETS, MAX_WORDS, Curriculum
from bakame.text.commands import read_command
from bakame.text.compare import normalise
from bakame.text.gsm import is_gsm, parts, septets

SUMMARY: Final = "summary"
"""The type of the one open question of a passage."""
TRUE_FALSE: Final = ("true", "false")
MOST_SMS: Final = 3
"""Parts of SMS in which a part of a passage and the question after it are sent."""
LEAST_SUMMARY_WORDS: Final = 4

_PARTS: Final = (2, 4)
_PART_WORDS: Final = (20, 60)
_KEY_WORDS: Final = (3, 6)
_LEAST_QUESTIONS: Final = 8
_MOST_WORDS: Final = {"title": 8, "ask": 25, "option": 9, "why": 25, "meaning": 14, "model": 40}
_KEYS: Final = frozenset("1234abcd")
_NEEDED: Final = (
    (("literal",), 3),
    (("sequence", "reference", "true_false"), 1),
    (("cause", "inference"), 1),
    (("vocabulary", "context"), 1),
    (("main_idea",), 1),
    ((SUMMARY,), 1),
)
"""How many questions of some types a passage has at least."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question about a passage.

    `part` (from 1) holds the answer; 0: the whole text does. `evidence` is what shows it, in words of the text; empty
    where no single sentence does. `why` says how. `accept`: other ways to say the answer. A summary has no options but
    a `rubric`, and `answer` is a good one.
    """

    type: str
    ask: str
    part: int
    answer: str
    wrong: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    evidence: str = ""
    why: str = ""
    rubric: Rubric | None = None

    @property
    def is_open(self) -> bool:
        return self.rubric is not None

    @property
    def written(self) -> str:
        """The question with its options, in the order of the file: as long as in any other."""
        options = (self.answer, *self.wrong) if not self.is_open else ()
        return " ".join((self.ask, *(f"{n} {option}" for n, option in enumerate(options, start=1))))


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole passage. `kind` says what it is: a story, a letter. `words`: key words with plain meanings."""

    id: str
    level: str
    kind: str
    topic: str
    title: str
    parts: tuple[str, ...]
    words: Mapping[str, str]
    questions: tuple[Question, ...]

    @property
    def print(self) -> int:
        """A number that is another one when parts or questions are edited."""
        return crc32("\n".join((*self.parts, *(question.ask for question in self.questions))).encode())

    def text(self, part: int) -> str:
        """What is read of a part, from 1; empty when there is no such part."""
        return self.parts[part - 1] if 1 <= part <= len(self.parts) else ""


Readings = Mapping[str, Reading]
"""By passage id."""


def parse_passages(files: Mapping[str, str], *, curriculum: Curriculum) -> Readings:
    """Reads the passages files, by name, and checks all. Raises `CurriculumError` with every problem of every file.

    Level, kind and topic of a passage come from the curriculum, or stand with it when it is not there. Every passage
    of the curriculum must be complete.
    """
    found: list[Problem] = []
    readings: dict[str, Reading] = {}
    types = question_skills(curriculum)
    for source, text in files.items():
        problems = Problems(source)
        fields = Fields(load_document(text, source=source), problems=problems)
        fields.integer("version", low=1, high=1)
        for n, item in enumerate(fields.items("passages", least=1)):
            each = Fields(item, problems=problems, path="")
            each.skill = each.label("id") or f"passage number {n + 1}"
            reading = _read(each, curriculum, types)
            if reading.id in readings:
                each.note("id", "is there twice")
            readings[reading.id] = reading
        fields.close()
        found += problems.found
    missing = [Problem("passages", each, "", "is not written") for each in curriculum.passages if each not in readings]
    if found or missing:
        raise CurriculumError([*found, *missing])
    return MappingProxyType(readings)


def question_skills(curriculum: Curriculum) -> Mapping[str, str]:
    """The skill of each type of question."""
    return {
        skill.generator.question_type: skill.id
        for skill in curriculum.of_module("comprehension")
        if isinstance(skill.generator, PassageQuestion)
    }


def _read(fields: Fields, curriculum: Curriculum, types: Mapping[str, str]) -> Reading:
    passage_id = fields.text("id")
    if passage_id and not passage_id.startswith("passage."):
        fields.note("id", "must begin with 'passage.'")
    known = curriculum.passages.get(passage_id)
    if known is not None:
        level, kind, topic = known.level, known.genre, known.topic
    else:
        level = fields.word("level", curriculum.cefr_levels)
        kind, topic = fields.text("genre"), fields.text("topic")
    title = _short(fields, "title")
    texts = fields.texts("parts", least=_PARTS[0])
    _check_parts(fields, texts)
    words = _words(fields)
    questions = tuple(
        _question(Fields(item, problems=fields.problems, skill=fields.skill, path=f"questions.{n}"), texts, types)
        for n, item in enumerate(fields.items("questions", least=_LEAST_QUESTIONS))
    )
    fields.close()
    _check_questions(fields, texts, questions)
    return Reading(passage_id, level, kind, topic, title, texts, words, questions)


def _check_parts(fields: Fields, texts: tuple[str, ...]) -> None:
    if len(texts) > _PARTS[1]:
        fields.note("parts", f"are {len(texts)}; at most {_PARTS[1]} can be followed")
    for n, text in enumerate(texts):
        least, most = _PART_WORDS
        if not least <= len(text.split()) <= most:
            fields.note(f"parts.{n}", f"has {len(text.split())} words; {least} to {most} are heard in one go")
        _check_letters(fields, f"parts.{n}", text)


def _words(fields: Fields) -> Mapping[str, str]:
    listed = fields.nested("words")
    least, most = _KEY_WORDS
    if not least <= len(listed.keys) <= most:
        fields.note("words", f"are {len(listed.keys)}; {least} to {most} are explained before a text")
    words = {word: _short(listed, word, "meaning") for word in listed.keys}
    return MappingProxyType(words)


def _question(fields: Fields, texts: tuple[str, ...], types: Mapping[str, str]) -> Question:
    kind = fields.word("type", types)
    ask = _short(fields, "ask")
    part = fields.integer("part", low=1, high=max(1, len(texts))) if fields.has("part") else 0
    if kind == SUMMARY:
        return _summary(fields, ask)
    answer, wrong = _short(fields, "answer", "option"), fields.texts("wrong", least=1)
    question = Question(
        type=kind,
        ask=ask,
        part=part,
        answer=answer,
        wrong=wrong,
        accept=fields.texts("accept", default=()),
        evidence=" ".join(fields.text("evidence", default="").split()),
        why=_short(fields, "why"),
    )
    fields.close()
    _check_choice(fields, question)
    _check_evidence(fields, question, texts)
    return question


def _summary(fields: Fields, ask: str) -> Question:
    points = read_points(fields)
    needed = fields.integer("needed", low=1, high=max(1, len(points)))
    model = _short(fields, "model")
    fields.close()
    if len(points) < 2:
        fields.note("points", "must be at least two")
    made = rubric(points=points, needed=needed, least_words=LEAST_SUMMARY_WORDS, model=model)
    return Question(SUMMARY, ask, 0, model, rubric=made)


def _check_choice(fields: Fields, question: Question) -> None:
    options = (question.answer, *question.wrong)
    if question.type == "true_false":
        if set(options) != set(TRUE_FALSE) or len(options) != 2:
            fields.note("answer", "and wrong must be 'true' and 'false', in quotes")
    elif len(options) != 3:
        fields.note("wrong", f"holds {len(question.wrong)} options; it must be 2")
    plain = [normalise(option) for option in options]
    if len(set(plain)) < len(plain):
        fields.note("wrong", "two options say the same")
    for option in question.wrong:
        if len(option.split()) > _MOST_WORDS["option"]:
            fields.note("wrong", f"{option!r} is too long to be remembered")
        _check_letters(fields, "wrong", option)
    for said in options:
        if read_command(said, spoken=True) or read_command(said, spoken=False):
            fields.note("answer", f"{said!r} is a command, and would not be taken for an answer")
    for accepted in question.accept:
        if normalise(accepted) in plain[1:]:
            fields.note("accept", f"{accepted!r} is a wrong option")
        if normalise(accepted) in _KEYS:
            fields.note("accept", f"{accepted!r} is a key, and may stand for another option")
    words = len(question.ask.split()) + sum(len(option.split()) + 1 for option in options)
    if words > MAX_WORDS:
        fields.note("ask", f"has {words} words with its options; at most {MAX_WORDS} can be listened to")
    if septets(question.written) > MAX_SEPTETS:
        fields.note("ask", f"takes {septets(question.written)} septets with its options; one SMS holds {MAX_SEPTETS}")


def _check_evidence(fields: Fields, question: Question, texts: tuple[str, ...]) -> None:
    within = texts[question.part - 1] if 1 <= question.part <= len(texts) else " ".join(texts)
    if question.evidence and question.evidence not in " ".join(within.split()):
        fields.note("evidence", "is not in the text, word for word")
    if question.part and not question.evidence:
        fields.note("evidence", "is missing; only questions about the whole text may have none")


def _check_questions(fields: Fields, texts: tuple[str, ...], questions: tuple[Question, ...]) -> None:
    counts = Counter(question.type for question in questions)
    for types, least in _NEEDED:
        if (there := sum(counts[each] for each in types)) < least:
            fields.note("questions", f"need {least} of {' or '.join(types)}; there are {there}")
    if len({question.ask for question in questions if question.type not in ("true_false", "fact_opinion")}) < sum(
        question.type not in ("true_false", "fact_opinion") for question in questions
    ):
        fields.note("questions", "hold one twice")
    for n, text in enumerate(texts, start=1):
        if not any(fits_text(text, question) for question in questions if question.part == n):
            fields.note(f"parts.{n - 1}", f"has no question that goes with it into {MOST_SMS} parts of SMS")


def fits_text(text: str, question: Question) -> bool:
    """Whether a part of a passage and a question go into one text message."""
    return parts(f"{text}\n{question.written}") <= MOST_SMS


def _short(fields: Fields, key: str, size: str = "") -> str:
    text, most = fields.text(key), _MOST_WORDS[size or key]
    if len(text.split()) > most:
        fields.note(key, f"has {len(text.split())} words; at most {most} are allowed")
    _check_letters(fields, key, text)
    return text


def _check_letters(fields: Fields, key: str, text: str) -> None:
    if not is_gsm(text):
        fields.note(key, "holds a letter that a text cannot carry")
