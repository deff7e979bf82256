"""Cells as they are painted: a figure reads the same in Arabic, its head stands over it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from shopdesk.ui.kit import columns
from shopdesk.ui.kit.cells import CellDelegate
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.table_model import PagedModel
from shopdesk.ui.kit.tasks import Ticket
from tests.ui.kit.shelf import Shelf, goods

COLUMNS = (columns.text("name", "Name", stretch=True), columns.quantity("stock_milli", "Stock"))
DIRECTIONS = (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)


class OneRow(QWidget):
    """A view as far as the delegate asks one, of one row that is below nothing."""

    fresh = True

    def __init__(self) -> None:
        super().__init__()
        shelf = Shelf([replace(goods(1)[0], stock_milli=-745)])

        def page(request, done, failed) -> Ticket:
            ticket = Ticket(1, done, failed, None, "")
            ticket.deliver(shelf.page(None, request), None)
            return ticket

        self.paged = PagedModel(COLUMNS, page, Formats(), page_rows=10, max_pages=2)
        self.paged.load()


@pytest.fixture
def view(qtbot, dressed) -> OneRow:
    made = OneRow()
    qtbot.addWidget(made)
    return made


def painted(view: OneRow, column: int, direction: Qt.LayoutDirection) -> QImage:
    image = QImage(140, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setLayoutDirection(direction)
    option = QStyleOptionViewItem()
    option.rect, option.direction = QRect(0, 0, 140, 32), direction
    CellDelegate(view, Formats()).paint(painter, option, view.paged.index(0, column))
    assert painter.layoutDirection() == direction
    painter.end()
    return image


def test_a_minus_stands_before_its_figure_in_every_direction(view: OneRow) -> None:
    left, right = (painted(view, 1, direction) for direction in DIRECTIONS)
    assert left == right


def test_words_stand_at_the_side_where_reading_begins(view: OneRow) -> None:
    left, right = (painted(view, 0, direction) for direction in DIRECTIONS)
    assert left != right


def test_the_head_of_figures_stands_over_them(view: OneRow) -> None:
    role = Qt.ItemDataRole.TextAlignmentRole
    side = Qt.AlignmentFlag(view.paged.headerData(1, Qt.Orientation.Horizontal, role))
    assert side & Qt.AlignmentFlag.AlignRight
    assert side & Qt.AlignmentFlag.AlignAbsolute
