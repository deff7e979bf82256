"""What shows record pages on top of one another: the office, or a window of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.widgets import named, vbox

if TYPE_CHECKING:
    from shopdesk.ui.kit.record_view import RecordView


@runtime_checkable
class Host(Protocol):
    """What shows pages on top of one another: the office, or a window of its own."""

    def open_page(self, page: RecordView) -> None:
        """Show a page; when it is closed, show again what was before."""


class RecordWindow(QWidget):
    """A window of its own for record pages: the newest on top, each closed one shows the one before."""

    def __init__(self, memory: Memory, key: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        named(self, "record_window", _("Page in a window of its own"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._memory = memory
        self._key = f"record.{key}.window"
        self._column = vbox(self, spacing=0)
        self.pages: list[RecordView] = []
        self.resize(1100, 720)
        kept = memory.get(self._key)
        if isinstance(kept, str):
            self.restoreGeometry(QByteArray.fromBase64(kept.encode()))

    def open_page(self, page: RecordView) -> None:
        """Show a page on top of those that are here."""
        for other in self.pages:
            other.hide()
        self.pages.append(page)
        self._column.addWidget(page)
        page.closed.connect(lambda: self._closed(page))
        page.titled.connect(self.setWindowTitle)
        self.setWindowTitle(page.heading or _(page.spec.title))
        page.show()

    def _closed(self, page: RecordView) -> None:
        if page not in self.pages:
            return
        self.pages.remove(page)
        page.hide()
        page.deleteLater()
        if self.pages:
            self.pages[-1].show()
            self.setWindowTitle(self.pages[-1].heading)
        else:
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if any(page.dirty for page in self.pages):
            event.ignore()
            next(page for page in reversed(self.pages) if page.dirty).close_page()
            return
        self._memory.put(self._key, bytes(self.saveGeometry().toBase64().data()).decode())
        super().closeEvent(event)


def in_own_window(page: RecordView) -> RecordWindow:
    """Show a page in a window of its own, which lives until it is closed."""
    made = RecordWindow(page.memory, page.spec.key)
    made.open_page(page)
    made.show()
    _WINDOWS.add(made)
    made.destroyed.connect(lambda: _WINDOWS.discard(made))
    return made


def host_of(widget: QWidget) -> Host | None:
    """What shows pages where a widget stands."""
    at: QWidget | None = widget
    while at is not None:
        if isinstance(at, Host):
            return at
        at = at.parentWidget()
    return None


_WINDOWS: set[QWidget] = set()  # a window without a parent lives as long as somebody holds it
