"""Labels and papers on the glass: what is seen is what is saved and printed, and every trouble is a sentence."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.label_formats import LABEL_FORMATS
from shopdesk.printing.labels import USUAL_PARTS
from shopdesk.printing.office_document import OfficeDocument, office_pdf
from shopdesk.printing.raster import pdf_pictures
from shopdesk.ui.dialogs import printer_choice
from shopdesk.ui.dialogs.labels import COUNT, LabelsDialog, open_labels
from shopdesk.ui.dialogs.pdf_preview import PdfDialog, show_pdf
from shopdesk.ui.dialogs.printer_choice import TAKES_LABELS, PrinterChoice
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from tests.printing.papers import SHOP, pdf_text
from tests.printing.zpl import pictures

TEA, MUG = 1, 2


@pytest.fixture(autouse=True)
def no_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of the tests may have queues or not."""
    monkeypatch.setattr(printer_choice, "system_queues", lambda: ("Office_Laser",))


@pytest.fixture
def home(qtbot: QtBot, memory: Memory) -> QWidget:
    """The page from which dialogs are opened."""
    page = QWidget()
    page.memory = memory
    page.resize(1366, 768)
    qtbot.addWidget(page)
    page.show()
    return page


def rest(qtbot: QtBot, desk: Desk) -> None:
    """Wait until nothing is under way."""
    qtbot.wait(160)
    qtbot.waitUntil(lambda: not desk.lanes.busy)
    QApplication.processEvents()


@pytest.fixture
def labels(home: QWidget, desk: Desk, qtbot: QtBot) -> Iterator[Callable[..., LabelsDialog]]:
    """Opens the labels of two teas and a mug."""

    def make(wanted: tuple[tuple[int, int], ...] = ((TEA, 2), (MUG, 1))) -> LabelsDialog:
        dialog = open_labels(home, desk, wanted)
        qtbot.addWidget(dialog)
        rest(qtbot, desk)
        return dialog

    return make


def choose(dialog: LabelsDialog, **fields: object) -> None:
    """Choose in the fields as a person does."""
    for name, value in fields.items():
        field = getattr(dialog.options, name)
        field.set_value(value)
        field.edited.emit()


def test_the_preview_shows_the_labels_with_codes_that_can_be_read(labels, qtbot) -> None:
    dialog = labels()
    assert dialog.said.text() == "3 labels, 1 sheet"
    (page,) = dialog.pages.pages
    image = page.pixmap().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    assert image.width() <= 480
    found = zxingcpp.read_barcodes(pdf_pictures(dialog.made.data)[0])
    assert len(found) == 3


def test_counts_are_edited_in_the_table(labels, desk, qtbot) -> None:
    dialog = labels()
    dialog.counts.item(0, COUNT).setText("30")
    dialog.counts.item(1, COUNT).setText("none")
    rest(qtbot, desk)
    assert dialog.wanted() == [(TEA, 30), (MUG, 0)]
    assert dialog.said.text() == "30 labels, 2 sheets"
    dialog.counts.item(0, COUNT).setText("5001")
    rest(qtbot, desk)
    assert dialog.wanted()[0] == (TEA, 5000)
    dialog.counts.item(1, COUNT).setText("1")
    rest(qtbot, desk)
    assert "At most 5000" in dialog.said.text()
    assert not dialog._print.isEnabled()
    for row in (0, 1):
        dialog.counts.item(row, COUNT).setText("0")
    rest(qtbot, desk)
    assert not dialog._print.isEnabled()


def test_the_look_is_remembered_for_each_kind(labels, desk, qtbot, tmp_path) -> None:
    dialog = labels()
    choose(dialog, kind="item", format="a4-2x4", code="qr")
    dialog.options.parts["price"].set_value(True)
    dialog.options._edited()
    rest(qtbot, desk)
    dialog.save_to(tmp_path / "a.pdf")
    rest(qtbot, desk)
    assert "Saved as a.pdf" in dialog.messages.text
    again = labels()
    chosen = again.options.choice()
    assert (chosen.design.kind, chosen.format.key, chosen.design.code) == ("item", "a4-2x4", "qr")
    assert chosen.design.parts == USUAL_PARTS["item"] | {"price"}
    choose(again, kind="shelf")
    assert again.options.choice().format.key == "a4-3x8"


def test_a_damaged_memory_gives_the_usual_look(labels, memory) -> None:
    for key, value in (
        ("labels.kind", 7),
        ("labels.shelf", {"format": "gone", "code": 3, "output": [], "parts": "name"}),
    ):
        memory.put(key, value)
    chosen = labels().options.choice()
    assert (chosen.design.kind, chosen.design.code, chosen.output) == ("shelf", "auto", "pdf")
    assert chosen.format in LABEL_FORMATS.values()


