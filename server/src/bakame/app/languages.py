"""`bakame locales`: how far each language is, and `bakame locales review`: a person signs a translation."""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po
from rich.console import Console
from rich.table import Table

from bakame.app.settings import load
from bakame.errors import BakameError, Invalid, Missing
from bakame.tutor.wording import DOMAIN, DRAFT, REVIEWED, SOURCE_LANGUAGE, Standing, Wording, is_reviewed

MOST_NAME_CHARS: Final = 60
_out: Final = Console(highlight=False)
_err: Final = Console(stderr=True, highlight=False)

locales = typer.Typer(help="What the tutor says, in each language.", invoke_without_command=True)
Folder = Annotated[Path | None, typer.Option("--folder", help="Another locales folder than the configured one.")]


@locales.callback()
def show(
    context: typer.Context,
    language: Annotated[str | None, typer.Option(help="List what this language lacks, and its drafts.")] = None,
    folder: Folder = None,
) -> None:
    """Say how many messages of each language are reviewed, drafts, or missing."""
    if context.invoked_subcommand is not None:
        return
    _told(lambda: _show(folder or load().locales_dir, language))


@locales.command()
def review(
    language: Annotated[str, typer.Argument(help="The language, for example rw.")],
    keys: Annotated[list[str] | None, typer.Argument(help="Messages, or keys with all their messages.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every message of the language.")] = False,
    by: Annotated[str, typer.Option(help="Who has read them.")] = "",
    folder: Folder = None,
) -> None:
    """Mark translations as reviewed, with your name and today's date."""

    def reviewed() -> None:
        path = (folder or load().locales_dir) / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        if everything == bool(keys):
            raise Invalid("Name the messages, or say --all.")
        count = sign(path, language=language, keys=keys, by=by, on=datetime.now(UTC).date())
        _out.print(f"{language}: {count} reviewed by {by.strip()}", markup=False)

    _told(reviewed)


def sign(path: Path, *, language: str, keys: list[str] | None, by: str, on: date) -> int:
    """Marks the messages of `keys` (None: all) in a .po file as reviewed, and gives how many were drafts before.

    A key stands for its renderings and variants too. Raises `Missing` for a language or key that is not there, and
    `Invalid` for a name that cannot be written down and for a file that cannot be read; then nothing is written.
    """
    name = by.strip()
    if not name or len(name) > MOST_NAME_CHARS or not name.isprintable():
        raise Invalid(f"Say who reviewed it, in one line of at most {MOST_NAME_CHARS} characters: --by NAME.")
    if language == SOURCE_LANGUAGE:
        raise Invalid("English is the source, it needs no review.")
    catalogue = _read(path, language)
    messages = [message for message in catalogue if message.id and message.string]
    if keys is not None:
        wanted = [(key, [each for each in messages if _is_of(each, key)]) for key in keys]
        if unknown := [key for key, found in wanted if not found]:
            raise Missing(f"{language} has no message {', '.join(unknown)}.")
        messages = list({str(each.id): each for _, found in wanted for each in found}.values())
    signed = [message for message in messages if not is_reviewed(message)]
    for message in signed:
        message.flags.discard(DRAFT)
        kept = [comment for comment in message.user_comments if not REVIEWED.fullmatch(comment)]
        message.user_comments = [*kept, f"reviewed by {name} on {on.isoformat()}"]
    if signed:
        _write(path, catalogue)
    return len(signed)


def _is_of(message: Message, key: str) -> bool:
    message_id = str(message.id)
    rest = message_id.removeprefix(f"{key}.")
    return message_id == key or (
        rest != message_id and all(each in ("voice", "sms") or each.isdigit() for each in rest.split("."))
    )


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        raise Missing(f"There is no catalogue for the language {language}.")
    try:
        return read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True)
    except (OSError, UnicodeDecodeError, PoFileError, ValueError) as error:
        raise Invalid(f"{language}/{path.name}: {error}") from error


def _write(path: Path, catalogue: Catalog) -> None:
    """The whole file at once: who reads it meanwhile reads the old one."""
    catalogue.fuzzy = False
    written = BytesIO()
    write_po(written, catalogue, width=0)
    beside = path.with_suffix(".po.new")
    beside.write_bytes(written.getvalue())
    beside.replace(path)


def _show(folder: Path, language: str | None) -> None:
    wording = Wording.load(folder)
    if language is not None:
        if language not in wording.languages:
            raise Missing(f"There is no catalogue for the language {language}.")
        _list(wording.standing(language))
        return
    table = Table("language", "reviewed", "draft", "missing", "offered", box=None, pad_edge=False)
    offered = wording.offered(allow_drafts=False)
    for each in wording.offered(allow_drafts=True):
        standing = wording.standing(each)
        when = "yes" if each in offered else "with drafts"
        table.add_row(each, *map(str, map(len, (standing.reviewed, standing.drafts, standing.missing))), when)
    _out.print(table)
    for problem in wording.problems():
        _err.print(f"bakame: {problem}", markup=False, style="yellow")


def _list(standing: Standing) -> None:
    for named, keys in (("missing", standing.missing), ("draft", standing.drafts)):
        for key in keys:
            _out.print(f"{named} {key}", markup=False)
    counts = (len(standing.reviewed), len(standing.drafts), len(standing.missing))
    _out.print("{} reviewed, {} draft, {} missing".format(*counts))


def _told(work: Callable[[], None]) -> None:
    try:
        work()
    except BakameError as error:
        _fail(error)


def _fail(error: BakameError) -> NoReturn:
    _err.print(f"bakame: {error}", markup=False, style="red")
    sys.exit(1)
