"""The command line tells how far each language is, and lets a person sign translations in its file."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import typer
from babel.messages.pofile import read_po
from typer.testing import CliRunner, Result

from bakame.app.languages import locales, sign
from bakame.errors import Invalid, Missing
from bakame.tutor.wording import Wording

ON = date(2026, 11, 23)
ENGLISH = (("a.voice.1", "A"), ("a.voice.2", "AA"), ("a.sms", "a"), ("a.b", "B {name}"), ("c", "C"))
main = typer.Typer()
main.add_typer(locales, name="locales")


def write(folder: Path, language: str, messages: tuple[tuple[str, str], ...], *, mark: str = "") -> Path:
    path = folder / language / "LC_MESSAGES" / "bakame.po"
    path.parent.mkdir(parents=True)
    body = "".join(f'{mark}msgid "{key}"\nmsgstr "{text}"\n\n' for key, text in messages)
    path.write_text(f'# Words\nmsgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n{body}')
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "en", ENGLISH)
    write(tmp_path, "rw", ENGLISH[:4], mark="# Section\n#, fuzzy\n")
    return tmp_path


def catalogue(folder: Path) -> Path:
    return folder / "rw" / "LC_MESSAGES" / "bakame.po"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["locales", *arguments, "--folder", str(folder)])


def test_all_languages_are_told_with_their_counts(folder: Path) -> None:
    shown = run(folder)
    assert shown.exit_code == 0
    rows = [row.split() for row in shown.stdout.splitlines()]
    assert rows[1] == ["en", "5", "0", "0", "yes"]
    assert rows[2] == ["rw", "0", "4", "1", "with", "drafts"]


def test_of_one_language_what_it_lacks_is_listed(folder: Path) -> None:
    shown = run(folder, "--language", "rw")
    assert "missing c\n" in shown.stdout
    assert "draft a.sms\n" in shown.stdout
    assert shown.stdout.endswith("0 reviewed, 4 draft, 1 missing\n")


def test_a_key_is_signed_with_its_renderings_and_variants_and_nothing_else_changes(folder: Path) -> None:
    path = catalogue(folder)
    shown = CliRunner().invoke(main, ["locales", "review", "rw", "a", "--by", "Keza U.", "--folder", str(folder)])
    assert shown.stdout == "rw: 3 reviewed by Keza U.\n"
    wording = Wording.load(folder)
    assert wording.standing("rw").reviewed == ("a.voice.1", "a.voice.2", "a.sms")
    assert wording.standing("rw").drafts == ("a.b",)
    assert [message.id for message in read_po(BytesIO(path.read_bytes()))] == ["", *(key for key, _ in ENGLISH[:4])]
    assert path.read_text().count("# Section\n") == 4


def test_a_language_that_is_signed_wholly_is_offered_once_it_is_complete(folder: Path) -> None:
    assert sign(catalogue(folder), language="rw", keys=None, by="Keza", on=ON) == 4
    assert Wording.load(folder).offered(allow_drafts=False) == ("en",)
    with catalogue(folder).open("a") as file:
        file.write('\n#, fuzzy\nmsgid "c"\nmsgstr "Ce"\n')
    assert sign(catalogue(folder), language="rw", keys=["c"], by="Keza", on=ON) == 1
    assert Wording.load(folder).offered(allow_drafts=False) == ("en", "rw")


def test_who_signed_first_stays_until_the_message_is_a_draft_again(folder: Path) -> None:
    path = catalogue(folder)
    sign(path, language="rw", keys=["a.b"], by="Keza", on=ON)
    assert sign(path, language="rw", keys=["a.b"], by="Eric", on=ON) == 0
    assert "# reviewed by Keza on 2026-11-23\n" in path.read_text()
    path.write_text(path.read_text().replace("on 2026-11-23\n", "on 2026-11-23\n#, fuzzy\n"))
    assert sign(path, language="rw", keys=["a.b"], by="Eric", on=ON) == 1
    assert "Keza" not in path.read_text()


@pytest.mark.parametrize("by", ["", "  ", "two\nlines", "x" * 61])
def test_a_review_wants_a_name_that_can_be_written_in_a_line(folder: Path, by: str) -> None:
    before = catalogue(folder).read_bytes()
    with pytest.raises(Invalid, match="--by NAME"):
        sign(catalogue(folder), language="rw", keys=None, by=by, on=ON)
    assert catalogue(folder).read_bytes() == before


def test_a_key_that_is_not_there_signs_nothing_at_all(folder: Path) -> None:
    with pytest.raises(Missing, match="nowhere"):
        sign(catalogue(folder), language="rw", keys=["a", "nowhere"], by="Keza", on=ON)
    assert not Wording.load(folder).standing("rw").reviewed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["review", "rw", "--by", "Keza"], "say --all"),
        (["review", "rw", "a", "--all", "--by", "Keza"], "say --all"),
        (["review", "xx", "--all", "--by", "Keza"], "no catalogue for the language xx"),
        (["review", "../rw", "--all", "--by", "Keza"], "no catalogue"),
        (["review", "en", "--all", "--by", "Keza"], "English is the source"),
        (["--language", "xx"], "no catalogue for the language xx"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(folder: Path, arguments: list[str], told: str) -> None:
    shown = run(folder, *arguments)
    assert shown.exit_code == 1
    assert told in shown.stderr


def test_a_file_that_cannot_be_read_is_told_and_left_alone(folder: Path) -> None:
    catalogue(folder).write_text("msgid a\n")
    shown = run(folder, "review", "rw", "--all", "--by", "Keza")
    assert shown.exit_code == 1
    assert "rw/bakame.po" in shown.stderr
    assert catalogue(folder).read_text() == "msgid a\n"
