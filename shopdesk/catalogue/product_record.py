"""A product with its pictures, written as one: what the editor's Save does."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.catalogue.pictures import PictureFields, put_pictures
from shopdesk.catalogue.products import CreateProduct, EditProduct, ProductSaved, create_product, edit_product
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.records import audit_office


@dataclass(frozen=True, slots=True)
class SaveProduct:
    """A new or an edited product, and its pictures as they should be; ``pictures`` None leaves those it has."""

    product: CreateProduct | EditProduct
    pictures: tuple[PictureFields, ...] | None = None


def save_product(uow: UnitOfWork, command: SaveProduct) -> ProductSaved:
    """Write a product and its pictures in one transaction; raises what ``create_product`` and ``edit_product`` raise."""
    uow.require(Permission.CATALOGUE_EDIT)
    product = command.product
    saved = edit_product(uow, product) if isinstance(product, EditProduct) else create_product(uow, product)
    if command.pictures is not None:
        changed = put_pictures(uow, saved.product_id, command.pictures, saved.variant_ids)
        if changed:
            audit_office(
                uow, "product.pictures", target_type="product", target_id=str(saved.product_id), details=changed
            )
    return saved
