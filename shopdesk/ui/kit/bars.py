"""Bars of a report: a line each with its words, a bar as long as its value, and the figure."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font

_LINE = 40
_BAR = 8


class Bars(QWidget):
    """Horizontal bars, the longest first; negative values are drawn in the colour of danger with their sign in the figure."""

    def __init__(self, words: str) -> None:
        super().__init__()
        named(self, "bars", words)
        self._words = words
        self._bars: list[tuple[str, int, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        appearance.notice().changed.connect(self.update)

    @property
    def bars(self) -> Sequence[tuple[str, int, str]]:
        """What is drawn: (words, value, figure)."""
        return self._bars

    def show_bars(self, bars: Sequence[tuple[str, int, str]]) -> None:
        """Draw these."""
        self._bars = list(bars)
        told = ", ".join(f"{words} {figure}" for words, _value, figure in self._bars)
        self.setAccessibleName(_("{title}: {figures}").format(title=self._words, figures=told) if told else self._words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, max(1, len(self._bars)) * _LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 3 * _LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._bars:
            return
        colours = appearance.scheme().colours()
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        longest = max(abs(value) for _words, value, _figure in self._bars) or 1
        words_font, figure_font = text_font(tokens.OFFICE_SECONDARY), number_font(tokens.OFFICE_SECONDARY)
        metrics, figures = QFontMetrics(words_font), QFontMetrics(figure_font)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        if mirrored:
            start, end = end, start
        for at, (words, value, figure) in enumerate(self._bars):
            top = at * _LINE
            if top + _LINE > self.height():
                break  # what does not fit stands in the table
            line = QRect(0, top, self.width(), _LINE - _BAR - tokens.SPACE_12)
            room = self.width() - figures.horizontalAdvance(figure) - tokens.SPACE_16
            painter.setPen(QColor(colours["text"]))
            painter.setFont(words_font)
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
            painter.drawText(line, int(start | middle), shown)
            painter.setFont(figure_font)
            painter.drawText(line, int(end | middle), figure)
            width = max(2.0, self.width() * abs(value) / longest)  # a length on the glass, no money
            left = self.width() - width if mirrored else 0.0
            bar = QRectF(left, top + line.height() + 2, width, _BAR)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours["accent" if value >= 0 else "danger"]))
            painter.drawRoundedRect(bar, 3, 3)
        painter.end()
