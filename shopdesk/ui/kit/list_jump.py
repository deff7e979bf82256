"""Jumping within a long list: typed letters, or Ctrl+G and a value, show the rows from there on at the cost of one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from shopdesk.core.i18n import _
from shopdesk.ui.kit.columns import Column, Kind
from shopdesk.ui.kit.messages import ask_text
from shopdesk.ui.kit.places_in_order import highest, place_of

if TYPE_CHECKING:
    from shopdesk.ui.kit.list_view import ListView

JUMP_KEYS = "Ctrl+G"


class ListJump:
    """The way to any place of a list's order; small lists that are shown whole need none."""

    def __init__(self, host: ListView) -> None:
        self._host = host
        host.table.letters.connect(self.to_letters)
        shortcut = QShortcut(QKeySequence(JUMP_KEYS), host)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.ask)

    def to(self, words: str) -> bool:
        """Jump to the first row at or after some words, figure or day; False where the order has no such place."""
        host, column = self._host, self._column()
        if column is None:
            return False
        cursor = place_of(words, host.model.cursor, column.kind, host.desk.formats)
        if cursor is None:
            return False
        host.table.show_first()
        host.model.jump_to(highest(cursor) if host.order[1] else cursor)
        return True

    def to_letters(self, letters: str) -> None:
        """Jump to the first row that begins with what was typed on the table, where its words give the order."""
        column = self._column()
        if column is None or column.kind is not Kind.TEXT:
            return
        model = self._host.model
        if model.complete:
            begins = letters.casefold()
            places = (
                at for at, row in enumerate(model.rows) if str(column.value(row) or "").casefold().startswith(begins)
            )
            if (at := next(places, -1)) >= 0:
                self._host.table.selectRow(at)
        else:
            self.to(letters)

    def ask(self) -> None:
        """Ask where to jump."""
        host, column = self._host, self._column()
        formats = host.desk.formats
        if column is None or place_of("", host.model.cursor, column.kind, formats, try_only=True) is None:
            host.messages.say(_("This order has no places to jump to, or all of it is shown already."))
            return
        label = _("Beginning of: {column}").format(column=_(column.title))
        ask_text(host, _("Go to"), label, _("Go there"), self._go)

    def _go(self, words: str) -> None:
        if not self.to(words):
            self._host.messages.refuse(_("{words} is no place in this order.").format(words=words))
        self._host.table.setFocus()

    def _column(self) -> Column | None:
        sort = self._host.order[0]
        return next((one for one in self._host.spec.columns if one.sort and one.sort == sort), None)
