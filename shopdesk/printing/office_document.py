"""Business papers of every kind, orders, notes, count sheets, a customer's data, from plain frozen data to a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from shopdesk.core.i18n import N_
from shopdesk.printing.documents import Letterhead
from shopdesk.printing.figures import words
from shopdesk.printing.office_grid import GridColumn, set_grid
from shopdesk.printing.office_sheet import BODY, OFFICE_PAPERS, SECTION, SMALL, SOFT, OfficePaper, Sheet, lead
from shopdesk.printing.pdf_pages import drawn_pdf
from shopdesk.printing.printer_text import PrinterText

if TYPE_CHECKING:
    from shopdesk.printing.pdf_layout import Faces, Page

_TITLE: Final = 44
_FACTS_ABREAST: Final = 4
_PARTIES_ABREAST: Final = 3
PAGE_OF: Final = N_("Page {number} of {count}")


@dataclass(frozen=True, slots=True)
class Party:
    """Who the paper goes to or speaks of: a label ("Supplier") and the lines of name and address."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """A column of a table; ``end`` is for figures, ``share`` the part of the width that words get."""

    title: str
    align: Literal["start", "end"] = "start"
    share: int = 1


@dataclass(frozen=True, slots=True)
class PaperTable:
    """Rows of texts, as many in each as there are columns; long ones are wrapped."""

    columns: tuple[PaperColumn, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row has one text for each column")


@dataclass(frozen=True, slots=True)
class Total:
    """A label and a figure below a table; a ``strong`` one is what the paper is about."""

    label: str
    figure: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a paper, any of it empty: title, words, labelled facts, a table, totals."""

    title: str = ""
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    table: PaperTable | None = None
    totals: tuple[Total, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDocument:
    """A business paper. Labels come in the paper's language, figures written; data is shown letter by letter (S24).

    ``mark`` is a word that nobody may overlook (DRAFT). ``code`` prints the number as a code for the scanner too.
    """

    letterhead: Letterhead
    title: str
    number: str = ""
    language: str = "en"
    mark: str = ""
    parties: tuple[Party, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    notes: str = ""
    code: Literal["code128", "qr", ""] = ""
    paper: OfficePaper = "a4"


def office_pdf(document: OfficeDocument) -> bytes:
    """The paper as a PDF of as many pages as it takes; the same document gives the same bytes."""
    title = PrinterText(f"{document.title} {document.number}".strip())
    texts = (PrinterText(text) for text in _texts(document))
    return drawn_pdf(lambda faces, mirrored: _lay(document, faces, mirrored), texts, document.language, title)


def _texts(document: OfficeDocument) -> Iterator[str]:
    letterhead = document.letterhead
    yield from (letterhead.shop_name, letterhead.tax_id, *letterhead.address_lines, letterhead.footer)
    yield from (document.title, document.number, document.mark, document.notes)
    for party in document.parties:
        yield from (party.title, *party.lines)
    for label, value in document.facts:
        yield from (label, value)
    for section in document.sections:
        yield from (section.title, section.text)
        for label, value in section.facts:
            yield from (label, value)
        for total in section.totals:
            yield from (total.label, total.figure)
        if section.table is not None:
            yield from (column.title for column in section.table.columns)
            for row in section.table.rows:
                yield from row


def _lay(document: OfficeDocument, faces: Faces, mirrored: bool) -> list[Page]:
    running = (PrinterText(document.letterhead.shop_name), PrinterText(f"{document.title} {document.number}".strip()))
    sheet = Sheet(OFFICE_PAPERS[document.paper], faces, mirrored, running=running)
    say = words(document.language)
    _head(sheet, document, say(N_("Tax ID {number}")))
    _parties(sheet, document.parties)
    _facts(sheet, document.facts)
    for section in document.sections:
        _section(sheet, section)
    if document.notes.strip():
        sheet.y += BODY
        sheet.need(4 * lead(BODY))
        sheet.paragraph(say(N_("Notes")), size=SMALL, grey=SOFT)
        sheet.paragraph(document.notes)
    return sheet.number_pages(document.letterhead.footer.splitlines(), say(PAGE_OF))


def _head(sheet: Sheet, document: OfficeDocument, tax_words: str) -> None:
    """The shop at the leading edge, the paper's name, number and code at the trailing one."""
    middle = sheet.room * 11 // 20
    top = sheet.y
    letterhead = document.letterhead
    sheet.paragraph(letterhead.shop_name, 0, middle - BODY, size=SECTION, bold=True)
    sheet.y += SMALL // 3
    for line in letterhead.address_lines[:8]:
        sheet.paragraph(line, 0, middle - BODY, size=SMALL, grey=SOFT)
    if letterhead.tax_id:
        sheet.paragraph(tax_words.format(number=letterhead.tax_id), 0, middle - BODY, size=SMALL, grey=SOFT)
    shop_end, sheet.y = sheet.y, top
    for line in sheet.lines(document.title, sheet.room - middle, _TITLE, True, 2):
        sheet.put(line, middle, sheet.room, _TITLE, bold=True, trailing=True)
        sheet.y += lead(_TITLE)
    if document.number:
        sheet.put(PrinterText(document.number), middle, sheet.room, SECTION, trailing=True)
        sheet.y += lead(SECTION) + SMALL // 2
        room = sheet.room - middle
        if document.code == "code128":
            sheet.y += sheet.bar_code(document.number, sheet.room, room, 88)
        elif document.code == "qr":
            sheet.y += sheet.square_code(document.number, sheet.room, room)
    sheet.y = max(sheet.y, shop_end) + BODY
    if document.mark:
        sheet.band(0, sheet.room, sheet.y, lead(_TITLE) + BODY // 2, 90)
        mark = PrinterText(document.mark)
        start = max((sheet.room - sheet.measure(mark, _TITLE, True)) // 2, 0)
        sheet.put(mark, start, sheet.room, _TITLE, bold=True, y=sheet.y + BODY // 3)
        sheet.y += lead(_TITLE) + BODY
    sheet.rule(grey=0)
    sheet.y += BODY


def _parties(sheet: Sheet, parties: tuple[Party, ...]) -> None:
    for first in range(0, len(parties), _PARTIES_ABREAST):
        abreast = parties[first : first + _PARTIES_ABREAST]
        width = sheet.room // max(len(abreast), 2)
        blocks = [
            [
                (line, number == 0)
                for number, text in enumerate(filter(None, party.lines[:12]))
                for line in sheet.lines(text, width - BODY, BODY, number == 0, 3)
            ]
            for party in abreast
        ]
        height = lead(SMALL) + max(map(len, blocks)) * lead(BODY) + BODY
        sheet.need(height)
        for number, (party, block) in enumerate(zip(abreast, blocks, strict=True)):
            start, end = number * width, (number + 1) * width - BODY
            sheet.put(PrinterText(party.title), start, end, SMALL, grey=SOFT)
            for place, (line, bold) in enumerate(block):
                sheet.put(line, start, end, BODY, bold=bold, y=sheet.y + lead(SMALL) + place * lead(BODY))
        sheet.y += height


def _facts(sheet: Sheet, facts: tuple[tuple[str, str], ...]) -> None:
    width = sheet.room // _FACTS_ABREAST
    for first in range(0, len(facts), _FACTS_ABREAST):
        abreast = facts[first : first + _FACTS_ABREAST]
        values = [sheet.lines(value, width - BODY, BODY, False, 6) for _label, value in abreast]
        height = lead(SMALL) + max(map(len, values)) * lead(BODY) + BODY // 2
        sheet.need(height)
        for number, ((label, _value), lines) in enumerate(zip(abreast, values, strict=True)):
            start, end = number * width, (number + 1) * width - BODY
            sheet.put(PrinterText(label), start, end, SMALL, grey=SOFT)
            for place, line in enumerate(lines):
                sheet.put(line, start, end, BODY, y=sheet.y + lead(SMALL) + place * lead(BODY))
        sheet.y += height
    if facts:
        sheet.y += BODY // 2


def _section(sheet: Sheet, section: Section) -> None:
    if section.title:
        sheet.need(6 * lead(BODY))
        sheet.y += BODY // 2
        sheet.paragraph(section.title, size=SECTION, bold=True)
        sheet.y += BODY // 3
    if section.text:
        sheet.paragraph(section.text)
        sheet.y += BODY // 2
    _facts(sheet, section.facts)
    if section.table is not None:
        columns = [GridColumn(one.title, one.align == "end", one.share) for one in section.table.columns]
        set_grid(sheet, columns, section.table.rows, SMALL + 2, most_lines=30)
        sheet.y += BODY // 2
    if section.totals:
        wide = max(sheet.measure(PrinterText(one.figure), _size(one), one.strong) for one in section.totals)
        for total in section.totals:
            _total(sheet, total, min(wide, sheet.room // 2))
        sheet.y += BODY // 2


def _size(total: Total) -> int:
    return SECTION if total.strong else BODY


def _total(sheet: Sheet, total: Total, wide: int) -> None:
    size, start, between = _size(total), sheet.room // 2, sheet.room - wide
    sheet.need(lead(size) + BODY)
    if total.strong:
        sheet.y += BODY // 3
        sheet.rule(start, grey=0)
        sheet.y += BODY // 3
    sheet.put(PrinterText(total.label), start, max(between - BODY, start), size, bold=total.strong)
    sheet.put_figure(PrinterText(total.figure), between, sheet.room, size, bold=total.strong)
    sheet.y += lead(size)
