"""What a piece of news, a finding or a result is about, and where it is shown."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shopdesk.core.i18n import _
from shopdesk.insight.numbers import row_of_number
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.record_page import RecordPage
from shopdesk.ui.kit.record_view import open_record

if TYPE_CHECKING:
    from shopdesk.ui.office import Office


class Show(Protocol):
    """Shows a thing by its id, in the office or in a window of its own."""

    def __call__(self, office: Office, id: str, *, window: bool = False) -> object: ...


def _loads(module: str, name: str) -> Callable[[], RecordPage]:
    def load() -> RecordPage:
        page: RecordPage = getattr(import_module(f"shopdesk.ui.screens.{module}"), name)
        return page

    return load


def record_page(module: str, name: str) -> Show:
    """Shows the record page ``name`` of ``shopdesk.ui.screens.<module>``, imported in a thread; the id is a number."""

    load = _loads(module, name)

    def show(office: Office, id: str, *, window: bool = False) -> None:
        def loaded(page: RecordPage) -> None:
            open_record(office, page, int(id), window=window)

        office.desk.lanes.read(load, loaded, owner=office, key="target")

    return show


def numbered(kind: str, module: str, name: str) -> Show:
    """The same by a document's number: ``kind`` is that of its journal entry."""
    load = _loads(module, name)

    def show(office: Office, id: str, *, window: bool = False) -> None:
        def found(row_id: int | None) -> None:
            if row_id is None:
                office.messages.refuse(_("{number} is no longer there.").format(number=id))
                return
            office.desk.lanes.read(
                load, lambda page: open_record(office, page, row_id, window=window), owner=office, key="target"
            )

        office.desk.ask(row_of_number, kind, id, done=found, failed=question_failed(office), owner=office, key="number")

    return show


def found_in(place: str) -> Show:
    """Opens a list and searches it for the id; in another window the list is opened there."""

    def show(office: Office, id: str, *, window: bool = False) -> None:
        def search() -> None:
            page = office.pages.get(place)
            if isinstance(page, ListView):
                page.search_for(id)

        if window:
            office.window_wanted.emit(place)
        else:
            office.open(place, search)

    return show


def in_place(place: str) -> Show:
    """Opens a place."""

    def show(office: Office, id: str, *, window: bool = False) -> None:  # noqa: ARG001 - the place shows all of them
        if window:
            office.window_wanted.emit(place)
        else:
            office.open(place)

    return show


def _any_place(office: Office, id: str, *, window: bool = False) -> None:
    in_place(id)(office, id, window=window)


TARGETS: dict[str, Show] = {
    "job": in_place("jobs"),
    "place": _any_place,
    "sale": found_in("sales"),
    "void": found_in("sales"),
    "return": found_in("sales"),
    "product": record_page("product_page", "PRODUCT"),
    "variant": record_page("stock_record", "STOCK_RECORD"),
    "customer": record_page("customer_page", "CUSTOMER"),
    "feed": record_page("import_page", "IMPORT"),
    "supplier": record_page("suppliers", "SUPPLIER"),
    "purchase_order": record_page("purchase_order", "ORDER"),
    "receipt": numbered("receipt", "receiving", "RECEIPT"),
    "receipt_reversal": numbered("receipt_reversal", "receiving", "RECEIPT"),
    "supplier_return": numbered("supplier_return", "purchase_returns", "RETURN"),
    "transfer_sent": numbered("transfer_sent", "transfers", "TRANSFER"),
    "transfer_received": numbered("transfer_received", "transfers", "TRANSFER"),
    "stock_count": numbered("stock_count", "counts", "COUNT"),
    "stock_adjustment": numbered("stock_adjustment", "stock_papers", "ADJUSTMENT"),
    "stock_transfer": numbered("stock_transfer", "stock_papers", "MOVED"),
}
"""By kind, as ``notify(target=...)``, results of jobs and the palette name it; areas add their own."""


def open_target(office: Office, kind: str, id: str, *, window: bool = False) -> None:
    """Show what something is about; what this program does not know how to show is said."""
    show = TARGETS.get(kind)
    if show is None:
        office.messages.refuse(_("There is no page to show for this."))
    else:
        show(office, id, window=window)
