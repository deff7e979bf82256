"""Rows as files: numbers stay numbers, text stays text, and a file is there whole or not at all."""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from shopdesk.core.cell_text import unguarded
from shopdesk.printing import table_files, table_pdf
from shopdesk.printing.table_files import (
    TABLE_FORMATS,
    CellTooLong,
    FileColumn,
    TableFormat,
    TooManyRows,
    WritingStopped,
    write_table,
)
from shopdesk.printing.whole_file import FileNotWritten, save_whole


@dataclass(frozen=True)
class Formats:
    """What amounts and moments need."""

    currency: str = "EUR"
    language: str = "en"
    timezone: str = "Europe/Berlin"


COLUMNS = (
    FileColumn("sku", "SKU"),
    FileColumn("price", "Price (€)", "money"),
    FileColumn("on_hand", "On hand", "quantity"),
    FileColumn("count", "Count", "number"),
    FileColumn("rate", "Tax", "percent"),
    FileColumn("at", "When", "moment"),
    FileColumn("day", "Day", "day"),
)
NIGHT = datetime(2026, 11, 20, 23, 30, 5, tzinfo=UTC)
ROW = ("TEA-1", -1250, 250, 3, 88_750, NIGHT, date(2026, 11, 20))
EMPTY = ("", None, None, None, None, None, None)
HOSTILE = [
    "=HYPERLINK(\"http://x\",\"y\")", "+1", "-1+2", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\0=1", "'=1", "''=1", "＝1", "'", "a\0b",
    "a\r\nb", 'say "tea", please; now', "_x0041_", "سلام", "😀 tea", " lead", "=1\x1b[31m", "x" * 32_767,
]  # fmt: skip


def write(place: Path, rows: Any, kind: TableFormat, columns: Any = COLUMNS, **more: Any) -> int:
    """A file of these rows."""
    facts: dict[str, Any] = {"title": "Products", "formats": Formats(), **more}
    return write_table(place, kind, columns, rows, **facts)


def csv_rows(place: Path, delimiter: str = ",") -> list[list[str]]:
    """What a strict reader finds."""
    return list(csv.reader(io.StringIO(place.read_bytes().decode("utf-8-sig")), delimiter=delimiter, strict=True))


def xlsx_rows(place: Path) -> list[list[Any]]:
    """What another library finds."""
    return CalamineWorkbook.from_path(str(place)).get_sheet_by_index(0).to_python()


