"""Exercises made from written items: choices, sounds, spelling, dictation and open tasks."""

import random
import re
from collections.abc import Collection, Sequence
from typing import Final

from bakame.errors import Invalid
from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.notes import SkillNotes, Task
from bakame.learning.rubric import Rubric
from bakame.learning.skills import Skill
from bakame.text.compare import normalise

GAP: Final = "___"
BEEP: Final = "blank"
"""What is said where a word is missing."""
ROW: Final = "row"
PAIR: Final = "pair"
SPELL: Final = "spell"
DICTATION: Final = "dictation"
TASK: Final = "task"
KINDS: Final = (ROW, PAIR, SPELL, DICTATION, TASK)
"""The kinds of written items."""
TELLING: Final = "telling"
ASKING: Final = "asking"
LONGEST_SAID: Final = 12
"""Words from which a piece of writing is too long to be said."""
_WRITE_TO: Final = re.compile(r"\bWrite to\b")
_WRITE: Final = re.compile(r"\b(?:Write|Type)\b")
_GAP_FIRST: Final = re.compile(r"(^|[.?!:-])\s*___")
_COMMA_LAST: Final = re.compile(r",\s*([.?!])")
_MOST_WORDS: Final = 35
_MOST_WEIGHT: Final = 12
"""Items from which more of a kind do not make it come more often."""
_CHOICE_MS: Final = 7_000
_OPEN_MS: Final = 12_000
_ORDERED: Final = (("true", "false"), ("yes", "no"))
"""Options that are not shuffled."""


def make_from_notes(
    skill: Skill,
    notes: SkillNotes,
    *,
    rng: random.Random,
    by_ear: bool = True,
    kinds: Collection[str] = KINDS,
    avoid: Sequence[str] = (),
) -> Exercise:
    """One of the skill's items. `by_ear`: the learner can hear it; what needs ears is not asked in a text.

    `avoid`: the questions (`asked_of`) of items that were asked lately, the latest last: none of them comes while
    others are left, and then that which was asked longest ago. Raises `Invalid` when no item can be asked so.
    """
    pools = {kind: _pool(notes, kind, by_ear=by_ear) for kind in KINDS if kind in kinds}
    pools = {kind: pool for kind, pool in pools.items() if pool}
    if not pools:
        raise Invalid(f"{skill.id}: has no item that can be asked here")
    fresh = {kind: [each for each in pool if each not in avoid] for kind, pool in pools.items()}
    left = {kind: pool for kind, pool in fresh.items() if pool}
    if left:
        weights = [min(len(pool), _MOST_WEIGHT) for pool in left.values()]
        kind = rng.choices(list(left), weights)[0]
        question = rng.choice(left[kind])
    else:
        last = {question: place for place, question in enumerate(avoid)}
        kind, question = min(
            ((kind, each) for kind, pool in pools.items() for each in pool), key=lambda pair: last[pair[1]]
        )
    return _make(skill, notes, kind, question, rng)


def kinds_here(skill: Skill, notes: SkillNotes, *, by_ear: bool) -> tuple[str, ...]:
    """The kinds of items of a skill that can be asked on a call (`by_ear`) or in a text; none: the skill waits.

    Sounds are for the ear: in a text only their spelling is left. Capitals and stops are for the eye, and so is a
    long piece of writing; on a call short writing is said, and spelling is spelled.
    """
    if skill.strand == "sound" and not by_ear:
        return (SPELL,) if notes.spell else ()
    if skill.strand == "write":
        if notes.spell:
            return (SPELL,) if by_ear else (SPELL, TASK)
        if any(task.rubric.exact for task in notes.tasks):
            return () if by_ear else (TASK,)
        if by_ear and any(task.rubric.least_words > LONGEST_SAID for task in notes.tasks):
            return ()
    return tuple(kind for kind in KINDS if _pool(notes, kind, by_ear=by_ear))


def asked_of(exercise: Exercise) -> str:
    """What tells an item of a skill from the others: its question, before options are put in order."""
    return str(exercise.variables.get("question", ""))


def made_as(exercise: Exercise) -> str:
    """The kind of item an exercise was made from; empty when that is not known."""
    return str(exercise.variables.get("item", ""))


