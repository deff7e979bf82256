"""Stock counts: the list, and a count's page with scanning, result and booking."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from shopdesk.catalogue.queries import category_choices
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.permissions import Permission
from shopdesk.inventory.count_pages import (
    COUNT_SORTS,
    CountCard,
    CountGoods,
    CountRow,
    count_card,
    counts_page,
)
from shopdesk.inventory.counting import (
    DEFAULT_LIMIT_CENTS,
    CancelCount,
    CountAgain,
    StartCount,
    cancel_count,
    count_again,
    start_count,
)
from shopdesk.inventory.papers import count_sheet
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.ui.dialogs.pdf_preview import show_pdf
from shopdesk.ui.dialogs.stock_count import PostCountDialog
from shopdesk.ui.kit.columns import State, moment, money, number, quantity, state, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab, list_tab
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice
from shopdesk.ui.kit.whole import whole
from shopdesk.ui.kit.widgets import named, vbox
from shopdesk.ui.screens.count_scan import CountScanTab

STATES = {
    "open": State(N_("Being counted"), "warning", "barcode-scan"),
    "posted": State(N_("Booked"), "success", "check"),
    "cancelled": State(N_("Given up"), "secondary", "close"),
}
SCOPES = (
    ("all", N_("Everything in the warehouse")),
    ("category", N_("A category")),
    ("free", N_("Only what is scanned")),
)
SCOPE_WORDS = {
    **{key: State(word) for key, word in SCOPES},
    "list": State(N_("A list of goods")),
}
PROMPTS = {
    "waiting": State(N_("Wanted again"), "warning", "refresh"),
    "differ": State(N_("Two people differ"), "danger", "account-group-outline"),
    "moved": State(N_("Sold meanwhile"), "warning", "cart-outline"),
    "large": State(N_("Large difference"), "warning", "alert-outline"),
    "": State(""),
}


def _goods(_reader: object, goods: tuple[CountGoods, ...] = (), count_id: int = 0) -> tuple[CountGoods, ...]:  # noqa: ARG001
    return goods


def _ask_again(view: ListView, rows: Sequence[CountGoods]) -> None:
    count_id = int(str(view.fixed["count_id"]))
    command = CountAgain(count_id, tuple(row.variant_id for row in rows))
    Operation(count_again, command, said=N_("They are to be counted again.")).run(view.desk, view)


GOODS = ListScreen(
    key="stock.count_goods",
    title=N_("Counted goods"),
    glyph="clipboard-list-outline",
    needs=Permission.STOCK_COUNT,
    page=whole(_goods),
    row=CountGoods,
    ident="variant_id",
    search="",
    columns=(
        text("sku", N_("SKU"), width=128),
        text("name", N_("Name"), stretch=True),
        quantity("counted_milli", N_("Counted")),
        quantity("expected_milli", N_("Expected")),
        quantity("change_milli", N_("Difference")),
        money("value_cents", N_("Worth")),
        state("prompt", N_("Count again"), PROMPTS, width=160),
        text("counters", N_("Counted by"), width=120),
        number("round", N_("Round"), hidden=True),
        text("unit", N_("Unit"), width=64, hidden=True),
    ),
    commands=(
        Command("again", N_("Have it counted again"), _ask_again, "refresh", Permission.STOCK_COUNT, on=Pick.MANY),
    ),
    minor=("counters", "expected_milli", "sku"),
    empty=Empty("barcode-scan", N_("What is scanned appears here.")),
)


def _details(page: RecordView, card: CountCard) -> QWidget:
    made = named(QWidget(), "count_details")
    column = vbox(made)
    at, formats = page.desk.formats.moment, page.desk.formats
    left = ngettext("{count} of the goods", "{count} of the goods", card.left).format(count=card.left)
    pairs = [
        (_("Warehouse"), card.warehouse),
        (_("Counts"), _(SCOPE_WORDS[card.scope].word)),
        (_("Category"), card.category),
        (_("Blind"), _("Yes: counters do not see what is expected") if card.is_blind else ""),
        (_("Counted again above"), formats.money(card.limit_cents)),
        (_("Begun"), f"{at(card.at)}, {card.started_by}"),
        (_("Scans"), str(card.scans)),
        (_("Not counted yet"), left if card.state == "open" else ""),
        (_("Booked"), "" if card.posted_at is None else f"{at(card.posted_at)}, {card.posted_by}"),
        (_("Notes"), card.notes),
    ]
    column.addWidget(facts([pair for pair in pairs if pair[1]], "count_facts"))
    column.addStretch(1)
    return made


def _head(card: CountCard, _formats: Formats) -> str:
    return f"{card.number}  {card.name}" if card.number else card.name


def _under(card: CountCard, formats: Formats) -> str:
    return f"{card.warehouse}, {_(SCOPE_WORDS[card.scope].word)}, {formats.moment(card.at)}"


def _post(page: RecordView, card: CountCard) -> None:
    PostCountDialog(page, page.desk, card).open()


def _cancel(page: RecordView, card: CountCard) -> None:
    ask(
        page,
        _("Give the count up?"),
        _("Nothing is booked. What was scanned stays readable."),
        _("Give up"),
        lambda: Operation(cancel_count, CancelCount(card.id), said=N_("Given up.")).run(page.desk, page),
        danger=True,
    )


def _print(page: RecordView, card: CountCard) -> None:
    actor = page.desk.actor
    show_pdf(
        page,
        page.desk,
        _("Sheet of the count"),
        lambda reader: count_sheet(reader, card.id, actor),
        file_name=f"{card.number or 'count'}.pdf",
    )


def _is_open(card: CountCard) -> bool:
    return card.state == "open"


COUNT = RecordPage(
    key="stock.count",
    title=N_("Stock count"),
    glyph="clipboard-list-outline",
    needs=Permission.STOCK_COUNT,
    load=count_card,
    as_actor=True,
    head=_head,
    under=_under,
    state=lambda card: STATES[card.state],
    tabs=(
        Tab("scan", N_("Scan"), CountScanTab, glyph="barcode-scan", shown=_is_open),
        list_tab(
            "goods",
            N_("Result"),
            GOODS,
            lambda card: {"goods": card.goods, "count_id": card.id},
            count=lambda card: len(card.goods),
        ),
        Tab("details", N_("Details"), _details),
    ),
    commands=(
        RecordCommand("post", N_("Book"), _post, "check", Permission.STOCK_COUNT_APPROVE, ready=_is_open, primary=True),
        RecordCommand("print", N_("Print"), _print, "printer-outline", None, "Ctrl+P"),
        RecordCommand(
            "cancel", N_("Give up"), _cancel, "close", Permission.STOCK_COUNT, danger=True, more=True, ready=_is_open
        ),
    ),
    refresh_on={"StockCount", "StockCountEntry"},
    entity="count",
)
START = Form(
    key="stock.start_count",
    title=N_("Start a count"),
    command=StartCount,
    use_case=start_count,
    fields=(
        Field("name", N_("Name"), max_length=80, help=N_("For example: December, shelves 1 to 4.")),
        Field("warehouse_id", N_("Warehouse"), Holds.CHOICE, required=True, query=warehouse_choices),
        Field("scope", N_("What is counted"), Holds.CHOICE, required=True, options=SCOPES),
        Field(
            "category_id", N_("Category"), Holds.CHOICE, query=category_choices, help=N_("For the count of a category.")
        ),
        Field("is_blind", N_("Blind: counters do not see what is expected"), Holds.YES),
        Field(
            "limit_cents",
            N_("Count again above"),
            Holds.MONEY,
            required=True,
            help=N_("A difference worth more than this is counted again, and somebody else approves it."),
        ),
        Field("notes", N_("Notes"), Holds.LONG),
    ),
    act=N_("Start counting"),
)
LISTED = Form(
    key="stock.count_list",
    title=N_("Count these goods"),
    command=StartCount,
    use_case=start_count,
    fields=tuple(field for field in START.fields if field.key not in {"scope", "category_id"}),
    given=("scope", "variant_ids"),
    act=N_("Start counting"),
)
_DEFAULTS: dict[str, object] = {"scope": "all", "warehouse_id": 1, "limit_cents": DEFAULT_LIMIT_CENTS}


def _start(view: ListView, _rows: Sequence[CountRow]) -> None:
    open_form(view, view.desk, START, values=_DEFAULTS, done=lambda made: open_record(view, COUNT, made))


def count_goods(view: ListView, variants: Sequence[int]) -> None:
    """Start a count of the goods chosen on another screen."""
    given = {"scope": "list", "variant_ids": tuple(dict.fromkeys(variants))}
    values = {key: value for key, value in _DEFAULTS.items() if key != "scope"}
    open_form(view, view.desk, LISTED, values=values, given=given, done=lambda made: open_record(view, COUNT, made))


COUNTS = ListScreen(
    key="stock.counts",
    title=N_("Counts"),
    glyph="clipboard-list-outline",
    needs=Permission.STOCK_COUNT,
    page=counts_page,
    row=CountRow,
    as_actor=True,
    sorts=COUNT_SORTS,
    sort="newest",
    descending=True,
    search="",
    columns=(
        text("number", N_("Number"), width=128),
        text("name", N_("Name"), stretch=True),
        text("warehouse", N_("Warehouse"), width=120),
        state("scope", N_("What is counted"), SCOPE_WORDS, width=176),
        moment("at", N_("Begun"), sort="newest"),
        state("state", N_("State"), STATES, width=136),
        number("goods", N_("Goods")),
        number("differences", N_("Different")),
        money("value_cents", N_("Worth")),
        text("username", N_("By"), width=96),
    ),
    filters=(
        choice("state", N_("State"), tuple((key, look.word) for key, look in STATES.items())),
        choice("warehouse", N_("Warehouse"), warehouse_choices),
    ),
    commands=(
        Command(
            "start", N_("Start a count"), _start, "plus", Permission.STOCK_COUNT, "Ctrl+N", on=Pick.NONE, primary=True
        ),
    ),
    refresh_on={"StockCount"},
    minor=("username", "warehouse", "scope", "goods"),
    page_of=(COUNT, "id"),
    empty=Empty(
        "clipboard-list-outline", N_("Counting by scanner goes on while you sell. Start with one shelf."), "start"
    ),
)
