"""What the shop sells: products, and their variants with prices and codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from shopdesk.catalogue.product_fields import POLICIES, UNITS, BarcodeFields, ProductFields, VariantFields
from shopdesk.catalogue.products import (
    CreateProduct,
    DeleteProduct,
    EditProduct,
    ProductSaved,
    SetProductActive,
    create_product,
    delete_product,
    edit_product,
    set_product_active,
)
from shopdesk.catalogue.queries import (
    PRODUCT_SORTS,
    VARIANT_SORTS,
    ProductCard,
    ProductRow,
    VariantRow,
    category_choices,
    product_card,
    products_page,
    tax_class_choices,
    variants_page,
)
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.ui.dialogs.pictures import choose_picture
from shopdesk.ui.kit.columns import State, money, number, quantity, state, text
from shopdesk.ui.kit.detail_pane import facts, later
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import Voice, ask
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice
from shopdesk.ui.kit.widgets import Label, hbox, section, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

ACTIVE = {
    "True": State(N_("On sale"), "success", "check"),
    "False": State(N_("Retired"), "secondary", "archive-outline"),
}
ON_SALE = ((True, N_("On sale")), (False, N_("Retired")))
_EDIT = Permission.CATALOGUE_EDIT

PRODUCT = (
    Field("title", N_("Name"), required=True, group=N_("Product"), max_length=200),
    Field("description", N_("Description"), Holds.LONG, group=N_("Product")),
    Field("category_id", N_("Category"), Holds.CHOICE, query=category_choices, group=N_("Product")),
    Field("tax_class_id", N_("Tax"), Holds.CHOICE, query=tax_class_choices, group=N_("Product")),
    Field(
        "unit",
        N_("Unit"),
        Holds.CHOICE,
        required=True,
        options=tuple((unit, unit) for unit in UNITS),
        group=N_("Product"),
    ),
    Field("is_weighed", N_("Weighed at the till"), Holds.YES, group=N_("Product")),
)
VARIANT = (
    Field("sku", N_("SKU"), required=True, group=N_("Variant"), max_length=64),
    Field(
        "name",
        N_("Variant name"),
        group=N_("Variant"),
        help=N_("Size, colour; empty if there is only one."),
        max_length=200,
    ),
    Field("price_cents", N_("Price"), Holds.MONEY, required=True, group=N_("Variant")),
    Field("cost_cents", N_("Cost"), Holds.MONEY, group=N_("Variant")),
    Field("barcodes", N_("Barcodes"), group=N_("Variant"), help=N_("Several with commas; a pack as code*6.")),
    Field("track_stock", N_("Stock is counted"), Holds.YES, group=N_("Variant")),
    Field(
        "inventory_policy",
        N_("When nothing is left"),
        Holds.CHOICE,
        required=True,
        group=N_("Variant"),
        options=tuple(zip(POLICIES, (N_("Do not sell"), N_("Sell below zero and list it")), strict=True)),
    ),
)
_NEW_VARIANT = {"track_stock": True, "inventory_policy": "deny"}


def read_barcodes(words: str) -> tuple[BarcodeFields, ...]:
    """Codes as typed: separated by commas, a pack with its quantity after a star."""
    from shopdesk.core.money import MILLI, parse_quantity

    codes = []
    for part in filter(None, (piece.strip() for piece in words.split(","))):
        code, star, pack = part.partition("*")
        codes.append(BarcodeFields(code.strip(), parse_quantity(pack, field="barcodes") if star else MILLI))
    return tuple(codes)


def show_barcodes(codes: Sequence[BarcodeFields], formats: Formats) -> str:
    """Codes as they are typed."""
    packs = (code.pack_quantity_milli for code in codes)
    quantities = ("" if pack == 1000 else f"*{formats.quantity(pack)}" for pack in packs)
    return ", ".join(f"{code.barcode}{words}" for code, words in zip(codes, quantities, strict=True))


def _variant(values: dict[str, Any], before: VariantFields | None = None) -> VariantFields:
    named = {field.key: values[field.key] for field in VARIANT}
    named["barcodes"] = read_barcodes(str(named["barcodes"]))
    return replace(before, **named) if before is not None else VariantFields(**named)


def _product(values: dict[str, Any]) -> dict[str, Any]:
    named = {field.key: values[field.key] for field in PRODUCT if field.key != "category_id"}
    named["category_ids"] = (values["category_id"],) if values["category_id"] is not None else ()
    return named


def _edited(card: ProductCard, **changes: Any) -> EditProduct:
    kept = {one.name: getattr(card.product, one.name) for one in fields(ProductFields)}
    return EditProduct(product_id=card.id, version=card.version, **{**kept, **changes})


NEW = Form(
    key="catalogue.new",
    title=N_("New product"),
    command=CreateProduct,
    use_case=create_product,
    fields=(*PRODUCT, *VARIANT),
    make=lambda values: CreateProduct(variants=(_variant(values),), **_product(values)),
    act=N_("Add product"),
    said="",
)


def edit_form(card: ProductCard) -> Form:
    """The form of a product's own fields; its other categories stay."""

    def make(values: dict[str, Any]) -> EditProduct:
        changes = _product(values)
        others = [one for one in card.product.category_ids[1:] if one not in changes["category_ids"]]
        changes["category_ids"] = (*changes["category_ids"], *others)
        return _edited(card, **changes)

    return Form(
        "catalogue.edit", N_("Change product"), EditProduct, edit_product, PRODUCT, N_("Save product"), "", make=make
    )


