"""Export of what is shown: the same question walked page by page on a read lane, with progress and a way to stop."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QProgressBar

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.db.paging import PageRequest
from shopdesk.db.unit import Reader
from shopdesk.printing.table_files import CellKind, FileColumn, TableFormat, WritingStopped, write_table
from shopdesk.system.exports import BeginExport, begin_export
from shopdesk.ui.kit.columns import Column, Kind
from shopdesk.ui.kit.commanding import Commanding
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.inputs import ChoiceField
from shopdesk.ui.kit.messages import Action, Dialog, Voice
from shopdesk.ui.kit.operations import show_refusal
from shopdesk.ui.kit.table_tools import Exporting, Source
from shopdesk.ui.kit.widgets import Label, named, wrapped

PAGE_ROWS = 500
FORMATS: tuple[tuple[TableFormat, str], ...] = (
    ("xlsx", N_("Excel workbook (XLSX)")),
    ("csv", N_("Text with commas (CSV)")),
    ("pdf", N_("Pages to read or print (PDF)")),
)
_KINDS: dict[Kind, CellKind] = {
    Kind.MONEY: "money",
    Kind.QUANTITY: "quantity",
    Kind.NUMBER: "number",
    Kind.PERCENT: "percent",
    Kind.MOMENT: "moment",
    Kind.DAY: "day",
}


class _Progress(QObject):
    """Carries the count of written rows from the lane to the window."""

    rows = Signal(int)


class ExportDialog(Dialog):
    """Asks for the kind of file and its place, then writes; closing it stops the writing and leaves no file."""

    def __init__(self, host: Commanding, key: str, title: str) -> None:
        super().__init__(host, "export_dialog", _("Export: {title}").format(title=title))
        self._host = host
        self._key = key
        self._table_title = title
        self._stop = threading.Event()
        columns = host.table.shown_columns()
        said = _("Every row of this list as it is narrowed and ordered now, with the columns shown.")
        self.body.addWidget(wrapped(Label(said, "export_text")))
        label = Label(_("Kind of file"), "format_label", tone="secondary")
        self.format = ChoiceField("format", _("Kind of file"), [(value, _(words)) for value, words in FORMATS])
        self.format.set_value(host.memory.get("export.format", "xlsx"))
        label.setBuddy(self.format)
        self.body.addWidget(label)
        self.body.addWidget(self.format)
        self._bar = named(QProgressBar(), "export_progress", _("Progress"))
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._said = Label("", "export_said", tone="secondary")
        self._said.hide()
        self.body.addWidget(self._bar)
        self.body.addWidget(self._said)
        self._columns = columns
        self.add_cancel()
        self._act = self.add_button(_("Choose where..."), "act", self._ask_where, role="primary", default=True)
        self.setMinimumWidth(440)

    def write(self, path: Path) -> None:
        """Write the file: first the line in the audit log, then the rows."""
        chosen = cast(TableFormat, self.format.value())
        source = cast(Exporting, self._host).export_source()
        request = source.request
        self._host.memory.put("export.format", chosen)
        self._act.setEnabled(False)
        self.format.setEnabled(False)
        self._bar.show()
        self._said.show()
        self._count(0)
        begun = BeginExport(
            self._key,
            chosen,
            tuple(column.key for column in self._columns),
            narrowed=bool(request.search or request.filters),
        )
        self._host.desk.execute(
            begin_export,
            begun,
            done=lambda _nothing: self._walk(path, chosen, source),
            failed=self._failed,
            owner=self,
        )

    def reject(self) -> None:
        """Close; what is being written is given up."""
        self._stop.set()
        super().reject()

    def _ask_where(self) -> None:
        ending = str(self.format.value())
        name = re.sub(r"[^\w.-]+", "-", self._table_title.lower(), flags=re.UNICODE).strip("-") or "list"
        folder = str(self._host.memory.get("export.folder", "") or Path.home())
        today = self._host.desk.clock.now().strftime("%Y-%m-%d")
        picker = named(QFileDialog(self, _("Export"), folder), "export_where", _("Export"))
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setNameFilter(f"{ending.upper()} (*.{ending})")
        picker.setDefaultSuffix(ending)
        picker.selectFile(f"{name}-{today}.{ending}")
        picker.fileSelected.connect(self._place_chosen)
        picker.open()

    def _place_chosen(self, path: str) -> None:
        self._host.memory.put("export.folder", str(Path(path).parent))
        self.write(Path(path))

    def _walk(self, path: Path, chosen: TableFormat, source: Source) -> None:
        desk, progress, stop = self._host.desk, _Progress(), self._stop
        progress.rows.connect(self._count)

        def tell(rows: int) -> None:
            with contextlib.suppress(RuntimeError):  # the person signed out and nobody counts any more
                progress.rows.emit(rows)

        def settled() -> None:
            stop.set()
            progress.deleteLater()

        ticket = desk.ask(
            write_list,
            source,
            self._columns,
            path,
            chosen,
            self._table_title,
            desk.formats,
            tell,
            stop.is_set,
            done=lambda count: self._done(path, count),
            failed=self._failed,
            owner=self,
        )
        ticket.when_settled(settled)

    def _count(self, rows: int) -> None:
        self._said.setText(ngettext("{count} row written", "{count} rows written", rows).format(count=f"{rows:,}"))

    def _done(self, path: Path, count: int) -> None:
        self.accept()
        words = ngettext("{count} row was written to {file}.", "{count} rows were written to {file}.", count)
        folder = QUrl.fromLocalFile(str(path.parent))
        actions = [Action(_("Open the folder"), lambda: QDesktopServices.openUrl(folder), "open_folder")]
        self._host.messages.say(words.format(count=f"{count:,}", file=path.name), Voice.SUCCESS, actions)

    def _failed(self, error: BaseException) -> None:
        self._stop = threading.Event()
        if isinstance(error, WritingStopped):
            return  # the dialog is gone; nothing was written
        self._bar.hide()
        self._said.hide()
        self._act.setEnabled(True)
        self.format.setEnabled(True)
        if not isinstance(error, ShopError):
            raise error
        show_refusal(self, error)


def write_list(
    reader: Reader,
    source: Source,
    columns: Sequence[Column],
    path: Path,
    kind: TableFormat,
    title: str,
    formats: Formats,
    progress: Callable[[int], object],
    stop: Callable[[], bool],
) -> int:
    """Walk a list's pages from the first to the last within one reading and write them; returns how many rows.

    ``progress`` is called with the count of rows, ``stop`` asked whether to give up (raises WritingStopped, no file stays).
    """
    heads = [FileColumn(column.key, column.head(formats), _KINDS.get(column.kind, "text")) for column in columns]
    rows = _rows(reader, source, columns, formats)
    return write_table(path, kind, heads, rows, title=title, formats=formats, progress=progress, stop=stop)


def _rows(reader: Reader, source: Source, columns: Sequence[Column], formats: Formats) -> Iterator[list[object]]:
    request: PageRequest = replace(source.request, after=None, limit=PAGE_ROWS)
    fixed: Mapping[str, object] = source.fixed
    while True:
        page = source.page(reader, request, **fixed)
        for row in page.rows:
            yield [_cell(column, row, formats) for column in columns]
        if page.next is None:
            return
        request = replace(request, after=page.next)


def _cell(column: Column, row: object, formats: Formats) -> object:
    value = column.value(row)
    if value is None:
        return None
    return value if column.kind in _KINDS else column.show(row, formats)
