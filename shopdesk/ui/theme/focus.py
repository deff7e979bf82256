"""The accent ring around whatever has the keyboard, in every window of the application."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFocusFrame, QMenu, QWidget
from shiboken6 import isValid

from shopdesk.ui.theme import tokens


class FocusRing(QObject):
    """Follows the focus with a frame laid over the widget.

    A border in the style sheet would break the arrows of combo and spin boxes and move the text inside. A widget with
    the property ``ring`` set to False keeps its own mark.
    """

    def __init__(self, app: QApplication, colour: Callable[[], str]) -> None:
        super().__init__(app)
        self.setObjectName("focus_ring")
        self._colour = colour
        self._frame: _Ring | None = None
        app.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._frame is not None and isValid(self._frame):
            self._frame.hide()
            self._frame.deleteLater()
        self._frame = None
        if new is None or not isValid(new) or new.property("ring") is False or isinstance(new, QMenu) or new.isWindow():
            return
        self._frame = _Ring(new.window(), self._colour)
        self._frame.setWidget(new)


class _Ring(QFocusFrame):
    def __init__(self, parent: QWidget, colour: Callable[[], str]) -> None:
        super().__init__(parent)
        self.setObjectName("focus_frame")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._colour = colour

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(self._colour()), tokens.FOCUS_RING)
        painter.setPen(pen)
        half = tokens.FOCUS_RING / 2
        radius = 2 if isinstance(self.widget(), QAbstractItemView) else tokens.RADIUS
        painter.drawRoundedRect(self.rect().toRectF().adjusted(half, half, -half, -half), radius, radius)
        painter.end()
