"""Giving an order to its supplier: the PDF is saved or printed, a mail is begun in the person's own program, and it is noted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

from shopdesk.core.actor import Actor
from shopdesk.core.i18n import _
from shopdesk.printing.whole_file import save_whole
from shopdesk.purchasing.order_queries import OrderCard
from shopdesk.purchasing.paper import order_pdf
from shopdesk.purchasing.placing import MarkSent, mark_sent
from shopdesk.ui.kit.desk import ShopDoors
from shopdesk.ui.kit.messages import Dialog, Voice
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.texts import TextField
from shopdesk.ui.kit.widgets import Label, button, hbox, wrapped

_MAIL = re.compile(r"[^\s@]+@[^\s@]+")


@dataclass(frozen=True, slots=True)
class SavePdf:
    """An order, and the file its PDF goes to."""

    order_id: int
    path: str


def saved_pdf(shop: ShopDoors, command: SavePdf, _actor: Actor) -> str:
    """Read the order, then write its PDF to the file, and return the path. Raises FileNotWritten."""
    save_whole(Path(command.path), shop.ask(order_pdf, command.order_id))
    return command.path


class SendOrder(Dialog):
    """Where the order goes, and the ways there; "Mark as sent" notes it with the date."""

    def __init__(self, page: RecordView, order: OrderCard) -> None:
        super().__init__(page, "send_order", _("Send {number}").format(number=order.number))
        self._page = page
        self._order = order
        self.setMinimumWidth(520)
        self.to = TextField("sent_to", _("To"), max_length=254)
        self.to.set_value(order.sent_to or order.supplier_email)
        head = Label(_("To (mail address, or how it is given)"), "sent_to_label", tone="secondary")
        head.setBuddy(self.to)
        self.body.addWidget(head)
        self.body.addWidget(self.to)
        self.path = wrapped(
            Label(
                _("The order's PDF is not saved yet. Save it, then add it to your mail."), "pdf_path", tone="secondary"
            )
        )
        self.body.addWidget(self.path)
        row = hbox()
        row.addWidget(button(_("Save PDF"), "save_pdf", self.save, glyph="file-pdf-box"))
        row.addWidget(button(_("Begin a mail"), "begin_mail", self.begin_mail, glyph="email-outline"))
        row.addStretch(1)
        self.body.addLayout(row)
        self.add_cancel()
        self._act = self.add_button(_("Mark as sent"), "act", self.mark, role="primary", default=True)

    def save(self) -> None:
        """Save the PDF where papers of this machine go, and say where that is."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        path = str(Path(folder or Path.home()) / f"{self._order.number}.pdf")
        self._page.desk.carry_out(
            saved_pdf, SavePdf(self._order.id, path), done=self._saved, failed=question_failed(self), owner=self
        )

    def begin_mail(self) -> None:
        """Open a mail in the person's own program; it leaves only when they send it."""
        if not _MAIL.fullmatch(str(self.to.value() or "")):
            self.messages.refuse(_("Type the supplier's mail address first."))
            return
        subject = _("Purchase order {number}").format(number=self._order.number)
        text = _("Please find our order {number} in the attached PDF.").format(number=self._order.number)
        address = quote(str(self.to.value()), safe="@")
        url = QUrl(f"mailto:{address}?subject={quote(subject)}&body={quote(text)}")
        if not QDesktopServices.openUrl(url):
            self.messages.refuse(_("This machine has no mail program. Print the order or save its PDF."))

    def mark(self) -> None:
        """Note that it was sent."""
        command = MarkSent(self._order.id, str(self.to.value() or ""))
        Operation(mark_sent, command, done=self._done).run(self._page.desk, self, hold=(self._act,))

    def _saved(self, path: str) -> None:
        self.path.setText(_("Saved as {path}").format(path=path))
        self.messages.say(_("The PDF is saved."), Voice.SUCCESS)

    def _done(self, _nothing: object) -> None:
        self.accept()
        self._page.messages.say(_("The order is marked as sent."), Voice.SUCCESS)
        self._page.refresh()
