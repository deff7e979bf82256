"""Kinds of files by name: what does the work, and what a person must be allowed to besides importing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.feeds.customers_kind import CustomersKind
from shopdesk.feeds.entries import Kind
from shopdesk.feeds.prices_kind import PricesKind
from shopdesk.feeds.products_kind import ProductKind
from shopdesk.feeds.setup import STOCK_MODES, FeedOptions, Known
from shopdesk.feeds.stock_kind import StockKind
from shopdesk.feeds.targets import ATTRIBUTE, STOCK_OF, TARGETS, is_shopify

NEEDS: Mapping[str, Permission] = {
    "products": Permission.CATALOGUE_EDIT,
    "customers": Permission.CUSTOMER_LIST,
    "stock": Permission.STOCK_ADJUST,
    "prices": Permission.CATALOGUE_EDIT,
}


def shape_of(kind: str, header: tuple[str, ...]) -> str:
    """``shopify`` for that shop's product export, else ``table``."""
    return "shopify" if kind == "products" and is_shopify(header) else "table"


def make_kind(
    kind: str,
    shape: str,
    header: tuple[str, ...],
    mapping: Mapping[str, str],
    options: FeedOptions,
    known: Known,
    mark: str,
    *,
    since: datetime | None = None,
    reason: str = "",
) -> Kind:
    """What does the work of a file."""
    if kind == "products":
        return ProductKind(header, mapping, options, known, mark=mark, shape=shape, since=since, reason=reason)
    if kind == "customers":
        return CustomersKind(header, mapping, options, known, mark=mark, since=since)
    if kind == "stock":
        return StockKind(header, mapping, options, known, mark=mark, reason=reason)
    return PricesKind(header, mapping, options, known, mark=mark)


def check_mapping(kind: str, header: tuple[str, ...], mapping: Mapping[str, str], known: Known) -> None:
    """Raise BadField for a column that is not there, a meaning that is not offered or is given twice, and one that is missing."""
    offered = {target.key for target in TARGETS[kind]}
    taken: dict[str, str] = {}
    for column, key in mapping.items():
        if column not in header:
            raise BadField("mapping", _("the file has no column {name}.").format(name=column[:60]))
        named = key.startswith((ATTRIBUTE, STOCK_OF)) and kind == "products" and key.partition(":")[2]
        if key not in offered and not named:
            raise BadField("mapping", _("{key} is no meaning of a column.").format(key=key[:60]))
        if key.startswith(STOCK_OF) and key.removeprefix(STOCK_OF) not in known.warehouses:
            told = _("there is no warehouse {name}.").format(name=key.removeprefix(STOCK_OF)[:60])
            raise BadField("mapping", told)
        if key in taken:
            told = _("the columns {one} and {other} have the same meaning.").format(
                one=taken[key][:60], other=column[:60]
            )
            raise BadField("mapping", told)
        taken[key] = column
    missing = missing_targets(kind, mapping)
    if missing:
        raise BadField("mapping", _("choose a column for: {names}.").format(names=", ".join(missing)))


def missing_targets(kind: str, mapping: Mapping[str, str]) -> tuple[str, ...]:
    """The names of what a file must have and no column is given for."""
    keys = set(mapping.values())
    if kind == "products":
        # Known goods are changed by their SKU or handle alone; what new ones lack is told row by row.
        return () if keys & {"sku", "handle", "title"} else (_("SKU"), _("Handle"))
    if kind == "customers":
        who = {"customer", "email", "card_number", "phone", "first_name", "last_name", "company"}
        return () if keys & who else (_("Last name"), _("E-mail"))
    missing = [] if keys & {"sku", "barcode"} else [_("SKU")]
    missing += [_(target.title) for target in TARGETS[kind] if target.required and target.key not in keys]
    return tuple(missing)


def check_options(options: FeedOptions, known: Known) -> None:
    """Raise BadField for a choice that the shop does not have."""
    if options.warehouse and options.warehouse not in known.warehouses:
        raise BadField("warehouse", _("there is no warehouse {name}.").format(name=options.warehouse[:60]))
    if options.tax and options.tax not in known.taxes:
        raise BadField("tax", _("{code} is no tax of this shop.").format(code=options.tax[:60]))
    if options.price_list and options.price_list not in known.price_lists:
        raise BadField("price_list", _("there is no price list {name}.").format(name=options.price_list[:60]))
    if options.stock_mode not in STOCK_MODES:
        raise BadField("stock_mode", _("must be set or change."))
    if not 1 <= options.jump_percent <= 1000:
        raise BadField("jump_percent", _("must be between 1 and 1000."))
