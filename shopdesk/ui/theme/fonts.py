"""The bundled typefaces and the fonts made from them."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

from shopdesk.core.paths import resource_path
from shopdesk.ui.theme import tokens

SANS = "Inter"
MONO = "DejaVu Sans Mono"
_TABULAR = QFont.Tag("tnum")


@lru_cache(maxsize=8)
def load_fonts(pattern: str = "Inter-*") -> tuple[str, ...]:
    """Register bundled fonts with Qt once; the families that they brought. Each file costs some 3 ms of the start."""
    families: list[str] = []
    for file in sorted(resource_path("fonts").glob(f"{pattern}.[ot]tf")):
        number = QFontDatabase.addApplicationFont(str(file))
        if number >= 0:
            families += QFontDatabase.applicationFontFamilies(number)
    return tuple(dict.fromkeys(families))


def text_font(pixels: int = tokens.OFFICE_TEXT, weight: int = tokens.REGULAR, *, tabular: bool = False) -> QFont:
    """A font of the interface; ``tabular`` gives every figure the same width, for anything that is compared."""
    font = QFont([SANS, "DejaVu Sans"])
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight(weight))
    if tabular:
        font.setFeature(_TABULAR, 1)
    return font


def number_font(pixels: int = tokens.OFFICE_TEXT, weight: int = tokens.REGULAR) -> QFont:
    """A font whose figures stand in columns."""
    return text_font(pixels, weight, tabular=True)


def mono_font(pixels: int = tokens.OFFICE_TEXT) -> QFont:
    """The font of receipts and codes."""
    load_fonts("DejaVuSansMono*")
    font = QFont([MONO])
    font.setPixelSize(pixels)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font
