"""A large set of messages, written by hand: commands are understood, and what is no command is never taken for one."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.commands import Command, read_command

TABLE = Path(__file__).with_name("commands_said.txt")
LEAST_COMMANDS, LEAST_OTHERS = 150, 250
LEAST_AGREEMENT = 0.99
COURTESIES = ("{} please", "please {}", "Please, {}.", "{}!", "  {} \n", "{} 🙏", "{} murakoze", "{} merci")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message and what it asks for: `(command, argument)`, or None."""

    said: str
    spoken: bool
    meant: tuple[Command, str] | None


def labelled() -> list[Labelled]:
    rows: list[Labelled] = []
    command: Command | None = None
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            command = None if line == "[none]" else Command(line[1:-1])
        elif line and not line.startswith("#"):
            where, messages = line.split(": ", 1)
            for message in messages.split(" | "):
                said, _, argument = message.partition(" => ")
                meant = None if command is None else (command, argument.strip())
                heard = {"both": (False, True), "text": (False,), "call": (True,)}[where]
                rows += [Labelled(said.strip(), spoken, meant) for spoken in heard]
                if where == "call":
                    rows.append(Labelled(said.strip(), False, None))
    return rows


ROWS = labelled()


def test_the_set_is_large_and_says_nothing_twice() -> None:
    assert len({row.said for row in ROWS if row.meant}) >= LEAST_COMMANDS
    assert len({row.said for row in ROWS if not row.meant}) >= LEAST_OTHERS
    assert {row.meant[0] for row in ROWS if row.meant} == set(Command)
    twice = [key for key, count in Counter((row.said, row.spoken) for row in ROWS).items() if count > 1]
    assert twice == []


def test_commands_are_understood_and_nothing_else_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    missed = [
        f"{row.said!r} spoken={row.spoken}: {row.meant}, was {found}"
        for row in ROWS
        if (found := read_command(row.said, spoken=row.spoken)) != row.meant
    ]
    taken = [row.said for row in ROWS if not row.meant and read_command(row.said, spoken=row.spoken)]
    commands = [row for row in ROWS if row.meant]
    agreement = 1 - (len(missed) - len(taken)) / len(commands)
    with capsys.disabled():
        others = len(ROWS) - len(commands)
        print(f"\ncommands: {len(commands)} labelled, {agreement:.2%} understood; {others} others, {len(taken)} taken")  # noqa: T201
    assert taken == []
    assert agreement >= LEAST_AGREEMENT, "\n".join(missed)


@given(st.sampled_from([row for row in ROWS if row.meant and not row.meant[1]]), st.sampled_from(COURTESIES))
def test_politeness_changes_no_command(row: Labelled, courtesy: str) -> None:
    assert read_command(courtesy.format(row.said), spoken=row.spoken) == row.meant or row.said.strip() == "?"


@given(st.sampled_from([row for row in ROWS if row.meant is None and len(row.said) > 3]))
def test_politeness_makes_no_command(row: Labelled) -> None:
    assert read_command(f"{row.said} please", spoken=False) is None


@pytest.mark.parametrize("opening", ["ask ", "TEACHER ", "join ", "pin ", "name ", "lang ", "stop "])
def test_a_flood_is_no_command(opening: str) -> None:
    for flood in (opening * 1_000, opening + "why " * 2_000, opening + "9" * 5_000, opening + "é" * 5_000):
        assert read_command(flood) is None
        assert read_command(flood, spoken=True) is None


@given(st.text(max_size=600), st.sampled_from(["ask ", "teacher ", "join ", "pin ", "lang ", "name ", ""]))
def test_no_text_after_a_command_breaks_it(rest: str, opening: str) -> None:
    found = read_command(opening + rest)
    assert found is None or (isinstance(found[0], Command) and isinstance(found[1], str))
