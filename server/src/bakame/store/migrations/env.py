"""What Alembic runs: the migrations, on the connection that `store.schema` hands over, in its transaction.

A developer who lets Alembic draft a new migration has no connection to hand over and names the database instead:
`alembic -x url=sqlite:///var/bakame.sqlite revision --autogenerate -m "what changes"`.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection

from bakame.store.address import parse_address
from bakame.store.database import make_engine
from bakame.store.tables import Row


def migrate(connection: Connection) -> None:
    """Runs what was asked for."""
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        # Both databases can undo a half-made migration; Alembic believes it only of PostgreSQL.
        transactional_ddl=True,
        # SQLite alters a table by copying it.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_by_hand() -> None:
    """The command line's way in."""
    engine = make_engine(parse_address(context.get_x_argument(as_dictionary=True)["url"]))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


given = context.config.attributes.get("connection")
if isinstance(given, Connection):
    migrate(given)
else:
    asyncio.run(migrate_by_hand())