def can_be_heard_apart(pair: tuple[str, str]) -> bool:
    """Whether two are different words, or one thing told and asked; stress alone is not spoken by every voice."""
    return normalise(pair[0]) != normalise(pair[1]) or _told_and_asked(pair)


def completed(question: str, answer: str) -> str:
    """A question with its answer in place: the gap filled, the sentence ended, or the answer after a colon."""
    if GAP in question:
        whole = question.replace(GAP, answer)
        return _ended(whole[:1].upper() + whole[1:])
    if question.endswith("..."):
        return f"{question.removesuffix('...')} {answer}."
    return f"{question.rstrip(' .:')}{'' if question.endswith('?') else ':'} {answer}."


def filled(exercise: Exercise) -> str:
    """An exercise of a row as the sentence that is right."""
    return completed(asked_of(exercise), exercise.answer)


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
    spoken = _spoken(question)
    offered = _offered(options, room=_MOST_WORDS - len(spoken.split()))
    written = " ".join(f"{n} {option}" for n, option in enumerate(options, start=1))
    return Exercise(
        skill_id=skill_id,
        say=f"{spoken} {offered}",
        sms=f"{_ended(question)} {written}",
        answer=answer,
        kind=AnswerKind.CHOICE,
        options=options,
        misconceptions=(),
        hint=hint,
        expect=Expect(AnswerKind.CHOICE, options=options, patience_ms=_CHOICE_MS),
        variables={"question": question, "evidence": evidence, "item": ROW},
        rubric=rubric,
    )


def sound_pair(skill_id: str, pair: tuple[str, str], *, hint: str, rng: random.Random) -> Exercise:
    """One of two is said; which was it? Of a sentence told and asked: was it telling or asking?"""
    said = rng.choice(pair)
    answer, options = said, tuple(rng.sample(pair, 2))
    if _told_and_asked(pair):
        answer, options = (ASKING if said.endswith("?") else TELLING), (TELLING, ASKING)
    heard = _ended(said)
    offered = _offered(tuple(option.rstrip(".") for option in options), room=_MOST_WORDS - 2 * len(heard.split()) - 3)
    return Exercise(
        skill_id=skill_id,
        say=f"Listen: {heard} Once more: {heard} {offered}",
        sms="This one is for the ear. Call to hear it, or send SKIP for another one.",
        answer=answer,
        kind=AnswerKind.CHOICE,
        options=options,
        misconceptions=(),
        hint=hint,
        expect=Expect(AnswerKind.CHOICE, options=options, patience_ms=_CHOICE_MS),
        variables={"question": _of_pair(pair), "evidence": "", "item": PAIR, "one": pair[0], "other": pair[1]},
    )


def spelling(skill_id: str, word: str, *, hint: str, rng: random.Random) -> Exercise:
    """A word to spell by voice or key; in a text, its letters out of order."""
    return spelled(
        skill_id,
        word,
        say=f"Spell the word {word}. Say the letters, or press the key of each letter and then hash.",
        sms=f"Put the letters in order to make a word: {'-'.join(_shuffled(word.lower(), rng))}",
        question=word,
        hint=hint,
    )


def spelled(skill_id: str, word: str, *, say: str, sms: str, question: str, hint: str) -> Exercise:
    """A word of which every letter counts, however it is asked for."""
    return Exercise(
        skill_id=skill_id,
        say=say,
        sms=sms,
        answer=word,
        kind=AnswerKind.SPELLING,
        options=(),
        misconceptions=(),
        hint=hint,
        expect=Expect(AnswerKind.SPELLING, patience_ms=_OPEN_MS),
        variables={"question": question, "evidence": "", "item": SPELL},
        graded_as="text_open",
    )


def dictation(skill_id: str, sentence: str, *, hint: str, rng: random.Random) -> Exercise:
    """A sentence to say again word for word; in a text, its words out of order."""
    words = sentence.rstrip(".!?").split()
    plain = [words[0] if words[0] in ("I", "I'm") else words[0].lower(), *words[1:]]
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
        variables={"question": sentence, "evidence": "", "item": DICTATION},
        graded_as="text_open",
    )


