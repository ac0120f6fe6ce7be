"""Explanations made from what authors wrote for a skill (`SkillNotes`), for exercises that are written items."""

import random
import re
from typing import Final

from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.grading import Grade, Verdict
from bakame.learning.hints import HintStep
from bakame.learning.items import GAP, PAIR, asked_of, completed, filled, made_as
from bakame.learning.marking import mark
from bakame.learning.notes import Notes, SkillNotes
from bakame.learning.open_answers import points_made
from bakame.learning.rubric import Rubric
from bakame.learning.skills import Skill
from bakame.text.compare import normalise
from bakame.text.gsm import SINGLE, septets
from bakame.tutor.replying import listed
from bakame.tutor.wording import Part, Written, line

SHORT: Final = 96
"""Septets of an explanation that leave room for a question in the same text."""
EXAMPLE: Final = "notes.example"
_WORDS: Final = line("notes.exact.words")
_EXACT: Final = {"capital letters": line("notes.exact.capitals"), "full stops": line("notes.exact.stops")}
"""What is said of a sentence in which every letter counts, by what is missing."""
_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+")


class NotesGuide:
    """A `Guide` over the notes of one module."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def example(self, skill: Skill, *, rng: random.Random) -> Part | None:
        """What to know, and one item with its answer."""
        notes = self._notes.get(skill.id)
        if notes is None:
            return None
        shown, brief = _shown(notes, rng), _brief(notes.teach)
        if shown and septets(f"{brief} {shown}") <= SHORT:
            brief = f"{brief} {shown}"
        if not shown:
            return Written(notes.teach, brief, spare=True)
        return line("notes.example", spare=True, teach=notes.teach, shown=shown, brief=brief)

    def hint(self, exercise: Exercise, *, above: int) -> tuple[int, Part] | None:
        """The next rung above one: read again, the author's hint, the rule, a part of the answer."""
        for rung in HintStep:
            if rung <= above:
                continue
            words = self._rung(exercise, rung)
            if words is not None:
                return int(rung), words
        return None

    def solution(self, exercise: Exercise) -> Part:
        """The rule in a sentence, and the answer in its place."""
        notes = self._notes.get(exercise.skill_id)
        why = str(exercise.variables.get("evidence", ""))
        if not why and notes and GAP in asked_of(exercise):
            why = _SENTENCE.split(notes.teach)[0]
        if exercise.kind is AnswerKind.SPELLING:
            return line("notes.spelled", word=exercise.answer, letters=letters_of(exercise.answer))
        if made_as(exercise) == PAIR:
            one, other = (str(exercise.variables.get(name, "")) for name in ("one", "other"))
            return line("notes.sounds", answer=exercise.answer, one=one.rstrip("."), other=other.rstrip("."))
        if exercise.kind in (AnswerKind.OPEN, AnswerKind.DICTATION):
            return line("notes.model", model=exercise.answer)
        done = filled(exercise)
        return Written(f"{why} {done}".strip(), done)

    def on_mistake(self, exercise: Exercise, grade: Grade, *, rng: random.Random) -> Part:
        """The usual mistake of the skill, and the next move."""
        if exercise.kind is AnswerKind.OPEN and exercise.rubric is not None:
            return _missing(exercise, exercise.rubric, grade)
        notes = self._notes.get(exercise.skill_id)
        # What is usual in telling sounds apart is not what goes wrong in writing them down.
        of_sounds = exercise.kind is AnswerKind.SPELLING and notes is not None and bool(notes.pairs)
        if notes is None or of_sounds or exercise.kind is AnswerKind.DICTATION or _tells(notes.mistake, exercise):
            return line("notes.mistake")
        brief = _brief(notes.mistake)
        # Where the question leaves no room for it, "try again" says in a text that it was wrong.
        fits = septets(f"{brief} {exercise.sms}") <= SINGLE
        return Written(notes.mistake, brief if fits else _first(notes.mistake, beside=exercise.sms))

    def on_right(self, exercise: Exercise, *, rng: random.Random) -> Part:
        """Praise of the strategy that a right answer shows."""
        notes = self._notes.get(exercise.skill_id)
        return Written(notes.praise, notes.praise, spare=True) if notes else line("notes.praise", spare=True)

    def _rung(self, exercise: Exercise, rung: HintStep) -> Part | None:
        notes = self._notes.get(exercise.skill_id)
        match rung:
            case HintStep.READ_AGAIN:
                return line("notes.again", spare=True)
            case HintStep.NUDGE:
                # A question may have a hint of its own, such as what to do at a turn of a conversation.
                text = exercise.hint or (notes.hint if notes else "")
                return _told(text) if text and not _tells(text, exercise) else None
            case HintStep.STRATEGY:
                return self._strategy(exercise, notes)
            case HintStep.HALF_WORKED:
                return _half(exercise)

    def _strategy(self, exercise: Exercise, notes: SkillNotes | None) -> Part | None:
        if exercise.kind is AnswerKind.SPELLING:
            return line("notes.letters", spare=True, count=str(len(exercise.answer)), first=exercise.answer[0].upper())
        if exercise.kind is AnswerKind.DICTATION:
            return line("notes.words", spare=True, count=str(len(exercise.answer.split())))
        if notes is None or _tells(notes.teach, exercise):
            return None
        return _told(notes.teach)


