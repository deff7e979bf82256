"""Suppliers: the list, a supplier's page with goods, orders and deliveries, and the forms."""

from __future__ import annotations

from collections.abc import Sequence

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.parties.countries import country_choices
from shopdesk.purchasing.supplier_items import (
    RemoveSupplierItem,
    SaveSupplierItem,
    remove_supplier_item,
    save_supplier_item,
)
from shopdesk.purchasing.supplier_queries import (
    SUPPLIER_ITEM_SORTS,
    SUPPLIER_SORTS,
    SupplierCard,
    SupplierItemRow,
    SupplierRow,
    supplier_card,
    supplier_items_page,
    suppliers_page,
)
from shopdesk.purchasing.suppliers import (
    SUPPLIER_FIELDS,
    SaveSupplier,
    SetSupplierActive,
    save_supplier,
    set_supplier_active,
)
from shopdesk.ui.kit.columns import State, flag, moment, money, number, quantity, state, text
from shopdesk.ui.kit.form_dialog import Form, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, form_tab, list_tab
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, only
from shopdesk.ui.screens import purchase_orders, purchase_returns, receiving

_EDIT = Permission.SUPPLIER_EDIT
STATES = {
    "True": State(N_("In use"), "success", "check"),
    "False": State(N_("Not in use"), "secondary", "archive-outline"),
}
_WHO, _WHERE, _TERMS = N_("Supplier"), N_("Address"), N_("Terms")
SUPPLIER_FORM = Form(
    key="purchasing.supplier_form",
    title=N_("Supplier"),
    command=SaveSupplier,
    use_case=save_supplier,
    fields=(
        Field("name", N_("Name"), required=True, group=_WHO, max_length=120),
        Field("code", N_("Short code"), group=_WHO, max_length=64, none_if_empty=True),
        Field("contact_name", N_("Contact"), group=_WHO, max_length=200),
        Field("email", N_("E-mail"), group=_WHO, max_length=254, help=N_("Orders are sent here.")),
        Field("phone", N_("Phone"), group=_WHO, max_length=200),
        Field("website", N_("Website"), group=_WHO, max_length=300),
        Field("line1", N_("Street"), group=_WHERE, max_length=200),
        Field("line2", N_("Address, second line"), group=_WHERE, max_length=200),
        Field("postal_code", N_("Postcode"), group=_WHERE, max_length=200),
        Field("city", N_("Town"), group=_WHERE, max_length=200),
        Field("state", N_("State or region"), group=_WHERE, max_length=200),
        Field("country_code", N_("Country"), Holds.CHOICE, group=_WHERE, query=country_choices),
        Field("lead_time_days", N_("Lead time in days"), Holds.COUNT, required=True, group=_TERMS),
        Field("minimum_order_cents", N_("Minimum order"), Holds.MONEY, required=True, group=_TERMS),
        Field("payment_terms", N_("Terms of payment"), group=_TERMS, max_length=500),
        Field("our_number", N_("Our customer number"), group=_TERMS, max_length=200),
        Field("tax_id", N_("Tax ID"), group=_TERMS, max_length=200),
        Field("notes", N_("Notes"), Holds.LONG, group=_TERMS),
    ),
    given=("supplier_id", "version"),
    act=N_("Save supplier"),
    said=N_("The supplier is saved."),
    entity="supplier",
)
_ITEM_FIELDS = (
    Field("supplier_code", N_("Their number"), max_length=64),
    Field("supplier_name", N_("Their name for it"), max_length=200),
    Field(
        "pack_quantity_milli",
        N_("Pack"),
        Holds.QUANTITY,
        required=True,
        help=N_("How many come in a pack: 1 for single pieces."),
    ),
    Field("pack_cost_cents", N_("Cost of a pack"), Holds.MONEY, help=N_("Without tax.")),
    Field("minimum_milli", N_("Least quantity"), Holds.QUANTITY, required=True),
    Field("is_preferred", N_("Ask this supplier first"), Holds.YES),
)
ITEM_FORM = Form(
    key="purchasing.item_form",
    title=N_("Supplier's article"),
    command=SaveSupplierItem,
    use_case=save_supplier_item,
    fields=_ITEM_FIELDS,
    given=("supplier_id", "item_id", "version"),
    act=N_("Save article"),
    said=N_("The article is saved."),
)
NEW_ITEM_FORM = Form(
    key="purchasing.new_item_form",
    title=N_("Add goods of this supplier"),
    command=SaveSupplierItem,
    use_case=save_supplier_item,
    fields=(Field("sku", N_("SKU"), required=True, max_length=64), *_ITEM_FIELDS),
    given=("supplier_id",),
    act=N_("Add article"),
    said=N_("The article is added."),
)


