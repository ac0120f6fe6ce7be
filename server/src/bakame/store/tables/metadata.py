"""What all tables share: how constraints are named, and how Python's types are stored."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, mapped_column

from bakame.store.database import UtcDateTime

Id = BigInteger().with_variant(Integer, "sqlite")
"""The only type that SQLite numbers by itself is INTEGER; it has 64 bits there."""

RowId = Annotated[int, mapped_column(Id, primary_key=True, autoincrement=True)]
Json = dict[str, Any]

NUMBERED = {"sqlite_autoincrement": True}
"""Table option: an id is never used again, also not after its row was erased."""


class Row(DeclarativeBase):
    """A row of some table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # Plain JSON, not JSONB: the state of a lesson is read back as it was written and never searched.
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, Json: JSON}
