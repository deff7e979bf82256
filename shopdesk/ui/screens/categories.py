"""The tree of categories: edited by drag and by keys, with what is in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QTreeWidgetItem, QWidget

from shopdesk.catalogue.categories import (
    CategoryCount,
    CategoryRow,
    CreateCategory,
    EditCategory,
    category_counts,
    category_tree,
    create_category,
    edit_category,
)
from shopdesk.catalogue.category_moves import MoveCategory, RemoveCategory, move_category, remove_category
from shopdesk.catalogue.queries import category_choices
from shopdesk.core.errors import NotFound, ShopError
from shopdesk.core.folding import folded
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.permissions import PERMISSION_NAMES, Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.empty_state import EmptyOver
from shopdesk.ui.kit.form_dialog import Form, Fresh, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar, ask
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.widgets import Label, button, caption, card, hbox, named, plain_tip, title, vbox, wrapped
from shopdesk.ui.screens.category_tree import ID, CategoryTree, id_of
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.icons import icon

_EDIT = Permission.CATALOGUE_EDIT
FIELDS = (
    Field("name", N_("Name"), required=True, max_length=100),
    Field("parent_id", N_("Below"), Holds.CHOICE, query=category_choices, help=N_("Empty: at the top.")),
    Field("description", N_("Description"), Holds.LONG),
    Field("slug", N_("Address name"), max_length=120, none_if_empty=True, help=N_("For links; made from the name.")),
)
NEW = Form(
    key="catalogue.new_category",
    title=N_("New category"),
    command=CreateCategory,
    use_case=create_category,
    fields=FIELDS,
    act=N_("Add category"),
    said=N_("The category was added."),
)
EDIT = Form(
    key="catalogue.edit_category",
    title=N_("Change category"),
    command=EditCategory,
    use_case=edit_category,
    fields=FIELDS,
    given=("category_id", "version"),
    act=N_("Save category"),
    entity="category",
)
REMOVE = Form(
    key="catalogue.remove_category",
    title=N_("Remove category"),
    command=RemoveCategory,
    use_case=remove_category,
    fields=(
        Field(
            "move_to",
            N_("What is in it goes to"),
            Holds.CHOICE,
            query=category_choices,
            help=N_("Empty: its products are only taken out of it, and the categories below it go to the top."),
        ),
    ),
    given=("category_id", "content"),
    act=N_("Remove category"),
    said=N_("The category is gone."),
)


@dataclass(frozen=True, slots=True)
class TreeNow:
    """The tree with how many products stand in each category."""

    rows: tuple[CategoryRow, ...]
    counts: Mapping[int, CategoryCount]


def tree_now(reader: Reader) -> TreeNow:
    """What the page shows; two statements."""
    return TreeNow(category_tree(reader), category_counts(reader))


def category_now(reader: Reader, category_id: int) -> CategoryRow:
    """A category as it is now; raises NotFound."""
    found = next((row for row in category_tree(reader) if row.id == category_id), None)
    if found is None:
        raise NotFound(_("Category"), category_id)
    return found


def shown(row: CategoryRow) -> Shown:
    """A category's values for its form."""
    values = {"name": row.name, "parent_id": row.parent_id, "description": row.description, "slug": row.slug}
    return Shown(values, {"category_id": row.id, "version": row.version}, EDIT)


