"""What authors write for a skill whose exercises are not made by rule: an explanation, and the items themselves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bakame.learning.fields import Fields, Problems, load_document
from bakame.learning.rubric import Rubric, rubric
from bakame.learning.skills import Curriculum
from bakame.text.gsm import is_gsm

_WORD: Final = re.compile(r"[A-Za-z]{2,}")
LEAST_ITEMS: Final = 8
"""Distinct items that a skill needs before it can be practised to mastery without learning them by heart."""
MAX_TEACH: Final = 35
MAX_HINT: Final = 25
MAX_MISTAKE: Final = 30
MAX_PRAISE: Final = 20
MAX_CLUE: Final = 30


@dataclass(frozen=True, slots=True)
class Task:
    """Something to say or to write freely, and what makes it good."""

    ask: str
    rubric: Rubric


@dataclass(frozen=True, slots=True)
class TalkTurn:
    """One turn of a guided conversation: the tutor's line, what the learner should do, and what makes it good."""

    say: str
    goal: str
    rubric: Rubric


@dataclass(frozen=True, slots=True)
class Talk:
    """A guided conversation in which the tutor plays a part."""

    setting: str
    turns: tuple[TalkTurn, ...]
    close: str


@dataclass(frozen=True, slots=True)
class SkillNotes:
    """All that is written for one skill.

    `rows`: clue, answer, wrong answers. `pairs`: what is to be told apart by ear. `spell`: words; `dictation`:
    sentences.
    """

    teach: str
    hint: str
    mistake: str
    praise: str
    rows: tuple[tuple[str, ...], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    spell: tuple[str, ...] = ()
    dictation: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    talks: tuple[Talk, ...] = ()

    @property
    def items(self) -> int:
        """How many distinct items there are."""
        return len(self.rows) + len(self.pairs) + len(self.spell) + len(self.dictation) + len(self.tasks)


Notes = Mapping[str, SkillNotes]
"""By skill id."""


def parse_notes(text: str, *, source: str, curriculum: Curriculum) -> Notes:
    """Reads the `skills` of one file and checks all of it. Raises `CurriculumError` with every problem found."""
    problems = Problems(source)
    fields = Fields(load_document(text, source=source), problems=problems)
    fields.integer("version", low=1, high=1)
    fields.drop("topics")
    listed = fields.nested("skills")
    notes: dict[str, SkillNotes] = {}
    for skill_id in listed.keys:
        each = Fields(listed.take(skill_id), problems=problems, skill=skill_id)
        if skill_id not in curriculum.skills:
            problems.add(skill_id, "", "there is no skill of this name")
        notes[skill_id] = read_notes(each)
    fields.close()
    problems.check()
    return MappingProxyType(notes)


def together(files: list[Notes], *, curriculum: Curriculum, module: str) -> Notes:
    """The notes of several files as one.

    Raises `CurriculumError` when a skill of the module has no notes, or has them twice.
    """
    problems = Problems(module)
    notes: dict[str, SkillNotes] = {}
    for each in files:
        for skill_id in notes.keys() & each.keys():
            problems.add(skill_id, "", "is written in two files")
        notes.update(each)
    for skill in curriculum.of_module(module):
        if skill.id not in notes:
            problems.add(skill.id, "", "has no notes")
    problems.check()
    return MappingProxyType(notes)


def well_spelled(notes: Notes) -> frozenset[str]:
    """The words, in small letters, that authors use themselves: no wrong options, no spellings of learners."""
    texts: list[str] = []
    for each in notes.values():
        texts += [each.teach, each.hint, each.mistake, each.praise, *each.spell, *each.dictation]
        texts += [text for row in each.rows for text in row[:2]]
        texts += [text for task in each.tasks for text in (task.ask, task.rubric.model) if not task.rubric.exact]
        for talk in each.talks:
            texts += [talk.setting, talk.close]
            texts += [text for turn in talk.turns for text in (turn.say, turn.goal, turn.rubric.model)]
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))


