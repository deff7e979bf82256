"""Short lists that a query gives whole (roles, tills, tenders) as the one page that a list screen asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.db.paging import Page, PageRequest

MOST = 1_000


def whole(query: Callable[..., Sequence[Any]]) -> Callable[..., Page[Any]]:
    """A page query over a query that returns every row: searched by their words, ordered by a field's name.

    Only for lists that stay short by their nature; more than 1,000 rows are cut.
    """

    def page(reader: object, request: PageRequest, **fixed: object) -> Page[Any]:
        rows = list(query(reader, **fixed))
        words = request.search.casefold().split()
        rows = [row for row in rows if all(any(word in text for text in _texts(row)) for word in words)]
        for name, value in request.filters:
            rows = [row for row in rows if getattr(row, name) == value]
        if request.sort:
            # None sorts before everything, whatever the others are.
            rows.sort(key=lambda row: _placed(getattr(row, request.sort)), reverse=request.descending)
        return Page(tuple(rows[:MOST]))

    page.__dict__["asks"] = query  # what the page needs to be told is what its query needs
    return page


def one(query: Callable[..., Sequence[Any]]) -> Callable[..., Any]:
    """``one(tax_rates)(reader, 7)`` is the row of a short list with that id as it is now; raises NotFound."""

    def find(reader: object, row_id: object) -> Any:
        for row in query(reader):
            if row.id == row_id:
                return row
        raise NotFound(_("Entry"), row_id)

    return find


def _texts(row: Any) -> list[str]:
    names = getattr(row, "__struct_fields__", None) or getattr(row, "__dataclass_fields__", {})
    return [value.casefold() for name in names if isinstance(value := getattr(row, name), str)]


def _placed(value: Any) -> tuple[bool, Any]:
    if isinstance(value, str):
        value = value.casefold()
    return (value is not None, value if value is not None else 0)
