"""Declarations of screens: frozen data, checked the moment they are imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from shopdesk.core.bulk_report import BulkReport
from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.columns import Column
from shopdesk.ui.theme.glyphs import GLYPHS

if TYPE_CHECKING:
    from shopdesk.db.paging import Page, Sorts
    from shopdesk.ui.kit.form_view import Field
    from shopdesk.ui.kit.list_view import ListView
    from shopdesk.ui.kit.record_page import RecordPage


class Pick(StrEnum):
    """How many chosen rows a command works on."""

    NONE = "none"
    ONE = "one"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do on a list: its words, icon, key, permission and what it runs.

    ``run`` gets the view and the chosen rows. ``ready`` says whether one row allows it now (asked for every chosen
    row). ``danger`` marks what cannot be undone; ``primary`` is the one main action of the screen.
    """

    key: str
    title: str
    run: Callable[[Any, Sequence[Any]], object]  # Any: a ListView or ReportView, as the screen knows
    glyph: str = ""
    needs: Permission | None = None
    shortcut: str = ""
    on: Pick = Pick.ONE
    primary: bool = False
    danger: bool = False
    ready: Callable[[Any], bool] | None = None

    def __post_init__(self) -> None:
        _known_glyph(self.glyph)
        if self.shortcut and QKeySequence(self.shortcut).isEmpty():
            raise ValueError(f"command {self.key}: {self.shortcut} is no key")
        if self.primary and self.danger:
            raise ValueError(f"command {self.key}: the main action cannot be a danger")

    def fits(self, rows: Sequence[Any]) -> bool:
        """Whether it can be run on these chosen rows."""
        if self.on is Pick.NONE:
            return True
        if not rows or (self.on is Pick.ONE and len(rows) != 1):
            return False
        return self.ready is None or all(self.ready(row) for row in rows)


class FilterKind(StrEnum):
    """The shapes of a filter."""

    CHOICE = "choice"
    FLAG = "flag"
    PERIOD = "period"


