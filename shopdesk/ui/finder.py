"""Ctrl+K: a few letters and Enter lead to any place, command, product, customer or document that the person may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from shopdesk.core.folding import folded
from shopdesk.core.i18n import N_, _
from shopdesk.ui.kit.commanding import Commanding
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.widgets import Label, named
from shopdesk.ui.screens.findings import SHORTEST, Finding, find_everywhere
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import text_font
from shopdesk.ui.theme.icons import draw_icon

if TYPE_CHECKING:
    from shopdesk.ui.office import Office

OWN_WINDOW = "Ctrl+Shift+O"
HERE, PLACES = N_("On this page"), N_("Places")
SIZE = QSize(600, 480)
MOST_HERE, MOST_PLACES = 6, 8
INSIDE = 3
_HEAD, _ROW = 28, 36


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the palette; ``second`` stands at its end (a key, a number), ``elsewhere`` opens it in another window."""

    group: str
    words: str
    second: str
    glyph: str
    run: Callable[[], object]
    elsewhere: Callable[[], object] | None = None


class Finder(Dialog):
    """A line and what fits it, by group. Arrows move, Enter opens, Ctrl+Enter opens in a window of its own."""

    def __init__(self, office: Office) -> None:
        super().__init__(office, "finder", _("Find"))
        self.setMinimumSize(SIZE)
        self._office = office
        self._own = _here(office) + _places(office)
        self._found: list[Choice] = []
        self.line = named(QLineEdit(), "finder_line", _("A place, a command, goods, people or a number"))
        self.line.setPlaceholderText(_("A place, a command, goods, people or a number"))
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._typed)
        self.line.returnPressed.connect(self.take)
        self.line.installEventFilter(self)
        self.body.addWidget(self.line)
        self.list = named(QListWidget(), "finder_list", _("What fits"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_ChoiceDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.itemClicked.connect(lambda _item: self.take())
        self.body.addWidget(self.list, 1)
        self.nothing = Label(_("Nothing fits."), "finder_nothing", tone="secondary")
        self.body.addWidget(self.nothing)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(tokens.SEARCH_WAIT_MS)
        self._wait.timeout.connect(self._search)
        self._fill()
        self.line.setFocus()

    @property
    def choices(self) -> list[Choice]:
        """What is offered now, in order."""
        rows = (self.list.item(at).data(Qt.ItemDataRole.UserRole) for at in range(self.list.count()))
        return [row for row in rows if isinstance(row, Choice)]

    def take(self, *, elsewhere: bool = False) -> None:
        """Open what is chosen; an answer that is still under way is waited for when nothing is chosen yet."""
        choice = self._chosen()
        if not isinstance(choice, Choice):
            return
        self.accept()
        (choice.elsewhere if elsewhere and choice.elsewhere is not None else choice.run)()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _STEPS:
                self._move(_STEPS[key])
                return True
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if control and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.take(elsewhere=True)
                return True
        return False

    def _move(self, step: int) -> None:
        at = self.list.currentRow()
        towards = 1 if step > 0 else -1
        for _time in range(abs(step)):
            on = at + towards
            while 0 <= on < self.list.count() and not self._is_choice(on):
                on += towards
            if not 0 <= on < self.list.count():
                break
            at = on
        self.list.setCurrentRow(at)
        if at == self._first():
            self.list.scrollToTop()  # its heading too

    def _is_choice(self, at: int) -> bool:
        return isinstance(self.list.item(at).data(Qt.ItemDataRole.UserRole), Choice)

    def _chosen(self) -> object:
        return (
            self.list.item(self.list.currentRow()).data(Qt.ItemDataRole.UserRole)
            if self.list.currentRow() >= 0
            else None
        )

    def _first(self) -> int:
        return next((at for at in range(self.list.count()) if self._is_choice(at)), -1)

    def _typed(self, text: str) -> None:
        if len(text.strip()) < SHORTEST:
            self._wait.stop()
            self._found = []
        else:
            self._wait.start()
        self._fill()

    def _search(self) -> None:
        text = self.line.text()
        desk = self._office.desk
        desk.ask(
            find_everywhere,
            text,
            desk.actor,
            done=lambda found: self._arrived(text, found),
            failed=lambda _error: None,  # places and commands are still found
            owner=self,
            key="find",
        )

    def _arrived(self, text: str, found: Sequence[Finding]) -> None:
        if text == self.line.text():
            self._found = [_as_choice(self._office, one) for one in found]
            self._fill()

    def _fill(self) -> None:
        was = self._chosen()
        parts = folded(self.line.text()).split()
        own = [choice for choice in self._own if _fits(choice, parts)]
        here = [choice for choice in own if choice.group == HERE][: MOST_HERE if parts else None]
        places = [choice for choice in own if choice.group == PLACES][: MOST_PLACES if parts else None]
        self.list.clear()
        group = ""
        for choice in (*here, *places, *self._found):
            if choice.group != group:
                group = choice.group
                self._add(_(group), None)
            self._add(choice.words, choice)
        self.nothing.setVisible(not self.list.count() and not self._wait.isActive())
        same = (at for at in range(self.list.count()) if _same(self.list.item(at).data(Qt.ItemDataRole.UserRole), was))
        moved = self.list.hasFocus() or was is not None
        self.list.setCurrentRow(next(same, self._first()) if moved and parts and self._found else self._first())
        if self.list.currentRow() == self._first():
            self.list.scrollToTop()

    def _add(self, words: str, choice: Choice | None) -> None:
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, choice)
        item.setSizeHint(QSize(100, _ROW if choice is not None else _HEAD))
        if choice is None:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        elif choice.second:
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{choice.words}, {choice.second}")
        self.list.addItem(item)


_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


def _here(office: Office) -> list[Choice]:
    """The commands of what is shown that can be run now."""
    page: Any = office.top
    offered: Sequence[tuple[Any, bool, str]] = ()
    if isinstance(page, Commanding):
        offered = page.offered(page.chosen)
    elif isinstance(page, RecordView):
        offered = page.offered()
    own = [Choice(HERE, _("Open in a window of its own"), OWN_WINDOW, "dock-window", office.take_out)] if page else []
    return own + [
        Choice(HERE, _(command.title), command.shortcut, command.glyph, lambda key=command.key: page.run(key))  # type: ignore[misc]
        for command, usable, _why in offered
        if usable
    ]


def _places(office: Office) -> list[Choice]:
    """Every place the person may see."""
    found = []
    for entry in office.entries:
        if office.desk.may(entry.needs):
            key = entry.key
            found.append(
                Choice(
                    PLACES,
                    _(entry.title),
                    entry.shortcut,
                    entry.glyph,
                    lambda key=key: office.open(key),  # type: ignore[misc]
                    None if key == "till" else lambda key=key: office.window_wanted.emit(key),  # type: ignore[misc]
                )
            )
    return found


def _as_choice(office: Office, found: Finding) -> Choice:
    return Choice(
        found.group,
        found.words,
        found.second,
        found.glyph,
        lambda: office.open_target(found.kind, found.id),
        lambda: office.open_target(found.kind, found.id, window=True),
    )


def _fits(choice: Choice, parts: Sequence[str]) -> bool:
    """Each part begins a word; three letters may also stand inside one."""
    words = f" {folded(choice.words)}"
    return all(f" {part}" in words or (len(part) >= INSIDE and part in words) for part in parts)


def _same(one: object, other: object) -> bool:
    return (
        isinstance(one, Choice)
        and isinstance(other, Choice)
        and (one.group, one.words, one.second) == (other.group, other.words, other.second)
    )


class _ChoiceDelegate(QStyledItemDelegate):
    """A heading in small letters, or an icon, words, and what stands at the end."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        place: Any = option  # its fields are missing from the stubs
        choice = index.data(Qt.ItemDataRole.UserRole)
        colours = appearance.scheme().colours()
        room: QRect = place.rect
        inner = room.adjusted(tokens.SPACE_8, 0, -tokens.SPACE_12, 0)
        start = QStyle.visualAlignment(place.direction, Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
        end = QStyle.visualAlignment(place.direction, Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignVCenter
        painter.save()
        if not isinstance(choice, Choice):
            painter.setFont(text_font(tokens.OFFICE_SECONDARY, tokens.SEMIBOLD))
            painter.setPen(QColor(colours["secondary"]))
            painter.drawText(inner, start, str(index.data(Qt.ItemDataRole.DisplayRole)))
            painter.restore()
            return
        if place.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, QColor(colours["selected"]))
        elif place.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(room, QColor(colours["hover"]))
        side = tokens.ICON_BUTTON
        spot = QRect(inner.left(), inner.center().y() - side // 2, side, side)
        if choice.glyph:
            draw_icon(painter, QStyle.visualRect(place.direction, inner, spot), choice.glyph, "text")
        words = inner.adjusted(side + tokens.SPACE_8, 0, 0, 0)
        painter.setFont(text_font(tokens.OFFICE_SECONDARY, tabular=True))
        second = painter.fontMetrics().elidedText(choice.second, Qt.TextElideMode.ElideRight, words.width() // 2)
        taken = painter.fontMetrics().horizontalAdvance(second) + tokens.SPACE_12 if second else 0
        painter.setPen(QColor(colours["secondary"]))
        painter.drawText(QStyle.visualRect(place.direction, inner, words), end, second)
        painter.setFont(text_font(tokens.OFFICE_TEXT))
        painter.setPen(QColor(colours["text"]))
        left = words.adjusted(0, 0, -taken, 0)
        text = painter.fontMetrics().elidedText(choice.words, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(QStyle.visualRect(place.direction, inner, left), start, text)
        painter.restore()
