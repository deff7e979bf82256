"""What rows of a file become: entries that belong together, and faults with row, column and sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.feeds.table import Row

Values = dict[str, object]
Difference = list[list[object]]
"""[part, field, before, after]; part is empty for the thing itself, else the SKU or the address it is about."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is refused."""

    row: int
    column: str
    code: str
    message: str


class Entry:
    """Rows that make up one thing: a product with its variants, a customer with addresses, one level or price.

    ``row`` is the first one's number, ``last`` the last one's, ``rows`` how many there are. ``parts`` are (row, values).
    """

    __slots__ = ("faults", "last", "name", "origin", "parts", "row", "rows", "sound", "title", "values")

    def __init__(self, row: int, name: str, title: str, values: Values) -> None:
        self.row = self.last = row
        self.rows = 1
        self.name = name
        self.title = title
        self.values = values
        self.parts: list[tuple[int, Values]] = []
        self.faults: list[Fault] = []
        self.sound = 0
        """How many of the faults are the file's own; comparing adds others, each time anew."""
        self.origin: object = None


class Change:
    """What an entry does to the shop: ``target_id`` None makes something new, whose ``details`` are the entry's own values.

    ``plan`` belongs to the kind: what it needs to write. ``before`` is what undoing needs; ``mark`` how the thing was left.
    """

    __slots__ = ("before", "details", "entry", "flags", "is_new", "mark", "plan", "target_id")

    def __init__(self, entry: Entry, target_id: int | None, details: Difference | None, plan: object) -> None:
        self.entry = entry
        self.is_new = target_id is None
        self.target_id = target_id
        self.details = details
        self.plan = plan
        self.flags = 0
        self.before: object = None
        self.mark: object = None


Verdict = Change | None
"""What comparing says of an entry: a change, or nothing (what is there already, or a fault told on the entry)."""


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was applied, as it is read back for undoing."""

    position: int
    target_id: int
    action: str
    name: str
    title: str
    before: object
    mark: object


class Kind(Protocol):
    """One kind of file at work: it reads rows, compares them with the shop, writes and takes back."""

    entities: tuple[str, ...]

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """Entries in the order of the file; each with its faults so far."""

    def compare(self, reader: Reader, entries: Sequence[Entry], *, lock: bool) -> list[Verdict]:
        """What each entry changes, as the shop is now; what cannot be is told as the entry's faults."""

    def write(self, uow: UnitOfWork, changes: Sequence[Change]) -> None:
        """Write what ``compare`` found in the same transaction; sets targets, ``before`` and ``mark``."""

    def take_back(self, uow: UnitOfWork, changes: Sequence[Done]) -> list[str]:
        """Undo changes; the reason for each that stays, empty for what was taken back."""
