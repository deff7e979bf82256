"""Everything out: products, stock, prices, customers, or all of them, written to a file with progress and a way to stop."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QProgressBar, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.db.shop import Shop
from shopdesk.feeds.exports import EVERYTHING, EXPORTS, Export, Exported, export_file
from shopdesk.printing.table_files import TableFormat, WritingStopped
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import ChoiceField
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import Action, Dialog, Voice, bar_of
from shopdesk.ui.kit.operations import show_refusal
from shopdesk.ui.kit.widgets import Label, named, wrapped

_FORMATS: tuple[tuple[TableFormat, str], ...] = (
    ("csv", N_("Text with commas (CSV)")),
    ("xlsx", N_("Excel workbook (XLSX)")),
)


def open_exports(parent: QWidget, desk: Desk, memory: Memory) -> ExportsDialog:
    """Ask what is to be written and where."""
    dialog = ExportsDialog(parent, desk, memory)
    dialog.open()
    return dialog


class _Progress(QObject):
    rows = Signal(int)


class ExportsDialog(Dialog):
    """Writes a file that an import takes back unchanged."""

    def __init__(self, parent: QWidget, desk: Desk, memory: Memory) -> None:
        super().__init__(parent, "exports_dialog", _("Write files"))
        self.setFixedWidth(480)
        self._desk = desk
        self._memory = memory
        self._asker = parent
        self._stop = threading.Event()
        offered = [(key, _(words)) for key, words, permission in EXPORTS if desk.may(permission)]
        offered.append((EVERYTHING, _("Everything, as a ZIP")))
        said = _(
            "Every row that there is. A file in the shop's own shape can be changed in a spreadsheet and imported again."
        )
        self.body.addWidget(wrapped(Label(said, "exports_text")))
        self.kind = ChoiceField("kind", _("What"), offered)
        self.kind.set_value("products")
        self.format = ChoiceField("format", _("Kind of file"), [(key, _(words)) for key, words in _FORMATS])
        self.format.set_value(memory.get("exports.format", "csv"))
        for field in (self.kind, self.format):
            label = Label(field.accessibleName(), f"{field.objectName()}_label", tone="secondary")
            label.setBuddy(field)
            self.body.addWidget(label)
            self.body.addWidget(field)
        self._bar = named(QProgressBar(), "export_progress", _("Progress"))
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._said = Label("", "export_said", tone="secondary")
        self._said.hide()
        self.body.addWidget(self._bar)
        self.body.addWidget(self._said)
        self.add_cancel()
        self._act = self.add_button(_("Choose where..."), "act", self._ask_where, role="primary", default=True)

    def write(self, place: Path) -> None:
        """Write it there, in a lane."""
        kind, format_ = str(self.kind.value()), cast(TableFormat, self.format.value())
        self._memory.put("exports.format", format_)
        for field in (self._act, self.kind, self.format):
            field.setEnabled(False)
        self._bar.show()
        self._said.show()
        self._count(0)
        progress, stop = _Progress(), self._stop
        progress.rows.connect(self._count)

        def tell(rows: int) -> None:
            with contextlib.suppress(RuntimeError):  # the person signed out and nobody counts any more
                progress.rows.emit(rows)

        shop, actor, command = cast(Shop, self._desk.shop), self._desk.actor, Export(kind, str(place), format_)
        ticket = self._desk.lanes.read(
            lambda: export_file(shop, command, actor, progress=tell, stop=stop.is_set),
            lambda done: self._done(place, done),
            failed=self._failed,
            owner=self,
        )
        ticket.when_settled(progress.deleteLater)

    def reject(self) -> None:
        """Close; what is being written is given up."""
        self._stop.set()
        super().reject()

    def _ask_where(self) -> None:
        kind = str(self.kind.value())
        ending = "zip" if kind == EVERYTHING else str(self.format.value())
        today = self._desk.clock.now().strftime("%Y-%m-%d")
        folder = str(self._memory.get("export.folder", "") or Path.home())
        picker = named(QFileDialog(self, _("Save as"), folder), "export_where", _("Save as"))
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setNameFilter(f"{ending.upper()} (*.{ending})")
        picker.setDefaultSuffix(ending)
        picker.selectFile(f"{kind}-{today}.{ending}")
        picker.fileSelected.connect(self._place_chosen)
        picker.open()

    def _place_chosen(self, path: str) -> None:
        self._memory.put("export.folder", str(Path(path).parent))
        self.write(Path(path))

    def _count(self, rows: int) -> None:
        self._said.setText(ngettext("{count} row written", "{count} rows written", rows).format(count=f"{rows:,}"))

    def _done(self, place: Path, done: Exported) -> None:
        self.accept()
        rows = sum(done.rows.values())
        words = ngettext("{count} row was written to {file}.", "{count} rows were written to {file}.", rows)
        bar = bar_of(self._asker)
        if bar is not None:
            folder = QUrl.fromLocalFile(str(place.parent))
            actions = [Action(_("Open the folder"), lambda: QDesktopServices.openUrl(folder), "open_folder")]
            bar.say(words.format(count=f"{rows:,}", file=place.name), Voice.SUCCESS, actions)

    def _failed(self, error: BaseException) -> None:
        self._stop = threading.Event()
        if isinstance(error, WritingStopped):
            return
        self._bar.hide()
        self._said.hide()
        for field in (self._act, self.kind, self.format):
            field.setEnabled(True)
        if not isinstance(error, ShopError):
            raise error
        show_refusal(self, error)
