"""A line of text that shortens itself to its room; the whole of it stays with the screen reader and the hover."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from shopdesk.ui.kit.widgets import Label, plain_tip


class ElidedLabel(Label):
    """A label as wide as it is given, never as wide as its text."""

    def __init__(self, name: str, *, tone: str = "", font: QFont | None = None) -> None:
        self.whole = ""
        super().__init__("", name, tone=tone, font=font)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        """Show a text, or as much of it as there is room for."""
        self.whole = text
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().width()
        shown = self.fontMetrics().elidedText(self.whole, Qt.TextElideMode.ElideRight, room) if room > 1 else self.whole
        if shown != self.text():
            super().setText(shown)
        self.setToolTip(plain_tip(self.whole) if shown != self.whole else "")
        if self.whole:
            self.setAccessibleName(self.whole)
