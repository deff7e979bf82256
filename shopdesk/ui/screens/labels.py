"""Labels of goods that are scanned or found one after the other, before they are printed together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QTableWidgetItem, QWidget

from shopdesk.catalogue.search import FoundGoods
from shopdesk.core.i18n import _, ngettext
from shopdesk.printing.label_pdf import MOST_LABELS
from shopdesk.ui.dialogs.labels import COUNT, counts_table, open_labels
from shopdesk.ui.dialogs.price_list_work import find_for_price, goods_words
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.empty_state import EmptyOver
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import Action, MessageBar, Voice
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.widgets import Label, button, hbox, named, title, vbox
from shopdesk.ui.theme import tokens

_VARIANT = Qt.ItemDataRole.UserRole
Line = tuple[int, str, str, int]
"""Variant id, name, SKU, how many."""


class LabelsPage(QWidget):
    """A search at the top; what is found or scanned is put on the list, once more with every scan."""

    def __init__(self, desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "labels_page", _("Labels"))
        self.desk = desk
        self.memory = memory
        self.messages = MessageBar(self)
        self.picker = Picker(desk, find_for_price, goods_words(desk.formats), "label_goods", _("Name, SKU or code"))
        self.picker.picked.connect(self.put)
        self.table = counts_table()
        self.table.itemChanged.connect(lambda _item: self._tell())
        EmptyOver(self.table, "printer-outline", _("Scan or find what needs a label."), asked=False)
        self._said = Label("", "labels_count", tone="secondary")
        self._print = button(_("Print labels"), "print", self.print_labels, role="primary", glyph="printer-outline")
        self._clear = button(_("Clear the list"), "clear", self.clear)
        self._build()
        self.setFocusProxy(self.picker)
        self._tell()

    def lines(self) -> list[Line]:
        """What stands on the list; what is no count is none."""
        found: list[Line] = []
        for row in range(self.table.rowCount()):
            name, sku, count = (self.table.item(row, column) for column in range(3))
            assert name is not None
            assert sku is not None
            text = count.text().strip() if count is not None else ""
            many = min(int(text), MOST_LABELS) if text.isdecimal() else 0
            found.append((int(name.data(_VARIANT)), name.text(), sku.text(), many))
        return found

    def put(self, goods: FoundGoods) -> None:
        """One more label of these goods."""
        self.picker.clear()
        self.picker.setFocus()
        lines = self.lines()
        places = [place for place, line in enumerate(lines) if line[0] == goods.variant_id]
        if places:
            variant_id, name, sku, count = lines[places[0]]
            lines[places[0]] = (variant_id, name, sku, count + 1)
        else:
            name = ", ".join(filter(None, (goods.name, goods.variant_name)))
            lines.append((goods.variant_id, name, goods.sku, 1))
        self._show(lines)

    def remove(self) -> None:
        """Take the chosen goods off the list."""
        gone = {index.row() for index in self.table.selectedIndexes()}
        if gone:
            self._leave([line for row, line in enumerate(self.lines()) if row not in gone])

    def clear(self) -> None:
        """Begin anew."""
        self._leave([])

    def print_labels(self) -> None:
        """Look at them, print them, save them."""
        open_labels(self, self.desk, [(variant_id, count) for variant_id, _name, _sku, count in self.lines() if count])

    def _leave(self, kept: list[Line]) -> None:
        before = self.lines()
        self._show(kept)
        taken = len(before) - len(kept)
        words = ngettext("{count} entry was taken off.", "{count} entries were taken off.", taken).format(count=taken)
        self.messages.say(words, Voice.NEWS, [Action(_("Undo"), lambda: self._show(before), "undo")])

    def _build(self) -> None:
        outer = vbox(self, margin=tokens.SPACE_24, spacing=tokens.SPACE_12)
        head = hbox(spacing=tokens.SPACE_12)
        head.addWidget(title(_("Labels")))
        head.addWidget(self._said)
        head.addStretch(1)
        head.addWidget(self._clear)
        head.addWidget(self._print)
        outer.addLayout(head)
        outer.addWidget(self.messages)
        outer.addWidget(self.picker)
        outer.addWidget(self.table, 1)
        off = QAction(_("Take off the list"), self.table)
        off.setShortcut(QKeySequence("Del"))
        off.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        off.triggered.connect(lambda _checked=False: self.remove())
        self.table.addAction(off)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _show(self, lines: list[Line]) -> None:
        self.table.blockSignals(True)
        self.table.setRowCount(len(lines))
        for row, (variant_id, name, sku, count) in enumerate(lines):
            for column, text in enumerate((name, sku, str(count))):
                item = QTableWidgetItem(text)
                if column == COUNT:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                else:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                item.setData(_VARIANT, variant_id)
                self.table.setItem(row, column, item)
        self.table.blockSignals(False)
        self.table.scrollToBottom()
        self._tell()

    def _tell(self) -> None:
        count = sum(line[3] for line in self.lines())
        said = ngettext("{count} label", "{count} labels", count).format(count=count)
        self._said.setText(said if self.table.rowCount() else "")
        self._print.setEnabled(0 < count <= MOST_LABELS)
        self._clear.setEnabled(self.table.rowCount() > 0)
