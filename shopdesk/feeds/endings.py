"""How an import ends, and what the audit log keeps of it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.feeds.feed import feed_card
from shopdesk.feeds.models import ProductFeed
from shopdesk.feeds.states import FeedMoved
from shopdesk.system.records import audit_office

_ENDED = frozenset({"done", "failed", "cancelled", "undone"})


_ENTITIES = {
    "products": ("Product", "Variant", "Category", "StockLevel"),
    "customers": ("Customer",),
    "stock": ("StockLevel",),
    "prices": ("Product", "Variant", "PriceList"),
}


@dataclass(frozen=True, slots=True)
class EndFeed:
    """An import goes from one state to another; ``error`` says why where it failed."""

    feed_id: int
    before: str
    after: str
    error: str = ""


def end_feed(uow: UnitOfWork, command: EndFeed) -> None:
    """Move an import on; raises FeedMoved when it is not in the state that was expected."""
    uow.require(Permission.IMPORT)
    now = uow.clock.now()
    values: dict[str, object] = {"status": command.after, "error": command.error}
    if command.after in _ENDED:
        values["completed_at"] = now
    if command.after in {"checked", "done"}:
        values["rows_total"] = ProductFeed.rows_processed
    if command.after == "checked":
        values["checked_at"] = now
    moved = uow.connection.execute(
        sa.update(ProductFeed)
        .where(ProductFeed.id == command.feed_id, ProductFeed.status == command.before)
        .values(**values)
    )
    if not moved.rowcount:
        raise FeedMoved
    card = feed_card(uow, command.feed_id)
    if command.after in _ENDED:
        details = {
            "kind": card.kind,
            "state": command.after,
            "made": card.made,
            "changed": card.changed,
            "refused": card.rows_bad,
            "undone": card.undone,
            "kept": card.kept,
        }
        audit_office(uow, "import.end", target_type="feed", target_id=str(card.id), details=details)
    uow.changed("Feed", *_ENTITIES[card.kind])
