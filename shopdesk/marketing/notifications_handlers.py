"""What becomes news: stock that ran low, work in the background that failed or was done."""

from __future__ import annotations

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.core.i18n import N_
from shopdesk.core.money import plain_quantity
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.events import StockRanLow
from shopdesk.inventory.models import Warehouse
from shopdesk.marketing.notifications import notify
from shopdesk.system.events import JobDone, JobFailed
from shopdesk.system.models import User

LOW = N_("Stock runs low: {product} ({sku}), {quantity} left in {warehouse}.")
FAILED = N_("{title} failed: {error}")
DONE = N_("{title} is done.")


def tell_low_stock(uow: UnitOfWork, event: StockRanLow) -> None:
    """Whoever may order goods hears of it."""
    names = (
        sa.select(Product.title, ProductVariant.sku, Warehouse.name)
        .select_from(ProductVariant)
        .join(Product, Product.id == ProductVariant.product_id)
        .join(Warehouse, Warehouse.id == event.warehouse_id)
        .where(ProductVariant.id == event.variant_id)
    )
    product, sku, warehouse = uow.connection.execute(names).one()
    details = {
        "product": product,
        "sku": sku,
        "warehouse": warehouse,
        "quantity": plain_quantity(event.on_hand_milli),
    }
    notify(uow, "low_stock", LOW, details=details, target=("variant", event.variant_id))


def tell_job_failed(uow: UnitOfWork, event: JobFailed) -> None:
    """Whoever asked for the work hears of it; work of nobody in particular is told to whoever looks after it."""
    details = {"title": event.title, "error": event.error}
    notify(uow, "job_failed", FAILED, details=details, user_ids=_asker(uow, event), target=("job", event.job_id))


def tell_job_done(uow: UnitOfWork, event: JobDone) -> None:
    """Whoever asked for the work hears of it, unless its result says ``quiet``."""
    asker = _asker(uow, event)
    if asker is None or event.result.get("quiet"):
        return
    target = event.result.get("target")
    at = (str(target[0]), target[1]) if isinstance(target, list) and len(target) == 2 else ("job", event.job_id)
    notify(uow, "job_done", DONE, details={"title": event.title}, user_ids=asker, target=at)


def _asker(uow: UnitOfWork, event: JobDone | JobFailed) -> tuple[int, ...] | None:
    """The person who asked, None for the built-in user of a headless call."""
    builtin = uow.connection.execute(sa.select(User.is_builtin).where(User.id == event.user_id)).scalar()
    return None if builtin is None or builtin or event.user_id is None else (event.user_id,)
