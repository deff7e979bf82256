"""A declared record page on the glass: head with state, commands, tabs; inside the office or in a window of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from shopdesk.core.errors import NotFound, ShopError
from shopdesk.core.i18n import _
from shopdesk.core.permissions import PERMISSION_NAMES
from shopdesk.ui.kit.busy import Busy
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar, ask, bar_of
from shopdesk.ui.kit.operations import show_refusal
from shopdesk.ui.kit.record_head import RecordHead
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab
from shopdesk.ui.kit.record_window import host_of, in_own_window
from shopdesk.ui.kit.widgets import Label, caption, named, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font
from shopdesk.ui.theme.icons import icon


class RecordView(QWidget):
    """The page of one record. ``closed`` is sent when it is left, ``titled`` with its heading, ``loaded`` with each reading."""

    closed = Signal()
    titled = Signal(str)
    loaded = Signal(object)

    def __init__(
        self, spec: RecordPage, record_id: object, desk: Desk, memory: Memory, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, spec.key.replace(".", "_"), _(spec.title))
        self.spec = spec
        self.record_id = record_id
        self.desk = desk
        self.memory = memory
        self.record: Any = None
        self.heading = ""
        self._stale = False
        self._wanted = str(memory.get(f"record.{spec.key}.tab", ""))
        self._made: dict[str, QWidget] = {}
        self._keys: list[str] = []
        self._actions = [self._action(command) for command in spec.commands]
        self.messages = MessageBar(self)
        self.busy = Busy(self)
        self._build()
        for keys in ("Alt+Left", "Back"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.close_page)
        reread = QShortcut(QKeySequence("F5"), self)
        reread.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        reread.activated.connect(self.refresh)
        self.tabs.currentChanged.connect(self._tab_changed)
        self.busy.shown.connect(self._waiting.setVisible)
        desk.changed.connect(self._something_changed)
        desk.formats_changed.connect(self.refresh)
        self.refresh()

    # What commands, tabs and tests use

    @property
    def dirty(self) -> bool:
        """Whether one of the tabs holds something that is not saved."""
        return any(bool(getattr(one, "dirty", False)) for one in self._made.values())

    def refresh(self) -> None:
        """Read the record again; what is not saved stays in its fields."""
        self._stale = False
        args = (self.record_id, self.desk.actor) if self.spec.as_actor else (self.record_id,)
        ticket = self.desk.ask(self.spec.load, *args, done=self._arrived, failed=self._failed, owner=self, key="record")
        self.busy.watch(ticket)

    def offered(self) -> list[tuple[RecordCommand, bool, str]]:
        """What can be done with the record: (command, can be run, why not)."""
        answer = []
        for command in self.spec.commands:
            why = ""
            if command.needs is not None and not self.desk.may(command.needs):
                why = _("Your role does not include: {permission}.").format(
                    permission=_(PERMISSION_NAMES[command.needs])
                )
            fits = self.record is not None and command.fits(self.record)
            answer.append((command, fits and not why, why))
        return answer

    def run(self, key: str) -> bool:
        """Run a command on the record; False, and said why, if it may not."""
        command, usable, why = next(one for one in self.offered() if one[0].key == key)
        if usable:
            self.messages.clear()
            command.run(self, self.record)
        elif why:
            self.messages.refuse(why)
        return usable

    def open_tab(self, key: str) -> None:
        """Show a tab; before the record is here, remember which."""
        if key in self._keys:
            self.tabs.setCurrentIndex(self._keys.index(key))
        else:
            self._wanted = key

    def tab(self, key: str) -> QWidget | None:
        """A tab's widget, None while it was never shown."""
        return self._made.get(key)

    def close_page(self) -> None:
        """Leave the page; asks when something is not saved."""
        self.may_leave(self.closed.emit)

    def may_leave(self, then: Callable[[], object]) -> None:
        """Go on with ``then``, after asking if something would be lost."""
        if not self.dirty:
            then()
            return

        def leave() -> None:
            for one in self._made.values():
                if (discard := getattr(one, "discard", None)) is not None:
                    discard()
            then()

        ask(
            self,
            _("Leave without saving?"),
            _("What you changed on this page has not been saved."),
            _("Leave without saving"),
            leave,
            danger=True,
        )

    # Building

    def _build(self) -> None:
        outer = vbox(self, margin=tokens.SPACE_24, spacing=tokens.SPACE_12)
        self.head = RecordHead(self)
        outer.addWidget(self.head)
        outer.addWidget(self.messages)
        ground = named(QWidget(), "record_ground")
        self._stack = QStackedLayout(ground)
        self.tabs = named(QTabWidget(), "record_tabs", _("Parts of this page"))
        self.tabs.setDocumentMode(True)
        self._waiting = Label(_("Loading..."), "waiting", tone="secondary")
        self._waiting.hide()
        self._gone = wrapped(Label("", "record_gone", tone="secondary", font=text_font(tokens.OFFICE_SECTION)))
        self._gone.setAlignment(Qt.AlignmentFlag.AlignCenter)
        blank = named(QWidget(), "record_blank")
        self._stack.addWidget(blank)
        self._stack.addWidget(self.tabs)
        self._stack.addWidget(self._gone)
        outer.addWidget(ground, 1)
        outer.addWidget(self._waiting)

    def _action(self, command: RecordCommand) -> QAction:
        action = QAction(caption(_(command.title)), self)
        action.setObjectName(f"action_{command.key}")
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _on=False: self.run(command.key))
        self.addAction(action)
        return action

    # The record

    def _arrived(self, record: Any) -> None:
        if record is None:
            self._is_gone(_("This is no longer there."))
            return
        self.record = record
        self.heading = self.spec.head(record, self.desk.formats)
        self.head.show_record(record, self.heading)
        self._show_tabs()
        first = self._stack.currentWidget() is not self.tabs
        self._stack.setCurrentWidget(self.tabs)
        if first and self.isVisible():
            self.take_focus()
        self.titled.emit(self.heading)
        self.loaded.emit(record)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, NotFound):
            self._is_gone(error.message)
        elif isinstance(error, ShopError):
            show_refusal(self, error, again=self.refresh)
        else:
            raise error

    def _is_gone(self, sentence: str) -> None:
        self.record = None
        self._gone.setText(sentence)
        self._stack.setCurrentWidget(self._gone)
        self.heading = self.heading or _(self.spec.title)
        self.head.show_gone(self.heading)
        self.titled.emit(self.heading)

    def _tabs_now(self) -> list[Tab]:
        tabs = [
            tab for tab in self.spec.tabs if self.desk.may(tab.needs) and (tab.shown is None or tab.shown(self.record))
        ]
        if self.spec.entity:
            tabs.append(Tab("history", "", _history, "history"))
        return tabs

    def _show_tabs(self) -> None:
        tabs = self._tabs_now()
        keys = [tab.key for tab in tabs]
        if keys != self._keys:
            self._lay_out(tabs, keys)
        for at, tab in enumerate(tabs):
            count = tab.count(self.record) if tab.count is not None else None
            words = _(tab.title) if tab.title else _("History")
            text = f"{words}  {count}" if count else words
            self.tabs.setTabText(at, caption(text))
            self.tabs.tabBar().setAccessibleTabName(at, text)
        self.tabs.tabBar().setVisible(len(tabs) > 1)
        for tab in tabs:
            made = self._made.get(tab.key)
            if made is None:
                continue
            if (show := getattr(made, "show_record", None)) is not None:
                show(self.record)
            elif not getattr(made, "dirty", False):
                self._put(tab, tab.make(self, self.record))
        self._tab_changed(self.tabs.currentIndex())

    def _lay_out(self, tabs: Sequence[Tab], keys: list[str]) -> None:
        wanted = self._wanted if self._wanted in keys else keys[0]
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for key in [key for key in self._made if key not in keys]:
            self._made.pop(key).deleteLater()
        for tab in tabs:
            place = named(QWidget(), f"tab_{tab.key}", _(tab.title) if tab.title else _("History"))
            place.setProperty("ring", False)  # Qt gives it the keyboard when the tab changes; the ring belongs inside
            column = vbox(place)
            column.setContentsMargins(0, tokens.SPACE_12, 0, 0)
            if tab.key in self._made:
                column.addWidget(self._made[tab.key])
            at = self.tabs.addTab(place, "")
            if tab.glyph:
                self.tabs.setTabIcon(at, icon(tab.glyph))
        self._keys = keys
        self.tabs.setCurrentIndex(keys.index(wanted))
        self.tabs.blockSignals(False)

    def _put(self, tab: Tab, made: QWidget) -> None:
        place = self.tabs.widget(self._keys.index(tab.key))
        column = cast(QVBoxLayout, cast(QWidget, place).layout())
        if (old := self._made.get(tab.key)) is not None:
            column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._made[tab.key] = made
        column.addWidget(made)

    def _tab_changed(self, at: int) -> None:
        if self.record is None or not 0 <= at < len(self._keys):
            return
        key = self._keys[at]
        if self._wanted != key:
            self._wanted = key
            self.memory.put(f"record.{self.spec.key}.tab", key)
        if key not in self._made:
            tab = next(tab for tab in self._tabs_now() if tab.key == key)
            self._put(tab, tab.make(self, self.record))
        place, take = self.tabs.widget(at), getattr(self._made[key], "take_focus", None)
        if place is not None and place.hasFocus() and take is not None:
            take()

    def _something_changed(self, names: frozenset[str]) -> None:
        if names & set(self.spec.refresh_on) or "*" in names:
            if self.isVisible():
                self.refresh()
            else:
                self._stale = True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def take_focus(self) -> None:
        """The keyboard goes into the tab that is shown."""
        at = self.tabs.currentIndex()
        made = self._made.get(self._keys[at]) if 0 <= at < len(self._keys) else None
        if made is not None and (take := getattr(made, "take_focus", None)) is not None:
            take()
        else:
            self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_page()
        else:
            super().keyPressEvent(event)


