"""Fields for words and secrets, and the tick; apart from the other inputs because the sign-in is painted with these alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QAction, QColor, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QLineEdit

from shopdesk.core.i18n import _
from shopdesk.ui.kit.widgets import ALIGN_LEFT, ALIGN_VCENTER, SHOW_MNEMONIC, WORD_WRAP, named, set_flag
from shopdesk.ui.theme import appearance, tokens

MAX_TEXT = 500
_BOX = 18


class TextField(QLineEdit):
    """One line of text, without blanks around it; an empty one is ``""``."""

    edited = Signal()

    def __init__(
        self, name: str, label: str, text: str = "", *, max_length: int = MAX_TEXT, till: bool = False
    ) -> None:
        super().__init__(text)
        named(self, name, label)
        self.setMaxLength(max_length)
        if till:
            self.setProperty("face", "till")
            self.setMinimumHeight(tokens.TARGET_TILL)
        self.textEdited.connect(lambda _text: self.edited.emit())

    def value(self) -> object:
        """The text without blanks around it."""
        return self.text().strip()

    def set_value(self, value: object) -> None:
        """Show a text; None is empty."""
        self.setText("" if value is None else str(value))

    def mark_wrong(self, wrong: bool) -> None:
        """Show that the value was refused."""
        set_flag(self, "wrong", wrong)


class SecretField(TextField):
    """A password or PIN: hidden, pasting allowed; once something is typed an eye shows it while one looks."""

    def __init__(self, name: str, label: str, *, till: bool = False) -> None:
        super().__init__(name, label, max_length=128, till=till)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye: QAction | None = None
        self.textChanged.connect(self._offer_eye)

    def value(self) -> object:
        """The secret exactly as typed."""
        return self.text()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self.echoMode() == QLineEdit.EchoMode.Normal:
            self.turn()
        super().focusOutEvent(event)

    def turn(self) -> None:
        """Show the secret, or hide it again."""
        from shopdesk.ui.theme.icons import icon

        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        self.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        if self._eye is not None:
            self._eye.setIcon(icon("eye-off-outline" if hidden else "eye-outline", "secondary"))

    def _offer_eye(self, text: str) -> None:
        from shopdesk.ui.theme.icons import icon

        if self._eye is None:
            picture = icon("eye-outline", "secondary")
            self._eye = self.addAction(picture, QLineEdit.ActionPosition.TrailingPosition)
            self._eye.setToolTip(_("Show or hide"))
            self._eye.triggered.connect(self.turn)
        self._eye.setVisible(bool(text))


class CheckField(QCheckBox):
    """A yes or no with its words beside it."""

    edited = Signal()

    def __init__(self, name: str, label: str) -> None:
        super().__init__(label.replace("&", "&&"))
        named(self, name, label)
        self.setMinimumHeight(tokens.TARGET_OFFICE)
        self.clicked.connect(lambda _on: self.edited.emit())
        self.setProperty("ring", False)

    def paintEvent(self, event: QPaintEvent) -> None:
        # Fusion's box is all but invisible on a dark ground.
        colours = appearance.scheme().colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = self.width() - _BOX - 1 if self.isRightToLeft() else 1
        box = QRectF(left, (self.height() - _BOX) / 2, _BOX, _BOX)
        on, usable = self.isChecked(), self.isEnabled()
        ring = colours["accent"] if self.hasFocus() or (on and usable) else colours["secondary"]
        painter.setPen(QColor(ring))  # a QPen of its own names Qt's pen styles: see ``widgets``
        painter.setBrush(QColor(colours["accent" if on and usable else "disabled" if on else "surface"]))
        painter.drawRoundedRect(box, tokens.SPACE_4, tokens.SPACE_4)
        if self.hasFocus():
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), tokens.SPACE_4 - 1, tokens.SPACE_4 - 1)
        if on:
            painter.setPen(QPen(QColor(colours["accent_text"]), 2))
            at = box.topLeft()
            painter.drawPolyline([at + QPointF(4, 9), at + QPointF(7.5, 12.5), at + QPointF(14, 5.5)])
        room = self.rect().adjusted(_BOX + tokens.SPACE_8, 0, 0, 0)
        if self.isRightToLeft():
            room = self.rect().adjusted(0, 0, -_BOX - tokens.SPACE_8, 0)
        painter.setPen(QColor(colours["text" if usable else "disabled"]))
        painter.drawText(room, ALIGN_LEFT | ALIGN_VCENTER | SHOW_MNEMONIC | WORD_WRAP, self.text())
        painter.end()

    def value(self) -> object:
        """Whether it is ticked."""
        return self.isChecked()

    def set_value(self, value: object) -> None:
        """Tick it or not."""
        self.setChecked(bool(value))

    def mark_wrong(self, wrong: bool) -> None:
        """Show that the value was refused."""
        self.setProperty("wrong", wrong)
