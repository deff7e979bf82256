"""What the always-live field means: a code, words, a quantity before a star, or money while the sale is being paid."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from shopdesk.core.i18n import _
from shopdesk.core.money import MILLI
from shopdesk.ui.till.header import LiveField
from shopdesk.ui.till.line_work import LineWork
from shopdesk.ui.till.pay_state import Stage
from shopdesk.ui.till.paying import Paying
from shopdesk.ui.till.scanner import Scanner
from shopdesk.ui.till.search_drop import Hit, SearchDrop
from shopdesk.ui.till.selling import Selling
from shopdesk.ui.till.till_desk import TillDesk
from shopdesk.ui.till.typed import read_typed


class FieldWork(QObject):
    """Joins the field, the scanner and the drop of hits with selling and paying."""

    def __init__(
        self,
        till: TillDesk,
        field: LiveField,
        drop: SearchDrop,
        scanner: Scanner,
        selling: Selling,
        paying: Paying,
        lines: LineWork,
    ) -> None:
        super().__init__(till)
        self._till = till
        self._field = field
        self._drop = drop
        self._selling = selling
        self._paying = paying
        self._lines = lines
        self._pending_words = ""
        self.take_scan: Callable[[str], bool] = lambda _code: False
        scanner.scanned.connect(self._scanned)
        scanner.unreadable.connect(lambda: till.refuse(_("The scan was cut off. Scan again.")))
        selling.take_quantity = self._take_quantity
        selling.rung_up.connect(lambda _line: self._done())
        selling.hits_came.connect(self._show_hits)
        selling.searched_for.connect(self._search_for)
        paying.typed_amount = self.take_text
        field.textEdited.connect(self._typed)
        field.returnPressed.connect(self._enter)
        field.moved.connect(self._move)
        field.left.connect(self._left)
        drop.taken.connect(self._take_hit)

    def take_text(self) -> str:
        """What stands in the field, which is empty then."""
        text = self._field.text()
        self._field.clear()
        return text

    # ------------------------------------------------------------------ what comes in

    def _typed(self, text: str) -> None:
        self._pending_words = ""
        if self._paying.stage is Stage.DONE and text.strip():
            self._paying.finish()  # a letter begins the next sale as a scan does
            self._field.setText(text)
        if self._paying.stage is None:
            self._selling.words_typed(text)

    def _scanned(self, code: str) -> None:
        if not self._till.desk.signed_in or self.take_scan(code):
            return
        times = self._take_quantity()
        self._selling.words_typed(self._field.text() if self._paying.stage is None else "")
        self._selling.scan(code, times)

    def _enter(self) -> None:
        if self._paying.stage is not None:
            self._paying.enter(self.take_text())
            return
        typed = read_typed(self._field.text())
        if typed.text:
            self._selling.typed_code(typed)
        elif typed.given:
            self._field.clear()
            self._lines.set_quantity(typed.quantity_milli)

    def _move(self, step: int) -> None:
        if self._drop.isVisible():
            self._drop.step(step)
        elif self._paying.stage is None:
            self._till.state.move_focus(step)

    def _left(self) -> None:
        if self._paying.stage is Stage.TAKING:
            self._paying.back()
        elif self._paying.stage is Stage.DONE:
            self._paying.finish()
        else:
            self._till.messages.clear()

    # ------------------------------------------------------------------ hits

    def _search_for(self, words: str) -> None:
        """What was typed is no code: take the chosen hit of the same words, or show what there is."""
        if self._drop.chosen is not None and self._drop.asked == words:
            self._take_hit(self._drop.chosen)
            return
        if read_typed(self._field.text()).text != words:
            self._field.setText(words)
        self._pending_words = words
        self._selling.words_typed(words)

    def _show_hits(self, words: str, hits: tuple[Hit, ...]) -> None:
        if not words or self._paying.stage is not None:
            self._drop.put_away()
            return
        self._drop.show_hits(words, hits)
        if self._pending_words != words:
            return
        self._pending_words = ""  # Enter was pressed before the hits were there: one is meant, of many none was seen
        if len(hits) == 1:
            self._take_hit(hits[0])
        elif not hits:
            self._till.refuse(_("Nothing found for {words}.").format(words=words))

    def _take_hit(self, hit: object) -> None:
        assert isinstance(hit, Hit)
        self._selling.variant(hit.variant_id, self._take_quantity())
        self._done()

    def _done(self) -> None:
        """What stood in the field was taken."""
        self._selling.forget_words()
        self._field.clear()
        self._drop.put_away()

    def _take_quantity(self) -> int:
        typed = read_typed(self._field.text())
        if typed.given:
            self._field.setText(typed.text)
        return typed.quantity_milli if typed.given else MILLI
