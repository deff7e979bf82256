"""Plain building stones: every one named for tests and screen readers, none that reads data as markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

W = TypeVar("W", bound=QWidget)

# By number: the first use of the namespace Qt makes a hundred enumerations, 15 ms on the way to the painted sign-in. The
# modules of that way (this one, texts, login, crash and the theme) name it only inside functions that are called later.
PLAIN_TEXT = 0
ALIGN_LEFT, ALIGN_RIGHT, ALIGN_HCENTER, ALIGN_ABSOLUTE, ALIGN_VCENTER = 0x01, 0x02, 0x04, 0x10, 0x80
SHOW_MNEMONIC, WORD_WRAP = 0x0800, 0x1000


def named(widget: W, name: str, accessible: str = "") -> W:
    """Give a widget its object name and what a screen reader calls it; the widget itself."""
    widget.setObjectName(name)
    if accessible:
        widget.setAccessibleName(accessible)
    return widget


def caption(text: str) -> str:
    """A text for buttons and menus in which an ``&`` from data is an ``&`` and no shortcut."""
    return text.replace("&", "&&")


def plain_tip(text: str) -> str:
    """A text for tooltips, which Qt would read as HTML if it looked like some (S21)."""
    if "<" not in text:
        return text
    import html  # 2 ms of tables that the sign-in does not need

    return f"<span>{html.escape(text).replace(chr(10), '<br>')}</span>"


class Label(QLabel):
    """A label that never reads its text as markup; ``tone`` is secondary, success, warning or danger."""

    def __init__(self, text: str = "", name: str = "label", *, tone: str = "", font: QFont | None = None) -> None:
        super().__init__()
        self.setProperty("textFormat", PLAIN_TEXT)
        self.setOpenExternalLinks(False)
        named(self, name, text or name.replace("_", " "))
        if font is not None:
            self.setFont(font)
        if tone:
            self.setProperty("tone", tone)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show a text; a screen reader reads the same."""
        super().setText(text)
        if text:
            self.setAccessibleName(text)

    def set_tone(self, tone: str) -> None:
        """Change the colour's meaning; the words must say it too."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)


def wrapped(label: Label) -> Label:
    """The label, with its text broken into lines where the width ends."""
    label.setWordWrap(True)
    return label


def leading(label: Label) -> Label:
    """The label, its text at the side where reading begins, whatever script the text itself is in."""
    if label.isRightToLeft():
        label.setProperty("alignment", ALIGN_RIGHT | ALIGN_ABSOLUTE | ALIGN_VCENTER)
    return label


def title(text: str, name: str = "title") -> Label:
    """The head of a page."""
    return Label(text, name, font=text_font(tokens.OFFICE_TITLE, tokens.SEMIBOLD))


def section(text: str, name: str = "section") -> Label:
    """The head of a group."""
    return leading(Label(text, name, font=text_font(tokens.OFFICE_SECTION, tokens.SEMIBOLD)))


def button(
    text: str,
    name: str,
    on_click: Callable[[], object] | None = None,
    *,
    role: str = "",
    glyph: str = "",
    till: bool = False,
    tip: str = "",
) -> QPushButton:
    """A push button; ``role`` is primary, danger, quiet, chip or nothing; ``till`` makes it 48 px for a finger."""
    made = named(QPushButton(caption(text)), name, text or tip)
    made.setProperty("role", role)
    if till:
        made.setProperty("face", "till")
        made.setMinimumHeight(tokens.TARGET_TILL)
    made.setAutoDefault(False)
    if glyph:
        from shopdesk.ui.theme.icons import icon

        colour = "accent_text" if role in ("primary", "danger") else "text"
        size = tokens.ICON_TILL if till else tokens.ICON_BUTTON
        made.setIcon(icon(glyph, colour))
        made.setIconSize(QSize(size, size))
    if tip:
        made.setToolTip(plain_tip(tip))
    if on_click is not None:
        made.clicked.connect(lambda _checked=False: on_click())
    return made


def icon_button(
    glyph: str,
    name: str,
    tip: str,
    on_click: Callable[[], object] | None = None,
    *,
    size: int = tokens.TARGET_OFFICE,
    icon_size: int = tokens.ICON_BUTTON,
) -> QToolButton:
    """A square button with a picture only; ``tip`` is its name in words."""
    from shopdesk.ui.theme.icons import icon

    made = named(QToolButton(), name, tip)
    made.setProperty("role", "quiet")
    made.setIcon(icon(glyph))
    made.setIconSize(QSize(icon_size, icon_size))
    made.setFixedSize(size, size)
    made.setStyleSheet("padding: 0;")
    made.setToolTip(plain_tip(tip))
    if on_click is not None:
        made.clicked.connect(lambda _checked=False: on_click())
    return made


def card(name: str) -> QFrame:
    """A raised ground with rounded corners."""
    made = named(QFrame(), name)
    made.setProperty("card", "true")
    return made


def hairline(name: str = "line") -> QFrame:
    """A one pixel rule across."""
    made = named(QFrame(), name)
    made.setProperty("line", "true")
    made.setFixedHeight(1)
    return made


def vbox(parent: QWidget | None = None, *, margin: int = 0, spacing: int = tokens.SPACE_8) -> QVBoxLayout:
    """A column with the grid's distances."""
    return _spaced(QVBoxLayout(parent) if parent else QVBoxLayout(), margin, spacing)


def hbox(parent: QWidget | None = None, *, margin: int = 0, spacing: int = tokens.SPACE_8) -> QHBoxLayout:
    """A row with the grid's distances."""
    return _spaced(QHBoxLayout(parent) if parent else QHBoxLayout(), margin, spacing)


def restyle(widget: QWidget) -> None:
    """Let the style sheet look at a widget's changed properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def set_flag(widget: QWidget, flag: str, on: bool) -> None:
    """Set a style property and show it at once."""
    value = "true" if on else "false"
    if widget.property(flag) != value:
        widget.setProperty(flag, value)
        restyle(widget)


L = TypeVar("L", bound=QBoxLayout)


def _spaced(layout: L, margin: int, spacing: int) -> L:
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    return layout
