"""The head of the till: who sells where, the field that is always live, and one small area of states."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from shopdesk.core.i18n import _, ngettext
from shopdesk.ui.kit.shortcuts import KeyMap
from shopdesk.ui.kit.widgets import Label, button, hbox, named, vbox
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font
from shopdesk.ui.theme.icons import icon, pixmap
from shopdesk.ui.till.elided import ElidedLabel

HEADER_HEIGHT = 64
FIELD_WIDTH = 340


class LiveField(QLineEdit):
    """Takes scans, codes, ``3*`` and words. It leaves the till's own keys to the till, and Esc empties it.

    ``moved`` is sent for the arrow keys (1 down, -1 up), ``left`` for Esc in an empty field.
    """

    moved = Signal(int)
    left = Signal()

    def __init__(self, keys: KeyMap, names: Iterable[str]) -> None:
        super().__init__()
        named(self, "live_field", _("Scan or search"))
        self.setPlaceholderText(_("Scan or search"))
        self.setProperty("face", "till")
        self.setProperty("ring", False)
        self.setMinimumHeight(tokens.TARGET_TILL)
        self.setMaxLength(5_000)
        self.setClearButtonEnabled(False)
        self.addAction(icon("barcode-scan", "secondary"), QLineEdit.ActionPosition.LeadingPosition)
        self._keys = keys
        self._names = tuple(names)
        self._own: set[QKeySequence] = set()
        keys.changed.connect(self._learn)
        self._learn()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if QKeySequence(event.keyCombination()) in self._own:
                event.ignore()  # Ctrl+Z undoes a line of the sale, not a letter of this field
                return True
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._special(event):
            return True
        return super().event(event)

    def _special(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
                self.textEdited.emit("")
            else:
                self.left.emit()
        else:
            return False
        event.accept()
        return True

    def _learn(self) -> None:
        self._own = {self._keys.sequence(name) for name in self._names}


class State(QWidget):
    """One state: an icon and, where it says more, a word; red only when the clerk must act. ``pressed`` asks for more."""

    pressed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        named(self, name)
        self.setMinimumHeight(tokens.TARGET_TILL)
        layout = hbox(self, spacing=tokens.SPACE_4)
        self._icon = Label("", f"{name}_icon")
        self._words = Label("", f"{name}_words", font=text_font(tokens.OFFICE_TEXT, tokens.SEMIBOLD))
        layout.addWidget(self._icon)
        layout.addWidget(self._words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()

    def show_state(self, glyph: str, tone: str, tip: str, words: str = "") -> None:
        """Show it; ``tip`` says it in full."""
        self._icon.setPixmap(pixmap(glyph, tokens.ICON_BUTTON, tone or "secondary", self.devicePixelRatioF()))
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._words.set_tone(tone if tone != "secondary" else "secondary")
        self._icon.setAccessibleName(tip)
        self.setAccessibleName(tip)
        self.setToolTip(tip)


class TillHeader(QFrame):
    """The bar. ``person_pressed`` asks for another person, ``shift_pressed`` for the drawer, ``printer_pressed`` for papers."""

    person_pressed = Signal()
    shift_pressed = Signal()
    printer_pressed = Signal()

    def __init__(self, keys: KeyMap, names: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "till_header", _("Till"))
        self.setFixedHeight(HEADER_HEIGHT)
        layout = hbox(self, spacing=tokens.SPACE_16)
        layout.setContentsMargins(tokens.SPACE_16, tokens.SPACE_8, tokens.SPACE_16, tokens.SPACE_8)
        words = vbox(spacing=0)
        self.shop = ElidedLabel("shop_name", font=text_font(tokens.TILL_TEXT, tokens.SEMIBOLD))
        self.shop.setText("ShopDesk")
        self.place = ElidedLabel("till_place", tone="secondary", font=text_font(tokens.OFFICE_TEXT))
        words.addWidget(self.shop)
        words.addWidget(self.place)
        layout.addLayout(words, 2)
        self.field = LiveField(keys, names)
        self.field.setMinimumWidth(FIELD_WIDTH)
        layout.addWidget(self.field, 3)
        self.person = button("", "till_person", self.person_pressed.emit, role="quiet", glyph="account-switch-outline")
        self.person.setMinimumHeight(tokens.TARGET_TILL)
        self.person.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.shift = button("", "till_shift", self.shift_pressed.emit, role="quiet", glyph="cash-register")
        self.shift.setMinimumHeight(tokens.TARGET_TILL)
        self.shift.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        states = hbox(spacing=tokens.SPACE_12)
        self.printer = State("state_printer")
        self.printer.pressed.connect(self.printer_pressed)
        self.saving = State("state_saving")
        self.clock = Label("", "till_clock", font=number_font(tokens.TILL_TEXT, tokens.SEMIBOLD))
        self.clock.setMinimumSize(QSize(52, 0))
        for widget in (self.shift, self.person, self.saving, self.printer, self.clock):
            states.addWidget(widget)
        layout.addLayout(states)
        self._ticks = QTimer(self)
        self._ticks.setInterval(5_000)
        self.show_saving("")
        self.show_printing(0, "")

    def every_few_seconds(self, call: object) -> None:
        """Have something called while the till is open: the clock, the printer's state."""
        self._ticks.timeout.connect(call)
        self._ticks.start()

    def show_place(self, shop: str, till: str, shift: int | None, person: str) -> None:
        """Who sells where; without a shift the button says so."""
        self.shop.setText(shop)
        parts = [_("Till {till}").format(till=till)]
        if shift is not None:
            parts.append(_("Shift {number}").format(number=shift))
        self.place.setText(" · ".join(parts))
        self.person.setText(person.replace("&", "&&"))
        self.person.setAccessibleName(_("Signed in: {person}. Change person").format(person=person))
        self.shift.setText("" if shift is not None else _("Open shift"))
        self.shift.setAccessibleName(_("Shift") if shift is not None else _("Open shift"))
        self.shift.setToolTip(_("Shift and drawer") if shift is not None else _("No shift is open"))

    def show_saving(self, trouble: str) -> None:
        """Whether the shop's database takes what is rung up."""
        if trouble:
            self.saving.show_state("cloud-off-outline", "danger", trouble, _("off line"))
        else:
            self.saving.show_state("cloud-check-outline", "success", _("On line"))

    def show_printing(self, waiting: int, trouble: str) -> None:
        """How many print jobs wait, and what is wrong with the printer."""
        if trouble:
            self.printer.show_state("printer-alert", "danger", trouble, str(waiting or ""))
        elif waiting:
            tip = ngettext("{count} print job waits", "{count} print jobs wait", waiting).format(count=waiting)
            self.printer.show_state("printer-outline", "secondary", tip, str(waiting))
        else:
            self.printer.show_state("printer-outline", "secondary", _("Printer ready"))
