"""A stock document of several lines: goods come in by scan or by name, figures are typed in the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QWidget

from shopdesk.core.i18n import _, ngettext
from shopdesk.db.unit import Reader
from shopdesk.inventory.goods import GoodsHit
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import ChoiceField, LongText, TextField
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import Dialog, ask
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.kit.widgets import Label, hbox, icon_button
from shopdesk.ui.screens.purchase_lines import Line, LineColumn, LinesModel, LinesTable
from shopdesk.ui.screens.stock_goods import GoodsField
from shopdesk.ui.theme import tokens


class StockLinesDialog(Dialog):
    """Head fields, a field for goods that is always ready for a scan, and the lines.

    Subclasses add head fields with ``add_field`` and say what a scan does to a line (``count_in``).
    """

    def __init__(
        self, parent: QWidget, desk: Desk, name: str, title: str, columns: Sequence[LineColumn], act: str
    ) -> None:
        super().__init__(parent, name, title)
        self.desk = desk
        self.asker = parent
        self.dirty = False
        memory = getattr(parent, "memory", None)
        enabled = bool(memory.get("sounds", True)) if isinstance(memory, Memory) else True
        self.sounds = Sounds(enabled=enabled)
        self.fields: dict[str, Any] = {}  # Any: each input has its own values
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(tokens.SPACE_16)
        self._grid.setVerticalSpacing(tokens.SPACE_4)
        self.body.addLayout(self._grid)
        self.goods = GoodsField(desk, "document_goods", place=self.place_id)
        self.goods.picked.connect(self.took)
        self.goods.unknown.connect(self._unknown)
        self.model = LinesModel(columns, desk.formats, self)
        self.table = LinesTable(self.model)
        self.table.setMinimumHeight(220)
        self.table.removed.connect(self.drop)
        self.model.edited.connect(self._edited)
        self.model.refused.connect(self.messages.refuse)
        row = hbox(spacing=tokens.SPACE_8)
        row.addWidget(self.goods, 1)
        self.remove = icon_button("delete-outline", "remove_line", _("Take the line out (Delete)"), self._drop_current)
        row.addWidget(self.remove)
        self.body.addLayout(row)
        self.body.addWidget(self.table, 1)
        self.foot = Label("", "document_foot", tone="secondary")
        self.buttons.insertWidget(0, self.foot)
        self.add_cancel()
        self.act = self.add_button(act, "act", self.submit, role="primary")
        self.act.setToolTip(_("{act} (Ctrl+Enter)").format(act=act))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.submit)
        limit = parent.window().height() - 40 if parent.window().height() > 500 else 640
        self.resize(min(860, max(640, parent.window().width() - 80)), min(680, limit))
        self._edited()
        self.dirty = False
        self.goods.setFocus()

    # What subclasses say

    def place_id(self) -> int:
        """The warehouse whose free goods the hits show."""
        return 0

    def new_line(self, hit: GoodsHit) -> Line:
        """A line for goods that are not in the document yet."""
        good = hit.good
        return Line(good.variant_id, good.sku, good.name, good.unit)

    def count_in(self, at: int, milli: int) -> None:
        """What a scan of so much does to a line."""
        self.model.count(at, milli)

    def submit(self) -> None:
        """Do what the dialog is for."""
        raise NotImplementedError

    # Parts

    def add_field(self, key: str, label: str, field: QWidget, column: int) -> None:
        """Put a field into the head."""
        caption = Label(label, f"{key}_label", tone="secondary")
        caption.setBuddy(field)
        at = self._grid.rowCount() if column == 0 else max(0, self._grid.rowCount() - 2)
        self._grid.addWidget(caption, at, column)
        self._grid.addWidget(field, at + 1, column)
        self._grid.setColumnStretch(column, 1)
        self.fields[key] = field
        field.edited.connect(self._touched)  # type: ignore[attr-defined]  # every input tells it

    def add_choice(
        self,
        key: str,
        label: str,
        query: Callable[[Reader], Sequence[tuple[object, str]]],
        column: int,
        value: object = None,
    ) -> ChoiceField:
        """A choice whose options are asked for."""
        field = ChoiceField(key, label)

        def fill(options: Sequence[tuple[object, str]]) -> None:
            field.set_options(options)
            field.set_value(value)

        self.desk.ask(query, done=fill, failed=question_failed(self), owner=field)
        self.add_field(key, label, field, column)
        return field

    def add_text(self, key: str, label: str, column: int, value: str = "", *, longest: int = 200) -> TextField:
        """A line of text."""
        field = TextField(key, label, max_length=longest)
        field.set_value(value)
        self.add_field(key, label, field, column)
        return field

    def value(self, key: str) -> Any:
        """What stands in a head field."""
        return self.fields[key].value()

    def show_error(self, field: str, sentence: str) -> bool:
        """Mark a head field and say why; False for a field that is not here."""
        found = self.fields.get(field)
        if found is None:
            return False
        found.mark_wrong(True)
        self.messages.refuse(sentence)
        found.setFocus()
        return True

    def lines(self) -> list[Line]:
        """The lines as they stand."""
        return list(self.model.lines)

    # Scanning

    def took(self, hit: GoodsHit) -> None:
        """Put what was scanned or chosen into the document."""
        at = self.model.place_of(hit.good.variant_id)
        if at < 0:
            at = self.model.add(self.new_line(hit))
        self.count_in(at, hit.quantity_milli)
        self.table.show_row(at)
        self.messages.clear()
        self.sounds.scan()
        self.goods.setFocus()

    def drop(self, at: int) -> None:
        """Take a line out of the document."""
        self.model.remove(at)
        self.goods.setFocus()

    def _drop_current(self) -> None:
        at = self.table.currentIndex().row()
        if 0 <= at < len(self.model.lines):
            self.drop(at)

    def _unknown(self, code: str) -> None:
        self.sounds.error()
        self.messages.refuse(_("Unknown product: {name}").format(name=code))

    def _touched(self) -> None:
        self.dirty = True

    def _edited(self) -> None:
        self.dirty = True
        count = len(self.model.lines)
        self.foot.setText(ngettext("{count} line", "{count} lines", count).format(count=count))

    # Leaving

    def reject(self) -> None:
        """Leave; asks first when something would be lost."""
        if not self.dirty or not (self.model.lines or any(self._typed())):
            super().reject()
            return
        ask(
            self,
            _("Leave without saving?"),
            _("The lines of this document have not been saved."),
            _("Leave without saving"),
            super().reject,
            danger=True,
        )

    def _typed(self) -> list[bool]:
        return [bool(field.value()) for field in self.fields.values() if isinstance(field, TextField | LongText)]

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.dirty and self.isVisible() and self.model.lines:
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)
