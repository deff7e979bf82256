"""What is set aside for customers: list, a form for more, and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QGridLayout, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.money import MILLI
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.inventory.document_pages import RESERVATION_SORTS, ReservationRow, reservations_page
from shopdesk.inventory.goods import GoodsHit, StockGoods
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.inventory.reservations import (
    EndSetAside,
    ExtendSetAside,
    GoodsSetAside,
    SetAside,
    extend_set_aside,
    hand_over_set_aside,
    release_set_aside,
    set_aside,
)
from shopdesk.parties.queries import FoundCustomer, find_customers
from shopdesk.ui.kit.columns import State, moment, quantity, state, text
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import ChoiceField, DayField, QuantityField, TextField
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import Dialog, Voice, ask, bar_of
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice
from shopdesk.ui.kit.widgets import Label, wrapped
from shopdesk.ui.screens.stock_goods import GoodsField
from shopdesk.ui.theme import tokens

DAYS = 7
STATES = {
    "open": State(N_("Set aside"), "success", "check"),
    "used": State(N_("Fetched"), "secondary", "check-circle-outline"),
    "released": State(N_("Given up"), "secondary", "close"),
    "expired": State(N_("Ran out of time"), "warning", "clock-outline"),
}


def end_of_day(day: date, timezone: str) -> datetime:
    """The last moment of a day on the shop's wall, in UTC."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(timezone)).astimezone(UTC)


class SetAsideDialog(Dialog):
    """What, how many, for whom, until when."""

    def __init__(
        self, parent: QWidget, desk: Desk, good: StockGoods | None = None, warehouse_id: int | None = None
    ) -> None:
        super().__init__(parent, "set_aside_form", _("Set goods aside"))
        self.desk = desk
        self.asker = parent
        self._key = uuid7()
        self.good: StockGoods | None = None
        self.customer_id: int | None = None
        grid = QGridLayout()
        grid.setVerticalSpacing(tokens.SPACE_8)
        grid.setHorizontalSpacing(tokens.SPACE_16)
        self.body.addLayout(grid)
        self.goods = GoodsField(desk, "set_aside_goods", place=lambda: int(str(self.warehouse.value() or 0)))
        self.goods.picked.connect(self._picked)
        self.goods.unknown.connect(self._unknown)
        self.chosen = wrapped(Label(_("No goods are chosen yet."), "set_aside_chosen", tone="secondary"))
        self.warehouse = ChoiceField("warehouse_id", _("Warehouse"))
        self.quantity = QuantityField("quantity_milli", _("Quantity"))
        self.quantity.set_value(MILLI)
        self.customer = Picker(
            desk,
            self._customers,
            self._customer_words,
            "set_aside_customer",
            _("Customer: three letters"),
            least=3,
            keep=True,
        )
        self.customer.picked.connect(self._for)
        self.customer.line.textEdited.connect(lambda _text: self._nobody())
        self.until = DayField("expires_at", _("Until the end of"))
        self.until.set_value((desk.clock.now() + timedelta(days=DAYS)).date())
        self.note = TextField("note", _("Note"), max_length=200)
        fields = (
            (_("Goods"), self.goods, 0, 0, 2),
            ("", self.chosen, 1, 0, 2),
            (_("Warehouse"), self.warehouse, 2, 0, 1),
            (_("Quantity"), self.quantity, 2, 1, 1),
            (_("For"), self.customer, 3, 0, 1),
            (_("Until the end of"), self.until, 3, 1, 1),
            (_("Note (or for whom, without a customer)"), self.note, 4, 0, 2),
        )
        for words, field, row, column, span in fields:
            if words:
                grid.addWidget(Label(words, f"{field.objectName()}_label", tone="secondary"), 2 * row, column, 1, span)
            grid.addWidget(field, 2 * row + 1, column, 1, span)
        self.add_cancel()
        self.act = self.add_button(_("Set aside"), "act", self.submit, role="primary", default=True)
        desk.ask(
            warehouse_choices,
            done=lambda options: self._offer(options, warehouse_id),
            failed=question_failed(self),
            owner=self.warehouse,
        )
        self.setMinimumWidth(560)
        if good is not None:
            self._show(good)
            self.quantity.setFocus()
        else:
            self.goods.setFocus()

    def submit(self) -> None:
        """Set them aside."""
        if self.good is None:
            self.messages.refuse(_("Choose the goods first."))
            self.goods.setFocus()
            return
        day = self.until.value()
        assert isinstance(day, date)
        try:
            quantity = self.quantity.number()
        except ShopError as error:
            self.show_error("quantity_milli", error.message)
            return
        command = SetAside(
            key=self._key,
            variant_id=self.good.variant_id,
            warehouse_id=int(str(self.warehouse.value() or 0)),
            quantity_milli=quantity,
            customer_id=self.customer_id,
            expires_at=end_of_day(day, self.desk.formats.timezone),
            note=self.note.text(),
        )
        Operation(set_aside, command, done=self._done).run(self.desk, self, form=self, hold=(self.act,))

    def show_error(self, field: str, sentence: str) -> bool:
        """Mark a field and say why."""
        known = {
            "quantity_milli": self.quantity,
            "expires_at": self.until,
            "note": self.note,
            "warehouse_id": self.warehouse,
        }
        if field in known:
            known[field].mark_wrong(True)  # type: ignore[attr-defined]  # every input can
        self.messages.refuse(sentence)
        return True

    def _offer(self, options: Sequence[tuple[object, str]], chosen: int | None) -> None:
        self.warehouse.set_options(options)
        self.warehouse.set_value(chosen if chosen is not None else (options[0][0] if options else None))

    def _picked(self, hit: GoodsHit) -> None:
        self._show(hit.good)
        self.quantity.set_value(hit.quantity_milli)
        self.quantity.setFocus()

    def _show(self, good: StockGoods) -> None:
        self.good = good
        self.messages.clear()
        self.chosen.setText(f"{good.name}  ({good.sku})")
        self.chosen.set_tone("")

    def _unknown(self, code: str) -> None:
        self.messages.refuse(_("Unknown product: {name}").format(name=code))

    def _customers(self, reader: Reader, text: str) -> Sequence[FoundCustomer]:
        return find_customers(reader, text, self.desk.actor)

    def _customer_words(self, found: FoundCustomer) -> tuple[str, str, str]:
        return found.name or found.company, found.company, ""

    def _for(self, found: FoundCustomer) -> None:
        self.customer_id = found.id

    def _nobody(self) -> None:
        self.customer_id = None

    def _done(self, done: GoodsSetAside) -> None:
        bar = bar_of(self.asker)
        free = self.desk.formats.quantity(done.available_milli)
        self.accept()
        if bar is not None:
            bar.say(_("Set aside. {free} of it are still free.").format(free=free), Voice.SUCCESS)


