"""A customer's data for the customer: what is chosen is written to a file, and written down in the audit log."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from shopdesk.books.customer_export import ExportCustomer, export_customer
from shopdesk.core.i18n import _
from shopdesk.parties.queries import CustomerCard
from shopdesk.ui.dialogs.customer_erase import shortened
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Dialog, Voice, bar_of
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.widgets import Label, named, wrapped


def export_of(widget: QWidget, desk: Desk, card: CustomerCard) -> ExportDialog:
    """Ask for the kind of file and where it goes."""
    dialog = ExportDialog(widget, desk, card)
    dialog.open()
    return dialog


class ExportDialog(Dialog):
    """PDF to read, JSON to take along."""

    def __init__(self, parent: QWidget, desk: Desk, card: CustomerCard) -> None:
        super().__init__(parent, "customer_export", _("Export the data of {name}").format(name=shortened(card.name)))
        self.setFixedWidth(560)
        self._desk = desk
        self._card = card
        self._asker = parent
        text = _(
            "Everything the shop holds about this customer: details, addresses, payment methods, consents, notes, wishes, "
            "sales with their lines, and what was done with the data. That it was exported is written down."
        )
        self.body.addWidget(wrapped(Label(text, "export_text")))
        self.add_cancel()
        self.add_button(_("JSON for other programs..."), "export_json", lambda: self._where("json"))
        self.add_button(_("PDF to read..."), "export_pdf", lambda: self._where("pdf"), role="primary", default=True)

    def write(self, place: Path, format: str) -> None:
        """Write it there."""

        def done(path: str) -> None:
            self.accept()
            bar = bar_of(self._asker)
            if bar is not None:
                bar.say(_("Saved as {name}.").format(name=Path(path).name), Voice.SUCCESS)

        command = ExportCustomer(self._card.id, str(place), format)
        Operation(export_customer, command, done=done, slow=True).run(self._desk, self)

    def _where(self, format: str) -> None:
        picker = named(QFileDialog(self, _("Save as")), "save_place", _("Save as"))
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setNameFilter(f"{format.upper()} (*.{format})")
        picker.setDefaultSuffix(format)
        name = re.sub(r"[^\w.-]+", "-", self._card.name.lower()).strip("-") or str(self._card.id)
        picker.selectFile(f"{name}.{format}")
        picker.fileSelected.connect(lambda path: self.write(Path(path), format))
        picker.open()
