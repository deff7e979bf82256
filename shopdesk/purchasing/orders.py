"""Purchase orders while they are made: drafts with their lines, copies of earlier orders, what may still be noted later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import shop_time
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.saving import save_row
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.models import Warehouse
from shopdesk.purchasing.costs import checked_cost, checked_quantity, line_cost, unit_cost
from shopdesk.purchasing.goods import Article, chosen_articles
from shopdesk.purchasing.models import PurchaseOrder, PurchaseOrderLine, Supplier
from shopdesk.purchasing.steps import FoundOrder, add_step, lock_order, require_status
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office
from shopdesk.system.settings import shop_settings

MOST_LINES = 1_000
"""An order of more lines is two orders: a form must still show it, and a delivery book it in one transaction."""


class SupplierNotUsed(ShopError):
    """The supplier was taken out of use."""

    code = "supplier_retired"
    sentence = N_("{name} is not in use any more. Take the supplier back into use first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineFields:
    """A line as the form gives it: a variant (by id or SKU) and how much of it, in thousandths.

    What is not said about the pack (its size, its cost) is what the supplier sells it as.
    """

    quantity_milli: int
    variant_id: int | None = None
    sku: str = ""
    pack_quantity_milli: int | None = None
    pack_cost_cents: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveOrder:
    """A new draft (``order_id`` None), or one as it should be. Without ``expected_on`` the supplier's lead time counts."""

    supplier_id: int
    warehouse_id: int
    lines: tuple[OrderLineFields, ...] = ()
    expected_on: date | None = None
    supplier_reference: str = ""
    notes: str = ""
    staff_notes: str = ""
    order_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class OrderSaved:
    """The draft, and what it comes to in minor units."""

    order_id: int
    total_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteOnOrder:
    """What may be noted on an order that was placed: the supplier's own number, a new date, words of our own."""

    order_id: int
    version: int
    expected_on: date
    supplier_reference: str = ""
    staff_notes: str = ""


@dataclass(frozen=True, slots=True)
class DuplicateOrder:
    """The order whose lines a new draft takes over, at today's costs where the supplier's goods name one."""

    order_id: int


def save_order(uow: UnitOfWork, command: SaveOrder) -> OrderSaved:
    """Write a draft with all its lines. Raises UnknownStockProduct, BadField, BadAmount, NotFound, OrderNotSo,
    ChangedMeanwhile and SupplierNotUsed."""
    uow.require(Permission.PURCHASE)
    if len(command.lines) > MOST_LINES:
        raise BadField("lines", _("an order has at most {most} lines.").format(most=MOST_LINES))
    lead_time = _lead_time(uow, command.supplier_id)
    _check_warehouse(uow, command.warehouse_id)
    order = None
    if command.order_id is not None:
        order = lock_order(uow, command.order_id, version=command.version)
        require_status(order, ("draft",))
    rows = _line_rows(command.lines, chosen_articles(uow, command.supplier_id, command.lines))
    total = sum(line_cost(row["quantity"], row["pack_quantity"], row["pack_cost_cents"]) for row in rows)
    values: dict[str, object] = {
        "supplier_id": command.supplier_id,
        "warehouse_id": command.warehouse_id,
        "expected_on": (command.expected_on or shop_today(uow) + timedelta(days=lead_time)).isoformat(),
        "supplier_reference": checked_text(command.supplier_reference, field="supplier_reference", longest=100),
        "notes": checked_text(command.notes, field="notes", longest=2_000),
        "staff_notes": checked_text(command.staff_notes, field="staff_notes", longest=2_000),
        "total_cents": checked_cost(total, "lines"),
    }
    order_id = _write_draft(uow, order, values, rows)
    audit_office(
        uow,
        "purchase_order.draft",
        target_type="purchase_order",
        target_id=str(order_id),
        details={"lines": len(rows), "total_cents": total},
    )
    uow.changed("PurchaseOrder")
    return OrderSaved(order_id, total)


def note_on_order(uow: UnitOfWork, command: NoteOnOrder) -> None:
    """Note what became known of a placed order; its lines stay as they were sent. Raises OrderNotSo, ChangedMeanwhile."""
    uow.require(Permission.PURCHASE)
    order = lock_order(uow, command.order_id, version=command.version)
    require_status(order, ("ordered", "part_received", "received"))
    columns = (PurchaseOrder.expected_on, PurchaseOrder.supplier_reference, PurchaseOrder.staff_notes)
    before = uow.connection.execute(sa.select(*columns).where(PurchaseOrder.id == order.id)).one()._mapping
    values: dict[str, object] = {
        "expected_on": command.expected_on.isoformat(),
        "supplier_reference": checked_text(command.supplier_reference, field="supplier_reference", longest=100),
        "staff_notes": checked_text(command.staff_notes, field="staff_notes", longest=2_000),
    }
    save_row(uow, PurchaseOrder, order.id, command.version, values, name=order.name)
    audit_office(
        uow,
        "purchase_order.note",
        target_type="purchase_order",
        target_id=str(order.id),
        details=what_changed(dict(before), values),
    )
    uow.changed("PurchaseOrder")


