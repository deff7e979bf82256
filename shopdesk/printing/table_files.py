"""Rows as a file: CSV after RFC 4180, XLSX or PDF, written while they are read, whole or not at all, and never a formula."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, Literal, Protocol

from shopdesk.core.cell_text import guarded
from shopdesk.core.clock import shop_time
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.money import decimals, format_rate, plain_amount, plain_quantity
from shopdesk.printing.pdf_pages import right_to_left
from shopdesk.printing.whole_file import not_written, whole_file

CellKind = Literal["text", "money", "quantity", "number", "moment", "day", "percent"]
TableFormat = Literal["csv", "xlsx", "pdf"]
TABLE_FORMATS: Final[tuple[TableFormat, ...]] = ("csv", "xlsx", "pdf")
FIGURES: Final = frozenset({"money", "quantity", "number", "percent"})
EVERY: Final = 500  # rows between two looks at the clock's hands: progress told, wish to stop asked
MOST_XLSX_ROWS: Final = 1_048_575
MOST_PDF_ROWS: Final = 20_000
_LONGEST_XLSX_TEXT: Final = 32_767  # UTF-16 units
_FIRST_XLSX_YEAR: Final = 1900


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a file. ``title`` is translated already; ``width`` counts characters, 0 leaves it to the content.

    Values by kind: money minor units, quantity thousandths, percent parts per million, number a whole number, moment an
    aware datetime, day a date, text anything (its ``str``). None is an empty cell.
    """

    key: str
    title: str
    kind: CellKind = "text"
    width: int = 0


class TableFormats(Protocol):
    """What amounts and moments need to know; ``ui.kit.formats.Formats`` is one."""

    @property
    def currency(self) -> str:
        """Code of the currency."""

    @property
    def language(self) -> str:
        """Language code, for the PDF's figures and reading direction."""

    @property
    def timezone(self) -> str:
        """Name of the shop's time zone."""


class WritingStopped(ShopError):
    """A person stopped the writing; there is no file."""

    code = "writing_stopped"
    sentence = N_("Stopped. No file was written.")


class TooManyRows(ShopError):
    """More rows than the format can hold."""

    code = "too_many_rows"
    sentence = N_("A {format} file holds at most {most} rows. Narrow the list down, or write CSV. Nothing was written.")

    def __init__(self, format_: str, most: int) -> None:
        super().__init__(format=format_, most=most)


class CellTooLong(ShopError):
    """A text that does not fit into a cell of the format."""

    code = "cell_too_long"
    sentence = N_("Row {row}: {column} is longer than a cell of an XLSX file can be. Write CSV. Nothing was written.")

    def __init__(self, row: int, column: str) -> None:
        super().__init__(row=row, column=column)


Progress = Callable[[int], object]
Stop = Callable[[], bool]


def write_table(
    path: str | os.PathLike[str],
    format: TableFormat,
    columns: Sequence[FileColumn],
    rows: Iterable[Sequence[object]],
    *,
    title: str,
    formats: TableFormats,
    progress: Progress | None = None,
    stop: Stop | None = None,
    delimiter: str = ",",
) -> int:
    """Write all rows and return their number; at the place is the whole new file or what was there before.

    ``progress`` is told the rows so far every 500 rows and at the end; when ``stop`` answers True, WritingStopped is raised.
    Raises FileNotWritten (disk full, no right, no folder), TooManyRows, CellTooLong.
    """
    if format not in TABLE_FORMATS:
        raise ValueError(f"no such format: {format}")
    watch = Watch(rows, progress, stop)
    with whole_file(path) as file:
        try:
            if format == "csv":
                _write_csv(file, columns, watch, formats, delimiter)
            elif format == "xlsx":
                _write_xlsx(file, Path(path).parent, columns, watch, formats, title)
            else:
                from shopdesk.printing.table_pdf import write_pdf_table

                write_pdf_table(file, columns, watch, formats, title)
        except OSError as error:
            raise not_written(path, error) from error
    watch.tell()
    return watch.count


class Watch:
    """Rows on their way into a file: counted, told, stopped."""

    def __init__(self, rows: Iterable[Sequence[object]], progress: Progress | None, stop: Stop | None) -> None:
        self.count = 0
        self._rows = rows
        self._progress = progress
        self._stop = stop

    def __iter__(self) -> Iterator[Sequence[object]]:
        self.ask()
        for row in self._rows:
            yield row
            self.count += 1
            if self.count % EVERY == 0:
                self.tell()
                self.ask()

    def tell(self) -> None:
        """Tell how far it is."""
        if self._progress is not None:
            self._progress(self.count)

    def ask(self) -> None:
        """Raise WritingStopped if somebody wants that."""
        if self._stop is not None and self._stop():
            raise WritingStopped()