def read_notes(each: Fields) -> SkillNotes:
    """One skill's notes; problems are noted in `each`."""
    notes = SkillNotes(
        teach=_short(each, "teach", MAX_TEACH),
        hint=_short(each, "hint", MAX_HINT),
        mistake=_short(each, "mistake", MAX_MISTAKE),
        praise=_short(each, "praise", MAX_PRAISE),
        rows=tuple(_row(each, n, item) for n, item in enumerate(each.items("rows", optional=True))),
        pairs=tuple(_pair(each, n, item) for n, item in enumerate(each.items("pairs", optional=True))),
        spell=each.texts("spell", default=()),
        dictation=each.texts("dictation", default=()),
        tasks=tuple(_task(one) for one in _each(each, "tasks")),
        talks=tuple(_talk(one) for one in _each(each, "talk")),
    )
    each.close()
    if notes.items < LEAST_ITEMS:
        each.note("", f"has {notes.items} items; {LEAST_ITEMS} are needed")
    clues = [row[0] for row in notes.rows]
    if len(set(clues)) < len(clues):
        # The same clue may come twice only with other options.
        rows = [tuple(row) for row in notes.rows]
        if len(set(rows)) < len(rows):
            each.note("rows", "holds a row twice")
    return notes


def read_points(fields: Fields) -> list[tuple[str, tuple[str, ...]]]:
    """The points of an open answer, as `rubric` takes them."""
    points: list[tuple[str, tuple[str, ...]]] = []
    for point in _each(fields, "points"):
        points.append((point.text("name"), point.texts("any", least=1)))
        point.close()
    return points


def _task(fields: Fields) -> Task:
    ask, model = fields.text("ask"), fields.text("model")
    points = read_points(fields)
    needed = fields.integer("needed", low=0, high=10) if fields.has("needed") else len(points)
    least = fields.integer("least_words", low=1, high=60) if fields.has("least_words") else 1
    fields.close()
    if len(ask.split()) > MAX_CLUE:
        fields.note("ask", f"has {len(ask.split())} words; at most {MAX_CLUE} can be listened to")
    if needed > len(points):
        fields.note("needed", f"is more than the {len(points)} points")
    return Task(ask, rubric(points=points, needed=needed, least_words=least, exact=not points, model=model))


def _talk(fields: Fields) -> Talk:
    setting = fields.text("setting")
    turns: list[TalkTurn] = []
    for turn in _each(fields, "turns", least=2):
        say, goal, model = turn.text("say"), turn.text("goal"), turn.text("model")
        points = read_points(turn)
        needed = turn.integer("needed", low=1, high=10) if turn.has("needed") else 1
        turn.close()
        turns.append(TalkTurn(say, goal, rubric(points=points, needed=needed, model=model)))
    talk = Talk(setting, tuple(turns), fields.text("close"))
    fields.close()
    return talk


def _row(fields: Fields, n: int, item: object) -> tuple[str, ...]:
    row = _texts(item)
    if row is None or len(row) < 3:
        fields.note(f"rows.{n}", "must be a clue, its answer and at least one wrong answer, all texts in quotes")
        return ("", "", "")
    if len(row[0].split()) > MAX_CLUE:
        fields.note(f"rows.{n}", f"the clue has {len(row[0].split())} words; at most {MAX_CLUE} can be listened to")
    if len({option.lower() for option in row[1:]}) < len(row) - 1:
        fields.note(f"rows.{n}", "two options are the same")
    if not all(map(is_gsm, row)):
        fields.note(f"rows.{n}", "holds a letter that a text cannot carry")
    return row


def _pair(fields: Fields, n: int, item: object) -> tuple[str, str]:
    pair = _texts(item)
    if pair is None or len(pair) != 2 or pair[0] == pair[1]:
        fields.note(f"pairs.{n}", "must be two different texts in quotes")
        return ("", "")
    return (pair[0], pair[1])


def _texts(item: object) -> tuple[str, ...] | None:
    if not isinstance(item, list):
        return None
    texts = tuple(each for each in item if isinstance(each, str))  # pyright: ignore[reportUnknownVariableType]  # checked here
    return texts if len(texts) == len(item) else None  # pyright: ignore[reportUnknownArgumentType]


def _each(fields: Fields, key: str, *, least: int = 0) -> list[Fields]:
    path = f"{fields.path}.{key}" if fields.path else key
    return [
        Fields(item, problems=fields.problems, skill=fields.skill, path=f"{path}.{n}")
        for n, item in enumerate(fields.items(key, least=least, optional=least == 0))
    ]


def _short(fields: Fields, key: str, most: int) -> str:
    text = fields.text(key)
    if len(text.split()) > most:
        fields.note(key, f"has {len(text.split())} words; at most {most} are allowed")
    if not is_gsm(text):
        fields.note(key, "holds a letter that a text cannot carry")
    return text
