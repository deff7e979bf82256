"""What the shop sells: products, and their variants with prices and codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from shopdesk.catalogue.internal_codes import PREFIXES, SetBarcodeRange, barcode_range, set_barcode_range
from shopdesk.catalogue.product_bulk import ChangeProducts, ChangeVariants, change_products, change_variants
from shopdesk.catalogue.product_fields import POLICIES
from shopdesk.catalogue.product_filters import MARGINS
from shopdesk.catalogue.product_status import ApproveProduct, RejectProduct, approve_product, reject_product
from shopdesk.catalogue.products import RestoreProduct, SetProductActive, restore_product, set_product_active
from shopdesk.catalogue.queries import (
    COPY,
    PRODUCT_SORTS,
    VARIANT_SORTS,
    ProductCard,
    ProductRow,
    VariantRow,
    attribute_choices,
    category_choices,
    product_card,
    products_page,
    seller_choices,
    tax_class_choices,
    variant_ids_of,
    variants_page,
)
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.columns import State, money, number, percent, quantity, state, text
from shopdesk.ui.kit.detail_pane import facts, later
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.specs import BulkEdit, Command, Empty, ListScreen, Pick, choice, only
from shopdesk.ui.kit.widgets import Label, hbox, section, wrapped
from shopdesk.ui.screens.product_cells import show_barcodes
from shopdesk.ui.screens.product_page import STATES, ask_reason, open_product, remove_products
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

ACTIVE = {
    "True": State(N_("On sale"), "success", "check"),
    "False": State(N_("Retired"), "secondary", "archive-outline"),
}
ON_SALE = ((True, N_("On sale")), (False, N_("Retired")))
STATUSES = (
    ("approved", N_("Approved")),
    ("pending", N_("Waits for approval")),
    ("rejected", N_("Rejected")),
)
_YES_NO = ((True, N_("With")), (False, N_("Without")))
_EDIT, _APPROVE = Permission.CATALOGUE_EDIT, Permission.CATALOGUE_APPROVE
_POLICY_WORDS = tuple(zip(POLICIES, (N_("Do not sell"), N_("Sell below zero and list it")), strict=True))
RANGE = Form(
    key="catalogue.range",
    title=N_("Own barcodes"),
    command=SetBarcodeRange,
    use_case=set_barcode_range,
    fields=(
        Field(
            "prefix",
            N_("They begin with"),
            Holds.CHOICE,
            required=True,
            options=tuple((prefix, prefix) for prefix in PREFIXES),
            help=N_(
                "GS1 leaves the numbers that begin with 20 to 29 to every shop. Choose one that your scales do not print."
            ),
        ),
    ),
    act=N_("Use this range"),
)


def new(view: ListView, _rows: Sequence[Any]) -> None:
    """Add a product."""
    open_product(view, 0)


def edit(view: ListView, rows: Sequence[ProductRow | VariantRow]) -> None:
    """Open a product's page."""
    row = rows[0]
    open_product(view, row.product_id if isinstance(row, VariantRow) else row.id)


def duplicate(view: ListView, rows: Sequence[ProductRow]) -> None:
    """Begin a new product like this one."""
    open_product(view, (COPY, rows[0].id))


def retire(view: ListView, rows: Sequence[ProductRow]) -> None:
    """Take products off sale, or put them back."""
    for row in rows:
        said = N_("The product is off sale.") if row.is_active else N_("The product is on sale again.")
        Operation(set_product_active, SetProductActive(row.id, not row.is_active), said=said).run(view.desk, view)


def approve(view: ListView, rows: Sequence[ProductRow]) -> None:
    """Let products be sold."""
    for row in rows:
        Operation(approve_product, ApproveProduct(row.id), said=N_("Approved.")).run(view.desk, view)


def reject(view: ListView, rows: Sequence[ProductRow]) -> None:
    """Keep products from being sold, all for the same reason."""

    def act(reason: str) -> None:
        for row in rows:
            Operation(reject_product, RejectProduct(row.id, reason), said=N_("Rejected.")).run(view.desk, view)

    ask_reason(view, len(rows), act)


def delete(view: ListView, rows: Sequence[ProductRow]) -> None:
    """Delete products; one button brings all of them back."""
    remove_products(view, [row.id for row in rows])


def restore(view: ListView, rows: Sequence[ProductRow]) -> None:
    """Bring deleted products back."""
    for row in rows:
        Operation(restore_product, RestoreProduct(row.id), said=N_("The product is back.")).run(view.desk, view)


def labels(view: ListView, rows: Sequence[ProductRow | VariantRow]) -> None:
    """Print labels for every variant on sale of the chosen rows, one each to begin with."""
    variants = [row.id for row in rows if isinstance(row, VariantRow)]
    products = [row.id for row in rows if isinstance(row, ProductRow)]

    def show(found: Sequence[int]) -> None:
        from shopdesk.ui.dialogs.labels import open_labels

        open_labels(view, view.desk, [(variant_id, 1) for variant_id in (*variants, *found)])

    if products:
        view.desk.ask(variant_ids_of, products, done=show, failed=question_failed(view), owner=view, key="labels")
    else:
        show(())


def own_barcodes(view: ListView, _rows: Sequence[Any]) -> None:
    """From which range the shop's own article numbers come."""

    def ready(now: Any) -> None:
        open_form(view, view.desk, RANGE, values={"prefix": now.prefix})

    view.desk.ask(barcode_range, done=ready, failed=question_failed(view), owner=view, key="range")


def detail(view: ListView, row: ProductRow) -> QWidget:
    """A product with its variants and their codes."""
    if row.is_deleted:
        return facts([(_("State"), _("Deleted: bring it back to see it again."))], "product_facts")
    return later(view, product_card, row.id, fill=lambda card, column: _fill(card, column, view.desk.formats))