def _write_csv(
    file: IO[bytes], columns: Sequence[FileColumn], rows: Watch, formats: TableFormats, delimiter: str
) -> None:
    """UTF-8 with the mark that spreadsheets look for; decimals have a point and moments their offset, in every language."""
    words = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="", write_through=False)
    try:
        writer = csv.writer(words, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow([guarded(column.title) for column in columns])
        makers = [_plain_maker(column.kind, formats) for column in columns]
        for row in rows:
            writer.writerow(["" if value is None else make(value) for make, value in zip(makers, row, strict=True)])
        words.flush()
    finally:
        _let_go(words)


def _let_go(words: io.TextIOWrapper) -> None:
    """Part from the file without closing it; what a full disk did not take is given up with it."""
    try:
        words.detach()
    except OSError:
        return


def _plain_maker(kind: CellKind, formats: TableFormats) -> Callable[[Any], object]:
    """How a value of a kind is written in a file that machines read too."""
    if kind == "money":
        places = decimals(formats.currency)
        return lambda cents: plain_amount(cents, places)
    makers: dict[CellKind, Callable[[Any], object]] = {
        "text": lambda value: guarded(str(value)),
        "quantity": plain_quantity,
        "number": int,
        "percent": format_rate,
        "moment": lambda at: shop_time(at, formats.timezone).replace(microsecond=0).isoformat(),
        "day": date.isoformat,
    }
    return makers[kind]


def _write_xlsx(
    file: IO[bytes],
    folder: Path,
    columns: Sequence[FileColumn],
    rows: Watch,
    formats: TableFormats,
    title: str,
) -> None:
    """One sheet: text cells typed as text and guarded besides, figures and moments typed as what they are."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    # What is not yet packed waits beside the file, so that one disk must have room and nothing stays behind.
    with TemporaryDirectory(prefix=".shopdesk-", dir=folder) as waiting:
        settings = {"constant_memory": True, "tmpdir": waiting, "strings_to_formulas": False, "strings_to_urls": False}
        sink = _Sink(file)
        book = Workbook(sink, settings)
        sheet = book.add_worksheet()
        try:
            book.set_properties({"title": _stored(title)[:200], "author": "ShopDesk"})
            if right_to_left(formats.language):
                sheet.right_to_left()
            looks = [book.add_format(look) for look in (_xlsx_look(column.kind, formats) for column in columns)]
            for place, (column, look) in enumerate(zip(columns, looks, strict=True)):
                sheet.set_column(place, place, column.width or _usual_width(column), look)
            sheet.freeze_panes(1, 0)
            head = book.add_format({"bold": True, "bottom": 1})
            for place, column in enumerate(columns):
                sheet.write_string(0, place, _stored(guarded(column.title)), head)
            for number, row in enumerate(rows, 1):
                if number > MOST_XLSX_ROWS:
                    raise TooManyRows("XLSX", MOST_XLSX_ROWS)
                for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                    if value is not None:
                        _put(sheet, number, place, column, value, looks[place], formats)
            try:
                book.close()
            except FileCreateError as error:
                cause = error.args[0] if error.args else None
                raise cause if isinstance(cause, OSError) else OSError(str(error)) from error
            if sink.error is not None:
                raise sink.error
        finally:
            sheet.row_data_fh.close()  # still open when something went wrong; Windows could not delete it


class _Sink(io.RawIOBase):
    """Keeps the first refusal of a full disk for later: an archive that is interrupted cannot be closed cleanly."""

    def __init__(self, file: IO[bytes]) -> None:
        self.error: OSError | None = None
        self._file = file
        self._place = 0

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._attempt(lambda: self._file.write(data))
        self._place += len(data)
        return len(data)

    def seek(self, place: int, whence: int = 0) -> int:
        self._place = place if whence == os.SEEK_SET else self._place + place
        self._attempt(lambda: self._file.seek(self._place))
        return self._place

    def tell(self) -> int:
        return self._place

    def _attempt(self, act: Callable[[], object]) -> None:
        if self.error is None:
            try:
                act()
            except OSError as error:
                self.error = error


def _put(sheet: Any, number: int, place: int, column: FileColumn, value: Any, look: Any, formats: TableFormats) -> None:
    match column.kind:
        case "money":
            sheet.write_number(number, place, Decimal(value).scaleb(-decimals(formats.currency)), look)
        case "quantity":
            sheet.write_number(number, place, Decimal(value).scaleb(-3), look)
        case "percent":
            sheet.write_number(number, place, Decimal(value).scaleb(-6), look)
        case "number":
            sheet.write_number(number, place, value, look)
        case "moment" | "day" if value.year >= _FIRST_XLSX_YEAR:
            wall = shop_time(value, formats.timezone).replace(tzinfo=None) if isinstance(value, datetime) else value
            sheet.write_datetime(number, place, wall, look)
        case _:
            text = _stored(guarded(str(value)))
            if len(text) > _LONGEST_XLSX_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > _LONGEST_XLSX_TEXT:
                raise CellTooLong(number, column.title)
            sheet.write_string(number, place, text, look)


def _stored(text: str) -> str:
    """The text without halves of characters, which no file can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _xlsx_look(kind: CellKind, formats: TableFormats) -> dict[str, object]:
    match kind:
        case "money":
            places = decimals(formats.currency)
            return {"num_format": "#,##0" + ("." + "0" * places if places else "")}
        case "percent":
            return {"num_format": "0.####%"}
        case "moment":
            return {"num_format": "yyyy-mm-dd hh:mm:ss"}
        case "day":
            return {"num_format": "yyyy-mm-dd"}
        case "text":
            return {"num_format": "@"}
        case _:
            return {}


def _usual_width(column: FileColumn) -> int:
    usual: dict[CellKind, int] = {"text": 24, "moment": 19}
    return max(usual.get(column.kind, 12), min(len(column.title) + 2, 40))
