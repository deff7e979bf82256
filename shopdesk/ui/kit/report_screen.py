"""Declaration of a report: parameters, a table with totals, and a chart if one helps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shopdesk.core.permissions import Permission
from shopdesk.core.report import Report
from shopdesk.ui.kit.columns import Column
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_view import Field
from shopdesk.ui.kit.specs import Command, Empty, row_fields
from shopdesk.ui.theme.glyphs import GLYPHS


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars beside the table: the ``most`` largest values of a column, each under the words of another."""

    label: str
    value: str
    most: int = 12


@dataclass(frozen=True, slots=True)
class ReportScreen:
    """A report screen: ``report(reader, **parameters)`` answers a ``Report``, with ``as_actor`` also given ``actor=``.

    ``parameters`` are the fields above the table, filled at first with ``defaults`` (or what that function makes of the
    desk); an empty one is handed over as None. Every column sorts, in memory. ``ident`` names the field or fields that tell
    rows apart. Raises ValueError at import for anything that does not fit together.
    """

    key: str
    title: str
    report: Callable[..., Report[Any]]
    row: type
    columns: tuple[Column, ...]
    needs: Permission
    glyph: str = "chart-bar"
    parameters: tuple[Field, ...] = ()
    defaults: Mapping[str, object] | Callable[[Desk], Mapping[str, object]] = field(default_factory=dict)
    chart: Chart | None = None
    commands: tuple[Command, ...] = ()
    on_open: str = ""
    refresh_on: frozenset[str] | set[str] = frozenset()
    empty: Empty = field(default_factory=Empty)
    ident: str | tuple[str, ...] = "id"
    minor: tuple[str, ...] = ()
    as_actor: bool = False
    export: bool = True

    def __post_init__(self) -> None:
        known = row_fields(self.row)
        keys = [column.key for column in self.columns]
        idents = (self.ident,) if isinstance(self.ident, str) else self.ident
        if missing := set(idents) - known:
            raise ValueError(f"{self.key}: rows of {self.row.__name__} have no {', '.join(sorted(missing))}")
        if absent := [one.key for one in self.columns if one.read is None and one.key not in known]:
            raise ValueError(f"{self.key}: {self.row.__name__} has no {', '.join(absent)}")
        if len(set(keys)) != len(keys):
            raise ValueError(f"{self.key}: a column stands there twice")
        if self.glyph not in GLYPHS:
            raise ValueError(f"no such icon: {self.glyph}")
        if self.chart is not None and not {self.chart.label, self.chart.value} <= set(keys):
            raise ValueError(f"{self.key}: the chart shows columns of the report")
        if strange := set(self.minor) - set(keys):
            raise ValueError(f"{self.key}: no column {', '.join(sorted(strange))}")
        commands = {command.key for command in self.commands}
        if self.on_open and self.on_open not in commands:
            raise ValueError(f"{self.key}: no command {self.on_open}")
        if sum(command.primary for command in self.commands) > 1:
            raise ValueError(f"{self.key}: more than one main action")
