"""Everything out: which exports there are, who may have them, and writing them to a file; each is in the audit log."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.feeds.export_products import product_columns, product_rows, shopify_export
from shopdesk.feeds.export_tables import (
    CUSTOMER_COLUMNS,
    PRICE_COLUMNS,
    STOCK_COLUMNS,
    customer_rows,
    price_rows,
    stock_rows,
)
from shopdesk.feeds.kinds import NEEDS
from shopdesk.feeds.shopify_file import shopify_style, write_shopify
from shopdesk.printing.table_files import FileColumn, TableFormat, write_table
from shopdesk.printing.whole_file import whole_file
from shopdesk.system.records import audit_office
from shopdesk.system.settings import ShopSettings, shop_settings

EXPORTS: tuple[tuple[str, str, Permission], ...] = (
    ("products", N_("Products"), Permission.CATALOGUE_VIEW),
    ("shopify", N_("Products for Shopify"), Permission.CATALOGUE_VIEW),
    ("stock", N_("Stock"), Permission.STOCK_VIEW),
    ("prices", N_("Prices"), Permission.CATALOGUE_VIEW),
    ("customers", N_("Customers"), Permission.CUSTOMER_LIST),
)
EVERYTHING = "everything"
FORMATS: tuple[TableFormat, ...] = ("csv", "xlsx")
Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Export:
    """What is written where. ``feed_id`` narrows products for Shopify to those that one import brought, under its header."""

    kind: str
    path: str
    format: TableFormat = "csv"
    feed_id: int | None = None


@dataclass(frozen=True, slots=True)
class ExportBegun:
    """An export that somebody asks for."""

    kind: str
    format: str
    feed_id: int | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: rows by kind."""

    rows: dict[str, int]


def begin_export(uow: UnitOfWork, command: ExportBegun) -> ShopSettings:
    """Ask for the right to an export and write it into the audit log, before anything is read (S31)."""
    uow.require(Permission.EXPORT)
    for _kind, permission in _parts(command.kind):
        uow.require(permission)
    audit_office(uow, "export.file", target_type="export", target_id=command.kind, details={"format": command.format})
    return shop_settings(uow)


def begin_refusals(uow: UnitOfWork, command: ExportBegun) -> ShopSettings:
    """Ask for the right to have an import's refused rows as a file, and write that into the audit log."""
    uow.require(Permission.IMPORT)
    uow.require(NEEDS[command.kind])
    details = {"format": command.format, "kind": command.kind}
    audit_office(uow, "import.refusals", target_type="feed", target_id=str(command.feed_id), details=details)
    return shop_settings(uow)


def export_file(
    shop: Shop,
    command: Export,
    actor: Actor,
    *,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Exported:
    """Write an export whole or not at all; ``everything`` is a ZIP of every kind that the person may see.

    Raises NotPermitted, BadField for an unknown kind or format, FileNotWritten, WritingStopped.
    """
    if command.format not in FORMATS:
        raise BadField("format", _("must be one of {formats}.").format(formats=", ".join(FORMATS)))
    formats = shop.execute(begin_export, ExportBegun(command.kind, command.format, command.feed_id), actor)
    if command.kind != EVERYTHING:
        rows = _write(shop, command, Path(command.path), formats, actor, progress, stop)
        return Exported({command.kind: rows})
    written: dict[str, int] = {}
    with (
        tempfile.TemporaryDirectory(prefix="shopdesk-export-") as folder,
        whole_file(command.path) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for kind, permission in _parts(EVERYTHING):
            if not actor.may(permission):
                continue
            name = f"{kind}.{command.format}"
            part = Path(folder) / name
            written[kind] = _write(shop, Export(kind, str(part), command.format), part, formats, actor, progress, stop)
            archive.write(part, name)
            part.unlink()
    return Exported(written)


def _parts(kind: str) -> Sequence[tuple[str, Permission]]:
    known = {name: permission for name, _title, permission in EXPORTS}
    if kind == EVERYTHING:
        return [(name, permission) for name, permission in known.items() if name != "shopify"]
    if kind not in known:
        raise BadField("kind", _("must be one of {kinds}.").format(kinds=", ".join((*known, EVERYTHING))))
    return [(kind, known[kind])]


def _write(
    shop: Shop,
    command: Export,
    path: Path,
    formats: ShopSettings,
    actor: Actor,
    progress: Progress | None,
    stop: Callable[[], bool] | None,
) -> int:
    with_cost = actor.may(Permission.COST_VIEW)
    columns: Sequence[FileColumn]
    if command.kind == "products":
        columns = shop.ask(product_columns, with_cost=with_cost)
        rows = shop.stream(product_rows, columns)
    elif command.kind == "shopify":
        style = shop.ask(shopify_style, command.feed_id)
        rows = shop.stream(shopify_export, style.header, command.feed_id)
        if command.format == "csv":
            return write_shopify(str(path), style, rows, progress, stop)
        columns = [FileColumn(name, name) for name in style.header]
    elif command.kind == "stock":
        columns, rows = STOCK_COLUMNS, shop.stream(stock_rows)
    elif command.kind == "prices":
        columns, rows = PRICE_COLUMNS, shop.stream(price_rows, with_cost=with_cost)
    else:
        columns, rows = CUSTOMER_COLUMNS, shop.stream(customer_rows)
    title = next((_(words) for name, words, _permission in EXPORTS if name == command.kind), command.kind)
    return write_table(
        path,
        command.format,
        columns,
        rows,
        title=title,
        formats=formats,
        progress=progress,
        stop=stop,
    )
