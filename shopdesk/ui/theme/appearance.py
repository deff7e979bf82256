"""Dress the application: Fusion, our palette, a short style sheet and the bundled fonts, light or dark."""

from __future__ import annotations

from string import Template

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from shopdesk.core.paths import resource_path
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import load_fonts, text_font
from shopdesk.ui.theme.tokens import SCHEMES, Scheme


class _Notice(QObject):
    changed = Signal()


_current = tokens.LIGHT
_notice: _Notice | None = None
_dressed = False
_MIDDLE = 128


def scheme() -> Scheme:
    """The colours in use."""
    return _current


def notice() -> _Notice:
    """Tells, by its signal ``changed``, that the colours are others now: for what paints itself."""
    global _notice
    if _notice is None:
        _notice = _Notice()
    return _notice


def dress(app: QApplication, choice: str = "system", *, ring: bool = True) -> None:
    """Give the application its look: ``light``, ``dark`` or ``system`` (follows the desktop, light where it is mute)."""
    global _dressed
    load_fonts()
    if app.style().objectName() != "fusion":  # making it anew costs 5 ms of the start
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setFont(text_font())
    wear(app, choice)
    _dressed = True
    if ring:
        show_focus(app)


def show_focus(app: QApplication) -> None:
    """Put the ring around whatever has the keyboard, from now on."""
    from shopdesk.ui.theme.focus import FocusRing

    if app.findChild(FocusRing) is None:
        FocusRing(app, lambda: _current.accent)


def wear(app: QApplication, choice: str) -> None:
    """Change between light and dark while running."""
    global _current
    _current = SCHEMES.get(choice) or _of_desktop()
    app.setPalette(palette(_current))
    app.setStyleSheet(style_sheet(_current))
    notice().changed.emit()


def follow_desktop(app: QApplication, choice: str) -> None:
    """From now on change with the desktop's own setting, if the choice is ``system``."""
    if choice == "system":
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: wear(app, "system"))


def palette(colours: Scheme) -> QPalette:
    """Qt's palette in our colours, so that Fusion's own drawing fits."""
    made = QPalette()
    role = QPalette.ColorRole
    for target, name in (
        (role.Window, "background"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "background"),
        (role.Text, "text"),
        (role.Button, "surface"),
        (role.ButtonText, "text"),
        (role.BrightText, "danger"),
        (role.ToolTipBase, "surface"),
        (role.ToolTipText, "text"),
        (role.PlaceholderText, "secondary"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "accent_text"),
        (role.Accent, "accent"),
        (role.Link, "accent"),
        (role.LinkVisited, "accent"),
        (role.Light, "surface"),
        (role.Midlight, "border"),
        (role.Mid, "border"),
        (role.Dark, "border"),
    ):
        made.setColor(target, QColor(colours.colours()[name]))
    for target in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, QColor(colours.disabled))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colours.border))
    return made


def style_sheet(colours: Scheme) -> str:
    """The short sheet of ``resources/styles`` with the tokens filled in."""
    sizes = {
        name.lower(): f"{value}px"
        for name, value in vars(tokens).items()
        if name.isupper() and isinstance(value, int) and name not in ("REGULAR", "SEMIBOLD")
    }
    sheet = resource_path("styles", "shopdesk.qss").read_text(encoding="utf-8")
    return Template(sheet).substitute(colours.colours(), **sizes, semibold=str(tokens.SEMIBOLD))


def _of_desktop() -> Scheme:
    if _dressed:
        from PySide6.QtCore import Qt

        return tokens.DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else tokens.LIGHT
    # At the start the palette still is the desktop's own, and asking it is the cheaper question.
    return tokens.DARK if QGuiApplication.palette().window().color().lightness() < _MIDDLE else tokens.LIGHT
