"""The columns of the variants' grid: what each cell shows, how it is written, and what a variant becomes when one is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shopdesk.catalogue.margin import TaxesNow
from shopdesk.catalogue.product_fields import BarcodeFields, VariantFields, variant_name
from shopdesk.core.errors import BadAmount, BadField, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MILLI, parse_quantity
from shopdesk.ui.kit.formats import Formats


@dataclass(frozen=True, slots=True)
class Context:
    """What cells need besides their variant."""

    formats: Formats
    taxes: TaxesNow
    tax_class_id: int | None


Read = Callable[[VariantFields, str, Context], VariantFields]


@dataclass(frozen=True, slots=True)
class Cell:
    """A column. ``write`` is None for one that is only read; ``check`` names a truth shown as a tick.

    ``key`` is the field of ``VariantFields`` under which refusals come back. ``cost`` marks what only some may see.
    """

    key: str
    title: str
    width: int
    show: Callable[[VariantFields, Context], str]
    write: Read | None = None
    right: bool = False
    money: bool = False
    check: bool = False
    cost: bool = False
    tip: str = ""

    def head(self, formats: Formats) -> str:
        """The title, for money with the currency's sign."""
        return f"{_(self.title)} ({formats.sign()})" if self.money else _(self.title)


def read_barcodes(words: str) -> tuple[BarcodeFields, ...]:
    """Codes as typed: separated by commas, a pack with its quantity after a star."""
    codes = []
    for part in filter(None, (piece.strip() for piece in words.replace(";", ",").split(","))):
        code, star, pack = part.partition("*")
        codes.append(BarcodeFields(code.strip(), parse_quantity(pack, field="barcodes") if star else MILLI))
    return tuple(codes)


def show_barcodes(codes: Sequence[BarcodeFields], formats: Formats) -> str:
    """Codes as they are typed."""
    packs = (code.pack_quantity_milli for code in codes)
    quantities = ("" if pack == MILLI else f"*{formats.quantity(pack)}" for pack in packs)
    return ", ".join(f"{code.barcode}{words}" for code, words in zip(codes, quantities, strict=True))


def is_true(text: str) -> bool:
    """A truth as somebody types or pastes it; raises BadField for anything else."""
    word = text.strip().casefold()
    if word in {"1", "yes", "y", "x", "true", _("yes").casefold()}:
        return True
    if word in {"", "0", "no", "n", "-", "false", _("no").casefold()}:
        return False
    raise BadField("value", _("is neither yes nor no."))


def sentence_of(error: ShopError) -> str:
    """What is wrong with what was typed into a cell."""
    if isinstance(error, BadAmount):
        return _("This is no figure that can be used here.")
    return str(error.values.get("problem", error.message)) if isinstance(error, BadField) else error.message


def _money(key: str, *, empty: bool) -> tuple[Callable[[VariantFields, Context], str], Read]:
    def show(variant: VariantFields, context: Context) -> str:
        cents = getattr(variant, key)
        return "" if cents is None else context.formats.amount(cents)

    def read(variant: VariantFields, text: str, context: Context) -> VariantFields:
        if not text.strip():
            if not empty:
                raise BadField(key, _("A price is needed."))
            cents: int | None = None
        else:
            cents = context.formats.parse_amount(text, field=key)
            if cents < 0:
                raise BadField(key, _("must not be negative."))
        changes: dict[str, Any] = {key: cents}
        if key == "cost_cents":
            changes["keep_cost"] = False
        return replace(variant, **changes)

    return show, read


def _truth(key: str) -> tuple[Callable[[VariantFields, Context], str], Read]:
    def show(variant: VariantFields, _context: Context) -> str:
        return _("yes") if _is_set(variant, key) else _("no")

    def read(variant: VariantFields, text: str, _context: Context) -> VariantFields:
        yes = is_true(text)
        if key == "inventory_policy":
            return replace(variant, inventory_policy="continue" if yes else "deny")
        changes: dict[str, Any] = {key: yes}
        return replace(variant, **changes)

    return show, read