def open_task(skill: Skill, task: Task, *, hint: str) -> Exercise:
    """Something to say or write freely; a single word is spelled."""
    if _is_one_word(task):
        say = f"{_ended(_aloud(task.ask, verb='Spell'))} Say the letters, or press their keys and then hash."
        return spelled(skill.id, task.rubric.model, say=say, sms=task.ask, question=task.ask, hint=hint)
    return Exercise(
        skill_id=skill.id,
        say=_aloud(task.ask),
        sms=task.ask,
        answer=task.rubric.model,
        kind=AnswerKind.OPEN,
        options=(),
        misconceptions=(),
        hint=hint,
        expect=Expect(AnswerKind.OPEN, patience_ms=_OPEN_MS),
        variables={"question": task.ask, "evidence": "", "item": TASK},
        rubric=task.rubric,
        graded_as=skill.format if skill.format.endswith("_open") else "text_open",
    )


def _pool(notes: SkillNotes, kind: str, *, by_ear: bool) -> list[str]:
    """The questions of one kind, as `asked_of` has them."""
    match kind:
        case "row":
            return [row[0] for row in notes.rows]
        case "pair":
            return [_of_pair(pair) for pair in notes.pairs if can_be_heard_apart(pair)] if by_ear else []
        case "spell":
            return list(notes.spell)
        case "dictation":
            return list(notes.dictation)
        case _:
            return [task.ask for task in notes.tasks if not _is_given(task)]


def _make(skill: Skill, notes: SkillNotes, kind: str, question: str, rng: random.Random) -> Exercise:
    match kind:
        case "row":
            _, answer, *wrong = rng.choice([row for row in notes.rows if row[0] == question])
            return choice(skill.id, question, answer, wrong, hint=notes.hint, rng=rng)
        case "pair":
            pair = next(pair for pair in notes.pairs if _of_pair(pair) == question)
            return sound_pair(skill.id, pair, hint=notes.hint, rng=rng)
        case "spell":
            return spelling(skill.id, question, hint=notes.hint, rng=rng)
        case "dictation":
            return dictation(skill.id, question, hint=notes.hint, rng=rng)
        case _:
            task = next(task for task in notes.tasks if task.ask == question)
            return open_task(skill, task, hint=notes.hint)


def _spoken(question: str) -> str:
    """A question for the ear: what is missing is named, where a sentence begins with a capital."""
    spoken = _GAP_FIRST.sub(rf"\1 {BEEP.capitalize()}, ", f" {question}").replace(GAP, f", {BEEP}, ")
    spoken = " ".join(spoken.split()).replace(" ,", ",").replace(",,", ",")
    return _ended(_COMMA_LAST.sub(r"\1", spoken))


def _offered(options: Sequence[str], *, room: int) -> str:
    """The options with their keys, the key last, in at most `room` words where that can be."""
    wordings = ("For {option}, press {key}.", "{option}, press {key}.", "{option}, {key}.")
    if any(option.lower().startswith("for ") or option.lower() == "for" for option in options):
        wordings = wordings[1:]
    worded = ""
    for wording in wordings:
        worded = " ".join(wording.format(option=option, key=key) for key, option in enumerate(options, start=1))
        if len(worded.split()) <= room:
            break
    return worded


def _is_one_word(task: Task) -> bool:
    return task.rubric.exact and len(task.rubric.model.split()) == 1


def _is_given(task: Task) -> bool:
    """Whether the word to be spelled stands in the task, so that it could be copied."""
    return _is_one_word(task) and normalise(task.rubric.model) in normalise(task.ask).split()


def _of_pair(pair: tuple[str, str]) -> str:
    return f"{pair[0]} or {pair[1]}"


def _told_and_asked(pair: tuple[str, str]) -> bool:
    return pair[0].rstrip(".?") == pair[1].rstrip(".?") and pair[0].endswith("?") != pair[1].endswith("?")


def _aloud(ask: str, *, verb: str = "Say") -> str:
    """A task to write, as a task to say."""
    return _WRITE.sub(verb, _WRITE_TO.sub("Speak to", ask))


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
