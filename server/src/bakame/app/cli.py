"""The command line: `bakame serve | phone | text | answer | command | learners | load | listen | doctor | …`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from bakame.app import serving
from bakame.app.answering import SIGNED, answer, command
from bakame.app.cases import case
from bakame.app.classes import school_class
from bakame.app.content import load_content
from bakame.app.doctor import examine, show_findings
from bakame.app.languages import locales
from bakame.app.learners import learners
from bakame.app.listening import listen
from bakame.app.logging import configure_logging
from bakame.app.settings import Settings, load
from bakame.errors import BakameError
from bakame.providers.local.synthesiser import EspeakSynthesiser
from bakame.simulator.cli import Kit, mount
from bakame.simulator.load.cli import LoadKit, mount_load
from bakame.store.schema import revision, upgrade

main = typer.Typer(name="bakame", help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
database = typer.Typer(help="The database.", no_args_is_help=True)
curriculum = typer.Typer(help="What is taught.", no_args_is_help=True)
main.add_typer(database, name="db")
main.add_typer(curriculum, name="curriculum")
main.add_typer(case, name="case")
main.add_typer(locales, name="locales")
main.add_typer(school_class, name="class")
mount(main, Kit(token=lambda: _settings().auth_token, synthesiser=EspeakSynthesiser))
main.command()(listen)
main.command("learners")(learners)
main.command("answer", context_settings=SIGNED)(answer)
main.command("command", context_settings=SIGNED)(command)
mount_load(main, LoadKit(token=lambda: _settings().auth_token))

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


@main.command()
def serve() -> None:
    """Migrate the database, check the curriculum and answer calls and texts."""
    settings = _settings()
    configure_logging(level=settings.log_level, as_json=not settings.is_development)
    try:
        serving.serve(settings, out=_out)
    except BakameError as error:
        _fail(error)


@main.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Say what is configured, what answers and what is missing, each with its cure."""
    findings = asyncio.run(examine())
    show_findings(findings, out=_out, as_json=as_json)
    raise typer.Exit(any(finding.is_fatal for finding in findings))


@database.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the newest revision."""
    settings = _settings()
    try:
        done = asyncio.run(upgrade(settings.database))
    except BakameError as error:
        _fail(error)
    _out.print(f"database: {done.before or 'empty'} → {done.after}" if done.changed else f"database: {done.after}")


@database.command("revision")
def show_revision() -> None:
    """Say which revision the database is at."""
    try:
        _out.print(asyncio.run(revision(_settings().database)) or "empty")
    except BakameError as error:
        _fail(error)


@curriculum.command("check")
def check_curriculum(
    folder: Annotated[Path | None, typer.Argument(help="Another curriculum folder to check.")] = None,
) -> None:
    """Check every file of the curriculum wholly, and say where each fault is."""
    settings = _settings()
    try:
        content = load_content(curriculum_dir=folder or settings.curriculum_dir, locales_dir=settings.locales_dir)
    except BakameError as error:
        _fail(error)
    skills = content.curriculum.skills
    modules = sorted({skill.module for skill in skills.values()})
    counts = ", ".join(f"{module} {len(content.curriculum.of_module(module))}" for module in modules)
    _out.print(f"curriculum: {len(skills)} skills ({counts}), no faults")


def _settings() -> Settings:
    try:
        return load()
    except BakameError as error:
        _fail(error)


def _fail(error: BakameError) -> NoReturn:
    _err.print(f"bakame: {error}", markup=False, style="red")
    sys.exit(1)
