"""Ctrl+K: type a few letters of a place or a command and press Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.icons import icon

Found = tuple[str, str, str, object]


class Finder(Dialog):
    """A line and what fits it; each finding is (words, key, icon, what to do)."""

    def __init__(self, parent: QWidget, findings: Sequence[Found]) -> None:
        super().__init__(parent, "finder", _("Find"))
        self.setMinimumSize(480, 420)
        self._findings = list(findings)
        self.line = named(QLineEdit(), "finder_line", _("A place or a command"))
        self.line.setPlaceholderText(_("A place or a command"))
        self.line.textChanged.connect(self._fill)
        self.line.returnPressed.connect(self._take)
        self.line.installEventFilter(self)
        self.body.addWidget(self.line)
        self.list = named(QListWidget(), "finder_list", _("What fits"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda _item: self._take())
        self.body.addWidget(self.list, 1)
        self._fill("")
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self.list.count():
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
        return False

    def _fill(self, text: str) -> None:
        self.list.clear()
        parts = text.casefold().split()
        for at, (words, keys, glyph, _run) in enumerate(self._findings):
            if all(part in words.casefold() for part in parts):
                item = QListWidgetItem(f"{words}   {keys}" if keys else words)
                item.setData(Qt.ItemDataRole.UserRole, at)
                item.setSizeHint(QSize(100, tokens.TARGET_OFFICE + tokens.SPACE_4))
                if glyph:
                    item.setIcon(icon(glyph))
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _take(self) -> None:
        if self.list.currentRow() < 0:
            return
        at = self.list.currentItem().data(Qt.ItemDataRole.UserRole)
        run = cast(Callable[[], object], self._findings[at][3])
        self.accept()
        run()
