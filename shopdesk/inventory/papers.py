"""Papers of stock in the shop's language: the note that goes with a transfer, and the sheet of a count."""

from __future__ import annotations

from datetime import datetime

from shopdesk.core.actor import Actor
from shopdesk.core.clock import shop_time
from shopdesk.core.i18n import N_
from shopdesk.db.unit import Reader
from shopdesk.inventory.count_pages import count_card
from shopdesk.inventory.document_pages import transfer_card
from shopdesk.printing.documents import Letterhead
from shopdesk.printing.figures import figures, words
from shopdesk.printing.office_document import (
    OfficeDocument,
    PaperColumn,
    PaperTable,
    Party,
    Section,
    Total,
    office_pdf,
)
from shopdesk.system.settings import ShopSettings, shop_settings


def transfer_note(reader: Reader, document_id: int) -> bytes:
    """The note of a transfer as PDF: what was sent, room to tick it off, and what arrived once that is known."""
    settings = shop_settings(reader)
    card = transfer_card(reader, document_id)
    say, figure = words(settings.language), figures(settings.language, settings.currency)
    arrived = card.state == "received"
    rows = []
    for item in card.items:
        came = figure.quantity(item.received_milli or 0) if arrived else ""
        damaged = figure.quantity(item.damaged_milli) if item.damaged_milli else ""
        sent = figure.quantity(item.quantity_milli, item.unit)
        rows.append((item.sku, item.name, sent, came, damaged if arrived else "", item.reason))
    table = PaperTable(
        columns=(
            PaperColumn(say(N_("SKU")), share=2),
            PaperColumn(say(N_("Name")), share=5),
            PaperColumn(say(N_("Sent")), align="end"),
            PaperColumn(say(N_("Arrived")), align="end"),
            PaperColumn(say(N_("Damaged")), align="end"),
            PaperColumn(say(N_("Reason")), share=2),
        ),
        rows=tuple(rows),
    )
    facts = [(say(N_("Packed by")), card.sent_by), (say(N_("Sent")), _at(settings, card.sent_at))]
    if arrived:
        facts += [
            (say(N_("Received by")), card.received_by),
            (say(N_("Received")), _at(settings, card.received_at)),
            (say(N_("Number of the arrival")), card.receipt_number),
        ]
    else:
        facts.append((say(N_("Received by")), "_" * 24))
    return office_pdf(
        OfficeDocument(
            letterhead=_letterhead(settings),
            title=say(N_("Transfer note")),
            number=card.number,
            language=settings.language,
            mark="" if card.number else say(N_("DRAFT")),
            parties=(Party(say(N_("From")), (card.source,)), Party(say(N_("To")), (card.target,))),
            facts=tuple(fact for fact in facts if fact[1]),
            sections=(Section(table=table),),
            notes="\n".join(note for note in (card.notes, card.receipt_notes) if note),
            code="code128" if card.number else "",
        )
    )


def count_sheet(reader: Reader, count_id: int, actor: Actor) -> bytes:
    """The sheet of a count as PDF: what was counted, expected and booked, as the person may see it."""
    settings = shop_settings(reader)
    card = count_card(reader, count_id, actor)
    say, figure = words(settings.language), figures(settings.language, settings.currency)

    def shown(milli: int | None) -> str:
        return "" if milli is None else figure.quantity(milli)

    rows = tuple(
        (
            one.sku,
            one.name,
            shown(one.counted_milli),
            shown(one.expected_milli),
            shown(one.change_milli),
            "" if one.value_cents is None else figure.amount(one.value_cents),
            one.counters,
        )
        for one in sorted(card.goods, key=lambda one: one.sku)
    )
    table = PaperTable(
        columns=(
            PaperColumn(say(N_("SKU")), share=2),
            PaperColumn(say(N_("Name")), share=4),
            PaperColumn(say(N_("Counted")), align="end"),
            PaperColumn(say(N_("Expected")), align="end"),
            PaperColumn(say(N_("Difference")), align="end"),
            PaperColumn(say(N_("Value")), align="end"),
            PaperColumn(say(N_("Counted by")), share=2),
        ),
        rows=rows,
    )
    facts = [
        (say(N_("Warehouse")), card.warehouse),
        (say(N_("Begun")), f"{_at(settings, card.at)}, {card.started_by}"),
        (say(N_("Category")), card.category),
        (say(N_("Booked")), f"{_at(settings, card.posted_at)}, {card.posted_by}" if card.posted_at else ""),
    ]
    totals = (Total(say(N_("Value of the differences")), figure.money(card.value_cents), strong=True),)
    return office_pdf(
        OfficeDocument(
            letterhead=_letterhead(settings),
            title=say(N_("Stock count")),
            number=card.number,
            language=settings.language,
            mark="" if card.number else say(N_("NOT BOOKED")),
            facts=tuple(fact for fact in facts if fact[1]),
            sections=(Section(title=card.name, table=table, totals=totals if card.sees else ()),),
            notes=card.notes,
            code="code128" if card.number else "",
        )
    )


def _at(settings: ShopSettings, moment: datetime | None) -> str:
    return "" if moment is None else f"{shop_time(moment, settings.timezone):%Y-%m-%d %H:%M}"


def _letterhead(settings: ShopSettings) -> Letterhead:
    return Letterhead(
        shop_name=settings.name,
        address_lines=tuple(line.strip() for line in settings.address.splitlines() if line.strip()),
        tax_id=settings.tax_id,
    )
