"""Files of every usual shape are read; hostile and broken ones each give a clear sentence (S26, T23)."""

from __future__ import annotations

import csv
import io
import os
import random
import struct
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shopdesk.core.cell_text import guarded
from shopdesk.feeds.formats import ENCODINGS, TextFormat, guess_format
from shopdesk.feeds.refusals import LONGEST_CELL, LONGEST_LINE, BadFile
from shopdesk.feeds.table import Table, clean_name, copied

ROWS = [
    ["SKU", "Name", "Price"],
    ["A1", "Käse, mild", "3.50"],
    ["A2", "Brötchen „hell“", "0.45"],
    ["A3", "Two\nlines", "1"],
]


def text_of(rows, delimiter=",", end="\r\n") -> str:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator=end).writerows(rows)
    return written.getvalue()


def read(path: Path, format: TextFormat | None = None) -> list[list[str]]:
    table = Table(path, format)
    return [list(table.header), *(cells for _number, cells in table.rows())]


def refusal(path: Path, format: TextFormat | None = None) -> str:
    with pytest.raises(BadFile) as caught:
        Table(path, format).count()
    assert str(caught.value).startswith("This file cannot be read: ")
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_ends_are_found(tmp_path, encoding, delimiter, end) -> None:
    path = tmp_path / "a.csv"
    text = text_of(ROWS, delimiter, "\n").replace("\n", end)
    path.write_bytes(text.encode(encoding))
    assert read(path) == ROWS
    assert guess_format(path).delimiter == delimiter


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "Größe Äpfel Öl Straße Süßigkeiten für Bäcker – „frisch“"),
        ("cp1250", "Žlutý kůň příliš žluťoučký, šťastný člověk, dvě třešně, hořčice"),
        ("cp1251", "Чай зелёный, хлеб ржаной, молоко топлёное, сахарный песок, гречневая крупа"),
        ("shift_jis", "緑茶とお菓子の詰め合わせ、日本のお土産として人気があります"),
    ],
)
def test_old_encodings_are_guessed_from_their_letters(tmp_path, encoding, words) -> None:
    rows = [["SKU", "Name"], *([f"A{number}", words] for number in range(30))]
    path = tmp_path / "a.csv"
    path.write_bytes(text_of(rows).encode(encoding))
    assert read(path) == rows


def test_every_offered_encoding_can_be_chosen(tmp_path) -> None:
    for name, _words in ENCODINGS:
        path = tmp_path / f"{name}.csv"
        path.write_bytes("SKU,Name\nA,Tea\n".encode(name))
        assert read(path, TextFormat("csv", name)) == [["SKU", "Name"], ["A", "Tea"]]


