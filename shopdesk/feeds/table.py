"""A file as a table: a private copy of what was chosen, its header, and its rows as texts with their numbers."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from shopdesk.core.cell_text import unguarded
from shopdesk.core.i18n import _
from shopdesk.feeds.formats import TextFormat, guess_format
from shopdesk.feeds.refusals import MOST_BYTES, BadFile
from shopdesk.feeds.sheet_rows import Sheet
from shopdesk.feeds.text_rows import text_rows

SAMPLE_ROWS = 20
Row = tuple[int, list[str]]
"""A row's number, as a spreadsheet counts, and its cells."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A private copy of a file: where it lies, its own name without a folder, its size and SHA-256."""

    path: Path
    name: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Look:
    """The first look at a file: how it is written, its header and its first rows."""

    format: TextFormat
    header: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]


@contextmanager
def copied(chosen: str | os.PathLike[str]) -> Iterator[Copied]:
    """Copy a file that a person chose into a folder of the program's own, under a name of its own, for as long as it is read.

    So nobody can change it between check and import. Raises BadFile for what is no plain file, cannot be read or is too large;
    devices, pipes and network addresses of Windows are refused before they are opened.
    """
    text = os.fspath(chosen)
    if "\0" in text or text.startswith(("\\\\", "//")):
        raise BadFile(_("files are taken from a folder of this machine only."))
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryDirectory(prefix="shopdesk-file-") as folder:
        target = Path(folder) / "table"
        try:
            if not stat.S_ISREG(os.stat(text).st_mode):
                raise BadFile(_("it is no file."))
            with open(text, "rb") as source, target.open("xb") as copy:
                if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                    raise BadFile(_("it is no file."))
                while part := source.read(1 << 20):
                    size += len(part)
                    if size > MOST_BYTES:
                        raise BadFile(_("it is larger than {most} MB.").format(most=MOST_BYTES >> 20))
                    digest.update(part)
                    copy.write(part)
        except FileNotFoundError:
            raise BadFile(_("it is not there.")) from None
        except OSError as error:
            raise BadFile(_("it cannot be opened ({reason}).").format(reason=error.strerror or "")) from None
        yield Copied(target, clean_name(text), size, digest.hexdigest())


def clean_name(text: str) -> str:
    """A file's own name for people: without folders and without signs that cannot be shown; never used as a path."""
    name = text.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in name if sign.isprintable())[:200] or "file"


class Table:
    """A file that is read as a table; a workbook is opened once, however often its rows are read. Raises BadFile."""

    def __init__(self, path: Path, format: TextFormat | None = None) -> None:
        self.path = path
        self.format = format or guess_format(path)
        self._sheet = Sheet(path) if self.format.kind == "xlsx" else None
        first = next(self._all(), None)
        if first is None:
            raise BadFile(_("it is empty."))
        self._head_row = first[0]
        self.header = _checked_header(first[1])

    def rows(self, after: int = 0) -> Iterator[Row]:
        """The rows below the header, those up to a number left out."""
        begin = max(after, self._head_row)
        for row in self._all():
            if row[0] > begin:
                yield row

    def count(self) -> int:
        """About how many rows there are below the header, never too few; reads a text file once."""
        if self._sheet is not None:
            return max(0, self._sheet.height - 1)
        count, last = 0, (0, [""] * len(self.header))
        for row in self.rows():
            count, last = count + 1, row
        if len(last[1]) < len(self.header) and not self._ends_whole():
            problem = _("it ends in the middle of row {row}: it was cut short.").format(row=last[0])
            raise BadFile(problem, row=last[0])
        return count

    def _ends_whole(self) -> bool:
        """Whether a text file ends with the end of a line."""
        with self.path.open("rb") as file:
            file.seek(-min(4, self.path.stat().st_size), os.SEEK_END)
            return file.read().rstrip(b"\0")[-1:] in {b"\n", b"\r"}

    def look(self) -> Look:
        """The header and the first rows."""
        samples = tuple(tuple(map(unguarded, cells)) for _number, cells in islice(self.rows(), SAMPLE_ROWS))
        return Look(self.format, self.header, samples)

    def _all(self) -> Iterator[Row]:
        return text_rows(self.path, self.format) if self._sheet is None else self._sheet.rows()


def _checked_header(cells: list[str]) -> tuple[str, ...]:
    header = tuple(unguarded(cell).strip() for cell in cells)
    while header and not header[-1]:
        header = header[:-1]
    if not any(header) or all(_is_figure(name) for name in header if name):
        raise BadFile(_("its first row must hold the names of the columns."))
    seen: set[str] = set()
    for name in header:
        if name and name.casefold() in seen:
            raise BadFile(_("its first row has the column {name} twice.").format(name=name[:60]), column=name)
        if name and not (name.isprintable() and len(name) <= 200):
            raise BadFile(_("its first row holds what is no name of a column."))
        seen.add(name.casefold())
    return header


def _is_figure(name: str) -> bool:
    return name.replace(".", "").replace(",", "").strip("+-").isdigit()
