"""The command line shows how an answer and a text are understood, a line of JSON each."""

import json
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from bakame.app.answering import SIGNED, AnswerType, answer, answer_report, command, command_report, read_question

main = typer.Typer()
main.command("answer", context_settings=SIGNED)(answer)
main.command("command", context_settings=SIGNED)(command)
INTEGER = ("answer", "--type", "integer", "--expect", "56")


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def printed(*arguments: str, stdin: str | bytes | None = None) -> list[dict[str, str | None]]:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_answer_is_printed_with_verdict_reason_and_value() -> None:
    assert printed("answer", "--type", "fraction", "--expect", "3/4", "three quarters") == [
        {
            "said": "three quarters",
            "verdict": "right",
            "reason": "the value of the answer",
            "value": "3/4",
            "misconception": None,
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "verdict", "value"),
    [
        (("--type", "integer", "--expect", "-4", "-4"), "right", "-4"),
        (("--type", "integer", "--expect", "-4", "--", "-4"), "right", "-4"),
        (("--type", "integer", "--expect", "2,500", "rwf 2.500"), "right", "2500"),
        (("--type", "decimal", "--expect", "0,75", "three quarters"), "right", "0.75"),
        (("--type", "decimal", "--expect", "0.5", "--unit", "kilometres", "500 m"), "right", "0.5"),
        (("--type", "decimal", "--expect", "0.5", "--unit", "km", "5 kg"), "unclear", None),
        (("--type", "fraction", "--expect", "1/2", "--lowest-terms", "2/4"), "wrong", "1/2"),
        (("--type", "percent", "--expect", "25%", "makumyabiri na gatanu ku ijana"), "right", "25"),
        (("--type", "money", "--expect", "2500", "bibiri na magana atanu"), "right", "2500"),
        (("--type", "money", "--expect", "2500", "2500 dollars"), "unclear", None),
        (("--type", "clock", "--expect", "14:35", "2:35 pm"), "right", "14:35"),
        (("--type", "clock", "--expect", "14:35", "half past two"), "wrong", "2:30"),
        (("--type", "choice", "--expect", "huye", "--option", "Kigali", "--option", "Huye", "b"), "right", "Huye"),
        (
            (
                "--type",
                "choice",
                "--expect",
                "Huye",
                "--option",
                "Kigali",
                "--option",
                "Huye",
                "--accept",
                "Butare",
                "butare",
            ),
            "right",
            "Huye",
        ),
        (("--type", "yes_no", "--expect", "yego", "yes because it is"), "right", "yes"),
        (("--type", "integer", "--expect", "56", "--accept", "57", "57"), "right", "57"),
        (("--type", "open", "--expect", "she sold her goat", "sold the goat"), "right", "sold the goat"),
        (("--type", "integer", "--expect", "500", "--language", "fr", "cinq cents"), "right", "500"),
        (("--type", "integer", "--expect", "56", ""), "unclear", None),
    ],
)
def test_every_type_of_answer(arguments: tuple[str, ...], verdict: str, value: str | None) -> None:
    (report,) = printed("answer", *arguments)
    assert (report["verdict"], report["value"]) == (verdict, value)


def test_a_file_gives_a_line_for_each_line(tmp_path: Path) -> None:
    file = tmp_path / "answers.txt"
    file.write_bytes("\ufefffifty six\r\n\nmaybe 56\n\xff\n55".encode("utf-8", "surrogateescape") + b"\xfe\n")
    reports = printed(*INTEGER, "--file", str(file))
    assert [report["verdict"] for report in reports] == ["right", "unclear", "unclear", "unclear", "wrong"]
    assert reports[0]["said"] == "fifty six"


def test_standard_input_is_a_file_too() -> None:
    said = [report["command"] for report in printed("command", "--file", "-", stdin=b"stop please\n\xff\nHELP\n")]
    assert said == ["stop", None, "help"]
    assert [report["value"] for report in printed(*INTEGER, "--file", "-", stdin="56\n" * 3)] == ["56"] * 3


@pytest.mark.parametrize(
    "arguments",
    [
        INTEGER,
        (*INTEGER, "56", "--file", "-"),
        (*INTEGER, "--file", "/no/such/file"),
        (*INTEGER, "--file", "/"),
        (*INTEGER, "--file", "a\0b"),
        (*INTEGER, "--optoin", "x"),
        (*INTEGER, "--optoin"),
        (*INTEGER, "56", "57"),
        (*INTEGER, "--unit", "parsec", "56"),
        (*INTEGER, "--language", "xx", "56"),
        (*INTEGER, "--option", "a", "56"),
        (*INTEGER, "--accept", "banana", "56"),
        (*INTEGER, "--lowest-terms", "56"),
        ("answer", "--type", "song", "--expect", "5", "5"),
        ("answer", "--type", "integer", "5"),
        ("answer", "--type", "integer", "--expect", "5.5", "5"),
        ("answer", "--type", "integer", "--expect", "five or six", "5"),
        ("answer", "--type", "fraction", "--expect", "1/0", "5"),
        ("answer", "--type", "clock", "--expect", "25:00", "5"),
        ("answer", "--type", "clock", "--expect", "2:30", "--unit", "minute", "5"),
        ("answer", "--type", "choice", "--expect", "a", "a"),
        ("answer", "--type", "choice", "--expect", "c", "--option", "a", "--option", "b", "a"),
        ("answer", "--type", "choice", "--expect", "a", "--option", "a", "--option", "A!", "a"),
        ("answer", "--type", "yes_no", "--expect", "maybe", "yes"),
        ("answer", "--type", "open", "--expect", "?!", "yes"),
        ("command",),
        ("command", "--file", "/no/such/file"),
        ("command", "--spokn", "stop"),
    ],
)
def test_wrong_options_end_with_two_and_say_why(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.strip()


def test_a_text_is_printed_with_its_command_and_the_reason() -> None:
    assert printed("command", "stop please") == [
        {"said": "stop please", "command": "stop", "argument": None, "reason": "the whole of it is a command"}
    ]
    assert printed("command", "ask why is the sky blue") == [
        {
            "said": "ask why is the sky blue",
            "command": "ask",
            "argument": "why is the sky blue",
            "reason": "a command with its argument",
        }
    ]
    (none,) = printed("command", "stop it hurts")
    assert (none["command"], none["reason"]) == (None, "no command is the whole of it")


def test_what_is_a_command_in_a_call_only_says_so() -> None:
    assert printed("command", "say it again")[0]["reason"] == "a command in a call only"
    assert printed("command", "--spoken", "say it again")[0]["command"] == "repeat"


@given(st.text(max_size=80), st.booleans())
def test_any_text_gets_a_report_that_is_json(said: str, spoken: bool) -> None:
    question = read_question(AnswerType.INTEGER, "56")
    for report in (answer_report(question, said), command_report(said, spoken=spoken)):
        assert json.loads(json.dumps(report))["said"] == said