def letters_of(word: str) -> str:
    """The letters of a word one by one, for the ear: "G, O, A, T"."""
    return ", ".join(letter.upper() for letter in word if letter.isalnum())


def _missing(exercise: Exercise, rubric: Rubric, grade: Grade) -> Part:
    """Of an open answer: what was understood, and what is still missing."""
    if rubric.exact:
        return _EXACT.get(grade.misconception or "", _WORDS)
    names = [point.name for point in points_made(rubric, grade.value or "")]
    missing = grade.misconception or ""
    if names and missing:
        return line("notes.has_missing", points=listed(names), missing=missing)
    return line("notes.missing", missing=missing) if missing else line("notes.mistake")


def _half(exercise: Exercise) -> Part | None:
    """A part of the answer; None when any part would be all of it."""
    if exercise.options:
        wrong = [option for option in exercise.options if option != exercise.answer]
        if len(wrong) < 2:
            return None
        one, other = (option for option in exercise.options if option in (exercise.answer, wrong[0]))
        return line("notes.two_left", spare=True, one=one, other=other)
    if exercise.kind is AnswerKind.SPELLING:
        begun = exercise.answer[: len(exercise.answer) // 2]
        return line("notes.begins", spare=True, start=letters_of(begun)) if len(begun) > 1 else None
    if exercise.kind in (AnswerKind.OPEN, AnswerKind.DICTATION):
        words = exercise.answer.split()
        for count in range(max(2, len(words) // 2), 0, -1):
            start = " ".join(words[:count]).rstrip(".,!?;:")
            if count < len(words) and mark(exercise, start).verdict is not Verdict.RIGHT:
                return line("notes.begins", spare=True, start=start)
    return None


def _shown(notes: SkillNotes, rng: random.Random) -> str:
    """An item with its answer in place; empty when the skill has none that can be shown in a sentence."""
    if notes.rows:
        question, answer, *_ = rng.choice(notes.rows)
        return completed(question, answer)
    if notes.pairs:
        return " ".join(each if each.endswith((".", "?")) else f"{each}." for each in rng.choice(notes.pairs))
    if notes.spell:
        word = rng.choice(notes.spell)
        return f"{word}: {letters_of(word)}."
    return rng.choice(notes.tasks).rubric.model if notes.tasks else ""


def _tells(text: str, exercise: Exercise) -> bool:
    """Whether the answer stands in `text`, and no other option beside it."""
    if exercise.kind is AnswerKind.OPEN or made_as(exercise) == PAIR:
        return False
    padded = f" {normalise(text)} "
    if f" {normalise(exercise.answer)} " not in padded:
        return False
    others = [option for option in exercise.options if option != exercise.answer]
    return not any(f" {normalise(option)} " in padded for option in others)


def _told(text: str) -> Written:
    """The whole for the ear, whole sentences of it for the eye."""
    return Written(text, _brief(text), spare=True)


def _first(text: str, *, beside: str) -> str:
    """The first sentence, where it fits beside a question; else nothing."""
    first = _SENTENCE.split(text)[0]
    return first if septets(f"{first} {beside}") <= SINGLE else ""


def _brief(text: str) -> str:
    """As many sentences from the beginning as leave room for a question; at least one."""
    first, *others = _SENTENCE.split(text)
    for sentence in others:
        if septets(f"{first} {sentence}") > SHORT:
            break
        first = f"{first} {sentence}"
    return first
