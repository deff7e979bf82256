"""What every mapped table shares: names of constraints, column types, the columns that people's tables carry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shopdesk.core.clock import from_micros, to_micros

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits everywhere; SQLite's rowid alias needs the word INTEGER."""


class UtcTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC moment stored as microseconds since 1970.

    A whole number sorts, compares and hashes the same on both databases, which the journal, the ledger's chain and keyset
    pages rely on.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the hook's shape
        """Aware moment to microseconds; a naive one is a bug."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Microseconds to an aware UTC moment."""
        return None if value is None else from_micros(value)


class Base(DeclarativeBase):
    """The one metadata."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcTime(),
        int: BigInt,
        str: sa.Text(),
        bytes: sa.LargeBinary(),
    }

    def __repr__(self) -> str:
        key: Any = sa.inspect(self).identity
        return f"<{type(self).__name__} {key}>"


Id = Annotated[int, mapped_column(BigInt, primary_key=True)]
Uid = Annotated[str, mapped_column(sa.String(36), unique=True)]
Code = Annotated[str, mapped_column(sa.String(64))]
Hash = Annotated[str, mapped_column(sa.String(64))]
Flag = Annotated[bool, mapped_column(sa.Boolean(create_constraint=False))]


def ref(
    target: str, **kwargs: Any
) -> Mapped[Any]:  # Any: the column takes the annotation of the attribute it is given to
    """A foreign key to ``table.column`` that refuses to orphan; indexed unless told otherwise."""
    index = kwargs.pop("index", True)
    ondelete = kwargs.pop("ondelete", None)
    return mapped_column(sa.ForeignKey(target, ondelete=ondelete), index=index, **kwargs)


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """A CHECK that a text column holds one of the words of an enumeration."""
    words = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


class Edited:
    """The columns of a table that people edit; ``version`` is the optimistic lock of its form."""

    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    updated_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(BigInt, default=1, server_default="1")


def where(condition: str) -> dict[str, Any]:  # Any: keyword arguments of sa.Index
    """The keyword arguments of an index over the rows that meet a condition, on both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
