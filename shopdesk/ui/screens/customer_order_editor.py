"""Taking and changing an order: who, what, where to and how it is paid; priced by the very use case that confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from shopdesk.catalogue.search import FoundGoods, search_goods
from shopdesk.core.errors import BadAmount
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.money import MILLI, extend
from shopdesk.db.unit import Reader
from shopdesk.orders.commands import ChangeOrder, CreateOrder, OrderContent, OrderSaved
from shopdesk.orders.placing import change_order, create_order
from shopdesk.orders.queries import OrderCard
from shopdesk.orders.shipping_options import ShippingOffer, shipping_offers
from shopdesk.parties.queries import FoundCustomer, find_customers
from shopdesk.sales.sale_command import SaleLine
from shopdesk.sales.tills import till_at
from shopdesk.ui.kit.inputs import ChoiceField, LongText, MoneyField
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.widgets import Label, card, hbox, named, vbox, wrapped
from shopdesk.ui.screens import purchase_lines as lines
from shopdesk.ui.screens.purchase_lines import Line, LineColumn, LinesModel, LinesTable
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

Place = ListView | RecordView
_WIDTH, _HEIGHT, _SIDE = 1080, 700, 360
_ASK_MS = 150
_OWN_COST, _FIRST = 0, -1
_COLUMNS = (
    LineColumn("sku", N_("SKU"), lambda line, _f: line.sku, width=112, right=False),
    LineColumn("name", N_("Name"), lambda line, _f: line.name, right=False, stretch=True),
    LineColumn("quantity", N_("Quantity"), lines.shown_quantity, lines.read_quantity, width=88),
    LineColumn("price", N_("Price"), lambda line, f: f.amount(line.price_cents), width=96),
    LineColumn(
        "total", N_("Total"), lambda line, f: f.amount(extend(line.quantity_milli, line.price_cents)), width=104
    ),
)


class OrderEditor(Dialog):
    """A new order, or a pending one with another content. The price in the table is the shelf's; what is agreed comes back."""

    def __init__(self, place: Place, order: OrderCard | None = None) -> None:
        title = _("New order") if order is None else _("Change {number}").format(number=order.number)
        super().__init__(place.window(), "order_editor", title)
        self._place = place
        self._desk = place.desk
        self._order = order
        self._customer_id = None if order is None else order.customer_id
        self._key = uuid7()
        self._offers: dict[int, ShippingOffer] = {}
        self._wanted = _FIRST if order is None else order.shipping_option_id or _OWN_COST
        self._asked = False
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(_ASK_MS)
        self._asking.timeout.connect(self._ask_offers)
        self.setMinimumSize(_WIDTH, _HEIGHT)
        self.customer = Picker(
            self._desk,
            lambda reader, text: find_customers(reader, text, self._desk.actor),
            lambda row: (row.name or row.company, row.email, row.phone),
            "order_customer",
            _("Find the customer"),
            least=3,
        )
        self.customer.picked.connect(self._chosen)
        self.who = wrapped(
            Label("" if order is None else order.customer, "order_who", font=text_font(tokens.OFFICE_SECTION))
        )
        self.goods = Picker(self._desk, self._search, self._in_words, "order_goods_line", _("Search or scan goods"))
        self.goods.picked.connect(self._add)
        self.model = LinesModel(_COLUMNS, self._desk.formats, self)
        self.model.edited.connect(self._goods_changed)
        self.model.refused.connect(self.messages.refuse)
        self.table = LinesTable(self.model, self)
        self.total = Label("", "order_total", font=number_font(tokens.OFFICE_SECTION))
        outer = hbox(spacing=tokens.SPACE_16)
        outer.addWidget(self._make_main(), 1)
        outer.addWidget(self._make_side())
        self.body.addLayout(outer, 1)
        self.add_cancel()
        words = _("Take order") if order is None else _("Save changes")
        self.act = self.add_button(words, "act", self._save, role="primary")
        self._fill(order)
        self.open()
        (self.customer if order is None else self.goods).line.setFocus()

    def _make_main(self) -> QWidget:
        main = named(QWidget(), "order_main")
        column = vbox(main, spacing=tokens.SPACE_12)
        if self._order is None:
            column.addWidget(self.customer)
        else:
            self.customer.hide()
        column.addWidget(self.who)
        column.addWidget(self.goods)
        ground = card("lines_card")
        vbox(ground, margin=1).addWidget(self.table)
        column.addWidget(ground, 1)
        foot = hbox()
        foot.addStretch(1)
        foot.addWidget(self.total)
        column.addLayout(foot)
        return main

    def _make_side(self) -> QWidget:
        side = named(QWidget(), "order_side")
        side.setFixedWidth(_SIDE)
        column = vbox(side, spacing=tokens.SPACE_8)
        channels = (("phone", _("Telephone")), ("web", _("Web")), ("till", _("Counter")))
        self.channel = ChoiceField("order_channel", _("Came by"), channels)
        handing = (("ship", _("Send it")), ("pickup", _("Fetched from the shop")))
        self.fulfilment = ChoiceField("order_fulfilment", _("Handing over"), handing)
        self.fulfilment.edited.connect(self._goods_changed)
        self.option = ChoiceField("order_shipping_option", _("Way of sending"), ((_OWN_COST, _("Another cost")),))
        self.option.edited.connect(self._option_chosen)
        self.shipping = MoneyField("order_shipping", _("Cost of sending"), self._desk.formats)
        self.shipping.edited.connect(self._cost_typed)
        terms = (("now", _("Now")), ("account", _("On account")))
        self.terms = ChoiceField("order_terms", _("To be paid"), terms)
        self.deposit = MoneyField("order_deposit", _("Deposit"), self._desk.formats)
        self.note = LongText("order_note", _("Note of the customer"))
        self.staff_note = LongText("order_staff_note", _("Note for the staff"))
        rows: tuple[tuple[QWidget, ...], ...] = (
            (self.channel,),
            (self.fulfilment,),
            (self.option,),
            (self.shipping, self.deposit),
            (self.terms,),
            (self.note,),
            (self.staff_note,),
        )
        for widgets in rows:
            row = hbox(spacing=tokens.SPACE_8)
            for widget in widgets:
                cell = vbox(spacing=tokens.SPACE_8)
                cell.addWidget(Label(widget.accessibleName(), f"{widget.objectName()}_label", tone="secondary"))
                cell.addWidget(widget)
                row.addLayout(cell, 1)
            column.addLayout(row)
        column.addStretch(1)
        return side

    def _fill(self, order: OrderCard | None) -> None:
        self.channel.set_value("phone" if order is None else order.channel)
        self.fulfilment.set_value("ship" if order is None else order.fulfilment)
        self.terms.set_value("now" if order is None else order.terms)
        if order is not None:
            self.shipping.set_value(order.shipping_cents)
            self.deposit.set_value(order.deposit_cents)
            self.note.set_value(order.customer_note)
            self.staff_note.set_value(order.staff_note)
            self.model.set_lines(
                [
                    Line(
                        variant_id=line.variant_id,
                        sku=line.sku,
                        name=line.name,
                        quantity_milli=line.quantity_milli,
                        price_cents=line.unit_price_cents,
                    )
                    for line in order.lines
                ]
            )
        self._goods_changed()

    def _search(self, reader: Reader, text: str) -> list[FoundGoods]:
        warehouse = till_at(reader, None, self._desk.actor).warehouse_id
        return list(search_goods(reader, text, warehouse).goods)

    def _in_words(self, row: FoundGoods) -> tuple[str, str, str]:
        name = f"{row.name}, {row.variant_name}" if row.variant_name else row.name
        return name, row.sku, self._desk.formats.amount(row.price_cents)

    def _chosen(self, row: FoundCustomer) -> None:
        self._customer_id = row.id
        self.who.setText(" · ".join(part for part in (row.name, row.company, row.email) if part))
        self.customer.clear()
        self.goods.line.setFocus()
        self._goods_changed()

    def _add(self, row: FoundGoods) -> None:
        self.goods.clear()
        at = self.model.place_of(row.variant_id)
        if at >= 0:
            self.model.count(at, MILLI)
        else:
            name, sku, _price = self._in_words(row)
            at = self.model.add(
                Line(variant_id=row.variant_id, sku=sku, name=name, quantity_milli=MILLI, price_cents=row.price_cents)
            )
        self.table.show_row(at)
        self._goods_changed()

    def _goods_changed(self) -> None:
        self._show_total()
        self._asking.start()

    def _ask_offers(self) -> None:
        """Ask which ways of sending fit the customer's address and what each costs for these goods."""
        if self._customer_id is None or self.fulfilment.value() != "ship" or not self._lines():
            self._show_offers(())
            return
        content = OrderContent(
            customer=self._customer_id,
            lines=self._lines(),
            shipping=None if self._order is None else self._order.shipping,
        )
        actor = self._desk.actor
        self._desk.ask(
            shipping_offers,
            content,
            actor,
            done=self._show_offers,
            failed=question_failed(self),
            owner=self,
            key="offers",
        )

    def _show_offers(self, offers: Sequence[ShippingOffer]) -> None:
        """Offer them with their costs; a new order takes the first one unless a cost was typed already."""
        self._offers = {offer.id: offer for offer in offers}
        options = [(offer.id, self._offer_in_words(offer)) for offer in offers]
        self.option.set_options([*options, (_OWN_COST, _("Another cost"))])
        if self._wanted == _FIRST and offers:
            self._wanted = _OWN_COST if self.shipping.text().strip() else offers[0].id
        if self._order is not None and not self._asked and self._wanted in self._offers:
            # What was agreed stays until somebody chooses anew.
            same = self._offers[self._wanted].rate_cents == self._order.shipping_cents
            self._wanted = self._wanted if same else _OWN_COST
        self._asked = self._asked or bool(offers)
        self.option.set_value(self._wanted if self._wanted in self._offers else _OWN_COST)
        self._show_rate()

    def _option_chosen(self) -> None:
        chosen = self.option.value()
        self._wanted = chosen if isinstance(chosen, int) else _OWN_COST
        self._show_rate()

    def _cost_typed(self) -> None:
        self._wanted = _OWN_COST
        self.option.set_value(_OWN_COST)
        self._show_total()

    def _offer_in_words(self, offer: ShippingOffer) -> str:
        cost = self._desk.formats.money(offer.rate_cents)
        return " · ".join(part for part in (offer.name, cost, offer.estimated_days) if part)

    def _show_rate(self) -> None:
        """An offer says what it costs; another cost is typed."""
        offer = self._offer()
        if offer is not None:
            self.shipping.set_value(offer.rate_cents)
        self._show_total()

    def _offer(self) -> ShippingOffer | None:
        chosen = self.option.value()
        return self._offers.get(chosen) if isinstance(chosen, int) else None

    def _show_total(self) -> None:
        total = sum(extend(line.quantity_milli, line.price_cents) for line in self.model.lines)
        if self.fulfilment.value() == "ship":
            try:
                total += self.shipping.number()
            except BadAmount:
                self.shipping.mark_wrong(True)
        sent = self.fulfilment.value() == "ship"
        self.shipping.setEnabled(sent)
        self.option.setEnabled(sent)
        self.total.setText(_("About {amount}").format(amount=self._desk.formats.money(total)))

    def _lines(self) -> tuple[SaleLine, ...]:
        return tuple(
            SaleLine(line.quantity_milli, variant_id=line.variant_id)
            for line in self.model.lines
            if line.quantity_milli
        )

    def _content(self) -> OrderContent:
        assert self._customer_id is not None
        kept, offer = self._order, self._offer()
        return OrderContent(
            customer=self._customer_id,
            lines=self._lines(),
            channel=str(self.channel.value()),
            fulfilment=str(self.fulfilment.value()),
            shipping=None if kept is None else kept.shipping,
            billing=None if kept is None else kept.billing,
            shipping_option_id=offer.id if offer is not None else None if kept is None else kept.shipping_option_id,
            shipping_cents=None if offer is not None else self.shipping.number(),
            terms=str(self.terms.value()),
            deposit_cents=self.deposit.number(),
            promised_at=None if kept is None else kept.promised_at,
            customer_note=str(self.note.value()),
            staff_note=str(self.staff_note.value()),
        )

    def _save(self) -> None:
        if self._customer_id is None:
            self.messages.refuse(_("Find the customer first."))
            self.customer.line.setFocus()
            return
        try:
            content = self._content()
        except BadAmount as error:
            self.messages.refuse(error.message)
            return
        use_case: Any = create_order
        command: Any = CreateOrder(key=self._key, content=content)
        if self._order is not None:
            use_case = change_order
            command = ChangeOrder(key=self._key, order=self._order.number, version=self._order.version, content=content)
        Operation(use_case, command, done=self._saved).run(self._desk, self, hold=(self.act,))

    def _saved(self, saved: OrderSaved) -> None:
        self.accept()
        if self._order is None:
            from shopdesk.ui.screens.customer_order import ORDER

            open_record(self._place, ORDER, saved.number)


def take_order(place: Place) -> None:
    """Take an order."""
    OrderEditor(place)


def change_order_of(page: RecordView, order: OrderCard) -> None:
    """Give a pending order another content."""
    OrderEditor(page, order)