def duplicate_order(uow: UnitOfWork, command: DuplicateOrder) -> OrderSaved:
    """Make a draft with the lines of another order. Raises NotFound, SupplierNotUsed."""
    uow.require(Permission.PURCHASE)
    order = lock_order(uow, command.order_id)
    kept = uow.connection.execute(
        sa.select(
            PurchaseOrderLine.variant_id,
            PurchaseOrderLine.quantity,
            PurchaseOrderLine.pack_quantity,
            PurchaseOrderLine.pack_cost_cents,
        )
        .where(PurchaseOrderLine.purchase_order_id == order.id)
        .order_by(PurchaseOrderLine.position)
    ).all()
    asked = tuple(OrderLineFields(variant_id=row.variant_id, quantity_milli=row.quantity) for row in kept)
    known = {one.variant_id: one for one in chosen_articles(uow, order.supplier_id, asked)}
    lines = []
    for row in kept:
        newer = known[row.variant_id].pack_cents is not None
        lines.append(
            OrderLineFields(
                variant_id=row.variant_id,
                quantity_milli=row.quantity,
                pack_quantity_milli=None if newer else row.pack_quantity,
                pack_cost_cents=None if newer else row.pack_cost_cents,
            )
        )
    return save_order(
        uow, SaveOrder(supplier_id=order.supplier_id, warehouse_id=order.warehouse_id, lines=tuple(lines))
    )


def shop_today(reader: Reader) -> date:
    """The day on the shop's wall; one statement."""
    return shop_time(reader.clock.now(), shop_settings(reader).timezone).date()


def _write_draft(
    uow: UnitOfWork, order: FoundOrder | None, values: dict[str, object], rows: Sequence[dict[str, Any]]
) -> int:
    if order is None:
        order_id = save_row(uow, PurchaseOrder, None, 1, {**values, "uid": uuid7(), "status": "draft"}, name="")
        add_step(uow, order_id, "created", "draft")
    else:
        order_id = save_row(uow, PurchaseOrder, order.id, order.version, values, name=order.name)
        uow.connection.execute(sa.delete(PurchaseOrderLine).where(PurchaseOrderLine.purchase_order_id == order_id))
    if rows:
        uow.connection.execute(sa.insert(PurchaseOrderLine), [{**row, "purchase_order_id": order_id} for row in rows])
    return order_id


def _line_rows(
    lines: Sequence[OrderLineFields], articles: Sequence[Article]
) -> list[dict[str, Any]]:  # Any: columns of a line
    rows = []
    for position, (line, article) in enumerate(zip(lines, articles, strict=True), 1):
        field = f"lines[{position - 1}]"
        quantity = checked_quantity(line.quantity_milli, f"{field}.quantity_milli")
        pack = article.pack_milli if line.pack_quantity_milli is None else line.pack_quantity_milli
        checked_quantity(pack, f"{field}.pack_quantity_milli")
        cents = (article.likely_pack_cents or 0) if line.pack_cost_cents is None else line.pack_cost_cents
        checked_cost(cents, f"{field}.pack_cost_cents")
        line_cost(quantity, pack, cents, field=f"{field}.pack_cost_cents")
        rows.append(
            {
                "position": position,
                "variant_id": article.variant_id,
                "sku": article.sku,
                "name": article.name,
                "supplier_code": article.supplier_code,
                "quantity": quantity,
                "pack_quantity": pack,
                "pack_cost_cents": cents,
                "unit_cost_cents": unit_cost(pack, cents, field=f"{field}.pack_cost_cents"),
            }
        )
    return rows


def _lead_time(uow: UnitOfWork, supplier_id: int) -> int:
    """Days from order to delivery of a supplier in use."""
    row = uow.connection.execute(
        sa.select(Supplier.name, Supplier.is_active, Supplier.lead_time_days).where(Supplier.id == supplier_id)
    ).first()
    if row is None:
        raise NotFound(_("Supplier"), supplier_id)
    if not row.is_active:
        raise SupplierNotUsed(field="supplier_id", name=row.name)
    return int(row.lead_time_days)


def _check_warehouse(uow: UnitOfWork, warehouse_id: int) -> None:
    known = sa.select(Warehouse.id).where(Warehouse.id == warehouse_id, Warehouse.is_active)
    if uow.connection.execute(known).first() is None:
        raise NotFound(_("Warehouse"), warehouse_id)