def supplier_shown(_page: RecordView, card: SupplierCard) -> Shown:
    """What the form shows of a supplier."""
    values = {name: getattr(card.supplier, name) for name in SUPPLIER_FIELDS}
    return Shown(values, {"supplier_id": card.id, "version": card.version}, SUPPLIER_FORM)


def new(view: ListView, _rows: Sequence[SupplierRow]) -> None:
    """Add a supplier and show its page."""
    open_form(
        view,
        view.desk,
        SUPPLIER_FORM,
        values={"lead_time_days": 7, "minimum_order_cents": 0},
        given={"supplier_id": None, "version": 1},
        done=lambda supplier_id: open_record(view, SUPPLIER, supplier_id, tab="items"),
    )


def switch(view: ListView, rows: Sequence[SupplierRow]) -> None:
    """Take a supplier out of use, or back into it."""
    _switch(view, rows[0].id, rows[0].name, not rows[0].is_active)


def switch_here(page: RecordView, card: SupplierCard) -> None:
    """The same on the supplier's page."""
    _switch(page, card.id, card.name, not card.is_active)


def _switch(view: ListView | RecordView, supplier_id: int, name: str, active: bool) -> None:
    said = _("{name} is in use again.") if active else _("{name} is no longer in use.")
    Operation(
        set_supplier_active,
        SetSupplierActive(supplier_id, active),
        said=said.format(name=name),
        undo=(set_supplier_active, SetSupplierActive(supplier_id, not active)),
    ).run(view.desk, view)


def new_item(view: ListView, _rows: Sequence[SupplierItemRow]) -> None:
    """Add goods to the supplier whose page this is."""
    open_form(
        view,
        view.desk,
        NEW_ITEM_FORM,
        values={"pack_quantity_milli": 1000, "minimum_milli": 0},
        given={"supplier_id": view.fixed["supplier_id"]},
    )


def edit_item(view: ListView, rows: Sequence[SupplierItemRow]) -> None:
    """Change what a supplier calls a variant and how it comes."""
    row = rows[0]
    values = {field.key: getattr(row, field.key) for field in _ITEM_FIELDS}
    given = {"supplier_id": row.supplier_id, "item_id": row.id, "version": row.version}
    open_form(view, view.desk, ITEM_FORM, values=values, given=given)


def remove_item(view: ListView, rows: Sequence[SupplierItemRow]) -> None:
    """Forget that the supplier sells this."""
    row = rows[0]
    again = SaveSupplierItem(
        supplier_id=row.supplier_id,
        variant_id=row.variant_id,
        **{field.key: getattr(row, field.key) for field in _ITEM_FIELDS},
    )
    Operation(
        remove_supplier_item,
        RemoveSupplierItem(row.id),
        said=_("{sku} is no longer among this supplier's goods.").format(sku=row.sku),
        undo=(save_supplier_item, again),
    ).run(view.desk, view)


def order_here(page: RecordView, card: SupplierCard) -> None:
    """Begin an order for this supplier."""
    purchase_orders.begin_order(page, supplier_id=card.id)


def _under(card: SupplierCard, _formats: Formats) -> str:
    parts = (card.supplier.contact_name, card.supplier.phone, card.supplier.email)
    return " · ".join(part for part in parts if part)


