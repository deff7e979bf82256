"""Tiles of goods by category, each in a place of its own that does not move; variants wait behind their product's tile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from shopdesk.core.i18n import _
from shopdesk.ui.kit.widgets import button, hbox, icon_button, named, set_flag, vbox
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font
from shopdesk.ui.theme.icons import draw_icon
from shopdesk.ui.till.mirror import Mirror

Index = QModelIndex | QPersistentModelIndex
TILE = Qt.ItemDataRole.UserRole + 1
TILE_WIDTH = 132
TILE_HEIGHT = 128
PICTURE_HEIGHT = 68
GAP = tokens.SPACE_8
SCROLL_BAR = 14


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: a product with several variants opens them, one with a single variant is sold by a touch."""

    product_id: int
    variant_id: int | None
    name: str
    price: str
    variants: int = 1
    blob_id: int | None = None
    back: bool = False
    sold_out: bool = False

    @property
    def spoken(self) -> str:
        """The tile in words."""
        if self.back:
            return _("Back")
        if self.variant_id is None:
            return _("{name}, {count} variants").format(name=self.name, count=self.variants)
        said = f"{self.name}, {self.price}"
        return said + ", " + _("sold out") if self.sold_out else said


class TilesModel(QAbstractListModel):
    """The tiles of the page shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tiles: list[Tile] = []
        self.pictures: dict[int, QPixmap] = {}

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # Any: Qt's variant
        if not index.isValid() or not 0 <= index.row() < len(self.tiles):
            return None
        tile = self.tiles[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return tile.spoken
        return tile if role == TILE else None

    def show(self, tiles: Sequence[Tile]) -> None:
        """Another page."""
        self.beginResetModel()
        self.tiles = list(tiles)
        self.endResetModel()

    def picture_came(self, blob_id: int, picture: QImage) -> None:
        """A picture was read and decoded on a lane; show it where its tile stands."""
        self.pictures[blob_id] = QPixmap.fromImage(picture)
        for at, tile in enumerate(self.tiles):
            if tile.blob_id == blob_id:
                self.dataChanged.emit(self.index(at), self.index(at))


class _Grid(QListView):
    """Columns as many as fit, tiles as wide as that leaves room for."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        room = self.width() - SCROLL_BAR  # whether or not it is there: the places must not depend on it
        columns = max(1, room // (TILE_WIDTH + GAP))
        self.setGridSize(QSize(room // columns, TILE_HEIGHT + GAP))
        super().resizeEvent(event)


class Tiles(QWidget):
    """Chips of categories above a grid of tiles. ``pressed`` carries the tile, ``page_wanted`` the key of a chip.

    ``menu_wanted`` carries a tile and a place on the screen: the other button, a long press or the menu key.
    """

    pressed = Signal(object)
    menu_wanted = Signal(object, QPoint)
    page_wanted = Signal(str)

    def __init__(self, wanted_picture: Callable[[int], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "tiles", _("Goods"))
        self._wanted_picture = wanted_picture
        self._asked: set[int] = set()
        self._chips: dict[str, QPushButton] = {}
        self.page = ""
        layout = vbox(self, spacing=tokens.SPACE_8)
        self._strip = QScrollArea()
        named(self._strip, "categories", _("Categories"))
        self._strip.setWidgetResizable(True)
        self._strip.setFrameShape(QFrame.Shape.NoFrame)
        self._strip.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._strip.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._strip.setFixedHeight(tokens.TARGET_TILL + tokens.SPACE_4)
        self._strip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = named(QWidget(), "category_chips")
        self._row = hbox(inner, spacing=tokens.SPACE_8)
        self._row.addStretch(1)
        self._strip.setWidget(inner)
        top = hbox(spacing=tokens.SPACE_4)
        top.addWidget(self._strip, 1)
        self._further = icon_button(
            "chevron-right",
            "more_categories",
            _("More categories"),
            self._scroll_strip,
            size=tokens.TARGET_TILL,
            icon_size=tokens.ICON_TILL,
        )
        self._further.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top.addWidget(self._further)
        bar = self._strip.horizontalScrollBar()
        bar.rangeChanged.connect(lambda _low, high: self._further.setVisible(high > 0))
        self._further.hide()
        layout.addLayout(top)
        self.grid = named(_Grid(), "tile_grid", _("Goods"))
        self.model = TilesModel(self)
        self.grid.setModel(self.model)
        self.grid.setItemDelegate(_TileDelegate(self.grid, self))
        self.grid.setViewMode(QListView.ViewMode.IconMode)
        self.grid.setMovement(QListView.Movement.Static)
        self.grid.setResizeMode(QListView.ResizeMode.Adjust)
        self.grid.setUniformItemSizes(True)
        self.grid.setFrameShape(QFrame.Shape.NoFrame)
        self.grid.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.grid.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.grid.setStyleSheet("QListView { background: transparent; }")
        self.grid.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(self._ask_for_menu)
        self.grid.clicked.connect(self._press)
        self.grid.activated.connect(self._press_by_key)
        self._clicked_now = False
        layout.addWidget(self.grid, 1)
        appearance.notice().changed.connect(self._recolour)

    def _recolour(self) -> None:
        self.grid.viewport().update()

    def show_pages(self, pages: Sequence[tuple[str, str]]) -> None:
        """The chips: key and words."""
        for chip in self._chips.values():
            chip.hide()
            chip.deleteLater()
        self._chips = {}
        for key, words in pages:
            chip = button(words, f"page_{key}", role="chip", till=True)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _checked=False, key=key: self.page_wanted.emit(key))
            self._row.insertWidget(self._row.count() - 1, chip)
            self._chips[key] = chip

    def show_page(self, key: str, tiles: Sequence[Tile]) -> None:
        """The tiles of a page, in the order given."""
        self.page = key
        for name, chip in self._chips.items():
            set_flag(chip, "on", name == key)
            if name == key:
                self._strip.ensureWidgetVisible(chip)
        self.model.show(tiles)
        self.grid.scrollToTop()
        for tile in tiles:
            if tile.blob_id is not None and tile.blob_id not in self._asked:
                self._asked.add(tile.blob_id)
                self._wanted_picture(tile.blob_id)

    def step_page(self, step: int) -> None:
        """Open the page after the one shown, or before it."""
        keys = list(self._chips)
        if keys:
            at = keys.index(self.page) if self.page in keys else 0
            self.page_wanted.emit(keys[(at + step) % len(keys)])

    def _ask_for_menu(self, at: QPoint) -> None:
        tile = self.grid.indexAt(at).data(TILE)
        if tile is not None and not tile.back:
            self.menu_wanted.emit(tile, self.grid.viewport().mapToGlobal(at))

    def _scroll_strip(self) -> None:
        bar = self._strip.horizontalScrollBar()
        at_end = bar.value() >= bar.maximum()
        bar.setValue(0 if at_end else bar.value() + bar.pageStep() // 2)

    def _press(self, index: QModelIndex) -> None:
        self._clicked_now = True
        tile = index.data(TILE)
        if tile is not None:
            self.pressed.emit(tile)

    def _press_by_key(self, index: QModelIndex) -> None:
        # Some desktops activate by a single click, which clicked() has already told.
        if self._clicked_now:
            self._clicked_now = False
            return
        tile = index.data(TILE)
        if tile is not None:
            self.pressed.emit(tile)


def tile_picture(data: bytes) -> QImage:
    """A stored picture as the tiles show it, small; an empty picture for bytes that are none. Safe on any thread."""
    # Pictures are stored as nothing else: no other decoder is fed. The stub says bytes, the binding takes str.
    image = QImage.fromData(data, "WEBP")  # type: ignore[arg-type]
    if image.isNull():
        return image
    size = QSize(2 * TILE_WIDTH, 2 * PICTURE_HEIGHT)
    return image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


@lru_cache(maxsize=2048)
def _two_lines(name: str, width: int) -> tuple[str, str]:
    """A name broken after a word into at most two lines, the second one shortened."""
    metrics = QFontMetrics(text_font(tokens.OFFICE_SECTION, tokens.SEMIBOLD))
    words, first = name.split(" "), ""
    while words and metrics.horizontalAdvance(f"{first} {words[0]}".strip()) <= width:
        first = f"{first} {words.pop(0)}".strip()
    if not first:
        return metrics.elidedText(name, Qt.TextElideMode.ElideRight, width), ""
    return first, metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, width)


class _TileDelegate(QStyledItemDelegate):
    def __init__(self, parent: QWidget, tiles: Tiles) -> None:
        super().__init__(parent)
        self._tiles = tiles
        self._name = text_font(tokens.OFFICE_SECTION, tokens.SEMIBOLD)
        self._price = number_font(tokens.OFFICE_TEXT)
        self._grounds: dict[int, QColor] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._tiles.grid.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile: Tile | None = index.data(TILE)
        if tile is None:
            return
        colours = appearance.scheme().colours()
        rect: QRect = option.rect.adjusted(0, 0, -GAP, -GAP)
        place = Mirror(option.direction, rect)
        keyboard = option.state & QStyle.StateFlag.State_HasFocus and self._tiles.grid.hasFocus()
        under_finger = option.state & QStyle.StateFlag.State_MouseOver
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # figures keep their sign; places are mirrored
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours["accent" if keyboard else "border"]))
        painter.setBrush(QColor(colours["hover" if under_finger else "surface"]))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), tokens.RADIUS_CARD, tokens.RADIUS_CARD)
        if tile.back:
            self._icon(painter, rect.adjusted(0, 0, 0, PICTURE_HEIGHT - rect.height()), "arrow-left", "text")
            self._words(painter, place, rect, tile, colours)
            painter.restore()
            return
        self._picture(painter, rect, tile, colours)
        self._words(painter, place, rect, tile, colours)
        painter.restore()

    def _picture(self, painter: QPainter, rect: QRect, tile: Tile, colours: dict[str, str]) -> None:
        place = QRect(rect.left() + 1, rect.top() + 1, rect.width() - 2, PICTURE_HEIGHT)
        path = QPainterPath()
        path.addRoundedRect(QRectF(place.adjusted(0, 0, 0, tokens.RADIUS_CARD)), tokens.RADIUS_CARD, tokens.RADIUS_CARD)
        painter.save()
        painter.setClipRect(place)
        painter.fillPath(path, QColor(colours["background"]))
        picture = self._tiles.model.pictures.get(tile.blob_id) if tile.blob_id is not None else None
        if picture is not None and not picture.isNull():
            size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(place.topLeft(), size)
            target.moveCenter(place.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
            painter.fillRect(place, self._ground(picture))
            painter.drawPixmap(target, picture)
        else:
            self._icon(painter, place, "package-variant", "secondary")
        painter.restore()

    def _ground(self, picture: QPixmap) -> QColor:
        """The colour at a picture's edge, with which the rest of its tile is filled; looked at once a picture."""
        key = picture.cacheKey()
        if key not in self._grounds:
            self._grounds[key] = picture.toImage().pixelColor(0, picture.height() // 2)
        return self._grounds[key]

    def _words(self, painter: QPainter, place: Mirror, rect: QRect, tile: Tile, colours: dict[str, str]) -> None:
        words = QRect(
            rect.left() + tokens.SPACE_8, rect.top() + PICTURE_HEIGHT + 4, rect.width() - tokens.SPACE_16, TILE_HEIGHT
        )
        words.setBottom(rect.bottom() - 3)
        first, second = _two_lines(tile.name, words.width())
        height = QFontMetrics(self._name).height()
        painter.setPen(QColor(colours["secondary" if tile.sold_out else "text"]))
        painter.setFont(self._name)
        painter.drawText(place(QRect(words.left(), words.top(), words.width(), height)), place.start, first)
        if second:
            below = QRect(words.left(), words.top() + height, words.width(), height)
            painter.drawText(place(below), place.start, second)
        if tile.back:
            return
        if tile.sold_out:
            self._badge(painter, place, rect, _("sold out"), colours)
        elif tile.variant_id is None:
            self._badge(painter, place, rect, f"▾ {tile.variants}", colours)
        else:
            self._badge(painter, place, rect, tile.price, colours)

    def _badge(self, painter: QPainter, mirror: Mirror, rect: QRect, text: str, colours: dict[str, str]) -> None:
        metrics = QFontMetrics(self._price)
        width, height = metrics.horizontalAdvance(text) + tokens.SPACE_12, metrics.height() + tokens.SPACE_4
        place = mirror(QRect(rect.right() - width - 5, rect.top() + PICTURE_HEIGHT - height - 3, width, height))
        painter.setPen(QColor(colours["border"]))
        painter.setBrush(QColor(colours["surface"]))
        painter.drawRoundedRect(place, height / 2, height / 2)
        painter.setPen(QColor(colours["text"]))
        painter.setFont(self._price)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)

    @staticmethod
    def _icon(painter: QPainter, rect: QRect, glyph: str, tone: str) -> None:
        box = QRect(0, 0, tokens.ICON_TILL, tokens.ICON_TILL)
        box.moveCenter(rect.center())
        draw_icon(painter, box, glyph, tone)
