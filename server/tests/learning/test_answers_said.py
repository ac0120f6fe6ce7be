"""What learners say is understood as a fair teacher would, and no wrong answer is ever taken for a right one."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.generators import Form
from bakame.learning.grading import Verdict, grade

TABLE = Path(__file__).with_name("answers_said.txt")
LEAST_ANSWERS = 3_500
LEAST_AGREEMENT = 0.99
_HEAD = re.compile(r"\[(?P<type>\w+) (?P<answer>[^:\]]+?(?::\d\d)?)(?: in (?P<unit>\w+))?(?: : (?P<options>.+))?\]")
_KINDS = {
    "integer": (AnswerKind.INTEGER, None),
    "money": (AnswerKind.INTEGER, None),
    "decimal": (AnswerKind.DECIMAL, None),
    "fraction": (AnswerKind.FRACTION, None),
    "lowest": (AnswerKind.FRACTION, Form.LOWEST_TERMS),
    "percent": (AnswerKind.DECIMAL, Form.PERCENT),
    "clock": (AnswerKind.INTEGER, Form.CLOCK),
    "choice": (AnswerKind.CHOICE, None),
    "yes_no": (AnswerKind.YES_NO, None),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the exercise, and the unit if the question names one."""

    head: str
    exercise: Exercise
    unit: str | None


@dataclass(frozen=True, slots=True)
class Labelled:
    """What somebody said, the verdict of a fair teacher, and what was meant."""

    question: Question
    said: str
    verdict: Verdict
    value: str | None


def question(head: str) -> Question:
    match = _HEAD.fullmatch(head)
    assert match, head
    kind, form = _KINDS[match["type"]]
    options, _, offers = (match["options"] or ("yes / no" if kind is AnswerKind.YES_NO else "")).partition(" | ")
    rows = tuple(each for each in options.split(" / ") if each)
    answer = match["answer"].replace(":", "") if form is Form.CLOCK else match["answer"]
    exercise = Exercise(
        skill_id="test.answers",
        say="?",
        sms="?",
        answer=answer,
        kind=kind,
        options=rows,
        misconceptions=(),
        hint="",
        expect=Expect(kind, options=rows),
        offers=tuple(each for each in offers.split(" / ") if each),
        form=form,
    )
    return Question(head, exercise, "franc" if match["type"] == "money" else match["unit"])


def labelled() -> Iterator[Labelled]:
    asked: Question | None = None
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            asked = question(line)
        elif line and not line.startswith("#"):
            assert asked, line
            label, said = line.split(": ", 1)
            verdict, _, value = label.partition(" ")
            answer = {"right": asked.exercise.answer, "wrong": value}.get(verdict)
            if asked.exercise.form is Form.CLOCK and answer:
                answer = str(int(answer.replace(":", "")))
            for each in said.split(" | "):
                yield Labelled(asked, each.strip(), Verdict(verdict), answer)


@pytest.fixture(scope="module")
def answers() -> list[Labelled]:
    return list(labelled())


def test_the_set_is_large_and_asks_nothing_twice(answers: list[Labelled]) -> None:
    assert len(answers) >= LEAST_ANSWERS
    twice = [key for key, count in Counter((each.question.head, each.said) for each in answers).items() if count > 1]
    assert twice == []
    shares = Counter(each.verdict for each in answers)
    assert min(shares.values()) >= 0.2 * len(answers), shares


def test_answers_are_understood_as_a_fair_teacher_would(
    answers: list[Labelled], capsys: pytest.CaptureFixture[str]
) -> None:
    missed: list[str] = []
    accepted: list[str] = []
    for each in answers:
        graded = grade(each.question.exercise, each.said, unit=each.question.unit)
        if (graded.verdict, graded.value) != (each.verdict, each.value):
            missed.append(
                f"{each.question.head} {each.said!r}: {each.verdict} {each.value}, was {graded.verdict} {graded.value}"
            )
        if graded.verdict is Verdict.RIGHT and each.verdict is not Verdict.RIGHT:
            accepted.append(missed[-1])
    agreement = 1 - len(missed) / len(answers)
    with capsys.disabled():
        print(f"\nanswers: {len(answers)} labelled, {agreement:.2%} understood, {len(accepted)} wrongly accepted")  # noqa: T201
    assert accepted == []
    assert agreement >= LEAST_AGREEMENT, "\n".join(missed)
