"""A level over time as a stepped line: what was there when, read off under the pointer or with the arrow keys."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import _
from shopdesk.inventory.movements import Step
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.screens.stock_words import MOVEMENTS
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font

_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 30, 24
_LINES = 4
# Time runs to the right in every language, so what stands at its ends is not mirrored.
_START = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
_END = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)


class LevelCurve(QWidget):
    """The picture of a level. ``show_steps`` gives it its steps, a line for the threshold, and the moment that is now."""

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        named(self, "level_curve", _("Level over time"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(180)
        self.formats = formats
        self.steps: tuple[Step, ...] = ()
        self._threshold: int | None = None
        self._now = 0.0
        self._at: int | None = None
        appearance.notice().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(640, 220)

    def show_steps(self, steps: Sequence[Step], now: datetime, threshold: int | None = None) -> None:
        """Draw other steps."""
        self.steps = tuple(steps)
        self._threshold = threshold
        self._now = now.timestamp()
        self._at = None
        self.setAccessibleDescription(self.told())
        self.update()

    def told(self) -> str:
        """What the pointer or the keys are on, or the last step, in words."""
        if not self.steps:
            return _("Nothing moved yet.")
        step = self.steps[len(self.steps) - 1 if self._at is None else self._at]
        sign = "+" if step.change_milli > 0 else ""
        return _("{time}: {level} ({what} {change})").format(
            time=self.formats.moment(step.at),
            level=self.formats.quantity(step.level_milli),
            what=_(MOVEMENTS.get(step.type, step.type)),
            change=f"{sign}{self.formats.quantity(step.change_milli)}",
        )

    # Reading off

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(self._place_at(event.position().x()))

    def leaveEvent(self, event: object) -> None:
        self._go(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self.steps:
            super().keyPressEvent(event)
            return
        at = len(self.steps) - 1 if self._at is None else self._at
        self._go(max(0, min(len(self.steps) - 1, at + step)))

    def _go(self, at: int | None) -> None:
        if at != self._at:
            self._at = at
            self.setAccessibleDescription(self.told())
            self.update()

    def _place_at(self, x: float) -> int | None:
        if not self.steps:
            return None
        first, last = self._span()
        area = self._area()
        moment = first + (x - area.left()) / max(area.width(), 1.0) * (last - first)
        times = [step.at.timestamp() for step in self.steps]
        return max(0, bisect_right(times, moment) - 1)

    # Drawing

    def _area(self) -> QRectF:
        return QRectF(_LEFT, _TOP, max(1, self.width() - _LEFT - _RIGHT), max(1, self.height() - _TOP - _BOTTOM))

    def _span(self) -> tuple[float, float]:
        first = self.steps[0].at.timestamp()
        last = max(self._now, self.steps[-1].at.timestamp())
        return first, last if last > first else first + 1

    def _range(self) -> tuple[int, int]:
        levels = [step.level_milli for step in self.steps] + [0]
        if self._threshold is not None:
            levels.append(self._threshold)
        low, high = min(levels), max(levels)
        step = _round_step((high - low) / _LINES or 1000)
        return low // step * step, -(-high // step) * step or step

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = appearance.scheme().colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        painter.setPen(QColor(colours["secondary"]))
        painter.setFont(text_font(tokens.OFFICE_SECONDARY))
        middle = int(Qt.AlignmentFlag.AlignCenter)
        if not self.steps:
            painter.drawText(self.rect(), middle, _("Nothing moved yet."))
            return
        low, high = self._range()
        first, last = self._span()

        def x(moment: float) -> float:
            return area.left() + (moment - first) / (last - first) * area.width()

        def y(level: float) -> float:
            return area.bottom() - (level - low) / (high - low) * area.height()

        self._draw_grid(painter, area, low, high, y, colours)
        points = [QPointF(x(self.steps[0].at.timestamp()), y(self.steps[0].level_milli))]
        for before, step in zip(self.steps, self.steps[1:], strict=False):
            here = x(step.at.timestamp())
            points += [QPointF(here, y(before.level_milli)), QPointF(here, y(step.level_milli))]
        points.append(QPointF(x(last), y(self.steps[-1].level_milli)))
        ground = y(max(low, min(high, 0)))
        filled = QColor(colours["accent"])
        filled.setAlpha(38)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(filled)
        painter.drawPolygon(QPolygonF([QPointF(points[0].x(), ground), *points, QPointF(points[-1].x(), ground)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours["accent"]), 2))
        painter.drawPolyline(QPolygonF(points))
        if self._threshold is not None:
            pen = QPen(QColor(colours["warning"]), 1.2, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawLine(QPointF(area.left(), y(self._threshold)), QPointF(area.right(), y(self._threshold)))
        self._draw_times(painter, area, first, last, colours)
        painter.setPen(QColor(colours["text"]))
        painter.setFont(text_font(tokens.OFFICE_TEXT, tokens.SEMIBOLD))
        head = QRectF(area.left(), 0, area.width(), _TOP - 6)
        painter.drawText(head, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.told())
        if self._at is not None:
            step = self.steps[self._at]
            spot = QPointF(x(step.at.timestamp()), y(step.level_milli))
            painter.setPen(QPen(QColor(colours["secondary"]), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(spot.x(), area.top()), QPointF(spot.x(), area.bottom()))
            painter.setPen(QPen(QColor(colours["surface"]), 2))
            painter.setBrush(QColor(colours["accent"]))
            painter.drawEllipse(spot, 5, 5)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours["accent"]), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), tokens.RADIUS, tokens.RADIUS)
        painter.end()

    def _draw_grid(
        self,
        painter: QPainter,
        area: QRectF,
        low: int,
        high: int,
        y: Callable[[float], float],
        colours: Mapping[str, str],
    ) -> None:
        step = _round_step((high - low) / _LINES)
        painter.setFont(number_font(tokens.OFFICE_SECONDARY))
        for level in range(low, high + 1, step):
            at = y(level)
            painter.setPen(QPen(QColor(colours["border"]), 1.4 if level == 0 else 0.8))
            painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at))
            painter.setPen(QColor(colours["secondary"]))
            box = QRectF(0, at - 9, _LEFT - 8, 18)
            painter.drawText(box, _END | int(Qt.AlignmentFlag.AlignVCenter), self.formats.quantity(level))

    def _draw_times(
        self, painter: QPainter, area: QRectF, first: float, last: float, colours: Mapping[str, str]
    ) -> None:
        painter.setPen(QColor(colours["secondary"]))
        painter.setFont(text_font(tokens.OFFICE_SECONDARY))
        box = QRectF(area.left(), area.bottom() + 4, area.width(), _BOTTOM - 4)
        start = datetime.fromtimestamp(first, tz=self.steps[0].at.tzinfo)
        end = datetime.fromtimestamp(last, tz=self.steps[0].at.tzinfo)
        painter.drawText(box, _START, self.formats.moment(start))
        painter.drawText(box, _END, self.formats.moment(end))


def _round_step(wanted: float) -> int:
    """The next larger 1, 2 or 5 of a power of ten, in thousandths."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if step >= wanted:
                return step
        size *= 10
