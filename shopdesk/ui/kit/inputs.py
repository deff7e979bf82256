"""Fields that know what they hold: text, money, quantities, rates, choices; each gives a value or says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from PySide6.QtCore import QDate, QPointF, QRegularExpression, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDateEdit,
    QPlainTextEdit,
    QWidget,
)

from shopdesk.core import money
from shopdesk.core.errors import BadAmount
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.texts import MAX_TEXT, CheckField, SecretField, TextField
from shopdesk.ui.kit.widgets import named, set_flag
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font

Option = tuple[object, str]
_ARROW = 14

__all__ = [
    "MAX_TEXT",
    "CheckField",
    "ChoiceField",
    "CountField",
    "DayField",
    "Input",
    "LongText",
    "MoneyField",
    "NumberField",
    "PercentField",
    "QuantityField",
    "SecretField",
    "TextField",
]


class Input(Protocol):
    """What a form expects of a field's widget."""

    edited: Signal

    def value(self) -> object:
        """What is in it; raises BadAmount when it cannot be read."""

    def set_value(self, value: object) -> None:
        """Put something in, without telling ``edited``."""

    def mark_wrong(self, wrong: bool) -> None:
        """Show that the value was refused."""


class NumberField(TextField):
    """A figure, right-aligned, all digits of one width, marked whole when the field gets the keyboard."""

    def __init__(self, name: str, label: str, *, till: bool = False) -> None:
        super().__init__(name, label, max_length=24, till=till)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFont(number_font(tokens.TILL_LINE if till else tokens.OFFICE_TEXT))
        self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.editingFinished.connect(self._tidy)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def _written(self, value: int) -> str:
        return str(value)

    def _read(self, text: str) -> int:
        if not text.lstrip("-").isdecimal():
            raise BadAmount(self.objectName())
        return int(text)

    def value(self) -> object:
        """The figure as a whole number, None while the field is empty; raises BadAmount."""
        text = self.text().strip()
        return self._read(text) if text else None

    def number(self) -> int:
        """The figure, 0 while the field is empty; raises BadAmount."""
        text = self.text().strip()
        return self._read(text) if text else 0

    def set_value(self, value: object) -> None:
        """Show a figure; None is empty."""
        self.setText("" if not isinstance(value, int) else self._written(value))

    def _tidy(self) -> None:
        text = self.text().strip()
        try:
            self.setText(self._written(self._read(text)) if text else "")
        except BadAmount:
            self.mark_wrong(True)
        else:
            self.mark_wrong(False)


class CountField(NumberField):
    """A whole number of things, never negative."""

    def __init__(self, name: str, label: str, *, till: bool = False) -> None:
        super().__init__(name, label, till=till)
        self.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,9}"), self))


class MoneyField(NumberField):
    """An amount in the shop's currency; its value is minor units. ``12``, ``12.5`` and ``12,50`` are all understood."""

    def __init__(self, name: str, label: str, formats: Formats, *, till: bool = False) -> None:
        super().__init__(name, label, till=till)
        self._formats = formats
        self.setPlaceholderText(formats.amount(0))

    def _written(self, value: int) -> str:
        return self._formats.amount(value)

    def _read(self, text: str) -> int:
        return self._formats.parse_amount(text, field=self.objectName())


class QuantityField(NumberField):
    """A quantity; its value is thousandths."""

    def _written(self, value: int) -> str:
        return money.format_quantity(value)

    def _read(self, text: str) -> int:
        return money.parse_quantity(text, field=self.objectName())


class PercentField(NumberField):
    """A rate in percent; its value is parts per million."""

    def _written(self, value: int) -> str:
        return money.format_rate(value)

    def _read(self, text: str) -> int:
        cleaned = text.replace("%", "").strip().replace(",", ".")
        return money.exact_scaled(cleaned, 4, field=self.objectName())


