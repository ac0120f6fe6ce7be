"""Inserts that meet a row which is there already, in the words of either database."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.store.tables import Row


def insert(session: AsyncSession, table: type[Row]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that has `on_conflict_do_nothing` and `on_conflict_do_update`.

    Nothing is broken by the conflict: unlike an `IntegrityError`, it leaves PostgreSQL's transaction usable.
    """
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