def _fill(card: ProductCard, column: QVBoxLayout, formats: Formats) -> None:
    product = card.product
    pairs = [
        (_("Why it was rejected"), card.rejection_reason or ""),
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


def _live(row: ProductRow) -> bool:
    return not row.is_deleted


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
        text("unit", N_("Unit"), width=64, hidden=True),
        text("badge", N_("Badge"), width=104, hidden=True),
        text("seller", N_("Whose goods"), width=136, hidden=True),
        text("rejection_reason", N_("Why it was rejected"), width=200, hidden=True),
        state("state", N_("State"), STATES),
    ),
    filters=(
        choice("category", N_("Category"), category_choices),
        choice("status", N_("Approval"), STATUSES),
        choice("active", N_("State"), ON_SALE),
        choice("pictures", N_("Pictures"), _YES_NO),
        choice("barcodes", N_("Barcodes"), _YES_NO),
        choice("margin", N_("Margin"), MARGINS),
        choice("attribute", N_("Attribute"), attribute_choices),
        only("deleted", N_("Deleted")),
    ),
    commands=(
        Command("new", N_("New product"), new, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit", N_("Edit"), edit, "pencil-outline", Permission.CATALOGUE_VIEW, "Ctrl+E", ready=_live),
        Command("duplicate", N_("Duplicate"), duplicate, "content-copy", _EDIT, "Ctrl+Shift+D", ready=_live),
        Command("labels", N_("Labels"), labels, "tag-outline", None, "Ctrl+Shift+L", on=Pick.MANY, ready=_live),
        Command(
            "approve",
            N_("Approve"),
            approve,
            "check",
            _APPROVE,
            on=Pick.MANY,
            ready=lambda row: _live(row) and row.status != "approved",
        ),
        Command(
            "reject",
            N_("Reject"),
            reject,
            "cancel",
            _APPROVE,
            ready=lambda row: _live(row) and row.status == "pending",
        ),
        Command("retire", N_("On or off sale"), retire, "archive-outline", _EDIT, on=Pick.MANY, ready=_live),
        Command(
            "delete", N_("Delete"), delete, "delete-outline", _EDIT, "Ctrl+Del", Pick.MANY, danger=True, ready=_live
        ),
        Command("restore", N_("Bring back"), restore, "undo", _EDIT, ready=lambda row: bool(row.is_deleted)),
    ),
    bulk=BulkEdit(
        title=N_("Change several products"),
        needs=_EDIT,
        fields=(
            Field("is_active", N_("On sale"), Holds.YES),
            Field("tax_class_id", N_("Tax"), Holds.CHOICE, query=tax_class_choices),
            Field("category_id", N_("Primary category"), Holds.CHOICE, query=category_choices),
            Field("add_category_id", N_("One more category"), Holds.CHOICE, query=category_choices),
            Field("seller_id", N_("Whose goods"), Holds.CHOICE, query=seller_choices),
            Field("badge", N_("Badge"), max_length=40),
        ),
        use_case=change_products,
        make=lambda rows, values: ChangeProducts(product_ids=tuple(row.id for row in rows), **values),
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
    as_actor=True,
    sorts=VARIANT_SORTS,
    sort="sku",
    search=N_("Name, SKU or code"),
    columns=(
        text("sku", N_("SKU"), width=144, sort="sku"),
        text("title", N_("Name"), stretch=True),
        text("name", N_("Variant"), width=144),
        money("price_cents", N_("Price"), sort="price"),
        money("compare_at_cents", N_("Was"), hidden=True),
        money("cost_cents", N_("Cost")),
        money("margin_cents", N_("Margin"), hidden=True),
        percent("margin_ppm", N_("Margin %"), hidden=True),
        text("barcode", N_("Barcode"), width=136, hidden=True),
        quantity("on_hand_milli", N_("On hand")),
        text("unit", N_("Unit"), width=64),
        state("is_active", N_("State"), ACTIVE),
    ),
    filters=(
        choice("category", N_("Category"), category_choices),
        choice("active", N_("State"), ON_SALE),
        choice("barcodes", N_("Barcodes"), _YES_NO),
    ),
    commands=(
        Command("edit", N_("Edit"), edit, "pencil-outline", Permission.CATALOGUE_VIEW, "Ctrl+E"),
        Command("labels", N_("Labels"), labels, "tag-outline", None, "Ctrl+Shift+L", on=Pick.MANY),
        Command("own_barcodes", N_("Own barcodes"), own_barcodes, "barcode", Permission.SETTINGS_EDIT, on=Pick.NONE),
    ),
    bulk=BulkEdit(
        title=N_("Change several variants"),
        needs=_EDIT,
        fields=(
            Field("price_cents", N_("Price"), Holds.MONEY),
            Field("price_change_ppm", N_("Change each price by, in percent"), Holds.PERCENT),
            Field("compare_at_cents", N_("Was"), Holds.MONEY),
            Field("track_stock", N_("Stock is counted"), Holds.YES),
            Field("inventory_policy", N_("When nothing is left"), Holds.CHOICE, options=_POLICY_WORDS),
            Field("is_active", N_("On sale"), Holds.YES),
        ),
        use_case=change_variants,
        make=lambda rows, values: ChangeVariants(variant_ids=tuple(row.id for row in rows), **values),
    ),
    refresh_on={"Product", "Variant", "ProductVariant", "StockLevel"},
    minor=("cost_cents", "unit", "is_active", "name"),
    empty=Empty("tag-outline", N_("Every product has at least one variant, which carries its price.")),
    on_open="edit",
)
