"""Counting a drawer: how many pieces of each coin and note, added up as one goes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from shopdesk.core.i18n import _
from shopdesk.sales.shifts import CountedPieces
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.inputs import CountField
from shopdesk.ui.kit.keypads import BACKSPACE, FIGURES, NumericPad
from shopdesk.ui.kit.widgets import Label, hairline, hbox, named, vbox
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

_ROWS = 8
FIELD_WIDTH = 84


class CashCountView(QWidget):
    """A field for each denomination; Enter and the arrows go to the next. ``changed`` when the sum did."""

    changed = Signal()
    finished = Signal()

    def __init__(self, formats: Formats, denominations: Sequence[int]) -> None:
        super().__init__()
        named(self, "cash_count", _("Count of the drawer"))
        self._formats = formats
        self.fields: dict[int, CountField] = {}
        self._sums: dict[int, Label] = {}
        row = hbox(self, spacing=tokens.SPACE_24)
        left = vbox(spacing=tokens.SPACE_8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.SPACE_12)
        grid.setVerticalSpacing(tokens.SPACE_4)
        for place, cents in enumerate(denominations):
            self._add(grid, place % _ROWS, (place // _ROWS) * 4, cents)
        left.addLayout(grid)
        left.addWidget(hairline("count_line"))
        foot = hbox()
        foot.addWidget(Label(_("Counted"), "counted_word", font=text_font(tokens.TILL_LINE, tokens.SEMIBOLD)))
        self.total = Label("", "counted_total", font=number_font(tokens.TILL_FOCUS, tokens.SEMIBOLD))
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight)
        foot.addWidget(self.total, 1)
        left.addLayout(foot)
        left.addStretch(1)
        row.addLayout(left, 1)
        self.pad = NumericPad(rows=(*FIGURES[:3], ("0", "00", BACKSPACE)))
        self.pad.typed.connect(self._typed)
        row.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignTop)
        self._show()

    @property
    def total_cents(self) -> int:
        """What was counted."""
        return sum(cents * field.number() for cents, field in self.fields.items())

    def pieces(self) -> tuple[CountedPieces, ...]:
        """The count; denominations of which there are none are left out."""
        return tuple(CountedPieces(cents, field.number()) for cents, field in self.fields.items() if field.number() > 0)

    def begin(self) -> None:
        """Put the keyboard on the largest denomination."""
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.setFocus()

    def _add(self, grid: QGridLayout, row: int, column: int, cents: int) -> None:
        words = self._formats.money(cents)
        label = Label(words, f"worth_{cents}", font=number_font(tokens.TILL_TEXT))
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        field = CountField(f"pieces_{cents}", _("How many of {worth}").format(worth=words))
        field.setFixedWidth(FIELD_WIDTH)
        field.setStyleSheet(f"min-height: {tokens.TARGET_OFFICE + tokens.SPACE_4}px; font-size: {tokens.TILL_TEXT}px;")
        field.textChanged.connect(lambda _text: self._show())
        keys = _Arrows(self, field, cents)
        field.installEventFilter(keys)
        total = Label("", f"worth_sum_{cents}", tone="secondary", font=number_font(tokens.TILL_TEXT))
        total.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        total.setMinimumWidth(FIELD_WIDTH)
        grid.addWidget(label, row, column)
        grid.addWidget(field, row, column + 1)
        grid.addWidget(total, row, column + 2)
        grid.setColumnMinimumWidth(column + 3, tokens.SPACE_16)
        self.fields[cents] = field
        self._sums[cents] = total

    def step(self, cents: int, step: int) -> None:
        """Go to another denomination; past the last one the counting is finished."""
        order = list(self.fields)
        at = order.index(cents) + step
        if at >= len(order):
            self.finished.emit()
        elif at >= 0:
            self.fields[order[at]].setFocus()

    def _show(self) -> None:
        for cents, field in self.fields.items():
            count = field.number()
            self._sums[cents].setText(self._formats.amount(cents * count) if count else "")
        self.total.setText(self._formats.money(self.total_cents))
        self.changed.emit()

    def _typed(self, key: str) -> None:
        field = self.focusWidget()
        if isinstance(field, QLineEdit):
            if key == BACKSPACE:
                field.backspace()
            else:
                field.insert(key)


class _Arrows(QObject):
    """Enter and the arrow keys of a count's field."""

    def __init__(self, view: CashCountView, field: CountField, cents: int) -> None:
        super().__init__(field)
        self._view = view
        self._cents = cents

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            key = Qt.Key(event.key())
            if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
                self._view.step(self._cents, 1)
                return True
            if plain and key == Qt.Key.Key_Up:
                self._view.step(self._cents, -1)
                return True
        return False
