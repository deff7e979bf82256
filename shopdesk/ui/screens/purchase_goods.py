"""The line of every purchasing screen into which goods are scanned or typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from shopdesk.core.i18n import N_, _
from shopdesk.db.unit import Reader
from shopdesk.purchasing.goods import Article
from shopdesk.purchasing.scanning import Scanned, goods_to_buy, scanned
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.pickers import Picker, Words

SCAN = N_("Scan or search goods")
_SHORTEST_CODE = 4


class GoodsLine(Picker):
    """A scan counts at once: ``found`` is sent with a ``Scanned``. A text shows hits, and ``found`` comes with the chosen one.

    ``unknown`` is sent with a code that nobody knows. ``supplier_id`` and ``warehouse_id`` may change; without a supplier the
    shop's own costs stand.
    """

    found = Signal(object)
    unknown = Signal(str)

    def __init__(self, desk: Desk, name: str, *, supplier_id: int = 0, warehouse_id: int = 1) -> None:
        super().__init__(desk, self._search, self._in_words, name, _(SCAN))
        self.supplier_id = supplier_id
        self.warehouse_id = warehouse_id
        self.picked.connect(self._chosen)

    def read(self, code: str) -> None:
        """Take a code as if it had been scanned into the line."""
        self.line.setText(code)
        self._exact(code)

    def _search(self, reader: Reader, text: str) -> list[Article]:
        return goods_to_buy(reader, text, self.supplier_id, self.warehouse_id)

    def _in_words(self, row: Article) -> Words:
        cents = row.likely_pack_cents
        right = "" if cents is None else self._desk.formats.amount(cents)
        second = " · ".join(part for part in (row.sku, row.supplier_code) if part)
        return row.name, second, right

    def _chosen(self, row: Article) -> None:
        self.found.emit(Scanned(row, row.pack_milli if row.is_known else 1_000))

    def _key(self, event: QKeyEvent) -> bool:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            text = self.line.text().strip()
            if text:
                self._timer.stop()
                self._exact(text)
            return bool(text)
        return super()._key(event)

    def _exact(self, text: str) -> None:
        """First the code itself, whatever hits are shown: a scanner is faster than they are.

        The line is empty at once, so that the next scan does not run into this one.
        """
        shown = self.hits.isVisible() and self._asked == text and 0 <= self.hits.currentRow() < len(self.rows)
        chosen = self.rows[self.hits.currentRow()] if shown else None
        self.clear()

        def answer(known: Scanned | None) -> None:
            if known is not None:
                self.found.emit(known)
            elif chosen is not None:
                self.picked.emit(chosen)
            elif _is_code(text):
                self.unknown.emit(text)
            elif not self.line.text():
                self.line.setText(text)
                self._ask()

        self._desk.ask(
            scanned,
            text,
            self.supplier_id,
            self.warehouse_id,
            done=answer,
            failed=question_failed(self),
            owner=self,
        )


def _is_code(text: str) -> bool:
    """Whether a text looks like a code rather than like words."""
    return " " not in text and len(text) >= _SHORTEST_CODE and sum(sign.isdigit() for sign in text) * 2 >= len(text)
