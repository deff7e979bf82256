"""Correcting stock with a reason (R7): found, lost, broken, counted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shopdesk.core.errors import BadAmount, BadField, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_MILLI, plain_quantity
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.goods import MOST_LINES, begin_document, counted_goods, place_named, places
from shopdesk.inventory.posting import begin_stock, post_adjustment, warehouse_id

REASONS = (
    N_("Opening stock"),
    N_("Goods received"),
    N_("Counted"),
    N_("Broken"),
    N_("Past its date"),
    N_("Lost or stolen"),
    N_("Own use"),
)
"""What the form offers; any other text may be typed."""


class StockReasonNeeded(ShopError):
    """A correction of stock says why."""

    code = "reason_needed"
    sentence = N_("A reason must be given for this.")


@dataclass(frozen=True, slots=True)
class AdjustStock:
    """Add or take away thousandths of a variant in a warehouse (by name); ``key`` is the idempotency key."""

    key: str
    sku: str
    warehouse: str
    quantity_change_milli: int
    reason: str
    notes: str = ""
    till: str | None = None


@dataclass(frozen=True, slots=True)
class AdjustLine:
    """A variant and the thousandths that it has more or less."""

    variant_id: int
    quantity_change_milli: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustGoods:
    """Several variants corrected in a warehouse for one reason, in one document; ``key`` is the idempotency key."""

    key: str
    warehouse_id: int
    reason: str
    lines: tuple[AdjustLine, ...]
    notes: str = ""
    till: str | None = None


@dataclass(frozen=True, slots=True)
class GoodsAdjusted:
    """The document's number and how many lines it has."""

    number: str
    lines: int


@dataclass(frozen=True, slots=True)
class StockAdjusted:
    """The document's number and what is on hand then, in thousandths."""

    number: str
    on_hand_milli: int


def adjust_stock(uow: UnitOfWork, command: AdjustStock) -> StockAdjusted:
    """Correct the stock of a variant. Below zero is refused (OutOfStock) unless the variant's policy lets it go on.

    Raises UnknownWarehouse, unknown product or till, NotTracked, reason_needed, BadAmount, KeyReused.
    """
    uow.require(Permission.STOCK_ADJUST)
    change = command.quantity_change_milli
    if type(change) is not int or change == 0 or abs(change) > MAX_MILLI:
        raise BadAmount("quantity_change")
    reason = checked_text(command.reason, field="reason")
    if not reason:
        raise StockReasonNeeded(field="reason")
    notes = checked_text(command.notes, field="notes")
    content = {"warehouse": command.warehouse, "change": change, "reason": reason, "notes": notes}
    request = begin_stock(uow, "adjust_stock", command.key, command.sku, command.till, content)
    if request.answer is not None:
        return StockAdjusted(str(request.answer["number"]), int(str(request.answer["on_hand_milli"])))
    place = warehouse_id(request, command.warehouse)
    move = replace(request.variant, quantity_milli=change)
    number, stock = post_adjustment(uow, request.book, place, [move], reason=reason, notes=notes, key=request.key)
    on_hand = stock.level(move.variant_id, place).on_hand
    details = {"sku": command.sku, "change": str(plain_quantity(change)), "reason": reason}
    request.book.audit("stock.adjust", target_type="stock_adjustment", target_id=number, details=details)
    answer = {"number": number, "on_hand_milli": on_hand}
    request.book.answer(request.key, request.use_case, request.content_hash, answer)
    request.book.send()
    stock.check()
    uow.changed("StockLevel")
    return StockAdjusted(number, on_hand)


def adjust_goods(uow: UnitOfWork, command: AdjustGoods) -> GoodsAdjusted:
    """Correct the stock of several variants at once, all or nothing. Refusals as for ``adjust_stock``, BadField for no lines."""
    uow.require(Permission.STOCK_ADJUST)
    reason = checked_text(command.reason, field="reason")
    if not reason:
        raise StockReasonNeeded(field="reason")
    notes = checked_text(command.notes, field="notes")
    changes: dict[int, int] = {}
    for line in command.lines:
        change = line.quantity_change_milli
        if type(change) is not int or change == 0 or abs(change) > MAX_MILLI:
            raise BadAmount("quantity_change_milli")
        if line.variant_id in changes:
            raise BadField("lines", _("names the same goods twice."))
        changes[line.variant_id] = change
    if not 0 < len(changes) <= MOST_LINES:
        raise BadField("lines", _("has between one and {most} lines.").format(most=MOST_LINES))
    content = {
        "warehouse": command.warehouse_id,
        "lines": [[variant, change] for variant, change in changes.items()],
        "reason": reason,
        "notes": notes,
    }
    begun = begin_document(uow, "adjust_goods", command.key, command.till, content)
    if begun.answer is not None:
        return GoodsAdjusted(str(begun.answer["number"]), int(str(begun.answer["lines"])))
    place_named(places(uow), command.warehouse_id, "warehouse_id")
    goods = counted_goods(uow, list(changes))
    moves = [goods[variant].move(change) for variant, change in changes.items()]
    number, stock = post_adjustment(
        uow, begun.book, command.warehouse_id, moves, reason=reason, notes=notes, key=begun.key
    )
    details = {"lines": len(moves), "reason": reason}
    begun.book.audit("stock.adjust", target_type="stock_adjustment", target_id=number, details=details)
    begun.keep({"number": number, "lines": len(moves)})
    begun.book.send()
    stock.check()
    uow.changed("StockLevel")
    return GoodsAdjusted(number, len(moves))
