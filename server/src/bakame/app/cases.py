"""`bakame case`: what waits for a person, and what people did with it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.app.settings import load
from bakame.app.tariffs import read_tariff
from bakame.errors import BakameError, Conflict, Invalid
from bakame.records.cases.schemas import Case
from bakame.records.cases.service import Cases
from bakame.records.learners.service import Learners
from bakame.records.ledger.schemas import Tariff, Use
from bakame.records.notices.service import Notices
from bakame.store.database import Database
from bakame.text.gsm import parts, to_gsm

MOST_PARTS: Final = 3
GATEWAY: Final = "twilio"

T = TypeVar("T")

case = typer.Typer(help="What a person must look at: disclosures, and questions to a teacher.", no_args_is_help=True)
_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)

Number = Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="The case's number.", metavar="ID")]
By = Annotated[str, typer.Option(help="Your name.")]


@case.command("list")
def list_cases(everything: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False) -> None:
    """Show what waits: urgent ones first, then the one that waits longest. No words and no numbers."""
    found = _run(lambda session: Cases(session).waiting(closed=everything))
    if not found:
        _out.print("no cases" if everything else "nothing waits")
        return
    table = Table("case", "", "kind", "signs", "state", "by", "opened (UTC)", "lang", box=None, pad_edge=False)
    for one in found:
        urgent = "[red]urgent[/]" if one.urgent else ""
        handled = (one.handled_by or "").replace("[", r"\[")
        opened = f"{one.opened_at:%Y-%m-%d %H:%M}"
        table.add_row(str(one.id), urgent, one.kind, ", ".join(one.signs), one.stage, handled, opened, one.language)
    _out.print(table)


@case.command("show")
def show_case(case_id: Number) -> None:
    """Show one case wholly, with the number to reach the learner."""

    async def look(session: AsyncSession) -> tuple[Case, str | None]:
        found = await Cases(session).get(case_id)
        return found, await Learners(session).number(found.line_id) if found.line_id else None

    found, number = _run(look)
    for name, value in (
        ("case", f"{found.id}, {found.kind}, {found.stage}{', urgent' if found.urgent else ''}"),
        ("signs", ", ".join(found.signs)),
        ("said", found.said or "not kept: the learner has not agreed that words are kept"),
        ("reach", f"{number or 'the line was erased'}, {found.channel}, speaks {found.language}"),
        ("call or text", found.call_id or found.message_id),
        ("opened", f"{found.opened_at:%Y-%m-%d %H:%M} UTC"),
        ("taken", found.acknowledged_at and f"{found.acknowledged_at:%Y-%m-%d %H:%M} UTC"),
        ("by", found.handled_by),
        ("answer", found.answer),
        ("closed", found.closed_at and f"{found.closed_at:%Y-%m-%d %H:%M} UTC"),
    ):
        if value:
            _out.print(f"{name + ':':<14}{value}", markup=False, soft_wrap=True)


@case.command("take")
def take_case(case_id: Number, by: By) -> None:
    """Take a case, so that everybody sees who looks after it."""
    taken = _run(lambda session: Cases(session).acknowledge(case_id, by=by), writes=True)
    _out.print(f"case {taken.id} is yours", markup=False)


@case.command("answer")
def answer_case(
    case_id: Number,
    text: Annotated[str, typer.Argument(help="What the learner gets by SMS.")],
    by: By,
    safe: Annotated[
        bool, typer.Option("--safe-to-text", help="Nobody else reads this phone. Needed for disclosures.")
    ] = False,
) -> None:
    """Answer by SMS, once."""
    tariff = _tariff()
    count = _run(lambda session: answer(session, case_id, text, by=by, safe=safe, tariff=tariff), writes=True)
    _out.print(f"case {case_id} is answered; {count} SMS {'part waits' if count == 1 else 'parts wait'} to be sent")


@case.command("close")
def close_case(case_id: Number, by: By) -> None:
    """Close a case that somebody took."""
    closed = _run(lambda session: Cases(session).close(case_id, by=by), writes=True)
    _out.print(f"case {closed.id} is closed", markup=False)


async def answer(session: AsyncSession, case_id: int, text: str, *, by: str, safe: bool, tariff: Tariff) -> int:
    """Notes an answer and writes the text that carries it, in one transaction; its parts.

    A disclosure is answered by text only when it is known to be `safe`: a phone is often shared with whoever does harm.
    Raises `Missing`; `Invalid` for an answer that is none or too long, or may not be safe; `Conflict` when the case was
    answered or closed, or when nothing may be sent to its line.
    """
    body = to_gsm(" ".join(text.split()))
    count = parts(body)
    if not 0 < count <= MOST_PARTS:
        raise Invalid(f"an answer takes 1 to {MOST_PARTS} SMS parts, this one {count}")
    found = await Cases(session).get(case_id)
    if found.kind == "disclosure" and not safe:
        raise Invalid("others may read this phone: call, or confirm with --safe-to-text")
    if found.line_id is None:
        raise Conflict("the line was erased, nothing can be sent", retryable=False)
    answered = await Cases(session).answer(case_id, body, by=by)
    number = await Learners(session).number(found.line_id)
    if number is None or (await Learners(session).line(number)).opted_out:
        raise Conflict("the line wants no texts: call instead", retryable=False)
    use = Use("text", GATEWAY, "sms", "parts", count, "answer", learner_id=answered.learner_id)
    await Notices(session).write(
        f"case:{case_id}",
        kind="answer",
        line_id=found.line_id,
        learner_id=answered.learner_id,
        body=body,
        parts=count,
        cost_micros=tariff.cost_micros(use),
        currency=tariff.currency,
    )
    return count


def _tariff() -> Tariff:
    try:
        settings = load()
        return read_tariff(settings.prices, currency=settings.currency)
    except BakameError as error:
        raise _failed(error) from None


def _run(work: Callable[[AsyncSession], Awaitable[T]], *, writes: bool = False) -> T:
    async def inside() -> T:
        async with Database(load().database) as database, database.session(read_only=not writes) as session:
            return await work(session)

    try:
        return asyncio.run(inside())
    except BakameError as error:
        raise _failed(error) from None


def _failed(error: BakameError) -> typer.Exit:
    _err.print(f"bakame: {error}", markup=False, style="red")
    return typer.Exit(1)