def pdf_pages(place: Path) -> list[str]:
    """The words of each page."""
    document = pypdfium2.PdfDocument(place.read_bytes())
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def test_csv_is_written_for_machines_and_spreadsheets(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    assert write(place, [ROW, EMPTY], "csv") == 2
    assert place.read_bytes().startswith(b"\xef\xbb\xbfSKU,Price")
    assert place.read_bytes().count(b"\r\n") == 3
    assert csv_rows(place)[1] == [
        "TEA-1", "-12.50", "0.25", "3", "8.875", "2026-11-21T00:30:05+01:00", "2026-11-20",
    ]  # fmt: skip
    assert csv_rows(place)[2] == [""] * 7


def test_xlsx_types_figures_and_moments(tmp_path: Path) -> None:
    place = tmp_path / "a.xlsx"
    assert write(place, [ROW, EMPTY, ROW], "xlsx") == 3
    rows = xlsx_rows(place)
    assert rows[0] == [column.title for column in COLUMNS]
    assert rows[1] == [
        "TEA-1", -12.5, 0.25, 3.0, 0.08875, datetime(2026, 11, 21, 0, 30, 5), date(2026, 11, 20),  # noqa: DTZ001
    ]  # fmt: skip
    assert rows[2] == [""] * 7


def test_pdf_is_written_for_people_and_numbers_its_pages(tmp_path: Path) -> None:
    place = tmp_path / "a.pdf"
    assert write(place, [ROW] * 120, "pdf") == 120
    pages = pdf_pages(place)
    assert len(pages) == 3
    for number, words in enumerate(pages, 1):
        assert f"Page {number} of 3" in words
        assert "Price (€)" in words  # the head on every page
    for piece in ("-12.50", "8.875%", "2026-11-21 00:30"):
        assert piece in pages[0]
    assert sum(page.count("TEA-1") for page in pages) == 120


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_hostile_text_comes_back_and_is_no_formula(tmp_path: Path, kind: TableFormat, delimiter: str) -> None:
    place = tmp_path / f"a.{kind}"
    write(place, [(text, text) for text in HOSTILE], kind, (FileColumn("a", "A"), FileColumn("b", "=B")),
          delimiter=delimiter)  # fmt: skip
    rows = csv_rows(place, delimiter) if kind == "csv" else xlsx_rows(place)
    assert rows[0][1] == "'=B"
    assert [unguarded(row[0]) for row in rows[1:]] == HOSTILE
    assert all(not str(cell).startswith(tuple("=+-@\t\r\n\0")) for row in rows for cell in row)


def test_an_xlsx_holds_neither_formulas_nor_links(tmp_path: Path) -> None:
    from zipfile import ZipFile

    place = tmp_path / "a.xlsx"
    write(place, [("=1+1",), ("http://x.org",), ("{=1}",)], "xlsx", (FileColumn("a", "A"),))
    with ZipFile(place) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
        assert b"<f" not in sheet
        assert b"hyperlink" not in sheet
        assert not [name for name in parts.namelist() if "rels" in name and "sheet1" in name]


def test_a_pdf_shows_hostile_text_letter_by_letter(tmp_path: Path) -> None:
    place = tmp_path / "a.pdf"
    texts = ['Tea <img src="file:///etc/passwd">', "(Tea) Tj ET Q", "<b>x</b>", "=1"]
    write(place, [(text,) for text in texts], "pdf", (FileColumn("a", "A"),))
    words = pdf_pages(place)[0]
    assert all(text in words for text in texts)


def test_a_right_to_left_list_is_mirrored(tmp_path: Path) -> None:
    from zipfile import ZipFile

    write(tmp_path / "a.xlsx", [ROW], "xlsx", formats=Formats(language="ar"))
    with ZipFile(tmp_path / "a.xlsx") as parts:
        assert b'rightToLeft="1"' in parts.read("xl/worksheets/sheet1.xml")
    write(tmp_path / "a.pdf", [("شاي أخضر",)], "pdf", (FileColumn("a", "اسم"),), formats=Formats(language="ar"))
    assert len(pdf_pages(tmp_path / "a.pdf")) == 1


def test_wide_lists_lie_down(tmp_path: Path) -> None:
    columns = tuple(FileColumn(str(number), f"Column number {number}") for number in range(12))
    write(tmp_path / "a.pdf", [tuple("some words" for _ in columns)], "pdf", columns)
    document = pypdfium2.PdfDocument((tmp_path / "a.pdf").read_bytes())
    assert document[0].get_width() > document[0].get_height()
    document.close()


@pytest.mark.parametrize("kind", TABLE_FORMATS)
def test_no_rows_make_a_file_with_a_head(tmp_path: Path, kind: TableFormat) -> None:
    assert write(tmp_path / "a", [], kind) == 0
    assert (tmp_path / "a").stat().st_size > 0


@pytest.mark.parametrize("kind", TABLE_FORMATS)
def test_progress_is_told_and_stopping_leaves_the_old_file(tmp_path: Path, kind: TableFormat) -> None:
    told: list[int] = []
    place = tmp_path / "a"
    write(place, [ROW] * 1200, kind, progress=told.append)
    assert told == [500, 1000, 1200]
    before = place.read_bytes()
    read = 0

    def rows() -> Iterator[object]:
        nonlocal read
        for _ in range(100_000):
            read += 1
            yield ROW

    with pytest.raises(WritingStopped):
        write(place, rows(), kind, stop=lambda: read > 900)
    assert read <= 1501
    assert place.read_bytes() == before
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("kind", TABLE_FORMATS)
def test_rows_that_fail_leave_nothing(tmp_path: Path, kind: TableFormat) -> None:
    def rows() -> Iterator[object]:
        yield ROW
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        write(tmp_path / "a", rows(), kind)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("kind", TABLE_FORMATS)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux' full device")
def test_a_full_disk_is_a_sentence_and_no_half_file(
    tmp_path: Path, kind: TableFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every byte of the file goes to a device that is always full."""
    (tmp_path / "a").write_bytes(b"old")
    real = open

    def full(path: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if str(path).endswith(".part"):
            real(path, mode).close()
            return real("/dev/full", "wb")
        return real(path, mode, *rest, **more)

    monkeypatch.setattr("builtins.open", full)
    with pytest.raises(FileNotWritten) as refusal:
        write(tmp_path / "a", [ROW] * 3000, kind)
    monkeypatch.undo()
    assert "disk is full" in str(refusal.value)
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_full_disk_while_an_xlsx_waits_to_be_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import xlsxwriter.worksheet

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(xlsxwriter.worksheet.Worksheet, "_write_single_row", full)
    with pytest.raises(FileNotWritten, match="disk is full"):
        write(tmp_path / "a", [ROW] * 10, "xlsx")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("kind", TABLE_FORMATS)
def test_a_missing_folder_is_a_sentence(tmp_path: Path, kind: TableFormat) -> None:
    with pytest.raises(FileNotWritten, match="folder does not exist"):
        write(tmp_path / "gone" / "a", [ROW], kind)


def test_a_place_that_is_a_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(FileNotWritten, match="folder of that name"):
        save_whole(tmp_path / "a", b"x")
    assert os.listdir(tmp_path) == ["a"]


def test_more_rows_than_fit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "MOST_XLSX_ROWS", 3)
    monkeypatch.setattr(table_pdf, "MOST_PDF_ROWS", 3)
    for kind in ("xlsx", "pdf"):
        assert write(tmp_path / kind, [ROW] * 3, kind) == 3
        with pytest.raises(TooManyRows, match="at most 3 rows"):
            write(tmp_path / f"{kind}2", [ROW] * 4, kind)
    assert sorted(os.listdir(tmp_path)) == ["pdf", "xlsx"]


def test_a_text_too_long_for_a_cell_is_refused_not_cut(tmp_path: Path) -> None:
    columns = (FileColumn("a", "Description"),)
    write(tmp_path / "a", [("x" * 32_767,)], "xlsx", columns)
    with pytest.raises(CellTooLong, match="Row 2: Description"):
        write(tmp_path / "b", [("x",), ("😀" * 16_384,)], "xlsx", columns)
    assert os.listdir(tmp_path) == ["a"]


def test_half_a_character_does_not_stop_an_export(tmp_path: Path) -> None:
    for kind in TABLE_FORMATS:
        assert write(tmp_path / kind, [("a\ud800b",)], kind, (FileColumn("a", "A"),)) == 1
    assert csv_rows(tmp_path / "csv")[1] == ["a?b"]


def test_rows_are_not_kept_while_writing(tmp_path: Path) -> None:
    """A million rows must not need a million rows of memory."""
    import tracemalloc

    def rows() -> Iterator[object]:
        for number in range(20_000):
            yield (f"A fairly long name of a thing that is sold, number {number}" * 3,)

    for kind in ("csv", "xlsx"):
        write(tmp_path / "warm", [("x",)], kind, (FileColumn("a", "A"),))
        tracemalloc.start()
        write(tmp_path / kind, rows(), kind, (FileColumn("a", "A"),))
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2_000_000, (kind, peak)
