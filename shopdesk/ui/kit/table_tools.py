"""The small buttons beside a table's title: its columns, and the export of what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from shopdesk.core.i18n import _
from shopdesk.core.permissions import PERMISSION_NAMES, Permission
from shopdesk.db.paging import PageRequest
from shopdesk.ui.kit.commanding import Commanding, with_keys
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.table_view import TableView
from shopdesk.ui.kit.widgets import Label, hbox, icon_button, named, wrapped
from shopdesk.ui.theme import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EXPORT_KEYS = "Ctrl+Shift+S"
COLUMN_KEYS = "Ctrl+Shift+C"


@dataclass(frozen=True, slots=True)
class Source:
    """What an export walks: the list's page query with its request, and what else goes to it by name."""

    page: Callable[..., Any]
    request: PageRequest
    fixed: Mapping[str, object]


class Exporting(Protocol):
    """A page whose table can be exported."""

    def export_source(self) -> Source:
        """What is shown, as a question that can be walked to its end."""


class TableTools(QWidget):
    """Buttons for the columns and the export of a page's table, with their keys while the keyboard is on the page."""

    def __init__(self, host: Commanding, key: str, title: str, export: bool) -> None:
        super().__init__()
        named(self, "table_tools", _("Table"))
        self._host = host
        self._key = key
        self._title = title
        row = self._row = hbox(self, spacing=tokens.SPACE_4)
        words = _("Choose columns")
        self.columns = icon_button("view-column-outline", "columns", with_keys(words, COLUMN_KEYS), self.choose_columns)
        row.addWidget(self.columns)
        self._bind(COLUMN_KEYS, self.choose_columns)
        self._bind("Ctrl+C", host.copy)
        if export:
            words = with_keys(_("Export what is shown"), EXPORT_KEYS)
            glyph = "export" if host.desk.may(Permission.EXPORT) else "lock-outline"
            self.export = icon_button(glyph, "export", words, self.export_shown)
            row.addWidget(self.export)
            self._bind(EXPORT_KEYS, self.export_shown)

    def put_first(self, widget: QWidget) -> None:
        """A further button before these."""
        self._row.insertWidget(0, widget)

    def choose_columns(self) -> ColumnChooser:
        """Open the chooser of columns."""
        chooser = ColumnChooser(self._host, self._host.table)
        chooser.open()
        return chooser

    def export_shown(self) -> None:
        """Open the export; says why where the person may not."""
        if not self._host.desk.may(Permission.EXPORT):
            named_right = _(PERMISSION_NAMES[Permission.EXPORT])
            self._host.messages.refuse(_("Your role does not include: {permission}.").format(permission=named_right))
            return
        from shopdesk.ui.kit.export_dialog import ExportDialog

        ExportDialog(self._host, self._key, self._title).open()

    def _bind(self, keys: str, run: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self._host)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(run)


class ColumnChooser(Dialog):
    """Which columns are shown and in which order: Space turns one on or off, Alt with an arrow moves it."""

    def __init__(self, parent: QWidget, table: TableView) -> None:
        super().__init__(parent, "column_chooser", _("Columns"))
        self._table = table
        help_words = _("Space shows or hides a column; Alt+Up and Alt+Down or dragging moves it.")
        self.body.addWidget(wrapped(Label(help_words, "column_help", tone="secondary")))
        self.list = named(QListWidget(), "column_list", _("Columns"))
        self.list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.list.setProperty("roomy", True)
        self.list.setMinimumHeight(280)
        self.body.addWidget(self.list, 1)
        shown = {column.key for column in table.shown_columns()}
        columns = table.paged.columns
        keys = [column.key for column in columns]
        order = table.layout_kept.get("order", keys)
        for key in order:
            column = columns[keys.index(key)]
            item = QListWidgetItem(_(column.title))
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if key in shown else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.installEventFilter(self)
        self.add_button(_("Usual columns"), "usual", self._usual)
        self.add_cancel()
        self.add_button(_("Show these columns"), "act", self._take, role="primary", default=True)
        self.resize(420, 480)
        self.list.setFocus()

    def move_by(self, step: int) -> None:
        """Move the current column up or down."""
        at = self.list.currentRow()
        if 0 <= at + step < self.list.count():
            item = self.list.takeItem(at)
            self.list.insertItem(at + step, item)
            self.list.setCurrentRow(at + step)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self.move_by(step)
                return True
        return False

    def _take(self) -> None:
        items = [self.list.item(at) for at in range(self.list.count())]
        shown = [
            str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() == Qt.CheckState.Checked
        ]
        if not shown:
            self.messages.refuse(_("At least one column is needed."))
            return
        self._table.put(shown)
        self.accept()

    def _usual(self) -> None:
        self._table.usual()
        self.accept()
