"""The foot of a report's table: each total under its column."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.table_view import TableView
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font


class TotalsRow(QWidget):
    """Paints the totals where the header of their column stands; hidden while there are none."""

    def __init__(self, table: TableView) -> None:
        super().__init__()
        named(self, "totals", _("Totals"))
        self._table = table
        self._texts: dict[str, str] = {}
        self.setFixedHeight(tokens.ROW_HEIGHT + tokens.SPACE_4)
        self.hide()
        header = table.horizontalHeader()
        header.geometriesChanged.connect(self.update)
        header.sectionResized.connect(lambda *_args: self.update())
        header.sectionMoved.connect(lambda *_args: self.update())
        table.horizontalScrollBar().valueChanged.connect(lambda _value: self.update())
        appearance.notice().changed.connect(self.update)

    @property
    def texts(self) -> Mapping[str, str]:
        """The totals as they are written, by column key."""
        return self._texts

    def show_totals(self, totals: Mapping[str, object], formats: Formats) -> None:
        """Write the totals of some columns, each in the unit of its column."""
        columns = self._table.paged.columns
        self._texts = {}
        for column in columns:
            if column.key in totals:
                plain = column if column.read is None else None
                value = totals[column.key]
                row = SimpleNamespace(**{column.key: value})
                self._texts[column.key] = plain.show(row, formats) if plain is not None else str(value)
        words = ", ".join(
            f"{column.head(formats)} {self._texts[column.key]}" for column in columns if column.key in totals
        )
        self.setAccessibleName(_("Totals: {figures}").format(figures=words) if words else _("Totals"))
        self.setVisible(bool(self._texts))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = appearance.scheme().colours()
        painter = QPainter(self)
        painter.setPen(QColor(colours["border"]))
        painter.drawLine(0, 0, self.width(), 0)
        painter.setPen(QColor(colours["text"]))
        header, columns = self._table.horizontalHeader(), self._table.paged.columns
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        said = False
        for place in range(header.count()):
            at = header.logicalIndex(place)
            if header.isSectionHidden(at):
                continue
            column = columns[at]
            left, width = header.sectionViewportPosition(at), header.sectionSize(at)
            room = QRect(left, 0, width, self.height()).adjusted(tokens.SPACE_8, 0, -tokens.SPACE_8, 0)
            text = self._texts.get(column.key, "")
            if not text and not said and not column.right:
                said = True
                painter.setFont(text_font(weight=tokens.SEMIBOLD))
                side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
                painter.drawText(
                    room, int(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter), _("Total")
                )
            elif text:
                painter.setFont(number_font(weight=tokens.SEMIBOLD))
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(room, int(flags), text)
        painter.end()