def test_decimal_marks_are_guessed(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("SKU;Preis\nA;1.234,50\nB;0,99\n", encoding="utf-8")
    assert guess_format(path) == TextFormat("csv", "utf-8-sig", ";", ",")
    path.write_text("SKU,Price\nA,1234.50\nB,0.99\n", encoding="utf-8")
    assert guess_format(path).decimal_mark == "."


def test_row_numbers_are_those_of_a_spreadsheet_whatever_stands_between(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('SKU,Name\n\nA,"two\nlines"\n,\nB,x\n', encoding="utf-8")
    assert [number for number, _cells in Table(path).rows()] == [3, 5]


def read_or_refused(path: Path) -> None:
    """Whatever the bytes are: rows of text, or one whole sentence, within seconds."""
    begun, said = time.monotonic(), "."
    try:
        table = Table(path)
        assert all("\0" not in cell for _number, row in table.rows() for cell in row)
        table.look()
    except BadFile as error:
        said = str(error)
    assert said.endswith(".")
    assert time.monotonic() - begun < 5


def workbook(path: Path, rows) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write(number, column, cell)
    return path


def test_a_workbook_is_read_as_it_shows(tmp_path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [["SKU", "Price", "EAN"], ["A", 3.5, 4006381333931], ["B", 0.1 + 0.2, "0123"], [True, 12, None]],
    )
    assert read(path) == [
        ["SKU", "Price", "EAN"],
        ["A", "3.5", "4006381333931"],
        ["B", "0.3", "0123"],
        ["TRUE", "12", ""],
    ]


def test_rows_of_a_workbook_that_begins_lower_keep_their_numbers(tmp_path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for column, name in enumerate(("SKU", "Price")):
            sheet.write_string(3, column, name)
            sheet.write_string(5, column, f"x{name}")
    assert [number for number, _cells in Table(tmp_path / "a.xlsx").rows()] == [6]


def test_formulas_are_text_and_the_guard_is_taken_off(tmp_path) -> None:
    words = ["=1+1", "+49 30", "-5", "@home", "'=quoted", "plain"]
    path = tmp_path / "a.csv"
    path.write_text(text_of([["Name"], *([guarded(word)] for word in words)]), encoding="utf-8")
    with path.open(encoding="utf-8") as file:
        assert not any(line.startswith(("=", "+", "-", "@")) for line in file)
    assert [row[0] for row in Table(path).look().samples] == words


# ------------------------------------------------------------------ hostile and broken


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \r\n", "it is empty"),
        (b"SKU,Name\nA,x\0y\n", "zero bytes"),
        (b'SKU,Name\nA,"never closed\n' + b"B,x\n" * 50, "quotation mark is missing"),
        (b"SKU,Name\nA," + b"x" * (LONGEST_LINE + 5) + b"\n", f"line 2 is longer than {LONGEST_LINE}"),
        (b'SKU,Name\nA,"' + b"x\n" * LONGEST_CELL + b'"\n', "row 2 has a cell of more than"),
        (b'SKU,Name\nA,"x"y\n', "behind the closing quotation mark"),
        (b"1,2,3\n4,5,6\n", "names of the columns"),
        (b"SKU,Name,Price\nA,Tea,1.00\nB,Cof", "in the middle of row 3: it was cut short"),
        ("SKU,Name\nA,Käse\nB,Müsli\nC,".encode() + b"\xff\xfe bad\n" + "D,Öl\n".encode(), "line 4 holds bytes"),
        (b"SKU,Name,SKU\nA,b,c\n", "the column SKU twice"),
        (b"%PDF-1.7\n...", "PDF file"),
        (b"\x89PNG\r\n\x1a\n....", "PNG file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old or locked Excel"),
        (b"\xff\xfe\0\0S\0\0\0", "UTF-32"),
        (b"SKU," + b",".join(b"c%d" % number for number in range(600)) + b"\nA\n", "more than 500 columns"),
    ],
)
def test_a_broken_file_gets_a_sentence(tmp_path, content, words) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert words in refusal(path)


def test_the_wrong_encoding_is_told_and_another_can_be_chosen(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("SKU,Name\nA,Käse\n".encode("cp1252"))
    assert "not written in the encoding utf-8" in refusal(path, TextFormat())
    assert read(path, TextFormat("csv", "cp1252"))[1] == ["A", "Käse"]


def test_a_file_that_is_too_large_is_refused_while_it_is_copied(tmp_path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    with pytest.raises(BadFile, match="larger than 50 MB"), copied(path):
        pass


@pytest.mark.parametrize(
    "name",
    ["/dev/zero", "/dev/null", "//server/share/x.csv", "\\\\server\\share\\x.csv", "/tmp", "nowhere.csv", "a\0b"],
)
def test_what_is_no_plain_file_is_never_opened(name) -> None:
    with pytest.raises(BadFile), copied(name):
        pass


def test_a_pipe_does_not_hang(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(BadFile, match="no file"), copied(tmp_path / "pipe.csv"):
        pass


def test_a_file_name_is_only_a_name(tmp_path) -> None:
    assert clean_name("../../etc/passwd") == "passwd"
    assert clean_name("C:\\Users\\x\\list.csv") == "list.csv"
    assert clean_name("a\x1b[31m\n.csv") == "a[31m.csv"


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_zip_that_is_no_workbook_is_refused(tmp_path) -> None:
    assert "no XLSX workbook" in refusal(zipped(tmp_path / "a.xlsx", {"readme.txt": b"hello"}))


def test_a_bomb_is_refused_before_it_goes_off(tmp_path) -> None:
    bomb = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"\0" * (64 << 20)}
    begun = time.monotonic()
    assert "trap" in refusal(zipped(tmp_path / "a.xlsx", bomb))
    assert time.monotonic() - begun < 5


def test_an_archive_that_lies_about_its_sizes_is_measured(tmp_path) -> None:
    path = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": b"<workbook/>", "xl/media/a.bin": b"\0" * (200 << 20)})
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.rindex(mark)
        raw[at + offset : at + offset + 4] = struct.pack("<I", 10)
    path.write_bytes(bytes(raw))
    assert "trap" in refusal(path)


def test_too_many_members_are_refused(tmp_path) -> None:
    members = {f"x{number}": b"" for number in range(1_001)}
    assert "more than 1000 members" in refusal(zipped(tmp_path / "a.xlsx", members))


def test_members_that_lie_over_each_other_are_refused(tmp_path) -> None:
    path = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": b"<workbook/>", "b": b"x" * 50}, zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    second = raw.rindex(b"PK\x01\x02")
    raw[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(bytes(raw))
    assert "trap" in refusal(path) or "damaged" in refusal(path)


@pytest.mark.parametrize(
    "xml",
    [
        b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><workbook>&lol2;</workbook>',
        b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><workbook/>',
        '<?xml version="1.0" encoding="utf-16"?><workbook/>'.encode("utf-16"),
    ],
)
def test_entities_and_strange_encodings_inside_a_workbook_are_refused(tmp_path, xml) -> None:
    assert refusal(zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": xml}))


def test_cells_far_apart_never_reach_the_reader(tmp_path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["SKU", "Name"]])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    head = b'<?xml version="1.0"?><worksheet><sheetData><row r="1"><c r="A1"/></row>'
    sheet = head + b'<row r="1048576"><c r="XFD1048576"/></row></sheetData></worksheet>'
    members["xl/worksheets/sheet1.xml"] = sheet
    assert "Split it" in refusal(zipped(tmp_path / "b.xlsx", members)) or "columns" in refusal(tmp_path / "b.xlsx")


def test_a_workbook_cut_short_is_refused(tmp_path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["SKU", "Name"], ["A", "Tea"]])
    whole = path.read_bytes()
    for cut in range(10, len(whole) - 1, 97):
        path.write_bytes(whole[:cut])
        refusal(path)


def test_a_workbook_with_any_byte_flipped_is_read_or_refused(tmp_path) -> None:
    rng = random.Random(4)
    path = workbook(tmp_path / "a.xlsx", [["SKU", "Name"], *([f"A{number}", "Tea"] for number in range(50))])
    whole = path.read_bytes()
    for _round in range(150):
        broken = bytearray(whole)
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        path.write_bytes(bytes(broken))
        read_or_refused(path)


cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3_000))
@example(b"PK\x03\x04")
@example(b"a,b\r")
@example(b"\xff\xfe")
@example(b'"')
def test_any_bytes_are_read_or_refused_with_a_sentence(tmp_path, content) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    read_or_refused(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=12), st.sampled_from([",", ";", "\t", "|"]))
def test_what_csv_writes_is_read_back(tmp_path, rows, delimiter) -> None:
    path = tmp_path / "a.csv"
    head = ["SKU", "Name", "Price"]
    path.write_bytes(text_of([head, *rows], delimiter).encode())
    told = TextFormat("csv", "utf-8-sig", delimiter)
    plain = [[cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in rows]
    assert read(path, told)[1:] == [row for row in plain if any(row)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.integers(0, 3))
def test_any_sheet_inside_a_sound_workbook_is_read_or_refused(tmp_path, content, where) -> None:
    path = workbook(tmp_path / "a.xlsx", [["SKU", "Name"], ["A", "Tea"]])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = sorted(members)[where * 2 % len(members)]
    members[name] = members[name][: len(members[name]) // 2] + content
    zipped(path, members)
    read_or_refused(path)
