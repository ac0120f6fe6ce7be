"""Exercises: one question made from a skill."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, cast

from bakame.errors import Invalid
from bakame.learning.draws import draw
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.expressions import ExpressionError
from bakame.learning.functions import Value, decimal_text
from bakame.learning.generators import ExpressionGenerator, Form
from bakame.learning.rubric import Rubric
from bakame.learning.skills import Skill
from bakame.learning.spoken import to_speech
from bakame.learning.units import asked_unit

_DIGIT_CLASSES: Final = (2, 3, 5, 7, 10, 31)
"""Sizes of numbers that are told apart: fine enough for a small grammar, too coarse to give an answer away."""
_PATIENCE_MS: Final = {
    "remember": 5_000,
    "understand": 6_000,
    "apply": 7_000,
    "analyse": 9_000,
    "evaluate": 9_000,
    "create": 10_000,
}
_BEGINNER_LEVELS: Final = ("P1", "P2", "A1")
_BEGINNER_PATIENCE_MS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Exercise:
    """One question and all that is needed to grade it, to explain it and to ask it again later.

    `say` is ready for the ear, `sms` fits one GSM-7 part. `answer` is exact text: "56", "-4", "3/4" in lowest terms,
    "0.75", one of `options`, which are in the order in which the sentence offers them, a word to spell, a sentence to
    write down, or a good answer to an open question. `offers`: what the options stand for when they are only "first"
    and "second". `misconceptions`: (tag, exact wrong answer). `variables`: the numbers and words that were drawn, for
    hints and explanations. `rubric`: what makes an open answer right, or other words for a choice. `graded_as`: the
    answer format, where the kind does not tell it. `unit`: the short name of the unit in which the answer is asked for.
    """

    skill_id: str
    say: str
    sms: str
    answer: str
    kind: AnswerKind
    options: tuple[str, ...]
    misconceptions: tuple[tuple[str, str], ...]
    hint: str
    expect: Expect
    offers: tuple[str, ...] = ()
    form: Form | None = None
    variables: Mapping[str, Value] = field(default_factory=dict[str, Value])
    rubric: Rubric | None = None
    graded_as: str | None = None
    unit: str | None = None

    @property
    def format(self) -> str:
        """The answer format, a key of the model's parameters."""
        if self.options:
            return f"choice{len(self.options)}"
        return self.graded_as or (self.kind.value if self.kind.is_number else "text_open")

    @property
    def value(self) -> Value:
        """The answer as a value: a number, exactly, or the option's word."""
        return number_value(self.answer) if self.kind.is_number else self.answer

    @property
    def spoken_answer(self) -> str:
        """The answer as a sentence may say it: "3 over 4", "minus 4", or what the right option stands for."""
        if self.offers:
            return to_speech(self.offers[self.options.index(self.answer)])
        return to_speech(self.answer)

    def to_state(self) -> dict[str, object]:
        """All of it as JSON-able values."""
        return {
            "skill_id": self.skill_id,
            "say": self.say,
            "sms": self.sms,
            "answer": self.answer,
            "kind": self.kind.value,
            "options": list(self.options),
            "offers": list(self.offers),
            "misconceptions": [list(pair) for pair in self.misconceptions],
            "hint": self.hint,
            "form": self.form.value if self.form else None,
            "digits": self.expect.digits,
            "signed": self.expect.signed,
            "patience_ms": self.expect.patience_ms,
            "variables": {name: _to_json(value) for name, value in self.variables.items()},
            "rubric": self.rubric.to_state() if self.rubric else None,
            "graded_as": self.graded_as,
            "unit": self.unit,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, object]) -> "Exercise":
        """The exercise that `to_state` wrote. Raises `Invalid` when it is something else."""
        saved = cast("Mapping[str, Any]", state)
        try:
            kind = AnswerKind(saved["kind"])
            options = _texts(saved["options"])
            answer = _text(saved["answer"])
            if options and answer not in options:
                raise ValueError("the answer is not among the options")
            if kind.is_number:
                number_value(answer)
            expect = Expect(
                kind,
                options=options,
                digits=_whole(saved["digits"]),
                signed=bool(saved["signed"]),
                patience_ms=_whole(saved["patience_ms"]),
            )
            return cls(
                skill_id=_text(saved["skill_id"]),
                say=_text(saved["say"]),
                sms=_text(saved["sms"]),
                answer=answer,
                kind=kind,
                options=options,
                misconceptions=tuple((_text(tag), _text(value)) for tag, value in saved["misconceptions"]),
                hint=_text(saved["hint"]),
                expect=expect,
                offers=_texts(saved["offers"]),
                form=None if saved["form"] is None else Form(saved["form"]),
                variables=MappingProxyType({_text(n): _from_json(v) for n, v in saved["variables"].items()}),
                rubric=Rubric.from_state(saved["rubric"]) if saved.get("rubric") else None,
                graded_as=None if saved.get("graded_as") is None else _text(saved["graded_as"]),
                unit=None if saved.get("unit") is None else _text(saved["unit"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Invalid(f"this is not a saved exercise ({type(error).__name__}: {error})") from None


def make_exercise(skill: Skill, *, rng: random.Random) -> Exercise:
    """An exercise of `skill`. Raises `Invalid` when its generator cannot make one."""
    generator = skill.generator
    if not isinstance(generator, ExpressionGenerator):
        raise Invalid(f"{skill.id}: exercises of this kind cannot be made by rule; its module teaches from content")
    values = draw(generator, rng)
    kind = _kind(generator)
    answer = exact_text(generator.answer.evaluate(values), kind)
    misconceptions = _misconceptions(generator, values, kind, answer)
    numbers = () if generator.options else (answer, *(value for _, value in misconceptions))
    expect = Expect(
        kind,
        options=generator.options,
        digits=_digit_class(numbers),
        signed=skill.signed or any(number.startswith("-") for number in numbers),
        patience_ms=_PATIENCE_MS[skill.bloom] + (_BEGINNER_PATIENCE_MS if skill.level in _BEGINNER_LEVELS else 0),
    )
    say = to_speech(generator.say.render(values))
    return Exercise(
        skill_id=skill.id,
        say=say,
        sms=" ".join(generator.sms.render(values).split()),
        answer=answer,
        kind=kind,
        options=generator.options,
        misconceptions=misconceptions,
        hint=to_speech(generator.hint.render(values)),
        expect=expect,
        offers=tuple(offer.render(values) for offer in generator.offers),
        form=generator.form,
        variables=MappingProxyType(values),
        unit=None if generator.options or generator.form else generator.unit or asked_unit(say),
    )


def exact_text(value: Value, kind: AnswerKind) -> str:
    """A value as an answer is kept: "-4", "0.75" where decimals are asked, else "3/4" in lowest terms."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple | frozenset):
        raise Invalid("a list is not an answer")
    if isinstance(value, int) and kind is not AnswerKind.DECIMAL:
        return str(int(value))
    exact = Fraction(value)
    if kind is AnswerKind.DECIMAL:
        try:
            return decimal_text(exact)
        except ValueError:
            return str(exact)
    return str(exact)


def number_value(text: str) -> int | Fraction:
    """The number in exact text. Raises `ValueError`."""
    if text.removeprefix("-").isdecimal():
        return int(text)
    try:
        exact = Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"{text!r} is not a number") from None
    return exact.numerator if exact.denominator == 1 else exact


def _kind(generator: ExpressionGenerator) -> AnswerKind:
    if generator.answer_type != "choice":
        return AnswerKind(generator.answer_type)
    return AnswerKind.YES_NO if generator.options == ("yes", "no") else AnswerKind.CHOICE


def _misconceptions(
    generator: ExpressionGenerator, values: Mapping[str, Value], kind: AnswerKind, answer: str
) -> tuple[tuple[str, str], ...]:
    """The wrong answers with a name: those that have a value, are not the right one, and are not there already."""
    tags: dict[str, str] = {}
    for each in generator.misconceptions:
        try:
            wrong = exact_text(each.value.evaluate(values), kind)
        except ExpressionError:
            continue
        if wrong != answer:
            tags.setdefault(wrong, each.tag)
    return tuple((tag, wrong) for wrong, tag in tags.items())


def _digit_class(numbers: Sequence[str]) -> int:
    """Digits of the longest number: of the longer part of a fraction, of both sides of a point together."""
    longest = max((sum(map(str.isdigit, part)) for number in numbers for part in number.split("/")), default=1)
    return next(size for size in _DIGIT_CLASSES if longest <= size)


def _to_json(value: Value) -> object:
    match value:
        case Fraction():
            return {"fraction": str(value)}
        case tuple():
            return [_to_json(item) for item in value]
        case frozenset():
            return {"set": [_to_json(item) for item in value]}
        case _:
            return value


def _from_json(value: object) -> Value:
    match value:
        case {"fraction": str(text)}:
            return Fraction(text)
        case {"set": list() as items}:  # pyright: ignore[reportUnknownVariableType]  # checked item by item
            return frozenset(_from_json(item) for item in cast("list[object]", items))
        case list():
            return tuple(_from_json(item) for item in cast("list[object]", value))
        case int() | str():
            return value
        case _:
            raise ValueError(f"{value!r} is not a value")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is not a list")
    return tuple(_text(item) for item in cast("list[object]", value))
