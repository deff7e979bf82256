"""Price lists: what costs less for whom and when; the prices themselves, and why a price is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopdesk.catalogue.price_list_bulk import PutListPrices, PutPrice, put_list_prices
from shopdesk.catalogue.price_list_queries import (
    LIST_SORTS,
    HolderRow,
    PriceListLine,
    list_holders,
    price_list_card,
    price_lists_page,
)
from shopdesk.catalogue.price_lists import (
    PRICE_SORTS,
    ListedPriceRow,
    SavePriceList,
    listed_prices_page,
    save_price_list,
)
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.money import PPM, round_half_away
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Sorts
from shopdesk.ui.dialogs.labels import open_labels
from shopdesk.ui.dialogs.price_check import open_price_check
from shopdesk.ui.dialogs.price_list_work import AddPrices, open_change, open_copy, open_percent
from shopdesk.ui.dialogs.wall_moments import read_moment, show_moment
from shopdesk.ui.kit.columns import Column, Kind, State, moment, money, number, state, text
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_dialog import Form, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, form_tab, list_tab
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice
from shopdesk.ui.kit.whole import whole

_VIEW, _EDIT = Permission.CATALOGUE_VIEW, Permission.CATALOGUE_EDIT
STANDINGS = {
    "now": State(N_("In force"), "success", "check"),
    "later": State(N_("Begins later"), "warning", "clock-outline"),
    "over": State(N_("Over"), "secondary", "archive-outline"),
    "off": State(N_("Switched off"), "secondary", "close"),
}
_KINDS = {
    "group": State(N_("Group"), "", "account-group-outline"),
    "customer": State(N_("Customer"), "", "account-outline"),
}


def list_form(desk: Desk) -> Form:
    """The form of a list; its moments are the shop's wall."""
    zone = desk.formats.timezone

    def make(values: dict[str, Any]) -> SavePriceList:
        return SavePriceList(
            **{
                **values,
                "priority": values["priority"] or 0,
                "starts_at": read_moment(values["starts_at"], zone, field="starts_at"),
                "ends_at": read_moment(values["ends_at"], zone, field="ends_at", ends=True),
            }
        )

    return Form(
        key="price_lists.list",
        title=N_("Price list"),
        command=SavePriceList,
        use_case=save_price_list,
        fields=(
            Field(
                "name", N_("Name"), required=True, max_length=60, help=N_("It stands on the receipt beside the price.")
            ),
            Field("code", N_("Code"), required=True, max_length=40),
            Field(
                "for_everybody",
                N_("For everybody"),
                Holds.YES,
                help=N_("Otherwise for the customers and groups who are given it."),
            ),
            Field(
                "priority",
                N_("Priority"),
                Holds.COUNT,
                help=N_("Of two lists for the same people the higher one holds."),
            ),
            Field("starts_at", N_("From"), help=N_("2026-12-01 or 2026-12-01 06:00; empty is at once.")),
            Field("ends_at", N_("Until"), help=N_("A day alone means its end; empty is for good.")),
            Field("is_active", N_("Switched on"), Holds.YES),
        ),
        given=("price_list_id", "version"),
        act=N_("Save list"),
        said=N_("The price list was saved."),
        make=make,
        entity="price_list",
    )


def shown(page: RecordView, line: PriceListLine) -> Shown:
    """A list as the form shows it."""
    form, zone = list_form(page.desk), page.desk.formats.timezone
    values: dict[str, object] = {field.key: getattr(line, field.key) for field in form.fields}
    values["starts_at"] = show_moment(line.starts_at, zone)
    values["ends_at"] = show_moment(line.ends_at, zone, ends=True)
    return Shown(values, {"price_list_id": line.id, "version": line.version}, form)


