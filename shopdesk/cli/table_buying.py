"""The use cases of purchasing by their headless names."""

from __future__ import annotations

from shopdesk.cli.commands import Doing, as_it_is
from shopdesk.purchasing import (
    attach,
    orders,
    placing,
    receive,
    reverse,
    send_back,
    suggest,
    supplier_items,
    suppliers,
)

BUYING: dict[str, Doing] = {
    "save_supplier": as_it_is(suppliers.save_supplier, suppliers.SaveSupplier),
    "set_supplier_active": as_it_is(suppliers.set_supplier_active, suppliers.SetSupplierActive),
    "save_supplier_item": as_it_is(supplier_items.save_supplier_item, supplier_items.SaveSupplierItem),
    "remove_supplier_item": as_it_is(supplier_items.remove_supplier_item, supplier_items.RemoveSupplierItem),
    "save_purchase_order": as_it_is(orders.save_order, orders.SaveOrder),
    "note_on_purchase_order": as_it_is(orders.note_on_order, orders.NoteOnOrder),
    "duplicate_purchase_order": as_it_is(orders.duplicate_order, orders.DuplicateOrder),
    "place_purchase_order": as_it_is(placing.place_order, placing.PlaceOrder),
    "mark_purchase_order_sent": as_it_is(placing.mark_sent, placing.MarkSent),
    "cancel_purchase_order": as_it_is(placing.cancel_order, placing.CancelOrder),
    "receive_goods": as_it_is(receive.receive_goods, receive.ReceiveGoods),
    "reverse_receipt": as_it_is(reverse.reverse_receipt, reverse.ReverseReceipt),
    "send_back_goods": as_it_is(send_back.send_back, send_back.SendBack),
    "order_suggested": as_it_is(suggest.order_suggested, suggest.OrderSuggested),
    "attach_barcode": as_it_is(attach.attach_barcode, attach.AttachBarcode),
}
