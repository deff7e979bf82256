"""The columns of a table: which are shown, how wide, in which order; the header's menu; and what of it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.columns import Column
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.table_model import PagedModel
from shopdesk.ui.kit.widgets import caption, named

_REMEMBER_MS = 400
Layout = Mapping[str, Any]
"""What is kept of a table's columns, as JSON holds it: ``hidden`` keys, ``widths`` by key, ``order`` of keys; only what
differs from the declaration."""


class ColumnedTable(QTableView):
    """A table whose columns a person arranges. ``arranged`` is sent a moment after the last change; ``sort_asked`` by the header.

    The arrangement is remembered under ``key``; who has a better place for it (the person's own rows in the database) listens
    to ``arranged`` and calls ``arrange``.
    """

    arranged = Signal(object)
    sort_asked = Signal(str, bool)

    def __init__(
        self, model: PagedModel, memory: Memory, key: str, parent: QWidget, *, minor: Sequence[str] = ()
    ) -> None:
        super().__init__(parent)
        self.paged = model
        self._memory = memory
        self._key = f"table.{key}"
        self._minor = tuple(minor)
        self._put_away: set[str] = set()
        self._widths: dict[str, int] = {}
        self._fitting = False
        self._remember_timer = QTimer(self)
        self._remember_timer.setSingleShot(True)
        self._remember_timer.setInterval(_REMEMBER_MS)
        self._remember_timer.timeout.connect(self._remember_columns)
        self.setModel(model)
        self._dress_header()

    @property
    def layout_kept(self) -> dict[str, Any]:
        """The arrangement as it is kept; empty for the usual columns."""
        columns = self.paged.columns
        hidden = [column.key for column in columns if column.key in self._put_away]
        usual = [column.key for column in columns if column.hidden]
        order = [columns[at].key for at in self._in_order()]
        plain = [column.key for column in columns]
        kept: dict[str, Any] = {}
        if hidden != usual:
            kept["hidden"] = hidden
        if self._widths:
            kept["widths"] = dict(self._widths)
        if order != plain:
            kept["order"] = order
        return kept

    def arrange(self, layout: Layout) -> None:
        """Show the columns as they were kept; what is unknown or broken in it counts as usual."""
        hidden, widths, order = layout.get("hidden"), layout.get("widths"), layout.get("order")
        columns = self.paged.columns
        keys = [column.key for column in columns]
        known = {key for key in hidden if key in keys} if isinstance(hidden, list) else None
        self._put_away = {column.key for column in columns if column.hidden} if known is None else known
        if len(self._put_away) == len(columns):
            self._put_away.discard(keys[0])
        sizes = widths if isinstance(widths, dict) else {}
        self._widths = {key: size for key, size in sizes.items() if key in keys and type(size) is int and size > 0}
        wanted = [key for key in order if key in keys] if isinstance(order, list) else keys
        wanted += [key for key in keys if key not in wanted]
        header = self.horizontalHeader()
        self._fitting = True
        for place, key in enumerate(dict.fromkeys(wanted)):
            header.moveSection(header.visualIndex(keys.index(key)), place)
        for at, column in enumerate(columns):
            self.setColumnWidth(at, self._widths.get(column.key, column.width))
        self._fitting = False
        self._fit()

    def remember_as(self, key: str) -> None:
        """Another person's table from now on: theirs is shown, and kept under ``key``."""
        self._remember_timer.stop()
        self._key = f"table.{key}"
        self._recall()

    def _recall(self) -> None:
        self.arrange({name: self._memory.get(f"{self._key}.{name}") for name in ("hidden", "widths", "order")})

    def put(self, shown: Sequence[str]) -> None:
        """Show exactly these columns, in this order, and keep that."""
        if not shown:
            return
        keys = [column.key for column in self.paged.columns]
        rest = [key for key in keys if key not in shown]
        self.arrange({"hidden": rest, "widths": dict(self._widths), "order": [*shown, *rest]})
        self._remember_columns()

    def usual(self) -> None:
        """Show the columns as the screen declares them."""
        self.arrange({})
        self._remember_columns()

    def shown_columns(self) -> list[Column]:
        """The columns that are chosen to be seen, in their order; also those that give way to a narrow window."""
        columns = self.paged.columns
        return [columns[at] for at in self._in_order() if columns[at].key not in self._put_away]

    def mark_sorted(self, sort: str, descending: bool) -> None:
        """Show the arrow on the column that gives an order."""
        header = self.horizontalHeader()
        place = next((at for at, column in enumerate(self.paged.columns) if column.sort and column.sort == sort), -1)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        header.blockSignals(True)
        header.setSortIndicator(place, order)
        header.blockSignals(False)

    # The header and its menu

    def _dress_header(self) -> None:
        header = self.horizontalHeader()
        named(header, "table_header", _("Columns"))
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(48)
        header.setStretchLastSection(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_header_menu)
        header.sectionClicked.connect(self._sort_by)
        self._recall()
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(lambda *_args: self._moved())
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def header_actions(self, at: int) -> list[tuple[str, str, bool, bool]]:
        """What the header's menu offers for a column: (key, words, can be used, is checked); data, for tests as well."""
        columns = self.paged.columns
        offered: list[tuple[str, str, bool, bool]] = []
        if 0 <= at < len(columns):
            column = columns[at]
            offered.append(("ascending", _("Sort ascending"), bool(column.sort), False))
            offered.append(("descending", _("Sort descending"), bool(column.sort), False))
            offered.append(("hide", _("Hide this column"), len(self._visible()) > 1, False))
        offered += [
            (f"show:{column.key}", _(column.title), True, column.key not in self._put_away) for column in columns
        ]
        offered.append(("default", _("Usual columns"), True, False))
        return offered

    def use_header_action(self, key: str, at: int) -> None:
        """Do what a line of the header's menu says."""
        columns = self.paged.columns
        if key in ("ascending", "descending"):
            self.sort_asked.emit(columns[at].sort, key == "descending")
        elif key == "hide":
            self._show_column(columns[at], False)
        elif key == "default":
            self.usual()
        else:
            column = next(one for one in columns if one.key == key.removeprefix("show:"))
            self._show_column(column, column.key in self._put_away)

    def _show_header_menu(self, point: QPoint) -> None:
        at = self.horizontalHeader().logicalIndexAt(point)
        menu = named(QMenu(self), "header_menu", _("Columns"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, words, usable, checked in self.header_actions(at):
            action = QAction(caption(words), menu)
            action.setObjectName(f"header_{key}")
            action.setEnabled(usable)
            action.setCheckable(key.startswith("show:"))
            action.setChecked(checked)
            action.triggered.connect(lambda _on=False, key=key: self.use_header_action(key, at))
            if key.startswith("show:") and menu.actions() and not menu.actions()[-1].isCheckable():
                menu.addSeparator()
            menu.addAction(action)
        menu.popup(self.horizontalHeader().mapToGlobal(point))

    def _show_column(self, column: Column, shown: bool) -> None:
        if not shown and len(self._visible()) == 1 and column.key not in self._put_away:
            return
        if shown:
            self._put_away.discard(column.key)
        else:
            self._put_away.add(column.key)
        self._fit()
        self._remember_columns()

    def _in_order(self) -> list[int]:
        header = self.horizontalHeader()
        return [header.logicalIndex(place) for place in range(header.count())]

    def _visible(self) -> list[int]:
        return [at for at, column in enumerate(self.paged.columns) if column.key not in self._put_away]

    def _fit(self) -> None:
        """Give the stretching column what is left; where that is too little, minor columns give way in their order."""
        columns = self.paged.columns
        shown = {columns[at].key: at for at in self._visible()}
        space = self.viewport().width()
        stretch = next((key for key, at in shown.items() if columns[at].stretch), "")

        def needed() -> int:
            return sum(columns[at].width if key == stretch else self._width_of(at) for key, at in shown.items())

        for key in self._minor:
            if space > 0 and needed() > space and key in shown and key != stretch:
                del shown[key]
        self._fitting = True
        for at, column in enumerate(columns):
            self.setColumnHidden(at, column.key not in shown)
        if stretch:
            others = sum(self._width_of(at) for key, at in shown.items() if key != stretch)
            self.setColumnWidth(shown[stretch], max(columns[shown[stretch]].width, space - others))
        self._fitting = False

    def _width_of(self, at: int) -> int:
        column = self.paged.columns[at]
        return self._widths.get(column.key, column.width)

    def _resized(self, at: int, _old: int, new: int) -> None:
        if self._fitting or new <= 0:
            return
        column = self.paged.columns[at]
        if not column.stretch:
            if new == column.width:
                self._widths.pop(column.key, None)
            else:
                self._widths[column.key] = new
        self._remember_timer.start()  # a drag is many small changes, and each would write the file
        self._fit()

    def _moved(self) -> None:
        if not self._fitting:
            self._remember_timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _remember_columns(self) -> None:
        kept = self.layout_kept
        for name in ("hidden", "widths", "order"):
            self._memory.put(f"{self._key}.{name}", kept.get(name))
        self.arranged.emit(kept)

    def _sort_by(self, at: int) -> None:
        column = self.paged.columns[at]
        if not column.sort:
            return
        request = self.paged.request
        self.sort_asked.emit(column.sort, request.sort == column.sort and not request.descending)
