"""`bakame answer` and `bakame command`: how what a learner says is understood, as JSON, a line for each input."""

import io
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import IO, Annotated, Final

import orjson
import typer
from rich.console import Console

from bakame.errors import BakameError, Invalid
from bakame.learning.exercises import Exercise, exact_text
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.generators import Form
from bakame.learning.grading import Grade, grade
from bakame.learning.open_answers import grade_open
from bakame.learning.rubric import Rubric, rubric
from bakame.text.commands import read_command
from bakame.text.compare import normalise
from bakame.text.numbers import ReadNumber, read_clock, read_number, unit_named
from bakame.text.polarity import read_polarity

SIGNED: Final = {"ignore_unknown_options": True}
"""Settings of both commands, so that "-4" is an answer and not an option."""
_LANGUAGES: Final = ("en", "rw", "fr", "sw")
_MOST_OPTIONS: Final = 9
_err: Final = Console(stderr=True, highlight=False)


class AnswerType(StrEnum):
    """What kind of answer is asked for."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    FRACTION = "fraction"
    PERCENT = "percent"
    MONEY = "money"
    CLOCK = "clock"
    CHOICE = "choice"
    YES_NO = "yes_no"
    OPEN = "open"


_KINDS: Final = {
    AnswerType.INTEGER: (AnswerKind.INTEGER, None),
    AnswerType.DECIMAL: (AnswerKind.DECIMAL, None),
    AnswerType.FRACTION: (AnswerKind.FRACTION, None),
    AnswerType.PERCENT: (AnswerKind.DECIMAL, Form.PERCENT),
    AnswerType.MONEY: (AnswerKind.INTEGER, None),
    AnswerType.CLOCK: (AnswerKind.INTEGER, Form.CLOCK),
}
_MEASURED: Final = (AnswerType.INTEGER, AnswerType.DECIMAL, AnswerType.FRACTION, AnswerType.MONEY)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and all that is right."""

    type: AnswerType
    exercise: Exercise
    unit: str | None
    accepted: tuple[str, ...]
    language: str
    rubric: Rubric | None = None

    def grade(self, said: str) -> Grade:
        """What an answer is worth. A time is understood as "14:35"."""
        if self.rubric is not None:
            return grade_open(self.rubric, said)
        graded = grade(self.exercise, said, unit=self.unit, accepted=self.accepted, language=self.language)
        if self.type is AnswerType.CLOCK and graded.value and graded.value.isdecimal():
            hours, minutes = divmod(int(graded.value), 100)
            return replace(graded, value=f"{hours}:{minutes:02}")
        return graded


TextArgument = Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What was said, keyed or typed.")]
FileOption = Annotated[
    str | None, typer.Option("--file", metavar="FILE", help="A text on each line of a file; - for standard input.")
]
TypeOption = Annotated[AnswerType, typer.Option("--type", help="What kind of answer is asked for.")]
ExpectOption = Annotated[str, typer.Option("--expect", metavar="ANSWER", help="The right answer.")]
OptionOption = Annotated[
    list[str] | None, typer.Option("--option", metavar="WORDS", help="One of the choices, in their order; repeat it.")
]
AcceptOption = Annotated[
    list[str] | None, typer.Option("--accept", metavar="ANSWER", help="What is right as well; repeat it.")
]
UnitOption = Annotated[str | None, typer.Option("--unit", metavar="UNIT", help="The unit that is asked for: km, kg.")]
LanguageOption = Annotated[str, typer.Option("--language", metavar="CODE", help="Of the lesson: en, rw, fr or sw.")]
LowestOption = Annotated[bool, typer.Option("--lowest-terms", help="A fraction has to be in lowest terms.")]
SpokenOption = Annotated[bool, typer.Option("--spoken", help="It was said in a call, not texted.")]


def answer(
    type_: TypeOption,
    expect: ExpectOption,
    text: TextArgument = None,
    option: OptionOption = None,
    accept: AcceptOption = None,
    unit: UnitOption = None,
    language: LanguageOption = "en",
    lowest_terms: LowestOption = False,
    file: FileOption = None,
) -> None:
    """Print how an answer is understood: what was said, the verdict, the reason, the value, the mistake's name.

    Ends with 2 when an option or FILE is wrong; a wrong answer is no error.
    """
    with _refusals():
        question = read_question(
            type_,
            expect,
            options=tuple(option or ()),
            accepted=tuple(accept or ()),
            unit=unit,
            language=language,
            lowest_terms=lowest_terms,
        )
        _each(text, file, lambda said: answer_report(question, said))


def command(text: TextArgument = None, spoken: SpokenOption = False, file: FileOption = None) -> None:
    """Print which command a text is, if it is one, with its argument and the reason.

    Ends with 2 when FILE is wrong; a text that is no command is no error.
    """
    with _refusals():
        _each(text, file, lambda said: command_report(said, spoken=spoken))


def answer_report(question: Question, said: str) -> dict[str, str | None]:
    """What is printed of an answer."""
    graded = question.grade(said)
    return {
        "said": said,
        "verdict": graded.verdict.value,
        "reason": graded.reason,
        "value": graded.value,
        "misconception": graded.misconception,
    }


def command_report(said: str, *, spoken: bool) -> dict[str, str | None]:
    """What is printed of a text."""
    found = read_command(said, spoken=spoken)
    if found is None:
        is_talk = not spoken and read_command(said, spoken=True) is not None
        reason = "a command in a call only" if is_talk else "no command is the whole of it"
        return {"said": said, "command": None, "argument": None, "reason": reason}
    name, argument = found
    reason = "a command with its argument" if argument else "the whole of it is a command"
    return {"said": said, "command": name.value, "argument": argument or None, "reason": reason}


