"""Stock as a matrix: a variant a row, a warehouse a column, with what is free and what is coming."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from shopdesk.catalogue.queries import category_choices
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.inventory.matrix import MATRIX_SORTS, MatrixRow, matrix_page
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.ui.dialogs.stock_adjust import AdjustDialog
from shopdesk.ui.kit.columns import Column, Kind, quantity, state, text
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice, only
from shopdesk.ui.kit.widgets import Label, named, vbox, wrapped
from shopdesk.ui.screens.counts import count_goods
from shopdesk.ui.screens.purchase_lines import Line
from shopdesk.ui.screens.set_aside import open_set_aside
from shopdesk.ui.screens.stock_record import STOCK_RECORD, ThresholdField, good_of
from shopdesk.ui.screens.stock_words import LEVEL_STATES
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

Places = Sequence[tuple[object, str]]


def _adjust(view: ListView, rows: Sequence[MatrixRow]) -> None:
    dialog = AdjustDialog(view, view.desk)
    for row in rows:
        dialog.model.add(Line(row.variant_id, row.sku, row.name, row.unit))
    dialog.dirty = False
    dialog.open()


def _count(view: ListView, rows: Sequence[MatrixRow]) -> None:
    count_goods(view, [row.variant_id for row in rows])


def _set_aside(view: ListView, rows: Sequence[MatrixRow]) -> None:
    open_set_aside(view, view.desk, good_of(rows[0]))


def places_pane(view: ListView, row: MatrixRow) -> QWidget:
    """The chosen variant's warehouses, one under the other, with the thresholds to type in."""
    made = named(QWidget(), "matrix_places", _("Warehouses"))
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(tokens.SPACE_12)
    grid.setVerticalSpacing(tokens.SPACE_8)
    grid.setColumnStretch(0, 1)
    heads = (_("Warehouse"), _("Free"), _("Incoming"), _("Low at or below"))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for at, words in enumerate(heads):
        small = Label(words, f"places_head_{at}", tone="secondary", font=text_font(tokens.OFFICE_SECONDARY))
        grid.addWidget(small, 0, at, right if at else Qt.AlignmentFlag.AlignLeft)
    amount = view.desk.formats.quantity
    for line, cell in enumerate((cell for cell in row.cells if cell.warehouse), 1):
        grid.addWidget(wrapped(Label(cell.warehouse, "place_name")), line, 0)
        free = Label(
            amount(cell.available_milli), "place_free", tone="warning" if cell.is_low else "", font=number_font()
        )
        grid.addWidget(free, line, 1, right)
        grid.addWidget(Label(amount(cell.incoming_milli), "place_incoming", font=number_font()), line, 2, right)
        if not cell.is_transit:
            grid.addWidget(ThresholdField(view, view.desk, row.variant_id, cell), line, 3, right)
    grid.setRowStretch(grid.rowCount(), 1)
    return made


def _at(warehouse_id: int, name: str) -> Column:
    return Column(f"at_{warehouse_id}", name, Kind.QUANTITY, 104, read=lambda row: row.at(warehouse_id))


def matrix_screen(places: Places) -> ListScreen:
    """The list with a column for each of these warehouses."""
    columns = tuple(_at(int(str(key)), name) for key, name in places)
    return ListScreen(
        key="stock.matrix",
        title=N_("Stock"),
        glyph="view-grid-outline",
        needs=Permission.STOCK_VIEW,
        page=matrix_page,
        row=MatrixRow,
        ident="variant_id",
        sorts=MATRIX_SORTS,
        sort="sku",
        search=N_("Name, SKU or code"),
        columns=(
            text("sku", N_("SKU"), width=128, sort=True),
            text("name", N_("Name"), stretch=True),
            *columns,
            quantity("on_hand_milli", N_("On hand")),
            quantity("reserved_milli", N_("Reserved")),
            quantity("available_milli", N_("Free")),
            quantity("incoming_milli", N_("Incoming")),
            text("unit", N_("Unit"), width=56),
            state("state", N_("State"), LEVEL_STATES),
        ),
        filters=(
            choice("warehouse", N_("Warehouse"), warehouse_choices),
            choice("category", N_("Category"), category_choices),
            only("low", N_("Low stock")),
            only("negative", N_("Below zero")),
            only("unwatched", N_("Without threshold")),
        ),
        commands=(
            Command("adjust", N_("Adjust"), _adjust, "pencil-outline", Permission.STOCK_ADJUST, "Ctrl+E", on=Pick.MANY),
            Command("set_aside", N_("Set aside"), _set_aside, "archive-outline", Permission.STOCK_RESERVE),
            Command("count", N_("Count these"), _count, "barcode-scan", Permission.STOCK_COUNT, on=Pick.MANY),
        ),
        refresh_on={"StockLevel", "Reservation", "Order", "Void", "TransferDocument", "PurchaseOrder"},
        minor=("unit", "reserved_milli", "state", "incoming_milli"),
        page_of=(STOCK_RECORD, "variant_id"),
        detail=places_pane,
        empty=Empty("warehouse", N_("Goods whose stock is counted appear here.")),
    )


class MatrixPage(QWidget):
    """Asks which warehouses there are, then shows the list with their columns; made anew when a warehouse changes."""

    def __init__(self, desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "stock_matrix_page", _("Stock"))
        self.desk = desk
        self.memory = memory
        self.messages = MessageBar(self)
        self.view: ListView | None = None
        self._places: Places = ()
        self._column = vbox(self, spacing=0)
        self._column.addWidget(self.messages)
        desk.changed.connect(self._something_changed)
        self._ask()

    def _something_changed(self, names: frozenset[str]) -> None:
        if names & {"Warehouse", "*"}:
            self._ask()

    def _ask(self) -> None:
        self.desk.ask(warehouse_choices, done=self._show, failed=question_failed(self), owner=self, key="warehouses")

    def _show(self, places: Places) -> None:
        if self.view is not None and places == self._places:
            return
        self._places = places
        if self.view is not None:
            self._column.removeWidget(self.view)
            self.view.hide()
            self.view.deleteLater()
        self.view = ListView(matrix_screen(places), self.desk, self.memory, self)
        self._column.addWidget(self.view, 1)
        self.setFocusProxy(self.view.table)