def for_whom(line: PriceListLine) -> str:
    """Who gets the prices, in a few words."""
    if line.for_everybody:
        return _("Everybody")
    parts = []
    if line.groups:
        parts.append(ngettext("{count} group", "{count} groups", line.groups).format(count=line.groups))
    if line.customers:
        parts.append(ngettext("{count} customer", "{count} customers", line.customers).format(count=line.customers))
    return ", ".join(parts) or _("Nobody yet")


def when(line: PriceListLine, formats: Formats) -> str:
    """From when until when, in a few words."""
    start, end = show_moment(line.starts_at, formats.timezone), show_moment(line.ends_at, formats.timezone, ends=True)
    if start and end:
        return _("{start} until {end}").format(start=start, end=end)
    if start or end:
        return _("from {start}").format(start=start) if start else _("until {end}").format(end=end)
    return _("always")


def add(view: ListView, _rows: Sequence[Any]) -> None:
    """Make a list."""
    open_form(view, view.desk, list_form(view.desk), values={"is_active": True})


def check(view: ListView, _rows: Sequence[Any]) -> None:
    """Ask what something will cost."""
    open_price_check(view, view.desk)


def copy(view: ListView, rows: Sequence[PriceListLine]) -> None:
    """Copy a list."""
    open_copy(view, view.desk, rows[0], view.messages)


def add_prices(view: ListView, _rows: Sequence[Any]) -> None:
    """Type prices in."""
    AddPrices(view, view.desk, _list_id(view)).open()


def change(view: ListView, rows: Sequence[ListedPriceRow]) -> None:
    """Change a price."""
    open_change(view, view.desk, _list_id(view), rows[0])


def remove(view: ListView, rows: Sequence[ListedPriceRow]) -> None:
    """Take prices out; they can be put back."""
    gone = tuple(PutPrice(row.variant_id, row.min_quantity_milli, None) for row in rows)
    said = ngettext("{count} price was taken out.", "{count} prices were taken out.", len(gone)).format(count=len(gone))
    Operation(
        put_list_prices,
        PutListPrices(_list_id(view), gone),
        said=said,
        undo=lambda back: (put_list_prices, back),
    ).run(view.desk, view)


def labels(view: ListView, rows: Sequence[ListedPriceRow]) -> None:
    """Labels of the chosen goods."""
    open_labels(view, view.desk, [(variant_id, 1) for variant_id in dict.fromkeys(row.variant_id for row in rows)])


def _list_id(view: ListView) -> int:
    list_id = view.fixed["price_list_id"]
    assert isinstance(list_id, int)
    return list_id


