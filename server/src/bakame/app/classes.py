"""`bakame class`: classes that learners join by a code, and challenges that they win together."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.app.clock import SystemClock
from bakame.app.settings import load
from bakame.errors import BakameError
from bakame.records.school.service import Classes
from bakame.store.database import Database, moment

T = TypeVar("T")

school_class = typer.Typer(help="Classes: a code to join by, and challenges.", no_args_is_help=True)
_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


@school_class.command("new")
def new_class(
    name: Annotated[str, typer.Argument(help="What the class is called.")],
    code: Annotated[str | None, typer.Option(help="A code of your own; else one is made.")] = None,
) -> None:
    """Make a class, and say how learners join it."""
    made = _run(lambda session: Classes(session).found(name, code=code))
    _out.print(f"{made.name}: learners text JOIN {made.code}", markup=False)


@school_class.command("challenge")
def challenge(
    code: Annotated[str, typer.Argument(help="The code of the class.")],
    points: Annotated[int, typer.Option(min=1, help="What is to be earned together.")],
    days: Annotated[int, typer.Option(min=1, max=365, help="In how many days, from now.")] = 7,
) -> None:
    """Give a class a number of points to earn together."""

    async def give(session: AsyncSession) -> str:
        until = moment(session) + timedelta(days=days)
        given = await Classes(session).challenge(code, points=points, until=until)
        return f"{given.name}: {points} points until {until:%Y-%m-%d %H:%M} UTC"

    _out.print(_run(give), markup=False)


@school_class.command("show")
def show(code: Annotated[str, typer.Argument(help="The code of the class.")]) -> None:
    """Say how many are in a class and how its challenge stands."""

    async def look(session: AsyncSession) -> str:
        standing = await Classes(session).standing(code)
        told = f"{standing.name}: {standing.members} members"
        if standing.goal and standing.until:
            told += f", {standing.earned} of {standing.goal} points until {standing.until:%Y-%m-%d %H:%M} UTC"
        return told

    _out.print(_run(look), markup=False)


def _run(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Does the work in one transaction; what the product refuses ends the command with its words."""

    async def running() -> T:
        async with Database(load().database, now=SystemClock().now) as database, database.session() as session:
            return await work(session)

    try:
        return asyncio.run(running())
    except BakameError as error:
        _err.print(f"bakame: {error}", markup=False, style="red")
        raise typer.Exit(1) from None