def _is_set(variant: VariantFields, key: str) -> bool:
    return variant.inventory_policy == "continue" if key == "inventory_policy" else bool(getattr(variant, key))


def is_ticked(variant: VariantFields, cell: Cell) -> bool:
    """Whether a truth holds of a variant."""
    return _is_set(variant, cell.key)


def _name(variant: VariantFields, _context: Context) -> str:
    return variant.name or variant_name(variant.traits)


def _write_name(variant: VariantFields, text: str, _context: Context) -> VariantFields:
    return replace(variant, name=text.strip())


def _write_sku(variant: VariantFields, text: str, _context: Context) -> VariantFields:
    if not text.strip():
        raise BadField("sku", _("A SKU is needed."))
    return replace(variant, sku=text.strip())


def _codes(variant: VariantFields, context: Context) -> str:
    return show_barcodes(variant.barcodes, context.formats)


def _write_codes(variant: VariantFields, text: str, _context: Context) -> VariantFields:
    return replace(variant, barcodes=read_barcodes(text))


def _margin_amount(variant: VariantFields, context: Context) -> str:
    margin = context.taxes.margin(variant.price_cents, variant.cost_cents, context.tax_class_id)
    return "" if margin is None else context.formats.amount(margin.cents)


def _margin_share(variant: VariantFields, context: Context) -> str:
    margin = context.taxes.margin(variant.price_cents, variant.cost_cents, context.tax_class_id)
    if margin is None or margin.ppm is None:
        return ""
    tenths = (abs(margin.ppm) + 500) // 1000  # a tenth of a percent is enough for the eye
    return f"{'-' if margin.ppm < 0 and tenths else ''}{tenths // 10}.{tenths % 10} %"


_PRICE, _WRITE_PRICE = _money("price_cents", empty=False)
_COMPARE, _WRITE_COMPARE = _money("compare_at_cents", empty=True)
_COST, _WRITE_COST = _money("cost_cents", empty=True)
_TRACK, _WRITE_TRACK = _truth("track_stock")
_BELOW, _WRITE_BELOW = _truth("inventory_policy")
_ACTIVE, _WRITE_ACTIVE = _truth("is_active")

CELLS = (
    Cell("name", N_("Variant"), 136, _name, _write_name),
    Cell("sku", N_("SKU"), 152, lambda variant, _context: variant.sku, _write_sku),
    Cell("price_cents", N_("Price"), 76, _PRICE, _WRITE_PRICE, right=True, money=True),
    Cell(
        "compare_at_cents",
        N_("Was"),
        76,
        _COMPARE,
        _WRITE_COMPARE,
        right=True,
        money=True,
        tip=N_("The higher price it is compared with"),
    ),
    Cell("cost_cents", N_("Cost"), 76, _COST, _WRITE_COST, right=True, money=True, cost=True),
    Cell(
        "margin_cents",
        N_("Margin"),
        88,
        _margin_amount,
        right=True,
        money=True,
        cost=True,
        tip=N_("Price without tax, less the cost"),
    ),
    Cell("margin_ppm", N_("Margin %"), 76, _margin_share, right=True, cost=True, tip=N_("Of the price without tax")),
    Cell("barcodes", N_("Barcodes"), 128, _codes, _write_codes, tip=N_("Several with commas; a pack as code*6")),
    Cell("track_stock", N_("Counted"), 68, _TRACK, _WRITE_TRACK, check=True, tip=N_("Stock is counted")),
    Cell(
        "inventory_policy",
        N_("Below 0"),
        68,
        _BELOW,
        _WRITE_BELOW,
        check=True,
        tip=N_("Sold even when nothing is left; the sale is listed"),
    ),
    Cell("is_active", N_("On sale"), 64, _ACTIVE, _WRITE_ACTIVE, check=True),
)
