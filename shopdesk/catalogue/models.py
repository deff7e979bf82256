"""Tables of what the shop sells: categories, products, variants, barcodes, prices, taxes, pictures."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Id, one_of, ref, where


def _one_primary(name: str) -> sa.Index:
    where = sa.text("is_primary")
    return sa.Index(name, "product_id", unique=True, sqlite_where=where, postgresql_where=where)


class Category(Edited, Base):
    """A shelf of the catalogue; a tree of any depth without cycles."""

    __tablename__ = "categories"
    id: Mapped[Id]
    parent_id: Mapped[int | None] = ref("categories.id")
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        sa.Index("uq_categories_name", sa.text("coalesce(parent_id, 0)"), "name", unique=True),
        sa.CheckConstraint("parent_id <> id", name="not_its_own_parent"),
    )


class TaxClass(Edited, Base):
    """What kind of goods a product is to the tax office; its rates are in ``tax_class_rates``."""

    __tablename__ = "tax_classes"
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]


class TaxRate(Edited, Base):
    """A tax of a region and time; ``valid_to`` is the first moment it no longer applies."""

    __tablename__ = "tax_rates"
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]
    rate_ppm: Mapped[int]
    region: Mapped[str | None]
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]
    is_active: Mapped[Flag] = mapped_column(default=True)
    __table_args__ = (sa.CheckConstraint("rate_ppm BETWEEN 0 AND 10000000", name="rate_range"),)


class TaxClassRate(Base):
    """A class bears a rate; a compound one is taken of the net plus the taxes before it (stacked rates)."""

    __tablename__ = "tax_class_rates"
    tax_class_id: Mapped[int] = ref("tax_classes.id", primary_key=True, index=False)
    tax_rate_id: Mapped[int] = ref("tax_rates.id", primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    is_compound: Mapped[Flag] = mapped_column(default=False)


class Product(Edited, Base):
    """A thing as customers know it; what is priced and counted are its variants."""

    __tablename__ = "products"
    id: Mapped[Id]
    title: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    status: Mapped[Code] = mapped_column(default="approved")
    rejection_reason: Mapped[str | None]
    badge: Mapped[str | None]
    is_active: Mapped[Flag] = mapped_column(default=True)
    unit: Mapped[Code] = mapped_column(default="pc")
    is_weighed: Mapped[Flag] = mapped_column(default=False)
    weight_grams: Mapped[int | None]
    length_mm: Mapped[int | None]
    width_mm: Mapped[int | None]
    height_mm: Mapped[int | None]
    tax_class_id: Mapped[int | None] = ref("tax_classes.id")
    seller_id: Mapped[int | None] = ref("sellers.id")
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    __table_args__ = (
        one_of("status", "pending", "approved", "rejected"),
        sa.Index("ix_products_title", "title", "id"),
        sa.Index("ix_products_held", "title", "id", **where("status <> 'approved'")),
        sa.Index("ix_products_deleted", "title", "id", **where("deleted_at IS NOT NULL")),
    )


class ProductCategory(Base):
    """A product stands in a category; exactly one is its primary one."""

    __tablename__ = "product_categories"
    product_id: Mapped[int] = ref("products.id", primary_key=True, index=False)
    category_id: Mapped[int] = ref("categories.id", primary_key=True)
    is_primary: Mapped[Flag] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    __table_args__ = (_one_primary("uq_product_categories_primary"),)


class ProductAttribute(Base):
    """A fact about a product: name, value, unit."""

    __tablename__ = "product_attributes"
    id: Mapped[Id]
    product_id: Mapped[int] = ref("products.id")
    name: Mapped[str]
    value: Mapped[str]
    unit: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    __table_args__ = (sa.Index("ix_product_attributes_fact", "name", "value", "product_id"),)


class ProductVariant(Edited, Base):
    """What is sold, scanned and counted; every product has at least one. A price is for one unit."""

    __tablename__ = "product_variants"
    id: Mapped[Id]
    product_id: Mapped[int] = ref("products.id")
    sku: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    price_cents: Mapped[int]
    compare_at_cents: Mapped[int | None]
    cost_cents: Mapped[int | None]
    track_stock: Mapped[Flag] = mapped_column(default=True)
    inventory_policy: Mapped[Code] = mapped_column(default="deny")
    is_active: Mapped[Flag] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        one_of("inventory_policy", "deny", "continue"),
        sa.Index("ix_product_variants_price", "price_cents", "id"),
        sa.CheckConstraint("price_cents BETWEEN 0 AND 1000000000000", name="price_range"),
        sa.CheckConstraint("cost_cents BETWEEN 0 AND 1000000000000", name="cost_range"),
    )


class VariantBarcode(Base):
    """A code that finds a variant; a pack's code stands for ``pack_quantity`` thousandths of it."""

    __tablename__ = "variant_barcodes"
    id: Mapped[Id]
    variant_id: Mapped[int] = ref("product_variants.id")
    barcode: Mapped[Code] = mapped_column(unique=True)
    pack_quantity: Mapped[int] = mapped_column(default=1000)
    __table_args__ = (sa.CheckConstraint("pack_quantity > 0", name="pack_positive"),)


