"""The other windows of a signed-in session: each an office of its own, covered and closed together with the first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_window import RecordWindow
from shopdesk.ui.kit.widgets import Label, button, hbox, named, vbox
from shopdesk.ui.office import Office

OPEN = "windows.open"
"""Memory: by user name, the numbers of the windows that stood open when the person left."""
FIRST_NUMBER = 2
MOST = 12
USUAL_SIZE = (1180, 720)
MakeOffice = Callable[[str], Office]


def geometry_key(number: int) -> str:
    """Where the place and size of a window are remembered."""
    return f"windows.{number}.geometry"


def place_key(number: int) -> str:
    """Where a window's opened place is remembered."""
    return f"windows.{number}.place"


def keep_geometry(window: QWidget, memory: Memory, key: str) -> None:
    """Remember where a window stands, also maximised and on which screen."""
    memory.put(key, bytes(window.saveGeometry().toBase64().data()).decode())


def restore_geometry(window: QWidget, memory: Memory, key: str) -> bool:
    """Put a window where it stood; one that would be off every screen is moved onto one (Qt sees to that)."""
    kept = memory.get(key)
    return isinstance(kept, str) and window.restoreGeometry(QByteArray.fromBase64(kept.encode()))


class OfficeWindow(QMainWindow):
    """One more window. ``closing`` is sent with it when it is about to close; ``way_back_wanted`` when it is covered."""

    closing = Signal(object)
    way_back_wanted = Signal()

    def __init__(self, office: Office, number: int, memory: Memory, shop: str) -> None:
        super().__init__()
        named(self, f"window_{number}", "ShopDesk")
        self.setWindowTitle(f"{shop} - ShopDesk")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.number = number
        self.office = office
        self.may_go = False
        self._memory = memory
        self._hidden: list[QDialog] = []
        self._stack = named(QStackedWidget(), "window_stack", "ShopDesk")
        self._stack.addWidget(office)
        self._cover = self._make_cover()
        self._stack.addWidget(self._cover)
        self.setCentralWidget(self._stack)
        self.resize(*USUAL_SIZE)
        restore_geometry(self, memory, geometry_key(number))

    @property
    def is_covered(self) -> bool:
        """Whether the window is locked."""
        return self._stack.currentWidget() is self._cover

    def cover(self) -> None:
        """Hide everything of the shop; what is on the window is kept."""
        for dialog in self.findChildren(QDialog):
            if dialog.isVisible():
                dialog.hide()
                self._hidden.append(dialog)
        self._stack.setCurrentWidget(self._cover)

    def uncover(self) -> None:
        """The same person is back."""
        self._stack.setCurrentWidget(self.office)
        dialogs, self._hidden = self._hidden, []
        for dialog in dialogs:
            dialog.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        keep_geometry(self, self._memory, geometry_key(self.number))
        if not self.may_go and self.office.unsaved:
            event.ignore()
            if not self.is_covered:  # locked, nobody is asked and nothing is lost
                self.office.may_leave(self._close_anyway)
            return
        self.closing.emit(self)
        super().closeEvent(event)

    def _close_anyway(self) -> None:
        self.may_go = True
        self.close()

    def _make_cover(self) -> QWidget:
        ground = named(QWidget(), "cover", _("Locked"))
        column = vbox(ground)
        column.addStretch(1)
        words = Label(_("ShopDesk is locked."), "cover_words", tone="secondary")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(words)
        row = hbox()
        row.addStretch(1)
        row.addWidget(button(_("Unlock"), "cover_back", self.way_back_wanted.emit, role="primary"))
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        return ground


class Windows(QObject):
    """Opens, covers, remembers and closes the other windows. ``make`` builds an office that remembers its place under a key."""

    way_back_wanted = Signal()
    last_closed = Signal()

    def __init__(self, make: MakeOffice, memory: Memory, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("windows")
        self._make = make
        self._memory = memory
        self.shop_name = "ShopDesk"
        self.all: list[OfficeWindow] = []
        self._records: list[RecordWindow] = []

    def open(self, place: str = "", number: int = 0) -> OfficeWindow | None:
        """One more window, on a place or where the window of that number last was; None when there are very many."""
        taken = {window.number for window in self.all}
        free = [at for at in range(FIRST_NUMBER, FIRST_NUMBER + MOST) if at not in taken]
        number = number if number in free else (free[0] if free else 0)
        if not number:
            return None
        if place:
            self._memory.put(place_key(number), place)
        window = OfficeWindow(self._make(place_key(number)), number, self._memory, self.shop_name)
        window.closing.connect(self._closing)
        window.way_back_wanted.connect(self.way_back_wanted)
        self.all.append(window)
        window.show()
        window.office.open_first()
        return window

    def cover(self) -> None:
        """Locked: nothing of the shop is to be seen in any window."""
        for window in self.all:
            window.cover()
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, RecordWindow) and widget.isVisible():
                widget.hide()
                self._records.append(widget)

    def uncover(self) -> None:
        """The same person is back."""
        for window in self.all:
            window.uncover()
        records, self._records = self._records, []
        for record in records:
            record.show()

    def reopen(self, username: str) -> None:
        """The windows that the person had open when they left."""
        kept = self._memory.get(OPEN, {})
        for number in kept.get(username, ()) if isinstance(kept, dict) else ():
            if isinstance(number, int):
                self.open(number=number)

    @property
    def unsaved(self) -> bool:
        """Whether something in one of the windows is not saved."""
        return any(window.office.unsaved for window in self.all)

    def may_leave(self, then: Callable[[], object]) -> None:
        """Go on with ``then``, after asking, window by window, about what would be lost."""
        window = next((window for window in self.all if window.office.unsaved), None)
        if window is None:
            then()
            return
        window.raise_()
        window.activateWindow()
        window.office.may_leave(lambda: self.may_leave(then))

    def remember(self, username: str) -> None:
        """Keep which windows the person has open."""
        kept = self._memory.get(OPEN, {})
        kept = dict(kept) if isinstance(kept, dict) else {}
        kept.pop(username, None)
        if self.all:
            kept[username] = [window.number for window in self.all]
        self._memory.put(OPEN, kept or None)
        for window in self.all:
            keep_geometry(window, self._memory, geometry_key(window.number))

    def close_all(self) -> None:
        """The person left: close every window and page of theirs."""
        for window in tuple(self.all):
            window.may_go = True
            self.all.remove(window)
            window.close()
        self._records = []
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, RecordWindow):
                widget.hide()
                widget.deleteLater()

    def _closing(self, window: OfficeWindow) -> None:
        if window in self.all:
            self.all.remove(window)
            if not self.all:
                self.last_closed.emit()
