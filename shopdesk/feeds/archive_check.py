"""A workbook is an archive: looked through before anything unpacks it, so that a bomb is refused and never goes off (S26)."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from shopdesk.core.i18n import _
from shopdesk.feeds.refusals import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_MEMBERS,
    MOST_RATIO,
    MOST_ROWS,
    MOST_UNPACKED,
    BadFile,
)

_PART = 1 << 18
_OVERLAP = 64
_RATIO_FROM = 1 << 20
"""Members that unpack to less may be packed as tightly as they like."""
_ENTITIES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ROW = re.compile(rb'<row\b[^>]{0,400}?\br="(\d{1,12})"')
_CELL = re.compile(rb'<c\b[^>]{0,400}?\br="([A-Za-z]{1,8})(\d{1,12})"')
_ANY_CELL = re.compile(rb"<c[\s>/]")
_LOCAL = struct.Struct("<4s5H3I2H")


def check_workbook(path: Path) -> None:
    """Raise BadFile for an archive with too many or too large members, one that unpacks to far more than it is, encrypted or
    overlapping members, entities in its XML, or a sheet whose cells lie too far apart.

    Each member is unpacked here, counted and thrown away: what an archive says of itself is not believed.
    """
    try:
        with ZipFile(path) as archive, path.open("rb") as file:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise BadFile(_("its archive has more than {most} members.").format(most=MOST_MEMBERS))
            if "xl/workbook.xml" not in {member.filename for member in members}:
                raise BadFile(_("it is an archive, but no XLSX workbook."))
            _refuse_overlaps(members, path.stat().st_size)
            whole = 0
            for member in members:
                whole += _look_through(file, member, MOST_UNPACKED - whole)
    except (BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise BadFile(_("its archive is damaged or was cut off.")) from error


def _refuse_overlaps(members: list[ZipInfo], size: int) -> None:
    at = 0
    for member in sorted(members, key=lambda one: one.header_offset):
        if member.flag_bits & 0x1:
            raise BadFile(_("it is locked with a password."))
        if member.compress_type not in {0, 8}:
            raise BadFile(_("its archive is packed in a way that workbooks are not."))
        if member.header_offset < at:
            raise BadFile(_("parts of its archive lie over each other: it is a trap."))
        at = member.header_offset + 30 + member.compress_size
    if at > size:
        raise BadFile(_("its archive is damaged or was cut off."))


def _look_through(file: IO[bytes], member: ZipInfo, left: int) -> int:
    """Bytes that a member really unpacks to."""
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    watch = _SheetWatch() if member.filename.lower().startswith("xl/worksheets/") else None
    seen, tail = 0, b""
    for part in _unpacked(file, member):
        if not seen and is_xml and part[:2] in {b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"}:
            raise BadFile(_("its parts are not written in UTF-8, as those of workbooks are."))
        seen += len(part)
        if seen > left:
            raise BadFile(_("it unpacks to more than {most} MB.").format(most=MOST_UNPACKED >> 20))
        if seen > _RATIO_FROM and seen > MOST_RATIO * max(1, member.compress_size):
            raise BadFile(_("it unpacks to more than {most} times its size: it is a trap.").format(most=MOST_RATIO))
        if is_xml:
            window = tail + part
            if _ENTITIES.search(window):
                raise BadFile(_("it holds declarations of entities, which workbooks do not: it is a trap."))
            if watch is not None:
                watch.look(window, len(tail))
            tail = window[-_OVERLAP:]
    return seen


def _unpacked(file: IO[bytes], member: ZipInfo) -> Iterator[bytes]:
    file.seek(member.header_offset)
    header = _LOCAL.unpack(file.read(_LOCAL.size))
    if header[0] != b"PK\x03\x04":
        raise BadZipFile
    file.seek(header[9] + header[10], 1)
    left = member.compress_size
    if member.compress_type == 0:
        while left > 0:
            part = file.read(min(_PART, left))
            if not part:
                raise EOFError
            left -= len(part)
            yield part
        return
    unpack = zlib.decompressobj(-15)
    while left > 0 and not unpack.eof:
        part = file.read(min(_PART, left))
        if not part:
            raise EOFError
        left -= len(part)
        while part:
            yield unpack.decompress(part, _PART)
            part = unpack.unconsumed_tail
    while not unpack.eof:
        more = unpack.decompress(unpack.unconsumed_tail, _PART)
        if not more:
            raise EOFError
        yield more


class _SheetWatch:
    """How far a sheet's cells reach: a reader that lays them out densely would need memory for every place between."""

    def __init__(self) -> None:
        self._rows = 0
        self._columns = 0
        self._cells = 0

    def look(self, window: bytes, before: int) -> None:
        self._cells += sum(1 for found in _ANY_CELL.finditer(window) if found.end() > before)
        for found in _ROW.finditer(window):
            self._rows = max(self._rows, int(found[1]))
        for found in _CELL.finditer(window):
            self._rows = max(self._rows, int(found[2]))
            self._columns = max(self._columns, _column(found[1]))
        if self._rows > MOST_ROWS + 1:
            raise BadFile(_("it has more than {most} rows. Split it.").format(most=MOST_ROWS))
        if self._columns > MOST_COLUMNS:
            raise BadFile(_("it has more than {most} columns.").format(most=MOST_COLUMNS))
        if max(self._cells, self._rows * self._columns) > MOST_CELLS:
            raise BadFile(_("it has more than {most} cells. Split it.").format(most=MOST_CELLS))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
