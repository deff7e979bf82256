"""A variant's stock: its levels with thresholds to type in, its movements with their picture, what is promised and what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.unit import Reader
from shopdesk.inventory.document_pages import ReservationRow, reservations_page
from shopdesk.inventory.goods import StockGoods
from shopdesk.inventory.incoming import Incoming
from shopdesk.inventory.matrix import Cell, MatrixRow, matrix_row
from shopdesk.inventory.movements import MOVEMENT_SORTS, Movement, Step, level_curve, movements_page
from shopdesk.inventory.watch import SetThreshold, set_threshold
from shopdesk.ui.dialogs.stock_adjust import AdjustDialog
from shopdesk.ui.kit.columns import State, moment, quantity, state, text
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.inputs import ChoiceField, QuantityField
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab, list_tab
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, choice
from shopdesk.ui.kit.whole import whole
from shopdesk.ui.kit.widgets import Label, hairline, hbox, named, vbox
from shopdesk.ui.screens.purchase_lines import Line
from shopdesk.ui.screens.set_aside import SET_ASIDE, open_set_aside
from shopdesk.ui.screens.stock_curve import LevelCurve
from shopdesk.ui.screens.stock_words import LEVEL_STATES, MOVEMENTS
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font


@dataclass(frozen=True, slots=True)
class StockCard:
    """A variant's stock as its page shows it."""

    id: int
    row: MatrixRow
    coming: tuple[Incoming, ...]


def stock_card(reader: Reader, variant_id: int) -> StockCard | None:
    """A variant's stock; None when it is no longer there. Three statements."""
    found = matrix_row(reader, variant_id)
    return None if found is None else StockCard(variant_id, *found)


class ThresholdField(QuantityField):
    """A warehouse's threshold, typed in place: Enter or leaving the field saves it; empty is not watched."""

    def __init__(self, owner: QWidget, desk: Desk, variant_id: int, cell: Cell) -> None:
        words = _("Low at or below in {name}").format(name=cell.warehouse)
        super().__init__(f"threshold_{cell.warehouse_id}", words)
        self._owner = owner
        self._desk = desk
        self._place = (variant_id, cell.warehouse_id)
        self._kept = cell.threshold_milli
        self.setFixedWidth(112)
        self.setPlaceholderText(_("not watched"))
        self.set_value(cell.threshold_milli)
        self.setEnabled(desk.may(Permission.STOCK_ADJUST))
        self.editingFinished.connect(self.save)

    def save(self) -> None:
        """Keep what was typed."""
        try:
            milli = self.value()
        except ShopError:
            self.mark_wrong(True)
            return
        if milli == self._kept or not (milli is None or isinstance(milli, int)):
            return
        self._kept = milli
        command = SetThreshold(*self._place, milli)
        Operation(set_threshold, command, said=N_("The threshold is saved.")).run(self._desk, self._owner)


