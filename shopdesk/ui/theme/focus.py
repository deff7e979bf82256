"""The accent ring around whatever has the keyboard, in every window of the application."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from shopdesk.ui.theme import tokens


class FocusRing(QObject):
    """Follows the focus with a ring laid over the widget's own edge.

    A border in the style sheet would break the arrows of combo and spin boxes and move the text inside; QFocusFrame is
    clipped by the parent's edge. A widget with the property ``ring`` set to False keeps its own mark.
    """

    def __init__(self, app: QApplication, colour: Callable[[], str]) -> None:
        super().__init__(app)
        self.setObjectName("focus_ring")
        self._colour = colour
        self._ring: _Ring | None = None
        app.focusChanged.connect(self._follow)
        self._follow(None, app.focusWidget())

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = None
        if new is None or not isValid(new) or new.property("ring") is False or new.inherits("QMenu") or new.isWindow():
            return
        self._ring = _Ring(new, self._colour)


class _Ring(QWidget):
    def __init__(self, around: QWidget, colour: Callable[[], str]) -> None:
        super().__init__(around)
        self.setObjectName("focus_mark")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._colour = colour
        self._radius = 2 if around.inherits("QAbstractItemView") else tokens.RADIUS
        around.installEventFilter(self)
        self.setGeometry(around.rect())
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._colour()), tokens.FOCUS_RING))
        half = tokens.FOCUS_RING / 2
        painter.drawRoundedRect(self.rect().toRectF().adjusted(half, half, -half, -half), self._radius, self._radius)
        painter.end()
