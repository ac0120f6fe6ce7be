"""Exercises made from written items: choices, sounds, spelling, dictation and open tasks."""

import random
from collections.abc import Sequence
from typing import Final

from bakame.errors import Invalid
from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.notes import SkillNotes, Task
from bakame.learning.rubric import Rubric
from bakame.learning.skills import Skill

GAP: Final = "___"
BEEP: Final = "blank"
"""What is said where a word is missing."""
_CHOICE_MS: Final = 7_000
_OPEN_MS: Final = 12_000
_ORDERED: Final = (("true", "false"), ("yes", "no"))
"""Options that are not shuffled."""


def make_from_notes(skill: Skill, notes: SkillNotes, *, rng: random.Random, by_ear: bool = True) -> Exercise:
    """One of the skill's items. `by_ear`: the learner can hear it; what needs ears is not asked in a text.

    Raises `Invalid` when the skill has no item that can be asked so.
    """
    kinds: list[tuple[int, str]] = [
        (len(notes.rows), "row"),
        (len(notes.pairs) if by_ear else 0, "pair"),
        (len(notes.spell), "spell"),
        (len(notes.dictation), "dictation"),
        (len(notes.tasks), "task"),
    ]
    drawn = [kind for count, kind in kinds for _ in range(min(count, 12))]
    if not drawn:
        raise Invalid(f"{skill.id}: has no item that can be asked here")
    match rng.choice(drawn):
        case "row":
            question, answer, *wrong = rng.choice(notes.rows)
            return choice(skill.id, question, answer, wrong, hint=notes.hint, rng=rng)
        case "pair":
            return sound_pair(skill.id, rng.choice(notes.pairs), hint=notes.hint, rng=rng)
        case "spell":
            return spelling(skill.id, rng.choice(notes.spell), hint=notes.hint, rng=rng)
        case "dictation":
            return dictation(skill.id, rng.choice(notes.dictation), hint=notes.hint, rng=rng)
        case _:
            return open_task(skill, rng.choice(notes.tasks), hint=notes.hint)


def choice(
    skill_id: str,
    question: str,
    answer: str,
    wrong: Sequence[str],
    *,
    hint: str,
    rng: random.Random,
    rubric: Rubric | None = None,
    evidence: str = "",
) -> Exercise:
    """A question with options, in random order. `evidence`: what shows the answer, for the explanation."""
    options = (answer, *wrong[:3])
    if not any(set(options) == set(ordered) for ordered in _ORDERED):
        options = tuple(rng.sample(options, len(options)))
    else:
        options = next(ordered for ordered in _ORDERED if set(options) == set(ordered))
    spoken = " ".join(question.replace(GAP, f", {BEEP}, ").split()).replace(" ,", ",")
    offered = " ".join(f"For {option}, press {key}." for key, option in enumerate(options, start=1))
    written = " ".join(f"{n} {option}" for n, option in enumerate(options, start=1))
    return Exercise(
        skill_id=skill_id,
        say=f"{_ended(spoken)} {offered}",
        sms=f"{_ended(question)} {written}",
        answer=answer,
        kind=AnswerKind.CHOICE,
        options=options,
        misconceptions=(),
        hint=hint,
        expect=Expect(AnswerKind.CHOICE, options=options, patience_ms=_CHOICE_MS),
        variables={"question": question, "evidence": evidence},
        rubric=rubric,
    )


def sound_pair(skill_id: str, pair: tuple[str, str], *, hint: str, rng: random.Random) -> Exercise:
    """One of two is said; which was it?"""
    answer = rng.choice(pair)
    options = tuple(rng.sample(pair, 2))
    return Exercise(
        skill_id=skill_id,
        say=f"Listen: {answer}. Once more: {answer}. For {options[0]}, press 1. For {options[1]}, press 2.",
        sms=f"Say aloud: {pair[0]}, {pair[1]}. Call to practise these sounds by ear.",
        answer=answer,
        kind=AnswerKind.CHOICE,
        options=options,
        misconceptions=(),
        hint=hint,
        expect=Expect(AnswerKind.CHOICE, options=options, patience_ms=_CHOICE_MS),
        variables={"question": f"{pair[0]} or {pair[1]}", "evidence": ""},
    )


def spelling(skill_id: str, word: str, *, hint: str, rng: random.Random) -> Exercise:
    """A word to spell by voice or key; in a text, its letters out of order."""
    return Exercise(
        skill_id=skill_id,
        say=f"Spell the word {word}. Say the letters, or press the key of each letter and then hash.",
        sms=f"Put the letters in order to make a word: {'-'.join(_shuffled(word, rng))}",
        answer=word,
        kind=AnswerKind.SPELLING,
        options=(),
        misconceptions=(),
        hint=hint,
        expect=Expect(AnswerKind.SPELLING, patience_ms=_OPEN_MS),
        variables={"question": word, "evidence": ""},
        graded_as="text_open",
    )


def dictation(skill_id: str, sentence: str, *, hint: str, rng: random.Random) -> Exercise:
    """A sentence to say again word for word; in a text, its words out of order."""
    words = sentence.rstrip(".!?").split()
    plain = [words[0] if words[0] == "I" else words[0].lower(), *words[1:]]
    return Exercise(
        skill_id=skill_id,
        say=f"Listen, then say the whole sentence: {sentence} Once more: {sentence}",
        sms=f"Put the words in order: {' / '.join(_shuffled(plain, rng))}",
        answer=sentence,
        kind=AnswerKind.DICTATION,
        options=(),
        misconceptions=(),
        hint=hint,
        expect=Expect(AnswerKind.DICTATION, patience_ms=_OPEN_MS),
        variables={"question": sentence, "evidence": ""},
        graded_as="text_open",
    )


def open_task(skill: Skill, task: Task, *, hint: str) -> Exercise:
    """Something to say or write freely."""
    return Exercise(
        skill_id=skill.id,
        say=task.ask,
        sms=task.ask,
        answer=task.rubric.model,
        kind=AnswerKind.OPEN,
        options=(),
        misconceptions=(),
        hint=hint,
        expect=Expect(AnswerKind.OPEN, patience_ms=_OPEN_MS),
        variables={"question": task.ask, "evidence": ""},
        rubric=task.rubric,
        graded_as=skill.format if skill.format.endswith("_open") else "text_open",
    )


def _shuffled(parts: Sequence[str], rng: random.Random) -> list[str]:
    """In another order, where there is another."""
    shuffled = list(parts)
    for _ in range(8):
        rng.shuffle(shuffled)
        if shuffled != list(parts):
            break
    return shuffled


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!", ":")) else sentence + "."
