"""What is wrong with an exercise: whatever a learner could trip over, in one sentence each."""

import random
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from bakame.app.examination.drawing import Drawn
from bakame.learning.exercises import Exercise, number_value
from bakame.learning.expect import AnswerKind
from bakame.learning.generators import Form
from bakame.learning.grading import Grade, Verdict
from bakame.learning.marking import mark
from bakame.learning.skills import MAX_SEPTETS, MAX_WORDS
from bakame.learning.telling import tells_answer
from bakame.text.compare import normalise
from bakame.text.gsm import is_gsm, septets
from bakame.text.numbers import converted, is_number, read_number, say_value
from bakame.tutor.wording import Line, Part, Wording, Written

_PLACES: Final = ("the first one", "the second one", "the third one", "the fourth one")
_PLACE_WORDS: Final = frozenset(["first", "second", "third", "fourth", "last", "one", "two", "three", "four"])
_KEYS: Final = frozenset(["1", "2", "3", "4", "a", "b", "c", "d"])
_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+")
_NO_IDEA: Final = "I do not know."
_OTHER_KIND: Final = {"kg": "m"}
"""A unit that is of another kind; a metre is, for all but kilograms."""


def faults(drawn: Drawn, *, wording: Wording, rng: random.Random) -> Iterator[str]:
    """All that is wrong with one exercise."""
    exercise = drawn.exercise
    yield from _lengths(drawn)
    yield from _answers(exercise)
    if exercise.options:
        yield from _options(drawn)
    elif exercise.kind.is_number:
        yield from _numbers(exercise)
    yield from _misconceptions(exercise)
    if mark(exercise, _NO_IDEA).verdict is Verdict.RIGHT:
        yield f"{_NO_IDEA!r} is right"
    yield from _hints(drawn, wording, rng)
    if drawn.solution and not all(_words(part, wording, rng).strip() for part in drawn.solution):
        yield "has no solution"
    if Exercise.from_state(exercise.to_state()) != exercise:
        yield "is another one when it was saved"


def _lengths(drawn: Drawn) -> Iterator[str]:
    for piece in drawn.pieces:
        if (words := len(piece.split())) > MAX_WORDS:
            yield f"has {words} words to be heard in one go"
        if not piece.strip() or any(sign in piece for sign in "{}_"):
            yield f"cannot be said: {piece!r}"
    if not drawn.written:
        return
    if (size := septets(drawn.written)) > MAX_SEPTETS:
        yield f"takes {size} septets"
    if not is_gsm(drawn.written):
        yield "holds a letter that a text cannot carry"


def _answers(exercise: Exercise) -> Iterator[str]:
    """The right answer in all its forms is marked right."""
    for said in forms_of(exercise):
        if (graded := mark(exercise, said)).verdict is not Verdict.RIGHT:
            yield f"the right answer {said!r} is {_seen(graded)}"


def forms_of(exercise: Exercise) -> tuple[str, ...]:
    """Ways in which the right answer may be given."""
    answer = exercise.answer
    match exercise.kind:
        case AnswerKind.SPELLING:
            return answer, answer.upper(), " ".join(answer), ", ".join(answer.upper())
        case AnswerKind.DICTATION:
            return answer, answer.lower(), re.sub(r"[.,!?]", "", answer)
        case AnswerKind.OPEN:
            return (answer,)
        case _ if exercise.options:
            return _choice_forms(exercise, exercise.options.index(answer))
        case _:
            return tuple(dict.fromkeys(_number_forms(exercise)))


def _choice_forms(exercise: Exercise, place: int) -> tuple[str, ...]:
    """An option by word, by key and by place; not where another option is what the key or the place says."""
    options = exercise.options
    said = [options[place]]
    if exercise.offers and len(set(map(normalise, exercise.offers))) == len(options):
        said.append(exercise.offers[place])
    texts = [normalise(each) for each in exercise.offers or options]
    words = {word for each in texts for word in each.split()}
    taken = any(any(char.isdigit() for char in each) for each in texts) or words & _PLACE_WORDS
    taken = taken or any(each in _KEYS for each in texts)
    if not taken:
        said += [str(place + 1), _PLACES[place]]
    return tuple(said)


def _number_forms(exercise: Exercise) -> Iterator[str]:
    answer = exercise.answer
    exact = Fraction(answer)
    yield answer
    yield exercise.spoken_answer
    if exercise.form is Form.CLOCK:
        hours, minutes = divmod(int(answer), 100)
        yield f"{hours}:{minutes:02}"
        return
    yield say_value(answer)
    if exercise.form is Form.PERCENT:
        yield f"{answer}%"
        yield f"{say_value(answer)} percent"
    if abs(exact) >= 1000 and exact.denominator == 1 and "." not in answer:
        yield f"{int(exact):,}"
        yield f"{int(exact):,}".replace(",", " ")
        yield f"{int(exact):,}".replace(",", ".")
    if "." in answer:
        yield answer.replace(".", ",")
    if exact.denominator > 1 and abs(exact) > 1 and "/" in answer and exact > 0:
        whole, rest = divmod(exact.numerator, exact.denominator)
        yield f"{whole} {rest}/{exact.denominator}"
        yield say_value(f"{whole} {rest}/{exact.denominator}")
    if exercise.unit and exact.denominator == 1:
        yield f"{answer} {exercise.unit}"
        yield f"{say_value(answer)} {exercise.unit}"


