"""What a supplier is given: the order as it was sent, and the note that goes with goods sent back, as PDFs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.core.clock import from_micros, shop_time, to_micros
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MILLI
from shopdesk.db.unit import Reader
from shopdesk.inventory.models import Warehouse
from shopdesk.printing.documents import Letterhead
from shopdesk.printing.figures import Figures, figures, words
from shopdesk.printing.office_document import (
    OfficeDocument,
    PaperColumn,
    PaperTable,
    Party,
    Section,
    Total,
    office_pdf,
)
from shopdesk.purchasing.costs import line_cost
from shopdesk.purchasing.models import PurchaseOrderPaper, Receipt, Supplier, SupplierReturn, SupplierReturnLine
from shopdesk.purchasing.placing import order_content
from shopdesk.purchasing.steps import find_order
from shopdesk.system.settings import ShopSettings, shop_settings

Say = Callable[[str], str]


def order_pdf(reader: Reader, order_id: int) -> bytes:
    """A purchase order: as it was sent, or marked as a draft. Raises NotFound."""
    settings = shop_settings(reader)
    kept = reader.connection.execute(
        sa.select(PurchaseOrderPaper.content, PurchaseOrderPaper.created_at).where(
            PurchaseOrderPaper.purchase_order_id == order_id
        )
    ).first()
    if kept is not None:
        return office_pdf(_order(settings, msgspec.json.decode(kept[0]), to_micros(kept[1])))
    content = order_content(reader, find_order(reader, order_id))
    return office_pdf(_order(settings, content, to_micros(reader.clock.now())))


def return_pdf(reader: Reader, supplier_return_id: int) -> bytes:
    """The note for goods sent back. Raises NotFound."""
    settings = shop_settings(reader)
    row = reader.connection.execute(
        sa.select(
            SupplierReturn, Supplier, Receipt.number.label("receipt_number"), Receipt.delivery_note, Warehouse.name
        )
        .join(Supplier, Supplier.id == SupplierReturn.supplier_id)
        .join(Warehouse, Warehouse.id == SupplierReturn.warehouse_id)
        .outerjoin(Receipt, Receipt.id == SupplierReturn.receipt_id)
        .where(SupplierReturn.id == supplier_return_id)
        .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
    ).first()
    if row is None:
        raise NotFound(_("Return"), supplier_return_id)
    found = row._mapping
    lines = reader.connection.execute(
        sa.select(SupplierReturnLine)
        .where(SupplierReturnLine.supplier_return_id == supplier_return_id)
        .order_by(SupplierReturnLine.id)
    ).all()
    return office_pdf(_return(settings, found, lines))


def _order(settings: ShopSettings, content: dict[str, Any], at: int) -> OfficeDocument:
    say, write = words(settings.language), figures(settings.language, str(content["currency"]))
    supplier, number = content["supplier"], content.get("number", "")
    columns = (
        PaperColumn(say(N_("Item")), share=3),
        PaperColumn(say(N_("Your number")), share=1),
        PaperColumn(say(N_("Quantity")), "end"),
        PaperColumn(say(N_("Pack")), "end"),
        PaperColumn(say(N_("Cost of a pack")), "end"),
        PaperColumn(say(N_("Total")), "end"),
    )
    rows = [
        (
            f"{line['name']}\n{line['sku']}",
            line["supplier_code"],
            write.quantity(line["quantity"]),
            _packs(write, line["quantity"], line["pack_quantity"]),
            write.amount(line["pack_cost_cents"]),
            write.amount(line_cost(line["quantity"], line["pack_quantity"], line["pack_cost_cents"])),
        )
        for line in content["lines"]
    ]
    total = Total(say(N_("Total without tax")), write.money(content["total_cents"]), strong=True)
    facts = [
        (say(N_("Date")), f"{shop_time(from_micros(at), settings.timezone):%Y-%m-%d}"),
        (say(N_("Wanted on")), content["expected_on"]),
        (say(N_("Our customer number")), supplier.get("our_number", "")),
        (say(N_("Terms of payment")), supplier.get("payment_terms", "")),
    ]
    return OfficeDocument(
        letterhead=_letterhead(settings),
        title=say(N_("Purchase order")),
        number=number,
        language=settings.language,
        mark="" if number else say(N_("DRAFT")),
        parties=(
            _supplier_party(supplier, say),
            Party(
                say(N_("Deliver to")), _lines(settings.name, content["warehouse"]["name"], _place(settings, content))
            ),
        ),
        facts=tuple(fact for fact in facts if fact[1]),
        sections=(Section(table=PaperTable(columns, tuple(rows)), totals=(total,)),),
        notes=content["notes"],
        code="code128" if number else "",
    )


def _return(settings: ShopSettings, found: Any, lines: Any) -> OfficeDocument:  # Any: rows of SQLAlchemy
    say, write = words(settings.language), figures(settings.language, settings.currency)
    supplier = {
        name: found[f"suppliers_{name}"]
        for name in ("name", "contact_name", "line1", "line2", "postal_code", "city", "country_code")
        if found[f"suppliers_{name}"]
    }
    columns = (
        PaperColumn(say(N_("Item")), share=3),
        PaperColumn(say(N_("Quantity")), "end"),
        PaperColumn(say(N_("Pack")), "end"),
        PaperColumn(say(N_("Cost of a pack")), "end"),
        PaperColumn(say(N_("Total")), "end"),
    )
    rows = [
        (
            f"{line.name}\n{line.sku}",
            write.quantity(line.quantity),
            _packs(write, line.quantity, line.pack_quantity),
            write.amount(line.pack_cost_cents),
            write.amount(line.total_cents),
        )
        for line in lines
    ]
    total = Total(say(N_("Value without tax")), write.money(found["supplier_returns_total_cents"]), strong=True)
    facts = [
        (say(N_("Date")), f"{shop_time(found['supplier_returns_created_at'], settings.timezone):%Y-%m-%d}"),
        (say(N_("Reason")), found["supplier_returns_reason"]),
        (say(N_("Our delivery")), found["receipt_number"] or ""),
        (say(N_("Your delivery note")), found["receipts_delivery_note"] or ""),
    ]
    return OfficeDocument(
        letterhead=_letterhead(settings),
        title=say(N_("Goods sent back")),
        number=found["supplier_returns_number"],
        language=settings.language,
        parties=(
            _supplier_party(supplier, say),
            Party(say(N_("From")), _lines(settings.name, found["warehouses_name"], settings.address)),
        ),
        facts=tuple(fact for fact in facts if fact[1]),
        sections=(Section(table=PaperTable(columns, tuple(rows)), totals=(total,)),),
        notes=found["supplier_returns_notes"],
        code="code128",
    )


def _packs(write: Figures, quantity: int, pack: int) -> str:
    """``4 x 12``, or nothing for goods that come singly."""
    if pack == MILLI:
        return ""
    if quantity % pack:
        return f"x {write.quantity(pack)}"
    return f"{quantity // pack} x {write.quantity(pack)}"


def _supplier_party(supplier: dict[str, Any], say: Say) -> Party:
    town = f"{supplier.get('postal_code', '')} {supplier.get('city', '')}".strip()
    named = (supplier["name"], *(supplier.get(name, "") for name in ("contact_name", "line1", "line2")))
    return Party(say(N_("Supplier")), _lines(*named, town, supplier.get("state", ""), supplier.get("country_code", "")))


def _place(settings: ShopSettings, content: dict[str, Any]) -> str:
    """Where the goods go: the warehouse's own place, else the shop's address."""
    return str(content["warehouse"]["location"]) or settings.address


def _lines(*parts: str) -> tuple[str, ...]:
    lines = [line.strip() for part in parts for line in part.splitlines()]
    return tuple(dict.fromkeys(line for line in lines if line))


def _letterhead(settings: ShopSettings) -> Letterhead:
    return Letterhead(
        shop_name=settings.name, address_lines=_lines(settings.address), tax_id=settings.tax_id, footer=""
    )
