"""What a supplier sells us: their code and name of a variant, the pack it comes in, what a pack costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadAmount, BadField, NotFound
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.money import MAX_MILLI, MILLI
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.saving import save_row
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.purchasing.costs import checked_cost, checked_quantity, unit_cost
from shopdesk.purchasing.models import Supplier, SupplierItem
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveSupplierItem:
    """What a supplier calls a variant and how it comes: packs of ``pack_quantity_milli``, at least ``minimum_milli``.

    A new one has ``item_id`` None and names the variant by ``variant_id`` or ``sku``. ``is_preferred``: this supplier is asked
    first for the variant, and no other any more.
    """

    supplier_id: int
    variant_id: int | None = None
    sku: str = ""
    supplier_code: str = ""
    supplier_name: str = ""
    pack_quantity_milli: int = MILLI
    pack_cost_cents: int | None = None
    minimum_milli: int = 0
    is_preferred: bool = False
    item_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class RemoveSupplierItem:
    """The supplier no longer sells this."""

    item_id: int


_COLUMNS = {
    "supplier_code": SupplierItem.supplier_code,
    "supplier_name": SupplierItem.supplier_name,
    "pack_quantity_milli": SupplierItem.pack_quantity,
    "pack_cost_cents": SupplierItem.pack_cost_cents,
    "minimum_milli": SupplierItem.minimum_quantity,
    "is_preferred": SupplierItem.is_preferred,
}
_NO_NUMBER = 0
_NOTE_COST = insert_into(
    SupplierItem,
    "supplier_id",
    "variant_id",
    "supplier_code",
    "supplier_name",
    "pack_quantity",
    "pack_cost_cents",
    "minimum_quantity",
    "is_preferred",
    "last_pack_cost_cents",
    "last_cost_at",
    "created_at",
    "updated_at",
    "created_by",
    "updated_by",
    "version",
    otherwise="ON CONFLICT (supplier_id, variant_id) DO UPDATE SET pack_quantity = excluded.pack_quantity, "
    "pack_cost_cents = excluded.pack_cost_cents, last_pack_cost_cents = excluded.last_pack_cost_cents, "
    "last_cost_at = excluded.last_cost_at, updated_at = excluded.updated_at, updated_by = excluded.updated_by, "
    "version = supplier_items.version + 1",
)


def save_supplier_item(uow: UnitOfWork, command: SaveSupplierItem) -> int:
    """Write an item and return its id. Raises BadField (also for a variant the supplier has already), NotFound,
    ChangedMeanwhile."""
    uow.require(Permission.SUPPLIER_EDIT)
    values = _checked(command)
    before: dict[str, Any] = {}
    if command.item_id is None:
        supplier = uow.connection.execute(sa.select(Supplier.name).where(Supplier.id == command.supplier_id)).first()
        if supplier is None:
            raise NotFound(_("Supplier"), command.supplier_id)
        variant_id, sku = _variant(uow, command)
        known = sa.select(SupplierItem.id).where(
            SupplierItem.supplier_id == command.supplier_id, SupplierItem.variant_id == variant_id
        )
        if uow.connection.execute(known).first() is not None:
            raise BadField("sku", _("{sku} is among this supplier's goods already.").format(sku=sku))
        kept = {"supplier_id": command.supplier_id, "variant_id": variant_id}
    else:
        supplier_id, variant_id, sku, before = _item(uow, command.item_id)
        if supplier_id != command.supplier_id:
            raise NotFound(_("Supplier's article"), command.item_id)
        kept = {}
    if command.is_preferred:
        uow.connection.execute(
            sa.update(SupplierItem)
            .where(
                SupplierItem.variant_id == variant_id,
                SupplierItem.is_preferred,
                SupplierItem.id != (command.item_id or _NO_NUMBER),
            )
            .values(is_preferred=False, version=SupplierItem.version + 1, updated_at=uow.clock.now())
        )
    columns = {_COLUMNS[name].key: value for name, value in values.items()}
    row_id = save_row(uow, SupplierItem, command.item_id, command.version, {**kept, **columns}, name=sku)
    audit_office(
        uow,
        "supplier.item",
        target_type="supplier",
        target_id=str(command.supplier_id),
        details={"sku": sku, **_told(before, values, sku)},
    )
    uow.changed("SupplierItem")
    return row_id


def remove_supplier_item(uow: UnitOfWork, command: RemoveSupplierItem) -> None:
    """Forget that a supplier sells a variant; orders and deliveries keep their own copy. Raises NotFound."""
    uow.require(Permission.SUPPLIER_EDIT)
    supplier_id, _variant_id, sku, _before = _item(uow, command.item_id)
    uow.connection.execute(sa.delete(SupplierItem).where(SupplierItem.id == command.item_id))
    audit_office(uow, "supplier.item_removed", target_type="supplier", target_id=str(supplier_id), details={"sku": sku})
    uow.changed("SupplierItem")


def note_costs(uow: UnitOfWork, supplier_id: int, costs: Iterable[tuple[int, int, int]]) -> None:
    """What packs of variants cost in a delivery: (variant id, pack in thousandths, cost of the pack).

    Becomes the supplier's last and present cost; goods that the supplier was not known to sell are added. Part of receiving,
    whose permission was asked.
    """
    now, user = to_micros(uow.clock.now()), uow.actor.user_id or None
    batch = uow.batch()
    batch.add(
        _NOTE_COST,
        [
            {
                "supplier_id": supplier_id,
                "variant_id": variant_id,
                "supplier_code": "",
                "supplier_name": "",
                "pack_quantity": pack_milli,
                "pack_cost_cents": pack_cents,
                "minimum_quantity": 0,
                "is_preferred": False,
                "last_pack_cost_cents": pack_cents,
                "last_cost_at": now,
                "created_at": now,
                "updated_at": now,
                "created_by": user,
                "updated_by": user,
                "version": 1,
            }
            for variant_id, pack_milli, pack_cents in sorted(costs)
        ],
    )
    batch.send()
    uow.changed("SupplierItem")


def _checked(command: SaveSupplierItem) -> dict[str, Any]:
    if command.pack_cost_cents is not None:
        checked_cost(command.pack_cost_cents, "pack_cost_cents")
        unit_cost(checked_quantity(command.pack_quantity_milli, "pack_quantity_milli"), command.pack_cost_cents)
    if type(command.minimum_milli) is not int or not 0 <= command.minimum_milli <= MAX_MILLI:
        raise BadAmount("minimum_milli")
    return {
        "supplier_code": checked_text(command.supplier_code, field="supplier_code", longest=64),
        "supplier_name": checked_text(command.supplier_name, field="supplier_name", longest=200),
        "pack_quantity_milli": checked_quantity(command.pack_quantity_milli, "pack_quantity_milli"),
        "pack_cost_cents": command.pack_cost_cents,
        "minimum_milli": command.minimum_milli,
        "is_preferred": bool(command.is_preferred),
    }


def _variant(uow: UnitOfWork, command: SaveSupplierItem) -> tuple[int, str]:
    chosen = (
        ProductVariant.id == command.variant_id
        if command.variant_id is not None
        else ProductVariant.sku == command.sku.strip()
    )
    row = uow.connection.execute(
        sa.select(ProductVariant.id, ProductVariant.sku)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(chosen, Product.deleted_at.is_(None))
    ).first()
    if row is None:
        raise BadField("sku", _("there is no such product."))
    return row[0], row[1]


def _item(reader: Reader, item_id: int) -> tuple[int, int, str, dict[str, Any]]:
    row = reader.connection.execute(
        sa.select(SupplierItem.supplier_id, SupplierItem.variant_id, ProductVariant.sku, *_COLUMNS.values())
        .join(ProductVariant, ProductVariant.id == SupplierItem.variant_id)
        .where(SupplierItem.id == item_id)
    ).first()
    if row is None:
        raise NotFound(_("Supplier's article"), item_id)
    return row[0], row[1], row[2], dict(zip(_COLUMNS, row[3:], strict=True))


def _told(before: dict[str, Any], values: dict[str, Any], sku: str) -> dict[str, object]:
    def named(of: dict[str, Any]) -> dict[str, object]:
        return {f"{name}@{sku}": value for name, value in of.items()}

    return what_changed(named(before), named(values))