# A choice: what goes to the query, and the word for it.
Option = tuple[object, str]


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow a list, shown as a chip; ``key`` is its name in the ``PageRequest``.

    A choice takes its options from a fixed tuple or from a query that returns (value, word) pairs. A flag sends True. A
    period sends two moments under the names of ``bounds``, the second one not included.
    """

    key: str
    title: str
    kind: FilterKind
    options: tuple[Option, ...] = ()
    query: Callable[..., Sequence[Option]] | None = None
    bounds: tuple[str, str] = ("since", "until")

    def __post_init__(self) -> None:
        if (self.kind is FilterKind.CHOICE) == (not self.options and self.query is None):
            raise ValueError(f"filter {self.key}: a choice, and only a choice, has options")


def choice(key: str, title: str, options: Sequence[Option] | Callable[..., Sequence[Option]]) -> Filter:
    """One of several values."""
    if callable(options):
        return Filter(key, title, FilterKind.CHOICE, query=options)
    return Filter(key, title, FilterKind.CHOICE, tuple(options))


def only(key: str, title: str) -> Filter:
    """On or off."""
    return Filter(key, title, FilterKind.FLAG)


def period(key: str, title: str, *, since: str = "since", until: str = "until") -> Filter:
    """A stretch of days in the shop's time zone; the query gets its bounds under two names."""
    return Filter(key, title, FilterKind.PERIOD, bounds=(since, until))


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands where no row is: an icon, a sentence, and the key of the command that starts it."""

    glyph: str = "inbox-outline"
    sentence: str = N_("Nothing here yet.")
    command: str = ""

    def __post_init__(self) -> None:
        _known_glyph(self.glyph)


@dataclass(frozen=True, slots=True)
class BulkEdit:
    """One form whose filled fields go to all chosen rows.

    ``make(rows, values)`` builds the command for some of the rows from the filled fields alone; ``use_case`` changes what it
    can in one transaction and answers a ``BulkReport``. None of the fields is required; a yes or no can be left as it is.
    """

    title: str
    fields: tuple[Field, ...]
    use_case: Callable[..., BulkReport]
    make: Callable[[Sequence[Any], Mapping[str, Any]], object]
    needs: Permission
    act: str = N_("Change them")
    help: str = N_("Only the fields that you fill in are changed.")

    def __post_init__(self) -> None:
        if any(one.required for one in self.fields):
            raise ValueError(f"{self.title}: what is left empty stays as it is, so no field is required")
        if not self.fields:
            raise ValueError(f"{self.title}: there is nothing to fill in")


@dataclass(frozen=True, slots=True)
class ListScreen:
    """A list screen in about forty lines: a page query, its row type, columns, filters and commands.

    ``page`` is called as ``page(reader, PageRequest, **fixed)``; ``row`` is its frozen row type, whose field or fields
    ``ident`` tell rows apart. ``sorts`` is the query's own table of orders. ``refresh_on`` names the entities whose change
    reloads the list. ``as_actor`` hands the query who asks. ``minor`` names the columns that give way, in this order,
    when space is short. An empty ``search`` is a list that is not searched. ``detail`` builds the pane beside the table;
    without it the pane lists every column. ``bulk`` is what can be changed on many rows at once. ``page_of`` names the
    record page of a row and the row's field with the record's id: Enter opens it. ``export`` False keeps the list inside.
    Raises ValueError at import for anything that does not fit together.
    """

    key: str
    title: str
    page: Callable[..., Page[Any]]
    row: type
    columns: tuple[Column, ...]
    needs: Permission | None = None
    glyph: str = "format-list-bulleted"
    sorts: Sorts | tuple[str, ...] | None = None
    sort: str = ""
    descending: bool = False
    search: str = N_("Search")
    filters: tuple[Filter, ...] = ()
    commands: tuple[Command, ...] = ()
    refresh_on: frozenset[str] | set[str] = frozenset()
    detail: Callable[[ListView, Any], QWidget] | None = None
    empty: Empty = field(default_factory=Empty)
    minor: tuple[str, ...] = ()
    fixed: Mapping[str, object] = field(default_factory=dict)
    as_actor: bool = False
    on_open: str = ""
    ident: str | tuple[str, ...] = "id"
    bulk: BulkEdit | None = None
    page_of: tuple[RecordPage, str] | None = None
    export: bool = True

    def __post_init__(self) -> None:
        known = row_fields(self.row)
        if self.page_of is not None and self.page_of[1] not in known:
            raise ValueError(f"{self.key}: rows of {self.row.__name__} have no {self.page_of[1]}")
        idents = (self.ident,) if isinstance(self.ident, str) else self.ident
        if set(idents) - known:
            raise ValueError(f"{self.key}: rows of {self.row.__name__} have no {', '.join(idents)}")
        if missing := [one.key for one in self.columns if one.read is None and one.key not in known]:
            raise ValueError(f"{self.key}: {self.row.__name__} has no {', '.join(missing)}")
        _known_glyph(self.glyph)
        _once(self.key, "column", [column.key for column in self.columns])
        _once(self.key, "filter", [one.key for one in self.filters])
        _once(self.key, "command", [command.key for command in self.commands])
        _once(self.key, "shortcut", [command.shortcut for command in self.commands if command.shortcut])
        if sum(command.primary for command in self.commands) > 1:
            raise ValueError(f"{self.key}: more than one main action")
        if unknown := set(self.minor) - {column.key for column in self.columns}:
            raise ValueError(f"{self.key}: no column {', '.join(sorted(unknown))}")
        orders = [column.sort for column in self.columns if column.sort]
        orders += [self.sort] if self.sort else []
        offered = self.sorts if self.sorts is None or isinstance(self.sorts, tuple) else tuple(self.sorts.columns)
        if offered is not None and (unknown := set(orders) - set(offered)):
            raise ValueError(f"{self.key}: its query has no order {', '.join(sorted(unknown))}")
        keys = {command.key for command in self.commands}
        for wanted in (self.empty.command, self.on_open):
            if wanted and wanted not in keys:
                raise ValueError(f"{self.key}: no command {wanted}")

    def command(self, key: str) -> Command:
        """A command by its key."""
        return next(command for command in self.commands if command.key == key)


def row_fields(row: type) -> frozenset[str]:
    """The names that a row type offers: dataclass, named tuple or msgspec struct, and its properties."""
    if is_dataclass(row):
        names = {one.name for one in fields(row)}
    else:
        names = set(getattr(row, "__struct_fields__", getattr(row, "_fields", ())))
    names |= {name for name, value in vars(row).items() if isinstance(value, property)}
    return frozenset(names)


def _once(screen: str, what: str, names: list[str]) -> None:
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{screen}: {what} {', '.join(sorted(twice))} stands there twice")


def _known_glyph(glyph: str) -> None:
    if glyph and glyph not in GLYPHS:
        raise ValueError(f"no such icon: {glyph}")
