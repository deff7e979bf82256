"""Categories of a product: shown as a line of names, chosen in a tree that is searched as one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from shopdesk.catalogue.categories import CategoryRow, category_tree
from shopdesk.core.folding import folded
from shopdesk.core.i18n import _
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.widgets import Label, button, hbox, named, vbox, wrapped
from shopdesk.ui.screens.category_tree import BranchDelegate
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font
from shopdesk.ui.theme.icons import icon

_ID = Qt.ItemDataRole.UserRole


class ShelfPicker(QWidget):
    """The categories of a product, the primary one first. ``edited`` is sent when others were chosen."""

    edited = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "category_ids", _("Categories"))
        self._desk = desk
        self._rows: dict[int, CategoryRow] = {}
        self.chosen: tuple[int, ...] = ()
        column = vbox(self, spacing=tokens.SPACE_4)
        small = text_font(tokens.OFFICE_SECONDARY)
        column.addWidget(Label(_("Categories (optional)"), "category_ids_label", tone="secondary", font=small))
        self.words = wrapped(Label("", "category_words"))
        column.addWidget(self.words)
        row = hbox()
        self.open_button = button(
            _("Choose categories"),
            "choose_categories",
            self.open,
            glyph="folder-outline",
            tip=_("Choose categories (Alt+C)"),
        )
        self.open_button.setShortcut("Alt+C")
        row.addWidget(self.open_button)
        row.addStretch(1)
        column.addLayout(row)
        self.error = wrapped(Label("", "category_ids_error", tone="danger"))
        self.error.hide()
        column.addWidget(self.error)
        self.load()

    def load(self, then: Callable[[], object] | None = None) -> None:
        """Read the tree."""

        def arrived(rows: Sequence[CategoryRow]) -> None:
            self._rows = {row.id: row for row in rows}
            self._show()
            if then is not None:
                then()

        self._desk.ask(category_tree, done=arrived, failed=question_failed(self), owner=self, key="tree")

    def put(self, chosen: Sequence[int]) -> None:
        """Show a product's categories."""
        self.chosen = tuple(chosen)
        self.refuse("")
        self._show()

    def refuse(self, sentence: str) -> None:
        """Say what is wrong; empty when nothing is."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))

    def named_words(self, chosen: Sequence[int]) -> str:
        """The names of categories, the primary one marked by a word."""
        paths = [self._rows[one].path if one in self._rows else str(one) for one in chosen]
        if not paths:
            return _("None")
        if len(paths) == 1:
            return paths[0]
        return "\n".join([_("{path} (primary)").format(path=paths[0]), *paths[1:]])

    def open(self) -> None:
        """Show the tree."""
        ShelfDialog(self, tuple(self._rows.values()), self.chosen, self._take).open()

    def _take(self, chosen: tuple[int, ...]) -> None:
        if chosen != self.chosen:
            self.put(chosen)
            self.edited.emit()
        self.open_button.setFocus()

    def _show(self) -> None:
        self.words.setText(self.named_words(self.chosen))
        self.words.set_tone("" if self.chosen else "secondary")


class _Search(QLineEdit):
    """A line from which the arrows go into the tree, and whose Enter ticks what is shown there."""

    def __init__(self, tree: QTreeWidget) -> None:
        super().__init__()
        named(self, "category_search", _("Search categories"))
        self.setPlaceholderText(_("Search categories"))
        self.setClearButtonEnabled(True)
        self.addAction(icon("magnify", "secondary"), QLineEdit.ActionPosition.LeadingPosition)
        self._tree = tree

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._tree.setFocus()
            self._tree.keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and self.text():
            item = self._tree.currentItem()
            if item is not None:
                ticked = item.checkState(0) is Qt.CheckState.Checked
                item.setCheckState(0, Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)
            self.clear()
        else:
            super().keyPressEvent(event)


class ShelfDialog(Dialog):
    """The tree with ticks. The first one ticked is the primary one, until another is made so."""

    def __init__(
        self,
        parent: QWidget,
        rows: Sequence[CategoryRow],
        chosen: Sequence[int],
        take: Callable[[tuple[int, ...]], object],
    ) -> None:
        super().__init__(parent, "categories_of_product", _("Categories of the product"))
        self._take = take
        self._paths = {row.id: row.path for row in rows}
        self.chosen = [one for one in chosen if one in self._paths]
        self.tree = named(QTreeWidget(), "category_tree", _("Categories"))
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setItemDelegate(BranchDelegate(self.tree))
        self.search = _Search(self.tree)
        self.body.addWidget(self.search)
        self.body.addWidget(self.tree, 1)
        self.said = wrapped(Label("", "primary_words", tone="secondary"))
        row = hbox()
        row.addWidget(self.said, 1)
        self.primary = button(_("Make primary"), "make_primary", self.make_primary, tip=_("Make primary (Alt+P)"))
        self.primary.setShortcut("Alt+P")
        row.addWidget(self.primary)
        self.body.addLayout(row)
        self.add_cancel()
        self.add_button(_("Use these categories"), "act", self._done, role="primary", default=True)
        self._items: dict[int, QTreeWidgetItem] = {}
        for one in rows:
            above = self._items.get(one.parent_id or 0)
            item = QTreeWidgetItem(above) if above is not None else QTreeWidgetItem(self.tree)
            item.setText(0, one.name)
            item.setData(0, _ID, one.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Checked if one.id in self.chosen else Qt.CheckState.Unchecked)
            self._items[one.id] = item
        self.tree.expandAll()
        self.tree.itemChanged.connect(self._ticked)
        self.tree.currentItemChanged.connect(lambda *_items: self._show())
        self.search.textChanged.connect(self._narrow)
        if self.chosen:
            self.tree.setCurrentItem(self._items[self.chosen[0]])
        self._show()
        self.resize(480, 560)
        self.search.setFocus()

    def make_primary(self) -> None:
        """The category in focus becomes the primary one, and ticked."""
        item = self.tree.currentItem()
        if item is None:
            return
        one = int(item.data(0, _ID))
        item.setCheckState(0, Qt.CheckState.Checked)
        self.chosen = [one, *(other for other in self.chosen if other != one)]
        self._show()

    def _ticked(self, item: QTreeWidgetItem, _column: int) -> None:
        one = int(item.data(0, _ID))
        ticked = item.checkState(0) is Qt.CheckState.Checked
        if ticked and one not in self.chosen:
            self.chosen.append(one)
        elif not ticked and one in self.chosen:
            self.chosen.remove(one)
        self._show()

    def _show(self) -> None:
        words = _("Primary: {path}").format(path=self._paths[self.chosen[0]]) if self.chosen else _("None chosen")
        self.said.setText(words)
        item = self.tree.currentItem()
        self.primary.setEnabled(item is not None and [int(item.data(0, _ID))] != self.chosen[:1])

    def _narrow(self, text: str) -> None:
        wanted = folded(text).split()
        first: QTreeWidgetItem | None = None
        shown: set[int] = set()
        for item in self._items.values():
            words = folded(item.text(0))
            if all(word in words for word in wanted):
                first = first or (item if wanted else None)
                at: QTreeWidgetItem | None = item
                while at is not None:
                    shown.add(int(at.data(0, _ID)))
                    at = at.parent()
        for one, item in self._items.items():
            item.setHidden(one not in shown)
        if first is not None:
            self.tree.setCurrentItem(first)

    def _done(self) -> None:
        self.accept()
        self._take(tuple(self.chosen))
