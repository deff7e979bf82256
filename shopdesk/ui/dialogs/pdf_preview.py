"""Any paper of the office before it is printed: its pages, and the ways out: a printer, a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QScrollArea, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _, ngettext
from shopdesk.db.unit import Reader
from shopdesk.printing.preview import pdf_png_pages
from shopdesk.printing.raster import page_count
from shopdesk.printing.whole_file import save_whole
from shopdesk.ui.dialogs.printer_choice import TAKES_PAPERS, PrinterChoice, memory_of, send_bytes
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Dialog, Voice
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.widgets import Label, named, vbox
from shopdesk.ui.theme import tokens

WIDTH = 620
DPI = 150
MOST_PAGES = 20


class PdfPages(QWidget):
    """The first pages of a PDF, one under the other, each on its own sheet."""

    def __init__(self, parent: QWidget | None = None, width: int = WIDTH) -> None:
        super().__init__(parent)
        named(self, "pdf_pages", _("Preview"))
        self.pages: list[Label] = []
        self._width = width
        self._column = vbox(self, margin=tokens.SPACE_8, spacing=tokens.SPACE_12)
        self.waiting = Label(_("Drawing..."), "pdf_waiting", tone="secondary")
        self._column.addWidget(self.waiting, 0, Qt.AlignmentFlag.AlignHCenter)

    def show_pages(self, pages: Sequence[bytes], more: int = 0) -> None:
        """Show PNG pages in place of those before; ``more`` is how many further ones are not drawn."""
        for old in self.pages:
            self._column.removeWidget(old)
            old.deleteLater()
        self.pages = []
        ratio = self.devicePixelRatioF()
        for number, content in enumerate(pages, 1):
            picture = QPixmap()
            picture.loadFromData(content, "PNG")
            fitted = picture.scaledToWidth(
                min(round(self._width * ratio), picture.width()), Qt.TransformationMode.SmoothTransformation
            )
            fitted.setDevicePixelRatio(ratio)
            page = Label("", f"page_{number}")
            page.setAccessibleName(_("Page {number}").format(number=number))
            page.setPixmap(fitted)
            self.pages.append(page)
            self._column.insertWidget(number - 1, page, 0, Qt.AlignmentFlag.AlignHCenter)
        words = ngettext("{count} further page is not shown here.", "{count} further pages are not shown here.", more)
        self.waiting.setText(words.format(count=more))
        self.waiting.setVisible(more > 0)


class PdfDialog(Dialog):
    """Shows a PDF that is made on a read lane; prints and saves exactly those bytes."""

    def __init__(
        self, parent: QWidget, desk: Desk, title: str, build: Callable[[Reader], bytes], file_name: str
    ) -> None:
        super().__init__(parent, "pdf_preview", title)
        self.desk = desk
        self.memory = memory_of(parent)
        self.pdf = b""
        self._file_name = file_name
        self.resize(WIDTH + 140, min(980, max(parent.window().height() - tokens.SPACE_32, 560)))
        self.pages = PdfPages()
        scroll = named(QScrollArea(), "pdf_scroll", _("Preview"))
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.pages)
        self.body.addWidget(scroll, 1)
        self.printer = PrinterChoice(desk, self.memory, "office", TAKES_PAPERS)
        self.body.addWidget(self.printer)
        self.add_cancel(_("Close"))
        self._save = self.add_button(_("Save as..."), "save_pdf", self.choose_place)
        self._print = self.add_button(_("Print"), "print_pdf", self.print_now, role="primary", default=True)
        self._save.setEnabled(False)
        self._print.setEnabled(False)
        failed = question_failed(self)
        desk.ask(partial(_made, build=build), done=self._show, failed=failed, owner=self)

    def choose_place(self) -> None:
        """Ask where to save it."""
        dialog = named(QFileDialog(self, _("Save as")), "save_place", _("Save as"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(_("PDF files (*.pdf)"))
        dialog.setDefaultSuffix("pdf")
        if folder := str(self.memory.get("folder.papers", "")):
            dialog.setDirectory(folder)
        dialog.selectFile(self._file_name)
        dialog.fileSelected.connect(lambda path: self.save_to(Path(path)))
        dialog.open()

    def save_to(self, place: Path) -> None:
        """Save it there, whole or not at all."""
        self.memory.put("folder.papers", str(place.parent))

        def saved(_none: object) -> None:
            self.messages.say(_("Saved as {name}.").format(name=place.name), Voice.SUCCESS)

        self.desk.lanes.read(partial(save_whole, place, self.pdf), saved, failed=question_failed(self), owner=self)

    def print_now(self) -> None:
        """Send it to the chosen printer."""
        try:
            config = self.printer.value()
        except ShopError as error:
            self.messages.refuse(str(error))
            self.printer.address.setFocus()
            return
        self._print.setEnabled(False)

        def sent(_none: object) -> None:
            self.messages.say(_("Sent to {name}.").format(name=config.name), Voice.SUCCESS)

        ticket = self.desk.lanes.read(
            partial(send_bytes, config, [self.pdf]), sent, failed=question_failed(self), owner=self
        )
        ticket.when_settled(lambda: self._print.setEnabled(True))

    def _show(self, made: tuple[bytes, list[bytes], int]) -> None:
        self.pdf, pages, more = made
        self.pages.show_pages(pages, more)
        self._save.setEnabled(True)
        self._print.setEnabled(True)


def show_pdf(
    parent: QWidget, desk: Desk, title: str, build: Callable[[Reader], bytes], *, file_name: str = "paper.pdf"
) -> PdfDialog:
    """Open the preview of a paper; ``build`` makes the PDF from the shop's data on a read lane."""
    dialog = PdfDialog(parent, desk, title, build, file_name)
    dialog.open()
    return dialog


def _made(reader: Reader, build: Callable[[Reader], bytes]) -> tuple[bytes, list[bytes], int]:
    pdf = build(reader)
    pages = pdf_png_pages(pdf, DPI, MOST_PAGES)
    return pdf, pages, page_count(pdf) - len(pages)
