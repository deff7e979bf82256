"""Whether a product may be sold: it waits for approval, is approved, or rejected with a reason; the steps between them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.models import Product
from shopdesk.catalogue.product_lock import forbid_stale, touch_product
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

PENDING, APPROVED, REJECTED = "pending", "approved", "rejected"
STEPS = {PENDING: {APPROVED, REJECTED}, APPROVED: {REJECTED, PENDING}, REJECTED: {PENDING, APPROVED}}
"""From a state to those that may follow it; only what is approved (and active) is sold."""


class StepNotPossible(ShopError):
    """A product's state does not follow the one it is in."""

    code = "step_not_possible"
    sentence = N_("{name} is {state} already.")


@dataclass(frozen=True, slots=True)
class ApproveProduct:
    """Let a product be sold; ``version`` is the one that was looked at, None whichever it is."""

    product_id: int
    version: int | None = None


@dataclass(frozen=True, slots=True)
class RejectProduct:
    """Keep a product from being sold, with the reason that its maker is told."""

    product_id: int
    reason: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class SubmitProduct:
    """Ask for a product to be looked at again."""

    product_id: int
    version: int | None = None


STATE_WORDS = {PENDING: N_("waiting for approval"), APPROVED: N_("approved"), REJECTED: N_("rejected")}


def approve_product(uow: UnitOfWork, command: ApproveProduct) -> None:
    """Approve a product that waits or was rejected: from now on it is sold."""
    uow.require(Permission.CATALOGUE_APPROVE)
    _step(uow, command.product_id, command.version, APPROVED, None)


def reject_product(uow: UnitOfWork, command: RejectProduct) -> None:
    """Reject a product, or take its approval back: it is not sold any more; the reason is needed."""
    uow.require(Permission.CATALOGUE_APPROVE)
    reason = checked_text(command.reason, field="reason", longest=500, required=True)
    _step(uow, command.product_id, command.version, REJECTED, reason)


def submit_product(uow: UnitOfWork, command: SubmitProduct) -> None:
    """Put a product before whoever approves again; until then it is not sold."""
    uow.require(Permission.CATALOGUE_EDIT)
    _step(uow, command.product_id, command.version, PENDING, None)


def allowed_at_first(uow: UnitOfWork, status: str) -> str:
    """The state of a new product: what was asked for, unless only somebody else may approve it."""
    if status == REJECTED:
        raise BadField("status", _("a new product is not rejected."))
    return status if uow.actor.may(Permission.CATALOGUE_APPROVE) else PENDING


def check_step(uow: UnitOfWork, before: str, after: str, name: str) -> None:
    """Raise StepNotPossible or NotPermitted unless this actor may take a product from one state to the other."""
    if after not in STEPS[before]:
        raise StepNotPossible(name=name, state=_(STATE_WORDS[before]))
    if after == REJECTED:
        raise BadField("status", _("a product is rejected with a reason, by a step of its own."))
    if after == APPROVED:
        uow.require(Permission.CATALOGUE_APPROVE)


def _step(uow: UnitOfWork, product_id: int, version: int | None, after: str, reason: str | None) -> None:
    found = uow.connection.execute(
        sa.select(Product.title, Product.status, Product.rejection_reason, Product.version)
        .where(Product.id == product_id, Product.deleted_at.is_(None))
        .with_for_update()
    ).first()
    if found is None:
        raise NotFound(_("Product"), product_id)
    if version is not None and version != found.version:
        forbid_stale(uow, product_id, found.title)
    if after not in STEPS[found.status]:
        raise StepNotPossible(name=found.title, state=_(STATE_WORDS[found.status]))
    values = {"status": after, "rejection_reason": reason}
    touch_product(uow, product_id, values)
    before = {"status": found.status, "rejection_reason": found.rejection_reason}
    audit_office(
        uow,
        {APPROVED: "product.approve", REJECTED: "product.reject", PENDING: "product.submit"}[after],
        target_type="product",
        target_id=str(product_id),
        details={"title": found.title, **what_changed(before, values)},
    )
    uow.changed("Product")
