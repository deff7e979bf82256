"""The field through which goods come into a stock document: a scan is taken at once, words offer what fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from shopdesk.core.i18n import _
from shopdesk.db.unit import Reader
from shopdesk.inventory.goods import GoodsHit, find_for_stock
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.pickers import Picker


class GoodsField(Picker):
    """Scan or type: Enter on a code that is known sends ``picked`` with its ``GoodsHit`` at once.

    Words show what fits, and a second Enter takes the first. ``unknown`` is sent with a code that means nothing.
    """

    unknown = Signal(str)

    def __init__(self, desk: Desk, name: str = "goods", *, place: Callable[[], int] | None = None) -> None:
        self._place_id = place or (lambda: 0)
        self._entered = False

        def query(reader: Reader, text: str) -> Sequence[GoodsHit]:
            return find_for_stock(reader, text, self._place_id())

        def words(hit: GoodsHit) -> tuple[str, str, str]:
            free = "" if hit.available_milli is None else desk.formats.quantity(hit.available_milli)
            return hit.good.name, hit.good.sku, free

        super().__init__(desk, query, words, name, _("Scan, or type a name, SKU or code"), least=2)
        self.line.setMinimumHeight(40)

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.line.text().strip():
            if not self.hits.isVisible() and not self._waiting:
                self._timer.stop()
                self._entered = True
                self._ask()
                return True
            self._entered = True
        return super()._key(event)

    def _typed(self, text: str) -> None:
        self._entered = False
        super()._typed(text)

    def _show(self, rows: Sequence[Any]) -> None:
        entered, self._entered = self._entered, False
        text = self._asked
        if entered and len(rows) == 1 and rows[0].exact:
            self._waiting = False
            self.rows = list(rows)
            self._take(0)
            return
        super()._show(rows)
        if entered and not rows:
            self.hits.hide()
            self.line.selectAll()
            self.unknown.emit(text)