def _options(drawn: Drawn) -> Iterator[str]:
    """Exactly one option is right, and all others are wrong, by word and by key."""
    exercise = drawn.exercise
    offered = exercise.offers or exercise.options
    if len({normalise(each) or each for each in offered}) < len(offered):
        # Stops are heard and seen, though not compared: "ready" and "ready?".
        yield f"two options are the same: {offered}"
    values = [read_number(each) for each in offered if is_number(each)]
    if len(values) > len({(each.amount, each.unit) for each in values if each}):
        yield f"two options have the same value: {offered}"
    if exercise.options.count(exercise.answer) != 1:
        yield f"{exercise.options.count(exercise.answer)} options are the answer"
    for place, option in enumerate(exercise.options):
        if option == exercise.answer:
            continue
        for said in _choice_forms(exercise, place):
            if (graded := mark(exercise, said)).verdict is not Verdict.WRONG:
                yield f"the wrong option {said!r} is {_seen(graded)}"


def _numbers(exercise: Exercise) -> Iterator[str]:
    right = number_value(exercise.answer)
    if exercise.form is not Form.CLOCK:
        for wrong in (right + 1, right + Fraction(1, 2), -right - 1):
            named = {Fraction(value) for _, value in exercise.misconceptions}
            if Fraction(wrong) not in named and (graded := mark(exercise, str(wrong))).verdict is Verdict.RIGHT:
                yield f"{wrong} is {_seen(graded)}"
    if exercise.form is Form.LOWEST_TERMS and Fraction(right).denominator > 1:
        said = f"{2 * Fraction(right).numerator}/{2 * Fraction(right).denominator}"
        if mark(exercise, said).verdict is not Verdict.WRONG:
            yield f"{said} is taken for lowest terms"
    if exercise.unit:
        other = _OTHER_KIND.get(exercise.unit, "kg")
        said = f"{exercise.answer} {other}"
        if converted(Fraction(1), other, exercise.unit) is None and mark(exercise, said).verdict is Verdict.RIGHT:
            yield f"{said!r} is taken for {exercise.unit}"


def _misconceptions(exercise: Exercise) -> Iterator[str]:
    for tag, wrong in exercise.misconceptions:
        if wrong == exercise.answer or (
            exercise.kind.is_number and number_value(wrong) == number_value(exercise.answer)
        ):
            yield f"the mistake {tag} is the answer"
        graded = mark(exercise, wrong)
        if graded.verdict is not Verdict.WRONG or graded.misconception != tag:
            yield f"the mistake {tag} ({wrong}) is {_seen(graded)}"


def _hints(drawn: Drawn, wording: Wording, rng: random.Random) -> Iterator[str]:
    for rung, part in enumerate(drawn.hints, start=1):
        words = _words(part, wording, rng)
        # What was read is read again in its own sentences.
        pieces = _SENTENCE.split(words) if drawn.shows else [words]
        if (most := max(len(piece.split()) for piece in pieces)) > MAX_WORDS:
            yield f"hint {rung} has {most} words"
        if not words.strip():
            yield f"hint {rung} says nothing"
        if not drawn.shows and not _is_question(part) and _tells(words, drawn.exercise):
            yield f"hint {rung} tells the answer: {words!r}"


def _is_question(part: Part) -> bool:
    """Whether a hint is only that the question is asked again."""
    return isinstance(part, Line) and part.key in ("hint.read_again", "notes.again")


def _tells(words: str, exercise: Exercise) -> bool:
    """Whether a hint tells the answer: the number; the word, and no other option; all of a sentence."""
    if not exercise.options:
        if exercise.kind.is_number:
            return tells_answer(words, exercise)
        if exercise.rubric is not None and not exercise.rubric.exact:
            return False  # what is right is said in many ways, of which the answer is one
        return _within(exercise.answer, words) and not _within(exercise.answer, exercise.say)
    offered = exercise.offers or exercise.options
    right = offered[exercise.options.index(exercise.answer)]
    others = (each for each in offered if each != right)
    if len(normalise(right)) <= 1 or not _within(right, words):
        return False
    # A word that the question says itself tells nothing, nor does a list of all.
    question = str(exercise.variables.get("question", exercise.say if exercise.form else ""))
    return not any(_within(each, words) for each in others) and not _within(right, question)


def _within(text: str, words: str) -> bool:
    return f" {normalise(text)} " in f" {normalise(words)} "


def _words(part: Part, wording: Wording, rng: random.Random) -> str:
    return part.say if isinstance(part, Written) else wording.text(part, form="voice", rng=rng)


def _seen(graded: Grade) -> str:
    return f"{graded.verdict.value} ({graded.reason})"
