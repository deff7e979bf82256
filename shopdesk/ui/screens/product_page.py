"""The page of a product: its editor and history, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from shopdesk.catalogue.product_bulk import DeleteProducts, RestoreProducts, delete_products, restore_products
from shopdesk.catalogue.product_status import (
    ApproveProduct,
    RejectProduct,
    SubmitProduct,
    approve_product,
    reject_product,
    submit_product,
)
from shopdesk.catalogue.products import SetProductActive, set_product_active
from shopdesk.catalogue.queries import COPY, ProductCard, product_to_edit
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.columns import State
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask_text
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.screens.customer_reviews import ProductReviews
from shopdesk.ui.screens.product_editor import ProductEditor

_EDIT, _APPROVE = Permission.CATALOGUE_EDIT, Permission.CATALOGUE_APPROVE
STATES = {
    "on_sale": State(N_("On sale"), "success", "check"),
    "retired": State(N_("Retired"), "secondary", "archive-outline"),
    "pending": State(N_("Waits for approval"), "warning", "clock-outline"),
    "rejected": State(N_("Rejected"), "danger", "cancel"),
    "deleted": State(N_("Deleted"), "secondary", "trash-can-outline"),
}


def state_of(card: ProductCard) -> State | None:
    """What keeps a product from being sold, or that it is; None for a new one."""
    if not card.id:
        return None
    if card.product.status != "approved":
        return STATES[card.product.status]
    return STATES["on_sale" if card.product.is_active else "retired"]


def open_product(widget: QWidget, product_id: int | tuple[str, int]) -> RecordView | None:
    """Open a product's page from any widget; 0 for a new one, (COPY, id) for a new one like another."""
    view = open_record(widget, PRODUCT, product_id, tab="editor")
    if view is not None and product_id == 0:
        once = Qt.ConnectionType.SingleShotConnection
        view.loaded.connect(lambda _record: view.take_focus(), once)
    return view


def duplicate(page: RecordView, card: ProductCard) -> None:
    """Begin a new product like this one."""
    open_product(page, (COPY, card.id))


def labels(page: RecordView, card: ProductCard) -> None:
    """Print labels for its variants on sale, one each to begin with."""
    from shopdesk.ui.dialogs.labels import open_labels

    wanted = [(v.variant_id, 1) for v in card.product.variants if v.is_active and v.variant_id is not None]
    open_labels(page, page.desk, wanted)


def approve(widget: RecordView, card: ProductCard) -> None:
    """Let it be sold."""
    command = ApproveProduct(card.id, card.version)
    Operation(approve_product, command, said=N_("Approved: it is sold from now on.")).run(widget.desk, widget)


def reject(widget: RecordView, card: ProductCard) -> None:
    """Keep it from being sold, with a reason."""

    def act(reason: str) -> None:
        command = RejectProduct(card.id, reason, card.version)
        Operation(reject_product, command, said=N_("Rejected: it is not sold.")).run(widget.desk, widget)

    ask_reason(widget, 1, act)


def ask_reason(widget: QWidget, count: int, act: Callable[[str], object]) -> None:
    """Ask why products are rejected; ``act`` gets the reason."""
    title = _("Reject the product") if count == 1 else _("Reject {count} products").format(count=count)
    ask_text(widget, title, _("Why it is not sold; whoever made it reads this"), _("Reject"), act, required=True)


def submit(widget: RecordView, card: ProductCard) -> None:
    """Put it forward again."""
    command = SubmitProduct(card.id, card.version)
    Operation(submit_product, command, said=N_("It waits for approval.")).run(widget.desk, widget)


def retire(widget: RecordView, card: ProductCard) -> None:
    """Take it off sale, or put it back."""
    said = N_("The product is off sale.") if card.product.is_active else N_("The product is on sale again.")
    Operation(set_product_active, SetProductActive(card.id, not card.product.is_active), said=said).run(
        widget.desk, widget
    )


def delete(widget: RecordView, card: ProductCard) -> None:
    """Delete it; undone by a button."""
    remove_products(widget, [card.id])


def remove_products(widget: RecordView | ListView, ids: Sequence[int]) -> None:
    """Delete products; one button brings all of them back."""
    many = tuple(ids)
    said = N_("The product was deleted.") if len(many) == 1 else N_("The products were deleted.")
    undo = (restore_products, RestoreProducts(many))
    Operation(delete_products, DeleteProducts(many), said=said, undo=undo).run(widget.desk, widget)


def _head(card: ProductCard, _formats: Formats) -> str:
    return card.product.title or _("New product")


def _under(card: ProductCard, formats: Formats) -> str:
    if not card.id:
        return ""
    if card.product.status == "rejected" and card.rejection_reason:
        return card.rejection_reason
    skus = [variant.sku for variant in card.product.variants if variant.is_active]
    words = ", ".join(skus[:3]) + (", ..." if len(skus) > 3 else "")
    if card.updated_at is None:
        return words
    return _("{skus} · last changed {time}").format(skus=words, time=formats.moment(card.updated_at))


def _stored(card: ProductCard) -> bool:
    return bool(card.id)


def _has_state(statuses: Sequence[str], card: ProductCard) -> bool:
    return bool(card.id) and card.product.status in statuses


PRODUCT = RecordPage(
    key="catalogue.product",
    title=N_("Product"),
    needs=Permission.CATALOGUE_VIEW,
    glyph="package-variant-closed",
    load=product_to_edit,
    as_actor=True,
    head=_head,
    under=_under,
    state=state_of,
    tabs=(
        Tab("editor", N_("Product"), ProductEditor),
        Tab("reviews", N_("Reviews"), lambda page, card: ProductReviews(page, card.id), shown=_stored),
    ),
    commands=(
        RecordCommand(
            "approve", N_("Approve"), approve, "check", _APPROVE, ready=partial(_has_state, ("pending", "rejected"))
        ),
        RecordCommand("reject", N_("Reject"), reject, "cancel", _APPROVE, ready=partial(_has_state, ("pending",))),
        RecordCommand(
            "submit", N_("Put forward again"), submit, "redo", _EDIT, ready=partial(_has_state, ("rejected",))
        ),
        RecordCommand("labels", N_("Labels"), labels, "tag-outline", ready=_stored),
        RecordCommand("duplicate", N_("Duplicate"), duplicate, "content-copy", _EDIT, more=True, ready=_stored),
        RecordCommand("retire", N_("On or off sale"), retire, "archive-outline", _EDIT, more=True, ready=_stored),
        RecordCommand(
            "take_back",
            N_("Take approval back"),
            reject,
            "cancel",
            _APPROVE,
            more=True,
            ready=partial(_has_state, ("approved",)),
        ),
        RecordCommand("delete", N_("Delete"), delete, "delete-outline", _EDIT, danger=True, more=True, ready=_stored),
    ),
    refresh_on={"Product", "Variant", "ProductVariant", "Category"},
    entity="product",
)