def variant_form(card: ProductCard, place: int | None) -> Form:
    """The form of one variant, ``place`` None for a further one."""

    def make(values: dict[str, Any]) -> EditProduct:
        variants = list(card.product.variants)
        if place is None:
            variants.append(_variant(values))
        else:
            variants[place] = _variant(values, variants[place])
        return _edited(card, variants=tuple(variants))

    title = N_("Add variant") if place is None else N_("Change variant")
    return Form("catalogue.variant", title, EditProduct, edit_product, VARIANT, N_("Save variant"), "", make=make)


def _say(view: ListView) -> Callable[[ProductSaved], None]:
    def say(saved: ProductSaved) -> None:
        if saved.doubts:
            view.messages.say(" ".join((_("Saved."), *saved.doubts)), Voice.WARNING)
        else:
            view.messages.say(_("Saved."), Voice.SUCCESS)

    return say


def _with_card(view: ListView, product_id: int, then: Callable[[ProductCard], object]) -> None:
    view.desk.ask(product_card, product_id, done=then, failed=question_failed(view), owner=view, key="card")


def new(view: ListView, _rows: Sequence[Any]) -> None:
    """Add a product with its first variant."""
    open_form(view, view.desk, NEW, values={"unit": "pc", **_NEW_VARIANT}, done=_say(view))


def edit(view: ListView, rows: Sequence[ProductRow]) -> None:
    """Edit a product as it is now."""

    def ready(card: ProductCard) -> None:
        product = card.product
        values: dict[str, object] = {field.key: getattr(product, field.key, None) for field in PRODUCT}
        values["category_id"] = product.category_ids[0] if product.category_ids else None
        open_form(view, view.desk, edit_form(card), values=values, done=_say(view))

    _with_card(view, rows[0].id, ready)


def add_variant(view: ListView, rows: Sequence[ProductRow]) -> None:
    """Add a further variant to a product."""

    def ready(card: ProductCard) -> None:
        values = {**_NEW_VARIANT, "price_cents": card.product.variants[0].price_cents}
        open_form(view, view.desk, variant_form(card, None), values=values, done=_say(view))

    _with_card(view, rows[0].id, ready)


def edit_variant(view: ListView, rows: Sequence[VariantRow]) -> None:
    """Edit a variant as it is now: price, codes, policy."""
    row = rows[0]

    def ready(card: ProductCard) -> None:
        place = [variant.variant_id for variant in card.product.variants].index(row.id)
        variant = card.product.variants[place]
        values: dict[str, object] = {field.key: getattr(variant, field.key) for field in VARIANT}
        values["barcodes"] = show_barcodes(variant.barcodes, view.desk.formats)
        open_form(view, view.desk, variant_form(card, place), values=values, done=_say(view))

    _with_card(view, row.product_id, ready)


def retire(view: ListView, rows: Sequence[ProductRow]) -> None:
    """Take products off sale, or put them back."""
    for row in rows:
        said = N_("The product is off sale.") if row.is_active else N_("The product is on sale again.")
        Operation(set_product_active, SetProductActive(row.id, not row.is_active), said=said).run(view.desk, view)


def delete(view: ListView, rows: Sequence[ProductRow]) -> None:
    """Remove a product; asks, since its codes are freed."""
    row = rows[0]
    said = N_("The product was deleted.")
    ask(
        view,
        _("Delete {name}?").format(name=row.title),
        _("It is no longer found and its codes may be given to others. Sales keep their own copy."),
        _("Delete product"),
        lambda: Operation(delete_product, DeleteProduct(row.id), said=said).run(view.desk, view),
        danger=True,
    )


