"""Shopify's export as a CSV file: written with the mark, line ends and last line of the file that came in, byte for byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.cell_text import guarded
from shopdesk.db.unit import Reader
from shopdesk.feeds.files import PIECE, piece
from shopdesk.feeds.models import ProductFeed
from shopdesk.feeds.options_text import header_of
from shopdesk.feeds.shopify import HEADER
from shopdesk.printing.table_files import EVERY, WritingStopped
from shopdesk.printing.whole_file import whole_file
from shopdesk.system.models import Blob

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Style:
    """The columns of a file and how its bytes are arranged."""

    header: tuple[str, ...] = HEADER
    mark: bool = False
    line_end: str = "\r\n"
    last_end: bool = True


def shopify_style(reader: Reader, feed_id: int | None) -> Style:
    """The style of one import of this shape, else of the last one, else that of today's exports."""
    chosen = sa.select(ProductFeed.header, ProductFeed.format, ProductFeed.blob_id, Blob.size_bytes).join(
        Blob, Blob.id == ProductFeed.blob_id
    )
    chosen = chosen.where(ProductFeed.shape == "shopify", ProductFeed.status != "discarded")
    if feed_id is not None:
        chosen = chosen.where(ProductFeed.id == feed_id)
    row = reader.connection.execute(chosen.order_by(ProductFeed.id.desc()).limit(1)).first()
    if row is None:
        return Style()
    header = header_of(row.header)
    if row.format != "csv":
        return Style(header)
    first = piece(reader, row.blob_id, 0) or b""
    last = piece(reader, row.blob_id, max(0, row.size_bytes - 1) // PIECE) or b""
    line_end = "\r\n" if b"\r\n" in first or b"\n" not in first else "\n"
    return Style(header, first.startswith(_MARK), line_end, last.endswith(b"\n"))


def write_shopify(
    path: str,
    style: Style,
    rows: Iterable[Sequence[object]],
    progress: Callable[[int], object] | None,
    stop: Callable[[], bool] | None,
) -> int:
    """Write rows of texts whole or not at all and return their number; raises FileNotWritten and WritingStopped."""
    count = 0
    with whole_file(path) as file:
        words = io.TextIOWrapper(file, encoding="utf-8-sig" if style.mark else "utf-8", errors="replace", newline="")
        line = io.StringIO(newline="")
        writer = csv.writer(line, lineterminator="")

        def put(cells: Sequence[object]) -> None:
            line.seek(0)
            line.truncate()
            writer.writerow([guarded(str(cell)) for cell in cells])
            words.write(line.getvalue())

        put(style.header)
        for row in rows:
            words.write(style.line_end)
            put(row)
            count += 1
            if count % EVERY == 0:
                if stop is not None and stop():
                    words.detach()
                    raise WritingStopped
                if progress is not None:
                    progress(count)
        words.write(style.line_end if style.last_end else "")
        words.flush()
        words.detach()
    if progress is not None:
        progress(count)
    return count


def all_from_shopify(reader: Reader) -> bool:
    """Whether there are goods and all of them came in with files of this shape."""
    live = "SELECT 1 FROM products p WHERE p.deleted_at IS NULL"
    other = f"{live} AND NOT EXISTS (SELECT 1 FROM product_origins o WHERE o.product_id = p.id)"
    found = reader.connection.execute(sa.text(" ".join(("SELECT EXISTS (", live, "), EXISTS (", other, ")")))).one()
    return bool(found[0]) and not found[1]
