"""Find one thing among many by typing: a line, hits under it, Enter takes the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from shopdesk.core.i18n import _
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.widgets import named, vbox
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font
from shopdesk.ui.theme.icons import icon

MAIN = Qt.ItemDataRole.DisplayRole
SECOND = Qt.ItemDataRole.UserRole + 1
RIGHT = Qt.ItemDataRole.UserRole + 2
_SHOWN = 8

Words = tuple[str, str, str]


class Picker(QWidget):
    """A search line with its hits below. ``picked`` is sent with the chosen row.

    ``query`` is called as ``query(reader, text)`` on a read lane and returns rows, best first; ``words`` gives each row's
    main text, the smaller text under it and a figure at the right. Hits never change under the finger: Enter and a click
    take what is shown, and nothing while an answer is awaited. ``least`` is how many letters are needed.
    """

    picked = Signal(object)

    def __init__(
        self,
        desk: Desk,
        query: Callable[..., Sequence[Any]],
        words: Callable[[Any], Words],
        name: str,
        label: str,
        *,
        till: bool = False,
        least: int = 1,
        keep: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, name, label)
        self._desk = desk
        self._query = query
        self._words = words
        self._least = least
        self._keep = keep
        self._asked = ""
        self._waiting = False
        self.rows: list[Any] = []
        self.line = named(QLineEdit(), f"{name}_line", label)
        self.line.setPlaceholderText(label)
        self.line.setClearButtonEnabled(True)
        self.line.addAction(icon("magnify", "secondary"), QLineEdit.ActionPosition.LeadingPosition)
        if till:
            self.line.setProperty("face", "till")
            self.line.setMinimumHeight(tokens.TARGET_TILL)
        layout = vbox(self)
        layout.addWidget(self.line)
        self.setFocusProxy(self.line)
        self.hits = _Hits(till, name)
        self.hits.itemClicked.connect(lambda item: self._take(self.hits.row(item)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(tokens.SEARCH_WAIT_MS)
        self._timer.timeout.connect(self._ask)
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)

    def clear(self) -> None:
        """Empty the line and take the hits away."""
        self.line.clear()
        self.rows = []
        self.hits.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut and not self.hits.underMouse():
            self.hits.hide()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.hits.isVisible():
            step = 1 if key == Qt.Key.Key_Down else -1
            self.hits.setCurrentRow(max(0, min(self.hits.count() - 1, self.hits.currentRow() + step)))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self._timer.isActive():
                self._timer.stop()
                self._ask()
            elif not self._waiting and self.hits.isVisible():
                self._take(self.hits.currentRow())
            return self.line.text().strip() != ""
        if key == Qt.Key.Key_Escape and self.hits.isVisible():
            self.hits.hide()
            return True
        return False

    def _typed(self, text: str) -> None:
        if len(text.strip()) >= self._least:
            self._timer.start()
        else:
            self._timer.stop()
            self.hits.hide()

    def _ask(self) -> None:
        self._asked = self.line.text().strip()
        self._waiting = True
        self._desk.ask(
            self._query, self._asked, done=self._show, failed=question_failed(self), owner=self, key="picker"
        )

    def _show(self, rows: Sequence[Any]) -> None:
        self._waiting = False
        self.rows = list(rows)
        self.hits.fill([self._words(row) for row in self.rows])
        if self.line.text().strip():
            self._place()

    def _place(self) -> None:
        window = self.window()
        if self.hits.parentWidget() is not window:
            self.hits.setParent(window)
        at = self.mapTo(window, QPoint(0, self.line.height() + tokens.SPACE_4))
        height = self.hits.wanted_height()
        if at.y() + height > window.height():
            at.setY(max(tokens.SPACE_4, at.y() - height - self.line.height() - tokens.SPACE_8))
        self.hits.setGeometry(QRect(at, QSize(max(self.width(), 280), min(height, window.height() - at.y()))))
        self.hits.show()
        self.hits.raise_()

    def _take(self, place: int) -> None:
        if not 0 <= place < len(self.rows):
            return
        row = self.rows[place]
        self.hits.hide()
        if self._keep:
            self.line.setText(self._words(row)[0])
        else:
            self.line.clear()
        self.picked.emit(row)


class _Hits(QListWidget):
    def __init__(self, till: bool, name: str) -> None:
        super().__init__()
        named(self, f"{name}_hits", _("Hits"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_HitDelegate(self, till))
        self.setStyleSheet("QListWidget { border: 1px solid palette(mid); border-radius: 6px; }")
        self._row_height = 56 if till else 44
        self.hide()

    def fill(self, words: Sequence[Words]) -> None:
        self.clear()
        for main, second, right in words:
            item = QListWidgetItem(main)
            item.setData(SECOND, second)
            item.setData(RIGHT, right)
            item.setSizeHint(QSize(100, self._row_height))
            item.setToolTip("")
            self.addItem(item)
        if not words:
            item = QListWidgetItem(_("Nothing found."))
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setSizeHint(QSize(100, self._row_height))
            self.addItem(item)
        else:
            self.setCurrentRow(0)

    def wanted_height(self) -> int:
        return min(self.count(), _SHOWN) * self._row_height + 2


class _HitDelegate(QStyledItemDelegate):
    def __init__(self, parent: QWidget, till: bool) -> None:
        super().__init__(parent)
        self._main = text_font(tokens.TILL_TEXT if till else tokens.OFFICE_TEXT, tokens.SEMIBOLD)
        self._second = text_font(tokens.OFFICE_TEXT if till else tokens.OFFICE_SECONDARY)
        self._right = number_font(tokens.TILL_TEXT if till else tokens.OFFICE_TEXT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        colours = appearance.scheme().colours()
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.fillRect(option.rect, QColor(colours["selected"]))
        inner = option.rect.adjusted(tokens.SPACE_12, tokens.SPACE_4, -tokens.SPACE_12, -tokens.SPACE_4)
        right, second = index.data(RIGHT) or "", index.data(SECOND) or ""
        painter.setFont(self._right)
        painter.setPen(QColor(colours["text"]))
        width = painter.fontMetrics().horizontalAdvance(right)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), right)
        left = inner.adjusted(0, 0, -width - tokens.SPACE_12, 0)
        top = left.adjusted(0, 0, 0, -left.height() // 2) if second else left
        painter.setFont(self._main)
        main = painter.fontMetrics().elidedText(index.data(MAIN) or "", Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(top, int(Qt.AlignmentFlag.AlignVCenter), main)
        if second:
            painter.setFont(self._second)
            painter.setPen(QColor(colours["secondary"]))
            shown = painter.fontMetrics().elidedText(second, Qt.TextElideMode.ElideRight, left.width())
            below = left.adjusted(0, left.height() // 2, 0, 0)
            painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter), shown)
