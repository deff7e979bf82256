"""Rows of mapped tables as plain tuples of the columns that a file speaks of; every other column has its default.

On SQLite all rows of a chunk go over as one JSON text, and what is the same in each stands in the statement: handing nineteen
values over for each row costs three and a half times as much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec
import sqlalchemy as sa

from shopdesk.db.base import Base
from shopdesk.db.batch import Batch, Prepared, insert_into

Constant = str | int | bool | None
_encode = msgspec.json.Encoder().encode


class RowMaker:
    """INSERTs of a mapped table: always its ``fixed`` columns, then some of the others, whose ``defaults`` are known.

    ``every`` names columns that are the same in all rows of a chunk: who wrote them and when.
    """

    def __init__(
        self,
        model: type[Base],
        *fixed: str,
        every: tuple[str, ...] = (),
        defaults: Mapping[str, Constant] | None = None,
    ) -> None:
        table = cast("sa.Table", model.__table__)
        self._model = model
        self._name = table.name
        self._fixed = fixed
        self._every = every
        known: dict[str, Constant] = {
            column.name: getattr(column.default, "arg", None)  # what a plain default holds
            for column in table.columns
            if column.name not in fixed and column.default is not None and column.default.is_scalar
        }
        self.defaults: dict[str, Constant] = {**known, **(defaults or {})}
        self._whole: dict[tuple[str, ...], Prepared] = {}
        self._numbered: dict[tuple[str, ...], tuple[Prepared, tuple[Constant, ...]]] = {}

    def add(
        self, batch: Batch, rows: Sequence[tuple[object, ...]], *given: str, every: tuple[object, ...] = ()
    ) -> None:
        """Queue rows: tuples of the fixed columns and those ``given``, in this order."""
        if not rows:
            return
        if batch.dialect == "sqlite":
            if given not in self._whole:
                self._whole[given] = self._from_json(given)
            shared = dict(zip(self._every, every, strict=True))
            batch.add(self._whole[given], {"rows": _encode(rows).decode(), **shared})
            return
        if given not in self._numbered:
            rest = [name for name in self.defaults if name not in given]
            statement = insert_into(self._model, *self._fixed, *given, *self._every, *rest)
            self._numbered[given] = (statement, tuple(self.defaults[name] for name in rest))
        statement, constants = self._numbered[given]
        batch.add(statement, [(*row, *every, *constants) for row in rows])

    def _from_json(self, given: tuple[str, ...]) -> Prepared:
        rest = {name: value for name, value in self.defaults.items() if name not in given and value is not None}
        names = [*self._fixed, *given]
        columns = ", ".join(map('"{}"'.format, [*names, *self._every, *rest]))
        read = map("value ->> {}".format, range(len(names)))
        values = ", ".join([*read, *map(":{}".format, self._every), *map(_literal, rest.values())])
        words = ("INSERT INTO", self._name, f"({columns})", "SELECT", values, "FROM json_each(:rows)")
        return Prepared(sqlite=" ".join(words))


def _literal(value: Constant) -> str:
    """A default of the program's own as SQLite writes it."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(int(value or 0))
