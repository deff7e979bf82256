"""The panel that takes the money: what is due, ways to pay, quick notes, what was given, the change. No dialogs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from shopdesk.core.i18n import _
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.shortcuts import KeyMap
from shopdesk.ui.kit.widgets import Label, button, hairline, hbox, named, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font
from shopdesk.ui.till.keys import TENDER_KEYS
from shopdesk.ui.till.pay_state import Given, PayState, Stage, Way
from shopdesk.ui.till.sizes import sized

_GLYPHS = {"cash": "cash", "card": "credit-card-outline", "other": "wallet-outline"}
WAY_HEIGHT = 72
NOTE_HEIGHT = 56
_COLUMNS = 3


class PayPanel(QFrame):
    """Shows a PayState and says what the clerk pressed; decides nothing. ``below`` belongs beside the numeric pad.

    Signals: ``way_pressed`` (Way), ``note_pressed`` (cents), ``given_pressed`` (Given to take back), ``back_pressed``,
    ``card_stopped``, ``next_pressed``, ``again_pressed`` (print the receipt again), ``gift_pressed``.
    """

    way_pressed = Signal(object)
    note_pressed = Signal(int)
    given_pressed = Signal(object)
    back_pressed = Signal()
    card_stopped = Signal()
    next_pressed = Signal()
    again_pressed = Signal()
    gift_pressed = Signal()

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "pay_panel", _("Pay"))
        self.setProperty("card", "true")
        self._keys = keys
        self.ways: list[Way] = []
        self.way_buttons: list[QPushButton] = []
        layout = vbox(self, margin=tokens.SPACE_12, spacing=tokens.SPACE_8)
        self._build_head(layout)
        self._given = QHBoxLayout()
        self._given.setSpacing(tokens.SPACE_8)
        layout.addLayout(self._given)
        layout.addWidget(hairline("pay_line"))
        self._taking = self._build_taking()
        self._card = self._build_card()
        for part in (self._taking, self._card):
            part.hide()
            layout.addWidget(part)
        layout.addStretch(1)
        self.below = QStackedWidget()
        named(self.below, "pay_below", _("Ways to pay"))
        self._done = self._build_done()
        self.below.addWidget(self._build_ways())
        self.below.addWidget(self._done)

    # ------------------------------------------------------------------ parts

    def _build_head(self, layout: QLayout) -> None:
        head = hbox(spacing=tokens.SPACE_16)
        self.back = button(_("Back"), "pay_back", self.back_pressed.emit, glyph="arrow-left", till=True)
        self.back.setAccessibleName(_("Back to the sale"))
        self.back.setToolTip(_("Back to the sale (Esc)"))
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        head.addWidget(self.back)
        self.word = Label(_("To pay"), "due_word", font=text_font(tokens.TILL_LINE, tokens.SEMIBOLD))
        self.due = Label("", "due", font=number_font(tokens.TILL_GRAND, tokens.SEMIBOLD))
        self.due.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.due.setMinimumHeight(tokens.TILL_GRAND + tokens.SPACE_16)
        head.addWidget(self.word)
        head.addWidget(self.due, 1)
        self.hint = Label("", "pay_hint", tone="secondary", font=number_font(tokens.TILL_TEXT))
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        holder = QWidget()
        named(holder, "pay_head")
        column = vbox(holder, spacing=0)
        column.addLayout(head)
        column.addWidget(self.hint)
        layout.addWidget(holder)

    def _build_taking(self) -> QWidget:
        part = named(QWidget(), "pay_taking")
        column = vbox(part, spacing=tokens.SPACE_8)
        self._notes = QGridLayout()
        self._notes.setSpacing(tokens.SPACE_8)
        column.addLayout(self._notes)
        self.rule = wrapped(
            Label(
                _("Type an amount and press a way to pay. Enter alone: exactly in cash."),
                "pay_rule",
                tone="secondary",
                font=text_font(tokens.OFFICE_TEXT),
            )
        )
        column.addWidget(self.rule)
        return part

    def _build_ways(self) -> QWidget:
        self._ways_part = named(QWidget(), "pay_ways", _("Ways to pay"))
        self._ways = QGridLayout(self._ways_part)
        self._ways.setContentsMargins(0, 0, 0, 0)
        self._ways.setSpacing(tokens.SPACE_8)
        return self._ways_part

    def _build_card(self) -> QWidget:
        part = named(QWidget(), "pay_card")
        column = vbox(part, spacing=tokens.SPACE_16)
        self.card_words = wrapped(Label("", "card_words", font=text_font(tokens.TILL_LINE, tokens.SEMIBOLD)))
        self.card_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.card_progress = named(QProgressBar(), "card_progress", _("The card terminal is working"))
        self.card_progress.setRange(0, 0)
        self.card_progress.setTextVisible(False)
        self.card_stop = button(_("Cancel at the terminal"), "card_stop", self.card_stopped.emit, till=True)
        for widget in (self.card_words, self.card_progress, self.card_stop):
            column.addWidget(widget)
        return part

    def _build_done(self) -> QWidget:
        part = named(QWidget(), "pay_done")
        column = vbox(part, spacing=tokens.SPACE_12)
        self.done_number = Label("", "sale_number", tone="secondary", font=text_font(tokens.TILL_TEXT))
        self.done_number.setAlignment(Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.done_number)
        row = hbox(spacing=tokens.SPACE_8)
        self.gift = button(_("Gift receipt"), "gift_receipt", self.gift_pressed.emit, glyph="gift-outline", till=True)
        self.again = button(_("Print copy"), "print_copy", self.again_pressed.emit, glyph="printer-outline", till=True)
        for made in (self.gift, self.again):
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            row.addWidget(made)
        column.addLayout(row)
        self.next = button(_("Next sale"), "next_sale", self.next_pressed.emit, role="primary", till=True)
        sized(self.next, WAY_HEIGHT, tokens.TILL_LINE, bold=True)
        self.next.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        column.addWidget(self.next)
        column.addWidget(
            wrapped(
                Label(
                    _("The next scan begins the next sale."),
                    "next_rule",
                    tone="secondary",
                    font=text_font(tokens.OFFICE_TEXT),
                )
            )
        )
        column.addStretch(1)
        return part

    # ------------------------------------------------------------------ showing

    def show_ways(self, ways: Sequence[Way]) -> None:
        """The ways to pay, in the shop's order."""
        self.ways = list(ways)
        _empty(self._ways)
        self.way_buttons = []
        for place, way in enumerate(self.ways):
            key = f"  {self._keys.words(TENDER_KEYS[place])}" if place < len(TENDER_KEYS) else ""
            made = button(
                f"{way.name}{key}", f"way_{way.code}", glyph=_GLYPHS.get(way.kind, _GLYPHS["other"]), till=True
            )
            made.setAccessibleName(way.name)
            sized(made, WAY_HEIGHT)
            made.setMinimumWidth(0)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            made.clicked.connect(lambda _checked=False, way=way: self.way_pressed.emit(way))
            self._ways.addWidget(made, place // 2, place % 2)
            self.way_buttons.append(made)
        self._ways.setRowStretch(len(self.ways) // 2 + 1, 1)

    def show_state(self, pay: PayState, formats: Formats) -> None:
        """Show where paying stands."""
        done = pay.stage is Stage.DONE
        self._taking.setVisible(pay.stage in (Stage.TAKING, Stage.WRITING))
        self._taking.setEnabled(pay.stage is Stage.TAKING)
        self._card.setVisible(pay.stage is Stage.CARD)
        self.below.setCurrentWidget(self._done if done else self._ways_part)
        self._ways_part.setEnabled(pay.stage is Stage.TAKING)
        self.back.setVisible(not done)
        self.back.setEnabled(pay.stage is Stage.TAKING)
        if done:
            self.word.setText(_("Change") if pay.change_cents else _("Paid"))
            self.due.setText(formats.money(pay.change_cents if pay.change_cents else pay.due_cents))
            self.due.set_tone("success")
            self.hint.setText("")
        else:
            rest = pay.missing_cents
            self.word.setText(_("Still to pay") if pay.given else _("To pay"))
            self.due.setText(formats.money(rest))
            self.due.set_tone("")
            rounded = pay.rounding_cents
            words = _("in cash {amount} (rounded by {rounding})")
            self.hint.setText(
                words.format(amount=formats.money(pay.missing_cash_cents), rounding=formats.amount(rounded))
                if rounded and pay.missing_cash_cents
                else ""
            )
        self.hint.setVisible(bool(self.hint.text()))
        self._show_given(pay, formats)
        self._show_notes(pay, formats)
        for made, way in zip(self.way_buttons, self.ways, strict=True):
            made.setEnabled(way.kind == "cash" or pay.missing_cents > 0)

    def show_done(self, number: str, *, training: bool) -> None:
        """Name the sale that was made."""
        words = _("Training sale {number}") if training else _("Sale {number}")
        self.done_number.setText(words.format(number=number))
        self.gift.setVisible(not training)
        self.again.setVisible(not training)

    def show_card(self, words: str, *, may_stop: bool) -> None:
        """Say what the card terminal is at."""
        self.card_words.setText(words)
        self.card_stop.setVisible(may_stop)

    def _show_given(self, pay: PayState, formats: Formats) -> None:
        _empty(self._given)
        for given in pay.given:
            self._given.addWidget(self._chip(given, formats, removable=pay.stage is Stage.TAKING))
        self._given.addStretch(1)

    def _chip(self, given: Given, formats: Formats, *, removable: bool) -> QPushButton:
        words = f"{given.way.name} {formats.amount(given.amount_cents)}"
        if given.card:
            words = f"{given.card} {formats.amount(given.amount_cents)}"
        chip = button(words, f"given_{given.way.code}", role="chip", glyph="close" if removable else "check", till=True)
        chip.setAccessibleName(_("{given}, take back").format(given=words) if removable else words)
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus if removable else Qt.FocusPolicy.NoFocus)
        if removable:
            chip.clicked.connect(lambda _checked=False: self.given_pressed.emit(given))
        return chip

    def _show_notes(self, pay: PayState, formats: Formats) -> None:
        _empty(self._notes)
        if pay.stage is not Stage.TAKING:
            return
        exact = pay.missing_cash_cents
        notes = [(exact, _("Exact"))] if exact else []
        notes += [(note, formats.amount(note)) for note in pay.quick_notes(formats.places())]
        for place, (cents, words) in enumerate(notes):
            made = button(words, f"note_{cents}", till=True)
            made.setAccessibleName(_("{amount} in cash").format(amount=formats.money(cents)))
            sized(made, NOTE_HEIGHT, tokens.TILL_LINE, bold=True)
            made.setMinimumWidth(0)
            made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.clicked.connect(lambda _checked=False, cents=cents: self.note_pressed.emit(cents))
            self._notes.addWidget(made, place // _COLUMNS, place % _COLUMNS)


def _empty(layout: QLayout) -> None:
    """Take everything out of a layout at once, so that nothing old is seen or pressed again."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