ITEMS = ListScreen(
    key="purchasing.items",
    title=N_("Goods of a supplier"),
    glyph="package-variant",
    needs=Permission.SUPPLIER_VIEW,
    page=supplier_items_page,
    row=SupplierItemRow,
    sorts=SUPPLIER_ITEM_SORTS,
    sort="sku",
    search=N_("SKU, name or their number"),
    columns=(
        text("sku", N_("SKU"), width=128, sort="sku"),
        text("name", N_("Name"), stretch=True),
        text("supplier_code", N_("Their number"), width=120),
        text("supplier_name", N_("Their name for it"), width=160, hidden=True),
        quantity("pack_quantity_milli", N_("Pack"), width=72),
        money("pack_cost_cents", N_("Cost of a pack"), width=128),
        money("unit_cost_cents", N_("Cost each"), width=112),
        money("price_cents", N_("Our price"), width=112),
        quantity("minimum_milli", N_("Least quantity"), hidden=True),
        flag("is_preferred", N_("Asked first"), width=112),
        money("last_pack_cost_cents", N_("Last delivered at"), width=136, hidden=True),
        moment("last_cost_at", N_("Last delivered"), hidden=True),
    ),
    commands=(
        Command("new_item", N_("Add goods"), new_item, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit_item", N_("Edit"), edit_item, "pencil-outline", _EDIT, "Ctrl+E"),
        Command("remove_item", N_("Remove"), remove_item, "delete-outline", _EDIT, "Ctrl+Del"),
    ),
    refresh_on={"SupplierItem", "ProductVariant"},
    minor=("supplier_code", "price_cents", "unit_cost_cents"),
    empty=Empty(
        "package-variant", N_("What this supplier sells you stands here, with their numbers and costs."), "new_item"
    ),
    on_open="edit_item",
)
SUPPLIER = RecordPage(
    key="purchasing.supplier",
    title=N_("Supplier"),
    needs=Permission.SUPPLIER_VIEW,
    glyph="domain",
    load=supplier_card,
    head=lambda card, _formats: str(card.name),
    under=_under,
    state=lambda card: STATES[str(card.is_active)],
    tabs=(
        form_tab("details", N_("Details"), supplier_shown, glyph="card-account-details-outline"),
        list_tab(
            "items",
            N_("Goods"),
            ITEMS,
            lambda card: {"supplier_id": card.id},
            glyph="package-variant",
            count=lambda card: int(card.items),
        ),
        list_tab(
            "orders",
            N_("Purchase orders"),
            purchase_orders.ORDERS,
            lambda card: {"supplier_id": card.id},
            glyph="clipboard-text-outline",
            count=lambda card: int(card.open_orders),
        ),
        list_tab(
            "receipts",
            N_("Deliveries"),
            receiving.RECEIPTS,
            lambda card: {"supplier_id": card.id},
            glyph="truck-outline",
        ),
        list_tab(
            "returns",
            N_("Sent back"),
            purchase_returns.RETURNS,
            lambda card: {"supplier_id": card.id},
            glyph="undo",
        ),
    ),
    commands=(
        RecordCommand(
            "order",
            N_("New order"),
            order_here,
            "cart-outline",
            Permission.PURCHASE,
            "Ctrl+Shift+N",
            primary=True,
            ready=lambda card: bool(card.is_active),
        ),
        RecordCommand(
            "retire",
            N_("Take out of use"),
            switch_here,
            "archive-outline",
            _EDIT,
            more=True,
            ready=lambda card: bool(card.is_active),
        ),
        RecordCommand(
            "reopen",
            N_("Take back into use"),
            switch_here,
            "refresh",
            _EDIT,
            more=True,
            ready=lambda card: not card.is_active,
        ),
    ),
    refresh_on={"Supplier"},
    entity="supplier",
)
SUPPLIERS = ListScreen(
    key="purchasing.suppliers",
    title=N_("Suppliers"),
    glyph="domain",
    needs=Permission.SUPPLIER_VIEW,
    page=suppliers_page,
    row=SupplierRow,
    sorts=SUPPLIER_SORTS,
    sort="name",
    search=N_("Name, code, contact or town"),
    columns=(
        text("name", N_("Name"), stretch=True, sort="name"),
        text("code", N_("Short code"), width=96, hidden=True),
        text("contact_name", N_("Contact"), width=152),
        text("phone", N_("Phone"), width=136),
        text("email", N_("E-mail"), width=200),
        text("city", N_("Town"), width=120),
        number("lead_time_days", N_("Lead time in days"), width=136),
        number("open_orders", N_("On the way"), width=104),
        state("is_active", N_("State"), STATES, width=120, read=lambda row: str(row.is_active), hidden=True),
    ),
    filters=(only("retired", N_("Not in use")),),
    commands=(
        Command("new", N_("New supplier"), new, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command(
            "open",
            N_("Open"),
            lambda view, rows: open_record(view, SUPPLIER, rows[0].id),
            "eye-outline",
            Permission.SUPPLIER_VIEW,
        ),
        Command(
            "retire", N_("Take out of use"), switch, "archive-outline", _EDIT, ready=lambda row: bool(row.is_active)
        ),
        Command("reopen", N_("Take back into use"), switch, "refresh", _EDIT, ready=lambda row: not row.is_active),
    ),
    refresh_on={"Supplier", "PurchaseOrder"},
    minor=("city", "email", "phone", "contact_name"),
    empty=Empty("domain", N_("Suppliers are who you buy from. Add the first one."), "new"),
    on_open="open",
)