def open_set_aside(
    parent: QWidget, desk: Desk, good: StockGoods | None = None, warehouse_id: int | None = None
) -> SetAsideDialog:
    """Open the form over a page."""
    dialog = SetAsideDialog(parent, desk, good, warehouse_id)
    dialog.open()
    return dialog


def _new(view: ListView, _rows: Sequence[ReservationRow]) -> None:
    open_set_aside(view, view.desk)


def _fetched(view: ListView, rows: Sequence[ReservationRow]) -> None:
    row = rows[0]
    said = N_("The goods are free for the till to sell them now.")
    Operation(hand_over_set_aside, EndSetAside(row.id), said=said).run(view.desk, view)


def _give_up(view: ListView, rows: Sequence[ReservationRow]) -> None:
    row = rows[0]
    text = _("{quantity} of {name} will be free for everybody again.").format(
        quantity=view.desk.formats.quantity(row.quantity_milli), name=row.name
    )
    ask(
        view,
        _("Give the goods back?"),
        text,
        _("Give back"),
        lambda: Operation(release_set_aside, EndSetAside(row.id), said=N_("Given back.")).run(view.desk, view),
    )


def _longer(view: ListView, rows: Sequence[ReservationRow]) -> None:
    row = rows[0]
    start = max(row.expires_at or view.desk.clock.now(), view.desk.clock.now())
    command = ExtendSetAside(row.id, start + timedelta(days=DAYS))
    Operation(extend_set_aside, command, said=N_("Kept for a week longer.")).run(view.desk, view)


def _is_open(row: ReservationRow) -> bool:
    return row.state == "open"


SET_ASIDE = ListScreen(
    key="stock.set_aside",
    title=N_("Set aside"),
    glyph="archive-outline",
    needs=Permission.STOCK_VIEW,
    page=reservations_page,
    row=ReservationRow,
    as_actor=True,
    sorts=RESERVATION_SORTS,
    sort="newest",
    descending=True,
    search="",
    columns=(
        moment("at", N_("Since"), sort="newest"),
        text("sku", N_("SKU"), width=120),
        text("name", N_("Name"), stretch=True),
        quantity("quantity_milli", N_("Quantity")),
        text("warehouse", N_("Warehouse"), width=112),
        text("customer", N_("Customer"), width=140),
        text("note", N_("Note"), width=140),
        moment("expires_at", N_("Until")),
        state("state", N_("State"), STATES, width=136),
        text("username", N_("By"), width=88, hidden=True),
    ),
    filters=(
        choice("state", N_("State"), tuple((key, look.word) for key, look in STATES.items())),
        choice("warehouse", N_("Warehouse"), warehouse_choices),
    ),
    commands=(
        Command("new", N_("Set aside"), _new, "plus", Permission.STOCK_RESERVE, "Ctrl+N", on=Pick.NONE, primary=True),
        Command("fetched", N_("Hand over"), _fetched, "check", Permission.STOCK_RESERVE, "Ctrl+E", ready=_is_open),
        Command("longer", N_("A week longer"), _longer, "clock-outline", Permission.STOCK_RESERVE, ready=_is_open),
        Command("give_up", N_("Give back"), _give_up, "close", Permission.STOCK_RESERVE, "Del", ready=_is_open),
    ),
    refresh_on={"Reservation", "StockLevel"},
    minor=("username", "warehouse", "note", "sku", "at"),
    empty=Empty("archive-outline", N_("What customers want to fetch later is set aside here."), "new"),
)
