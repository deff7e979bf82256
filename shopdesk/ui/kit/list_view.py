"""A declared list screen on the glass: search, chips, table, details, and everything one can do with rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QLineEdit, QSplitter, QStackedLayout, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _, ngettext
from shopdesk.db.paging import Page, PageRequest
from shopdesk.ui.kit.busy import Busy
from shopdesk.ui.kit.commanding import Commanding
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.detail_pane import WIDTH, DetailPane, row_facts
from shopdesk.ui.kit.empty_state import EmptyState
from shopdesk.ui.kit.filter_bar import FilterBar
from shopdesk.ui.kit.list_jump import ListJump
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.operations import show_refusal
from shopdesk.ui.kit.record_view import open_record
from shopdesk.ui.kit.specs import BulkEdit, Command, ListScreen, Pick
from shopdesk.ui.kit.table_model import PagedModel
from shopdesk.ui.kit.table_tools import Source, TableTools
from shopdesk.ui.kit.table_view import TableView
from shopdesk.ui.kit.tasks import Ticket
from shopdesk.ui.kit.views_button import ViewsButton
from shopdesk.ui.kit.widgets import Label, card, hbox, named, title, vbox
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font
from shopdesk.ui.theme.icons import icon

_DETAIL_WAIT_MS = 40
_REFRESH_WAIT_MS = 250
BULK_KEYS = "Ctrl+Shift+E"


class ListView(Commanding):
    """The view of one ``ListScreen``. Command functions get it as their first argument.

    ``desk``, ``messages`` and ``refresh`` are what they need; ``context`` is what a screen that embeds the list keeps.
    ``inner`` is a list inside a page: without a title and margins of its own.
    """

    context: Any = None  # whatever the embedding screen needs

    def __init__(
        self, spec: ListScreen, desk: Desk, memory: Memory, parent: QWidget | None = None, *, inner: bool = False
    ) -> None:
        super().__init__(parent)
        named(self, spec.key.replace(".", "_"), _(spec.title))
        self.spec = spec
        self.commands = spec.commands if spec.bulk is None else (*spec.commands, _bulk_command(spec.bulk))
        self._inner = inner
        self.desk = desk
        self.memory = memory
        self.fixed: dict[str, object] = dict(spec.fixed)
        self._stale = True
        self._begun = False
        self._person = desk.actor.username
        self.messages = MessageBar(self)
        self.model = PagedModel(spec.columns, self._fetch, desk.formats, self, ident=spec.ident)
        key = f"{desk.actor.username}.{spec.key}"
        self.table = TableView(self.model, desk.formats, memory, key, self, minor=spec.minor)
        self.busy = Busy(self)
        self._actions = [self.make_action(command) for command in self.commands]
        self.tools = TableTools(self, spec.key, _(spec.title), spec.export)
        self.views = ViewsButton(self)
        self._build()
        self._connect()
        self._first_request()

    # What commands and tests use

    def refresh(self) -> None:
        """Read the shown rows again, keeping the place; put off until the list is seen."""
        if self.isVisible():
            self._stale = False
            self.model.refresh()
        else:
            self._stale = True

    def search_for(self, text: str) -> None:
        """Search as if it had been typed, at once."""
        self.search.setText(text)
        self._search_timer.stop()
        self._ask()

    def sort_by(self, sort: str, descending: bool) -> None:
        """Another order; remembered for this list."""
        self._order = (sort, descending)
        self.memory.put(f"list.{self.desk.actor.username}.{self.spec.key}.sort", [sort, descending])
        self._ask(replace(self.model.request, sort=sort, descending=descending))

    @property
    def order(self) -> tuple[str, bool]:
        """The order in force: its name, and whether it runs downwards."""
        return self._order

    def show_as(
        self,
        *,
        search: str,
        filters: Sequence[Sequence[object]],
        sort: tuple[str, bool] | None,
        columns: Mapping[str, Any],
    ) -> None:
        """Take over what a saved view says; ``ask_now`` then shows it. ``sort`` None is the declared order."""
        self.search.blockSignals(True)
        self.search.setText(search)
        self.search.blockSignals(False)
        self._search_timer.stop()
        self.filters.restore(filters)
        self._order = sort or (self.spec.sort, self.spec.descending)
        self.table.arrange(columns)

    def ask_now(self) -> None:
        """Put the question as the search, the filters and the order stand now."""
        self._ask(replace(self.model.request, sort=self._order[0], descending=self._order[1]))

    def show_view_name(self, name: str) -> None:
        """Say which saved view is shown."""
        self._view_name.setText(name)
        self._view_name.setVisible(bool(name))

    def export_source(self) -> Source:
        """What is shown, as a question that can be walked to its end."""
        return Source(self.spec.page, self.model.request, self._fixed())

    def close_detail(self) -> None:
        """Close the details and give the keyboard back to the table."""
        self.detail.hide()
        self.table.choose_none()
        self.table.setFocus()

    # Building

    def _build(self) -> None:
        outer = vbox(self, margin=0 if self._inner else tokens.SPACE_24, spacing=tokens.SPACE_12)
        head = hbox(spacing=tokens.SPACE_12)
        self._title = title(_(self.spec.title))
        self._title.setVisible(not self._inner)
        self._view_name = Label("", "view_name", font=text_font(weight=tokens.SEMIBOLD))
        self._view_name.hide()
        self._count = Label("", "count", tone="secondary")
        self.search = named(QLineEdit(), "search", _(self.spec.search))
        self.search.setPlaceholderText(_(self.spec.search))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("magnify", "secondary"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMinimumWidth(200)
        self.search.setVisible(bool(self.spec.search))
        self.search.setMaximumWidth(360)
        head.addWidget(self._title)
        head.addWidget(self._view_name)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.search, 3)
        self.tools.put_first(self.views)
        head.addWidget(self.tools)
        for command in self.spec.commands:
            if command.on is Pick.NONE:
                head.addWidget(self.make_button(command))
        outer.addLayout(head)
        self.filters = FilterBar(self.spec.filters, self.desk, self)
        outer.addWidget(self.filters)
        outer.addWidget(self.messages)
        self._chosen_bar = self.make_chosen_bar()
        outer.addWidget(self._chosen_bar)
        ground = card("list_card")
        self._stack = QStackedLayout(ground)
        self._stack.setContentsMargins(1, 1, 1, 1)
        self._stack.addWidget(self.table)
        start = self.spec.command(self.spec.empty.command) if self.spec.empty.command else None
        self._empty = EmptyState(self.spec.empty, start, self.run, self._clear_all)
        self._stack.addWidget(self._empty)
        self.detail = DetailPane(self)
        self.detail.setProperty("card", "true")
        self._split = named(QSplitter(Qt.Orientation.Horizontal), "list_split", _("List and details"))
        self._split.setHandleWidth(tokens.SPACE_8)
        self._split.setStyleSheet("QSplitter::handle { background: transparent; }")
        self._split.addWidget(ground)
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(0, 1)
        self._split.setCollapsible(0, False)
        self._split.setCollapsible(1, False)
        self._split.setSizes([1000, WIDTH])
        outer.addWidget(self._split, 1)
        self._waiting = Label(_("Loading..."), "waiting", tone="secondary")
        self._waiting.hide()
        outer.addWidget(self._waiting)

    def _connect(self) -> None:
        self._search_timer = self._timer(tokens.SEARCH_WAIT_MS, self._ask)
        self._detail_timer = self._timer(_DETAIL_WAIT_MS, self._show_detail)
        self._refresh_timer = self._timer(_REFRESH_WAIT_MS, self.refresh)
        self.search.textChanged.connect(self._search_timer.start)
        self.search.returnPressed.connect(self._enter_table)
        self.filters.changed.connect(self._ask)
        self.table.sort_asked.connect(self.sort_by)
        self.table.chosen.connect(self._choice_changed)
        self.table.opened.connect(self._open)
        self.jump = ListJump(self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self.show_row_menu)
        self.detail.closed.connect(self.close_detail)
        self.model.arrived.connect(self._arrived)
        self.model.failed.connect(self._failed)
        self.model.rowsInserted.connect(self._show_count)
        self.model.rowsRemoved.connect(self._show_count)
        self.busy.shown.connect(self._waiting.setVisible)
        self.desk.changed.connect(self._something_changed)
        self.desk.actor_changed.connect(self._somebody_else)
        self.desk.formats_changed.connect(self._take_formats)

    def _timer(self, wait_ms: int, then: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(wait_ms)
        timer.timeout.connect(then)
        return timer

    def _first_request(self) -> None:
        sort, descending = self.memory.get(
            f"list.{self.desk.actor.username}.{self.spec.key}.sort", [self.spec.sort, self.spec.descending]
        )
        if sort not in {column.sort for column in self.spec.columns}:
            sort, descending = self.spec.sort, self.spec.descending
        self._order = (sort, bool(descending))

    # Asking and answering

    def _fetch(
        self,
        request: PageRequest,
        done: Callable[[Page[Any]], object],
        failed: Callable[[BaseException], object],
    ) -> Ticket:
        fixed = self._fixed()
        ticket = self.desk.ask(self.spec.page, request, done=done, failed=failed, owner=self, key="page", **fixed)
        return self.busy.watch(ticket)

    def _fixed(self) -> dict[str, object]:
        return {**self.fixed, "actor": self.desk.actor} if self.spec.as_actor else dict(self.fixed)

    def _ask(self, request: PageRequest | None = None) -> None:
        request = request or self.model.request
        if not request.sort:
            request = replace(request, sort=self._order[0], descending=self._order[1])
        request = replace(request, search=self.search.text().strip(), filters=self.filters.values)
        self._stale = False
        self.table.mark_sorted(request.sort, request.descending)
        self.table.set_fresh(not self.model.rows)
        self.model.ask_for(request)

    def _arrived(self) -> None:
        self._show_count()
        self.table.set_fresh(True)
        self._empty.tell(narrowed=bool(self.model.request.search or self.model.request.filters))
        self._stack.setCurrentIndex(1 if self.model.is_empty else 0)
        if self.detail.isVisible():
            self._detail_timer.start()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ShopError):
            raise error
        self.table.set_fresh(True)
        show_refusal(self, error, again=self.model.load)

    def _show_count(self, *_args: object) -> None:
        count = len(self.model.rows)
        if not count:
            self._count.setText("")
        elif self.model.complete:
            self._count.setText(ngettext("{count} entry", "{count} entries", count).format(count=count))
        else:
            self._count.setText(_("more than {count}").format(count=count))

    def _take_formats(self) -> None:
        self.table.set_formats(self.desk.formats)

    def _somebody_else(self) -> None:
        """Another person at the same window: their columns, their order, their views."""
        if not self.desk.signed_in or self.desk.actor.username == self._person:
            return
        self._person = self.desk.actor.username
        self.table.choose_none()
        self.table.remember_as(f"{self._person}.{self.spec.key}")
        self._first_request()
        self.views.forget()
        if self._begun:
            self.views.read(self.ask_now)

    def _something_changed(self, names: frozenset[str]) -> None:
        if names & set(self.spec.refresh_on) or "*" in names:
            self._stale = True
            if self.isVisible():
                self._refresh_timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.filters.load_options()
            self.views.read(self._ask)
        elif not self.model.rows and not self.model.is_loading:
            self._ask()
        elif self._stale:
            self._refresh_timer.start()

    # Rows

    def _choice_changed(self, rows: list[Any]) -> None:
        self.show_chosen(len(rows), self._chosen_bar)
        if len(rows) == 1:
            self._detail_timer.start()
        else:
            self.detail.hide()

    def _show_detail(self) -> None:
        rows = self.chosen
        if len(rows) != 1:
            self.detail.hide()
            return
        row = rows[0]
        content = (
            self.spec.detail(self, row)
            if self.spec.detail is not None
            else row_facts(self.spec.columns, row, self.desk.formats)
        )
        fitting = [command for command in self.spec.commands if command.on is not Pick.NONE and command.fits(rows)]
        self.detail.present(
            self.spec.columns[0].show(row, self.desk.formats),
            content,
            [self.make_button(command) for command in fitting],
        )

    def _open(self, row: Any) -> None:
        if self.spec.page_of is not None:
            page, ident = self.spec.page_of
            open_record(self, page, getattr(row, ident))
        elif self.spec.on_open:
            self.run(self.spec.on_open, [row])
        else:
            self._show_detail()

    def _clear_all(self) -> None:
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        if self.filters.values:
            self.filters.clear()
        else:
            self._ask()

    def _enter_table(self) -> None:
        if self._search_timer.isActive():
            self._search_timer.stop()
            self._ask()
        self.table.setFocus()
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.selectRow(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.detail.isVisible() or self.chosen:
                self.close_detail()
            elif self.search.text():
                self.search.clear()
            else:
                super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Find) or event.key() == Qt.Key.Key_F2:
            self.search.setFocus()
            self.search.selectAll()
        elif event.key() == Qt.Key.Key_F5:
            self.refresh()
        else:
            super().keyPressEvent(event)


def _bulk_command(bulk: BulkEdit) -> Command:
    """The command that opens the form of many rows."""

    def run(view: ListView, rows: Sequence[Any]) -> None:
        from shopdesk.ui.kit.bulk_dialog import BulkDialog

        BulkDialog(view, bulk, rows).open()

    return Command("bulk", bulk.title, run, "note-edit-outline", bulk.needs, BULK_KEYS, Pick.MANY)
