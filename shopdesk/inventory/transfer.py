"""Moving goods from one warehouse to another in one step (R7)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shopdesk.core.errors import BadAmount, BadField
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.money import MAX_MILLI, plain_quantity
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.posting import begin_stock, post_transfer, warehouse_id


@dataclass(frozen=True, slots=True)
class TransferStock:
    """Move thousandths of a variant between two warehouses, named; ``key`` is the idempotency key."""

    key: str
    sku: str
    from_warehouse: str
    to_warehouse: str
    quantity_milli: int
    notes: str = ""
    till: str | None = None


@dataclass(frozen=True, slots=True)
class StockTransferred:
    """The document's number and what is on hand in both places then, in thousandths."""

    number: str
    from_on_hand_milli: int
    to_on_hand_milli: int


def transfer_stock(uow: UnitOfWork, command: TransferStock) -> StockTransferred:
    """Move goods. What is not free in the first warehouse is refused (OutOfStock).

    Raises UnknownWarehouse, unknown product or till, NotTracked, BadAmount, KeyReused, and BadField for the same place twice.
    """
    uow.require(Permission.STOCK_TRANSFER)
    quantity = command.quantity_milli
    if type(quantity) is not int or not 0 < quantity <= MAX_MILLI:
        raise BadAmount("quantity")
    notes = checked_text(command.notes, field="notes")
    content = {
        "from": command.from_warehouse,
        "to": command.to_warehouse,
        "quantity": quantity,
        "notes": notes,
    }
    request = begin_stock(uow, "transfer_stock", command.key, command.sku, command.till, content)
    if request.answer is not None:
        known = request.answer
        return StockTransferred(
            str(known["number"]), int(str(known["from_on_hand_milli"])), int(str(known["to_on_hand_milli"]))
        )
    source = warehouse_id(request, command.from_warehouse)
    target = warehouse_id(request, command.to_warehouse)
    if source == target:
        raise BadField("to", _("must be another warehouse."))
    move = replace(request.variant, quantity_milli=quantity, may_go_negative=False)
    number, stock = post_transfer(uow, request.book, source, target, [move], notes=notes, key=request.key)
    done = StockTransferred(
        number, stock.level(move.variant_id, source).on_hand, stock.level(move.variant_id, target).on_hand
    )
    details = {
        "sku": command.sku,
        "quantity": str(plain_quantity(quantity)),
        "from": command.from_warehouse,
        "to": command.to_warehouse,
    }
    request.book.audit("stock.transfer", target_type="stock_transfer", target_id=number, details=details)
    answer = {
        "number": number,
        "from_on_hand_milli": done.from_on_hand_milli,
        "to_on_hand_milli": done.to_on_hand_milli,
    }
    request.book.answer(request.key, request.use_case, request.content_hash, answer)
    request.book.send()
    stock.check()
    uow.changed("StockLevel")
    return done
