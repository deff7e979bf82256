"""Rows as a PDF for people: A4, upright or lying, the head on every page, pages numbered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any, Final

from shopdesk.core.clock import shop_time
from shopdesk.printing.figures import figures, words
from shopdesk.printing.office_document import PAGE_OF
from shopdesk.printing.office_grid import GridColumn, natural_width, set_grid
from shopdesk.printing.office_sheet import MARGIN, OFFICE_PAPERS, SECTION, Sheet, lead
from shopdesk.printing.pdf_pages import drawn_pdf
from shopdesk.printing.printer_text import PrinterText
from shopdesk.printing.table_files import EVERY, FIGURES, MOST_PDF_ROWS, CellKind, TooManyRows

if TYPE_CHECKING:
    from shopdesk.printing.pdf_layout import Faces, Page
    from shopdesk.printing.table_files import FileColumn, TableFormats, Watch

_SIZES: Final = (22, 20, 18, 16)  # letters shrink before words are wrapped
_LONGEST: Final = 400  # characters of a cell; the other formats hold all


def write_pdf_table(
    file: IO[bytes], columns: Sequence[FileColumn], rows: Watch, formats: TableFormats, title: str
) -> None:
    """Write the rows as pages. Raises TooManyRows above 20,000, which is a thick book already."""
    makers = [_maker(column.kind, formats) for column in columns]
    cells: list[tuple[str, ...]] = []
    for row in rows:
        if len(cells) >= MOST_PDF_ROWS:
            raise TooManyRows("PDF", MOST_PDF_ROWS)
        cells.append(tuple("" if value is None else make(value) for make, value in zip(makers, row, strict=True)))
    heading = PrinterText(title)
    shown = [GridColumn(PrinterText(column.title), column.kind in FIGURES) for column in columns]

    def texts() -> Iterator[str]:
        yield heading
        yield from (column.title for column in shown)
        for row in cells:
            yield from row

    def lay(faces: Faces, mirrored: bool) -> list[Page]:
        return _lay(shown, cells, heading, faces, mirrored, formats.language, rows)

    file.write(drawn_pdf(lay, texts(), formats.language, heading))


def _lay(
    columns: Sequence[GridColumn],
    cells: Sequence[tuple[str, ...]],
    title: str,
    faces: Faces,
    mirrored: bool,
    language: str,
    watch: Watch,
) -> list[Page]:
    width, height = OFFICE_PAPERS["a4"]
    ruler = Sheet((width, height), faces, mirrored)
    size = _SIZES[0]
    if natural_width(ruler, columns, cells, size) > ruler.room:
        width, height = height, width
        room = width - 2 * MARGIN
        size = next((size for size in _SIZES if natural_width(ruler, columns, cells, size) <= room), _SIZES[1])
    sheet = Sheet((width, height), faces, mirrored, running=(title, ""))
    sheet.paragraph(title, size=SECTION, bold=True)
    sheet.y += lead(size) // 2

    def on_row(number: int) -> None:
        if number % EVERY == 0:
            watch.ask()

    set_grid(sheet, columns, cells, size, most_lines=4, on_row=on_row)
    return sheet.number_pages((), words(language)(PAGE_OF))


def _maker(kind: CellKind, formats: TableFormats) -> Callable[[Any], str]:
    """How a value of a kind is written for people."""
    written = figures(formats.language, formats.currency)

    def moment(at: datetime) -> str:
        return written.moment(shop_time(at, formats.timezone))

    makers: dict[CellKind, Callable[[Any], str]] = {
        "text": lambda value: PrinterText(str(value)[:_LONGEST]),
        "money": written.amount,
        "quantity": written.quantity,
        "number": str,
        "percent": written.rate,
        "moment": moment,
        "day": date.isoformat,
    }
    return makers[kind]
