"""Rows of mapped tables as plain tuples: what is given, then every other column's default."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa

from shopdesk.db.base import Base
from shopdesk.db.batch import Prepared, Row, insert_into


class RowMaker:
    """An INSERT of a mapped table by tuples of the given columns; columns with a plain default get it."""

    def __init__(self, model: type[Base], *given: str) -> None:
        table = cast("sa.Table", model.__table__)
        others = [
            (column.name, getattr(column.default, "arg", None))  # what a plain default holds
            for column in table.columns
            if column.name not in given and column.default is not None and column.default.is_scalar
        ]
        self.statement: Prepared = insert_into(model, *given, *(name for name, _default in others))
        self.rest: Row = tuple(default for _name, default in others)
        """What is added to each tuple of the given columns."""