class LongText(QPlainTextEdit):
    """Several lines of text; Tab leaves it."""

    edited = Signal()

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        named(self, name, label)
        self.setTabChangesFocus(True)
        self.setFixedHeight(3 * tokens.TARGET_OFFICE)
        self.textChanged.connect(self.edited)

    def value(self) -> object:
        """The text without blanks around it."""
        return self.toPlainText().strip()

    def set_value(self, value: object) -> None:
        """Show a text; None is empty."""
        self.blockSignals(True)
        self.setPlainText("" if value is None else str(value))
        self.blockSignals(False)

    def mark_wrong(self, wrong: bool) -> None:
        """Show that the value was refused."""
        set_flag(self, "wrong", wrong)


class ChoiceField(QComboBox):
    """One of several values, found by typing any part of its words."""

    edited = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        options: Sequence[Option] = (),
        *,
        till: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, name, label)
        self.setMinimumHeight(tokens.TARGET_TILL if till else tokens.TARGET_OFFICE)
        self.setMaxVisibleItems(14)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self._options: tuple[Option, ...] = ()
        self.set_options(options)
        self.activated.connect(lambda _at: self.edited.emit())

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other values, keeping the chosen one if it is still there."""
        kept = self.value() if self._options else None
        self._options = tuple(options)
        self.blockSignals(True)
        self.clear()
        for _value, words in self._options:
            self.addItem(words)
        self._let_type(len(self._options) > 8)
        self.blockSignals(False)
        self.set_value(kept)

    @property
    def options(self) -> tuple[Option, ...]:
        """What is offered."""
        return self._options

    def value(self) -> object:
        """The chosen value, None when nothing is chosen."""
        at = self.currentIndex()
        if self.isEditable():
            at = self.findText(self.currentText(), Qt.MatchFlag.MatchFixedString)
        return self._options[at][0] if 0 <= at < len(self._options) else None

    def set_value(self, value: object) -> None:
        """Choose a value; one that is not offered chooses nothing."""
        places = [at for at, option in enumerate(self._options) if option[0] == value]
        self.setCurrentIndex(places[0] if places else -1)
        if not places and self.isEditable():
            self.setEditText("")

    def mark_wrong(self, wrong: bool) -> None:
        """Show that the value was refused."""
        self.setProperty("wrong", wrong)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        # Drawn like the other fields: Fusion's own frame is a different grey, and all but invisible in the dark.
        colours = appearance.scheme().colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours["danger" if self.property("wrong") else "border"]))
        painter.setBrush(QColor(colours["surface" if self.isEnabled() else "background"]))
        edge = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(edge, tokens.RADIUS, tokens.RADIUS)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        middle = QPointF(_ARROW if mirrored else self.width() - _ARROW, self.height() / 2)
        painter.setPen(QPen(QColor(colours["secondary"]), 1.5))
        painter.drawPolyline([middle + QPointF(-4, -2), middle + QPointF(0, 2), middle + QPointF(4, -2)])
        if not self.isEditable():
            left, right = (2 * _ARROW, -tokens.SPACE_8) if mirrored else (tokens.SPACE_8 + 1, -2 * _ARROW)
            room = self.rect().adjusted(left, 0, right, 0)
            text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room.width())
            painter.setPen(QColor(colours["text" if self.isEnabled() else "disabled"]))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading), text)
        painter.end()

    def _let_type(self, long: bool) -> None:
        if not long or self.isEditable():
            return
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        line = self.lineEdit()
        if line is not None:
            named(line, f"{self.objectName()}_text", self.accessibleName())
            line.setStyleSheet("QLineEdit { border: none; min-height: 0; background: transparent; }")
            line.setProperty("ring", False)


class DayField(QDateEdit):
    """A calendar day."""

    edited = Signal()

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        named(self, name, label)
        self.setCalendarPopup(True)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setMinimumHeight(tokens.TARGET_OFFICE)
        self.userDateChanged.connect(lambda _day: self.edited.emit())

    def value(self) -> object:
        """The day."""
        return date.fromisoformat(self.date().toString(Qt.DateFormat.ISODate))

    def set_value(self, value: object) -> None:
        """Show a day."""
        if isinstance(value, date):
            self.blockSignals(True)
            self.setDate(QDate(value.year, value.month, value.day))
            self.blockSignals(False)

    def mark_wrong(self, wrong: bool) -> None:
        """Show that the value was refused."""
        self.setProperty("wrong", wrong)
