"""How the text of a file is written: encoding, delimiter and decimal mark, guessed from its beginning and changeable."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from shopdesk.core.i18n import N_, _
from shopdesk.feeds.refusals import BadFile

ENCODINGS: tuple[tuple[str, str], ...] = (
    ("utf-8-sig", N_("Unicode (UTF-8)")),
    ("utf-16", N_("Unicode (UTF-16)")),
    ("utf-16-le", N_("Unicode (UTF-16, little end first)")),
    ("utf-16-be", N_("Unicode (UTF-16, big end first)")),
    ("cp1252", N_("Western European (Windows)")),
    ("iso8859-15", N_("Western European (ISO 8859-15)")),
    ("iso8859-1", N_("Western European (ISO 8859-1)")),
    ("cp1250", N_("Central European (Windows)")),
    ("iso8859-2", N_("Central European (ISO 8859-2)")),
    ("cp1251", N_("Cyrillic (Windows)")),
    ("koi8-r", N_("Cyrillic (KOI8-R)")),
    ("cp1253", N_("Greek (Windows)")),
    ("cp1254", N_("Turkish (Windows)")),
    ("cp1255", N_("Hebrew (Windows)")),
    ("cp1256", N_("Arabic (Windows)")),
    ("cp1257", N_("Baltic (Windows)")),
    ("cp437", N_("DOS (437)")),
    ("cp850", N_("DOS (850)")),
    ("mac-roman", N_("Macintosh (Roman)")),
    ("shift_jis", N_("Japanese (Shift JIS)")),
    ("gb18030", N_("Chinese (GB 18030)")),
    ("big5", N_("Chinese (Big 5)")),
    ("euc-kr", N_("Korean (EUC)")),
)
"""The encodings that may be chosen, by the name that the reader takes."""
DELIMITERS: tuple[tuple[str, str], ...] = (
    (",", N_("Comma")),
    (";", N_("Semicolon")),
    ("\t", N_("Tab")),
    ("|", N_("Vertical bar")),
)
DECIMAL_MARKS: tuple[tuple[str, str], ...] = ((".", N_("Point: 1,234.50")), (",", N_("Comma: 1.234,50")))
_KNOWN = {name for name, _words in ENCODINGS}
_SAMPLE = 256 * 1024
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COMMA = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+),\d{1,4}", re.ASCII)
_POINT = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)\.\d{1,4}", re.ASCII)


_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How a text file is read; of a workbook only ``decimal_mark`` counts, for figures that were typed as text."""

    kind: str = "csv"
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    decimal_mark: str = "."


def guess_format(path: Path) -> TextFormat:
    """Kind, encoding, delimiter and decimal mark by a file's beginning; raises BadFile for what is no table at all."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    if not start.strip(b"\0\t\r\n \xef\xbb\xbf"):
        raise BadFile(_("it is empty."))
    if start.startswith(_ZIP):
        return TextFormat("xlsx")
    if start.startswith(_OLD_EXCEL):
        raise BadFile(_("it is an old or locked Excel workbook. Save it as XLSX or CSV without a password."))
    for magic, name in ((b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"\x1f\x8b", "gzip")):
        if start.startswith(magic):
            raise BadFile(_("it is a {kind} file, not a table.").format(kind=name))
    encoding = guess_encoding(path, start)
    text = _decoded(start, encoding)
    delimiter = guess_delimiter(text)
    return TextFormat("csv", encoding, delimiter, guess_decimal_mark(text, delimiter))


def checked_format(given: TextFormat) -> TextFormat:
    """A format that a person chose; raises BadFile for one that is not offered."""
    if given.kind == "csv" and given.encoding not in _KNOWN:
        raise BadFile(_("the encoding {name} is not offered.").format(name=given.encoding[:40]))
    if given.kind == "csv" and given.delimiter not in dict(DELIMITERS):
        raise BadFile(_("this delimiter is not offered."))
    if given.decimal_mark not in dict(DECIMAL_MARKS):
        raise BadFile(_("the decimal mark is a point or a comma."))
    return replace(given)


def guess_encoding(path: Path, start: bytes) -> str:
    """The encoding by its mark, by being sound UTF-8 throughout, by the place of its zero bytes, else by its letters."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise BadFile(_("its encoding UTF-32 is not used by shops. Save it as UTF-8."))
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = start[:4096].count(0)
    if zeros > len(start[:4096]) // 5:
        return "utf-16-le" if start[1:4096:2].count(0) > start[0:4096:2].count(0) else "utf-16-be"
    if _is_utf8(path):
        return "utf-8-sig"
    _refuse_broken_utf8(path)
    return _by_letters(start)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_broken_utf8(path: Path) -> None:
    """Raise BadFile for a file most of whose letters are sound UTF-8: guessing another encoding would spoil all of them."""
    content = path.read_bytes()
    sound = _UTF8.findall(content)
    others = sum(byte >= 0x80 for byte in content) - sum(map(len, sound))
    if len(sound) > others:
        rest = _UTF8.sub(lambda found: b"x" * len(found[0]), content)
        at = next(place for place, byte in enumerate(rest) if byte >= 0x80)
        row = content.count(b"\n", 0, at) + 1
        problem = _("line {row} holds bytes that are no letters of UTF-8, which the rest is written in.")
        raise BadFile(problem.format(row=row), row=row)


def _by_letters(start: bytes) -> str:
    """What charset-normalizer thinks of the lines that hold such letters, among the encodings that are offered."""
    from charset_normalizer import from_bytes

    lines = [line for line in start.splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:65536]
    offered = [name for name, _words in ENCODINGS if not name.startswith("utf")]
    if len(sample) < 64 and not any(0x80 <= byte < 0xA0 for byte in sample):
        return "cp1252"  # too little to tell: the commonest
    best = from_bytes(sample, cp_isolation=[*offered, "latin_1", "iso8859_15"]).best()
    name = best.encoding.replace("_", "-") if best is not None else ""
    name = {"iso8859-1": "cp1252", "latin-1": "cp1252", "cp1140": "cp1252"}.get(name, name)
    for known in offered:
        if name and codecs.lookup(name).name == codecs.lookup(known).name:
            return known
    return "cp1252"


def _decoded(start: bytes, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return decoder.decode(start)


def guess_delimiter(text: str) -> str:
    """The sign that parts the first lines into the same number of cells, more than one; the comma when none does."""
    lines = [line for line in text.splitlines()[:60] if line.strip()]
    best, best_score = ",", 0.0
    for delimiter, _words in DELIMITERS:
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if row)
        head = len(rows[0]) if rows else 1
        if head < 2:
            continue
        alike = widths[head] / max(1, sum(widths.values()))
        score = alike * 1000 + head
        if score > best_score:
            best, best_score = delimiter, score
    return best


def guess_decimal_mark(text: str, delimiter: str) -> str:
    """The comma when more figures of the beginning use it than the point."""
    try:
        rows = list(csv.reader(text.splitlines()[1:200], delimiter=delimiter))
    except csv.Error:
        return "."
    commas = sum(1 for row in rows for cell in row if _COMMA.fullmatch(cell.strip()))
    points = sum(1 for row in rows for cell in row if _POINT.fullmatch(cell.strip()))
    return "," if commas > points else "."
