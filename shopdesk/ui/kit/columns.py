"""Kinds of table columns: what a field of a row is, how it reads and how it is written for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast

from shopdesk.core.i18n import N_, _
from shopdesk.ui.kit.formats import Formats, yes_no
from shopdesk.ui.theme.glyphs import GLYPHS

TONES = ("", "secondary", "success", "warning", "danger")


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    MONEY = "money"
    QUANTITY = "quantity"
    NUMBER = "number"
    PERCENT = "percent"
    MOMENT = "moment"
    DAY = "day"
    STATE = "state"
    FLAG = "flag"


RIGHT_ALIGNED = frozenset({Kind.MONEY, Kind.QUANTITY, Kind.NUMBER, Kind.PERCENT})


@dataclass(frozen=True, slots=True)
class State:
    """How one value of a state column looks: a word, a tone and an icon, so that colour never says it alone."""

    word: str
    tone: str = ""
    glyph: str = ""

    def __post_init__(self) -> None:
        if self.tone not in TONES:
            raise ValueError(f"no such tone: {self.tone}")
        if self.glyph and self.glyph not in GLYPHS:
            raise ValueError(f"no such icon: {self.glyph}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: the row's field, its title and kind.

    ``sort`` names the order of the list's query that this column gives, empty where no index serves it. ``width`` is in
    pixels; a ``stretch`` column takes what is left. ``hidden`` ones are offered in the header's menu. ``read`` makes the
    value from the whole row where no single field holds it.
    """

    key: str
    title: str
    kind: Kind = Kind.TEXT
    width: int = 120
    stretch: bool = False
    sort: str = ""
    hidden: bool = False
    states: Mapping[str, State] = field(default_factory=dict)
    read: Callable[[Any], object] | None = None

    @property
    def right(self) -> bool:
        """Whether the values stand right-aligned, figure under figure."""
        return self.kind in RIGHT_ALIGNED

    def head(self, formats: Formats) -> str:
        """The title, for money with the currency's sign, which the cells leave out."""
        return f"{_(self.title)} ({formats.sign()})" if self.kind is Kind.MONEY else _(self.title)

    def value(self, row: object) -> object:
        """The row's raw value."""
        return getattr(row, self.key) if self.read is None else self.read(row)

    def show(self, row: object, formats: Formats) -> str:
        """The cell's text; nothing is shown for None."""
        value = self.value(row)
        return "" if value is None else _WRITERS[self.kind](self, value, formats)

    def tip(self, row: object, formats: Formats) -> str:
        """The longer text of a hover, in plain words."""
        value = self.value(row)
        if isinstance(value, datetime):
            return formats.full_moment(value)
        return self.show(row, formats)

    def state(self, row: object) -> State | None:
        """The look of a state column's value."""
        value = self.value(row)
        return self.states.get(str(value)) if self.kind is Kind.STATE and value is not None else None


def text(
    key: str, title: str, *, width: int = 160, stretch: bool = False, sort: bool | str = False, hidden: bool = False
) -> Column:
    """Words."""
    return Column(key, title, Kind.TEXT, width, stretch, _sort(key, sort), hidden)


def money(key: str, title: str, *, width: int = 112, sort: bool | str = False, hidden: bool = False) -> Column:
    """Minor units of the shop's currency."""
    return Column(key, title, Kind.MONEY, width, False, _sort(key, sort), hidden)


def quantity(key: str, title: str, *, width: int = 96, sort: bool | str = False, hidden: bool = False) -> Column:
    """Thousandths of a unit."""
    return Column(key, title, Kind.QUANTITY, width, False, _sort(key, sort), hidden)


def number(key: str, title: str, *, width: int = 88, sort: bool | str = False, hidden: bool = False) -> Column:
    """A plain count."""
    return Column(key, title, Kind.NUMBER, width, False, _sort(key, sort), hidden)


def percent(key: str, title: str, *, width: int = 88, sort: bool | str = False, hidden: bool = False) -> Column:
    """Parts per million, shown as a percentage."""
    return Column(key, title, Kind.PERCENT, width, False, _sort(key, sort), hidden)


def moment(key: str, title: str, *, width: int = 152, sort: bool | str = False, hidden: bool = False) -> Column:
    """A time in UTC, shown on the shop's wall."""
    return Column(key, title, Kind.MOMENT, width, False, _sort(key, sort), hidden)


def day(key: str, title: str, *, width: int = 112, sort: bool | str = False, hidden: bool = False) -> Column:
    """A calendar day."""
    return Column(key, title, Kind.DAY, width, False, _sort(key, sort), hidden)


def state(
    key: str,
    title: str,
    states: Mapping[str, State],
    *,
    width: int = 128,
    sort: bool | str = False,
    hidden: bool = False,
    read: Callable[[Any], object] | None = None,
) -> Column:
    """One of a few named values, each with a word, a tone and an icon."""
    return Column(key, title, Kind.STATE, width, False, _sort(key, sort), hidden, states, read)


def flag(
    key: str, title: str, *, yes: State | None = None, no: State | None = None, width: int = 96, hidden: bool = False
) -> Column:
    """A yes or a no; without given looks, ``yes`` or nothing."""
    looks = {"True": yes or State(N_("Yes"), "", "check"), "False": no or State("")}
    return Column(key, title, Kind.STATE, width, False, "", hidden, looks)


def _sort(key: str, sort: bool | str) -> str:
    return (key if sort else "") if isinstance(sort, bool) else sort


def _write_state(column: Column, value: object, _formats: Formats) -> str:
    known = column.states.get(str(value))
    return _(known.word) if known is not None else str(value)


_WRITERS: dict[Kind, Callable[[Column, object, Formats], str]] = {
    Kind.TEXT: lambda _column, value, _formats: str(value),
    Kind.MONEY: lambda _column, value, formats: formats.amount(cast(int, value)),
    Kind.QUANTITY: lambda _column, value, formats: formats.quantity(cast(int, value)),
    Kind.NUMBER: lambda _column, value, _formats: str(value),
    Kind.PERCENT: lambda _column, value, formats: formats.percent(cast(int, value)),
    Kind.MOMENT: lambda _column, value, formats: formats.moment(cast(datetime, value)),
    Kind.DAY: lambda _column, value, formats: formats.day(cast(date, value)),
    Kind.STATE: _write_state,
    Kind.FLAG: lambda _column, value, _formats: yes_no(value),
}
