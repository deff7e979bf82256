"""How lists of products are narrowed, and the net price that margins are reckoned from, as SQL of both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductAttribute, ProductImage, ProductVariant, VariantBarcode
from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import PPM
from shopdesk.db.paging import PageRequest
from shopdesk.db.unit import Reader

MARGINS = (
    (0, N_("Sold at a loss")),
    (100_000, N_("Below 10 %")),
    (200_000, N_("Below 20 %")),
    (300_000, N_("Below 30 %")),
)
"""The margins that a list may be narrowed to, in parts per million of the net price."""
_RATE = """
(SELECT CASE WHEN (SELECT s.value FROM settings s WHERE s.key = 'prices_include_tax') = 'false' THEN 0
  ELSE CAST(coalesce(sum(t.rate_ppm), 0) AS BIGINT) END
 FROM tax_class_rates c JOIN tax_rates t ON t.id = c.tax_rate_id
 WHERE c.tax_class_id = products.tax_class_id AND t.is_active
   AND coalesce(t.valid_from, 0) <= {now} AND coalesce(t.valid_to, 9223372036854775807) > {now}
   AND (t.region IS NULL OR '"' || t.region || '"' = (SELECT s.value FROM settings s WHERE s.key = 'country')))
"""


def net_cents(reader: Reader) -> sa.ColumnElement[int]:
    """A variant's price without the tax in it; rates that are stacked are added up, which a list's glance allows."""
    rate = _rate(reader)
    text = f"((product_variants.price_cents * 2000000 + 1000000 + {rate}) / (2 * (1000000 + {rate})))"
    return sa.literal_column(text, sa.BigInteger)


def product_conditions(reader: Reader, request: PageRequest) -> Iterator[sa.ColumnElement[bool] | sa.TextClause]:
    """What the filters of a page of products ask for, but for the category; raises BadField for a value that is none."""
    mine = sa.and_(ProductVariant.product_id == Product.id, ProductVariant.is_active)
    if (status := request.filter("status")) is not None:
        yield Product.status == status
        if status != "approved":  # word for word as the index of what is held back has it, or SQLite does not take it
            yield sa.text("products.status <> 'approved'")
    if (active := request.filter("active")) is not None:
        yield Product.is_active.is_(bool(active))
    if (pictured := request.filter("pictures")) is not None:
        has = sa.exists().where(ProductImage.product_id == Product.id, ProductImage.blob_id.is_not(None))
        yield has if pictured else ~has
    if (coded := request.filter("barcodes")) is not None:
        code = sa.exists().where(VariantBarcode.variant_id == ProductVariant.id)
        bare = sa.exists().where(mine, ~code)
        yield ~bare if coded else bare
    margin = request.filter("margin")
    if margin is not None:
        if not isinstance(margin, int) or not 0 <= margin < PPM:
            raise BadField("margin", _("is not known."))
        # net x (1 - margin) < cost, with net = price / (1 + rate), in whole numbers; at 0 that is a sale below cost.
        kept, gross = PPM - margin, sa.literal_column(f"(1000000 + {_rate(reader)})", sa.BigInteger)
        yield sa.exists().where(mine, ProductVariant.price_cents * kept < ProductVariant.cost_cents * gross)
    if (seller := request.filter("seller")) is not None:
        yield Product.seller_id.is_(None) if seller == 0 else Product.seller_id == seller
    fact: Any = request.filter("attribute")
    if fact is not None:
        name, value = fact
        yield sa.exists().where(
            ProductAttribute.product_id == Product.id, ProductAttribute.name == name, ProductAttribute.value == value
        )


def products_waiting(reader: Reader) -> int:
    """How many products wait for somebody's approval."""
    held = sa.text("products.status <> 'approved'")
    waiting = (
        sa.select(sa.func.count())
        .select_from(Product)
        .where(held, Product.status == "pending", Product.deleted_at.is_(None))
    )
    return int(reader.connection.execute(waiting).scalar_one())


def _rate(reader: Reader) -> str:
    return _RATE.format(now=to_micros(reader.clock.now()))
