"""Classes from an operator's terminal."""

import asyncio
from pathlib import Path

from typer.testing import CliRunner

from bakame.app.cli import main
from bakame.store.schema import upgrade


def test_a_class_is_made_challenged_and_looked_at(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bakame.sqlite'}"
    asyncio.run(upgrade(url))
    terminal = CliRunner(env={"BAKAME_DATA_DIR": str(tmp_path), "DATABASE_URL": url})

    def runs(*command: str) -> tuple[int, str]:
        done = terminal.invoke(main, ["class", *command])
        return done.exit_code, " ".join(done.output.split())

    assert runs("new", "P5 Kigali", "--code", "p5-kig") == (0, "P5 Kigali: learners text JOIN P5-KIG")
    assert runs("show", "p5-kig") == (0, "P5 Kigali: 0 members")
    code, told = runs("challenge", "P5-KIG", "--points", "500", "--days", "7")
    assert code == 0
    assert told.startswith("P5 Kigali: 500 points until ")
    assert runs("show", "P5-KIG")[1].startswith("P5 Kigali: 0 members, 0 of 500 points until ")
    assert runs("new", "Another", "--code", "P5-KIG") == (1, "bakame: the code P5-KIG is taken")
    assert runs("show", "NOPE1") == (1, "bakame: there is no class with this code")