class CategoryPage(QWidget):
    """The tree with its commands and keys."""

    def __init__(self, desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "catalogue_categories", _("Categories"))
        self.desk = desk
        self.memory = memory
        self.messages = MessageBar(self)
        self._rows: dict[int, CategoryRow] = {}
        self._counts: Mapping[int, CategoryCount] = {}
        self._closed: set[int] = set()
        self._stale = True
        self._wanted = 0
        self._commands: tuple[tuple[str, str, str, str, Callable[[], None]], ...] = (
            ("new", N_("New category"), "plus", "Ctrl+N", self.new),
            ("below", N_("New one below"), "plus", "Ctrl+Shift+B", self.new_below),
            ("edit", N_("Edit"), "pencil-outline", "Ctrl+E", self.edit),
            ("remove", N_("Remove"), "delete-outline", "Ctrl+Del", self.remove),
        )
        self._build()
        desk.changed.connect(self._something_changed)

    @property
    def chosen(self) -> CategoryRow | None:
        """The category in focus."""
        item = self.tree.currentItem()
        return self._rows.get(id_of(item)) if self.tree.selectedItems() else None

    def refresh(self) -> None:
        """Read the tree again."""
        self._stale = False
        self.desk.ask(tree_now, done=self._arrived, failed=question_failed(self), owner=self, key="tree")

    def choose(self, category_id: int) -> bool:
        """Put the focus on a category; False if it is not there."""
        item = self._items.get(category_id)
        if item is not None:
            self.tree.setCurrentItem(item)
        return item is not None

    # Commands

    def run(self, key: str) -> bool:
        """Run a command by its key; False, and said why, if it may not be run."""
        if not self.desk.may(_EDIT):
            name = _(PERMISSION_NAMES[_EDIT])
            self.messages.refuse(_("Your role does not include: {permission}.").format(permission=name))
            return False
        act = next(one[4] for one in self._commands if one[0] == key)
        if key != "new" and self.chosen is None:
            self.messages.say(_("Choose a row first."))
            return False
        self.messages.clear()
        act()
        return True

    def new(self) -> None:
        """Add a category beside the chosen one."""
        chosen = self.chosen
        values = {"parent_id": chosen.parent_id if chosen is not None else None}
        open_form(self, self.desk, NEW, values=values, done=self._made)

    def new_below(self) -> None:
        """Add a category below the chosen one."""
        if self.chosen is not None:
            open_form(self, self.desk, NEW, values={"parent_id": self.chosen.id}, done=self._made)

    def edit(self) -> None:
        """Rename, describe or move the chosen category."""
        row = self.chosen
        if row is None:
            return
        now = shown(row)
        fresh = Fresh(category_now, (row.id,), shown)
        open_form(self, self.desk, EDIT, values=now.values, given=now.given, fresh=fresh, entity_id=row.id)

    def remove(self) -> None:
        """Remove the chosen category; what is in it goes where the person says."""
        row = self.chosen
        if row is None:
            return
        count = self._counts.get(row.id)
        children = sum(one.parent_id == row.id for one in self._rows.values())
        if not children and (count is None or not count.here):
            operation = Operation(remove_category, RemoveCategory(row.id), said=N_("The category is gone."))
            ask(
                self,
                _("Remove {name}?").format(name=row.path),
                _("Nothing is in it."),
                _("Remove category"),
                lambda: operation.run(self.desk, self),
                danger=True,
            )
            return
        products = count.here if count is not None else 0
        inside = [
            ngettext("{count} product is in it.", "{count} products are in it.", products).format(count=products),
            ngettext("{count} category is below it.", "{count} categories are below it.", children).format(
                count=children
            ),
            _(REMOVE.fields[0].help),
        ]
        form = replace(
            REMOVE,
            title=_("Remove {name}?").format(name=row.path),
            fields=(replace(REMOVE.fields[0], help=" ".join(inside)),),
        )
        given = {"category_id": row.id, "content": "move"}
        open_form(self, self.desk, form, values={"move_to": row.parent_id}, given=given)

    def put(self, category_id: int, parent_id: int, before_id: int) -> None:
        """Put a category elsewhere; 0 is the top, or the end."""
        row = self._rows.get(category_id)
        if row is None:
            return
        self._wanted = category_id
        command = MoveCategory(category_id, row.version, parent_id or None, before_id or None)

        def refused(_error: ShopError) -> bool:
            self.refresh()
            return False

        Operation(move_category, command, refused=refused).run(self.desk, self)

    # Building

    def _build(self) -> None:
        outer = vbox(self, margin=tokens.SPACE_24, spacing=tokens.SPACE_12)
        head = hbox(spacing=tokens.SPACE_12)
        head.addWidget(title(_("Categories")))
        self.count = Label("", "count", tone="secondary")
        head.addWidget(self.count)
        head.addStretch(1)
        self.search = named(QLineEdit(), "search", _("Search categories"))
        self.search.setPlaceholderText(_("Search categories"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("magnify", "secondary"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMaximumWidth(320)
        self.search.textChanged.connect(self._narrow)
        head.addWidget(self.search, 2)
        self.actions_: dict[str, QAction] = {}
        for key, words, glyph, keys, _act in self._commands:
            sequence = QKeySequence(keys)
            shortcut = sequence.toString(QKeySequence.SequenceFormat.NativeText)
            made = button(
                _(words),
                key,
                partial(self.run, key),
                role="primary" if key == "new" else "",
                glyph=glyph if self.desk.may(_EDIT) else "lock-outline",
                tip=f"{_(words)} ({shortcut})",
            )
            head.addWidget(made)
            action = QAction(caption(_(words)), self)
            action.setShortcut(sequence)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setIcon(icon(glyph))
            action.triggered.connect(partial(self._triggered, key))
            self.addAction(action)
            self.actions_[key] = action
        outer.addLayout(head)
        outer.addWidget(self.messages)
        ground = card("tree_card")
        column = vbox(ground, spacing=0)
        column.setContentsMargins(1, 1, 1, 1)
        self.tree = CategoryTree()
        self.tree.setDragEnabled(self.desk.may(_EDIT))
        self.tree.moved.connect(self.put)
        self.tree.itemDoubleClicked.connect(lambda *_at: self.run("edit"))
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
        self.tree.itemCollapsed.connect(lambda item: self._closed.add(id_of(item)))
        self.tree.itemExpanded.connect(lambda item: self._closed.discard(id_of(item)))
        first = button(_("New category"), "empty_action", lambda: self.run("new"), role="primary", glyph="plus")
        EmptyOver(self.tree, "folder-outline", _("Categories"), first)
        column.addWidget(self.tree)
        outer.addWidget(ground, 1)
        self._hint = wrapped(
            Label(
                _(
                    "Drag a category to its place, or use Alt with the arrow keys. They are the pages of tiles on the till."
                ),
                "categories_hint",
                tone="secondary",
            )
        )
        outer.addWidget(self._hint)
        self._items: dict[int, QTreeWidgetItem] = {}

    def _triggered(self, key: str, _on: bool = False) -> None:
        self.run(key)

    def _arrived(self, now: TreeNow) -> None:
        kept = self._wanted or id_of(self.tree.currentItem())
        self._wanted = 0
        scroll = self.tree.verticalScrollBar().value()
        self._rows = {row.id: row for row in now.rows}
        self._counts = now.counts
        self.tree.blockSignals(True)
        self.tree.clear()
        self._items = {}
        for row in now.rows:
            above = self._items.get(row.parent_id or 0)
            item = QTreeWidgetItem(above) if above is not None else QTreeWidgetItem(self.tree)
            self._items[row.id] = item
            self._dress(item, row)
        for category_id, item in self._items.items():
            item.setExpanded(category_id not in self._closed)
        if kept in self._items:
            self.tree.setCurrentItem(self._items[kept])
        self.tree.blockSignals(False)
        self.tree.verticalScrollBar().setValue(scroll)
        count = len(now.rows)
        self.count.setText(ngettext("{count} category", "{count} categories", count).format(count=count))
        self._narrow(self.search.text())

    def _dress(self, item: QTreeWidgetItem, row: CategoryRow) -> None:
        count = self._counts.get(row.id, CategoryCount(0, 0))
        item.setData(0, ID, row.id)
        item.setText(0, row.name)
        item.setToolTip(0, plain_tip(row.path))
        for column, value in ((1, count.here), (2, count.below)):
            item.setText(column, str(value) if value else "")
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _narrow(self, text: str) -> None:
        wanted = folded(text).split()
        seen: set[int] = set()
        for category_id, item in self._items.items():
            words = folded(item.text(0))
            if all(word in words for word in wanted):
                at: QTreeWidgetItem | None = item
                while at is not None and id_of(at) not in seen:
                    seen.add(id_of(at))
                    at = at.parent()
                if wanted and not seen - {category_id}:
                    self.tree.setCurrentItem(item)
        for category_id, item in self._items.items():
            item.setHidden(category_id not in seen)

    def _made(self, category_id: int) -> None:
        self._wanted = category_id

    def _menu(self, point: QPoint) -> None:
        menu = named(QMenu(self), "row_menu", _("Commands"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(self.actions_.values()))
        menu.popup(self.tree.viewport().mapToGlobal(point))

    def _something_changed(self, names: frozenset[str]) -> None:
        if names & {"Category", "Product", "*"}:
            self._stale = True
            if self.isVisible():
                self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()
