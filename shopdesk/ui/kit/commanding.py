"""What pages with a table of rows share: commands on the chosen rows as buttons, keys and a menu; copying; the chosen bar."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from shopdesk.core.i18n import _, ngettext
from shopdesk.core.permissions import PERMISSION_NAMES
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.specs import Command, Pick
from shopdesk.ui.kit.table_view import TableView
from shopdesk.ui.kit.widgets import Label, button, caption, card, hbox, named, plain_tip
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font
from shopdesk.ui.theme.icons import icon

if TYPE_CHECKING:
    from shopdesk.ui.kit.memory import Memory


class Commanding(QWidget):
    """A page whose rows can be chosen and worked on. Command functions get it as their first argument."""

    commands: tuple[Command, ...]
    desk: Desk
    memory: Memory
    messages: MessageBar
    table: TableView

    @property
    def chosen(self) -> list[Any]:
        """The rows chosen now, those that scrolled out of the window of pages among them."""
        return self.table.chosen_rows

    def refresh(self) -> None:
        """Read again what is shown."""
        raise NotImplementedError

    def offered(self, rows: Sequence[Any]) -> list[tuple[Command, bool, str]]:
        """What can be done with these rows: (command, can be run, why not); the decision, apart from any drawing."""
        answer = []
        for command in self.commands:
            why = ""
            if not self.desk.may(command.needs) and command.needs is not None:
                why = _("Your role does not include: {permission}.").format(
                    permission=_(PERMISSION_NAMES[command.needs])
                )
            answer.append((command, command.fits(rows) and not why, why))
        return answer

    def run(self, key: str, rows: Sequence[Any] | None = None) -> bool:
        """Run a command on rows (by default the chosen ones); False, and said why, if it may not or does not fit."""
        rows = self.chosen if rows is None else rows
        command, usable, why = next(one for one in self.offered(rows) if one[0].key == key)
        if usable:
            self.messages.clear()
            command.run(self, [] if command.on is Pick.NONE else list(rows))
        elif why:
            self.messages.refuse(why)
        elif not rows:
            self.messages.say(_("Choose a row first."))
        return usable

    def copy(self) -> None:
        """The chosen rows as tab separated text into the clipboard."""
        count = len(self.chosen)
        if not count:
            self.messages.say(_("Choose a row first."))
            return
        QApplication.clipboard().setText(self.table.as_text())
        self.messages.say(ngettext("{count} row copied.", "{count} rows copied.", count).format(count=count))

    # Building

    def make_action(self, command: Command) -> QAction:
        """The command under its keys, while the keyboard is on this page."""
        action = QAction(caption(_(command.title)), self)
        action.setObjectName(f"action_{command.key}")
        if command.glyph:
            action.setIcon(icon(command.glyph))
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _on=False: self.run(command.key))
        self.addAction(action)
        return action

    def make_button(self, command: Command) -> QPushButton:
        """The command as a button; with a lock where the person may not."""
        role = "primary" if command.primary else ""
        may = self.desk.may(command.needs)
        glyph = command.glyph if may else "lock-outline"
        made = button(_(command.title), command.key, partial(self.run, command.key), role=role, glyph=glyph)
        made.setToolTip(plain_tip(with_keys(_(command.title), command.shortcut)))
        return made

    def make_chosen_bar(self) -> QWidget:
        """What stands above the table while several rows are chosen: how many, and what can be done with them."""
        bar = card("chosen_bar")
        layout = hbox(bar, margin=tokens.SPACE_8)
        layout.setContentsMargins(tokens.SPACE_16, tokens.SPACE_4, tokens.SPACE_8, tokens.SPACE_4)
        self.chosen_count = Label("", "chosen_count", font=text_font(weight=tokens.SEMIBOLD))
        layout.addWidget(self.chosen_count)
        layout.addStretch(1)
        for command in self.commands:
            if command.on is Pick.MANY:
                layout.addWidget(self.make_button(command))
        copied = with_keys(_("Copy"), "Ctrl+C")
        layout.addWidget(button(_("Copy"), "copy_chosen", self.copy, glyph="content-copy", tip=copied))
        layout.addWidget(button(_("Choose none"), "choose_none", self.table.choose_none, role="quiet"))
        bar.hide()
        return bar

    def show_chosen(self, count: int, bar: QWidget) -> None:
        """Say how many are chosen; for one there is no need."""
        bar.setVisible(count > 1)
        if count > 1:
            self.chosen_count.setText(ngettext("{count} chosen", "{count} chosen", count).format(count=count))

    def show_row_menu(self, point: QPoint) -> None:
        """The menu of what can be done with the chosen rows."""
        menu = named(QMenu(self), "row_menu", _("Commands"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = self.chosen
        for command, usable, why in self.offered(chosen):
            if command.on is Pick.NONE and chosen:
                continue
            action = menu.addAction(caption(_(command.title)), partial(self.run, command.key))
            action.setObjectName(f"menu_{command.key}")
            action.setEnabled(usable or bool(why))
            glyph = "lock-outline" if why else command.glyph
            if glyph:
                action.setIcon(icon(glyph))
            if command.shortcut:
                action.setShortcut(QKeySequence(command.shortcut))
        if chosen:
            menu.addSeparator()
            copy = menu.addAction(icon("content-copy"), _("Copy"), self.copy)
            copy.setObjectName("menu_copy")
            copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        all_rows = menu.addAction(_("Choose all that is loaded"), self.table.selectAll)
        all_rows.setObjectName("menu_choose_all")
        all_rows.setShortcut(QKeySequence(QKeySequence.StandardKey.SelectAll))
        menu.popup(self.table.viewport().mapToGlobal(point))


def with_keys(words: str, shortcut: str) -> str:
    """Words of a tooltip with the keys behind them."""
    if not shortcut:
        return words
    return f"{words} ({QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)})"
