"""What makes up a product, as its form and the bulk path give it, and the checks that hold for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.folding import folded
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_MILLI, MILLI, checked_cents

UNITS = ("pc", "kg", "g", "l", "ml", "m", "m2", "h")
"""Units in which variants are sold; those after ``pc`` may be sold in parts."""
POLICIES = ("deny", "continue")
PRODUCT_STATUSES = ("pending", "approved", "rejected")
MOST_VARIANTS = 500
MOST_ATTRIBUTES = 100
_LONGEST_CODE = 64


class CodeTaken(ShopError):
    """A SKU or barcode belongs to another product already."""

    code = "code_taken"
    sentence = N_("{code} already belongs to {other}.")

    def __init__(self, field: str, code: str, other: str, product_id: int | None = None) -> None:
        super().__init__(field=field, code=code, other=other)
        self.product_id = product_id
        """The product that has it, for the way there; None where it is not known."""


@dataclass(frozen=True, slots=True)
class BarcodeFields:
    """A code of a variant; a pack's code stands for ``pack_quantity_milli`` thousandths of it."""

    barcode: str
    pack_quantity_milli: int = MILLI


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantFields:
    """A variant as a form gives it; ``variant_id`` is None for a new one. ``traits`` are (type, value): ("Size", "M").

    ``keep_cost`` leaves the cost of an existing variant as it is now, whatever ``cost_cents`` says: a delivery may have
    changed it while the form stood open.
    """

    sku: str
    price_cents: int
    variant_id: int | None = None
    name: str = ""
    compare_at_cents: int | None = None
    cost_cents: int | None = None
    track_stock: bool = True
    inventory_policy: str = "deny"
    is_active: bool = True
    barcodes: tuple[BarcodeFields, ...] = ()
    traits: tuple[tuple[str, str], ...] = ()
    keep_cost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFields:
    """A product as a form gives it. The first of ``category_ids`` is the primary one; ``attributes`` are (name, value, unit).

    ``seller_id`` is whose goods they are, None the shop's own. A new product whose maker may not approve is ``pending``,
    whatever ``status`` says.
    """

    title: str
    variants: tuple[VariantFields, ...]
    description: str = ""
    slug: str | None = None
    unit: str = "pc"
    is_weighed: bool = False
    tax_class_id: int | None = None
    category_ids: tuple[int, ...] = ()
    attributes: tuple[tuple[str, str, str], ...] = ()
    badge: str | None = None
    status: str = "approved"
    seller_id: int | None = None
    is_active: bool = True
    weight_grams: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


def check_product(product: ProductFields) -> None:
    """Raise BadField, BadAmount or CardNumberRefused for the first field that cannot be stored."""
    checked_text(product.title, field="title", longest=200, required=True)
    checked_text(product.description, field="description", longest=10_000)
    checked_text(product.badge or "", field="badge", longest=40)
    if product.unit not in UNITS:
        raise BadField("unit", _("must be one of {units}.").format(units=", ".join(UNITS)))
    if product.status not in PRODUCT_STATUSES:
        raise BadField("status", _("is not known."))
    for field in ("weight_grams", "length_mm", "width_mm", "height_mm"):
        size = getattr(product, field)
        if size is not None and (type(size) is not int or not 0 <= size <= MAX_MILLI):
            raise BadField(field, _("must not be negative."))
    _check_attributes(product.attributes)
    if not product.variants:
        raise BadField("variants", _("a product has at least one variant."))
    if len(product.variants) > MOST_VARIANTS:
        raise BadField("variants", _("a product has at most {most} variants.").format(most=MOST_VARIANTS))
    for index, variant in enumerate(product.variants):
        check_variant(variant, f"variants[{index}].")
    _each_once([(variant.sku, f"variants[{place}].sku") for place, variant in enumerate(product.variants)])
    _each_once(
        [
            (code.barcode, f"variants[{place}].barcodes")
            for place, variant in enumerate(product.variants)
            for code in variant.barcodes
        ]
    )
    _each_once(
        [
            (variant_name(sorted(variant.traits)), f"variants[{place}].traits")
            for place, variant in enumerate(product.variants)
            if variant.traits and variant.is_active
        ]
    )


def _check_attributes(attributes: Sequence[tuple[str, str, str]]) -> None:
    if len(attributes) > MOST_ATTRIBUTES:
        raise BadField("attributes", _("a product has at most {most} attributes.").format(most=MOST_ATTRIBUTES))
    for place, (name, value, unit) in enumerate(attributes):
        checked_text(name, field=f"attributes[{place}].name", longest=100, required=True)
        checked_text(value, field=f"attributes[{place}].value", longest=500, required=True)
        checked_text(unit, field=f"attributes[{place}].unit", longest=40)


def check_variant(variant: VariantFields, path: str = "") -> None:
    """Raise for the first field of a variant that cannot be stored; ``path`` is put before the field's name."""
    check_code(variant.sku, f"{path}sku")
    checked_text(variant.name, field=f"{path}name", longest=200)
    for field in ("price_cents", "compare_at_cents", "cost_cents"):
        cents = getattr(variant, field)
        if cents is not None and checked_cents(cents, field=f"{path}{field}") < 0:
            raise BadField(f"{path}{field}", _("must not be negative."))
    if variant.inventory_policy not in POLICIES:
        raise BadField(f"{path}inventory_policy", _("must be deny or continue."))
    for code in variant.barcodes:
        check_code(code.barcode, f"{path}barcodes")
        if not 0 < code.pack_quantity_milli <= MAX_MILLI:
            raise BadField(f"{path}pack_quantity_milli", _("must be above zero."))
    _each_once([(kind, f"{path}traits") for kind, _value in variant.traits])
    for kind, value in variant.traits:
        checked_text(kind, field=f"{path}traits", longest=60, required=True)
        checked_text(value, field=f"{path}traits", longest=60, required=True)


def check_code(code: str, field: str) -> None:
    """Raise BadField for a SKU or barcode that is empty, too long, padded or holds control characters."""
    if not code or len(code) > _LONGEST_CODE or code != code.strip() or not code.isprintable():
        raise BadField(field, _("must be 1 to {longest} visible characters.").format(longest=_LONGEST_CODE))


def barcode_doubt(barcode: str) -> str | None:
    """A sentence for a number that has the length of an EAN or UPC but the wrong check digit; None when all is well."""
    from stdnum import ean  # only for forms

    if barcode.isdigit() and len(barcode) in {8, 12, 13, 14} and not ean.is_valid(barcode):
        return _("{barcode} looks like an EAN, but its check digit is wrong.").format(barcode=barcode)
    return None


def slug_of(title: str, product_id: int) -> str:
    """A name for addresses, unique because it ends in the product's own id."""
    return f"{'-'.join(folded(title).split())[:80]}-{product_id}".lstrip("-")


def variant_name(traits: Sequence[tuple[str, str]]) -> str:
    """The name of a variant that has none of its own: its traits' values."""
    return " / ".join(value for _kind, value in traits)


def _each_once(values: Sequence[tuple[str, str]]) -> None:
    """Raise BadField for the second one of equal values; beside each value stands the path of its field."""
    seen: set[str] = set()
    for value, field in values:
        if value in seen:
            raise BadField(field, _("{value} is there twice.").format(value=value))
        seen.add(value)
