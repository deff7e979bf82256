"""Rows of a workbook's first sheet that holds something, each cell as the text that it shows at its full precision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from shopdesk.core.i18n import _
from shopdesk.feeds.archive_check import check_workbook
from shopdesk.feeds.refusals import MOST_COLUMNS, MOST_ROWS, BadFile


class Sheet:
    """The first sheet of a workbook that holds something; opened once, its rows read as often as needed.

    Formulas count as the values that were saved with them; nothing is computed. Raises BadFile.
    """

    def __init__(self, path: Path) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        check_workbook(path)
        chosen = None
        try:
            with path.open("rb") as file:
                book = CalamineWorkbook.from_filelike(file)
            for listed in book.sheets_metadata:
                if str(listed.typ).endswith("WorkSheet"):
                    sheet = book.get_sheet_by_name(listed.name)
                    if sheet.height:
                        chosen = sheet
                        break
        except (CalamineError, OSError, ValueError) as error:
            raise BadFile(_("it is no XLSX workbook, or a damaged one.")) from error
        if chosen is None:
            raise BadFile(_("no sheet of it holds anything."))
        if chosen.total_width > MOST_COLUMNS:
            raise BadFile(_("it has more than {most} columns.").format(most=MOST_COLUMNS))
        if chosen.total_height > MOST_ROWS + 1:
            raise BadFile(_("it has more than {most} rows. Split it.").format(most=MOST_ROWS))
        self.height = chosen.total_height
        self._sheet = chosen

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with its number in the sheet; empty rows are left out."""
        for number, cells in enumerate(self._sheet.iter_rows(), 1):
            texts = [cell if type(cell) is str else _text(cell) for cell in cells]
            if any(texts):
                yield number, texts


def _text(cell: object) -> str:
    """A value of a sheet as a file of text would have it: 15 figures as Excel keeps them, ISO dates, TRUE and FALSE."""
    if cell is None:
        return ""
    if cell is True or cell is False:
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).replace("\r\n", "\n").replace("\r", "\n")