def test_a_used_sheet_begins_where_it_was_left(labels, desk, qtbot) -> None:
    dialog = labels()
    choose(dialog, start=23)
    rest(qtbot, desk)
    assert dialog.said.text() == "3 labels, 2 sheets"
    assert len(pdf_pictures(dialog.made.data)) == 2


def test_what_is_saved_is_what_was_seen(labels, desk, qtbot, tmp_path) -> None:
    dialog = labels()
    dialog.save_to(tmp_path / "labels.pdf")
    rest(qtbot, desk)
    assert (tmp_path / "labels.pdf").read_bytes() == dialog.made.data
    assert "Green tea" in pdf_text(dialog.made.data)
    dialog.save_to(tmp_path / "gone" / "labels.pdf")
    rest(qtbot, desk)
    assert "folder does not exist" in dialog.messages.text


def test_a_label_printer_gets_zpl_over_the_network(labels, desk, qtbot) -> None:
    got = bytearray()
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        connection, _place = server.accept()
        with connection:
            while data := connection.recv(4096):
                got.extend(data)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    dialog = labels()
    choose(dialog, output="zpl300")
    rest(qtbot, desk)
    assert dialog.options.choice().format.is_roll
    dialog.printer.set_value(PrinterConfig(kind="network", address=f"127.0.0.1:{server.getsockname()[1]}"))
    dialog.print_now()
    rest(qtbot, desk)
    listener.join(5)
    server.close()
    assert "Sent to 127.0.0.1" in dialog.messages.text
    assert bytes(got) == dialog.made.data
    read = [[code.text for code in zxingcpp.read_barcodes(picture)] for picture in pictures(bytes(got))]
    assert len(read) == 2
    assert all(len(codes) == 1 for codes in read)


def test_a_printer_that_is_off_is_a_sentence_and_the_labels_stay(labels, desk, qtbot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    dialog = labels()
    choose(dialog, output="zpl203")
    rest(qtbot, desk)
    dialog.printer.set_value(PrinterConfig(kind="network", address=f"127.0.0.1:{port}"))
    dialog.print_now()
    rest(qtbot, desk)
    assert "cannot be reached" in dialog.messages.text
    assert dialog._print.isEnabled()
    dialog.printer.address.setText("no such / host")
    dialog.print_now()
    assert "host name" in dialog.messages.text


def test_codes_that_do_not_fit_are_named_before_printing(labels, desk, qtbot) -> None:
    dialog = labels()
    choose(dialog, code="ean13")
    rest(qtbot, desk)
    fits = dialog.made.without_code
    assert all(name in dialog.said.text() for name in fits)
    if fits:
        assert "scanners" in dialog.said.text()


@pytest.fixture
def paper(home: QWidget, desk: Desk, qtbot: QtBot) -> PdfDialog:
    """A paper of thirty pages, looked at."""
    text = "\n".join(f"line {number}" for number in range(1500))
    document = OfficeDocument(letterhead=SHOP, title="Long letter", notes=text)
    dialog = show_pdf(home, desk, "Long letter", lambda _reader: office_pdf(document), file_name="letter.pdf")
    qtbot.addWidget(dialog)
    rest(qtbot, desk)
    return dialog


def test_a_paper_is_seen_printed_and_saved(paper, desk, qtbot, tmp_path) -> None:
    assert len(paper.pages.pages) == 20
    assert "further pages" in paper.pages.waiting.text()
    paper.save_to(tmp_path / "letter.pdf")
    rest(qtbot, desk)
    assert (tmp_path / "letter.pdf").read_bytes() == paper.pdf
    folder = tmp_path / "out"
    folder.mkdir()
    paper.printer.set_value(PrinterConfig(kind="folder", address=str(folder)))
    paper.print_now()
    rest(qtbot, desk)
    (printed,) = folder.iterdir()
    assert printed.suffix == ".pdf"
    assert printed.read_bytes() == paper.pdf


def test_queues_of_the_machine_are_offered_and_the_choice_is_remembered(home, desk, qtbot, memory, tmp_path) -> None:
    choice = PrinterChoice(desk, memory, "labels", TAKES_LABELS)
    qtbot.addWidget(choice)
    rest(qtbot, desk)
    assert choice.kind.options[0] == ("queue Office_Laser", "Office_Laser")
    choice.kind.set_value("queue Office_Laser")
    assert choice.value() == PrinterConfig(kind="queue", address="Office_Laser")
    again = PrinterChoice(desk, memory, "labels", TAKES_LABELS)
    qtbot.addWidget(again)
    rest(qtbot, desk)
    assert again.value() == PrinterConfig(kind="queue", address="Office_Laser")
    again.set_value(PrinterConfig(kind="folder", address=str(tmp_path)))
    assert again.value().kind == "folder"


def test_a_zpl_file_in_a_folder_is_called_so(tmp_path: Path) -> None:
    printer_choice.send_bytes(PrinterConfig(kind="folder", address=str(tmp_path)), [b"^XA^XZ"])
    (file,) = tmp_path.iterdir()
    assert file.suffix == ".zpl"
