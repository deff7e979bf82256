"""The refused rows of an import as a file of the same shape with a column that says why: mended, it is imported again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.cell_text import unguarded
from shopdesk.core.i18n import N_, _
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.feeds.exports import ExportBegun, begin_refusals
from shopdesk.feeds.feed import REASON_COLUMN, feed_card
from shopdesk.feeds.files import stored_file
from shopdesk.feeds.models import FeedError
from shopdesk.feeds.table import Table
from shopdesk.printing.table_files import FileColumn, TableFormat, write_table

_WHOLE_ROW = N_("Row {row}: {message}")
_CELL = N_("Row {row}, {column}: {message}")


def write_bad_rows(shop: Shop, feed_id: int, path: str, actor: Actor) -> int:
    """Write every refused row, with its neighbours of the same product or customer, and return their number.

    CSV with the delimiter that the file has, or XLSX for a workbook. Raises FileGone, FileNotWritten, NotPermitted.
    """
    card = shop.ask(feed_card, feed_id)
    formats = shop.execute(begin_refusals, ExportBegun(card.kind, card.format.kind, feed_id), actor)
    reasons = shop.ask(_reasons, feed_id)
    kind: TableFormat = "xlsx" if card.format.kind == "xlsx" else "csv"
    with stored_file(shop, card.blob_id) as stored:
        table = Table(stored, card.format)
        columns = [FileColumn(f"column{place}", name) for place, name in enumerate(table.header)]
        columns.append(FileColumn("reason", REASON_COLUMN, width=60))
        rows = _rows(table, reasons)
        return write_table(
            Path(path), kind, columns, rows, title=card.file_name, formats=formats, delimiter=card.format.delimiter
        )


def _rows(table: Table, reasons: dict[int, str]) -> Iterator[list[object]]:
    width = len(table.header)
    for number, cells in table.rows():
        if number in reasons:
            texts: list[object] = [unguarded(cell) for cell in cells[:width]]
            yield [*texts, *[""] * (width - len(texts)), reasons[number]]


def _reasons(reader: Reader, feed_id: int) -> dict[int, str]:
    """Row to reasons; rows that are refused only for their neighbours' sake have an empty one."""
    found: dict[int, str] = {}
    rows = reader.connection.execute(
        sa.select(FeedError.row, FeedError.column, FeedError.message, FeedError.first_row, FeedError.last_row)
        .where(FeedError.feed_id == feed_id)
        .order_by(FeedError.row, FeedError.place)
    )
    for row, column, message, first, last in rows:
        for number in range(first, last + 1):
            found.setdefault(number, "")
        told = _(_CELL if column else _WHOLE_ROW).format(row=row, column=column, message=message)
        found[row] = f"{found[row]} {told}".strip()
    return found
