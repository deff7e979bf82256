"""Rows of a text file, streamed: no line, cell or row is ever larger than its limit, and every fault names its row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from shopdesk.core.i18n import _
from shopdesk.feeds.formats import TextFormat
from shopdesk.feeds.refusals import LONGEST_CELL, LONGEST_LINE, MOST_COLUMNS, MOST_ROWS, BadFile

_PART = 1 << 18


def text_rows(path: Path, format: TextFormat) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number it has in a spreadsheet (the first is 1); empty rows are left out.

    Raises BadFile with the row for wrong encodings, zero bytes, lines and cells beyond their limits and files that end inside a
    quoted cell.
    """
    reader = csv.reader(_lines(path, format.encoding), delimiter=format.delimiter, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            if number > MOST_ROWS + 1:
                raise BadFile(_("it has more than {most} rows. Split it.").format(most=MOST_ROWS), row=number)
            if len(cells) > MOST_COLUMNS:
                problem = _("row {row} has more than {most} columns.").format(row=number, most=MOST_COLUMNS)
                raise BadFile(problem, row=number)
            if cells and any(cells):
                yield number, cells
    except csv.Error as error:
        raise _told(str(error), number + 1) from None


def _told(error: str, row: int) -> BadFile:
    if "unexpected end" in error:
        problem = _("it ends inside a quoted cell of row {row}: it was cut off, or a quotation mark is missing.")
    elif "field limit" in error:
        problem = _("row {row} has a cell of more than {most} characters; perhaps a quotation mark is missing.")
    elif "expected after" in error:
        problem = _("row {row} has text behind the closing quotation mark of a cell.")
    else:
        problem = _("row {row} is not written as a table's row.")
    return BadFile(problem.format(row=row, most=LONGEST_CELL), row=row)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """The lines of a file, decoded piece by piece, each ending in LF whatever the file's own ends are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    rest = ""
    count = 0
    with path.open("rb") as file:
        while part := file.read(_PART):
            text = rest + _decoded(decoder, part, encoding, count)
            held = ""
            if "\r" in text:
                if text.endswith("\r"):  # its LF may come with the next piece
                    text, held = text[:-1], "\r"
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            lines = text.split("\n")
            rest = lines.pop()
            for line in lines:
                count += 1
                if len(line) > LONGEST_LINE or "\0" in line:
                    raise _bad_line(line, count)
                yield f"{line}\n"
            if len(rest) > LONGEST_LINE or "\0" in rest:
                raise _bad_line(rest, count + 1)
            rest += held
    rest = rest.removesuffix("\r") + _decoded(decoder, b"", encoding, count)
    if rest:
        yield rest


def _bad_line(line: str, number: int) -> BadFile:
    if "\0" in line:
        return BadFile(_("line {row} holds zero bytes: this is no text.").format(row=number), row=number)
    problem = _("line {row} is longer than {most} characters.").format(row=number, most=LONGEST_LINE)
    return BadFile(problem, row=number)


def _decoded(decoder: codecs.IncrementalDecoder, part: bytes, encoding: str, lines: int) -> str:
    try:
        return decoder.decode(part, final=not part)
    except UnicodeError as error:
        before = error.object[: error.start] if isinstance(error, UnicodeDecodeError) else b""
        row = lines + before.count(b"\n") + 1
        problem = _("line {row}: its letters are not written in the encoding {name}. Choose another one.")
        raise BadFile(problem.format(row=row, name=encoding.removesuffix("-sig")), row=row) from None
