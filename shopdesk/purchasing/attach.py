"""An unknown code on a delivery: given to the variant that it stands for, so that the next scan finds it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.codes_taken import refuse_taken_codes
from shopdesk.catalogue.models import Product, ProductVariant, VariantBarcode
from shopdesk.catalogue.product_fields import barcode_doubt, check_code
from shopdesk.catalogue.search_index import refresh_search
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.money import MILLI
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.purchasing.costs import checked_quantity
from shopdesk.system.records import audit_office


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachBarcode:
    """A code, the variant it stands for, and how much of it (a pack's code: its contents in thousandths)."""

    variant_id: int
    barcode: str
    pack_quantity_milli: int = MILLI


@dataclass(frozen=True, slots=True)
class BarcodeAttached:
    """The variant that has the code now; ``doubt`` is a sentence about a wrong check digit, else empty."""

    variant_id: int
    doubt: str


def attach_barcode(uow: UnitOfWork, command: AttachBarcode) -> BarcodeAttached:
    """Give a variant one more barcode. Raises CodeTaken naming the other product, NotFound, BadField, BadAmount."""
    uow.require(Permission.RECEIVE)
    barcode = command.barcode.strip()
    check_code(barcode, "barcode")
    checked_quantity(command.pack_quantity_milli, "pack_quantity_milli")
    row = uow.connection.execute(
        sa.select(ProductVariant.sku, ProductVariant.product_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(ProductVariant.id == command.variant_id, Product.deleted_at.is_(None))
        .with_for_update(of=ProductVariant)
    ).first()
    if row is None:
        raise NotFound(_("Product"), command.variant_id)
    refuse_taken_codes(uow, [barcode], [barcode])
    now = uow.clock.now()
    uow.connection.execute(
        sa.insert(VariantBarcode).values(
            variant_id=command.variant_id, barcode=barcode, pack_quantity=command.pack_quantity_milli
        )
    )
    # An editor that was opened before would write the old codes back: its form must see that something changed.
    for model, row_id in ((Product, row.product_id), (ProductVariant, command.variant_id)):
        uow.connection.execute(
            sa.update(model).where(model.id == row_id).values(version=model.version + 1, updated_at=now)
        )
    refresh_search(uow, [command.variant_id])
    audit_office(
        uow,
        "product.barcode",
        target_type="product",
        target_id=str(row.product_id),
        details={"sku": row.sku, "barcode": barcode, "pack_milli": command.pack_quantity_milli},
    )
    uow.changed("Product")
    return BarcodeAttached(command.variant_id, barcode_doubt(barcode) or "")
