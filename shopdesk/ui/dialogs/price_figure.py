"""A till dialog around one figure: words and the field at the left, the numeric pad at the right, the result below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.ui.kit.inputs import NumberField
from shopdesk.ui.kit.keypads import BACKSPACE, FIGURES, NumericPad
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import Label, hbox, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

LEFT_WIDTH = 340
PAD_ROWS = (*FIGURES[:3], ("0", ".", BACKSPACE))


class FigureDialog(Dialog):
    """Asks for one figure. ``preview`` writes what the figure would come to; ``on_done`` gets it and may refuse.

    Enter presses the button named by its act; the pad and the keyboard write into the same field.
    """

    def __init__(self, parent: QWidget | None, name: str, title: str, field: NumberField, label: str) -> None:
        super().__init__(parent, name, title, till=True)
        self.field = field
        self.preview: Callable[[int], str] = lambda _value: ""
        columns = hbox(spacing=tokens.SPACE_24)
        self.left: QVBoxLayout = vbox(spacing=tokens.SPACE_12)
        head = Label(label, f"{name}_label", tone="secondary", font=text_font(tokens.TILL_TEXT))
        head.setBuddy(field)
        field.setMinimumWidth(LEFT_WIDTH)
        self.outcome = wrapped(Label("", f"{name}_result", font=number_font(tokens.TILL_LINE, tokens.SEMIBOLD)))
        self.outcome.setMinimumHeight(tokens.TARGET_TILL)
        self.outcome.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.left.addWidget(head)
        self.left.addWidget(field)
        self.left.addWidget(self.outcome)
        self.left.addStretch(1)
        columns.addLayout(self.left, 1)
        self.pad = NumericPad(rows=PAD_ROWS, target=field)
        columns.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(columns)
        field.textChanged.connect(lambda _text: self.show_preview())

    def say(self, text: str, name: str = "about") -> Label:
        """Add a sentence above the field."""
        words = wrapped(Label(text, name, font=text_font(tokens.TILL_TEXT)))
        room = QRect(0, 0, LEFT_WIDTH, 10_000)  # a box in a box does not ask a label how tall it gets when it is narrow
        words.setMinimumHeight(words.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height())
        self.left.insertWidget(0, words)
        return words

    def finish(self, act: str, on_done: Callable[[int], object], *, start: int | None = None) -> None:
        """Add the buttons and show the dialog with a figure to begin with, chosen whole."""
        self.add_cancel()
        self.add_button(act, "act", lambda: self._done(on_done), role="primary", default=True)
        self.field.set_value(start)
        self.show_preview()
        self.open()
        self.field.setFocus()
        self.field.selectAll()

    def show_preview(self) -> None:
        """Write the result of the figure as it stands."""
        try:
            self.outcome.setText(self.preview(self.field.number()))
        except ShopError:
            self.outcome.setText("")

    def _done(self, on_done: Callable[[int], object]) -> None:
        try:
            on_done(self.field.number())
        except ShopError as refusal:
            self.messages.refuse(refusal.message)
            self.field.setFocus()
            self.field.selectAll()
            return
        self.accept()