def read_question(
    kind: AnswerType,
    expect: str,
    *,
    options: tuple[str, ...] = (),
    accepted: tuple[str, ...] = (),
    unit: str | None = None,
    language: str = "en",
    lowest_terms: bool = False,
) -> Question:
    """The question that the options describe. Raises `Invalid`, which names the option that is wrong."""
    if language not in _LANGUAGES:
        raise Invalid(f"--language {language} is not known: {', '.join(_LANGUAGES)}")
    if options and kind is not AnswerType.CHOICE:
        raise Invalid(f"--option goes with --type choice, not {kind}")
    if unit is not None and kind not in _MEASURED:
        raise Invalid(f"--unit does not go with --type {kind}")
    if lowest_terms and kind is not AnswerType.FRACTION:
        raise Invalid("--lowest-terms goes with --type fraction")
    asked = unit_named(unit) if unit else ("franc" if kind is AnswerType.MONEY else None)
    if unit and asked is None:
        raise Invalid(
            f"--unit {unit} is not known; units are km, m, cm, kg, g, l, ml, minute, hour, franc, m2 and such"
        )
    if kind is AnswerType.OPEN:
        return _open_question(expect, accepted, language)
    if kind in (AnswerType.CHOICE, AnswerType.YES_NO):
        return Question(kind, _choice(kind, expect, options), None, accepted, language)
    answer_kind, form = _KINDS[kind]
    exact = exact_text(_value(kind, expect, language), answer_kind)
    exercise = _exercise(answer_kind, exact, form=Form.LOWEST_TERMS if lowest_terms else form)
    for each in accepted:
        if read_number(each, language=language) is None:
            raise Invalid(f"--accept {each!r} is not a number")
    return Question(kind, exercise, asked, accepted, language)


def _value(kind: AnswerType, expect: str, language: str) -> Fraction:
    """The right number. Raises `Invalid`."""
    if kind is AnswerType.CLOCK:
        minutes = read_clock(expect)
        if minutes is None:
            raise Invalid(f"--expect {expect!r} is not a time: 14:35")
        return Fraction(minutes // 60 * 100 + minutes % 60)
    number = read_number(expect, language=language)
    if number is None:
        raise Invalid(f"--expect {expect!r} is not a number")
    value = _exactly(kind, number)
    if kind in (AnswerType.INTEGER, AnswerType.MONEY) and value.denominator > 1:
        raise Invalid(f"--expect {expect!r} is not a whole number")
    return value


def _exactly(kind: AnswerType, number: ReadNumber) -> Fraction:
    if kind is AnswerType.PERCENT:
        return number.value
    return number.in_whole.amount if kind in (AnswerType.INTEGER, AnswerType.MONEY) else number.amount


def _choice(kind: AnswerType, expect: str, options: tuple[str, ...]) -> Exercise:
    if kind is AnswerType.YES_NO:
        is_so = read_polarity(expect)
        if is_so is None:
            raise Invalid(f"--expect {expect!r} is neither yes nor no")
        return _exercise(AnswerKind.YES_NO, "yes" if is_so else "no", options=("yes", "no"))
    if not 2 <= len(options) <= _MOST_OPTIONS:
        raise Invalid(f"--type choice needs from 2 to {_MOST_OPTIONS} of --option")
    plain = [normalise(each) for each in options]
    if "" in plain or len(set(plain)) < len(plain):
        raise Invalid("each --option needs words of its own")
    if normalise(expect) not in plain:
        raise Invalid(f"--expect {expect!r} is none of the options")
    return _exercise(AnswerKind.CHOICE, options[plain.index(normalise(expect))], options=options)


def _open_question(expect: str, accepted: tuple[str, ...], language: str) -> Question:
    if not normalise(expect):
        raise Invalid("--expect has no words")
    known = rubric(accept=(expect, *accepted), model=expect)
    return Question(AnswerType.OPEN, _exercise(AnswerKind.OPEN, expect), None, accepted, language, known)


def _exercise(kind: AnswerKind, right: str, *, options: tuple[str, ...] = (), form: Form | None = None) -> Exercise:
    return Exercise(
        skill_id="answer",
        say="",
        sms="",
        answer=right,
        kind=kind,
        options=options,
        misconceptions=(),
        hint="",
        expect=Expect(kind, options=options),
        form=form,
    )


@contextmanager
def _refusals() -> Generator[None]:
    """Tells what is wrong with the options, and ends with 2."""
    try:
        yield
    except BakameError as error:
        _err.print(f"bakame: {error}", markup=False, style="red")
        raise typer.Exit(2) from error


def _each(text: str | None, file: str | None, report: Callable[[str], dict[str, str | None]]) -> None:
    """Prints a report of the text, or of each line. Raises `Invalid`."""
    if (text is None) == (file is None):
        raise Invalid("give either a text or --file")
    if text is not None:
        if text.startswith("--"):
            raise Invalid(f"there is no option {text.split('=')[0]}")
        _print(report(_readable(text)))
        return
    with _opened(file or "-") as lines:
        for line in lines:
            _print(report(_readable(line.rstrip("\r\n"))))


@contextmanager
def _opened(file: str) -> Generator[IO[str]]:
    if file == "-":
        lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace", newline="\n")
        yield lines
        lines.detach()
        return
    with ExitStack() as stack:
        try:
            lines = stack.enter_context(Path(file).open(encoding="utf-8-sig", errors="replace", newline="\n"))
        except (OSError, ValueError) as error:
            raise Invalid(f"--file {file}: {getattr(error, 'strerror', None) or error}") from None
        yield lines


def _readable(text: str) -> str:
    """Without what is no text, so that it can be printed."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _print(report: dict[str, str | None]) -> None:
    typer.echo(orjson.dumps(report).decode())
