"""Rows of mapped tables as plain tuples of the columns that a file speaks of; every other column has its default.

On SQLite the defaults stand in the statement itself: handing nineteen values over for each row costs two and a half times as
much as handing over the seven that differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import sqlalchemy as sa

from shopdesk.db.base import Base
from shopdesk.db.batch import Batch, Prepared, insert_into

Constant = str | int | bool | None


class RowMaker:
    """INSERTs of a mapped table: always its ``fixed`` columns, then some of the others, whose ``defaults`` are known."""

    def __init__(self, model: type[Base], *fixed: str, defaults: Mapping[str, Constant] | None = None) -> None:
        table = cast("sa.Table", model.__table__)
        self._model = model
        self._name = table.name
        self._fixed = fixed
        known: dict[str, Constant] = {
            column.name: getattr(column.default, "arg", None)  # what a plain default holds
            for column in table.columns
            if column.name not in fixed and column.default is not None and column.default.is_scalar
        }
        self.defaults: dict[str, Constant] = {**known, **(defaults or {})}
        self._literal: dict[tuple[str, ...], Prepared] = {}
        self._numbered: dict[tuple[str, ...], tuple[Prepared, tuple[Constant, ...]]] = {}

    def add(self, batch: Batch, rows: Sequence[tuple[object, ...]], *given: str) -> None:
        """Queue rows: tuples of the fixed columns and those ``given``, in this order."""
        if not rows:
            return
        if batch.dialect == "sqlite":
            if given not in self._literal:
                self._literal[given] = self._with_literals(given)
            batch.add(self._literal[given], rows)
            return
        if given not in self._numbered:
            rest = [name for name in self.defaults if name not in given]
            statement = insert_into(self._model, *self._fixed, *given, *rest)
            self._numbered[given] = (statement, tuple(self.defaults[name] for name in rest))
        statement, constants = self._numbered[given]
        batch.add(statement, [(*row, *constants) for row in rows] if constants else rows)

    def _with_literals(self, given: tuple[str, ...]) -> Prepared:
        rest = {name: value for name, value in self.defaults.items() if name not in given and value is not None}
        quote = '"{}"'.format
        names = [*self._fixed, *given]
        columns = ", ".join(map(quote, [*names, *rest]))
        values = ", ".join([*(f":{name}" for name in names), *map(_literal, rest.values())])
        return Prepared(sqlite=" ".join(("INSERT INTO", self._name, f"({columns})", "VALUES", f"({values})")))


def _literal(value: Constant) -> str:
    """A default of the program's own as SQLite writes it."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(int(value or 0))