def _history(page: RecordView, record: Any) -> QWidget:
    from shopdesk.ui.kit.history_view import HistoryView

    return HistoryView(page.desk, page.spec.entity, page.spec.ident(record))


def open_record(
    widget: QWidget, spec: RecordPage, record_id: object, *, tab: str = "", window: bool = False
) -> RecordView | None:
    """Open a record's page from any widget of a page and return it: in the place that hosts the widget, else in a window.

    Without the permission the page that the widget stands on says so, and None is returned. Raises RuntimeError when the
    widget stands on no page with a desk.
    """
    desk, memory = _surroundings(widget)
    if spec.needs is not None and not desk.may(spec.needs):
        words = _("Your role does not include: {permission}.").format(permission=_(PERMISSION_NAMES[spec.needs]))
        bar = bar_of(widget)
        if bar is not None:
            bar.refuse(words)
        return None
    page = RecordView(spec, record_id, desk, memory)
    if tab:
        page.open_tab(tab)
    host = None if window else host_of(widget)
    if host is None:
        in_own_window(page)
    else:
        host.open_page(page)
    return page


def _surroundings(widget: QWidget) -> tuple[Desk, Memory]:
    at: QWidget | None = widget
    while at is not None:
        desk, memory = getattr(at, "desk", None), getattr(at, "memory", None)
        if isinstance(desk, Desk) and isinstance(memory, Memory):
            return desk, memory
        at = at.parentWidget()
    raise RuntimeError("a page is opened from a widget that stands on one")
