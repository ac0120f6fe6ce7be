"""The commands of an operator."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bakame.app.cli import main
from bakame.app.settings import SERVER_ROOT
from bakame.store.schema import HEAD


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"BAKAME_DATA_DIR": str(tmp_path / "var"), "PORT": "8999", "DATABASE_URL": ""}


def test_every_command_is_there() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output
    assert all(
        command in shown for command in ("serve", "phone", "text", "load", "listen", "db", "curriculum", "doctor")
    )


def test_the_database_is_brought_up_to_date_once(environment: dict[str, str]) -> None:
    run = CliRunner(env=environment)
    assert "empty" in run.invoke(main, ["db", "revision"]).output
    assert f"empty → {HEAD}" in run.invoke(main, ["db", "upgrade"]).output
    again = run.invoke(main, ["db", "upgrade"])
    assert (again.exit_code, again.output.strip()) == (0, f"database: {HEAD}")


def test_a_database_that_does_not_answer_is_said_without_its_password(environment: dict[str, str]) -> None:
    environment["DATABASE_URL"] = "postgresql://user:hunter2@127.0.0.1:1/none"
    result = CliRunner(env=environment).invoke(main, ["db", "upgrade"])
    assert result.exit_code == 1
    assert "does not answer" in result.output
    assert "hunter2" not in result.output


def test_the_curriculum_is_checked_wholly(environment: dict[str, str], tmp_path: Path) -> None:
    run = CliRunner(env=environment)
    assert "math 151" in run.invoke(main, ["curriculum", "check"]).output
    (tmp_path / "skills.yaml").write_text((SERVER_ROOT / "curriculum/skills.yaml").read_text().replace("a+1", "b+1", 1))
    broken = run.invoke(main, ["curriculum", "check", str(tmp_path)])
    assert broken.exit_code == 1
    assert "math.number.count_next" in broken.output


def test_a_configuration_that_cannot_be_used_is_named(environment: dict[str, str]) -> None:
    environment["BAKAME_ENV"] = "production"
    for command in (["serve"], ["db", "upgrade"]):
        result = CliRunner(env=environment).invoke(main, command)
        assert result.exit_code == 1
        assert "TWILIO_AUTH_TOKEN" in result.output


@pytest.mark.parametrize(
    ("engines", "complaint"),
    [("elevenlab,cascade", "no engine called elevenlab"), ("elevenlabs", "ELEVENLABS_API_KEY")],
)
def test_an_engine_that_is_unknown_or_lacks_a_key_is_named(
    environment: dict[str, str], engines: str, complaint: str
) -> None:
    environment["BAKAME_VOICE_ENGINES"] = engines
    result = CliRunner(env=environment).invoke(main, ["serve"])
    assert result.exit_code == 1
    assert complaint in result.output


def test_the_doctor_finds_a_fresh_checkout_well(environment: dict[str, str]) -> None:
    result = CliRunner(env=environment).invoke(main, ["doctor", "--json"])
    found = {one["part"]: one for one in map(json.loads, result.output.splitlines())}
    assert result.exit_code == 0, result.output
    assert found["curriculum"]["health"] == "ok"
    assert found["speech in"]["health"] == "ok"
    assert found["server"] == {
        "part": "server",
        "health": "off",
        "found": "nothing answers at http://127.0.0.1:8999/ready",
        "cure": "Start it: make run",
    }


def test_the_doctor_names_what_is_ill_and_its_cure(environment: dict[str, str]) -> None:
    environment |= {"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
    result = CliRunner(env=environment).invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert "DATABASE_URL" in result.output
    assert "REDIS_URL" in result.output
    assert "hunter2" not in result.output
