"""What stands on the X and Z reports of a shift."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.printing.blocks import BarCode, Block, Centred, Composer, Gap, Heading, Mark, Paragraph, Rule, SquareCode
from shopdesk.printing.compose_receipt import COPY, TRAINING
from shopdesk.printing.documents import CashMove, ShiftReportDocument
from shopdesk.printing.printer_text import PrinterText


def compose_shift_report(document: ShiftReportDocument, code_page: str | None = None) -> list[Block]:
    """The blocks of a shift report, in the characters of a code page (None: all of Unicode)."""
    paper = Composer(document.language, document.currency, code_page)
    marks = []
    if document.training:
        marks.append(Mark(paper.say(TRAINING)))
    if document.copy:
        marks.append(Mark(paper.say(COPY)))
    paper.add_head(document.letterhead)
    paper.add(Gap(), Heading(paper.say(N_("X report") if document.kind == "X" else N_("Z report"))))
    paper.add(*marks)
    paper.add(Rule())
    _identity(paper, document)
    paper.add(Rule())
    _turnover(paper, document)
    paper.add(Rule())
    _cash(paper, document)
    if document.perpetual_cents is not None:
        paper.add(Rule())
        paper.add_pair(paper.say(N_("Perpetual total")), paper.money(document.perpetual_cents), bold=True)
    if document.head:
        paper.add(Gap(), Centred(paper.say(N_("Journal head"))), Centred(paper.data(document.head)))
        paper.add(SquareCode(paper.data(document.head)))
    if document.z_number:
        paper.add(BarCode(paper.data(document.z_number)))
    paper.add(*marks)
    return paper.blocks


def _identity(paper: Composer, document: ShiftReportDocument) -> None:
    if document.z_number:
        paper.add_pair(paper.say(N_("Z number")), paper.data(document.z_number), bold=True)
    paper.add_pair(paper.say(N_("Till")), paper.data(document.till))
    paper.add_pair(paper.say(N_("Shift")), paper.data(document.shift_number))
    paper.add_pair(paper.say(N_("Opened")), paper.moment(document.opened_at))
    paper.add_pair(paper.say(N_("Opened by")), paper.data(document.opened_by))
    if document.closed_at is not None:
        paper.add_pair(paper.say(N_("Closed")), paper.moment(document.closed_at))
        paper.add_pair(paper.say(N_("Closed by")), paper.data(document.closed_by))
    paper.add_pair(paper.say(N_("Printed")), paper.moment(document.printed_at))
    paper.add_pair(paper.say(N_("Currency")), paper.data(document.currency))


def _turnover(paper: Composer, document: ShiftReportDocument) -> None:
    paper.add_pair(paper.say(N_("Sales ({count})"), count=document.sales_count), paper.amount(document.sales_cents))
    paper.add_pair(paper.say(N_("Voids ({count})"), count=document.voids_count), paper.amount(document.voids_cents))
    if document.returns_count:
        label = paper.say(N_("Returns ({count})"), count=document.returns_count)
        paper.add_pair(label, paper.amount(document.returns_cents))
    turnover = document.sales_cents + document.voids_cents + document.returns_cents
    paper.add_pair(paper.say(N_("Turnover")), paper.money(turnover), bold=True, large=True)
    paper.add_pair(paper.say(N_("Discounts given")), paper.amount(document.discounts_cents))
    if document.rounding_cents:
        paper.add_pair(paper.say(N_("Cash rounding")), paper.amount(document.rounding_cents))
    paper.add_pair(paper.say(N_("Drawer opened without a sale")), paper.data(str(document.no_sale_count)))
    if document.taxes:
        paper.add(Gap())
        paper.add_taxes(
            N_("Taxes"),
            tuple((row.name, row.rate_ppm, row.net_cents, row.tax_cents, row.gross_cents) for row in document.taxes),
        )
    if document.tenders:
        paper.add(Gap())
        for tender in document.tenders:
            paper.add_pair(paper.data(f"{tender.name} ({tender.count})"), paper.amount(tender.amount_cents))


def _cash(paper: Composer, document: ShiftReportDocument) -> None:
    paper.add_pair(paper.say(N_("Opening float")), paper.amount(document.float_cents))
    paper.add_pair(paper.say(N_("Cash from sales")), paper.amount(document.cash_taken_cents))
    for move in document.cash_moves:
        _cash_move(paper, move)
    if document.expected_cents is not None:
        paper.add_pair(paper.say(N_("Expected in drawer")), paper.amount(document.expected_cents), bold=True)
    for pieces in document.counted:
        worth = pieces.denomination_cents * pieces.pieces
        label = paper.data(f"{pieces.pieces} × {paper.figures.amount(pieces.denomination_cents)}")
        paper.add_pair(label, paper.amount(worth))
    optional: tuple[tuple[PrinterText, int | None], ...] = (
        (paper.say(N_("Counted")), document.counted_cents),
        (paper.say(N_("Difference")), document.difference_cents),
        (paper.say(N_("Left in drawer")), document.left_cents),
    )
    for label, cents in optional:
        if cents is not None:
            paper.add_pair(label, paper.amount(cents), bold=True)
    if document.difference_reason:
        paper.add(Paragraph(paper.say(N_("Reason: {reason}"), reason=document.difference_reason[:240])))


def _cash_move(paper: Composer, move: CashMove) -> None:
    label = paper.say(N_("Cash in")) if move.amount_cents >= 0 else paper.say(N_("Cash out"))
    paper.add_pair(label, paper.amount(move.amount_cents))
    facts = [paper.figures.moment(move.at)] if move.at is not None else []
    facts += [part for part in (move.by, move.reason) if part]
    if facts:
        paper.add(Paragraph(paper.data(", ".join(facts)), indent=2))
