"""What is done with orders and parcels from lists and pages: fixed, paid, packed, sent, handed over, given up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.db.unit import Reader
from shopdesk.fulfilment.commands import CancelShipment, DeliverShipment, PackShipment, ShipmentSaved, ShipShipment
from shopdesk.fulfilment.shipping import cancel_shipment, deliver_shipment, pack_shipment, ship_shipment
from shopdesk.orders.commands import CancelOrder, OrderSaved, ProcessOrder
from shopdesk.orders.papers import confirmation_pdf, invoice_pdf, packing_slip_pdf
from shopdesk.orders.paying import OrderPaid, PayOrder, pay_order
from shopdesk.orders.processing import process_order
from shopdesk.orders.queries import OrderCard
from shopdesk.returns.cancel_order import cancel_order
from shopdesk.sales.sale_command import PaymentGiven
from shopdesk.sales.tenders import TenderRow, tenders_list
from shopdesk.ui.dialogs.parcel_labels import open_parcel_labels
from shopdesk.ui.dialogs.pdf_preview import show_pdf
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import Action, Voice, ask, ask_text
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_view import RecordView

Place = ListView | RecordView


def process(place: Place, order: OrderCard) -> None:
    """Fix an order and invoice it."""
    command = ProcessOrder(key=uuid7(), order=order.number)

    def done(saved: OrderSaved) -> None:
        place.messages.say(
            _("{invoice} is made. The order can be packed.").format(invoice=saved.invoice), Voice.SUCCESS
        )

    words = _("{number} becomes turnover and gets its invoice. Its goods and prices are fixed from then on.")
    ask(
        place,
        _("Process {number}?").format(number=order.number),
        words.format(number=order.number),
        _("Process and invoice"),
        lambda: Operation(process_order, command, done=done).run(place.desk, place),
    )


def pay(place: Place, order: OrderCard) -> None:
    """Take money for an order."""

    def ready(tenders: tuple[TenderRow, ...]) -> None:
        options = tuple((row.code, _(row.name)) for row in tenders if row.is_active)
        form = Form(
            key="orders.pay",
            title=N_("Take a payment"),
            command=PayOrder,
            use_case=pay_order,
            fields=(
                Field("type", N_("Paid by"), Holds.CHOICE, required=True, options=options),
                Field("amount_cents", N_("Amount"), Holds.MONEY, required=True),
            ),
            act=N_("Take payment"),
            make=partial(_payment, uuid7(), order.number),
            said="",
        )
        open_form(
            place,
            place.desk,
            form,
            values={"type": options[0][0] if options else None, "amount_cents": order.open_cents},
            done=lambda paid: _paid(place, paid),
        )

    place.desk.ask(tenders_list, done=ready, owner=place)


def _payment(key: str, number: str, values: Mapping[str, object]) -> PayOrder:
    amount = int(str(values["amount_cents"]))
    return PayOrder(key=key, order=number, payments=(PaymentGiven(str(values["type"]), amount),), amount_cents=amount)


def _paid(place: Place, paid: OrderPaid) -> None:
    left = place.desk.formats.money(paid.open_cents)
    words = _("{number} is booked; {left} is still open.") if paid.open_cents else _("{number} is booked: all is paid.")
    place.messages.say(words.format(number=", ".join(paid.numbers), left=left), Voice.SUCCESS)


def pack(place: Place, order: OrderCard) -> None:
    """Pack everything that is left into one parcel; its tracking number may be typed or scanned."""

    def run(tracking: str) -> None:
        command = PackShipment(key=uuid7(), order=order.number, tracking=tracking or None, carrier=_carrier(order))
        Operation(pack_shipment, command, done=lambda saved: _packed(place, saved, command.carrier)).run(
            place.desk, place
        )

    ask_text(
        place,
        _("Pack {number}").format(number=order.number),
        _("Tracking number on the label (not needed)"),
        _("Pack what is left"),
        run,
        required=False,
    )


def _carrier(order: OrderCard) -> str:
    return "pickup" if order.fulfilment == "pickup" else "manual"


def _packed(place: Place, saved: ShipmentSaved, carrier: str) -> None:
    words = _("Parcel {number} is packed.").format(number=saved.number)
    slip = Action(_("Packing slip"), lambda: show_slip(place, saved.number), "slip")
    label = Action(_("Label"), lambda: show_label(place, saved.number), "label")
    place.messages.say(words, Voice.SUCCESS, (slip, label) if carrier != "pickup" else (slip,))
    if carrier == "pickup":
        show_slip(place, saved.number)
    else:
        show_label(place, saved.number)


def send_parcel(place: Place, parcel: str) -> None:
    """A parcel leaves the shop."""
    command = ShipShipment(key=uuid7(), shipment=parcel)
    said = _("Parcel {number} is sent; its goods left stock.").format(number=parcel)
    Operation(ship_shipment, command, said=said).run(place.desk, place)


def deliver_parcel(place: Place, parcel: str) -> None:
    """A parcel arrived or was handed over."""
    command = DeliverShipment(key=uuid7(), shipment=parcel)
    said = _("Parcel {number} is delivered.").format(number=parcel)
    Operation(deliver_shipment, command, said=said).run(place.desk, place)


def scan_parcel(place: Place) -> None:
    """Scan the label of a packed parcel: it is marked as sent; one that is none says so."""
    ask_text(
        place,
        _("Scan the label of a parcel"),
        _("Tracking number or parcel number"),
        _("Mark as sent"),
        lambda code: send_parcel(place, code),
    )


def unpack_parcel(place: Place, parcel: str) -> None:
    """Take a packed parcel apart."""
    said = _("Parcel {number} is unpacked; its goods can be packed anew.").format(number=parcel)
    Operation(cancel_shipment, CancelShipment(parcel), said=said).run(place.desk, place)


def cancel(place: Place, order: OrderCard) -> None:
    """Give an order up: its goods are free, what was paid goes back."""
    money = place.desk.formats.money(order.paid_cents)
    words = _("Its goods are free for others again. {money} goes back the way it was paid. Why?").format(money=money)
    title = _("Cancel {number}").format(number=order.number)
    said = _("{number} is cancelled.").format(number=order.number)

    def run(reason: str) -> None:
        command = CancelOrder(key=uuid7(), order=order.number, reason=reason)
        Operation(cancel_order, command, said=said).run(place.desk, place)

    ask_text(place, title, words, title, run)


def show_confirmation(place: Place, order: str) -> None:
    """The confirmation of an order."""
    _show(place, _("Confirmation {number}").format(number=order), confirmation_pdf, order)


def show_invoice(place: Place, number: str) -> None:
    """An invoice or credit note."""
    _show(place, _("Invoice {number}").format(number=number), invoice_pdf, number)


def show_slip(place: Place, parcel: str) -> None:
    """What lies in a parcel."""
    _show(place, _("Packing slip {number}").format(number=parcel), packing_slip_pdf, parcel)


def show_label(place: Place, parcel: str) -> None:
    """What is stuck on a parcel."""
    open_parcel_labels(place, place.desk, [parcel])


def _show(place: Place, title: str, build: Callable[[Reader, str], bytes], number: str) -> None:
    show_pdf(place, place.desk, title, lambda reader: build(reader, number), file_name=f"{number}.pdf")
