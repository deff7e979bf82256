"""Keys for fingers: the numeric pad whose keys touch, and the PIN pad with its dots."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.widgets import Label, button, named, vbox, wrapped
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font
from shopdesk.ui.theme.icons import icon

BACKSPACE = "backspace"
CLEAR = "clear"
ENTER = "enter"
FIGURES = (("7", "8", "9"), ("4", "5", "6"), ("1", "2", "3"), ("0", "00", "."))
_WORDS = {BACKSPACE: "Delete the last figure", CLEAR: "Clear", ENTER: "Enter", ".": "Decimal point"}
_GLYPHS = {BACKSPACE: "backspace-outline", CLEAR: "close", ENTER: "check"}


class NumericPad(QWidget):
    """Figure keys with 2 px between them; they never take the keyboard away.

    ``typed`` is sent with each key: a figure, ``00``, ``.``, or one of BACKSPACE, CLEAR, ENTER. With ``target`` set the keys
    write into that line themselves. ``rows`` may be another arrangement.
    """

    typed = Signal(str)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        rows: Sequence[Sequence[str]] = FIGURES,
        target: QLineEdit | None = None,
        key_height: int = 56,
    ) -> None:
        super().__init__(parent)
        named(self, "numeric_pad", _("Number keys"))
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # 7 8 9 in every language
        self.target = target
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(tokens.KEY_GAP)
        self.keys: dict[str, QPushButton] = {}
        for line, row in enumerate(rows):
            for place, key in enumerate(row):
                made = self._key(key, key_height)
                self.keys[key] = made
                grid.addWidget(made, line, place)

    def press(self, key: str) -> None:
        """What pressing a key does."""
        target = self.target
        if target is not None:
            if key == BACKSPACE:
                target.backspace()
            elif key == CLEAR:
                target.clear()
            elif key == ENTER:
                enter = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
                QApplication.postEvent(target, enter)
            else:
                target.insert(key)
        self.typed.emit(key)

    def _key(self, key: str, height: int) -> QPushButton:
        made = button("" if key in _GLYPHS else key, f"key_{key}", partial(self.press, key), role="key")
        made.setAccessibleName(_(_WORDS.get(key, key)))
        made.setToolTip("")
        made.setFont(number_font(tokens.TILL_LINE, tokens.SEMIBOLD))
        if key in _GLYPHS:
            made.setIcon(icon(_GLYPHS[key]))
            made.setIconSize(QSize(tokens.ICON_TILL, tokens.ICON_TILL))
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setMinimumHeight(height)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return made


class PinPad(QWidget):
    """Takes a PIN by finger or keyboard and shows dots only. ``entered`` is sent with it on Enter.

    Shorter than ``least`` figures it says so and sends nothing.
    """

    entered = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, least: int = 6, most: int = 12) -> None:
        super().__init__(parent)
        named(self, "pin_pad", _("PIN"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", False)
        self._least = least
        self._most = most
        self._pin = ""
        layout = vbox(self, spacing=tokens.SPACE_12)
        self._dots = _Dots(least)
        layout.addWidget(self._dots)
        self._error = wrapped(Label("", "pin_error", tone="danger"))
        self._error.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._error)
        self.pad = NumericPad(rows=(("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), (BACKSPACE, "0", ENTER)))
        self.pad.typed.connect(self._take)
        layout.addWidget(self.pad)

    @property
    def error(self) -> str:
        """The sentence under the dots."""
        return self._error.text()

    def clear(self, error: str = "") -> None:
        """Forget the figures; optionally say why."""
        self._pin = ""
        self._error.setText(error)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if text.isdecimal() and text.isascii():
            self._take(text)
        elif event.key() == Qt.Key.Key_Backspace:
            self._take(BACKSPACE)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(ENTER)
        else:
            super().keyPressEvent(event)

    def _take(self, key: str) -> None:
        if key == ENTER:
            pin, self._pin = self._pin, ""
            self._show()
            if len(pin) < self._least:
                self._error.setText(_("A PIN has at least {count} figures.").format(count=self._least))
            else:
                self._error.setText("")
                self.entered.emit(pin)
            return
        self._error.setText("")
        self._pin = self._pin[:-1] if key == BACKSPACE else (self._pin + key)[: self._most]
        self._show()

    def _show(self) -> None:
        self._dots.filled = len(self._pin)
        self._dots.update()


class _Dots(QWidget):
    def __init__(self, least: int) -> None:
        super().__init__()
        named(self, "pin_dots", _("Figures entered"))
        self.filled = 0
        self._least = least
        self.setFixedHeight(tokens.SPACE_32)
        self.setMinimumWidth(220)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = appearance.scheme().colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count, size, gap = max(self._least, self.filled), tokens.SPACE_12, tokens.SPACE_12
        left = (self.width() - count * size - (count - 1) * gap) / 2
        focused = (parent := self.parentWidget()) is not None and parent.hasFocus()
        for at in range(count):
            painter.setPen(QColor(colours["accent" if focused else "secondary"]))
            painter.setBrush(QColor(colours["text"]) if at < self.filled else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(int(left + at * (size + gap)), (self.height() - size) // 2, size, size)
        painter.end()
