"""What a skill makes its exercises from: one typed shape for each kind of generator."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bakame.learning.expressions import Expression
from bakame.learning.functions import Value
from bakame.learning.templates import Template


class Form(StrEnum):
    """How an answer must or may be written, where the value alone does not say."""

    LOWEST_TERMS = "lowest_terms"
    """2/4 is not accepted for 1/2: writing it in lowest terms is what is being learnt."""
    CLOCK = "clock"
    """14:35 and "14 35" are read as the four digits 1435."""
    PERCENT = "percent"
    """The answer counts hundredths: "50 percent" and "50" are the same."""


@dataclass(frozen=True, slots=True)
class IntRange:
    """A whole number from `low` to `high`, both included, in steps."""

    low: int
    high: int
    step: int = 1

    def draw(self, values: Mapping[str, Value], rng: random.Random) -> Value:
        return rng.randrange(self.low, self.high + 1, self.step)


@dataclass(frozen=True, slots=True)
class Pick:
    """One of some values; a row is a value made of several."""

    options: tuple[Value, ...]

    def draw(self, values: Mapping[str, Value], rng: random.Random) -> Value:
        return rng.choice(self.options)


@dataclass(frozen=True, slots=True)
class Computed:
    """Worked out from the variables before it."""

    expression: Expression

    def draw(self, values: Mapping[str, Value], rng: random.Random) -> Value:
        return self.expression.evaluate(values)


Variable: TypeAlias = IntRange | Pick | Computed


@dataclass(frozen=True, slots=True)
class Misconception:
    """A mistake with a name, and the answer that shows it."""

    tag: str
    value: Expression


@dataclass(frozen=True, slots=True)
class ExpressionGenerator:
    """Numbers are drawn, wording is filled in, the answer is worked out.

    `offers`: for choices named first and second, what each of them stands for in the sentence. `unit`: the short name
    of the answer's unit, where the question does not ask "how many" of it.
    """

    variables: tuple[tuple[str, Variable], ...]
    where: Expression | None
    say: Template
    sms: Template
    answer: Expression
    answer_type: str
    options: tuple[str, ...]
    offers: tuple[Template, ...]
    misconceptions: tuple[Misconception, ...]
    hint: Template
    form: Form | None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class RowChoice:
    """`gap_choice` and `meaning_choice`: rows are clue, answer, wrong answers."""

    kind: str
    how: str
    rows: tuple[tuple[str, ...], ...]
    answer_type: str


@dataclass(frozen=True, slots=True)
class SoundPair:
    """Two words that sound alike; one is played."""

    how: str
    rows: tuple[tuple[str, str], ...]
    answer_type: str


@dataclass(frozen=True, slots=True)
class OpenTask:
    """`speak_task` and `write_task`: prompts, and what an answer must have."""

    kind: str
    how: str
    prompts: tuple[str, ...]
    must_have: tuple[str, ...]
    answer_type: str


@dataclass(frozen=True, slots=True)
class PassageQuestion:
    """A question of one type about a passage."""

    question_type: str
    how: str
    answer_type: str


@dataclass(frozen=True, slots=True)
class DebateMove:
    """One move in a debate."""

    move: str
    how: str
    answer_type: str


Generator: TypeAlias = ExpressionGenerator | RowChoice | SoundPair | OpenTask | PassageQuestion | DebateMove
