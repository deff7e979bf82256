"""Icons: Material Design outline glyphs, drawn sharp at any scale in a colour of the theme.

The font is qtawesome's file, opened without importing qtawesome: its import and icon tables cost 170 ms, more than the
whole way to the painted sign-in (V11); the font alone costs 4 ms.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QIcon, QIconEngine, QPainter, QPixmap

from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.glyphs import GLYPHS

_FILL = 0.96


def icon(name: str, colour: str = "text") -> QIcon:
    """The icon of a glyph's name, in a colour of the scheme of the moment (``text``, ``accent_text``, ``danger``...).

    Raises KeyError for a name that is not in the glyph table, at the place that asked.
    """
    return QIcon(_GlyphEngine(chr(GLYPHS[name]), colour))


def pixmap(name: str, size: int = tokens.ICON_BUTTON, colour: str = "text", ratio: float = 1.0) -> QPixmap:
    """A picture of an icon, ``size`` logical pixels square."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    draw_icon(painter, QRect(0, 0, size, size), name, colour)
    painter.end()
    return picture


def draw_icon(painter: QPainter, rect: QRect, name: str, colour: str = "text") -> None:
    """Paint an icon into a rectangle of the painter."""
    _draw(painter, rect, chr(GLYPHS[name]), QColor(appearance.scheme().colours()[colour]))


def font_file() -> Path:
    """Where the glyphs come from; raises FileNotFoundError when qtawesome is not installed."""
    found = importlib.util.find_spec("qtawesome")
    folder = Path(found.origin).parent / "fonts" if found and found.origin else Path()
    files = sorted(folder.glob("materialdesignicons6-webfont-*.ttf"))
    if not files:
        raise FileNotFoundError("the icon font of qtawesome")
    return files[-1]


@lru_cache(maxsize=1)
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(font_file()))
    return QFontDatabase.applicationFontFamilies(number)[0]


def _draw(painter: QPainter, rect: QRect, glyph: str, colour: QColor) -> None:
    font = QFont(_family())
    font.setPixelSize(max(1, round(min(rect.width(), rect.height()) * _FILL)))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if (wide := QFontMetrics(font).horizontalAdvance(glyph)) > rect.width():  # a few glyphs are broader than high
        font.setPixelSize(max(1, font.pixelSize() * rect.width() // wide))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setPen(colour)
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, glyph)
    painter.restore()


class _GlyphEngine(QIconEngine):
    def __init__(self, glyph: str, colour: str) -> None:
        super().__init__()
        self._glyph = glyph
        self._colour = colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        name = "disabled" if mode == QIcon.Mode.Disabled else self._colour
        _draw(painter, rect, self._glyph, QColor(appearance.scheme().colours()[name]))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._glyph, self._colour)
