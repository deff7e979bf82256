"""A picture of an icon that changes its colour with the appearance."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme.icons import draw_icon


class Picture(QWidget):
    """Draws an icon in a colour of the scheme of the moment; nothing while ``glyph`` is empty."""

    def __init__(self, name: str, words: str, size: int, glyph: str = "", colour: str = "text") -> None:
        super().__init__()
        named(self, name, words)
        self._side = size
        self.glyph = glyph
        self.colour = colour
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, glyph: str, colour: str, words: str) -> None:
        """Show another icon; ``words`` is what a screen reader says."""
        self.glyph, self.colour = glyph, colour
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.glyph:
            painter = QPainter(self)
            draw_icon(painter, self.rect(), self.glyph, self.colour)
            painter.end()