def detail(view: ListView, row: ProductRow) -> QWidget:
    """A product with its variants and their codes."""
    return later(view, product_card, row.id, fill=lambda card, column: _fill(card, column, view.desk.formats))


def _fill(card: ProductCard, column: QVBoxLayout, formats: Formats) -> None:
    product = card.product
    pairs = [
        (_("Description"), product.description),
        (_("Unit"), product.unit),
        (_("Address name"), product.slug or ""),
    ]
    pairs += [(name, f"{value} {unit}".strip()) for name, value, unit in product.attributes]
    column.addWidget(facts([pair for pair in pairs if pair[1]], "product_facts"))
    column.addWidget(section(_("Variants"), "variants"))
    for variant in product.variants:
        line = hbox()
        words = " ".join(filter(None, (variant.sku, variant.name)))
        line.addWidget(wrapped(Label(words, "variant", tone="" if variant.is_active else "secondary")), 1)
        line.addWidget(Label(formats.amount(variant.price_cents), "price", font=number_font()))
        column.addLayout(line)
        codes = show_barcodes(variant.barcodes, formats)
        if codes:
            column.addWidget(wrapped(Label(codes, "codes", tone="secondary", font=text_font(tokens.OFFICE_SECONDARY))))


PRODUCTS = ListScreen(
    key="catalogue.products",
    title=N_("Products"),
    glyph="package-variant-closed",
    needs=Permission.CATALOGUE_VIEW,
    page=products_page,
    row=ProductRow,
    sorts=PRODUCT_SORTS,
    sort="title",
    search=N_("Name, SKU or code"),
    columns=(
        text("title", N_("Name"), stretch=True, sort="title"),
        text("category", N_("Category"), width=144),
        number("variants", N_("Variants"), width=80),
        money("price_from_cents", N_("From")),
        money("price_to_cents", N_("To")),
        text("unit", N_("Unit"), width=64),
        text("badge", N_("Badge"), width=104, hidden=True),
        state("is_active", N_("State"), ACTIVE),
    ),
    filters=(choice("category", N_("Category"), category_choices), choice("active", N_("State"), ON_SALE)),
    commands=(
        Command("new", N_("New product"), new, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit", N_("Change"), edit, "pencil-outline", _EDIT, "Ctrl+E"),
        Command("variant", N_("Add variant"), add_variant, "tag-multiple-outline", _EDIT),
        Command("picture", N_("Add picture"), choose_picture, "image-outline", _EDIT),
        Command("retire", N_("Take off or put on sale"), retire, "archive-outline", _EDIT, on=Pick.MANY),
        Command("delete", N_("Delete"), delete, "delete-outline", _EDIT, "Ctrl+Del", danger=True),
    ),
    refresh_on={"Product", "Variant", "ProductVariant", "Category"},
    detail=detail,
    minor=("variants", "unit", "price_to_cents", "category"),
    empty=Empty("package-variant-closed", N_("What the shop sells stands here."), "new"),
    on_open="edit",
)
VARIANTS = ListScreen(
    key="catalogue.variants",
    title=N_("Variants and prices"),
    glyph="tag-outline",
    needs=Permission.CATALOGUE_VIEW,
    page=variants_page,
    row=VariantRow,
    sorts=VARIANT_SORTS,
    sort="sku",
    search=N_("Name, SKU or code"),
    columns=(
        text("sku", N_("SKU"), width=144, sort="sku"),
        text("title", N_("Name"), stretch=True),
        text("name", N_("Variant"), width=144),
        money("price_cents", N_("Price"), sort="price"),
        money("cost_cents", N_("Cost")),
        quantity("on_hand_milli", N_("On hand")),
        text("unit", N_("Unit"), width=64),
        state("is_active", N_("State"), ACTIVE),
    ),
    filters=(choice("active", N_("State"), ON_SALE),),
    commands=(Command("edit", N_("Change"), edit_variant, "pencil-outline", _EDIT, "Ctrl+E"),),
    refresh_on={"Product", "Variant", "ProductVariant", "StockLevel"},
    minor=("cost_cents", "unit", "is_active", "name"),
    empty=Empty("tag-outline", N_("Every product has at least one variant, which carries its price.")),
    on_open="edit",
)
