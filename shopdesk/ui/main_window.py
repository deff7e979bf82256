"""The one window: the door at first, then the till or the office; locked it shows the door again and keeps everything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget, QWidget

from shopdesk.core.i18n import SOURCE_LANGUAGE, _, language
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.login import DemoSecret, EntryPage, Person
from shopdesk.ui.theme import appearance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shopdesk.ui.faces import Faces
    from shopdesk.ui.kit.desk import Desk
    from shopdesk.ui.kit.tasks import Lanes
    from shopdesk.ui.opening import Opened
    from shopdesk.ui.presence import Presence

USUAL_SIZE = (1366, 768)
GEOMETRY = "window.geometry"
LANGUAGE = "shop.language"
"""Memory: the shop's language, for the door of the next start; nothing for English."""


class MainWindow(QMainWindow):
    """Holds the door and, once a shop is open, the faces behind it. ``painted`` is sent after the first paint.

    Nothing of the shop is imported to show it: the sign-in is on the glass before SQLAlchemy is (V11).
    """

    painted = Signal()
    closed = Signal()

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        named(self, "main_window", "ShopDesk")
        self.setWindowTitle("ShopDesk")
        self.resize(*USUAL_SIZE)
        if isinstance(kept := memory.get(GEOMETRY), str):
            self.restoreGeometry(QByteArray.fromBase64(kept.encode()))
        self.memory = memory
        self.presence: Presence | None = None
        self.faces: Faces | None = None
        self.people: tuple[Person, ...] = ()
        self._desk: Desk | None = None
        self._opened: Opened | None = None
        self._hidden: list[QDialog] = []
        self._was_painted = False
        self._demo: tuple[DemoSecret, ...] = ()
        self.stack = named(QStackedWidget(), "window_stack", "ShopDesk")
        self.setCentralWidget(self.stack)
        self.entry = self._make_entry()
        self.entry.set_status(_("Opening the shop..."))

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.Paint and not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.painted.emit)
        return handled

    def shop_is_open(self, opened: Opened, lanes: Lanes, demo: Sequence[DemoSecret] = ()) -> None:
        """Let people in: called when the shop was opened in the background."""
        from shopdesk.ui.kit.desk import Desk
        from shopdesk.ui.presence import Presence

        self._opened = opened
        self.people = opened.people
        self.memory.put("shop.name", opened.settings.name)
        self.memory.put(LANGUAGE, None if opened.settings.language == SOURCE_LANGUAGE else opened.settings.language)
        self._demo = tuple(demo)
        self.speak(opened.settings.language)
        self.setWindowTitle(f"{opened.settings.name} - ShopDesk")
        self.entry.set_shop_name(opened.settings.name)
        self.entry.set_status("")
        self.stack.setCurrentWidget(self.entry)
        self._desk = Desk(opened.shop, lanes, formats=opened.formats, parent=self)
        self._desk.listen(opened.shop.changes.subscribe)
        opened.shop.changes.watch()
        self.presence = Presence(self._desk, opened.shop, opened.secrets, opened.till, self)
        self.presence.entered.connect(self._entered)
        self.presence.locked.connect(self._locked)
        self.presence.left.connect(self._left)
        self.presence.refused.connect(self._refused)
        self.presence.password_needed.connect(self._password_needed)
        self._open_entry()
        self._load_faces()
        if opened.kept is not None:
            self.presence.come_back(opened.kept)

    def _make_entry(self) -> EntryPage:
        made = EntryPage()
        made.set_shop_name(str(self.memory.get("shop.name", "ShopDesk")))
        self.stack.addWidget(made)
        return made

    def _open_entry(self) -> None:
        """Let the door lead to the presence."""
        assert self.presence is not None
        self.entry.password_given.connect(self.presence.by_password)
        self.entry.pin_given.connect(self.presence.by_pin)
        self.entry.left.connect(self.presence.leave_by_hand)
        self.entry.open_for(self.people, self._demo)

    def _refused(self, sentence: str) -> None:
        self.entry.refuse(sentence)

    def _password_needed(self, sentence: str) -> None:
        self.entry.password_needed(sentence)

    def speak(self, language: str) -> None:
        """Show everything in a language from here on; what stands in another one is made anew."""
        from shopdesk.ui.language import speak

        app = QApplication.instance()
        if not isinstance(app, QApplication) or not speak(app, language):
            return
        if self._desk is not None:
            self._desk.set_formats(replace(self._desk.formats, language=language))
        old, shown = self.entry, self.stack.currentWidget() is self.entry
        if self.faces is not None:
            self.faces.forget_faces()
        self.entry = self._make_entry()
        if self.presence is not None:
            self._open_entry()
        self.stack.removeWidget(old)
        old.deleteLater()
        if shown or self.presence is None or self.presence.session is None:
            self.stack.setCurrentWidget(self.entry)
        elif self.faces is not None and not self.presence.is_locked:
            self.faces.show_for_person(another=False)

    def show_page(self, page: QWidget) -> None:
        """Show one of the faces behind the door."""
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)

    def set_appearance(self, choice: str) -> None:
        """Light, dark, or as the desktop is; remembered on this machine."""
        self.memory.put("appearance", choice)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            appearance.wear(app, choice)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.faces is not None:
            if self.faces.others_stay():
                event.ignore()
                self.hide()  # the door is here: it comes back when somebody locks or the last window closes
                return
            if not self.faces.may_close():
                event.ignore()
                return
            self.faces.leave_windows()
        self.memory.put(GEOMETRY, bytes(self.saveGeometry().toBase64().data()).decode())
        super().closeEvent(event)
        self.closed.emit()

    def _load_faces(self) -> None:
        """Import the till and the office while somebody types their name; the door need not wait for them."""
        assert self._desk is not None
        self._desk.lanes.read(import_faces, self._faces_are_here, owner=self, key="faces")

    def _faces_are_here(self, kind: type[Faces]) -> None:
        import gc

        from shopdesk.ui.theme.fonts import load_fonts

        load_fonts("DejaVuSans*")  # letters that Inter has not: a customer may be called anything
        assert self._desk is not None
        assert self._opened is not None
        assert self.presence is not None
        if self.faces is None:
            self.faces = kind(self, self._desk, self._opened, self.presence)
            # What was imported stays; the collector need not look at it again between two customers.
            gc.freeze()
        if self.presence.session is not None and not self.presence.is_locked:
            self._entered(True)

    def _entered(self, another: bool) -> None:
        if self.faces is None:
            self.entry.set_status(_("Loading..."))
            self._load_faces()
            return
        assert self.presence is not None
        self.speak(self.presence.language or language())
        dialogs, self._hidden = self._hidden, []
        for dialog in dialogs:
            if another:
                dialog.reject()
            else:
                dialog.show()
        self.faces.show_for_person(another=another)

    def _locked(self) -> None:
        assert self.presence is not None
        assert self.presence.session is not None
        if self.isHidden():
            self.show()
        for dialog in self.findChildren(QDialog):
            if dialog.isVisible():
                # A dialog would show what the lock is there to hide; its person finds it again.
                dialog.hide()
                self._hidden.append(dialog)
        session = self.presence.session
        known = {person.username: person for person in self.people}
        person = known.get(session.actor.username, Person(session.actor.username, session.display_name))
        self.entry.show_locked(person)
        self.stack.setCurrentWidget(self.entry)

    def _left(self, sentence: str) -> None:
        for dialog in self._hidden:
            dialog.reject()
        self._hidden = []
        if self.faces is not None:
            self.faces.forget_person()
        if self.isHidden():
            self.show()
        assert self._opened is not None
        self.speak(str(self.memory.get(LANGUAGE, SOURCE_LANGUAGE)))
        self.entry.show_sign_in()
        self.entry.set_status(sentence)
        self.stack.setCurrentWidget(self.entry)


def import_faces() -> type[Faces]:
    """Import everything behind the door; takes a moment, on a lane."""
    from shopdesk.ui.faces import Faces, load_office, load_till
    from shopdesk.ui.opening import warm

    load_till()
    load_office()
    warm()
    return Faces
