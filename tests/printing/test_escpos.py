"""Commands come from the builder alone; an independent encoder and a hostile catalogue both agree."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopdesk.printing.escpos import CODE_PAGE_NUMBERS, EscposStream, kick_drawer
from shopdesk.printing.escpos_decoder import Command, UnknownCommand, decode
from shopdesk.printing.printer_text import CODE_PAGES
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.raster import pdf_dots, pdf_pictures
from shopdesk.printing.receipt import receipt_escpos, receipt_pdf
from shopdesk.printing.text_layout import TextRow
from tests.printing.papers import commands_but_text, printed_text, receipt, tea, z_report

TEXT = PrinterProfile(mode="text")
TAME = "Tea"


@pytest.mark.parametrize("code_page", CODE_PAGES)
@pytest.mark.parametrize("columns", [32, 48])
@settings(max_examples=40)
@given(st.text(st.characters(), max_size=80))
def test_no_name_adds_changes_or_removes_a_command(code_page: str, columns: int, name: str) -> None:
    profile = PrinterProfile(mode="text", code_page=code_page, columns=columns)
    hostile = _commands(name, profile)
    tame = _commands(TAME, profile)
    assert _without_line_feeds(hostile) == _without_line_feeds(tame)


@pytest.mark.parametrize(
    "attack",
    [
        "\x1bp\x00\x32\x32",
        "\x1dV\x00",
        "\x10\x14\x01\x00\x05",
        "\x1b@\x1c&",
        "\x1d(A\x02\x00\x00\x02",
        "\x9bp\x00",
        "\n" * 300,
        "\x0c\x0b\x18",
    ],
)
@pytest.mark.parametrize("mode", ["raster", "text"])
def test_known_attacks_leave_drawer_knife_and_settings_alone(attack: str, mode: str) -> None:
    profile = PrinterProfile(mode=mode)
    document = receipt(1, note=attack, customer=attack, clerk=attack, till=attack, journal_short=attack)
    names = Counter(command.name for command in decode(receipt_escpos(document, profile)))
    assert names["drawer"] == 0
    assert names["cut"] == 1
    assert names["initialise"] == 1


def test_a_drawer_kick_is_a_print_of_its_own() -> None:
    assert kick_drawer(2) == b"\x1bp\x00\x32\x32"
    assert kick_drawer(5) == b"\x1bp\x01\x32\x32"
    for mode in ("raster", "text"):
        for document in (receipt(), receipt(copy=True), z_report()):
            sent = decode(receipt_escpos(document, PrinterProfile(mode=mode)))
            assert "drawer" not in {command.name for command in sent}


@pytest.mark.parametrize(("cut", "sent"), [("none", b"\n\n"), ("partial", b"\x1dVB\x00"), ("full", b"\x1dVA\x00")])
def test_the_cut_is_the_last_thing_that_happens(cut: str, sent: bytes) -> None:
    for mode in ("raster", "text"):
        assert receipt_escpos(receipt(), PrinterProfile(mode=mode, cut=cut)).endswith(sent)


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_each_code_page_is_selected_and_used(code_page: str) -> None:
    profile = PrinterProfile(mode="text", code_page=code_page)
    commands = decode(receipt_escpos(receipt(1, lines=(tea(name="Čaj Käse Щука €"),)), profile))
    selected = [command.arguments[0] for command in commands if command.name == "code_page"]
    assert selected == [CODE_PAGE_NUMBERS[code_page]]
    expected = {
        "cp437": "Caj Käse Shchuka EUR",
        "cp850": "Caj Käse Shchuka EUR",
        "cp852": "Čaj Käse Shchuka EUR",
        "cp858": "Caj Käse Shchuka €",
        "cp866": "Caj Kaese Щука EUR",
        "cp1252": "Caj Käse Shchuka €",
    }
    assert expected[code_page] in printed_text(commands, code_page)


def test_marks_are_large() -> None:
    commands = decode(receipt_escpos(receipt(copy=True), TEXT))
    style = 0
    styles = {}
    for command in commands:
        if command.name == "style":
            style = command.arguments[0]
        elif command.name == "text":
            styles[command.data.decode("cp858").strip()] = style
    assert styles["* COPY *"] == 0x38  # bold, tall, wide
    assert styles["Ann".rjust(39).join(("Served by", ""))] == 0


def test_text_in_codes_is_data_and_braces_are_doubled() -> None:
    stream = EscposStream(TEXT)
    stream.bar_code("A{C1")
    (code,) = [command for command in decode(stream.finished()) if command.name == "code128"]
    assert code.data == b"{BA{{C1"


def test_what_is_no_code_128_is_printed_as_text() -> None:
    for text in ("Größe", "", "x" * 60, "a\x1bp"):
        stream = EscposStream(TEXT)
        stream.bar_code(text)
        names = {command.name for command in decode(stream.finished())}
        assert "code128" not in names
        assert "drawer" not in names


def test_the_first_band_equals_that_of_an_independent_encoder() -> None:
    from escpos.printer import Dummy

    ((dots, width_bytes),) = pdf_dots(receipt_pdf(receipt()), 576)
    (page,) = pdf_pictures(receipt_pdf(receipt()))
    left = (page.width - 576) // 2
    picture = page.crop((left, 0, left + 576, 128)).point(lambda grey: 0 if grey < 140 else 255)
    oracle = Dummy()
    oracle.image(picture, impl="bitImageRaster", fragment_height=128)
    stream = EscposStream(PrinterProfile())
    stream.raster(dots[: 128 * width_bytes], width_bytes)
    band = next(command for command in decode(stream.finished()) if command.name == "raster")
    expected = decode(oracle.output)
    assert [command for command in expected if command.name == "raster"] == [band]
    assert any(band.data)


def test_an_independent_encoder_selects_the_same_code_page_and_cuts_alike() -> None:
    from escpos.printer import Dummy

    oracle = Dummy(profile="default")
    oracle.charcode("CP858")
    assert decode(oracle.output) == [Command("code_page", bytes((CODE_PAGE_NUMBERS["cp858"],)))]
    oracle.clear()
    oracle.cashdraw(2)
    assert oracle.output == kick_drawer(2)


@pytest.mark.parametrize(
    "broken", [b"\x1b", b"\x1bp\x00", b"\x1dv0\x00\x02\x00\x02\x00abc", b"\x07", b"\x1d(k\x05\x00"]
)
def test_the_decoder_refuses_what_it_does_not_know(broken: bytes) -> None:
    with pytest.raises(UnknownCommand):
        decode(broken)


def test_a_row_outside_the_layout_is_cleaned_as_well() -> None:
    stream = EscposStream(TEXT)
    stream.row(TextRow("Tea\x1bp\x00\x32\x32"))
    assert b"Teap22\n" in stream.finished()


def _commands(name: str, profile: PrinterProfile) -> Counter[tuple[str, bytes]]:
    line = tea(name=name, sku=name, unit=name)
    document = receipt(1, lines=(line,), customer=name, note=name, clerk=name, till=name)
    return commands_but_text(decode(receipt_escpos(document, profile)))


def _without_line_feeds(commands: Counter[tuple[str, bytes]]) -> Counter[tuple[str, bytes]]:
    """A longer name may take more lines; nothing else may differ."""
    return Counter({command: count for command, count in commands.items() if command[0] != "line_feed"})
