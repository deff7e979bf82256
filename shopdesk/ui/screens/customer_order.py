"""One order of a customer: lines, payments, parcels, papers, its story, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.money import extend
from shopdesk.core.permissions import Permission
from shopdesk.orders.commands import AddressGiven
from shopdesk.orders.queries import OrderCard, order_card
from shopdesk.ui.dialogs.returning import ask_return
from shopdesk.ui.kit.columns import State
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.messages import Voice
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab, list_tab
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.widgets import Label, button, card, hbox, named, section, vbox, wrapped
from shopdesk.ui.screens import customer_order_work as work
from shopdesk.ui.screens import purchase_lines as lines
from shopdesk.ui.screens.customer_orders import CHANNELS, PARCELS, STATES
from shopdesk.ui.screens.purchase_lines import Line, LineColumn, LinesModel, LinesTable
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font

_SIDE = 288
EVENTS = {
    "created": N_("Taken"),
    "changed": N_("Changed"),
    "processed": N_("Processed and invoiced"),
    "paid": N_("Paid"),
    "packed": N_("Packed"),
    "unpacked": N_("Unpacked"),
    "sent": N_("Sent"),
    "delivered": N_("Delivered"),
    "returned": N_("Came back"),
    "cancelled": N_("Cancelled"),
}
_COLUMNS = (
    LineColumn("sku", N_("SKU"), lambda line, _f: line.sku, width=112, right=False),
    LineColumn("name", N_("Name"), lambda line, _f: line.name, right=False, stretch=True),
    LineColumn("quantity", N_("Quantity"), lines.shown_quantity, width=88),
    LineColumn(
        "sent", N_("Sent"), lambda line, f: f.quantity(line.before_milli) if line.before_milli else "", width=72
    ),
    LineColumn("price", N_("Price"), lambda line, f: f.amount(line.price_cents), width=96),
    LineColumn("total", N_("Total"), lambda line, f: f.amount(line.pack_cents or 0), width=104),
)


class OrderGoods(QWidget):
    """The lines of an order with its sums and facts."""

    def __init__(self, page: RecordView, order: OrderCard) -> None:
        super().__init__()
        named(self, "order_goods", _("Lines of the order"))
        self._formats = page.desk.formats
        self.model = LinesModel(_COLUMNS, self._formats, self)
        self.model.locked = True
        self.table = LinesTable(self.model, self)
        outer = hbox(self, spacing=tokens.SPACE_16)
        main = vbox(spacing=tokens.SPACE_12)
        ground = card("lines_card")
        vbox(ground, margin=1).addWidget(self.table)
        main.addWidget(ground, 1)
        outer.addLayout(main, 1)
        self._side = named(QWidget(), "order_side", _("About the order"))
        self._side.setFixedWidth(_SIDE)
        self._column = vbox(self._side, spacing=tokens.SPACE_12)
        outer.addWidget(self._side)
        self.show_record(order)

    def show_record(self, order: OrderCard) -> None:
        """Show the order as it is now."""
        self.model.set_lines(
            [
                Line(
                    variant_id=line.variant_id,
                    sku=line.sku,
                    name=line.name,
                    quantity_milli=line.quantity_milli,
                    before_milli=line.sent_milli,
                    price_cents=line.unit_price_cents,
                    pack_cents=extend(line.quantity_milli, line.unit_price_cents)
                    if line.line_total_cents is None
                    else line.line_total_cents,
                )
                for line in order.lines
            ]
        )
        _clear(self._column)
        self._column.addWidget(section(_("Money"), "order_money"))
        self._column.addWidget(facts(self._money(order), "order_sums"))
        self._column.addWidget(section(_("Delivery"), "order_delivery"))
        self._column.addWidget(facts(self._delivery(order), "order_facts"))
        self._column.addStretch(1)

    def take_focus(self) -> None:
        """The keyboard goes to the lines."""
        self.table.setFocus()

    def _money(self, order: OrderCard) -> list[tuple[str, str]]:
        money = self._formats.money
        pairs = [
            (_("Subtotal"), money(order.subtotal_cents)),
            (_("Discount"), money(-order.discount_cents) if order.discount_cents else ""),
            (_("Shipping"), money(order.shipping_cents) if order.shipping_cents else ""),
            (_("Tax"), money(order.tax_cents) if order.tax_cents else ""),
            (_("Total"), money(order.total_cents)),
            (_("Paid"), money(order.paid_cents)),
            (_("Still to be paid"), money(order.open_cents)),
            (_("To be paid"), _("on account") if order.terms == "account" else _("now")),
        ]
        return [pair for pair in pairs if pair[1]]

    def _delivery(self, order: OrderCard) -> list[tuple[str, str]]:
        by = dict(CHANNELS)
        pairs = [
            (_("Came by"), _(by[order.channel])),
            (_("Handing over"), _("fetched from the shop") if order.fulfilment == "pickup" else _("sent")),
            (_("Promised"), "" if order.promised_at is None else self._formats.moment(order.promised_at)),
            (_("Deliver to"), _address(order.shipping)),
            (_("Note of the customer"), order.customer_note),
            (_("Note for the staff"), order.staff_note),
        ]
        return [pair for pair in pairs if pair[1]]


class Money(QWidget):
    """Payments and papers of an order."""

    def __init__(self, page: RecordView, order: OrderCard) -> None:
        super().__init__()
        named(self, "order_payments", _("Payments and papers"))
        self._page = page
        self._column = vbox(self, spacing=tokens.SPACE_12)
        self.show_record(order)

    def show_record(self, order: OrderCard) -> None:
        """Show them as they are now."""
        formats = self._page.desk.formats
        _clear(self._column)
        self._column.addWidget(section(_("Payments"), "payments_head"))
        paid = [
            (f"{formats.moment(one.at)} · {one.number}", f"{one.type} {formats.money(one.amount_cents)}")
            for one in order.payments
        ]
        if paid:
            self._column.addWidget(facts(paid, "payments"))
        else:
            self._column.addWidget(Label(_("Nothing was paid yet."), "no_payments", tone="secondary"))
        self._column.addWidget(section(_("Papers"), "papers_head"))
        for paper in order.papers:
            row = hbox(spacing=tokens.SPACE_12)
            kind = _("Credit note") if paper.kind == "credit_note" else _("Invoice")
            row.addWidget(Label(f"{kind} {paper.number}", f"paper_{paper.number}"))
            row.addWidget(Label(formats.money(paper.total_cents), "paper_total", font=number_font(tokens.OFFICE_TEXT)))
            if paper.due_at is not None and paper.kind == "invoice" and order.open_cents > 0:
                due = _("to be paid by {day}").format(day=formats.day(paper.due_at.date()))
                row.addWidget(Label(due, "paper_due", tone="secondary"))
            show = button(_("Show"), f"show_{paper.number}", partial(work.show_invoice, self._page, paper.number))
            row.addStretch(1)
            row.addWidget(show)
            self._column.addLayout(row)
        if not order.papers:
            words = _("The invoice is made when the order is processed.")
            self._column.addWidget(wrapped(Label(words, "no_papers", tone="secondary")))
        self._column.addStretch(1)


class Story(QWidget):
    """What happened to an order, the oldest first."""

    def __init__(self, page: RecordView, order: OrderCard) -> None:
        super().__init__()
        named(self, "order_story", _("Story"))
        self._formats = page.desk.formats
        self._column = vbox(self)
        self.show_record(order)

    def show_record(self, order: OrderCard) -> None:
        """Show the steps as they are now."""
        _clear(self._column)
        pairs = [
            (
                self._formats.moment(event.at),
                " · ".join(part for part in (*self._words(event.kind, event.details), event.by) if part),
            )
            for event in order.events
        ]
        self._column.addWidget(facts(pairs, "story_steps"))
        self._column.addStretch(1)

    def _words(self, kind: str, details: dict[str, Any]) -> Sequence[str]:
        money = self._formats.money
        words = [_(EVENTS.get(kind, kind))]
        if kind == "changed":
            words.append(
                _("{before} became {after}").format(before=money(details["before"]), after=money(details["after"]))
            )
        elif kind == "paid":
            words.append(money(details["amount"]))
        elif kind == "returned":
            words.append(
                _("{number}, credit {amount}").format(number=details["return"], amount=money(details["credit"]))
            )
        else:
            words += [str(details[name]) for name in ("shipment", "invoice", "reason") if name in details]
        return words


def _address(address: AddressGiven | None) -> str:
    if address is None:
        return ""
    person = f"{address.first_name} {address.last_name}".strip()
    town = f"{address.postal_code} {address.city}".strip()
    parts = (address.company, person, address.line1, address.line2, town, address.country_code)
    return "\n".join(part for part in parts if part)


def _clear(column: QVBoxLayout) -> None:
    while (item := column.takeAt(0)) is not None:
        if (old := item.widget()) is not None:
            old.hide()
            old.deleteLater()
        elif (inner := item.layout()) is not None:
            while (part := inner.takeAt(0)) is not None:
                if (widget := part.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()


def _state(order: OrderCard) -> State:
    return STATES[order.status]


def _change(page: RecordView, order: OrderCard) -> None:
    from shopdesk.ui.screens.customer_order_editor import change_order_of

    change_order_of(page, order)


def _back(page: RecordView, order: OrderCard) -> None:
    ask_return(page, page.desk, lambda words: page.messages.say(words, Voice.SUCCESS), number=order.number)


def _customer(page: RecordView, order: OrderCard) -> None:
    from shopdesk.ui.screens.customer_page import CUSTOMER

    open_record(page, CUSTOMER, order.customer_id)


ORDER = RecordPage(
    key="orders.order",
    title=N_("Order"),
    needs=Permission.SALES_VIEW,
    glyph="clipboard-text-outline",
    load=order_card,
    head=lambda order, _formats: f"{order.number} · {order.customer}",
    under=lambda order, formats: _("Taken on {moment}").format(moment=formats.moment(order.placed_at)),
    state=_state,
    tabs=(
        Tab("goods", N_("Lines"), OrderGoods, "format-list-bulleted"),
        Tab("money", N_("Payments and papers"), Money, "cash"),
        list_tab("parcels", N_("Parcels"), PARCELS, lambda order: {"order": order.number}, glyph="truck-outline"),
        Tab("story", N_("Story"), Story, "history"),
    ),
    commands=(
        RecordCommand(
            "process",
            N_("Process and invoice"),
            work.process,
            "check",
            Permission.ORDER_EDIT,
            "Ctrl+Return",
            primary=True,
            ready=lambda order: order.status == "pending",
        ),
        RecordCommand(
            "pack",
            N_("Pack"),
            work.pack,
            "package-variant-closed",
            Permission.ORDER_SHIP,
            "Ctrl+Shift+P",
            ready=lambda order: (
                order.status in ("processing", "shipped")
                and any(line.sent_milli < line.quantity_milli for line in order.lines)
            ),
        ),
        RecordCommand(
            "pay",
            N_("Take a payment"),
            work.pay,
            "cash-plus",
            Permission.SELL,
            "Ctrl+Shift+M",
            ready=lambda order: order.open_cents > 0,
        ),
        RecordCommand(
            "change",
            N_("Edit"),
            _change,
            "pencil-outline",
            Permission.ORDER_EDIT,
            "Ctrl+E",
            ready=lambda order: order.status == "pending",
        ),
        RecordCommand(
            "print",
            N_("Confirmation"),
            lambda page, order: work.show_confirmation(page, order.number),
            "printer-outline",
            None,
            "Ctrl+P",
        ),
        RecordCommand(
            "back",
            N_("Take goods back"),
            _back,
            "undo",
            more=True,
            ready=lambda order: any(line.sent_milli for line in order.lines),
        ),
        RecordCommand(
            "customer", N_("Open the customer"), _customer, "account-outline", Permission.CUSTOMER_LIST, more=True
        ),
        RecordCommand(
            "cancel",
            N_("Cancel the order"),
            work.cancel,
            "cancel",
            Permission.ORDER_EDIT,
            danger=True,
            more=True,
            ready=lambda order: order.status in ("pending", "processing"),
        ),
    ),
    refresh_on={"Order", "OrderPlan", "Payment", "Shipment", "Return", "Invoice"},
)
