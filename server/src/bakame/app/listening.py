"""`bakame listen`: what the embedded recogniser hears of recordings, for engineers and authors."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer
from rich.console import Console

from bakame.app.recordings import Recording, read_recording
from bakame.errors import BakameError, Invalid
from bakame.learning.expect import YES_NO, AnswerKind, Expect
from bakame.providers.local.certainty import ACCEPT, CONFIRM
from bakame.providers.local.grammar import COMMANDS, answer_in, digits_jsgf, jsgf, option_in, plain_words
from bakame.providers.local.recogniser import LONGEST_MS, GrammarRecogniser, Opinion
from bakame.text.commands import read_command, read_yes_no
from bakame.text.numbers import read_number

ONE_BY_ONE: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ALSO_ZERO: Final = ("oh", "nought")
_NUMBER: Final = Expect(AnswerKind.FRACTION, digits=6, signed=True)
_DIGIT: Final = Expect(AnswerKind.INTEGER, digits=9)
_MOST_OPTIONS: Final = 50
_err = Console(stderr=True, highlight=False)

Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Question:
    """What to listen for: a grammar, and how to read what was heard as a value."""

    grammar: str
    expect: Expect
    value: Callable[[str], Value]


FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="WAV files, any usual rate, mono or stereo.")
]
ExpectOption = Annotated[
    str,
    typer.Option("--expect", metavar="KIND", help="digits, number, yes-no, choice:a,b,c, name:a,b,c or commands."),
]


def listen(files: FilesArgument, expect: ExpectOption = "number") -> None:
    """Print as JSON, a line a file, what the embedded recogniser hears of recordings through the telephone.

    Commands ("repeat", "hint", "stop") are heard with every kind. `decision` is accept, confirm ("did you say …?") or
    reject (nothing that fits; offer the keys). Ends with 2 when a file or KIND is wrong.
    """
    try:
        question = read_question(expect)
    except BakameError as error:
        _err.print(f"bakame: {error}", markup=False, style="red")
        raise typer.Exit(2) from error
    raise typer.Exit(asyncio.run(_listen(files, question)))


def read_question(text: str) -> Question:
    """What `--expect` asks for. Raises `Invalid`."""
    kind, _, listed = text.strip().partition(":")
    options = tuple(dict.fromkeys(option.strip() for option in listed.split(",") if option.strip()))
    if kind in {"choice", "name"}:
        if not any(map(plain_words, options)):
            raise Invalid(f"--expect {kind} needs words: {kind}:red,green,blue")
        if len(options) > _MOST_OPTIONS:
            raise Invalid(f"--expect {kind} takes at most {_MOST_OPTIONS} words")
        asked = Expect(AnswerKind.CHOICE if kind == "choice" else AnswerKind.NAME, options=options)
        return Question(jsgf(asked), asked, lambda heard: option_in(heard, asked))
    questions = {
        "digits": Question(digits_jsgf(), _DIGIT, _digits),
        "number": Question(jsgf(_NUMBER), _NUMBER, _number),
        "yes-no": Question(jsgf(YES_NO), YES_NO, _yes_no),
        "commands": Question(jsgf(Expect(AnswerKind.NOTHING)), Expect(AnswerKind.NOTHING), lambda _heard: None),
    }
    if listed or kind not in questions:
        raise Invalid(f"--expect {text} is not known: digits, number, yes-no, choice:a,b,c, name:a,b,c or commands")
    return questions[kind]


def _digits(heard: str) -> Value:
    """One digit as a number, several as they were said: "007"."""
    words = ["zero" if word in _ALSO_ZERO else word for word in heard.split()]
    if not set(words) <= set(ONE_BY_ONE):
        return None
    found = [str(ONE_BY_ONE.index(word)) for word in words]
    return int(found[0]) if len(found) == 1 else "".join(found)


def _number(heard: str) -> Value:
    """A whole number or a decimal as a number, a fraction as "3/4"."""
    read = read_number(heard)
    if read is None:
        return None
    if read.value.denominator == 1:
        return int(read.value)
    return float(read.value) if read.form == "decimal" else str(read.value)


def _yes_no(heard: str) -> Value:
    answer = read_yes_no(heard)
    return None if answer is None else "yes" if answer else "no"


async def _listen(files: Sequence[Path], question: Question) -> int:
    recogniser, failed = GrammarRecogniser(timeout_s=30.0), False
    try:
        for path in files:
            try:
                recording = read_recording(path, longest_ms=LONGEST_MS)
                if recording.is_cut:
                    _err.print(f"bakame: {path}: only the first {LONGEST_MS // 1000} s are heard", markup=False)
                await recogniser.warm_up()
                began = time.perf_counter()
                opinion = await recogniser.listen(recording.audio, grammar=question.grammar)
                took_ms = (time.perf_counter() - began) * 1000
            except BakameError as error:
                _err.print(f"bakame: {error}", markup=False, style="red")
                failed = True
                continue
            found = report(opinion, question, recording, engine=recogniser.name, took_ms=took_ms)
            shown = {"file": str(path), **found} if len(files) > 1 else found
            typer.echo(orjson.dumps(shown).decode())
    finally:
        await recogniser.close()
    return 2 if failed else 0


def report(
    opinion: Opinion, question: Question, recording: Recording, *, engine: str, took_ms: float
) -> dict[str, Any]:
    """What is printed. A rejected sentence is no text; it stays to be seen as the first alternative."""
    others = list(opinion.alternatives)
    decision = "accept" if opinion.confidence >= ACCEPT else "confirm" if opinion.confidence >= CONFIRM else "reject"
    text = answer_in(opinion.text, question.expect) if decision != "reject" else ""
    if opinion.text and not text:
        others.insert(0, (opinion.text, opinion.confidence))
    # A word that the question offers is an answer, even if it is a command elsewhere.
    value = question.value(text) if text else None
    command = read_command(text, spoken=True) if value is None and text in COMMANDS else None
    return {
        "text": text,
        "value": value,
        "command": command[0].value if command else None,
        "confidence": round(opinion.confidence, 4),
        "decision": decision,
        "alternatives": [{"text": other, "confidence": round(sure, 4)} for other, sure in others],
        "engine": engine,
        "ms": round(took_ms, 1),
        "audio": {
            "seconds": round(recording.seconds, 3),
            "level_db": round(recording.level.rms_db, 1),
            "clipped": round(recording.level.clipped, 4),
            "cut": recording.is_cut,
        },
    }
