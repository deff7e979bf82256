"""Goods of the demo shop made by the editor's own use cases: a grid of variants, one that waits, one that was rejected."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from shopdesk.books.drawings import things
from shopdesk.books.drawings.canvas import Canvas
from shopdesk.catalogue.categories import CreateCategory, category_tree, create_category
from shopdesk.catalogue.internal_codes import MakeBarcodes, make_barcodes
from shopdesk.catalogue.models import TaxClass
from shopdesk.catalogue.pictures import CleanPicture, PictureFields
from shopdesk.catalogue.product_fields import BarcodeFields, VariantFields
from shopdesk.catalogue.product_record import SaveProduct, save_product
from shopdesk.catalogue.product_status import RejectProduct, reject_product
from shopdesk.catalogue.products import CreateProduct
from shopdesk.catalogue.variant_grid import Trait, made_grid
from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork

_COLOURS = {"White": "#f4f4f2", "Navy": "#34507a", "Forest": "#4d7a56", "Coral": "#e3735e"}
_GROUND = "#ece8f4"
_SELLER = sa.text("SELECT min(id) FROM sellers WHERE status = 'approved'")


def fill_goods(shop: Shop, actor: Actor) -> None:
    """Add them to a demo shop that has its goods already; ``actor`` may do everything."""
    pictures = {name: CleanPicture(_shirt(colour)) for name, colour in _COLOURS.items()}
    shop.execute(_add_goods, pictures, actor)


def _shirt(colour: str) -> bytes:
    canvas = Canvas(_GROUND)
    things.shirt(canvas, colour)
    return canvas.webp()


def _add_goods(uow: UnitOfWork, pictures: dict[str, CleanPicture]) -> None:
    shelves = {row.path: row.id for row in category_tree(uow)}
    summer = create_category(uow, CreateCategory("Summer", shelves["Wear"], "What the beach asks for."))
    tax = uow.connection.execute(sa.select(TaxClass.id).where(TaxClass.code == "std")).scalar_one()
    grid = made_grid(
        (Trait("Size", ("S", "M", "L")), Trait("Colour", tuple(_COLOURS))),
        (),
        title="Linen shirt",
        template=VariantFields(sku="", price_cents=3990, compare_at_cents=4990, cost_cents=1650),
    )
    codes = make_barcodes(uow, MakeBarcodes(len(grid)))
    variants = tuple(
        replace(variant, barcodes=(BarcodeFields(code),)) for variant, code in zip(grid, codes, strict=True)
    )
    shirt = CreateProduct(
        title="Linen shirt",
        description="Loose cut, washed soft. Wash at 30 degrees.",
        tax_class_id=tax,
        category_ids=(shelves["Wear"], summer),
        attributes=(("Fabric", "linen", ""), ("Weight of the cloth", "160", "g/m2"), ("Made in", "Portugal", "")),
        badge="Summer",
        weight_grams=220,
        variants=variants,
    )
    shown = tuple(
        PictureFields(picture=picture, alt_text=f"Linen shirt in {name.lower()}", variant=place, is_primary=place == 0)
        for place, (name, picture) in enumerate(pictures.items())
    )
    save_product(uow, SaveProduct(shirt, shown))
    waiting = CreateProduct(
        title="Straw hat",
        description="Waits until somebody has looked at its price.",
        status="pending",
        tax_class_id=tax,
        category_ids=(summer,),
        seller_id=uow.connection.execute(_SELLER).scalar(),
        attributes=(("Fabric", "straw", ""),),
        variants=(VariantFields(sku="STRAWHAT", price_cents=2490, cost_cents=1100),),
    )
    save_product(uow, SaveProduct(waiting))
    umbrella = CreateProduct(
        title="Beach umbrella",
        tax_class_id=tax,
        category_ids=(summer,),
        variants=(VariantFields(sku="BEACHUMB", price_cents=1990, cost_cents=1850),),
    )
    rejected = save_product(uow, SaveProduct(umbrella))
    reject_product(uow, RejectProduct(rejected.product_id, "Its margin is too small, and it has no picture."))
