"""The very bytes that would print, as a picture: what is shown is what the paper will be."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QScrollArea, QWidget

from shopdesk.core.i18n import _
from shopdesk.db.unit import Reader
from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.documents import Document
from shopdesk.printing.preview import preview_png_pages
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.receipt import printer_bytes, receipt_pdf
from shopdesk.sales.tills import printer_of
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.widgets import Label, named, vbox
from shopdesk.ui.theme import tokens

WIDTH = 400


def paper_pages(
    reader: Reader, build: Callable[[Reader], tuple[Document, int]], config: PrinterConfig | None = None
) -> list[bytes]:
    """PNG pages of a document as its till's printer would print it; as a PDF where the till has no printer.

    ``build`` gives the document and the till's id; drawing takes some milliseconds, which a read lane has.
    """
    document, till_id = build(reader)
    used = config or printer_of(reader, till_id)
    if used is None:
        return preview_png_pages(receipt_pdf(document), PrinterProfile())
    return preview_png_pages(printer_bytes(document, used), used.profile)


class PaperView(QWidget):
    """The pages of a document, one under the other, as wide as the pane."""

    def __init__(
        self, desk: Desk, build: Callable[[Reader], tuple[Document, int]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "paper", _("Preview"))
        self.pages: list[Label] = []
        self._column = vbox(self, spacing=tokens.SPACE_8)
        self._waiting = Label(_("Drawing..."), "paper_waiting", tone="secondary")
        self._column.addWidget(self._waiting)
        desk.ask(partial(paper_pages, build=build), done=self._show, failed=question_failed(self), owner=self)

    def _show(self, pages: list[bytes]) -> None:
        self._waiting.hide()
        for number, content in enumerate(pages, 1):
            picture = QPixmap()
            picture.loadFromData(content, "PNG")
            page = Label("", f"page_{number}")
            page.setAccessibleName(_("Page {number}").format(number=number))
            ratio = self.devicePixelRatioF()
            fitted = picture.scaledToWidth(round(WIDTH * ratio), Qt.TransformationMode.SmoothTransformation)
            fitted.setDevicePixelRatio(ratio)
            page.setPixmap(fitted)
            self.pages.append(page)
            self._column.addWidget(page, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)


def show_paper(
    parent: QWidget,
    desk: Desk,
    title: str,
    build: Callable[[Reader], tuple[Document, int]],
    *,
    act: str = "",
    on_act: Callable[[], object] | None = None,
) -> Dialog:
    """Open a preview; with ``act`` it has a button for what to do with the paper (print it)."""
    dialog = Dialog(parent, "paper_preview", title)
    dialog.resize(WIDTH + 120, min(900, parent.window().height() - tokens.SPACE_32))
    scroll = named(QScrollArea(), "paper_scroll", _("Preview"))
    scroll.setWidgetResizable(True)
    scroll.setWidget(PaperView(desk, build, scroll))
    dialog.body.addWidget(scroll, 1)
    dialog.add_cancel(_("Close"))
    if act and on_act is not None:

        def do() -> None:
            dialog.accept()
            on_act()

        dialog.add_button(act, "act", do, role="primary", default=True)
    dialog.open()
    return dialog