class LevelsTab(QWidget):
    """The levels, a line a warehouse; the threshold is typed in place and saved with Enter."""

    def __init__(self, page: RecordView, card: StockCard) -> None:
        super().__init__()
        named(self, "levels_tab", _("Levels"))
        self.page = page
        self.thresholds: dict[int, ThresholdField] = {}
        self._column = vbox(self, spacing=tokens.SPACE_16)
        self._column.setContentsMargins(0, tokens.SPACE_16, 0, 0)
        self._shown: QWidget | None = None
        self.show_record(card)

    def show_record(self, card: StockCard) -> None:
        """Show the levels as they are now, unless somebody is typing a threshold."""
        if any(field.hasFocus() for field in self.thresholds.values()) and self._shown is not None:
            return
        if self._shown is not None:
            self._column.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
        else:
            self._column.addStretch(1)
        self._shown = self._built(card)
        self._column.insertWidget(0, self._shown)

    def _built(self, card: StockCard) -> QWidget:
        made = named(QWidget(), "levels_grid", _("Levels"))
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.SPACE_24)
        grid.setVerticalSpacing(tokens.SPACE_8)
        heads = (_("Warehouse"), _("On hand"), _("Reserved"), _("Free"), _("Incoming"), _("Low at or below"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for at, words in enumerate(heads):
            side = right if at else Qt.AlignmentFlag.AlignLeft
            grid.addWidget(Label(words, f"levels_head_{at}", tone="secondary"), 0, at, side)
        grid.addWidget(hairline("levels_line"), 1, 0, 1, len(heads) + 1)
        self.thresholds = {}
        formats = self.page.desk.formats
        for line, cell in enumerate(card.row.cells, 2):
            grid.addWidget(Label(cell.warehouse or _("Warehouse"), "level_place"), line, 0)
            for at, milli in enumerate(
                (cell.on_hand_milli, cell.reserved_milli, cell.available_milli, cell.incoming_milli), 1
            ):
                tone = "danger" if milli < 0 else "warning" if at == 3 and cell.is_low else ""
                shown = Label(
                    formats.quantity(milli), "level_figure", tone=tone, font=number_font(tokens.OFFICE_SECTION)
                )
                grid.addWidget(shown, line, at, right)
            if not cell.is_transit and cell.warehouse:
                field = ThresholdField(self, self.page.desk, card.id, cell)
                self.thresholds[cell.warehouse_id] = field
                grid.addWidget(field, line, 5, right)
        total = len(card.row.cells) + 2
        grid.addWidget(hairline("levels_sum_line"), total, 0, 1, len(heads) + 1)
        grid.addWidget(
            Label(_("Together"), "levels_sum", font=text_font(tokens.OFFICE_TEXT, tokens.SEMIBOLD)), total + 1, 0
        )
        row = card.row
        for at, milli in enumerate((row.on_hand_milli, row.reserved_milli, row.available_milli, row.incoming_milli), 1):
            figure = Label(
                formats.quantity(milli), "levels_total", font=number_font(tokens.OFFICE_SECTION, tokens.SEMIBOLD)
            )
            grid.addWidget(figure, total + 1, at, right)
        grid.setColumnStretch(len(heads), 1)
        return made


DOCUMENTS = {
    "order": "sale",
    "void": "void",
    "adjustment": "stock_adjustment",
    "transfer": "stock_transfer",
    "transfer_document": "transfer_sent",
    "transfer_receipt": "transfer_received",
    "receipt": "receipt",
    "supplier_return": "supplier_return",
    "count": "stock_count",
}
"""What a movement's reference is called where documents are opened."""


def _document(view: ListView, rows: Sequence[Movement]) -> None:
    """Open the document behind a movement, in the office that the page stands in."""
    at: Any = view  # Any: the office is found by what it can do
    while at is not None and not hasattr(at, "open_target"):
        at = at.parentWidget()
    if at is not None:
        at.open_target(DOCUMENTS[rows[0].reference_type], rows[0].number)


def _has_document(row: Movement) -> bool:
    return bool(row.number) and row.reference_type in DOCUMENTS


MOVES = ListScreen(
    key="stock.movements",
    title=N_("Movements"),
    glyph="history",
    needs=Permission.STOCK_VIEW,
    page=movements_page,
    row=Movement,
    sorts=MOVEMENT_SORTS,
    sort="seq",
    descending=True,
    search="",
    columns=(
        moment("at", N_("Time"), sort="seq"),
        state("type", N_("Movement"), {key: State(word) for key, word in MOVEMENTS.items()}),
        quantity("change_milli", N_("Difference")),
        quantity("after_milli", N_("On hand then")),
        text("number", N_("Document"), width=136),
        text("reason", N_("Reason"), stretch=True),
        text("notes", N_("Notes"), hidden=True),
        text("username", N_("By"), width=96),
    ),
    filters=(choice("type", N_("Movement"), tuple(MOVEMENTS.items())),),
    commands=(Command("document", N_("Open the document"), _document, "file-document-outline", ready=_has_document),),
    on_open="document",
    refresh_on={"StockLevel", "Order", "Void"},
    minor=("username", "number"),
    empty=Empty("history", N_("Nothing moved here yet.")),
)


class MovesTab(QWidget):
    """The movements in one warehouse, with the picture of its level above them."""

    def __init__(self, page: RecordView, card: StockCard) -> None:
        super().__init__()
        named(self, "moves_tab", _("Movements"))
        self.page = page
        self.card = card
        column = vbox(self, spacing=tokens.SPACE_8)
        column.setContentsMargins(0, tokens.SPACE_12, 0, 0)
        head = hbox(spacing=tokens.SPACE_12)
        self.place = ChoiceField("moves_place", _("Warehouse"), self._places())
        self.place.edited.connect(self._other_place)
        head.addWidget(Label(_("Warehouse"), "moves_place_label", tone="secondary"))
        head.addWidget(self.place)
        head.addStretch(1)
        column.addLayout(head)
        self.curve = LevelCurve(page.desk.formats)
        column.addWidget(self.curve)
        self.list = ListView(MOVES, page.desk, page.memory, inner=True)
        self.list.context = page
        column.addWidget(self.list, 1)
        if self.place.options:
            self.place.set_value(self.place.options[0][0])
        self._other_place()

    def show_record(self, card: StockCard) -> None:
        """Read the picture again; the list below reads itself."""
        self.card = card
        if self._places() != self.place.options:
            self.place.set_options(self._places())
        self._draw()

    def take_focus(self) -> None:
        """The keyboard goes to the movements."""
        self.list.table.setFocus()

    def _places(self) -> tuple[tuple[object, str], ...]:
        cells = sorted(self.card.row.cells, key=lambda cell: (cell.is_transit, -abs(cell.on_hand_milli)))
        return tuple((cell.warehouse_id, cell.warehouse) for cell in cells if cell.warehouse)

    def _other_place(self) -> None:
        place = int(str(self.place.value() or 0))
        self.list.fixed = {"variant_id": self.card.id, "warehouse_id": place}
        self.list.refresh()
        self._draw()

    def _draw(self) -> None:
        place = int(str(self.place.value() or 0))

        def show(steps: Sequence[Step]) -> None:
            cell = next((one for one in self.card.row.cells if one.warehouse_id == place), None)
            self.curve.show_steps(steps, self.page.desk.clock.now(), cell.threshold_milli if cell else None)

        self.page.desk.ask(
            level_curve, self.card.id, place, done=show, failed=question_failed(self), owner=self, key="curve"
        )


def _reservations(reader: Reader, request: PageRequest, actor: Actor, variant: int = 0) -> Page[ReservationRow]:
    return reservations_page(reader, replace(request, filters=(*request.filters, ("variant", variant))), actor)


def _coming(_reader: object, rows: tuple[Incoming, ...] = ()) -> tuple[Incoming, ...]:
    return rows


COMING = ListScreen(
    key="stock.incoming",
    title=N_("Incoming"),
    glyph="truck-outline",
    needs=Permission.STOCK_VIEW,
    page=whole(_coming),
    row=Incoming,
    ident=("number", "kind", "warehouse_id"),
    search="",
    columns=(
        state(
            "kind",
            N_("From"),
            {"purchase": State(N_("Purchase order")), "transfer": State(N_("Transfer"))},
            width=160,
        ),
        text("number", N_("Number"), stretch=True),
        quantity("quantity_milli", N_("Quantity")),
        text("expected_on", N_("Expected"), width=120),
    ),
    empty=Empty("truck-outline", N_("Nothing of it is on its way.")),
)
RESERVED = replace(
    SET_ASIDE,
    key="stock.set_aside_of",
    page=_reservations,
    columns=tuple(column for column in SET_ASIDE.columns if column.key not in {"sku", "name"}),
    minor=("username", "warehouse", "note", "at"),
    commands=tuple(command for command in SET_ASIDE.commands if command.key != "new"),
    empty=Empty("archive-outline", N_("None of it is set aside.")),
)


def good_of(row: MatrixRow) -> StockGoods:
    """A variant of the matrix as documents name it."""
    return StockGoods(row.variant_id, row.sku, row.name, row.unit, track_stock=True, may_go_negative=False)


def _adjust(page: RecordView, card: StockCard) -> None:
    dialog = AdjustDialog(page, page.desk)
    row = card.row
    dialog.model.add(Line(row.variant_id, row.sku, row.name, row.unit))
    dialog.dirty = False
    dialog.open()


def _set_aside(page: RecordView, card: StockCard) -> None:
    open_set_aside(page, page.desk, good_of(card.row))


def _under(card: StockCard, formats: Formats) -> str:
    row = card.row
    return _("{sku}   on hand {on_hand}, free {free}, incoming {incoming} {unit}").format(
        sku=row.sku,
        on_hand=formats.quantity(row.on_hand_milli),
        free=formats.quantity(row.available_milli),
        incoming=formats.quantity(row.incoming_milli),
        unit=row.unit,
    )


def _open_count(card: StockCard) -> int:
    return len(card.coming)


STOCK_RECORD = RecordPage(
    key="stock.variant",
    title=N_("Stock"),
    glyph="warehouse",
    needs=Permission.STOCK_VIEW,
    load=stock_card,
    head=lambda card, _formats: card.row.name,
    under=_under,
    state=lambda card: LEVEL_STATES[card.row.state],
    tabs=(
        Tab("levels", N_("Levels"), LevelsTab),
        Tab("moves", N_("Movements"), MovesTab),
        list_tab("reserved", N_("Set aside"), RESERVED, lambda card: {"variant": card.id}),
        list_tab("coming", N_("Incoming"), COMING, lambda card: {"rows": card.coming}, count=_open_count),
    ),
    commands=(
        RecordCommand(
            "adjust", N_("Adjust"), _adjust, "pencil-outline", Permission.STOCK_ADJUST, "Ctrl+E", primary=True
        ),
        RecordCommand("set_aside", N_("Set aside"), _set_aside, "archive-outline", Permission.STOCK_RESERVE),
    ),
    refresh_on={"StockLevel", "Reservation", "TransferDocument", "PurchaseOrder", "Order", "Void"},
    entity="variant",
)
