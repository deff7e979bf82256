"""The head of a record page: the way back, what it is and its state, and what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.pictures import Picture
from shopdesk.ui.kit.record_page import RecordCommand
from shopdesk.ui.kit.widgets import (
    Label,
    button,
    caption,
    hbox,
    icon_button,
    leading,
    named,
    plain_tip,
    title,
    vbox,
    wrapped,
)
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font
from shopdesk.ui.theme.icons import icon

if TYPE_CHECKING:
    from shopdesk.ui.kit.record_view import RecordView


class RecordHead(QWidget):
    """Title, state and commands of the record that ``page`` shows."""

    def __init__(self, page: RecordView) -> None:
        super().__init__()
        named(self, "record_head", _("What this page is about"))
        self._page = page
        head = hbox(self, spacing=tokens.SPACE_12)
        mirrored = QApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
        glyph = "arrow-right" if mirrored else "arrow-left"
        head.addWidget(icon_button(glyph, "back", _("Back (Alt+Left)"), page.close_page), 0, Qt.AlignmentFlag.AlignTop)
        words = vbox(spacing=2)
        small = text_font(tokens.OFFICE_SECONDARY)
        words.addWidget(leading(Label(_(page.spec.title), "record_kind", tone="secondary", font=small)))
        self._title = leading(wrapped(title("", "record_title")))
        words.addWidget(self._title)
        under = hbox(spacing=tokens.SPACE_12)
        self._state_icon = Picture("record_state_icon", _("State"), tokens.ICON_TABLE)
        self._state = Label("", "record_state", font=text_font(weight=tokens.SEMIBOLD))
        self._under = leading(wrapped(Label("", "record_under", tone="secondary")))
        state = hbox(spacing=tokens.SPACE_4)
        state.addWidget(self._state_icon)
        state.addWidget(self._state)
        under.addLayout(state)
        under.addWidget(self._under, 1)
        under.addStretch(0)
        words.addLayout(under)
        head.addLayout(words, 1)
        self._buttons: dict[str, QPushButton] = {}
        for command in sorted(page.spec.commands, key=lambda one: one.primary):
            if not command.more:
                made = self._button(command)
                head.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
        if any(command.more for command in page.spec.commands):
            more = icon_button("dots-vertical", "more", _("More commands"), self._show_more)
            head.addWidget(more, 0, Qt.AlignmentFlag.AlignTop)
            self._more = more

    def show_record(self, record: Any, heading: str) -> None:
        """Say what the record is now."""
        spec, formats = self._page.spec, self._page.desk.formats
        self._title.setText(heading)
        self._under.setText(spec.under(record, formats) if spec.under is not None else "")
        self._under.setVisible(bool(self._under.text()))
        state = spec.state(record) if spec.state is not None else None
        self._state.setVisible(state is not None and bool(state.word))
        self._state_icon.setVisible(state is not None and bool(state.glyph))
        if state is not None:
            self._state.setText(_(state.word) if state.word else "")
            self._state.set_tone(state.tone)
            if state.glyph:
                self._state_icon.show_icon(state.glyph, state.tone or "text", _(state.word))
        for command, usable, why in self._page.offered():
            if command.key in self._buttons:
                self._buttons[command.key].setEnabled(usable or bool(why))
                self._buttons[command.key].setVisible(usable or bool(why) or command.primary)

    def show_gone(self, heading: str) -> None:
        """Say what it was; nothing can be done with it any more."""
        self._title.setText(heading)
        for made in self._buttons.values():
            made.setEnabled(False)

    def _button(self, command: RecordCommand) -> QPushButton:
        may = self._page.desk.may(command.needs)
        role = "primary" if command.primary else ""
        glyph = command.glyph if may else "lock-outline"
        words = _(command.title)
        tip = words
        if command.shortcut:
            keys = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            tip = f"{words} ({keys})"
        made = button(words, command.key, partial(self._page.run, command.key), role=role, glyph=glyph)
        made.setToolTip(plain_tip(tip))
        self._buttons[command.key] = made
        return made

    def _show_more(self) -> None:
        menu = named(QMenu(self), "more_menu", _("More commands"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command, usable, why in self._page.offered():
            if command.more:
                action = menu.addAction(caption(_(command.title)), partial(self._page.run, command.key))
                action.setObjectName(f"menu_{command.key}")
                action.setEnabled(usable or bool(why))
                glyph = "lock-outline" if why else command.glyph
                if glyph:
                    action.setIcon(icon(glyph))
                if command.shortcut:
                    action.setShortcut(QKeySequence(command.shortcut))
        corner = self._more.rect().bottomLeft()
        menu.popup(self._more.mapToGlobal(corner))