def _difference(row: ListedPriceRow) -> int | None:
    """How much dearer than on the shelf, in parts per million to a tenth of a percent."""
    shelf = row.shelf_price_cents
    return round_half_away((row.price_cents - shelf) * 1000, shelf) * (PPM // 1000) if shelf else None


ITEMS = ListScreen(
    key="price_lists.prices",
    title=N_("Prices"),
    glyph="tag-outline",
    needs=_VIEW,
    page=listed_prices_page,
    row=ListedPriceRow,
    sorts=PRICE_SORTS,
    sort="sku",
    search=N_("SKU or name"),
    columns=(
        text("sku", N_("SKU"), width=136, sort=True),
        text("name", N_("Name"), stretch=True),
        Column("from", N_("From quantity"), Kind.QUANTITY, 112, read=lambda row: row.min_quantity_milli or None),
        money("price_cents", N_("Price")),
        money("shelf_price_cents", N_("Shelf price")),
        Column("difference", N_("Difference"), Kind.PERCENT, 96, read=_difference),
    ),
    commands=(
        Command("add", N_("Add prices"), add_prices, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("change", N_("Edit"), change, "pencil-outline", _EDIT, "Ctrl+E"),
        Command("labels", N_("Print labels"), labels, "printer-outline", _VIEW, on=Pick.MANY),
        Command("remove", N_("Take out"), remove, "delete-outline", _EDIT, "Ctrl+Del", on=Pick.MANY),
    ),
    refresh_on={"PriceList", "Product", "ProductVariant"},
    minor=("difference", "shelf_price_cents"),
    empty=Empty("tag-outline", N_("A list without prices changes nothing."), "add"),
    on_open="change",
)
HOLDERS = ListScreen(
    key="price_lists.holders",
    title=N_("For whom"),
    glyph="account-group-outline",
    needs=Permission.CUSTOMER_LIST,
    page=whole(list_holders),
    row=HolderRow,
    sorts=Sorts({}),
    search=N_("Name"),
    columns=(
        state("kind", N_("Kind"), _KINDS, width=136),
        text("name", N_("Name"), stretch=True),
        number("members", N_("Members"), width=96),
    ),
    ident=("kind", "id"),
    refresh_on={"CustomerGroup", "Customer"},
    empty=Empty(
        "account-group-outline",
        N_("Nobody is given this list. Groups and customers choose their price list on their own pages."),
    ),
)
PRICE_LIST = RecordPage(
    key="price_lists.page",
    title=N_("Price list"),
    needs=_VIEW,
    glyph="tag-multiple-outline",
    load=price_list_card,
    head=lambda line, _formats: line.name,
    under=lambda line, formats: f"{for_whom(line)} · {when(line, formats)}",
    state=lambda line: STANDINGS[line.standing],
    tabs=(
        list_tab(
            "prices", N_("Prices"), ITEMS, lambda line: {"price_list_id": line.id}, count=lambda line: line.prices
        ),
        list_tab(
            "holders",
            N_("For whom"),
            HOLDERS,
            lambda line: {"price_list_id": line.id},
            shown=lambda line: not line.for_everybody,
            count=lambda line: line.groups + line.customers,
        ),
        form_tab("details", N_("Details"), shown),
    ),
    commands=(
        RecordCommand(
            "percent",
            N_("Set prices by percent"),
            lambda page, line: open_percent(page, page.desk, line, page.messages),
            "percent-outline",
            _EDIT,
        ),
        RecordCommand(
            "copy",
            N_("Copy list"),
            lambda page, line: open_copy(page, page.desk, line, page.messages),
            "content-copy",
            _EDIT,
        ),
        RecordCommand(
            "check",
            N_("What will it cost?"),
            lambda page, _line: open_price_check(page, page.desk),
            "help-circle-outline",
            _VIEW,
        ),
    ),
    refresh_on={"PriceList", "CustomerGroup", "Customer"},
    entity="price_list",
)
PRICE_LISTS = ListScreen(
    key="price_lists.lists",
    title=N_("Price lists"),
    glyph="tag-multiple-outline",
    needs=_VIEW,
    page=price_lists_page,
    row=PriceListLine,
    sorts=LIST_SORTS,
    sort="name",
    search=N_("Code or name"),
    columns=(
        text("name", N_("Name"), stretch=True, sort=True),
        text("code", N_("Code"), width=120, sort=True),
        state("standing", N_("State"), STANDINGS, width=136),
        Column("whom", N_("For whom"), Kind.TEXT, 168, read=for_whom),
        number("priority", N_("Priority"), width=80, sort=True),
        moment("starts_at", N_("From")),
        moment("ends_at", N_("Until")),
        number("prices", N_("Prices"), width=80),
    ),
    filters=(choice("standing", N_("State"), tuple((key, look.word) for key, look in STANDINGS.items())),),
    commands=(
        Command("new", N_("New price list"), add, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("check", N_("What will it cost?"), check, "help-circle-outline", _VIEW, "Ctrl+Shift+P", Pick.NONE),
        Command("copy", N_("Copy list"), copy, "content-copy", _EDIT),
    ),
    refresh_on={"PriceList", "CustomerGroup", "Customer"},
    minor=("code", "priority", "ends_at"),
    empty=Empty("tag-multiple-outline", N_("Other prices for some customers, quantities or days stand here."), "new"),
    page_of=(PRICE_LIST, "id"),
)
