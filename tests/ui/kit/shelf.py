"""Named fakes for the kit's tests: a shop without a database, and a shelf of goods that pages like a keyset query."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest
from shopdesk.system.exports import BeginExport
from shopdesk.system.saved_views import DeleteView, KeepLayout, MyViews, SavedViewRow, SaveView, my_views

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANN = Actor(1, "ann", "clerk", frozenset({Permission.SELL, Permission.SALES_VIEW}))
MARKUP = 'Tea <img src="file:///etc/passwd"> & <b>honey</b>'


@dataclass(frozen=True, slots=True)
class Good:
    """A row of the shelf."""

    id: int
    sku: str
    name: str
    price_cents: int
    stock_milli: int
    status: str
    at: datetime


def goods(count: int) -> list[Good]:
    """Goods numbered from 1, every third one void, some names in markup."""
    return [
        Good(
            number,
            f"SKU-{number:05}",
            MARKUP if number % 7 == 3 else f"Green tea {number}",
            number * 137 % 9_000,
            number * 250,
            "void" if number % 3 == 0 else "open",
            NOON - timedelta(minutes=number // 4),
        )
        for number in range(1, count + 1)
    ]


class Shelf:
    """Pages of goods as a keyset query gives them; ``asked`` keeps every request."""

    orders: ClassVar[dict[str, Callable[[Good], tuple[Any, ...]]]] = {
        "": lambda good: (good.id,),
        "sku": lambda good: (good.sku, good.id),
        "price": lambda good: (good.price_cents, good.id),
        "at": lambda good: (good.at, good.id),
    }

    def __init__(self, rows: list[Good]) -> None:
        self.rows = rows
        self.asked: list[PageRequest] = []
        self.delay_s = 0.0

    def page(self, _reader: object, request: PageRequest) -> Page[Good]:
        """One page in the asked order, after the asked cursor."""
        self.asked.append(request)
        if self.delay_s:
            time.sleep(self.delay_s)
        place = self.orders[request.sort]
        status = request.filter("status")
        found = [
            good
            for good in self.rows
            if request.search.lower() in good.name.lower() and (status is None or good.status == status)
        ]
        found.sort(key=place, reverse=request.descending)
        after = request.after
        if after is not None:
            found = [good for good in found if (place(good) < after if request.descending else place(good) > after)]
        more = len(found) > request.limit
        found = found[: request.limit]
        return Page(tuple(found), place(found[-1]) if more else None)


class PaperShop:
    """The two doors without a database: a query gets None as its reader, a use case None as its unit of work.

    Saved views, which every list asks for, are kept here; ``done`` are the other commands.
    """

    def __init__(self) -> None:
        self.clock = ManualClock(NOON)
        self.done: list[object] = []
        self.layouts: dict[str, str] = {}
        self.views: dict[int, tuple[str, SavedViewRow]] = {}

    def ask(self, query: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Call the query."""
        if query is my_views:
            screen = args[0]
            rows = sorted((row for at, row in self.views.values() if at == screen), key=lambda row: row.name)
            return MyViews(self.layouts.get(screen), tuple(rows))
        return query(None, *args, **named)

    def execute(self, use_case: Callable[[Any, Any], Any], command: Any, actor: Actor) -> Any:
        """Call the use case and remember the command."""
        if isinstance(command, KeepLayout):
            self.layouts[command.screen] = command.content
            return None
        if isinstance(command, SaveView):
            view_id = command.view_id or len(self.views) + 1
            row = SavedViewRow(view_id, command.name, command.content, command.is_default)
            self.views[view_id] = (command.screen, row)
            return view_id
        if isinstance(command, DeleteView):
            self.views.pop(command.view_id, None)
            return None
        if isinstance(command, BeginExport):
            self.done.append(command)
            return None
        result = use_case(None, command)
        self.done.append(command)
        return result