class FreedCode(Base):
    """A SKU or barcode that a deleted product gave up, so that undoing the deletion can take it back."""

    __tablename__ = "freed_codes"
    id: Mapped[Id]
    variant_id: Mapped[int] = ref("product_variants.id")
    kind: Mapped[Code]
    code: Mapped[Code]
    pack_quantity: Mapped[int] = mapped_column(default=1000)
    was_active: Mapped[Flag] = mapped_column(default=True)
    __table_args__ = (one_of("kind", "sku", "barcode"),)


class BarcodeRange(Edited, Base):
    """The numbers from which the shop makes EAN-13s of its own; ``next_number`` is the next one that nobody has."""

    __tablename__ = "barcode_ranges"
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    prefix: Mapped[Code]
    next_number: Mapped[int] = mapped_column(default=1)
    __table_args__ = (sa.CheckConstraint("next_number > 0", name="number_counts_up"),)


class VariantTrait(Base):
    """Size, colour ...: what tells a variant from its siblings."""

    __tablename__ = "variant_traits"
    id: Mapped[Id]
    variant_id: Mapped[int] = ref("product_variants.id", index=False)
    type: Mapped[str]
    value: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    __table_args__ = (sa.UniqueConstraint("variant_id", "type"),)


class ProductImage(Base):
    """A picture of a product; one is primary."""

    __tablename__ = "product_images"
    id: Mapped[Id]
    product_id: Mapped[int] = ref("products.id")
    variant_id: Mapped[int | None] = ref("product_variants.id")
    blob_id: Mapped[int | None] = ref("blobs.id")
    source_url: Mapped[str | None]
    alt_text: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    is_primary: Mapped[Flag] = mapped_column(default=False)
    __table_args__ = (_one_primary("uq_product_images_primary"),)


class PriceList(Edited, Base):
    """Other prices, for everybody or for customers who are given the list, between two moments."""

    __tablename__ = "price_lists"
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]
    for_everybody: Mapped[Flag] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    is_active: Mapped[Flag] = mapped_column(default=True)


class PriceListItem(Base):
    """A variant's price in a list, from a quantity upwards (thousandths)."""

    __tablename__ = "price_list_items"
    id: Mapped[Id]
    price_list_id: Mapped[int] = ref("price_lists.id", index=False)
    variant_id: Mapped[int] = ref("product_variants.id")
    min_quantity: Mapped[int] = mapped_column(default=0)
    price_cents: Mapped[int]
    __table_args__ = (sa.UniqueConstraint("price_list_id", "variant_id", "min_quantity"),)


class BarcodeRule(Edited, Base):
    """How a code that is no exact match is read (R13): prefix, item digits, optional verifier, value digits."""

    __tablename__ = "barcode_rules"
    id: Mapped[Id]
    name: Mapped[str]
    position: Mapped[int]
    prefix: Mapped[str]
    item_digits: Mapped[int]
    verifier_digits: Mapped[int] = mapped_column(default=0)
    value_digits: Mapped[int]
    value_decimals: Mapped[int] = mapped_column(default=0)
    kind: Mapped[Code]
    check_digit: Mapped[Code] = mapped_column(default="enforce")
    is_active: Mapped[Flag] = mapped_column(default=True)
    __table_args__ = (
        one_of("kind", "price", "weight", "count"),
        one_of("check_digit", "enforce", "warn", "ignore"),
    )


class TillFavourite(Base):
    """A product on the favourites page of the till, in a place that does not move."""

    __tablename__ = "till_favourites"
    id: Mapped[Id]
    product_id: Mapped[int] = ref("products.id", unique=True, index=False)
    position: Mapped[int] = mapped_column(default=0)


class VariantSearch(Base):
    """The folded words by which a variant is found: product, variant, SKU, barcodes; written with the catalogue."""

    __tablename__ = "variant_search"
    variant_id: Mapped[int] = ref("product_variants.id", primary_key=True, index=False, ondelete="CASCADE")
    words: Mapped[str]


class SearchForm(Base):
    """A beginning of a word of the catalogue under each spelling with one letter left out: how typing mistakes are found.

    Two words that differ by one letter share such a spelling, so that a mistake costs a few look-ups by key.
    """

    __tablename__ = "search_forms"
    key: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it from the class
